"""Check 2: the bytes received equal their own canonical form (RFC 8785), and every cited record is in the file."""

from __future__ import annotations

from verifier.canonical import parse_canonical
from verifier.case import Case
from verifier.consistency import require_identified, require_same_statement
from verifier.errors import ProofError
from verifier.evidence import MAX_EVIDENCE_BYTES
from verifier.records.factor_dataset import FactorDataset
from verifier.report import CheckResult, Status

NUMBER = 2


def run(case: Case) -> CheckResult:
    """Raises CanonicalError for other bytes, ReferenceMissingError for a citation that leads nowhere."""
    evidence = case.file
    parse_canonical(case.data, limit=MAX_EVIDENCE_BYTES)
    if list(case.items) != sorted(case.items):
        raise ProofError("the records are not sorted by id", code="NOT_SORTED")
    certificate, footprint, inventory = case.certificate()[1], case.footprint()[1], case.inventory()[1]
    if footprint.credential_subject.inventory != certificate.credential_subject.inventory:
        raise ProofError("certificate and footprint statement cite different inventories", code="CITATION_DIFFERS")
    if footprint.credential_subject.factors != inventory.credential_subject.factors:
        raise ProofError("footprint statement and inventory cite different factors", code="CITATION_DIFFERS")
    require_same_statement(certificate.credential_subject, inventory.credential_subject)
    require_identified(certificate.credential_subject)
    for cited in inventory.credential_subject.factors:
        case.item(cited, FactorDataset)
    keys = [(table.record, table.name) for table in evidence.tables]
    if keys != sorted(set(keys)) or any(record not in case.items for record, _ in keys):
        raise ProofError("tables are sorted, each once, and belong to a record of the file", code="NOT_SORTED")
    return CheckResult(NUMBER, Status.VALID, "OK", found=evidence.certificate)
