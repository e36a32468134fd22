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
from verifier.errors import VerifierError
from verifier.identifiers import institution_id

INVENTORY_ID = "sha-256:" + "11" * 32
STATEMENT_ID = "sha-256:" + "22" * 32
BODY_CODE, MAKER_CODE, THIRD_CODE = "91310000TANJU0019C", "91310000TANJU00277", "91310000TANJU00352"
BODY, MAKER, THIRD = (institution_id("uscc", code) for code in (BODY_CODE, MAKER_CODE, THIRD_CODE))
SH = Institution(b"\1" * 32, "uscc", "91310000TANJU0019C", "CN-SH", "0x", 2, b"", b"", "", 0)


def party(code: str | None = MAKER_CODE) -> dict[str, Any]:
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
        "value": {"value": "2103.41", "unit": "kg CO2e", "per": "1 t"},
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
    rules.require_statement(application(), statement(verdict=verdict))


@pytest.mark.parametrize("verdict", ["R3", "INPUTS_TOO_COARSE"])
def test_a_statement_that_was_not_reproduced_cannot(verdict: str) -> None:
    with pytest.raises(StatementNotReproducedError) as refused:
        rules.require_statement(application(), statement(verdict=verdict))
    assert refused.value.verdict == verdict


def test_the_statement_is_about_the_inventory_of_the_application() -> None:
    with pytest.raises(CitationDiffersError):
        rules.require_statement(application(), statement(inventory="sha-256:" + "33" * 32))


@pytest.mark.parametrize("value", ["2103.4", "2103", "2103.42", "2103.410", "210.341", "-2103.41"])
def test_the_value_is_the_total_digit_by_digit(value: str) -> None:
    asked = application(value={"value": value, "unit": "kg CO2e", "per": "1 t"})
    with pytest.raises(ValueDiffersError) as refused:
        rules.require_statement(asked, statement())
    assert refused.value.certified == f"{value} kg CO2e per 1 t"
    assert refused.value.stated == "2103.41 kg CO2e per 1 t"


@pytest.mark.parametrize("changed", [{"unit": "t CO2e"}, {"per": "1 kg"}])
def test_unit_and_declared_unit_are_the_statements(changed: dict[str, str]) -> None:
    asked = application(value={"value": "2103.41", "unit": "kg CO2e", "per": "1 t"} | changed)
    with pytest.raises(ValueDiffersError):
        rules.require_statement(asked, statement())


@pytest.mark.parametrize(("value", "is_fine_enough"), [("100", True), ("99", False), ("1.0", False), ("1.00", True)])
def test_half_a_unit_in_the_values_last_place_is_at_most_half_a_percent(value: str, is_fine_enough: bool) -> None:
    total = {"value": value, "unit": "kg CO2e", "per": "1 t"}
    asked, stated = application(value=total), statement(total=total)
    if is_fine_enough:
        rules.require_statement(asked, stated)
        return
    with pytest.raises(StatementNotReproducedError) as refused:
        rules.require_statement(asked, stated)
    assert refused.value.verdict == "INPUTS_TOO_COARSE"


@pytest.mark.parametrize(
    "changed",
    [
        {"origin": "CN-ZJ"},
        {"origin": "SG"},
        {"validity": {"from": "2028-01-20T00:00:00Z", "until": "2028-01-20T00:00:00Z"}},
    ],
)
def test_what_does_not_fit_is_out_of_scope(changed: dict[str, Any]) -> None:
    rules.require_scope(application(), SH)
    rules.require_scope(application(origin="CN"), SH)
    with pytest.raises(ScopeError):
        rules.require_scope(application(**changed), SH)


def certificate_subject(**changed: Any) -> dict[str, Any]:
    """The subject of a certificate, as the service puts it together from an application and an inventory."""
    stated = application().model_dump(mode="json", by_alias=True, exclude={"dossier", "supersedes"})
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-jcs-2022",
        "created": "2026-01-20T00:00:00Z",
        "verificationMethod": "did:web:sh-cb.example#z6Mk" + "1" * 44,
        "proofPurpose": "assertionMethod",
        "proofValue": "z" + "1" * 80,
    }
    return {
        **stated,
        "documentType": rules.DOCUMENT_TYPE,
        "boundary": "gate-to-gate",
        "period": {"from": "2025-01-01", "until": "2026-01-01"},
        "holderSalt": "00" * 32,
        "dossier": {"id": INVENTORY_ID, "evaluator": "ev", "decider": "de", "proofs": [proof, proof]},
    } | changed


def inventory_subject(**changed: Any) -> dict[str, Any]:
    table = {"root": "00" * 32, "count": 1}
    tonne = {"amount": "1", "unit": "t"}
    return {
        "product": {"name": {"en": "coil"}, "category": "steel-bf-bof"},
        "functionalUnit": {"quantity": tonne},
        "referenceFlow": {"process": "rolling", "flow": "coil", "quantity": tonne},
        "systemBoundary": "gate-to-gate",
        "period": {"from": "2025-01-01", "until": "2026-01-01"},
        "rules": {"standard": "GB/T 24067-2024", "pcr": "GB/T 47064-2026", "gwp": "ipcc-ar6-gwp100"},
        "factors": [],
        "tables": dict.fromkeys(("flows", "processes", "exchanges", "cutOff"), table),
    } | changed


def consistent(
    certificate: dict[str, Any], inventory: dict[str, Any], discloser: bytes = MAKER, calculator: bytes = MAKER
) -> None:
    rules.require_consistent(certificate, inventory, issuer=BODY, discloser=discloser, calculator=calculator)


def refusal(certificate: dict[str, Any], inventory: dict[str, Any], **by: bytes) -> str:
    with pytest.raises(VerifierError) as refused:
        consistent(certificate, inventory, **by)
    return refused.value.code


@pytest.mark.parametrize(
    ("certified", "disclosed"),
    [
        ({"boundary": "cradle-to-gate"}, {}),
        ({"period": {"from": "2024-01-01", "until": "2025-01-01"}}, {}),
        ({"standard": {"name": "ISO 14067:2018", "id": None}}, {}),
        ({"pcr": {"name": "another", "id": None}}, {}),
        ({"pcr": None}, {}),
        ({}, {"rules": {"standard": "GB/T 24067-2024", "gwp": "ipcc-ar6-gwp100"}}),
        ({}, {"rules": {"pcr": "GB/T 47064-2026", "gwp": "ipcc-ar6-gwp100"}}),
        ({}, {"product": {"name": {"en": "coil"}}}),
        ({}, {"product": {"name": {"en": "bar"}, "category": "steel-bf-bof"}}),
        ({"category": "cement"}, {}),
    ],
)
def test_certificate_and_inventory_say_the_same(certified: dict[str, Any], disclosed: dict[str, Any]) -> None:
    consistent(certificate_subject(), inventory_subject())
    assert refusal(certificate_subject(**certified), inventory_subject(**disclosed)) == "CERTIFICATE_DIFFERS"


@pytest.mark.parametrize("pcr", [{}, {"pcr": None}])
def test_where_no_pcr_applies_neither_names_one(pcr: dict[str, Any]) -> None:
    without = inventory_subject(rules={"standard": "GB/T 24067-2024", "gwp": "ipcc-ar6-gwp100"} | pcr)
    consistent(certificate_subject(pcr=None), without)


def test_the_client_has_a_code_and_every_credit_code_its_check_character() -> None:
    assert refusal(certificate_subject(client=party(None)), inventory_subject()) == "IDENTITY"
    for role in ("client", "maker", "factory"):
        mistyped = certificate_subject(**{role: party("91310000TANJU00278")})
        assert refusal(mistyped, inventory_subject()) == "FORMAT"


@pytest.mark.parametrize("role", ["client", "maker", "factory"])
def test_no_body_certifies_itself(role: str) -> None:
    own = certificate_subject(**{role: party(BODY_CODE)})
    assert refusal(own, inventory_subject()) == "SELF_CERTIFIED"


@pytest.mark.parametrize("role", ["client", "maker", "factory"])
def test_a_party_discloses_and_a_party_or_the_body_calculates(role: str) -> None:
    with_third = certificate_subject(**{role: party(THIRD_CODE)})
    consistent(with_third, inventory_subject(), discloser=THIRD, calculator=THIRD)
    consistent(with_third, inventory_subject(), discloser=THIRD, calculator=BODY)
    for who, by in (("discloser", THIRD), ("discloser", BODY), ("calculator", THIRD)):
        assert refusal(certificate_subject(), inventory_subject(), **{who: by}) == "SIGNER_UNFIT"


@pytest.mark.parametrize(
    ("amount", "unit", "is_right"),
    [("1", "t", True), ("1.0", "t", True), ("1000", "kg", True), ("1", "kg", False), ("2", "t", False)],
)
def test_the_declared_unit_is_the_reference_flow(amount: str, unit: str, is_right: bool) -> None:
    declared = inventory_subject(functionalUnit={"quantity": {"amount": amount, "unit": unit}})
    if is_right:
        consistent(certificate_subject(), declared)
    else:
        assert refusal(certificate_subject(), declared) == "DECLARED_UNIT"


def test_a_declared_unit_of_another_kind_is_no_reference_flow() -> None:
    declared = inventory_subject(functionalUnit={"quantity": {"amount": "1", "unit": "kWh"}})
    assert refusal(certificate_subject(), declared) == "DECLARED_UNIT"


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
