import pytest

from api.pages.facts import band, checks
from verifier.checks import CHECKS
from verifier.report import CheckResult, Report, Status, Verdict, aggregate


def report(**found: tuple[Status, str]) -> Report:
    """A report in which everything holds but what is named, ``c8=(Status.INVALID, "CERT_SUSPENDED")``."""
    results = tuple(
        CheckResult(check.number, *found.get(f"c{check.number}", (Status.VALID, "OK")), found="x", expected="y")
        for check in CHECKS
    )
    verdict = aggregate(results, frozenset(check.number for check in CHECKS))
    return Report(verdict, "procurement", "", "", "", {"kind": "nothing"}, results, "nobody", "test")


INVALID, ERROR, SKIPPED = Status.INVALID, Status.ERROR, Status.SKIPPED


@pytest.mark.parametrize(
    ("found", "state", "headline"),
    [
        ({}, "valid", "VALID"),
        ({"c8": (INVALID, "CERT_SUSPENDED")}, "warning", "CERT_SUSPENDED"),
        ({"c8": (INVALID, "CERT_WITHDRAWN")}, "invalid", "CERT_WITHDRAWN"),
        ({"c3": (INVALID, "SIGNATURE"), "c8": (INVALID, "CERT_SUSPENDED")}, "invalid", "SIGNATURE"),
        ({"c8": (INVALID, "CERT_SUSPENDED"), "c13": (INVALID, "RECOGNITION_PAUSED")}, "warning", "CERT_SUSPENDED"),
        ({"c8": (INVALID, "CERT_FIELDS_DIFFER")}, "invalid", "CERT_FIELDS_DIFFER"),
        ({"c13": (INVALID, "RECOGNITION_NONE")}, "warning", "RECOGNITION_NONE"),
        ({"c9": (INVALID, "TABLE"), "c13": (INVALID, "RECOGNITION_NONE")}, "invalid", "TABLE"),
        ({"c7": (ERROR, "CHAIN_UNAVAILABLE")}, "unknown", "ERROR"),
        ({"c10": (SKIPPED, "TABLES_NOT_DISCLOSED")}, "unknown", "NOT_CHECKED"),
    ],
)
def test_the_band_says_the_worst_that_was_found(
    found: dict[str, tuple[Status, str]], state: str, headline: str
) -> None:
    assert band(report(**found)) == {"state": state, "headline": headline}


def test_only_what_is_valid_is_green() -> None:
    for status in (INVALID, ERROR, SKIPPED):
        for check in CHECKS:
            assert band(report(**{f"c{check.number}": (status, "X")}))["state"] != "valid"


def test_every_check_has_a_row_with_its_question() -> None:
    rows = checks(report(c8=(INVALID, "CERT_SUSPENDED")))
    assert [row["check"] for row in rows] == [check.number for check in CHECKS]
    assert all(row["question"]["zh"] and row["question"]["en"] for row in rows)
    eight = next(row for row in rows if row["check"] == 8)
    assert (eight["status"], eight["code"], eight["found"], eight["expected"]) == (
        "INVALID",
        "CERT_SUSPENDED",
        "x",
        "y",
    )
    assert {row["check"] for row in rows if not row["required"]} == set()


def test_a_verdict_is_never_invented() -> None:
    assert report().verdict is Verdict.VALID
