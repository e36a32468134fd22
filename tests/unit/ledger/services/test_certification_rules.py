"""Each rule of certification, one at a time: what it lets through and what it names when it refuses."""

from types import SimpleNamespace
from typing import Any

import pytest

from ledger.services import certification_rules as rules
from ledger.services.application import CertificationApplication
from ledger.services.errors import (
    CitationDiffersError,
    NotCompetentError,
    OpenFindingError,
    SamePersonError,
    ScopeError,
    StatementNotReproducedError,
    ValueDiffersError,
)
from ledger.store.institutions import Institution

INVENTORY_ID = "sha-256:" + "11" * 32
STATEMENT_ID = "sha-256:" + "22" * 32
SH = Institution(b"\1" * 32, "uscc", "91310000TANJU0019C", "CN-SH", "0x", 2, b"", b"", "", 0)


def party(code: str | None = "91310000TANJU00277") -> dict[str, Any]:
    return {"name": {"en": "Demonstration Steel"}, "code": code, "address": None}


def application(**changed: Any) -> CertificationApplication:
    dossier = {
        "contract": "C-1",
        "impartialityCheck": "no consulting in two years",
        "team": ["A"],
        "documentFindings": [{"subject": "meter", "finding": "calibration late", "closed": True}],
        "siteVisit": {"dates": ["2026-01-10"], "places": ["Baoshan"], "sampling": "all meters"},
        "nonconformities": [],
        "crossChecks": [],
        "evaluator": "ev",
        "decider": "de",
        "reductionPlan": "",
        "surveillancePlan": "yearly",
    } | changed.pop("dossier", {})
    body = {
        "number": "CFL-2026-0001",
        "category": "steel-bf-bof",
        "schemeLevel": "national",
        "origin": "CN-SH",
        "client": party(),
        "maker": party(),
        "factory": party(),
        "product": {"name": {"en": "coil"}, "model": None, "unitOfCertification": "1 t"},
        "implementingRule": {"name": "IR-1", "id": None},
        "standard": {"name": "GB/T 24067-2024", "id": None},
        "pcr": {"name": "GB/T 47064-2026", "id": None},
        "value": {"value": "2103.4", "unit": "kg CO2e", "per": "1 t"},
        "certifiedVolume": None,
        "validity": {"from": "2026-01-20T00:00:00Z", "until": "2028-01-20T00:00:00Z"},
        "assurance": {"type": "certification", "level": "reasonable"},
        "continuousReduction": "",
        "inventory": INVENTORY_ID,
        "footprint": STATEMENT_ID,
        "dossier": dossier,
    } | changed
    return CertificationApplication.model_validate(body)


def statement(**changed: Any) -> dict[str, Any]:
    total = {"value": "2103.41", "unit": "kg CO2e", "per": "1 t"}
    return {"inventory": INVENTORY_ID, "verdict": "R0", "total": total} | changed


def inventory(decimals: int | None = 1, category: str | None = "steel-bf-bof") -> dict[str, Any]:
    return {"rules": {"decimals": decimals}, "product": {"category": category}}


def test_the_evaluator_does_not_decide() -> None:
    rules.require_two_persons(application().dossier)
    with pytest.raises(SamePersonError, match="ev"):
        rules.require_two_persons(application(dossier={"decider": "ev"}).dossier)


@pytest.mark.parametrize("where", ["documentFindings", "nonconformities", "crossChecks"])
def test_whatever_was_found_is_closed_first(where: str) -> None:
    found = [{"subject": f"{where} 7", "finding": "open", "closed": False}]
    with pytest.raises(OpenFindingError) as refused:
        rules.require_two_persons(application(dossier={where: found}).dossier)
    assert refused.value.subjects == (f"{where} 7",)


@pytest.mark.parametrize("verdict", ["R0", "R1", "NOT_DECLARED"])
def test_a_statement_that_was_reproduced_or_declares_nothing_can_be_certified(verdict: str) -> None:
    rules.require_statement(application(), statement(verdict=verdict), inventory())


@pytest.mark.parametrize("verdict", ["R3", "INPUTS_TOO_COARSE"])
def test_a_statement_that_was_not_reproduced_cannot(verdict: str) -> None:
    with pytest.raises(StatementNotReproducedError) as refused:
        rules.require_statement(application(), statement(verdict=verdict), inventory())
    assert refused.value.verdict == verdict


def test_the_statement_is_about_the_inventory_of_the_application() -> None:
    with pytest.raises(CitationDiffersError):
        rules.require_statement(application(), statement(inventory="sha-256:" + "33" * 32), inventory())


@pytest.mark.parametrize(
    ("value", "decimals", "is_right"),
    [
        ("2103.41", None, True),
        ("2103.41", 1, True),
        ("2103.4", 1, True),
        ("2103.4", None, False),
        ("2103.4", 2, False),
        ("2103", 1, False),
        ("2103.5", 1, False),
        ("2103.410", 3, False),
        ("210.341", 1, False),
    ],
)
def test_the_value_is_the_total_or_its_rounding_at_the_rules_decimals(
    value: str, decimals: int | None, is_right: bool
) -> None:
    asked = application(value={"value": value, "unit": "kg CO2e", "per": "1 t"})
    if is_right:
        rules.require_statement(asked, statement(), inventory(decimals))
        return
    with pytest.raises(ValueDiffersError) as refused:
        rules.require_statement(asked, statement(), inventory(decimals))
    assert value in refused.value.certified


@pytest.mark.parametrize("changed", [{"unit": "t CO2e"}, {"per": "1 kg"}])
def test_unit_and_declared_unit_are_the_statements(changed: dict[str, str]) -> None:
    asked = application(value={"value": "2103.41", "unit": "kg CO2e", "per": "1 t"} | changed)
    with pytest.raises(ValueDiffersError):
        rules.require_statement(asked, statement(), inventory())


@pytest.mark.parametrize(
    "changed",
    [
        {"category": "cement"},
        {"origin": "CN-ZJ"},
        {"origin": "SG"},
        {"client": party(None)},
        {"validity": {"from": "2028-01-20T00:00:00Z", "until": "2028-01-20T00:00:00Z"}},
    ],
)
def test_what_does_not_fit_is_out_of_scope(changed: dict[str, Any]) -> None:
    rules.require_scope(application(), inventory(), SH)
    rules.require_scope(application(origin="CN"), inventory(category=None), SH)
    with pytest.raises(ScopeError):
        rules.require_scope(application(**changed), inventory(), SH)


def test_a_body_without_every_qualification_is_not_competent() -> None:
    asked: list[tuple[Any, ...]] = []

    def no(*question: Any) -> bool:
        asked.append(question)
        return False

    view: Any = SimpleNamespace(head=lambda: SimpleNamespace(time=1_768_000_000), competent_at=no)
    keys: Any = SimpleNamespace(id=b"\1" * 32, name="sh-cb")
    with pytest.raises(NotCompetentError) as refused:
        rules.require_competent(view, keys, application())
    assert refused.value.category == "steel-bf-bof"
    assert asked == [(b"\1" * 32, 1, b"steel-bf-bof".ljust(32, b"\0"), 1_768_000_000, 1_768_000_000)]
