"""The evidence file: one canonical JSON document from which a certificate can be checked.

Its bytes equal their own JCS, its schema is closed, and the exporting node signs all of it: any changed byte is
refused. What it says of the chain is what the exporter saw; the checks ask the chain itself, or say that nobody was
asked.
"""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from pydantic import FailFast, Field, StringConstraints, ValidationError

from verifier.errors import FormatError
from verifier.records.envelope import Proof
from verifier.records.model import (
    Count,
    Did,
    DigestText,
    Hex32,
    Jurisdiction,
    LedgerRef,
    Multikey,
    RecordModel,
    Salt,
    ShortText,
    Time,
)
from verifier.records.recognition import Purpose
from verifier.records.registry import describe

MAX_EVIDENCE_BYTES: Final = 64 * 1024 * 1024
MAX_RECORDS: Final = 1000
MAX_TABLES: Final = 1000
MAX_TABLE_ROWS: Final = 200_000
MAX_HISTORY: Final = 1000
MAX_RECOGNITIONS: Final = 1000
MAX_MEMBERS: Final = 1000
"""Members of one JSON object, anywhere in the file."""
MAX_ITEMS: Final = MAX_TABLE_ROWS
"""Items of one JSON array, anywhere in the file."""
MAX_NOTE: Final = 4096
EVIDENCE_SCHEMA: Final = "tanju/evidence/1"


class LogEntry(RecordModel):
    """Where a record stands in its issuer's log, with the inclusion path to the checkpoint of that size."""

    institution: Hex32
    epoch: Annotated[int, Field(ge=0, le=2**32)]
    index: Count
    size: Count
    path: Annotated[list[Hex32], Field(max_length=64)]


class EvidenceRecord(RecordModel):
    """A signed record with its place in the log; authorities' records stand on chain directly and have none."""

    document: dict[str, Any]
    log: LogEntry | None


class TableRow(RecordModel):
    """One salted row."""

    i: Count
    salt: Salt
    row: dict[str, Any]


class EvidenceTable(RecordModel):
    """A fully disclosed table of a record."""

    record: DigestText
    name: ShortText
    rows: Annotated[list[TableRow], Field(max_length=MAX_TABLE_ROWS), FailFast()]


class EvidenceCheckpoint(RecordModel):
    """A checkpoint note with the log key that signed it; the chain says whose key it is."""

    note: Annotated[str, StringConstraints(max_length=MAX_NOTE)]
    key: Multikey


class Block(RecordModel):
    """A block by number, hash and time."""

    number: Annotated[int, Field(ge=0)]
    hash: Hex32
    time: Time


class StatusChange(RecordModel):
    """One entry of a certificate's history on chain, as the exporter saw it."""

    action: Literal["ISSUE", "SUSPEND", "RESTORE", "WITHDRAW", "CANCEL", "SUPERSEDE"]
    owner: Literal["NONE", "ISSUER", "AUTHORITY"]
    effective_from: Time
    recorded_at: Time
    reason: Hex32


class RecognitionSeen(RecordModel):
    """The effective recognition for one jurisdiction and purpose, as the exporter saw it."""

    jurisdiction: Jurisdiction
    purpose: Purpose
    status: ShortText
    decision: Hex32


class ChainSeen(RecordModel):
    """The state at export: the block read, the certificate's status history, competence at issue and recognitions."""

    block: Block
    certificate_key: Hex32
    issued_at: Time
    status: ShortText
    history: Annotated[list[StatusChange], Field(min_length=1, max_length=MAX_HISTORY), FailFast()]
    competent_at_issue: bool
    recognitions: Annotated[list[RecognitionSeen], Field(max_length=MAX_RECOGNITIONS), FailFast()]


class AsOf(RecordModel):
    """The two times for which the file was made."""

    valid_at: Time
    known_at: Time


class Evidence(RecordModel):
    """A whole evidence file."""

    schema_: Annotated[Literal["tanju/evidence/1"], Field(alias="schema")]
    ledger: LedgerRef
    exporter: Did
    exported_at: Time
    as_of: AsOf
    certificate: DigestText
    records: Annotated[list[EvidenceRecord], Field(min_length=1, max_length=MAX_RECORDS), FailFast()]
    tables: Annotated[list[EvidenceTable], Field(max_length=MAX_TABLES), FailFast()]
    checkpoints: Annotated[list[EvidenceCheckpoint], Field(max_length=MAX_RECORDS), FailFast()]
    chain: ChainSeen
    proof: Annotated[list[Proof], Field(min_length=1, max_length=1)]


def read_evidence(document: Any) -> Evidence:
    """Validate the form of an evidence file. Raises FormatError naming the fields, or the place that is too large."""
    if isinstance(document, dict) and document.get("schema") != EVIDENCE_SCHEMA:
        raise FormatError(
            f"schema {str(document.get('schema'))[:80]!r}",
            remedy=f"this version reads {EVIDENCE_SCHEMA}",
            code="SCHEMA_UNKNOWN",
        )
    _check_sizes(document)
    try:
        return Evidence.model_validate(document, by_alias=True, by_name=False)
    except ValidationError as error:
        raise FormatError(describe(error), remedy="see tanju/evidence/1 in docs/reference/formats.md") from None


def _check_sizes(document: Any) -> None:
    """Count before the models look: they keep an error, a thousand times its cause, for each unknown member and each
    wrong item. Raises FormatError (TOO_LARGE).
    """
    waiting = [document] if isinstance(document, dict | list) else []
    while waiting:
        value = waiting.pop()
        items, limit = (value.values(), MAX_MEMBERS) if isinstance(value, dict) else (value, MAX_ITEMS)
        if len(value) > limit:
            kind = "an object" if isinstance(value, dict) else "an array"
            raise FormatError(f"{kind} of {len(value)}", remedy=f"at most {limit}", code="TOO_LARGE")
        waiting.extend(item for item in items if isinstance(item, dict | list))
