"""Run the numbered checks in their order over an evidence file and say what follows.

``verify`` never raises on bad input: what a check finds wrong is its INVALID, what could not be asked its ERROR, what
was not asked its SKIPPED.
"""

from __future__ import annotations

from verifier.canonical import Digest
from verifier.case import Case, Question, SkippedError
from verifier.chainview import ChainView
from verifier.checks import CHECKS, Check
from verifier.errors import ChainUnavailableError, VerifierError
from verifier.profiles import required_checks
from verifier.records.model import format_time
from verifier.report import CheckResult, Report, Status, aggregate
from verifier.trustroot import TrustRoot

UNDECIDED_CODES = frozenset({"SCHEMA_UNKNOWN", "CALCULATION"})
"""Codes that say the verifier could not judge: ERROR rather than INVALID."""
STOPPING = 2
"""When check 1 or 2 fails, the later checks are not reached: they would speak of bytes nobody signed."""


def verify(data: bytes, *, trust: TrustRoot, question: Question, view: ChainView | None) -> Report:
    """Check an evidence file's bytes against a trust root and, with ``view``, against a chain.

    Raises ProfileError for a profile that does not exist or is not built; nothing else.
    """
    required = required_checks(question.profile)
    case = Case(data=data, trust=trust, question=question, view=view)
    results: list[CheckResult] = []
    stopped = False
    for check in CHECKS:
        if stopped:
            results.append(CheckResult(check.number, Status.SKIPPED, "NOT_REACHED"))
            continue
        result = _run(check, case)
        results.append(result)
        stopped = check.number <= STOPPING and result.status is not Status.VALID
    return _report(case, results, required)


def _run(check: Check, case: Case) -> CheckResult:
    try:
        return check.run(case)
    except SkippedError as error:
        return CheckResult(check.number, Status.SKIPPED, error.code, found=error.detail, next_step=error.remedy)
    except ChainUnavailableError as error:
        return CheckResult(check.number, Status.ERROR, error.code, found=error.detail, next_step=error.remedy)
    except VerifierError as error:
        status = Status.ERROR if error.code in UNDECIDED_CODES else Status.INVALID
        return CheckResult(check.number, status, error.code, found=error.detail, next_step=error.remedy)
    except Exception as error:  # noqa: BLE001  (the last barrier: an unforeseen fault is an ERROR, never a traceback)
        return CheckResult(
            check.number,
            Status.ERROR,
            "INTERNAL",
            found=f"{type(error).__name__}: {error}"[:300],
            next_step="report this file to the project",
        )


def _report(case: Case, results: list[CheckResult], required: frozenset[int]) -> Report:
    question = case.question
    known_at, against = question.known_at, {"kind": "nothing"}
    if case.view is not None:
        try:
            known_at = case.known_at()
            against = case.view.describe()
        except ChainUnavailableError as error:
            against = {"kind": "unavailable", "detail": error.detail}
    ten = next(result for result in results if result.check == 10)
    return Report(
        verdict=aggregate(results, required),
        profile=question.profile,
        subject=Digest(case.evidence.certificate) if case.evidence else "",
        valid_at=format_time(case.valid_at()),
        known_at=format_time(known_at) if known_at is not None else "",
        against=against,
        checks=tuple(results),
        recalculated_by=_recalculated_by(ten.status, case),
        network=case.trust.network,
        jurisdiction=question.jurisdiction,
        purpose=question.purpose,
        details=case.details,
    )


def _recalculated_by(status: Status, case: Case) -> str:
    """Who recalculated: this verifier, the statement's tool, or nobody."""
    if status is Status.VALID:
        return "you"
    if case.evidence is None:
        return "nobody"
    try:
        tool = case.footprint()[1].credential_subject.tool
    except VerifierError:
        return "nobody"
    return f"the certifier, with {tool.name} {tool.version}"
