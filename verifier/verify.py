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
from verifier.printable import printable
from verifier.profiles import required_checks
from verifier.records.model import format_time
from verifier.report import CheckResult, Report, Status, aggregate
from verifier.trustroot import TrustRoot

UNDECIDED_CODES = frozenset({"SCHEMA_UNKNOWN", "CALCULATION"})
"""Codes that say the verifier could not judge: ERROR rather than INVALID."""
STOPPING = 2
"""When check 1 or 2 fails, the later checks are not reached: they would speak of bytes nobody signed."""

NO_ANSWER = "no answer that can be used"
UNFORESEEN = "an unforeseen fault"
"""What the core of a report says of an ERROR: two verifiers with two endpoints agree on it."""
MAX_SHOWN = 300


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
        return _undecided(check, error.code, NO_ANSWER, _joined(error.detail, error.remedy))
    except VerifierError as error:
        status = Status.ERROR if error.code in UNDECIDED_CODES else Status.INVALID
        return CheckResult(check.number, status, error.code, found=error.detail, next_step=error.remedy)
    except Exception as error:  # noqa: BLE001  (the last barrier: an unforeseen fault is an ERROR, never a traceback)
        return _undecided(check, "INTERNAL", UNFORESEEN, _joined(_fault(error), "report this file to the project"))


def _undecided(check: Check, code: str, found: str, next_step: str) -> CheckResult:
    """An ERROR whose core is the same whatever the endpoint or the library said: that stands in the next step."""
    return CheckResult(check.number, Status.ERROR, code, found=found, next_step=next_step)


def _fault(error: Exception) -> str:
    return printable(f"{type(error).__name__}: {error}", limit=MAX_SHOWN)


def _joined(detail: str, remedy: str) -> str:
    return f"{detail}; {remedy}" if remedy else detail


def _against(case: Case) -> tuple[int | None, dict[str, str]]:
    """As known at which time, and against what; nothing in it raises, since all checks have been made."""
    if case.view is None:
        return case.question.known_at, {"kind": "nothing"}
    try:
        return case.known_at(), case.view.describe()
    except ChainUnavailableError as error:
        return case.question.known_at, {"kind": "unavailable", "detail": error.detail}
    except Exception as error:  # noqa: BLE001  (the last barrier again: a view of another make may raise anything)
        return case.question.known_at, {"kind": "unavailable", "detail": _fault(error)}


def _written(seconds: int | None) -> str:
    """The time as text; empty for none, and for one that no four-digit year has."""
    try:
        return "" if seconds is None else format_time(seconds)
    except (ValueError, OverflowError, OSError):
        return ""


def _report(case: Case, results: list[CheckResult], required: frozenset[int]) -> Report:
    question = case.question
    known_at, against = _against(case)
    ten = next(result for result in results if result.check == 10)
    return Report(
        verdict=aggregate(results, required),
        profile=question.profile,
        subject=Digest(case.evidence.certificate) if case.evidence else "",
        valid_at=_written(case.valid_at()),
        known_at=_written(known_at),
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
