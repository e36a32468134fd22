"""Check 5: the issuer was competent for the document type and category at the block of issue."""

from __future__ import annotations

from verifier.case import Case
from verifier.errors import ProofError
from verifier.identifiers import DOCUMENT_TYPES, bytes32_text
from verifier.records.model import format_time
from verifier.report import CheckResult, Status

NUMBER = 5


def run(case: Case) -> CheckResult:
    """Competence as known at issue. Raises ProofError (ISSUER_NOT_COMPETENT_AT_ISSUE, NOT_ISSUED), or skips."""
    body = case.certificate()[1].credential_subject
    entry = case.onchain()
    document_type = DOCUMENT_TYPES[body.document_type]
    competent = case.chain.competent_at(
        case.issuer(), document_type, bytes32_text(body.category), entry.issued_at, entry.issued_at
    )
    if not competent:
        raise ProofError(
            f"no competence for {body.document_type} in {body.category} at {format_time(entry.issued_at)}",
            remedy="approval, accreditation and designation must all be active at issue",
            code="ISSUER_NOT_COMPETENT_AT_ISSUE",
        )
    return CheckResult(NUMBER, Status.VALID, "OK", found=f"{body.category}, {format_time(entry.issued_at)}")
