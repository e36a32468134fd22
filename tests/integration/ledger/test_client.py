"""Deploying, pinning and asking: the right chain or none."""

from dataclasses import replace
from typing import Any

import pytest

from ledger.chain.certificates import CertificateStatus
from ledger.chain.client import ChainClient
from ledger.chain.pins import ContractPin
from ledger.chain.qualifications import QualificationStatus
from ledger.chain.recognitions import RecognitionStatus
from ledger.embedded.chain import EmbeddedChain
from ledger.embedded.clock import ManualClock
from ledger.embedded.config import ChainConfig
from ledger.errors import ChainMismatchError, ChainUnavailableError
from tests.databases import only_sqlite
from tests.integration.ledger.conftest import AUTHORITY, START, World
from verifier.canonical import sha256
from verifier.identifiers import bytes32_text, certificate_key, did_digest, key_digest, recognition_id

pytestmark = only_sqlite  # nothing here is asked of the database


def now(world: World) -> int:
    return world.client.head().time


def test_the_manifest_is_what_stands_on_the_chain(world: World) -> None:
    endpoint, directory = world.client.endpoint, world.client.directory
    assert directory.is_sealed()
    for name, pin in world.manifest.contracts.items():
        assert sha256(endpoint.code(pin.address)) == pin.code_hash
        if name != "Directory":
            assert directory.current(name) == pin.address
            (entry,) = directory.entries(name)
            assert (entry.target, entry.code_hash, entry.from_block) == (pin.address, pin.code_hash, pin.from_block)
    assert directory.current("AgreementRegistry") is None
    (authority,) = world.client.consortium.authorities()
    assert (authority.account, authority.jurisdiction, authority.grants) == (AUTHORITY.address, "CN", 0b1110)
    assert world.client.consortium.governs(AUTHORITY.address, "CN-SH")
    assert world.client.consortium.jurisdiction_of(world.body.account.address) is None


def test_the_manifest_as_a_document(world: World) -> None:
    document = world.manifest.to_document()
    assert [item["name"] for item in document["contracts"]] == sorted(world.manifest.contracts)
    assert document["directory"] == world.manifest.contracts["Directory"].address.lower()
    assert document["ledger"]["genesis"] == world.manifest.genesis_hash.hex()


@pytest.mark.parametrize("what", ["chain id", "genesis hash", "code of RecordLog", "code of Directory"])
def test_another_chain_is_refused(world: World, what: str) -> None:
    pins = world.manifest.pins()
    if what == "chain id":
        wrong = replace(pins, chain_id=1)
    elif what == "genesis hash":
        wrong = replace(pins, genesis_hash=bytes(32))
    else:
        name = what.removeprefix("code of ")
        changed = replace(pins.contracts[name], code_hash=bytes(32))
        wrong = replace(pins, contracts={**pins.contracts, name: changed})
    with pytest.raises(ChainMismatchError, match=what):
        ChainClient.connect(world.wire, wrong)


def test_a_contract_that_is_not_there_is_refused(world: World) -> None:
    pins = world.manifest.pins()
    nowhere = ContractPin("0x" + "12" * 20, pins.contracts["RecordLog"].code_hash, 1)
    with pytest.raises(ChainMismatchError, match="no code at all"):
        ChainClient.connect(world.wire, replace(pins, contracts={**pins.contracts, "RecordLog": nowhere}))


def test_a_chain_with_the_same_id_and_another_genesis_is_refused(world: World) -> None:
    config = ChainConfig(timestamp=START + 1)
    with EmbeddedChain(None, config, clock=ManualClock(START + 1)) as other:
        world.wire.put_behind(other)
        with pytest.raises(ChainMismatchError, match="genesis"):
            world.client.check_pins()


@pytest.mark.parametrize("failure", [ConnectionRefusedError("down"), TimeoutError("slow"), ValueError("no JSON")])
def test_an_endpoint_that_does_not_answer(world: World, failure: Exception) -> None:
    def fail(_method: str, _params: Any) -> None:
        raise failure

    world.wire.before = fail
    with pytest.raises(ChainUnavailableError, match=str(failure)):
        ChainClient.connect(world.wire, world.manifest.pins())


def test_an_endpoint_over_http_that_nobody_serves(world: World) -> None:
    with pytest.raises(ChainUnavailableError) as caught:
        ChainClient.connect("http://127.0.0.1:9", world.manifest.pins(), timeout_s=1)
    assert caught.value.method == "eth_chainId"


def test_asking_about_an_institution(world: World) -> None:
    client, body = world.client, world.body
    assert client.institutions.institution(body.id) is None
    world.register()
    multikey = body.multikeys()["log"][0]
    world.settle()
    world.enqueue("key/log", "InstitutionRegistry", "addKey", [body.id, multikey.encode(), 1, 2, 0, 0])
    world.enqueue("decider/li", "InstitutionRegistry", "addDecider", [body.id, body.person("li").account.address])
    world.settle()
    found = client.institutions.institution(body.id)
    assert found is not None
    assert (found.jurisdiction, found.account, found.roles) == ("CN-SH", body.account.address, 2)
    assert client.institutions.institution_of_account(body.account.address) == body.id
    assert client.institutions.institution_of_account(AUTHORITY.address) is None
    assert client.institutions.institution_of_did(did_digest(body.did), now(world), now(world)) == body.id
    (key,) = client.institutions.keys(body.id)
    assert (key.digest, key.purpose, key.revoked_from) == (key_digest(multikey), 2, None)
    assert client.institutions.key_valid_at(body.id, key.digest, 2, now(world), now(world))
    assert not client.institutions.key_valid_at(body.id, key.digest, 1, now(world), now(world))
    assert client.institutions.is_decider(body.id, body.person("li").account.address)
    assert not client.institutions.is_decider(body.id, body.person("wang").account.address)


def test_asking_about_a_certificate_and_its_recognition(world: World) -> None:
    client, body = world.client, world.body
    world.register()
    world.qualify()
    world.settle()
    assert client.qualifications.status_at(body.id, 1, "steel", now(world), now(world)) is QualificationStatus.ACTIVE
    assert client.qualifications.competent_at(body.id, 1, "steel", now(world), now(world))
    assert not client.qualifications.competent_at(body.id, 1, "cement", now(world), now(world))
    key = certificate_key(body.id, (1).to_bytes(32, "big"))
    assert client.certificates.certificate(key) is None
    assert client.certificates.status_at(key, now(world), now(world)) is CertificateStatus.NONE
    world.enqueue("issue/1", "CertificateRegistry", "issue", [world.issue(1)])
    world.settle()
    valid = now(world)
    world.enqueue("suspend/1", "CertificateRegistry", "suspend", [key, b"\x09" * 32, 0])
    world.settle()
    found = client.certificates.certificate(key)
    assert found is not None
    assert (found.category, found.origin, found.capacity_id, found.supersedes) == ("steel", "CN-SH", key, None)
    assert client.certificates.key_of_number(body.id, found.number_digest) == key
    assert client.certificates.status_at(key, now(world), now(world)) is CertificateStatus.SUSPENDED
    assert client.certificates.status_at(key, valid, now(world)) is CertificateStatus.VALID
    assert [entry.action for entry in client.certificates.history(key)] == [1, 2]
    effective = client.recognitions.effective(key, "CN-ZJ", "procurement", now(world), now(world))
    assert effective == (RecognitionStatus.NONE, None)
    assert client.recognitions.decision(recognition_id(key, "CN-ZJ", "procurement", bytes(32))) is None


def test_a_recognition_by_two_persons(world: World) -> None:
    client = world.client
    platform = world.keys.add_institution("zj", "lei", "5493001KJTIIGC8Y1R12", "did:web:zj.example", ["a", "b"])
    world.register()
    world.qualify()
    world.register(platform, roles=1 << 6, where="CN-ZJ")
    world.settle()
    world.enqueue("issue/1", "CertificateRegistry", "issue", [world.issue(1)])
    first, second = (platform.person(name).account.address for name in "ab")
    for account in (first, second):
        world.enqueue(
            f"decider/{account}", "InstitutionRegistry", "addDecider", [platform.id, account],
            sender_account=platform.account.address,
        )  # fmt: skip
    world.settle()
    key, record = certificate_key(world.body.id, (1).to_bytes(32, "big")), b"\x0c" * 32
    assert client.certificates.certificate(key) is not None
    proposal = {
        "certificate": key, "jurisdiction": bytes32_text("CN-ZJ"), "purpose": bytes32_text("procurement"),
        "institution": platform.id, "mode": 4, "outcome": 3, "recordId": record, "validUntil": 0,
        "reasons": [bytes32_text("DATA_TOO_OLD")],
    }  # fmt: skip
    decision = recognition_id(key, "CN-ZJ", "procurement", record)
    row = world.enqueue("propose", "RecognitionRegistry", "propose", [proposal], sender_account=first)
    world.enqueue("confirm", "RecognitionRegistry", "confirm", [decision], sender_account=second, after=row)
    world.settle()
    found = client.recognitions.decision(decision)
    assert found is not None
    assert (found.proposed_by, found.confirmed_by, found.reasons) == (first, second, ("DATA_TOO_OLD",))
    assert client.recognitions.decisions_of(key, "CN-ZJ", "procurement") == [decision]
    effective = client.recognitions.effective(key, "CN-ZJ", "procurement", now(world), now(world))
    assert effective == (RecognitionStatus.CONDITIONAL, decision)
    for name, account in (("withdraw/a", second), ("withdraw/b", first)):
        args = [decision, b"\x0d" * 32]
        world.enqueue(name, "RecognitionRegistry", "withdrawDecision", args, sender_account=account)
    world.settle()
    assert {world.action("withdraw/a").state, world.action("withdraw/b").state} == {"FINAL"}
    assert client.recognitions.effective(key, "CN-ZJ", "procurement", now(world), now(world))[0] == 7
