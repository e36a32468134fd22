from typing import Any

import pytest

from ledger.embedded.errors import TransactionRefusedError
from ledger.embedded.pool import MAX_PENDING, MAX_PENDING_PER_SENDER, Pool
from ledger.embedded.transactions import PooledTransaction

A, B = b"a" * 20, b"b" * 20


def waiting(sender: bytes, nonce: int, salt: int = 0) -> PooledTransaction:
    unused: Any = None
    return PooledTransaction(sender + bytes([salt]) + nonce.to_bytes(11, "big"), b"", sender, nonce, 21_000, 0, unused)


def filled(*transactions: PooledTransaction) -> Pool:
    pool = Pool()
    for transaction in transactions:
        pool.check(transaction, 0)
        pool.add(transaction)
    return pool


def ready(pool: Pool, **nonces: int) -> list[tuple[bytes, int]]:
    of = {A: nonces.get("a", 0), B: nonces.get("b", 0)}
    return [(t.sender[:1], t.nonce) for t in pool.ready(of.__getitem__)]


def test_senders_come_by_arrival_and_each_in_nonce_order() -> None:
    pool = filled(waiting(A, 1), waiting(B, 0), waiting(A, 0), waiting(B, 1))
    assert ready(pool) == [(b"b", 0), (b"a", 0), (b"a", 1), (b"b", 1)]


def test_a_gap_holds_back_what_follows_it_until_it_closes() -> None:
    pool = filled(waiting(A, 0), waiting(A, 2))
    assert ready(pool) == [(b"a", 0)]
    assert pool.next_nonce(A, 0) == 1
    pool.add(waiting(A, 1))
    assert ready(pool) == [(b"a", 0), (b"a", 1), (b"a", 2)]
    assert pool.next_nonce(A, 0) == 3


def test_only_what_can_be_executed_counts_as_ready() -> None:
    pool = filled(waiting(A, 1))
    assert not pool.has_ready(lambda _: 0)
    assert pool.has_ready(lambda _: 1)
    assert len(pool) == 1


def test_what_is_removed_is_forgotten() -> None:
    first, second = waiting(A, 0), waiting(A, 1)
    pool = filled(first, second)
    pool.remove([first, waiting(B, 9)])
    assert pool.get(first.hash) is None
    assert pool.get(second.hash) == second
    assert ready(pool, a=1) == [(b"a", 1)]
    pool.remove([second])
    assert len(pool) == 0


@pytest.mark.parametrize(
    ("transaction", "nonce", "words"),
    [
        (waiting(A, 5), 0, "already known"),
        (waiting(A, 4), 5, "nonce too low: next nonce 5, tx nonce 4"),
        (waiting(A, 5, salt=1), 0, "replacement transaction underpriced"),
        (waiting(A, 3 + MAX_PENDING_PER_SENDER), 3, "nonce too high: next nonce 3"),
    ],
)
def test_refusals_in_the_words_senders_know(transaction: PooledTransaction, nonce: int, words: str) -> None:
    pool = filled(waiting(A, 5))
    with pytest.raises(TransactionRefusedError) as caught:
        pool.check(transaction, nonce)
    assert caught.value.detail.startswith(words)


def test_the_furthest_nonce_that_waits_is_one_below_the_bound() -> None:
    Pool().check(waiting(A, 3 + MAX_PENDING_PER_SENDER - 1), 3)


def test_a_full_pool_refuses() -> None:
    pool = Pool()
    for number in range(MAX_PENDING):
        pool.add(waiting(number.to_bytes(20, "big"), 0))
    with pytest.raises(TransactionRefusedError, match="txpool is full"):
        pool.check(waiting(A, 0), 0)
