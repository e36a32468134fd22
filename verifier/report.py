"""The answer of a verification: one result a check, and a verdict that leaving something out can never improve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from verifier.canonical import Digest, canonicalise, digest_of

REPORT_SCHEMA: Final = "tanju/report/1"
NOT_THE_TRUTH: Final = {
    "zh": "算术可复现，不等于数据真实",
    "en": "reproducible arithmetic is not the truth of the data",
}


class Status(StrEnum):
    """The five answers, never mixed."""

    VALID = "VALID"
    INVALID = "INVALID"
    ERROR = "ERROR"
    SKIPPED = "SKIPPED"
    NOT_APPLICABLE = "NOT_APPLICABLE"


class Verdict(StrEnum):
    """The overall answer."""

    VALID = "VALID"
    INVALID = "INVALID"
    ERROR = "ERROR"
    NOT_CHECKED = "NOT_CHECKED"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one numbered check found. ``code`` is of the closed list in ``verifier.codes``; ``next_step`` says what
    to do.
    """

    check: int
    status: Status
    code: str
    found: str = ""
    expected: str = ""
    next_step: str = ""
    findings: tuple[Mapping[str, Any], ...] = ()

    def core(self) -> dict[str, Any]:
        """What two verifiers must agree on."""
        return {
            "check": self.check,
            "status": str(self.status),
            "code": self.code,
            "found": self.found,
            "expected": self.expected,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """A whole verification. ``core`` leaves out endpoint, clock, language and tool, so two verifiers can compare its
    digest.
    """

    verdict: Verdict
    profile: str
    subject: str
    valid_at: str
    known_at: str
    against: Mapping[str, str]
    checks: tuple[CheckResult, ...]
    recalculated_by: str
    network: str
    jurisdiction: str | None = None
    purpose: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    def core(self) -> dict[str, Any]:
        """The canonical core of the report."""
        return {
            "schema": REPORT_SCHEMA,
            "verdict": str(self.verdict),
            "profile": self.profile,
            "subject": self.subject,
            "validAt": self.valid_at,
            "knownAt": self.known_at,
            "jurisdiction": self.jurisdiction,
            "purpose": self.purpose,
            "checks": [result.core() for result in self.checks],
        }

    def digest(self) -> Digest:
        """The digest of the core."""
        return digest_of(canonicalise(self.core()))

    def check(self, number: int) -> CheckResult:
        """The result of one numbered check. Raises KeyError."""
        for result in self.checks:
            if result.check == number:
                return result
        raise KeyError(number)


def aggregate(results: Sequence[CheckResult], required: frozenset[int]) -> Verdict:
    """Any INVALID → INVALID; else any ERROR → ERROR; else a required check that is SKIPPED or missing → NOT_CHECKED;
    else VALID.
    """
    statuses = {result.check: result.status for result in results}
    if Status.INVALID in statuses.values():
        return Verdict.INVALID
    if Status.ERROR in statuses.values():
        return Verdict.ERROR
    if any(statuses.get(number, Status.SKIPPED) is Status.SKIPPED for number in required):
        return Verdict.NOT_CHECKED
    return Verdict.VALID
