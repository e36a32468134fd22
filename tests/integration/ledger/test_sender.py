"""The sender against a real chain: exactly once, whatever fails in between."""

import threading
from typing import Any

import pytest

from ledger.chain.outbox import retry
from ledger.errors import ChainUnavailableError
from ledger.store import Store, certificates
from ledger.store import outbox as actions
from ledger.store.outbox import State
from tests.integration.ledger.conftest import AUTHORITY, START, World
from verifier.identifiers import bytes32_text, certificate_key


def transactions(world: World) -> int:
    return world.client.endpoint.transaction_count(world.body.account.address)


@pytest.fixture
def competent(world: World) -> World:
    world.register()
    world.qualify()
    world.settle()
    return world


def test_an_action_goes_from_pending_to_final(competent: World) -> None:
    world = competent
    world.wire.inner.auto_seal = False
    world.enqueue("issue/1", "CertificateRegistry", "issue", [world.issue(1)], record_id=b"\x01" * 32)
    sender = world.sender()
    assert world.action("issue/1").state is State.PENDING
    sender.step()
    sent = world.action("issue/1")
    assert (sent.state, sent.nonce, sent.attempts) == (State.SENT, 0, 1)
    sender.step()
    assert world.action("issue/1").state is State.SENT
    world.seal_block()
    sender.step()
    final = world.action("issue/1")
    assert (final.state, final.tx_hash, final.raw) == (State.FINAL, sent.tx_hash, sent.raw)
    block = world.client.endpoint.block(final.block_number or 0)
    assert block is not None
    assert final.block_hash == block.hash
    assert sender.step() == 0


def test_actions_of_one_account_keep_their_order(competent: World) -> None:
    world = competent
    world.wire.inner.auto_seal = False
    for number in range(1, 6):
        world.enqueue(f"issue/{number}", "CertificateRegistry", "issue", [world.issue(number)])
    world.sender().step()
    assert [world.action(f"issue/{number}").nonce for number in range(1, 6)] == [0, 1, 2, 3, 4]
    world.seal_block()
    world.sender().step()
    assert {world.action(f"issue/{number}").state for number in range(1, 6)} == {State.FINAL}


def test_what_needs_another_account_waits_for_it(world: World) -> None:
    first = world.register()
    multikey = world.body.multikeys()["log"][0].encode()
    args = [world.body.id, multikey, 1, 2, 0, 0]
    world.enqueue("key/log", "InstitutionRegistry", "addKey", args, after=first)
    assert world.action("key/log").state is State.BLOCKED
    world.settle()
    assert world.action("key/log").state is State.FINAL
    assert [key.purpose for key in world.client.institutions.keys(world.body.id)] == [2]


def test_a_call_that_would_revert_is_not_sent(world: World) -> None:
    world.enqueue("issue/1", "CertificateRegistry", "issue", [world.issue(1)])
    world.sender().step()
    action = world.action("issue/1")
    assert (action.state, action.error_code, action.nonce) == (State.REVERTED, "CONTRACT_NOT_ISSUER", None)
    assert transactions(world) == 0
    world.register()
    world.qualify()
    world.settle()
    with world.store.writing() as session:
        retry(session, action.id, now=START)
        session.commit()
    world.settle()
    assert world.action("issue/1").state is State.FINAL


def test_what_is_under_way_may_be_what_the_next_one_needs(competent: World) -> None:
    world = competent
    world.wire.inner.auto_seal = False
    key = certificate_key(world.body.id, (1).to_bytes(32, "big"))
    world.enqueue("issue/1", "CertificateRegistry", "issue", [world.issue(1)])
    world.enqueue("suspend/1", "CertificateRegistry", "suspend", [key, b"\x09" * 32, 0])
    sender = world.sender()
    sender.step()
    assert world.action("suspend/1").state is State.PENDING
    world.seal_block()
    sender.step()
    assert world.action("suspend/1").state is State.SENT


def test_a_transaction_that_reverts_on_chain_is_decoded(competent: World) -> None:
    world = competent
    world.wire.inner.auto_seal = False
    world.enqueue("issue/1", "CertificateRegistry", "issue", [world.issue(1)])
    world.wire.swallow_sends = 1
    world.sender().step()
    withdraw = [world.body.id, 1, bytes32_text("steel"), 4, 0]
    _send_foreign(world, AUTHORITY, *world.client.encode_call("InstitutionRegistry", "changeQualification", withdraw))
    world.seal_block()
    world.sender().step()
    world.seal_block()
    world.sender().step()
    action = world.action("issue/1")
    assert (action.state, action.error_code) == (State.REVERTED, "CONTRACT_NOT_COMPETENT")
    assert transactions(world) == 1


def test_a_reverted_transaction_whose_effect_is_there_is_final(competent: World) -> None:
    world = competent
    world.wire.inner.auto_seal = False
    for name in ("issue/1", "issue/1 in other words"):
        world.enqueue(name, "CertificateRegistry", "issue", [world.issue(1)])
    world.sender().step()
    world.seal_block()
    world.sender().step()
    first, second = world.action("issue/1"), world.action("issue/1 in other words")
    assert (first.state, second.state) == (State.FINAL, State.FINAL)
    assert (first.nonce, second.nonce, second.block_number) == (0, 1, None)
    receipt = world.client.endpoint.receipt(second.tx_hash or b"")
    assert receipt is not None
    assert not receipt.succeeded


def test_the_endpoint_is_down(competent: World) -> None:
    world = competent
    world.enqueue("issue/1", "CertificateRegistry", "issue", [world.issue(1)])

    def down(_method: str, _params: Any) -> None:
        raise ConnectionRefusedError("nobody listens")

    world.wire.before = down
    for _ in range(3):
        with pytest.raises(ChainUnavailableError, match="nobody listens"):
            world.sender().step()
    assert world.action("issue/1").state is State.PENDING
    world.wire.before = None
    world.settle()
    assert world.action("issue/1").state is State.FINAL


def test_the_loop_goes_on_when_the_endpoint_is_back(competent: World) -> None:
    world = competent
    world.enqueue("issue/1", "CertificateRegistry", "issue", [world.issue(1)])
    stop, failures = threading.Event(), iter([True, True])

    def flaky(_method: str, _params: Any) -> None:
        if next(failures, False):
            raise ConnectionRefusedError("nobody listens")

    world.wire.before = flaky
    loop = threading.Thread(target=world.sender().run, args=(stop,), kwargs={"pause_s": 0.01})
    loop.start()
    for _ in range(600):
        if world.action("issue/1").state is State.FINAL:
            break
        stop.wait(0.05)
    stop.set()
    loop.join(30)
    assert not loop.is_alive()
    assert world.action("issue/1").state is State.FINAL


@pytest.mark.parametrize("lost", ["request", "answer"])
def test_a_lost_request_or_answer_sends_the_same_bytes_again(competent: World, lost: str) -> None:
    world = competent
    world.enqueue("issue/1", "CertificateRegistry", "issue", [world.issue(1)])

    def cut(method: str, _params: Any) -> None:
        if method == "eth_sendRawTransaction":
            world.wire.before = world.wire.after = None
            raise ConnectionResetError("cut")

    if lost == "request":
        world.wire.before = cut
    else:
        world.wire.after = cut
    with pytest.raises(ChainUnavailableError):
        world.sender().step()
    signed = world.action("issue/1")
    assert signed.state is State.SIGNED
    world.settle()
    final = world.action("issue/1")
    assert (final.state, final.raw, final.nonce) == (State.FINAL, signed.raw, 0)
    assert transactions(world) == 1


def test_a_transaction_that_the_endpoint_forgot_is_sent_again(competent: World) -> None:
    world = competent
    world.enqueue("issue/1", "CertificateRegistry", "issue", [world.issue(1)])
    world.wire.swallow_sends = 2
    sender = world.sender()
    sender.step()
    forgotten = world.action("issue/1")
    sender.step()
    assert world.action("issue/1").attempts == 2
    world.settle()
    final = world.action("issue/1")
    assert (final.state, final.raw, final.attempts) == (State.FINAL, forgotten.raw, 3)


def test_a_foreign_use_of_the_nonce(competent: World, caplog: pytest.LogCaptureFixture) -> None:
    world = competent
    world.enqueue("issue/1", "CertificateRegistry", "issue", [world.issue(1)])

    def intrude(method: str, _params: Any) -> None:
        if method == "eth_sendRawTransaction":
            world.wire.before = None
            data = world.client.encode_call("InstitutionRegistry", "addDecider", [world.body.id, "0x" + "77" * 20])
            _send_foreign(world, world.body.account, *data)

    world.wire.before = intrude
    world.settle()
    assert "nonce 0" in caplog.text
    final = world.action("issue/1")
    assert (final.state, final.nonce) == (State.FINAL, 1)
    assert transactions(world) == 2


def test_a_foreign_use_of_the_nonce_of_a_sent_transaction(competent: World) -> None:
    world = competent
    world.enqueue("issue/1", "CertificateRegistry", "issue", [world.issue(1)])
    world.wire.swallow_sends = 1
    world.sender().step()
    data = world.client.encode_call("InstitutionRegistry", "addDecider", [world.body.id, "0x" + "77" * 20])
    _send_foreign(world, world.body.account, *data)
    world.settle()
    final = world.action("issue/1")
    assert (final.state, final.nonce) == (State.FINAL, 1)


def test_two_workers_do_not_send_twice(competent: World) -> None:
    world = competent
    for number in range(1, 5):
        world.enqueue(f"issue/{number}", "CertificateRegistry", "issue", [world.issue(number)])
    with Store.open(world.database.url) as other:
        first, second = world.sender(), world.sender(other)
        for _ in range(4):
            first.step()
            second.step()
    assert transactions(world) == 4
    assert sorted(world.action(f"issue/{number}").nonce or 0 for number in range(1, 5)) == [0, 1, 2, 3]


def test_another_worker_signs_in_between(competent: World) -> None:
    world = competent
    world.enqueue("issue/1", "CertificateRegistry", "issue", [world.issue(1)])
    with Store.open(world.database.url) as other:
        second = world.sender(other)

        def interrupt(method: str, _params: Any) -> None:
            if method == "eth_getTransactionCount":
                world.wire.before = None
                second.step()

        world.wire.before = interrupt
        world.sender().step()
        world.settle()
    assert world.action("issue/1").nonce == 0
    assert transactions(world) == 1


def test_a_restored_database_does_not_send_again(competent: World) -> None:
    world = competent
    world.enqueue("issue/1", "CertificateRegistry", "issue", [world.issue(1)])
    world.store.close()
    backup = world.database.copy()
    world.settle()
    assert transactions(world) == 1
    with Store.open(backup) as restored:
        sender, indexer = world.sender(restored), world.indexer(restored)
        for _ in range(4):
            sender.step()
            indexer.step()
        with restored.reading() as session:
            action = actions.find(session, "issue/1")
            assert action is not None
            assert (action.state, action.nonce) == (State.FINAL, None)
            assert len(certificates.listing(session)) == 1
    assert transactions(world) == 1


def test_foreign_accounts_are_left_alone(world: World) -> None:
    world.enqueue("confirm/1", "RecognitionRegistry", "confirm", [b"\x01" * 32], sender_account="0x" + "99" * 20)
    assert world.sender().step() == 0
    assert world.action("confirm/1").state is State.PENDING


def _send_foreign(world: World, account: Any, to: str, data: bytes) -> None:
    endpoint = world.client.endpoint
    transaction = {
        "chainId": world.manifest.chain_id, "nonce": endpoint.transaction_count(account.address), "gas": 500_000,
        "gasPrice": 0, "value": 0, "to": to, "data": data,
    }  # fmt: skip
    endpoint.send_raw(bytes(account.sign_transaction(transaction).raw_transaction))
