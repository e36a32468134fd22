"""Enqueuing: in the caller's transaction, once, and only what can be recognised on chain."""

import pytest

import contracts
from ledger.chain import outbox
from ledger.chain.abi import ArgumentError, function_entry
from ledger.chain.effects import EFFECTS
from ledger.chain.handlers import HANDLERS
from ledger.chain.outbox import NotRetryableError, enqueue
from ledger.errors import ActionConflictError, UnknownActionError
from ledger.store import Session, Store
from ledger.store import outbox as actions
from ledger.store.outbox import State

SENDER = "0x52908400098527886E0F7030069857D2E4169EE7"
DECISION = b"\1" * 32


def confirm(session: Session, action_id: str = "confirm/1", **fields: object) -> int:
    values: dict[str, object] = {
        "sender_account": SENDER, "contract": "RecognitionRegistry", "function": "confirm", "args": [DECISION],
        "now": 5,
    }  # fmt: skip
    return enqueue(session, action_id=action_id, **(values | fields))  # type: ignore[arg-type]


def test_it_is_gone_with_its_transaction(store: Store) -> None:
    with store.writing() as session:
        confirm(session)
    with store.reading() as session:
        assert actions.find(session, "confirm/1") is None


def test_the_action_as_stored(store: Store) -> None:
    with store.writing() as session:
        row = confirm(session, record_id=b"\2" * 32)
        action = actions.get(session, row)
        assert (action.state, action.created_at, action.record_id, action.attempts) == (State.PENDING, 5, b"\2" * 32, 0)
        assert outbox.arguments(action) == ["0x" + DECISION.hex()]


def test_the_same_action_twice_is_one(store: Store) -> None:
    with store.writing() as session:
        first = confirm(session)
        assert confirm(session, args=["0x" + DECISION.hex()], now=9) == first
        for other in ({"args": [b"\3" * 32]}, {"sender_account": "0x" + "22" * 20}, {"record_id": b"\2" * 32}):
            with pytest.raises(ActionConflictError):
                confirm(session, **other)


def test_it_waits_for_another(store: Store) -> None:
    with store.writing() as session:
        first = confirm(session)
        second = confirm(session, "confirm/2", after=first)
        assert actions.get(session, second).state is State.BLOCKED
        for state in (State.SIGNED, State.SENT, State.MINED, State.FINAL):
            actions.move(session, actions.get(session, first), state, now=6)
        third = confirm(session, "confirm/3", after=first)
        assert actions.get(session, third).state is State.PENDING


def test_what_cannot_be_recognised_is_not_sent(store: Store) -> None:
    with store.writing() as session, pytest.raises(UnknownActionError, match=r"effects\.py"):
        confirm(session, contract="RecordLog", function="openEpoch")


@pytest.mark.parametrize("args", [[], [b"\1"], [1.5], [None], ["text"]])
def test_arguments_are_checked_before_anything_is_stored(store: Store, args: list[object]) -> None:
    with store.writing() as session, pytest.raises((ArgumentError, TypeError)):
        confirm(session, args=args)


def test_only_what_stands_still_is_retried(store: Store) -> None:
    with store.writing() as session:
        row = confirm(session)
        with pytest.raises(NotRetryableError):
            outbox.retry(session, row)
        actions.move(
            session, actions.get(session, row), State.REVERTED, now=6, error_code="X", error_detail="x", nonce=3
        )
        outbox.retry(session, row, now=7)
        action = actions.get(session, row)
        assert (action.state, action.error_code, action.nonce, action.changed_at) == (State.PENDING, None, None, 7)


def test_every_effect_belongs_to_a_function_that_writes() -> None:
    for contract, function in EFFECTS:
        assert function_entry(contract, function)["stateMutability"] == "nonpayable"


def test_every_write_of_the_registries_has_an_effect() -> None:
    writes = {
        (name, entry["name"])
        for name in contracts.DEPLOYABLE
        for entry in contracts.load(name).abi
        if entry["type"] == "function" and entry["stateMutability"] == "nonpayable"
    }
    not_sent = {("Directory", "register"), ("Directory", "seal"), ("RecordLog", "openEpoch")}
    assert writes - set(EFFECTS) == not_sent


def test_every_event_of_the_registries_is_copied() -> None:
    events = {
        (name, entry["name"])
        for name in contracts.DEPLOYABLE
        for entry in contracts.load(name).abi
        if entry["type"] == "event" and name not in ("Directory", "Consortium")
    }
    assert events == set(HANDLERS)
