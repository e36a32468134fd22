"""The states of an action: every legal move, no other, and only one winner."""

import itertools

import pytest

from ledger.errors import NotFoundError
from ledger.store import Session, Store, outbox
from ledger.store.outbox import TRANSITIONS, Action, State

SENDER = "0x" + "11" * 20


def new(action_id: str = "a", state: State = State.PENDING, **fields: object) -> Action:
    values: dict[str, object] = {
        "id": 0, "action_id": action_id, "sender": SENDER, "contract": "RecordLog", "function": "append", "args": "[]",
        "record_id": None, "after": None, "state": state, "nonce": None, "raw": None, "tx_hash": None,
        "block_number": None, "block_hash": None, "error_code": None, "error_detail": None, "attempts": 0,
        "created_at": 1, "changed_at": 1,
    }  # fmt: skip
    return Action(**(values | fields))  # type: ignore[arg-type]


def stored(session: Session, action: Action) -> Action:
    return outbox.get(session, outbox.add(session, action))


@pytest.mark.parametrize(("before", "after"), list(itertools.product(State, State)))
def test_every_pair_of_states(store: Store, before: State, after: State) -> None:
    with store.writing() as session:
        action = stored(session, new(state=before))
        if after in TRANSITIONS[before]:
            assert outbox.move(session, action, after, now=9)
            moved = outbox.get(session, action.id)
            assert (moved.state, moved.changed_at, moved.created_at) == (after, 9, 1)
        else:
            with pytest.raises(ValueError, match="no move"):
                outbox.move(session, action, after, now=9)
            assert outbox.get(session, action.id) == action


def test_the_last_states_are_final() -> None:
    assert TRANSITIONS[State.FINAL] == frozenset()
    reachable = {State.PENDING, State.BLOCKED}
    while grown := {target for state in reachable for target in TRANSITIONS[state]} - reachable:
        reachable |= grown
    assert reachable == set(State)


def test_of_two_workers_one_wins(store: Store) -> None:
    with store.writing() as session:
        action = stored(session, new())
        assert outbox.move(session, action, State.SIGNED, now=2, nonce=4, raw=b"\2", tx_hash=b"\3" * 32)
        assert not outbox.move(session, action, State.SIGNED, now=3, nonce=5, raw=b"\4", tx_hash=b"\5" * 32)
        assert outbox.get(session, action.id).nonce == 4
        assert not outbox.note(session, action, error_code="X")


def test_the_top_nonce_is_that_of_transactions_that_may_be_mined(store: Store) -> None:
    with store.writing() as session:
        assert outbox.top_nonce(session, SENDER) is None
        for nonce, state in enumerate([State.FINAL, State.SENT, State.REVERTED, State.SIGNED]):
            outbox.add(session, new(f"a{nonce}", state, nonce=nonce))
        for nonce, state in [(7, State.FAILED), (8, State.REPLACED), (9, State.PENDING)]:
            outbox.add(session, new(f"b{nonce}", state, nonce=nonce))
        outbox.add(session, new("other", State.SENT, nonce=20, sender="0x" + "22" * 20))
        assert outbox.top_nonce(session, SENDER) == 3


def test_reading_actions(store: Store) -> None:
    record = b"\1" * 32
    with store.writing() as session:
        first = stored(session, new("first", State.FINAL, record_id=record, block_number=5, block_hash=b"\5" * 32))
        second = stored(session, new("second", record_id=record, after=first.id))
        third = stored(session, new("third", State.FAILED, sender="0x" + "22" * 20))
        assert outbox.find(session, "second") == second
        assert outbox.find(session, "none") is None
        assert outbox.of_record(session, record) == [first, second]
        assert outbox.in_states(session, {State.PENDING, State.FAILED}) == [second, third]
        assert outbox.in_states(session, {State.PENDING, State.FAILED}, sender=SENDER) == [second]
        assert outbox.senders(session) == [SENDER]
        assert outbox.last_mined(session) == first
        assert outbox.count_by_state(session) == {State.FINAL: 1, State.PENDING: 1, State.FAILED: 1}
        with pytest.raises(NotFoundError):
            outbox.get(session, 99)
