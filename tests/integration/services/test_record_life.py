"""The life of one record, told by the services on three nodes: from published factors to a recognition that pauses
and comes back.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ledger.services import evidence, status, verification
from ledger.services.receive import receive
from ledger.services.recognise import RecognitionRequest, confirm, propose
from ledger.services.supervise import change_status
from verifier.canonical import parse, tag_sha256
from verifier.case import Question
from verifier.credential import record_id
from verifier.report import Report
from verifier.verify import verify

REQUEST = {
    "purpose": "procurement",
    "nature": "platform-reference",
    "outcome": "FULL",
    "validUntil": "2027-06-01T00:00:00Z",
    "legalBasis": "unilateral recognition for the pilot",
    "timeLimit": "20 working days",
    "publication": "on this platform",
    "appeal": "to the Zhejiang authority within 60 days",
}


def codes(report: Report) -> dict[int, str]:
    return {result.check: result.code for result in report.checks}


def certificate_status(report: Report) -> Any:
    return report.details["status"]


@pytest.fixture(scope="module")
def coil(repo_root: Path) -> dict[str, Any]:
    path = repo_root / "api" / "demo" / "data" / "steel-coil.inventory.json"
    inventory: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return inventory


def test_the_life_of_the_steel_coil(world: Any, datasets: dict[str, Any], coil: dict[str, Any]) -> None:
    shanghai, zhejiang, bank = world.shanghai, world.zhejiang, world.bank

    # publish → disclose → recalculate
    published = [world.publish(body) for body in datasets.values()]
    assert len(set(published)) == len(datasets)
    _, statement = world.calculated(coil)
    assert (statement.verdict, statement.total) == ("R0", coil["declared"]["total"]["amount"])

    # certify → anchor
    certificate = world.certified(coil)
    before = world.now()
    known = status.certificate(shanghai, certificate.record_id)
    assert known.status == "VALID"
    assert known.anchored_at is not None
    assert known.issued_at is not None
    assert known.anchored_at <= known.issued_at <= before
    assert {action.state for action in known.actions} == {"FINAL"}

    # evidence → anybody's check: only the file, the trust root and the chain
    file = evidence.export(shanghai, None, certificate.record_id)
    question = Question("document", now=world.now())
    report = verify(file, trust=world.consortium.trust, question=question, view=bank.view())
    assert report.verdict == "VALID", codes(report)
    assert codes(report)[10] == "OK"
    kinds = Counter(entry["document"]["type"][1] for entry in parse(file)["records"])
    assert kinds == {
        "Certificate": 1,
        "FootprintStatement": 1,
        "Inventory": 1,
        "FactorDataset": 4,
        "InstitutionProfile": 3,
        "Qualification": 3,
    }

    # Zhejiang's rule for procurement: everything holds but the recognition
    asked: dict[str, Any] = {"profile": "procurement", "jurisdiction": "CN-ZJ", "purpose": "procurement"}
    report = verification.check(zhejiang, file, **asked)
    assert (report.verdict, codes(report)[13]) == ("INVALID", "RECOGNITION_NONE")
    assert {code for number, code in codes(report).items() if number != 13} == {"OK"}

    # recognise: one person proposes, another confirms
    received = receive(zhejiang, file)
    assert received.record_id == certificate.record_id
    request = RecognitionRequest.model_validate({**REQUEST, "certificate": certificate.record_id})
    proposed = propose(zhejiang, "zj-platform", "first", request)
    world.settle()
    assert codes(verification.check(zhejiang, file, **asked))[13] == "RECOGNITION_NONE"
    confirmed = confirm(zhejiang, "zj-platform", "second", proposed.proposal_id)
    assert confirmed.record_id == proposed.proposal_id
    world.settle()
    report = verification.check(zhejiang, file, **asked)
    assert report.verdict == "VALID", codes(report)

    # the bank takes it in, and exports it again with what Zhejiang decided
    assert receive(bank, file).report.verdict == "VALID"
    passed_on = evidence.export(zhejiang, None, certificate.record_id)
    seen = parse(passed_on)
    assert seen["exporter"] == "did:web:zj-platform.example"
    assert [item["status"] for item in seen["chain"]["recognitions"]] == ["FULL"]
    assert confirmed.record_id in {tag_sha256(record_id(entry["document"])) for entry in seen["records"]}
    assert verification.check(bank, passed_on, **asked).verdict == "VALID"

    # suspend: the same file says so to everybody at once, and still says VALID as of before
    drawdown = world.now()
    world.wait(3600)
    change_status(
        shanghai, "sh-cb", certificate.record_id, "suspend", "meter out of calibration", "rule 7.2", ["2026-01-10"]
    )
    world.settle()
    paused = verification.check(zhejiang, file, **asked)
    assert (codes(paused)[8], codes(paused)[13]) == ("CERT_SUSPENDED", "RECOGNITION_PAUSED")
    now = verification.check(bank, file, profile="document")
    assert (now.verdict, certificate_status(now)) == ("INVALID", "SUSPENDED")
    then = verification.check(bank, file, profile="document", valid_at=drawdown)
    assert (then.verdict, certificate_status(then)) == ("VALID", "VALID")
    as_known_then = verification.check(bank, file, valid_at=drawdown, known_at=drawdown, **asked)
    assert as_known_then.verdict == "VALID"

    # restore
    change_status(shanghai, "sh-cb", certificate.record_id, "restore", "recalibrated", "rule 7.4", ["2026-01-12"])
    world.settle()
    assert verification.check(zhejiang, file, **asked).verdict == "VALID"
    whole = evidence.export(shanghai, None, certificate.record_id)
    assert verification.check(bank, whole, profile="document").verdict == "VALID"
    assert [item["action"] for item in status.history(bank, certificate.record_id)] == ["ISSUE", "SUSPEND", "RESTORE"]
    assert sum(entry["document"]["type"][1] == "Surveillance" for entry in parse(whole)["records"]) == 2
