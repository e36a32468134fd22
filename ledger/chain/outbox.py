"""Enqueuing chain actions, in the same transaction as the record that causes them."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

from ledger.chain.abi import encode_call
from ledger.chain.effects import require_known
from ledger.errors import ActionConflictError, LedgerError
from ledger.store import outbox as actions
from ledger.store.outbox import Action, State
from ledger.store.session import Session


class NotRetryableError(LedgerError):
    """Only an action that reverted or failed can be retried."""

    code = "ACTION_NOT_RETRYABLE"


def enqueue(
    session: Session,
    *,
    sender_account: str,
    contract: str,
    function: str,
    args: Sequence[Any],
    action_id: str,
    record_id: bytes | None = None,
    after: int | None = None,
    now: int | None = None,
) -> int:
    """Write one action into the outbox and return its row number; nothing is sent before the session commits.

    Args:
        sender_account: checksum address of the account that will sign; the key file of the node that sends must hold
            it.
        contract: name in the Directory, e.g. "RecordLog".
        function: name of the contract's function.
        args: its arguments in order; ``bytes`` stand for bytes and bytes32 (or as "0x…" text), dicts for structs.
        action_id: unique name of the action, derived from the record, e.g. "issue/<record id>". Enqueuing the same
            action again returns the same row.
        record_id: the record that causes it, 32 bytes.
        after: row number of an action that must be FINAL before this one is signed.

    Raises ArgumentError for arguments that do not fit, UnknownActionError for a function whose effect cannot be
    recognised on chain, ActionConflictError when the action id was given to another action.
    """
    require_known(contract, function)
    plain = [_plain(arg) for arg in args]
    encode_call(contract, function, plain)
    when = int(time.time()) if now is None else now
    state = State.PENDING
    if after is not None and actions.get(session, after).state is not State.FINAL:
        state = State.BLOCKED
    action = _new(action_id, sender_account, contract, function, _json(plain), record_id, after, state, when)
    actions.lock_name(session, action_id)
    existing = actions.find(session, action_id)
    if existing is None:
        return actions.add(session, action)
    if not existing.same_call(action):
        raise ActionConflictError(action_id)
    return existing.id


def retry(session: Session, action_row: int, *, now: int | None = None) -> None:
    """Try a REVERTED or FAILED action again with a new transaction. Raises NotRetryableError for any other state."""
    action = actions.get(session, action_row)
    if action.state not in actions.STUCK:
        raise NotRetryableError(
            f"action {action.action_id} is {action.state}", next_step="only REVERTED and FAILED are retried"
        )
    when = int(time.time()) if now is None else now
    cleared = {"nonce": None, "raw": None, "tx_hash": None, "error_code": None, "error_detail": None}
    actions.move(session, action, State.PENDING, now=when, **cleared)


def arguments(action: Action) -> list[Any]:
    """The action's arguments in JSON form."""
    decoded = json.loads(action.args)
    if not isinstance(decoded, list):
        raise TypeError(f"the arguments of {action.action_id} are not a list")
    return decoded


def _json(args: Sequence[Any]) -> str:
    return json.dumps(args, separators=(",", ":"), sort_keys=True)


def _plain(value: Any) -> Any:
    """The JSON form of one argument: bytes become 0x-text; everything else must be JSON already."""
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, str | int | bool):
        return value
    raise TypeError(f"{type(value).__name__} is not an argument of a contract function")


def _new(
    action_id: str,
    sender: str,
    contract: str,
    function: str,
    args: str,
    record_id: bytes | None,
    after: int | None,
    state: State,
    now: int,
) -> Action:
    return Action(
        id=0,
        action_id=action_id,
        sender=sender,
        contract=contract,
        function=function,
        args=args,
        record_id=record_id,
        after=after,
        state=state,
        nonce=None,
        raw=None,
        tx_hash=None,
        block_number=None,
        block_hash=None,
        error_code=None,
        error_detail=None,
        attempts=0,
        created_at=now,
        changed_at=now,
    )
