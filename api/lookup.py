"""Export and check in one step: what the pages and the read routes say about a certificate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from api.exporter import exporting_institution
from ledger.node import Node
from ledger.services import evidence as evidence_service
from ledger.services import verification
from verifier.canonical import parse
from verifier.errors import FormatError
from verifier.evidence import MAX_EVIDENCE_BYTES, Evidence, read_evidence
from verifier.records.recognition import Purpose
from verifier.report import Report


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about a certificate: as of which two times (Unix seconds), and for which jurisdiction and
    purpose.
    """

    jurisdiction: str | None = None
    purpose: str | None = None
    valid_at: int | None = None
    known_at: int | None = None

    @classmethod
    def from_form(cls, jurisdiction: str, purpose: str, valid_at: int | None, known_at: int | None) -> Asked:
        """From the page's form, whose empty fields mean "not asked". Raises FormatError for a purpose outside the
        closed list.
        """
        if purpose and purpose not in get_args(Purpose):
            raise FormatError(f"{purpose[:40]!r} is no purpose", remedy="one of " + ", ".join(get_args(Purpose)))
        if len(jurisdiction) > 6:
            raise FormatError("that is no jurisdiction", remedy="ISO 3166, for example CN-ZJ")
        return cls(jurisdiction or None, purpose or None, valid_at, known_at)

    @property
    def profile(self) -> str:
        """``procurement`` once a jurisdiction and a purpose are asked for, else ``document``."""
        return "procurement" if self.jurisdiction and self.purpose else "document"


@dataclass(frozen=True, slots=True)
class Found:
    """An evidence file: its bytes, what they say, and the report of the check."""

    data: bytes
    evidence: Evidence
    report: Report


def look(node: Node, identity: str, asked: Asked) -> Found:
    """Export a certificate's evidence and check it against the chain. Raises LedgerError, or ChainUnavailableError."""
    data = evidence_service.export(node, exporting_institution(node), identity)
    report = verification.check(
        node,
        data,
        profile=asked.profile,
        jurisdiction=asked.jurisdiction,
        purpose=asked.purpose,
        valid_at=asked.valid_at,
        known_at=asked.known_at,
    )
    return Found(data, read_evidence(parse(data, limit=MAX_EVIDENCE_BYTES)), report)
