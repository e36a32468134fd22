"""Following sent transactions: mined, final, reverted, vanished, replaced."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from ledger.chain import effects, outbox
from ledger.chain.client import ChainClient
from ledger.chain.endpoint import Receipt
from ledger.chain.errors import ContractRevertError, TransactionRefusedError
from ledger.chain.refusals import Refusal, meaning_of
from ledger.crash import crash_point
from ledger.store import Store
from ledger.store import outbox as actions
from ledger.store.outbox import Action, State

logger = logging.getLogger(__name__)


class Follower:
    """Moves the actions of an account according to what the chain says about their transactions."""

    def __init__(self, store: Store, client: ChainClient, *, finality_blocks: int, now: Callable[[], int]) -> None:
        self._store = store
        self._client = client
        self._finality_blocks = finality_blocks
        self._now = now

    def step(self, account: str) -> int:
        """Ask once about every transaction of the account that was sent and is not final; return how many moved."""
        with self._store.reading() as session:
            sent = actions.in_states(session, {State.SENT, State.MINED, State.REORGED}, sender=account)
        if not sent:
            return 0
        head = self._client.endpoint.head_number()
        return sum(self._follow(action, head) for action in sent)

    def look_up(self, action: Action) -> bool:
        """A signed action whose nonce is used: by its own transaction (then it is SENT), or by another (REPLACED)."""
        if self._client.endpoint.receipt(_hash(action)) is not None or self._client.endpoint.knows(_hash(action)):
            return self._move(action, State.SENT)
        return self._replaced(action)

    def _follow(self, action: Action, head: int) -> bool:
        receipt = self._client.endpoint.receipt(_hash(action))
        if receipt is None or not self._is_canonical(receipt):
            return self._absent(action)
        crash_point("between_receipt_and_commit")
        final = receipt.block_number <= head - self._finality_blocks
        if action.state is State.MINED and action.block_hash != receipt.block_hash:
            return self._move(action, State.REORGED, block_number=None, block_hash=None)
        if not receipt.succeeded:
            return final and self._reverted(action, receipt)
        if action.state is State.MINED:
            return final and self._move(action, State.FINAL)
        return self._mined(action, receipt, final=final)

    def _mined(self, action: Action, receipt: Receipt, *, final: bool) -> bool:
        with self._store.writing() as session:
            place = {"block_number": receipt.block_number, "block_hash": receipt.block_hash}
            moved = actions.move(session, action, State.MINED, now=self._now(), **place)
            if moved and final:
                mined = actions.get(session, action.id)
                actions.move(session, mined, State.FINAL, now=self._now(), error_code=None, error_detail=None)
            session.commit()
        return moved

    def _absent(self, action: Action) -> bool:
        """No receipt on the canonical chain: waiting, lost, or its nonce is used by another transaction."""
        if action.state is State.MINED:
            logger.warning("the block of action %s vanished", action.action_id)
            return self._move(action, State.REORGED, block_number=None, block_hash=None)
        endpoint = self._client.endpoint
        if endpoint.transaction_count(action.sender) > _nonce(action):
            if endpoint.receipt(_hash(action)) is not None or endpoint.knows(_hash(action)):
                return False  # mined since the first question: the next pass sees it
            return self._replaced(action)
        if not endpoint.knows(_hash(action)):
            return self._send_again(action)
        return action.state is State.REORGED and self._move(action, State.SENT)

    def _send_again(self, action: Action) -> bool:
        if action.raw is None:
            raise ValueError(f"action {action.action_id} was sent without bytes")
        try:
            self._client.endpoint.send_raw(action.raw)
        except TransactionRefusedError as error:
            if meaning_of(error.reason) is not Refusal.KNOWN:
                self._note(action, error_code=error.code, error_detail=error.reason)
            return False
        if action.state is State.REORGED:
            return self._move(action, State.SENT, attempts=action.attempts + 1)
        self._note(action, attempts=action.attempts + 1)
        return False

    def _replaced(self, action: Action) -> bool:
        if self._finality_blocks and not self._nonce_is_final(action):
            return False
        logger.error("nonce %s of %s was used by a transaction that is not ours", action.nonce, action.sender)
        detail = f"nonce {action.nonce} was used by another transaction: who else has this key?"
        return self._move(action, State.REPLACED, error_code="NONCE_FOREIGN", error_detail=detail)

    def _nonce_is_final(self, action: Action) -> bool:
        block = max(self._client.endpoint.head_number() - self._finality_blocks, 0)
        return self._client.endpoint.transaction_count(action.sender, block=block) > _nonce(action)

    def _reverted(self, action: Action, receipt: Receipt) -> bool:
        """A final transaction that reverted: harmless if the effect is there all the same, else an operator
        must look.
        """
        args = outbox.arguments(action)
        if effects.is_done(self._client, action.sender, action.contract, action.function, args):
            return self._move(action, State.FINAL, error_code=None, error_detail=None)
        error = self._replay(action, receipt)
        logger.error("action %s reverted: %s", action.action_id, error)
        return self._move(action, State.REVERTED, error_code=error.code, error_detail=str(error))

    def _replay(self, action: Action, receipt: Receipt) -> ContractRevertError:
        """The error of a reverted transaction, found by calling it again in the state before its block."""
        to, data = self._client.encode_call(action.contract, action.function, outbox.arguments(action))
        try:
            self._client.endpoint.call(to, data, sender=action.sender, block=receipt.block_number - 1)
        except ContractRevertError as error:
            return error
        step = "retry: the call succeeds in the state before that block"
        return ContractRevertError("Revert", {"block": receipt.block_number}, next_step=step)

    def _is_canonical(self, receipt: Receipt) -> bool:
        block = self._client.endpoint.block(receipt.block_number)
        return block is not None and block.hash == receipt.block_hash

    def _move(self, action: Action, to: State, **fields: Any) -> bool:
        with self._store.writing() as session:
            moved = actions.move(session, action, to, now=self._now(), **fields)
            session.commit()
        return moved

    def _note(self, action: Action, **fields: Any) -> None:
        with self._store.writing() as session:
            actions.note(session, action, **fields)
            session.commit()


def _hash(action: Action) -> bytes:
    if action.tx_hash is None:
        raise ValueError(f"action {action.action_id} is {action.state} without a transaction")
    return action.tx_hash


def _nonce(action: Action) -> int:
    if action.nonce is None:
        raise ValueError(f"action {action.action_id} is {action.state} without a nonce")
    return action.nonce
