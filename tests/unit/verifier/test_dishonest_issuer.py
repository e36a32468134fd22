"""What a dishonest maker, publisher, certification body or platform signs, anchors and issues is never VALID."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.golden import records
from scripts.golden.keys import AUTHORITIES, BODY, MAKER, PLATFORM, PUBLISHER, GoldenInstitution
from scripts.golden.world import JURISDICTION, PURPOSE, GoldenWorld
from verifier.canonical import raw_digest
from verifier.identifiers import bytes32_text
from verifier.report import Status, Verdict

RECOGNITION: dict[str, Any] = {"profile": "procurement", "jurisdiction": JURISDICTION, "purpose": PURPOSE}
WITHDRAW = 4
SOMEBODY = {"name": {"en": "Somebody else"}, "code": PLATFORM.code}


def codes(world: GoldenWorld, **question: Any) -> set[str]:
    """The codes of the checks that are not VALID; the verdict is then not VALID either."""
    report = world.verify(world.evidence(), **(question or RECOGNITION))
    found = {result.code for result in report.checks if result.status not in (Status.VALID, Status.NOT_APPLICABLE)}
    assert (report.verdict is Verdict.VALID) is (not found)
    return found


def update(**changes: Any) -> Any:
    """A change that sets keys."""
    return lambda value: value.update(changes)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"boundary": "cradle-to-grave"}, "CERTIFICATE_DIFFERS"),
        ({"period": {"from": "2030-01-01", "until": "2031-01-01"}}, "CERTIFICATE_DIFFERS"),
        ({"pcr": {"name": "another-pcr", "id": None}}, "CERTIFICATE_DIFFERS"),
        ({"pcr": None}, "CERTIFICATE_DIFFERS"),
        ({"standard": {"name": "ISO 14067:2018", "id": None}}, "CERTIFICATE_DIFFERS"),
        (
            {"product": {"name": {"en": "Silicon wafer"}, "model": None, "unitOfCertification": "wafers"}},
            "CERTIFICATE_DIFFERS",
        ),
        ({"client": SOMEBODY, "maker": SOMEBODY, "factory": SOMEBODY}, "SIGNER_UNFIT"),
        ({"client": {"name": {"en": "x"}, "code": None}}, "IDENTITY"),
        ({"client": {"name": {"en": "x"}, "code": "A" * 18}}, "FORMAT"),
        ({"value": {"value": "99.9", "unit": "kg CO2e", "per": "1 t"}}, "STATEMENT_DIFFERS"),
        ({"value": {"value": "124", "unit": "kg CO2e", "per": "1 t"}}, "STATEMENT_DIFFERS"),
        ({"number": "ANOTHER-NUMBER"}, "SIGNATURE"),
    ],
)
def test_a_certificate_that_says_another_thing_than_its_basis(change: dict[str, Any], code: str) -> None:
    assert code in codes(GoldenWorld(alter={"certificate": update(**change)}))


def test_the_category_is_the_products() -> None:
    world = GoldenWorld(alter={"inventory": lambda found: found["product"].update(category="primary-aluminium")})
    assert "CERTIFICATE_DIFFERS" in codes(world)


def _rounded_to_nothing(statement: dict[str, Any]) -> None:
    statement["total"].update(value="0", unit="t CO2e")
    for share in (*statement["stages"], *statement["groups"]):
        share["value"] = "0"


def _stage_twice(statement: dict[str, Any]) -> None:
    statement["stages"] = [*statement["stages"], *statement["stages"]]


def _other_stages(statement: dict[str, Any]) -> None:
    statement["stages"][0]["value"] = "123.7"


def _other_basis(statement: dict[str, Any]) -> None:
    statement["conversionBasis"][0]["amount"] = "1"


@pytest.mark.parametrize(
    "change", [_rounded_to_nothing, _stage_twice, _other_stages, _other_basis, update(verdict="R3")]
)
def test_a_statement_whose_numbers_do_not_follow(change: Any) -> None:
    assert "NOT_REPRODUCED" in codes(GoldenWorld(alter={"statement": change}))


def test_a_value_too_coarse_to_say_anything() -> None:
    assert "INPUTS_TOO_COARSE" in codes(GoldenWorld(declared="124", alter={"inventory": _tiny}))


def _tiny(inventory: dict[str, Any]) -> None:
    """A tenth of a kilogram of coil: the value has one digit."""
    for place in (inventory["referenceFlow"], inventory["functionalUnit"]):
        place["quantity"] = {"amount": "0.01", "unit": "t"}
    inventory["declared"]["total"]["amount"] = "1"


def test_a_kilogram_is_not_sold_as_a_tonne() -> None:
    world = GoldenWorld(
        declared="0.1236", alter={"inventory": lambda i: i["referenceFlow"]["quantity"].update(unit="kg")}
    )
    assert "DECLARED_UNIT" in codes(world)


def test_factors_by_somebody_who_is_no_publisher() -> None:
    def change(factors: dict[str, Any]) -> None:
        factors["entries"][0]["value"] = "0.0001"

    assert codes(GoldenWorld(declared="42.1", publisher=MAKER, alter={"factors": change})) == {"SIGNER_UNFIT"}


@pytest.mark.parametrize("stranger", [PUBLISHER, BODY, PLATFORM])
def test_an_inventory_that_no_party_signed(stranger: GoldenInstitution) -> None:
    assert codes(GoldenWorld(maker=stranger)) == {"SIGNER_UNFIT"}


def test_a_statement_by_a_stranger() -> None:
    assert codes(GoldenWorld(calculator=PLATFORM)) == {"SIGNER_UNFIT"}
    assert codes(GoldenWorld(calculator=MAKER)) == set()


def test_a_body_does_not_certify_itself() -> None:
    own = {"name": {"en": BODY.en}, "code": BODY.code}
    world = GoldenWorld(maker=BODY, alter={"certificate": update(client=own, maker=own, factory=own)})
    assert codes(world) == {"SELF_CERTIFIED"}


def test_nothing_that_was_anchored_after_the_issue_counts() -> None:
    assert "ANCHORED_AFTER_ISSUE" in codes(GoldenWorld(anchored=False))


def test_an_inventory_that_hides_which_factors_its_rows_cite() -> None:
    assert {"CITATION_DIFFERS", "FACTORS_DIFFER"} & codes(GoldenWorld(alter={"header": update(factors=[])}))


def test_signatures_given_for_one_case_certify_no_other(golden: GoldenWorld) -> None:
    reused = golden.documents["certificate"]["credentialSubject"]["dossier"]
    world = GoldenWorld(
        alter={
            "inventory": lambda found: found["product"]["name"].update(en="Quite another coil"),
            "certificate": update(dossier=reused),
        }
    )
    assert "SIGNATURE" in codes(world)


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "REFUSED", "reasons": ["FRAUD_SUSPECTED"]},
        {"mode": "REVIEW"},
        {"validUntil": "2036-01-01T00:00:00Z"},
    ],
)
def test_a_decision_that_says_another_thing_than_the_chain(change: dict[str, Any]) -> None:
    assert codes(GoldenWorld(alter={"decision": update(**change)})) == {"DECISION_DIFFERS"}


def test_a_renewed_qualification_leaves_old_files_as_they_were(world: GoldenWorld) -> None:
    old, registry = world.evidence(), world.chain.contract("InstitutionRegistry").functions
    category = bytes32_text("steel-bf-bof")
    world.chain.send("cnca", registry.changeQualification(BODY.id, 1, category, WITHDRAW, 0))
    subject = records.qualification_subject(BODY, "approval", world.chain.now())
    renewed = world.writer.by_authority(AUTHORITIES[0], "tanju/qualification/1", world.chain.now(), subject)
    identity = raw_digest(records.digest(renewed))
    world.chain.send("cnca", registry.grant(BODY.id, 1, category, identity, 0, world.chain.now() + 86_400))
    assert world.verify(old).verdict is Verdict.VALID
    assert world.verify(world.evidence()).verdict is Verdict.VALID


@pytest.mark.parametrize(
    "change",
    [
        {"status": "WITHDRAWN"},
        {"competentAtIssue": False},
        {"issuedAt": "2001-01-01T00:00:00Z"},
        {"recognitions": [{"jurisdiction": "CN-JS", "purpose": "finance", "status": "FULL", "decision": "cd" * 32}]},
    ],
)
def test_what_the_exporter_says_of_the_chain_is_compared(golden: GoldenWorld, change: dict[str, Any]) -> None:
    report = golden.verify(golden.evidence(lambda document: document["chain"].update(change)))
    assert report.check(8).code == "EXPORT_STATE_DIFFERS"


def test_the_block_that_the_exporter_names_is_the_chains(golden: GoldenWorld) -> None:
    for change in ({"number": 10**9}, {"hash": "ab" * 32}, {"number": 1}):
        report = golden.verify(golden.evidence(_with_block(change)))
        assert report.check(8).code == "EXPORT_STATE_DIFFERS"


def _with_block(change: dict[str, Any]) -> Any:
    return lambda document: document["chain"]["block"].update(change)


def test_a_file_that_spells_its_keys_another_way_is_of_no_known_form(golden: GoldenWorld) -> None:
    def change(document: dict[str, Any]) -> None:
        document["exported_at"] = document.pop("exportedAt")

    assert golden.verify(golden.evidence(change)).check(1).code == "FORMAT"
