"""The sender: takes the outbox's actions to the chain, each exactly once, whatever dies in between.

For each account it follows the transactions under way, then signs the next actions in order: the effect is looked for,
the call is tried, then nonce, bytes and hash are stored, and only then are the bytes sent — again and again the same,
until the chain has them.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from eth_account.signers.local import LocalAccount

from ledger.chain import effects, outbox
from ledger.chain.client import ChainClient
from ledger.chain.errors import ContractRevertError, TransactionRefusedError
from ledger.chain.follow import Follower
from ledger.chain.refusals import Refusal, meaning_of
from ledger.crash import crash_point
from ledger.errors import ChainUnavailableError, DatabaseError
from ledger.store import Store
from ledger.store import outbox as actions
from ledger.store.outbox import Action, State

MAX_IN_FLIGHT: Final = 32
"""Transactions of one account that may be under way at a time."""

GAS_MARGIN: Final = 1.5
"""Gas given over the estimate: the state may have grown until the transaction runs; unused gas costs nothing."""

PAUSE_S: Final = 0.3
MAX_BACKOFF_S: Final = 30.0

logger = logging.getLogger(__name__)


class Sender:
    """Sends for the accounts whose keys it holds. Several may run on one database: they do not disturb each other, and
    on PostgreSQL one at a time serves an account.
    """

    def __init__(
        self,
        store: Store,
        client: ChainClient,
        accounts: Mapping[str, LocalAccount],
        *,
        finality_blocks: int = 0,
        now: Callable[[], int] = lambda: int(time.time()),
    ) -> None:
        """``accounts`` by checksum address; ``finality_blocks`` blocks on top of a block make it final (0: at once,
        QBFT).
        """
        self._store = store
        self._client = client
        self._accounts = accounts
        self._now = now
        self._follower = Follower(store, client, finality_blocks=finality_blocks, now=now)

    def step(self) -> int:
        """One bounded pass over all accounts; return how many actions moved. Raises ChainUnavailableError; no row is
        lost.
        """
        moved = self._unblock()
        with self._store.reading() as session:
            due = [account for account in actions.senders(session) if account in self._accounts]
        for account in due:
            with self._store.turn(f"sender/{account}") as is_mine:
                moved += self._serve(account) if is_mine else 0
        return moved

    def run(self, stop: threading.Event, *, pause_s: float = PAUSE_S) -> None:
        """Repeat `step` until ``stop`` is set; while the endpoint or the database is away wait longer and longer, at
        most 30 s.
        """
        backoff_s = pause_s
        while not stop.is_set():
            try:
                moved = self.step()
                backoff_s = pause_s
            except (ChainUnavailableError, DatabaseError) as error:
                logger.warning("sender waits %.1f s: %s", backoff_s, error)
                stop.wait(backoff_s)
                backoff_s = min(2 * backoff_s, MAX_BACKOFF_S)
                continue
            if moved == 0:
                stop.wait(pause_s)

    def _serve(self, account: str) -> int:
        return self._follower.step(account) + self._deliver_signed(account) + self._sign_next(account)

    def _unblock(self) -> int:
        with self._store.reading() as session:
            blocked = actions.in_states(session, {State.BLOCKED})
            ready = [item for item in blocked if item.after is not None and _is_final(actions.get(session, item.after))]
        return sum(self._move(item, State.PENDING) for item in ready)

    def _deliver_signed(self, account: str) -> int:
        """Send what was signed before a crash or a refusal, and was not accepted yet."""
        with self._store.reading() as session:
            signed = actions.in_states(session, {State.SIGNED}, sender=account)
        return sum(self._deliver(action) for action in signed)

    def _sign_next(self, account: str) -> int:
        """Sign and send the next actions in order, until one has to wait."""
        moved = 0
        while True:
            with self._store.reading() as session:
                in_flight = actions.in_states(session, actions.IN_FLIGHT, sender=account)
                waiting = actions.in_states(session, actions.TO_SIGN, sender=account, limit=1)
            undelivered = any(action.state is State.SIGNED for action in in_flight)
            if not waiting or undelivered or len(in_flight) >= MAX_IN_FLIGHT:
                return moved
            if not self._advance(waiting[0], alone=not in_flight):
                return moved
            moved += 1

    def _advance(self, action: Action, *, alone: bool) -> bool:
        """Bring one unsigned action forward; False if it has to wait."""
        args = outbox.arguments(action)
        if effects.is_done(self._client, action.sender, action.contract, action.function, args):
            logger.info("action %s is on the chain already", action.action_id)
            return self._move(action, State.FINAL)
        to, data = self._client.encode_call(action.contract, action.function, args)
        try:
            gas = self._client.endpoint.estimate_gas(to, data, sender=action.sender)
        except ContractRevertError as error:
            if not alone:
                return False  # what is under way may be what this action needs
            logger.error("action %s would revert: %s", action.action_id, error)
            return self._move(action, State.REVERTED, error_code=error.code, error_detail=str(error))
        call = {"to": to, "data": data, "gas": int(gas * GAS_MARGIN)}
        signed = self._sign(action, call)
        return signed is not None and self._deliver(signed)

    def _sign(self, action: Action, call: Mapping[str, Any]) -> Action | None:
        """Choose the nonce and store nonce, bytes and hash; None if another worker was faster."""
        count = self._client.endpoint.transaction_count(action.sender)
        with self._store.writing() as session:
            actions.lock_sender(session, action.sender)
            top = actions.top_nonce(session, action.sender)
            nonce = count if top is None else max(count, top + 1)
            transaction = {
                "chainId": self._client.pins.chain_id,
                "nonce": nonce,
                "gasPrice": 0,
                "value": 0,
                **call,
            }
            signed = self._accounts[action.sender].sign_transaction(transaction)
            crash_point("after_signing_before_storing")
            raw, tx_hash = bytes(signed.raw_transaction), bytes(signed.hash)
            fields = {"nonce": nonce, "raw": raw, "tx_hash": tx_hash}
            if not actions.move(session, action, State.SIGNED, now=self._now(), **fields):
                return None
            session.commit()
        crash_point("after_commit_before_send")
        with self._store.reading() as session:
            return actions.get(session, action.id)

    def _deliver(self, action: Action) -> bool:
        """Send the stored bytes; True once the endpoint has them."""
        if action.raw is None:
            raise ValueError(f"action {action.action_id} is SIGNED without bytes")
        try:
            self._client.endpoint.send_raw(action.raw)
        except TransactionRefusedError as error:
            return self._refused(action, error)
        crash_point("after_send_before_answer")
        return self._move(action, State.SENT, attempts=action.attempts + 1, error_code=None, error_detail=None)

    def _refused(self, action: Action, error: TransactionRefusedError) -> bool:
        meaning = meaning_of(error.reason)
        if meaning is Refusal.KNOWN:
            return self._move(action, State.SENT, attempts=action.attempts + 1)
        if meaning is Refusal.NONCE_USED:
            return self._follower.look_up(action)
        if meaning is Refusal.PERMANENT:
            logger.error("action %s can never be accepted: %s", action.action_id, error.reason)
            return self._move(action, State.FAILED, error_code=error.code, error_detail=error.reason)
        with self._store.writing() as session:
            actions.note(
                session, action, attempts=action.attempts + 1, error_code=error.code, error_detail=error.reason
            )
            session.commit()
        return False

    def _move(self, action: Action, to: State, **fields: Any) -> bool:
        with self._store.writing() as session:
            moved = actions.move(session, action, to, now=self._now(), **fields)
            session.commit()
        return moved


def _is_final(action: Action) -> bool:
    return action.state is State.FINAL
