"""Export and check in one step: what the pages say about a certificate."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final, get_args

from api.exporter import exporting_institution
from ledger.node import Node
from ledger.services import evidence as evidence_service
from ledger.services import verification
from verifier.canonical import parse
from verifier.errors import FormatError
from verifier.evidence import MAX_EVIDENCE_BYTES, Evidence, read_evidence
from verifier.records.recognition import Purpose
from verifier.report import Report

MAX_AGE_SECONDS: Final = 10.0
"""How long an answer is given again at the same block: only the clock can have changed it."""
MAX_KEPT: Final = 64
MAX_JURISDICTION: Final = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about a certificate: as of which two times (Unix seconds), for which jurisdiction and purpose."""

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
        if len(jurisdiction) > MAX_JURISDICTION or not jurisdiction.isascii():
            raise FormatError("that is no jurisdiction", remedy="ISO 3166, for example CN-ZJ")
        return cls(jurisdiction or None, purpose or None, valid_at, known_at)

    @property
    def profile(self) -> str:
        """``procurement`` once a jurisdiction and a purpose are asked for, else ``document``."""
        return "procurement" if self.jurisdiction and self.purpose else "document"


@dataclass(frozen=True, slots=True)
class Found:
    """What an evidence file says, and the report of the check of it."""

    evidence: Evidence
    report: Report


Key = tuple[str, Asked, int]


class Lookups:
    """Looks certificates up; the same question at the same block within seconds is answered once."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, tuple[float, Found]] = OrderedDict()

    def look(self, identity: str, asked: Asked) -> Found:
        """Export a certificate's evidence and check it against the chain.

        Raises LedgerError (not known here, not on chain yet), or the verifier's ChainUnavailableError.
        """
        key = (identity, asked, self._node.chain.endpoint.head_number())
        now = time.monotonic()
        with self._lock:
            kept = self._kept.get(key)
        if kept is not None and now - kept[0] < MAX_AGE_SECONDS:
            return kept[1]
        found = _look(self._node, identity, asked)
        with self._lock:
            self._kept[key] = (now, found)
            self._kept.move_to_end(key)
            while len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)
        return found


def _look(node: Node, identity: str, asked: Asked) -> Found:
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
    return Found(read_evidence(parse(data, limit=MAX_EVIDENCE_BYTES)), report)
