"""A certificate on records that came from another node: they stand where the evidence file proved them to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ledger.services import evidence, verification
from ledger.services.certify import certify
from ledger.services.disclose import disclose
from ledger.services.errors import NotAnchoredError
from ledger.services.lookup import subject_of
from ledger.services.recalculate import recalculate
from ledger.services.receive import receive
from ledger.store import records
from verifier.canonical import parse, raw_digest


def zhejiangs(world: Any, inventory: dict[str, Any]) -> Any:
    """An application for Zhejiang's body, by Zhejiang's maker."""
    node = world.zhejiang
    inventory_id = disclose(node, "zj-maker", inventory).record_id
    statement = recalculate(node, "zj-cb", inventory_id)
    world.settle()
    maker = {"name": {"en": "zj-maker"}, "code": node.institution("zj-maker").code, "address": None}
    parties = {"client": maker, "maker": maker, "factory": maker, "origin": "CN-ZJ"}
    return world.application(inventory_id, statement, node="zhejiang", **parties)


def resting_on(certificate_id: str, inventory: dict[str, Any]) -> dict[str, Any]:
    """The inventory with a supplier's slab in place of its electricity."""
    inventory["flows"].append({"id": "slab", "kind": "product", "unit": "t"})
    provider = {"flow": "slab", "quantity": {"amount": "2", "unit": "t"}, "provider": {"certificate": certificate_id}}
    inventory["exchanges"][1] |= provider
    return inventory


def source(world: Any, identity: str) -> str:
    with world.zhejiang.store.reading() as session:
        found: str = records.get(session, raw_digest(identity)).source
    return found


def test_a_received_dataset_is_anchored_where_its_evidence_says(world: Any, make_inventory: Any) -> None:
    first = world.certified(make_inventory("300"))
    receive(world.zhejiang, evidence.export(world.shanghai, None, first.record_id))
    second = certify(world.zhejiang, "zj-cb", zhejiangs(world, make_inventory("301")))
    world.settle()
    file = evidence.export(world.zhejiang, None, second.record_id)
    datasets = [item for item in parse(file)["records"] if item["document"]["type"][1] == "FactorDataset"]
    assert [item["log"]["institution"] for item in datasets] == [world.shanghai.institution("publisher").id.hex()]
    report = verification.check(world.bank, file, profile="document")
    assert report.verdict == "VALID", [(result.check, result.code) for result in report.checks]


def test_a_received_suppliers_certificate_is_anchored_and_check_10_says_that_it_was_not_asked(
    world: Any, make_inventory: Any
) -> None:
    supplier = world.certified(make_inventory("302")).record_id
    receive(world.zhejiang, evidence.export(world.shanghai, None, supplier))
    assert source(world, supplier) == "received"
    done = certify(world.zhejiang, "zj-cb", zhejiangs(world, resting_on(supplier, make_inventory("0"))))
    world.settle()
    report = verification.check(world.bank, evidence.export(world.zhejiang, None, done.record_id), profile="document")
    assert report.check(10).code == "UPSTREAM_NOT_CHECKED"
    assert {result.code for result in report.checks if result.status in ("INVALID", "ERROR")} == set()


def test_a_suppliers_certificate_that_nothing_anchors_is_refused(world: Any, make_inventory: Any) -> None:
    known, unknown = (world.certified(make_inventory(amount)).record_id for amount in ("303", "304"))
    receive(world.zhejiang, evidence.export(world.shanghai, None, known))
    copy_without_evidence(world, unknown)
    application = zhejiangs(world, resting_on(unknown, make_inventory("0.0")))
    with pytest.raises(NotAnchoredError) as refused:
        certify(world.zhejiang, "zj-cb", application)
    assert refused.value.record_id == unknown
    receive(world.zhejiang, evidence.export(world.shanghai, None, unknown))
    certify(world.zhejiang, "zj-cb", application)
    world.settle()


def copy_without_evidence(world: Any, certificate_id: str) -> None:
    """Put a certificate and its statement into Zhejiang's store as they are, past every guard."""
    with world.shanghai.store.reading() as session:
        certificate = records.get(session, raw_digest(certificate_id))
        statement = records.get(session, raw_digest(subject_of(certificate)["footprint"]))
    with world.zhejiang.store.writing() as session:
        for record in (certificate, statement):
            assert records.add(session, replace(record, source="received"))
        session.commit()
