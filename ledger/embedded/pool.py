"""Accepted transactions that are not in a block yet: by sender and nonce, in order of arrival.

A sender may send several in a row, and they may arrive out of order: a nonce up to `MAX_PENDING_PER_SENDER` beyond the
account's is queued until the gap closes; further ahead is refused. A waiting transaction is not replaced: blocks come
within a second of arrival, so there is nothing to hurry.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from ledger.embedded.errors import TransactionRefusedError
from ledger.embedded.transactions import PooledTransaction

MAX_PENDING_PER_SENDER: Final = 512
MAX_PENDING: Final = 8_192

NonceOf = Callable[[bytes], int]
"""Answers the nonce of an account (address of 20 bytes) at the head of the chain."""


class Pool:
    """The waiting transactions. Not safe for threads: the chain holds its lock around every call."""

    def __init__(self) -> None:
        self._by_hash: dict[bytes, tuple[int, PooledTransaction]] = {}
        self._by_sender: dict[bytes, dict[int, tuple[int, PooledTransaction]]] = {}
        self._sequence = 0

    def __len__(self) -> int:
        """How many wait, executable or not."""
        return len(self._by_hash)

    def get(self, transaction_hash: bytes) -> PooledTransaction | None:
        """The waiting transaction with this hash, or None."""
        found = self._by_hash.get(transaction_hash)
        return found[1] if found else None

    def check(self, transaction: PooledTransaction, nonce: int) -> None:
        """Raise `TransactionRefusedError` when it may not wait here, `nonce` being the account's at the head."""
        if transaction.hash in self._by_hash:
            raise TransactionRefusedError("already known")
        if transaction.nonce < nonce:
            raise TransactionRefusedError(f"nonce too low: next nonce {nonce}, tx nonce {transaction.nonce}")
        if transaction.nonce >= nonce + MAX_PENDING_PER_SENDER:
            raise TransactionRefusedError(
                f"nonce too high: next nonce {nonce}, tx nonce {transaction.nonce},"
                f" at most {MAX_PENDING_PER_SENDER} wait for a sender"
            )
        if transaction.nonce in self._by_sender.get(transaction.sender, {}):
            raise TransactionRefusedError("replacement transaction underpriced: one with this nonce already waits")
        if len(self._by_hash) >= MAX_PENDING:
            raise TransactionRefusedError(f"txpool is full: {MAX_PENDING} transactions wait")

    def add(self, transaction: PooledTransaction) -> None:
        """Let a checked transaction wait."""
        entry = (self._sequence, transaction)
        self._sequence += 1
        self._by_hash[transaction.hash] = entry
        self._by_sender.setdefault(transaction.sender, {})[transaction.nonce] = entry

    def remove(self, transactions: Iterable[PooledTransaction]) -> None:
        """Forget transactions that were sealed or dropped; unknown ones are ignored."""
        for transaction in transactions:
            if self._by_hash.pop(transaction.hash, None) is None:
                continue
            of_sender = self._by_sender[transaction.sender]
            del of_sender[transaction.nonce]
            if not of_sender:
                del self._by_sender[transaction.sender]

    def next_nonce(self, sender: bytes, nonce: int) -> int:
        """First nonce of this sender that neither the account (`nonce`) nor an executable waiting one has used."""
        waiting = self._by_sender.get(sender, {})
        while nonce in waiting:
            nonce += 1
        return nonce

    def has_ready(self, nonce_of: NonceOf) -> bool:
        """Whether any transaction could be executed now."""
        return any(nonce_of(sender) in waiting for sender, waiting in self._by_sender.items())

    def ready(self, nonce_of: NonceOf) -> Iterator[PooledTransaction]:
        """Executable transactions: each sender's in nonce order without gaps, senders by arrival."""
        heap = []
        for sender, waiting in self._by_sender.items():
            entry = waiting.get(nonce_of(sender))
            if entry:
                heap.append((entry[0], sender, entry[1]))
        heapq.heapify(heap)
        while heap:
            _, sender, transaction = heapq.heappop(heap)
            yield transaction
            following = self._by_sender[sender].get(transaction.nonce + 1)
            if following:
                heapq.heappush(heap, (following[0], sender, following[1]))
