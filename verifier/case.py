"""What the numbered checks share while one evidence file is verified: the parsed parts, the question and the chain."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from verifier.canonical import raw_digest, tag_sha256
from verifier.chainview import BlockRef, ChainView, OnchainCertificate, OnchainCheckpoint
from verifier.credential import record_id
from verifier.errors import ProofError, VerifierError
from verifier.evidence import Evidence, EvidenceRecord, LogEntry
from verifier.identifiers import certificate_key
from verifier.records.certificate import Certificate
from verifier.records.disclosure import InventoryRecord
from verifier.records.envelope import Record
from verifier.records.footprint_statement import FootprintStatement
from verifier.trustroot import TrustRoot

OFFLINE: Final = "OFFLINE"
RecordT = TypeVar("RecordT", bound=Record)


class SkippedError(VerifierError):
    """A check that was not asked for or is not possible: SKIPPED, with the reason's code."""

    code = OFFLINE


class ReferenceMissingError(VerifierError):
    """A record that another one cites is not in the file."""

    code = "REFERENCE_MISSING"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: profile, the two times (Unix seconds; None = by default), jurisdiction and purpose, and the
    clock.
    """

    profile: str
    now: int
    valid_at: int | None = None
    known_at: int | None = None
    jurisdiction: str | None = None
    purpose: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One record of the file: its id, its JSON, its model and its place in the log."""

    id: str
    document: dict[str, Any]
    record: Record
    log: LogEntry | None


@dataclass(slots=True)
class Case:
    """One verification in progress. Filled by check 1; the later checks read it."""

    data: bytes
    trust: TrustRoot
    question: Question
    view: ChainView | None
    document: Any = None
    evidence: Evidence | None = None
    items: dict[str, Item] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)
    _anchors: dict[str, OnchainCheckpoint] = field(default_factory=dict)

    @property
    def file(self) -> Evidence:
        """The evidence file; SKIPPED (NOT_REACHED) when check 1 could not read it."""
        if self.evidence is None:
            raise SkippedError("the file could not be read", code="NOT_REACHED")
        return self.evidence

    @property
    def chain(self) -> ChainView:
        """The chain; SKIPPED (OFFLINE) when there is none to ask."""
        if self.view is None:
            raise SkippedError("no chain was asked", remedy="give --rpc URL", code=OFFLINE)
        return self.view

    def head(self) -> BlockRef:
        """The final block at which the chain is read. Raises ChainUnavailableError."""
        return self.chain.head()

    def valid_at(self) -> int:
        """The valid time asked for; by default the verifier's clock."""
        return self.question.now if self.question.valid_at is None else self.question.valid_at

    def known_at(self) -> int:
        """The known time asked for; by default the time of the block read."""
        return self.head().time if self.question.known_at is None else self.question.known_at

    def add(self, entry: EvidenceRecord, record: Record) -> None:
        """Keep a record by its id. Raises ProofError when it stands twice."""
        identity = tag_sha256(record_id(entry.document))
        if identity in self.items:
            raise ProofError(f"the record {identity} stands twice", code="DUPLICATE_RECORD")
        self.items[identity] = Item(identity, entry.document, record, entry.log)

    def item(self, identity: str, model: type[RecordT]) -> tuple[Item, RecordT]:
        """The record with that id and of that type. Raises ReferenceMissingError."""
        found = self.items.get(identity)
        if found is None or not isinstance(found.record, model):
            raise ReferenceMissingError(
                f"{model.__name__} {identity} is not in the file", remedy="export the file again"
            )
        return found, found.record

    def certificate(self) -> tuple[Item, Certificate]:
        """The certificate that the file is about."""
        return self.item(self.file.certificate, Certificate)

    def footprint(self) -> tuple[Item, FootprintStatement]:
        """The footprint statement that the certificate cites."""
        return self.item(self.certificate()[1].credential_subject.footprint, FootprintStatement)

    def inventory(self) -> tuple[Item, InventoryRecord]:
        """The inventory that the certificate cites."""
        return self.item(self.certificate()[1].credential_subject.inventory, InventoryRecord)

    def basis(self) -> list[Item]:
        """The records on which the certificate rests, itself included: all must be anchored and known."""
        certificate, footprint, inventory = self.certificate()[0], self.footprint()[0], self.inventory()
        cited = [self.items[name] for name in inventory[1].credential_subject.factors if name in self.items]
        return [certificate, footprint, inventory[0], *cited]

    def issuer(self) -> bytes:
        """The issuer's institution id, as its log entry claims it; check 4 asks the chain whether that is so."""
        return institution_of(self.certificate()[0])

    def certificate_key(self) -> bytes:
        """The certificate's key on chain."""
        return certificate_key(self.issuer(), raw_digest(self.certificate()[0].id))

    def onchain(self) -> OnchainCertificate:
        """The certificate on chain. Raises ProofError (NOT_ISSUED) when the chain knows none."""
        found = self.chain.certificate(self.certificate_key())
        if found is None:
            raise ProofError(
                "the chain knows no such certificate", remedy="ask the issuer whether it was issued", code="NOT_ISSUED"
            )
        return found

    def anchor(self, item: Item) -> OnchainCheckpoint:
        """The first checkpoint on chain that covers the record: its time is ``anchoredAt``. Raises ProofError."""
        if item.id not in self._anchors:
            log = item.log
            if log is None:
                raise ProofError(f"{item.id} has no place in a log", code="LOG_ENTRY_MISSING")
            found = self.chain.checkpoint_for(bytes.fromhex(log.institution), log.epoch, log.index)
            if found is None:
                raise ProofError(f"{item.id} is not covered by a checkpoint on chain", code="NOT_ANCHORED")
            self._anchors[item.id] = found
        return self._anchors[item.id]


def institution_of(item: Item) -> bytes:
    """The institution in whose log the record stands. Raises ProofError."""
    if item.log is None:
        raise ProofError(f"{item.id} has no place in a log", code="LOG_ENTRY_MISSING")
    return bytes.fromhex(item.log.institution)
