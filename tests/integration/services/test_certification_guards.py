"""What certifying refuses: what does not rest on anchored records of the parties, says another thing than they do, or
was not decided by two persons for this very case.
"""

from __future__ import annotations

from typing import Any

import pytest

from ledger.errors import NotFoundError
from ledger.log import seal, sequencer
from ledger.services import evidence, status, verification
from ledger.services.certify import certify
from ledger.services.errors import (
    IllegalStatusError,
    NotAnchoredError,
    NotCompetentError,
    NumberTakenError,
    SamePersonError,
    StatementNotReproducedError,
    ValueDiffersError,
)
from ledger.services.supervise import change_status
from ledger.store import checkpoints, outbox, records
from verifier.canonical import canonicalise, parse, raw_digest, tag_sha256
from verifier.credential import check_proof, record_id, sign
from verifier.errors import FormatError, ProofError
from verifier.sign_off import sign_off_document

CREATED = "2026-01-10T00:00:00Z"


def refusal(world: Any, calculated: Any, **changed: Any) -> str:
    """The code with which the verifier's own rules refuse the application; nothing was left behind."""
    application, before = world.application(*calculated, **changed), world.counted()
    with pytest.raises((ProofError, FormatError)) as refused:
        certify(world.shanghai, "sh-cb", application)
    assert world.counted() == before
    return str(refused.value.code)


def party(world: Any, name: str) -> dict[str, Any]:
    """One of the Shanghai node's institutions as a certificate names it."""
    return {"name": {"en": name}, "code": world.shanghai.institution(name).code, "address": None}


def subject(world: Any, certificate_id: str) -> dict[str, Any]:
    """The certificate's subject as this node holds it."""
    with world.shanghai.store.reading() as session:
        found: dict[str, Any] = parse(records.get(session, raw_digest(certificate_id)).document)["credentialSubject"]
    return found


def signers(certificate: dict[str, Any], signed_for: dict[str, Any]) -> list[str]:
    """Who signed off a certificate's subject, checked over the case that another subject is. Raises ProofError."""
    document = sign_off_document(signed_for)
    return [
        check_proof(record_id(document), proof, context=document["@context"])
        for proof in certificate["dossier"]["proofs"]
    ]


def signed_again(world: Any, certificate_id: str, proofs: list[dict[str, Any]]) -> bytes:
    """The evidence file of a certificate that its body signed again with these proofs in place of its sign-off."""
    keys = world.shanghai.institution("sh-cb")
    file = parse(evidence.export(world.shanghai, None, certificate_id))
    entry = next(item for item in file["records"] if item["document"]["type"][1] == "Certificate")
    certificate = {name: value for name, value in entry["document"].items() if name != "proof"}
    certificate["credentialSubject"]["dossier"]["proofs"] = proofs
    entry["document"] = sign(certificate, keys.assert_key, did=keys.did, created=CREATED)
    file["certificate"] = tag_sha256(record_id(entry["document"]))
    file["records"].sort(key=lambda item: record_id(item["document"]))
    del file["proof"]
    return canonicalise(sign(file, keys.assert_key, did=keys.did, created=CREATED))


def test_the_evaluator_does_not_decide(world: Any, make_inventory: Any) -> None:
    inventory_id, statement = world.anchored(make_inventory("120"))
    application = world.application(inventory_id, statement)
    same = application.model_copy(update={"dossier": application.dossier.model_copy(update={"decider": "evaluator"})})
    with pytest.raises(SamePersonError):
        certify(world.shanghai, "sh-cb", same)


def test_a_failure_half_way_leaves_nothing(world: Any, make_inventory: Any) -> None:
    inventory_id, statement = world.anchored(make_inventory("121"))
    application = world.application(inventory_id, statement)
    unknown = application.model_copy(update={"dossier": application.dossier.model_copy(update={"decider": "nobody"})})
    before = world.counted()
    with pytest.raises(NotFoundError, match="nobody"):
        certify(world.shanghai, "sh-cb", unknown)
    with pytest.raises(ValueDiffersError):
        certify(
            world.shanghai,
            "sh-cb",
            world.application(inventory_id, statement, value={**_value(statement), "value": "1"}),
        )
    assert world.counted() == before


def test_what_was_not_reproduced_is_not_certified(world: Any, make_inventory: Any) -> None:
    wrong = make_inventory("122", declared={"total": {"amount": "99.9", "unit": "kg CO2e"}})
    inventory_id, statement = world.anchored(wrong)
    assert statement.verdict == "R3"
    with pytest.raises(StatementNotReproducedError):
        certify(world.shanghai, "sh-cb", world.application(inventory_id, statement))


def test_a_number_is_used_once(world: Any, make_inventory: Any) -> None:
    inventory_id, statement = world.anchored(make_inventory("123"))
    application = world.application(inventory_id, statement)
    first = certify(world.shanghai, "sh-cb", application)
    before = world.counted()
    with pytest.raises(NumberTakenError) as refused:
        certify(world.shanghai, "sh-cb", application)
    assert refused.value.certificate == first.record_id
    assert world.counted() == before


def test_while_an_append_is_under_way_the_next_certificate_waits(world: Any, make_inventory: Any) -> None:
    first = world.application(*world.anchored(make_inventory("150")))
    second = world.application(*world.anchored(make_inventory("151")))
    done = [certify(world.shanghai, "sh-cb", first)]
    before = world.counted()
    with pytest.raises(NotAnchoredError, match="append is under way"):
        certify(world.shanghai, "sh-cb", second)
    assert world.counted() == before
    world.settle()
    done.append(certify(world.shanghai, "sh-cb", second))
    world.settle()
    for certificate in done:
        file = evidence.export(world.shanghai, None, certificate.record_id)
        assert verification.check(world.bank, file, profile="document").verdict == "VALID"


def test_the_issue_waits_for_the_append_that_anchors_the_certificate(world: Any, make_inventory: Any) -> None:
    certificate = certify(world.shanghai, "sh-cb", world.application(*world.anchored(make_inventory("152"))))
    with world.shanghai.store.reading() as session:
        issue = outbox.find(session, certificate.queued[0])
        assert issue is not None
        assert issue.after is not None
        append = outbox.get(session, issue.after)
        sealed = checkpoints.last(session, world.shanghai.institution("sh-cb").id, certificate.recorded.epoch)
    assert (append.contract, append.function) == ("RecordLog", "append")
    assert sealed is not None
    assert sealed.outbox_id == append.id
    assert certificate.recorded.index < sealed.size


def test_an_append_that_does_not_reach_the_certificate_issues_nothing(
    world: Any, make_inventory: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    application = world.application(*world.anchored(make_inventory("166")))
    before = world.counted()
    with monkeypatch.context() as limited:
        limited.setattr(sequencer, "MAX_SEAL_LEAVES", 1)  # of the two leaves, dossier and certificate
        with pytest.raises(NotAnchoredError):
            certify(world.shanghai, "sh-cb", application)
    assert world.counted() == before
    certify(world.shanghai, "sh-cb", application)
    world.settle()


@pytest.mark.parametrize("missing", ["publisher", "maker", "sh-cb"])
def test_dataset_inventory_and_statement_are_anchored_first(
    world: Any, datasets: Any, make_inventory: Any, missing: str
) -> None:
    world.settle()
    dataset = world.publish(datasets["cn-electricity-cfp@2024"] | {"version": f"2024-{missing}"})
    inventory = make_inventory("153")
    inventory["exchanges"][1]["provider"]["factor"] = f"{dataset}#CN"
    inventory_id, statement = world.calculated(inventory, calculator="sh-cb")
    with world.shanghai.store.writing() as session:
        for name in {"publisher", "maker", "sh-cb"} - {missing}:
            assert seal(session, world.shanghai.institution(name), now=world.now()) is not None
        session.commit()
    world.settle(seals=False)
    application, before = world.application(inventory_id, statement), world.counted()
    with pytest.raises(NotAnchoredError) as refused:
        certify(world.shanghai, "sh-cb", application)
    ids = {"publisher": dataset, "maker": inventory_id, "sh-cb": statement.record_id}
    assert refused.value.record_id == ids[missing]
    assert world.counted() == before
    world.settle()
    certify(world.shanghai, "sh-cb", application)
    world.settle()


@pytest.mark.parametrize("change", ["rounded", "unit", "per"])
def test_the_value_is_the_statements_exactly(world: Any, make_inventory: Any, change: str) -> None:
    inventory_id, statement = world.anchored(make_inventory("154"))
    other = {
        "rounded": {"value": statement.total.partition(".")[0]},
        "unit": {"unit": "t CO2e"},
        "per": {"per": "1 kg"},
    }[change]
    application = world.application(inventory_id, statement, value=_value(statement) | other)
    before = world.counted()
    with pytest.raises(ValueDiffersError):
        certify(world.shanghai, "sh-cb", application)
    assert world.counted() == before


def test_kilograms_are_not_certified_as_tonnes(world: Any, make_inventory: Any) -> None:
    kilogram = {"quantity": {"amount": "1", "unit": "kg"}}
    assert refusal(world, world.anchored(make_inventory("155", functionalUnit=kilogram))) == "DECLARED_UNIT"


@pytest.mark.parametrize(
    "changed",
    [
        {"standard": {"name": "ISO 14067:2018", "id": None}},
        {"pcr": None},
        {"product": {"name": {"en": "Cold-rolled coil"}, "model": None, "unitOfCertification": "1 t"}},
    ],
)
def test_the_certificate_says_what_the_inventory_says(world: Any, make_inventory: Any, changed: dict[str, Any]) -> None:
    assert refusal(world, world.anchored(make_inventory("156")), **changed) == "CERTIFICATE_DIFFERS"


def test_the_category_certified_is_the_one_disclosed(world: Any, make_inventory: Any) -> None:
    other = make_inventory("157", product={"name": {"en": "Hot-rolled coil"}, "category": "steel-eaf"})
    assert refusal(world, world.anchored(other)) == "CERTIFICATE_DIFFERS"


def test_where_no_pcr_applies_the_certificate_names_none(world: Any, make_inventory: Any) -> None:
    inventory = make_inventory("158")
    del inventory["rules"]["pcr"]
    calculated = world.anchored(inventory)
    assert refusal(world, calculated, pcr={"name": "GB/T 47064-2026", "id": None}) == "CERTIFICATE_DIFFERS"
    certificate = certify(world.shanghai, "sh-cb", world.application(*calculated))
    world.settle()
    file = evidence.export(world.shanghai, None, certificate.record_id)
    assert verification.check(world.bank, file, profile="document").verdict == "VALID"


@pytest.mark.parametrize("role", ["client", "maker", "factory"])
def test_no_body_certifies_itself(world: Any, make_inventory: Any, role: str) -> None:
    itself = party(world, "sh-cb")
    assert refusal(world, world.anchored(make_inventory("159")), **{role: itself}) == "SELF_CERTIFIED"


def test_the_client_is_identified(world: Any, make_inventory: Any) -> None:
    nobody = {"name": {"en": "somebody"}, "code": None, "address": None}
    assert refusal(world, world.anchored(make_inventory("160")), client=nobody) == "IDENTITY"


@pytest.mark.parametrize("who", ["discloser", "calculator"])
@pytest.mark.parametrize("by", ["publisher", "sh-cb"])
def test_a_strangers_inventory_or_statement_is_not_certified(
    world: Any, make_inventory: Any, who: str, by: str
) -> None:
    calculated = world.anchored(make_inventory("161"), **{who: by})
    if (who, by) == ("calculator", "sh-cb"):  # the body itself may calculate
        certify(world.shanghai, "sh-cb", world.application(*calculated))
        world.settle()
        return
    assert refusal(world, calculated) == "SIGNER_UNFIT"


def test_the_sign_off_is_of_this_case_only(world: Any, make_inventory: Any) -> None:
    one, other = (subject(world, world.certified(make_inventory(amount)).record_id) for amount in ("162", "163"))
    assert sorted(signers(one, one)) == sorted([one["dossier"]["evaluator"], one["dossier"]["decider"]])
    for name in ("footprint", "inventory", "number"):
        with pytest.raises(ProofError, match="SIGNATURE"):
            signers(one, one | {name: other[name]})
    with pytest.raises(ProofError, match="SIGNATURE"):
        signers(one, one | {"dossier": one["dossier"] | {"id": other["dossier"]["id"]}})


def test_signatures_given_for_one_case_certify_no_other(world: Any, make_inventory: Any) -> None:
    """The body signs a certificate over with the sign-off of another: nobody takes it."""
    first, second = (world.certified(make_inventory(amount)).record_id for amount in ("164", "165"))
    reused = subject(world, first)["dossier"]["proofs"]
    for proofs, expected in ((subject(world, second)["dossier"]["proofs"], "OK"), (reused, "SIGNATURE")):
        file = signed_again(world, second, proofs)
        assert verification.check(world.bank, file, profile="document").check(3).code == expected


def test_only_a_competent_body_certifies(world: Any, make_inventory: Any) -> None:
    inventory_id, statement = world.anchored(make_inventory("124"))
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
        change_status(world.shanghai, "sh-cb", old.record_id, "suspend", "found", "rule", ["2026-01-10"])


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


def _value(statement: Any) -> dict[str, str]:
    return {"value": statement.total, "unit": statement.unit, "per": statement.per}
