"""What receiving and recognising refuse: files that do not verify, decisions of one person, recognitions that rest on
nothing.
"""

from __future__ import annotations

from typing import Any

import pytest

from ledger.errors import NotFoundError
from ledger.services import evidence, status, verification
from ledger.services.errors import (
    DecisionDiffersError,
    EvidenceRefusedError,
    NotDeciderError,
    RefusalWithoutReasonError,
    RoleMissingError,
    SamePersonError,
)
from ledger.services.receive import receive
from ledger.services.recognise import RecognitionRequest, confirm, propose
from ledger.services.supervise import change_status
from ledger.store import audit, drafts, files, records
from verifier.canonical import canonicalise, parse, raw_digest


def request(certificate: str, **changed: Any) -> RecognitionRequest:
    body = {
        "certificate": certificate,
        "purpose": "procurement",
        "nature": "platform-reference",
        "outcome": "FULL",
        "validUntil": "2027-06-01T00:00:00Z",
        "legalBasis": "unilateral",
        "timeLimit": "20 working days",
        "publication": "on this platform",
        "appeal": "within 60 days",
    }
    return RecognitionRequest.model_validate(body | changed)


@pytest.fixture(scope="module")
def amounts() -> Any:
    return iter(range(200, 300))


@pytest.fixture
def received(world: Any, make_inventory: Any, amounts: Any) -> str:
    """A certificate that Zhejiang has taken in."""
    certificate: str = world.certified(make_inventory(str(next(amounts)))).record_id
    receive(world.zhejiang, evidence.export(world.shanghai, None, certificate))
    return certificate


def recognition(world: Any, certificate: str) -> list[tuple[str, str]]:
    known = status.certificate(world.shanghai, certificate).recognitions
    return [(item.jurisdiction, item.status) for item in known]


def test_a_changed_file_is_refused_and_leaves_only_an_audit_entry(
    world: Any, make_inventory: Any, amounts: Any
) -> None:
    certificate = world.certified(make_inventory(str(next(amounts)))).record_id
    document = parse(evidence.export(world.shanghai, None, certificate))
    document["chain"]["status"] = "SUSPENDED"
    with pytest.raises(EvidenceRefusedError) as refused:
        receive(world.bank, canonicalise(document))
    assert refused.value.verdict == "INVALID"
    assert "3 SIGNATURE" in refused.value.codes
    with world.bank.store.reading() as session:
        assert records.listing(session, type="Certificate") == []
        assert files.of_subject(session, raw_digest(certificate)) == []
        assert audit.listing(session)[0].outcome == "refused INVALID"


def test_a_file_of_a_suspended_certificate_is_not_taken_in(world: Any, received: str) -> None:
    file = evidence.export(world.shanghai, None, received)
    change_status(world.shanghai, "sh-cb", received, "suspend", "found", "rule", ["2026-01-10"])
    world.settle()
    with pytest.raises(EvidenceRefusedError) as refused:
        receive(world.bank, file)
    assert refused.value.codes == ("8 CERT_SUSPENDED",)


def test_a_file_that_leaves_something_out_is_refused(world: Any, make_inventory: Any, amounts: Any) -> None:
    certificate = world.certified(make_inventory(str(next(amounts)))).record_id
    document = parse(evidence.export(world.shanghai, None, certificate))
    del document["tables"][0]
    with pytest.raises(EvidenceRefusedError):
        receive(world.bank, canonicalise(document))


def test_what_was_received_is_kept_and_found(world: Any, received: str) -> None:
    with world.zhejiang.store.reading() as session:
        kept = files.of_subject(session, raw_digest(received))
    again = receive(world.zhejiang, kept[0].content)
    assert again.stored == ()
    found = status.find(world.zhejiang, number=_number(world, received))
    assert [entry.record_id for entry in found] == [received]
    assert status.find(world.zhejiang, number=_number(world, received), issuer="did:web:nobody.example") == []
    assert received in [entry.record_id for entry in status.listing(world.zhejiang)]


def test_one_person_does_not_decide_alone(world: Any, received: str) -> None:
    proposed = propose(world.zhejiang, "zj-platform", "first", request(received))
    with pytest.raises(SamePersonError):
        confirm(world.zhejiang, "zj-platform", "first", proposed.proposal_id)
    world.settle()
    assert recognition(world, received) == []
    with world.zhejiang.store.reading() as session:
        assert drafts.find(session, raw_digest(proposed.proposal_id)) is not None
        assert records.find(session, raw_digest(proposed.proposal_id)) is None
    confirm(world.zhejiang, "zj-platform", "second", proposed.proposal_id)
    world.settle()
    assert recognition(world, received) == [("CN-ZJ", "FULL")]
    with pytest.raises(NotFoundError):
        confirm(world.zhejiang, "zj-platform", "second", proposed.proposal_id)


def test_only_registered_deciders_of_a_platform_decide(world: Any, received: str) -> None:
    keys = world.zhejiang.institution("zj-platform")
    desk = world.consortium.register.desk
    outsider = str(keys.person("outsider").account.address)
    desk.act(keys.account, "InstitutionRegistry", "removeDecider", keys.id, outsider)
    desk.settle()
    world.settle()
    with pytest.raises(NotDeciderError):
        propose(world.zhejiang, "zj-platform", "outsider", request(received))
    with pytest.raises(NotFoundError):
        propose(world.zhejiang, "zj-platform", "nobody", request(received))
    receive(world.bank, evidence.export(world.shanghai, None, received))
    with pytest.raises((RoleMissingError, NotFoundError)):
        propose(world.bank, "bank", "first", request(received))


def test_a_refusal_says_why_and_stands_on_chain(world: Any, received: str) -> None:
    with pytest.raises(RefusalWithoutReasonError):
        propose(world.zhejiang, "zj-platform", "first", request(received, outcome="REFUSED"))
    refusal = request(received, outcome="REFUSED", reasons=["FACTOR_YEAR", "INPUTS_TOO_COARSE"])
    proposed = propose(world.zhejiang, "zj-platform", "first", refusal)
    confirm(world.zhejiang, "zj-platform", "second", proposed.proposal_id)
    world.settle()
    assert recognition(world, received) == [("CN-ZJ", "REFUSED")]
    file = evidence.export(world.zhejiang, None, received)
    asked: dict[str, Any] = {"profile": "procurement", "jurisdiction": "CN-ZJ", "purpose": "procurement"}
    assert verification.check(world.bank, file, **asked).check(13).code == "RECOGNITION_REFUSED"


def test_what_does_not_verify_now_is_not_recognised(world: Any, received: str) -> None:
    change_status(world.shanghai, "sh-cb", received, "suspend", "found", "rule", ["2026-01-10"])
    world.settle()
    with pytest.raises(DecisionDiffersError) as refused:
        propose(world.zhejiang, "zj-platform", "first", request(received))
    assert refused.value.codes == ("8 CERT_SUSPENDED",)
    reason = request(received, outcome="REFUSED", reasons=["CERT_NOT_VALID"])
    assert propose(world.zhejiang, "zj-platform", "first", reason).verdict == "INVALID"


def test_what_was_never_received_is_not_recognised(world: Any, make_inventory: Any, amounts: Any) -> None:
    certificate = world.certified(make_inventory(str(next(amounts)))).record_id
    with pytest.raises(NotFoundError, match="evidence"):
        propose(world.zhejiang, "zj-platform", "first", request(certificate))


def _number(world: Any, certificate: str) -> str:
    entry = status.certificate(world.shanghai, certificate).entry
    number: str = entry.summary()["number"]
    return number
