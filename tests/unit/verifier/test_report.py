"""The aggregation rule: leaving something out can never improve a verdict."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from verifier.checks import CHECKS
from verifier.codes import CODES
from verifier.profiles import PROFILES
from verifier.report import CheckResult, Status, Verdict, aggregate

REQUIRED = PROFILES["procurement"]
RESULTS = st.fixed_dictionaries({check.number: st.sampled_from(Status) for check in CHECKS})


def _results(statuses: dict[int, Status]) -> list[CheckResult]:
    return [CheckResult(number, status, "OK") for number, status in statuses.items()]


@given(RESULTS)
def test_the_rule_in_its_order(statuses: dict[int, Status]) -> None:
    verdict = aggregate(_results(statuses), REQUIRED)
    if Status.INVALID in statuses.values():
        assert verdict is Verdict.INVALID
    elif Status.ERROR in statuses.values():
        assert verdict is Verdict.ERROR
    elif any(statuses[number] is Status.SKIPPED for number in REQUIRED):
        assert verdict is Verdict.NOT_CHECKED
    else:
        assert verdict is Verdict.VALID


@given(RESULTS, st.sampled_from(sorted(REQUIRED)))
def test_a_required_check_left_out_is_never_valid(statuses: dict[int, Status], left_out: int) -> None:
    remaining = {number: status for number, status in statuses.items() if number != left_out}
    assert aggregate(_results(remaining), REQUIRED) is not Verdict.VALID


def test_every_profile_asks_only_for_checks_that_exist() -> None:
    assert set().union(*PROFILES.values()) <= {check.number for check in CHECKS}


def test_every_code_has_both_languages() -> None:
    assert all(zh and en for zh, en in CODES.values())
