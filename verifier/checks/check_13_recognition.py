"""Check 13: the asked jurisdiction recognises the certificate for the asked purpose, or the scheme has statutory
effect.
"""

from __future__ import annotations

from typing import Final

from verifier.canonical import raw_digest
from verifier.case import Case, SkippedError
from verifier.errors import ProofError
from verifier.identifiers import bytes32_text
from verifier.records.recognition import RecognitionDecision
from verifier.report import CheckResult, Status

NUMBER = 13
RECOGNISED: Final = frozenset({"FULL", "STATUTORY"})
"""PARTIAL and CONDITIONAL recognise with limits that a machine cannot weigh: INVALID with their own code."""


def run(case: Case) -> CheckResult:
    """Skips (NOT_ASKED) without jurisdiction and purpose. Raises ProofError (DECISION_DIFFERS)."""
    jurisdiction, purpose = case.question.jurisdiction, case.question.purpose
    if jurisdiction is None or purpose is None:
        raise SkippedError("no jurisdiction and purpose were asked", code="NOT_ASKED")
    status, decision = case.chain.recognition_at(
        case.certificate_key(), bytes32_text(jurisdiction), bytes32_text(purpose), case.valid_at(), case.known_at()
    )
    case.details["recognition"] = {"jurisdiction": jurisdiction, "purpose": purpose, "status": status}
    if any(decision):
        _compare_decision(case, case.chain.recognition_record(decision))
    found = f"{status} in {jurisdiction} for {purpose}"
    if status in RECOGNISED:
        return CheckResult(NUMBER, Status.VALID, "OK", found=found)
    return CheckResult(NUMBER, Status.INVALID, f"RECOGNITION_{status}", found=found, expected="FULL or STATUTORY")


def _compare_decision(case: Case, identity: bytes | None) -> None:
    """Where the decision travels in the file, it must say what the chain composed the answer from."""
    for item in case.items.values():
        if not isinstance(item.record, RecognitionDecision) or identity != raw_digest(item.id):
            continue
        body = item.record.credential_subject
        same = (case.file.certificate, case.question.jurisdiction, case.question.purpose)
        if (body.certificate, body.jurisdiction, body.purpose) != same:
            raise ProofError(f"{item.id} decides on something else", code="DECISION_DIFFERS")
