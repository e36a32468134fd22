"""Check 1: the file and every record in it are of a known form and version, and of the trust root's ledger."""

from __future__ import annotations

from verifier.canonical import parse
from verifier.case import Case
from verifier.errors import FormatError
from verifier.evidence import MAX_EVIDENCE_BYTES, read_evidence
from verifier.records.model import LedgerRef
from verifier.records.registry import read_record
from verifier.report import CheckResult, Status

NUMBER = 1


def run(case: Case) -> CheckResult:
    """Parse, validate, and keep what the later checks read. Raises FormatError; an unknown version is an ERROR."""
    case.document = parse(case.data, limit=MAX_EVIDENCE_BYTES)
    evidence = read_evidence(case.document)
    _same_ledger(evidence.ledger, case.trust.ledger, "the file")
    for position, entry in enumerate(evidence.records):
        try:
            record = read_record(entry.document)
        except FormatError as error:
            raise FormatError(f"records[{position}]: {error.detail}", remedy=error.remedy, code=error.code) from error
        _same_ledger(record.ledger, case.trust.ledger, f"records[{position}]")
        case.add(entry, record)
    case.evidence = evidence
    return CheckResult(
        NUMBER, Status.VALID, "OK", found=f"{len(evidence.records)} records, {len(evidence.tables)} tables"
    )


def _same_ledger(found: LedgerRef, expected: LedgerRef, place: str) -> None:
    if found != expected:
        raise FormatError(
            f"{place} belongs to ledger {found.chain_id}:{found.genesis[:16]}…",
            remedy=f"the trust root is of {expected.chain_id}:{expected.genesis[:16]}…",
            code="WRONG_LEDGER",
        )
