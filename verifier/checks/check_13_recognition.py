"""Check 13: the asked jurisdiction recognises the certificate for the asked purpose, or the scheme has statutory
effect.
"""

from __future__ import annotations

from typing import Final

from verifier.canonical import raw_digest
from verifier.case import Case, SkippedError, institution_of
from verifier.chainview import OnchainDecision
from verifier.errors import ProofError
from verifier.identifiers import MODES, OUTCOMES, bytes32_text
from verifier.records.model import parse_time
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
        _compare_decision(case, case.chain.decision(decision))
    found = f"{status} in {jurisdiction} for {purpose}"
    if status in RECOGNISED:
        return CheckResult(NUMBER, Status.VALID, "OK", found=found)
    return CheckResult(NUMBER, Status.INVALID, f"RECOGNITION_{status}", found=found, expected="FULL or STATUTORY")


def _compare_decision(case: Case, decision: OnchainDecision) -> None:
    """Where the decision travels in the file, it says what the chain composed the answer from, and by whom."""
    for item in case.items.values():
        if not isinstance(item.record, RecognitionDecision) or decision.record_id != raw_digest(item.id):
            continue
        body = item.record.credential_subject
        pairs = (
            (body.certificate, case.file.certificate),
            (body.jurisdiction, case.question.jurisdiction),
            (body.purpose, case.question.purpose),
            (MODES[body.mode], decision.mode),
            (OUTCOMES[body.outcome], decision.outcome),
            (parse_time(body.valid_until), decision.valid_until),
            ([bytes32_text(reason) for reason in body.reasons], list(decision.reasons)),
            (institution_of(item), decision.institution),
        )
        if any(found != expected for found, expected in pairs):
            raise ProofError(f"{item.id} says something else than the chain", code="DECISION_DIFFERS")
