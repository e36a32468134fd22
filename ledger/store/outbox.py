"""Actions on their way to the chain, and the moves between their states.

``PENDING → SIGNED → SENT → MINED → FINAL``; aside ``BLOCKED`` (waits for another action), ``REORGED → SENT`` (its
block vanished), ``REPLACED → SIGNED`` (another transaction used its nonce), ``REVERTED`` and ``FAILED`` (an operator
looks, then retries). Every move names the states it starts from, so of two workers that try the same move one wins and
the other one does nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import func, select, update

from ledger.errors import NotFoundError
from ledger.store import locks
from ledger.store.insertion import add_once
from ledger.store.models import OutboxRow, SenderRow
from ledger.store.session import Session


class State(StrEnum):
    """Where an action is."""

    PENDING = "PENDING"
    BLOCKED = "BLOCKED"
    SIGNED = "SIGNED"
    SENT = "SENT"
    MINED = "MINED"
    FINAL = "FINAL"
    REPLACED = "REPLACED"
    REVERTED = "REVERTED"
    REORGED = "REORGED"
    FAILED = "FAILED"


TRANSITIONS: Final[dict[State, frozenset[State]]] = {
    State.PENDING: frozenset({State.SIGNED, State.FINAL, State.REVERTED}),
    State.BLOCKED: frozenset({State.PENDING}),
    State.SIGNED: frozenset({State.SENT, State.MINED, State.FAILED, State.REPLACED}),
    State.SENT: frozenset({State.MINED, State.FINAL, State.REVERTED, State.REPLACED}),
    State.MINED: frozenset({State.FINAL, State.REORGED}),
    State.FINAL: frozenset(),
    State.REPLACED: frozenset({State.SIGNED, State.FINAL, State.REVERTED}),
    State.REVERTED: frozenset({State.PENDING, State.FINAL}),
    State.REORGED: frozenset({State.SENT, State.MINED, State.FINAL, State.REVERTED, State.REPLACED}),
    State.FAILED: frozenset({State.PENDING}),
}
"""Every legal move; there is no other."""

IN_FLIGHT: Final = frozenset({State.SIGNED, State.SENT, State.MINED, State.REORGED})
"""A transaction of the action exists and is not final."""

TO_SIGN: Final = frozenset({State.PENDING, State.REPLACED})
"""Needs a transaction."""

STUCK: Final = frozenset({State.REVERTED, State.FAILED})
"""Waits for an operator."""


@dataclass(frozen=True, slots=True)
class Action:
    """One action.

    Attributes:
        id: row number; actions of one sender are signed in this order.
        action_id: the caller's name for it, unique: the same action enqueued twice is one action.
        sender: checksum address of the account that signs.
        contract, function: what is called; ``args`` the JSON text of its arguments.
        record_id: the record that causes it, 32 bytes, or None.
        after: id of the action that must be FINAL first, or None.
        state: see `State`.
        nonce, raw, tx_hash: the signed transaction, stored before it is first sent.
        block_number, block_hash: where it was mined; None also for an action whose effect was found on chain already.
        error_code, error_detail: the last thing that went wrong.
        attempts: how often it was sent.
        created_at, changed_at: Unix seconds.
    """

    id: int
    action_id: str
    sender: str
    contract: str
    function: str
    args: str
    record_id: bytes | None
    after: int | None
    state: State
    nonce: int | None
    raw: bytes | None
    tx_hash: bytes | None
    block_number: int | None
    block_hash: bytes | None
    error_code: str | None
    error_detail: str | None
    attempts: int
    created_at: int
    changed_at: int

    def same_call(self, other: Action) -> bool:
        """Whether both do the same thing for the same reason (state, transaction and times aside)."""
        return _call(self) == _call(other)


def add(session: Session, action: Action) -> int:
    """Store a new action; its ``id`` is ignored. Returns the id given."""
    row = OutboxRow(**{name: getattr(action, name) for name in Action.__dataclass_fields__ if name != "id"})
    session.orm.add(row)
    session.orm.flush()
    add_once(session, SenderRow, account=action.sender, created_at=action.created_at)
    return row.id


def get(session: Session, action_row: int) -> Action:
    """The action with this row number. Raises NotFoundError."""
    row = session.orm.get(OutboxRow, action_row, populate_existing=True)
    if row is None:
        raise NotFoundError("action", str(action_row))
    return _action(row)


def lock_name(session: Session, action_id: str) -> None:
    """Until this session ends, nobody else adds an action of this name."""
    locks.hold(session.orm.connection(), f"action/{action_id}")


def find(session: Session, action_id: str) -> Action | None:
    """The action with this name, or None."""
    row = session.orm.scalars(select(OutboxRow).where(OutboxRow.action_id == action_id)).one_or_none()
    return _action(row) if row is not None else None


def of_record(session: Session, record_id: bytes) -> list[Action]:
    """The actions that a record caused, oldest first."""
    query = select(OutboxRow).where(OutboxRow.record_id == record_id).order_by(OutboxRow.id)
    return [_action(row) for row in session.orm.scalars(query)]


def lock_sender(session: Session, account: str) -> None:
    """Take the account's row lock: until this session ends, nobody else chooses a nonce for it."""
    session.orm.scalars(select(SenderRow).where(SenderRow.account == account).with_for_update()).one()


def senders(session: Session) -> list[str]:
    """Accounts with actions that are neither FINAL nor stuck."""
    open_states = [state for state in State if state is not State.FINAL and state not in STUCK]
    query = select(OutboxRow.sender).where(OutboxRow.state.in_(open_states)).distinct().order_by(OutboxRow.sender)
    return list(session.orm.scalars(query))


def in_states(
    session: Session, states: Collection[State], *, sender: str | None = None, limit: int = 1000
) -> list[Action]:
    """Actions in any of these states, oldest first."""
    query = select(OutboxRow).where(OutboxRow.state.in_(sorted(states))).order_by(OutboxRow.id).limit(limit)
    if sender is not None:
        query = query.where(OutboxRow.sender == sender)
    return [_action(row) for row in session.orm.scalars(query)]


def top_nonce(session: Session, sender: str) -> int | None:
    """The highest nonce of the sender's transactions that may still be, or were, mined; None if there is none."""
    gone = [State.PENDING, State.FAILED, State.REPLACED]
    query = select(func.max(OutboxRow.nonce)).where(OutboxRow.sender == sender, OutboxRow.state.not_in(gone))
    return session.orm.scalars(query).one()


def last_mined(session: Session) -> Action | None:
    """The FINAL action in the highest block, or None."""
    query = (
        select(OutboxRow)
        .where(OutboxRow.state == State.FINAL, OutboxRow.block_number.is_not(None))
        .order_by(OutboxRow.block_number.desc(), OutboxRow.id.desc())
        .limit(1)
    )
    row = session.orm.scalars(query).one_or_none()
    return _action(row) if row is not None else None


def count_by_state(session: Session) -> dict[State, int]:
    """How many actions are in each state that occurs."""
    query = select(OutboxRow.state, func.count()).group_by(OutboxRow.state)
    return {State(state): number for state, number in session.orm.execute(query)}


def move(session: Session, action: Action, to: State, *, now: int, **fields: Any) -> bool:
    """Move an action from the state it was read in; False if somebody else moved it meanwhile.

    Raises ValueError for a move that `TRANSITIONS` does not have: that is a programming error.
    """
    if to not in TRANSITIONS[action.state]:
        raise ValueError(f"no move from {action.state} to {to}")
    return _update(session, action, state=to, changed_at=now, **fields)


def note(session: Session, action: Action, **fields: Any) -> bool:
    """Write fields (an error, the number of attempts) without a move; False if somebody moved the action meanwhile."""
    return _update(session, action, **fields)


def _update(session: Session, action: Action, **fields: Any) -> bool:
    statement = update(OutboxRow).where(OutboxRow.id == action.id, OutboxRow.state == action.state).values(**fields)
    result = session.orm.execute(statement.returning(OutboxRow.id))
    return result.first() is not None


def _call(action: Action) -> Action:
    return replace(
        action,
        id=0,
        after=None,
        state=State.PENDING,
        nonce=None,
        raw=None,
        tx_hash=None,
        block_number=None,
        block_hash=None,
        error_code=None,
        error_detail=None,
        attempts=0,
        created_at=0,
        changed_at=0,
    )


def _action(row: OutboxRow) -> Action:
    values = {name: getattr(row, name) for name in Action.__dataclass_fields__}
    return Action(**{**values, "state": State(row.state)})
