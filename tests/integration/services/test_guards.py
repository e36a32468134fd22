"""What the services refuse, and that a refusal leaves nothing behind."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ledger.authorities import governing, granting
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
    NotIssuedError,
    NotIssuerError,
    RoleMissingError,
)
from ledger.services.publish import publish
from ledger.services.recalculate import recalculate
from ledger.services.recording import assert_signed, draft, keep
from ledger.services.supervise import change_status
from ledger.store import records
from verifier.canonical import canonicalise, parse
from verifier.credential import record_id
from verifier.errors import FormatError, ProofError
from verifier.identifiers import KINDS, bytes32_text

ENERGY = "tanju/factor-dataset/1"
WITHDRAW = 4
"""Action of the InstitutionRegistry."""


def keep_received(node: Any, institution: bytes, document: dict[str, Any]) -> None:
    """Put a signed authority's record into the store as it is, past every guard."""
    with node.store.writing() as session:
        data = canonicalise(document)
        stored = records.Record(
            record_id(document), "Qualification", institution, data, True, "received", node.now(), institution
        )
        assert records.add(session, stored)
        session.commit()


def valid_until(qualification: dict[str, Any]) -> str:
    """When a qualification ends, as it says itself."""
    until: str = qualification["credentialSubject"]["until"]
    return until


def changed(node: Any, certificate_id: str, action: Any, as_: str = "sh-cb") -> Any:
    return change_status(node, as_, certificate_id, action, "found", "rule", ["2026-01-10"])


# publish


def test_a_published_body_is_published_once(world: Any, datasets: Any) -> None:
    body = datasets["cn-fuel-combustion@1"]
    first = publish(world.shanghai, "publisher", body)
    before = world.counted()
    again = publish(world.shanghai, "publisher", copy.deepcopy(body))
    assert (again.record_id, again.index, again.created) == (first.record_id, first.index, False)
    assert world.counted() == before


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
    before = world.counted()
    again = disclose(world.shanghai, "maker", make_inventory("111"))
    assert (again.record_id, again.created) == (first.record_id, False)
    assert world.counted() == before
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
    before = world.counted()
    with pytest.raises(FactorUnknownError, match=says) as refused:
        disclose(world.shanghai, "maker", inventory)
    assert (refused.value.row, refused.value.reference) == ("e2", reference)
    assert world.counted() == before


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
    inventory_id, statement = world.anchored(make_inventory("140"))
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


def test_every_qualification_that_stands_on_chain_travels_and_no_other(world: Any, make_inventory: Any) -> None:
    """A renewal leaves the one behind under which was issued; one that nobody granted is kept here but stays."""
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
    later = accredit.QualificationPlan("designation", "steel-bf-bof", "2032-01-01T00:00:00Z", "never granted")
    keep_received(world.shanghai, keys.id, accredit.qualification(register, authority, keys, later))
    file = evidence.export(world.shanghai, None, certificate.record_id)
    assert verification.check(world.bank, file, profile="document").verdict == "VALID"
    qualified = [entry["document"] for entry in parse(file)["records"] if "Qualification" in entry["document"]["type"]]
    designations = [item for item in qualified if item["credentialSubject"]["kind"] == "designation"]
    assert [item["credentialSubject"]["legalBasis"] for item in sorted(designations, key=valid_until)] == [
        "pilot notice",
        "second notice",
    ]


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
