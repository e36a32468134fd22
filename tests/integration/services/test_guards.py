"""What the services refuse, and that a refusal leaves nothing behind."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ledger.authorities import governing, granting
from ledger.errors import NotFoundError
from ledger.services import accredit, evidence, status, verification
from ledger.services.certify import certify
from ledger.services.disclose import disclose
from ledger.services.errors import (
    CitationDiffersError,
    DatasetExistsError,
    FactorUnknownError,
    IllegalStatusError,
    LicenceError,
    NotAnchoredError,
    NotCompetentError,
    NotIssuedError,
    NotIssuerError,
    NumberTakenError,
    RoleMissingError,
    SamePersonError,
    StatementNotReproducedError,
    ValueDiffersError,
)
from ledger.services.publish import publish
from ledger.services.recalculate import recalculate
from ledger.services.recording import assert_signed, draft, keep
from ledger.services.supervise import change_status
from ledger.store import audit, outbox, records
from verifier.canonical import parse, raw_digest
from verifier.errors import FormatError, ProofError
from verifier.identifiers import KINDS, bytes32_text

ENERGY = "tanju/factor-dataset/1"
WITHDRAW = 4
"""Action of the InstitutionRegistry."""


def counted(node: Any) -> tuple[int, int, int]:
    """Records, actions and audit entries of a node."""
    with node.store.reading() as session:
        actions = sum(outbox.count_by_state(session).values())
        return len(records.listing(session)), actions, len(audit.listing(session))


def changed(node: Any, certificate_id: str, action: Any, as_: str = "sh-cb") -> Any:
    return change_status(node, as_, certificate_id, action, "found", "rule", ["2026-01-10"])


# publish


def test_a_published_body_is_published_once(world: Any, datasets: Any) -> None:
    body = datasets["cn-fuel-combustion@1"]
    first = publish(world.shanghai, "publisher", body)
    before = counted(world.shanghai)
    again = publish(world.shanghai, "publisher", copy.deepcopy(body))
    assert (again.record_id, again.index, again.created) == (first.record_id, first.index, False)
    assert counted(world.shanghai) == before


def test_another_body_needs_another_version(world: Any, datasets: Any) -> None:
    first = world.publish(datasets["cn-electricity-cfp@2023"])
    with pytest.raises(DatasetExistsError) as refused:
        world.publish({**datasets["cn-electricity-cfp@2023"], "notes": "other"})
    assert refused.value.record_id == first


def test_licensed_entries_are_not_published(world: Any, datasets: Any) -> None:
    body = copy.deepcopy(datasets["uslci-transport@2017"])
    body["entries"][1]["licence"]["redistribution"] = "none"
    with pytest.raises(LicenceError) as refused:
        world.publish(body)
    assert refused.value.entries == (body["entries"][1]["id"],)


def test_only_a_publisher_publishes(world: Any, datasets: Any) -> None:
    with pytest.raises(RoleMissingError):
        publish(world.shanghai, "maker", datasets["uslci-upstream@2017"])


# disclose and recalculate


def test_the_same_inventory_twice_is_one_record_whatever_its_salts(world: Any, make_inventory: Any) -> None:
    first = disclose(world.shanghai, "maker", make_inventory("111"))
    before = counted(world.shanghai)
    again = disclose(world.shanghai, "maker", make_inventory("111"))
    assert (again.record_id, again.created) == (first.record_id, False)
    assert counted(world.shanghai) == before
    assert disclose(world.shanghai, "sh-cb", make_inventory("111")).record_id != first.record_id
    assert disclose(world.shanghai, "maker", make_inventory("111.0")).record_id != first.record_id


@pytest.mark.parametrize(
    ("reference", "says"),
    [
        ("cn-electricity-cfp@1999#CN", "no such dataset"),
        ("cn-electricity-cfp@2024#XX", "no entry 'XX'"),
        ("cn-electricity-cfp@2024", "names no entry"),
        ("sha-256:" + "00" * 32 + "#CN", "no such dataset"),
    ],
)
def test_an_unknown_factor_names_its_row(world: Any, make_inventory: Any, reference: str, says: str) -> None:
    inventory = make_inventory("112")
    inventory["exchanges"][1]["provider"]["factor"] = reference
    before = counted(world.shanghai)
    with pytest.raises(FactorUnknownError, match=says) as refused:
        disclose(world.shanghai, "maker", inventory)
    assert (refused.value.row, refused.value.reference) == ("e2", reference)
    assert counted(world.shanghai) == before


def test_an_inventory_of_another_form_is_refused(world: Any, make_inventory: Any) -> None:
    inventory = make_inventory()
    inventory["exchanges"][1]["quantity"]["amount"] = 110
    with pytest.raises(FormatError, match="e2"):
        disclose(world.shanghai, "maker", inventory)


def test_a_calculation_is_recorded_once_and_says_how_much_electricity(world: Any, make_inventory: Any) -> None:
    inventory_id, first = world.calculated(make_inventory("113"))
    again = recalculate(world.shanghai, "maker", inventory_id)
    assert (again.record_id, again.recorded.created) == (first.record_id, False)
    assert recalculate(world.shanghai, "sh-cb", inventory_id).record_id != first.record_id
    with world.shanghai.store.reading() as session:
        record = records.get(session, bytes.fromhex(first.record_id.removeprefix("sha-256:")))
    assert b'"amount":"113' in record.document
    assert b'"carrier":"electricity"' in record.document


# certify


def test_the_evaluator_does_not_decide(world: Any, make_inventory: Any) -> None:
    inventory_id, statement = world.calculated(make_inventory("120"))
    application = world.application(inventory_id, statement)
    same = application.model_copy(update={"dossier": application.dossier.model_copy(update={"decider": "evaluator"})})
    with pytest.raises(SamePersonError):
        certify(world.shanghai, "sh-cb", same)


def test_a_failure_half_way_leaves_nothing(world: Any, make_inventory: Any) -> None:
    inventory_id, statement = world.calculated(make_inventory("121"))
    application = world.application(inventory_id, statement)
    unknown = application.model_copy(update={"dossier": application.dossier.model_copy(update={"decider": "nobody"})})
    before = counted(world.shanghai)
    with pytest.raises(NotFoundError, match="nobody"):
        certify(world.shanghai, "sh-cb", unknown)
    with pytest.raises(ValueDiffersError):
        certify(
            world.shanghai,
            "sh-cb",
            world.application(inventory_id, statement, value={**_value(statement), "value": "1"}),
        )
    assert counted(world.shanghai) == before


def test_what_was_not_reproduced_is_not_certified(world: Any, make_inventory: Any) -> None:
    wrong = make_inventory("122", declared={"total": {"amount": "99.9", "unit": "kg CO2e"}})
    inventory_id, statement = world.calculated(wrong)
    assert statement.verdict == "R3"
    with pytest.raises(StatementNotReproducedError):
        certify(world.shanghai, "sh-cb", world.application(inventory_id, statement))


def test_a_number_is_used_once(world: Any, make_inventory: Any) -> None:
    inventory_id, statement = world.calculated(make_inventory("123"))
    application = world.application(inventory_id, statement)
    first = certify(world.shanghai, "sh-cb", application)
    before = counted(world.shanghai)
    with pytest.raises(NumberTakenError) as refused:
        certify(world.shanghai, "sh-cb", application)
    assert refused.value.certificate == first.record_id
    assert counted(world.shanghai) == before


def test_two_in_a_row_are_issued_in_order_while_an_append_is_under_way(world: Any, make_inventory: Any) -> None:
    done = []
    for amount in ("150", "151"):
        inventory_id, statement = world.calculated(make_inventory(amount))
        done.append(certify(world.shanghai, "sh-cb", world.application(inventory_id, statement)))
    world.settle()
    for certificate in done:
        file = evidence.export(world.shanghai, None, certificate.record_id)
        assert verification.check(world.bank, file, profile="document").verdict == "VALID"


def test_only_a_competent_body_certifies(world: Any, make_inventory: Any) -> None:
    inventory_id, statement = world.calculated(make_inventory("124"))
    with pytest.raises(NotCompetentError):
        certify(world.shanghai, "sh-cb", world.application(inventory_id, statement, category="cement"))
    with pytest.raises(NotCompetentError):
        certify(world.shanghai, "maker", world.application(inventory_id, statement))


def test_a_new_certificate_supersedes_the_old_one(world: Any, make_inventory: Any) -> None:
    old = world.certified(make_inventory("125"))
    new = world.certified(make_inventory("126"), supersedes=old.record_id)
    assert status.certificate(world.shanghai, old.record_id).status == "SUPERSEDED"
    assert status.certificate(world.shanghai, new.record_id).status == "VALID"
    with pytest.raises(IllegalStatusError):
        changed(world.shanghai, old.record_id, "suspend")


def test_a_certificate_can_stand_as_a_provider(world: Any, make_inventory: Any) -> None:
    supplier = world.certified(make_inventory("127"))
    inventory = make_inventory("0")
    inventory["flows"].append({"id": "slab", "kind": "product", "unit": "t"})
    inventory["exchanges"][1] |= {
        "flow": "slab",
        "quantity": {"amount": "2", "unit": "t"},
        "provider": {"certificate": supplier.record_id},
    }
    _, statement = world.calculated(inventory)
    assert statement.total == "146.735800000"  # 2 × 127 kWh × 0.5777 kg CO2e/kWh
    inventory["exchanges"][1]["provider"]["certificate"] = "sha-256:" + "00" * 32
    with pytest.raises(Exception, match="e2"):
        world.calculated(inventory)


def test_the_dossier_stays_with_its_body_and_only_its_signatures_leave(world: Any, make_inventory: Any) -> None:
    certificate = world.certified(make_inventory("128"))
    with world.shanghai.store.reading() as session:
        dossier = records.get(session, raw_digest(certificate.dossier_id))
    assert not dossier.public
    assert dossier.source == "own"
    file = evidence.export(world.shanghai, None, certificate.record_id)
    assert b"no consulting for the client" in dossier.document
    assert b"no consulting for the client" not in file
    assert certificate.dossier_id.encode() in file


# supervise


def test_only_the_issuer_changes_a_status_and_only_by_legal_steps(world: Any, make_inventory: Any) -> None:
    certificate = world.certified(make_inventory("130")).record_id
    with pytest.raises(NotIssuerError):
        changed(world.shanghai, certificate, "suspend", as_="maker")
    with pytest.raises(IllegalStatusError):
        changed(world.shanghai, certificate, "restore")
    suspended = changed(world.shanghai, certificate, "suspend")
    with pytest.raises(IllegalStatusError):  # the first is still on its way
        changed(world.shanghai, certificate, "suspend")
    changed(world.shanghai, certificate, "restore")
    world.settle()
    states = [(item.function, item.state) for item in status.certificate(world.shanghai, certificate).actions]
    assert states == [("issue", "FINAL"), ("suspend", "FINAL"), ("restore", "FINAL")]
    assert status.history(world.shanghai, certificate)[1]["reason"] == suspended.record_id.removeprefix("sha-256:")
    changed(world.shanghai, certificate, "withdraw")
    for action in ("suspend", "restore", "withdraw", "cancel"):
        with pytest.raises(IllegalStatusError):
            changed(world.shanghai, certificate, action)
    world.settle()
    assert status.certificate(world.shanghai, certificate).status == "WITHDRAWN"


def test_what_an_authority_ended_its_issuer_cannot_restore(world: Any, make_inventory: Any) -> None:
    certificate = world.certified(make_inventory("131"))
    desk, authority = world.consortium.register.desk, world.consortium.authorities[3]
    key = bytes.fromhex(certificate.certificate_key)
    desk.act(authority.keys.account, "CertificateRegistry", "withdraw", key, b"\7" * 32, 0)
    desk.settle()
    world.settle()
    with pytest.raises(IllegalStatusError, match="WITHDRAWN"):
        changed(world.shanghai, certificate.record_id, "suspend")


# export


def test_nothing_is_exported_before_it_stands_on_chain(world: Any, make_inventory: Any) -> None:
    inventory_id, statement = world.calculated(make_inventory("140"))
    certificate = certify(world.shanghai, "sh-cb", world.application(inventory_id, statement))
    assert status.certificate(world.shanghai, certificate.record_id).status is None
    with pytest.raises((NotAnchoredError, NotIssuedError)):
        evidence.export(world.shanghai, None, certificate.record_id)
    world.settle()
    evidence.export(world.shanghai, None, certificate.record_id)


def test_licensed_factors_are_never_exported(world: Any, datasets: Any, make_inventory: Any) -> None:
    node, keys = world.shanghai, world.shanghai.institution("publisher")
    body = copy.deepcopy(datasets["cn-electricity-cfp@2024"]) | {"series": "licensed-power", "version": "1"}
    body["entries"][0]["licence"]["redistribution"] = "none"
    with node.store.writing() as session:  # as an import of licensed background would leave it
        keep(session, node, keys, assert_signed(node, keys, draft(node, keys, ENERGY, body)))
        session.commit()
    inventory = make_inventory("141")
    inventory["exchanges"][1]["provider"]["factor"] = "licensed-power@1#CN"
    certificate = world.certified(inventory)
    with pytest.raises(LicenceError) as refused:
        evidence.export(node, None, certificate.record_id)
    assert refused.value.dataset == "licensed-power@1"


def test_a_qualification_that_was_replaced_does_not_travel(world: Any, make_inventory: Any) -> None:
    certificate = world.certified(make_inventory("142"))
    register, keys = world.consortium.register, world.shanghai.institution("sh-cb")
    authority = granting(world.consortium.authorities, "designation")
    plan = accredit.QualificationPlan("designation", "steel-bf-bof", "2031-01-01T00:00:00Z", "second notice")
    place = (keys.id, KINDS["designation"], bytes32_text("steel-bf-bof"))
    register.desk.act(authority.keys.account, "InstitutionRegistry", "changeQualification", *place, WITHDRAW, 0)
    register.desk.settle()
    again = accredit.qualification(register, authority, keys, plan)
    assert accredit.grant(register.desk, authority, again)
    register.desk.settle()
    assert not accredit.grant(register.desk, authority, again)
    accredit.adopt(world.shanghai, again)
    file = evidence.export(world.shanghai, None, certificate.record_id)
    assert verification.check(world.bank, file, profile="document").verdict == "VALID"
    qualified = [entry["document"] for entry in parse(file)["records"] if "Qualification" in entry["document"]["type"]]
    designations = [item for item in qualified if item["credentialSubject"]["kind"] == "designation"]
    assert designations == [again]


# adopt


def test_only_the_authoritys_record_that_stands_on_chain_is_adopted(world: Any) -> None:
    keys = world.bank.institution("bank")
    register = world.consortium.register
    jiangsu = governing(world.consortium.authorities, "CN-JS")
    plan = accredit.InstitutionPlan("x", "y", "CN-JS", ("relying-institution",))
    another = accredit.profile(register, jiangsu, keys, plan)
    with pytest.raises(CitationDiffersError):
        accredit.adopt(world.bank, another)
    forged = copy.deepcopy(another)
    forged["credentialSubject"]["name"]["en"] = "z"
    with pytest.raises(ProofError):
        accredit.adopt(world.bank, forged)


def _value(statement: Any) -> dict[str, str]:
    return {"value": statement.total, "unit": statement.unit, "per": statement.per}
