"""The sealing thread on a chain whose time is set by hand; nothing here depends on how fast it runs."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from ledger.embedded import sealer as sealer_module
from ledger.embedded.chain import EmbeddedChain
from ledger.embedded.errors import StoreError
from ledger.embedded.sealer import Sealer

PATIENCE_SECONDS = 30
TO = b"\x11" * 20


@pytest.fixture
def sealed(world: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Semaphore]:
    """A running sealer; the semaphore counts the blocks it sealed."""
    counted = threading.Semaphore(0)
    seal = EmbeddedChain.seal

    def noted(self: EmbeddedChain) -> int:
        number = seal(self)
        counted.release()
        return number

    monkeypatch.setattr(EmbeddedChain, "seal", noted)
    monkeypatch.setattr(sealer_module, "RETRY_SECONDS", 0.01)
    monkeypatch.setattr(sealer_module, "LONGEST_WAIT_SECONDS", 0.01)
    sealer = Sealer(world.chain)
    sealer.start()
    yield counted
    sealer.stop()


def test_what_is_sent_is_sealed_and_nothing_else_is(world: Any, sealed: threading.Semaphore) -> None:
    for number in (1, 2):
        world.clock.advance(10)
        transaction = world.chain.send_raw(world.actor.sign(TO))
        assert sealed.acquire(timeout=PATIENCE_SECONDS)
        assert [t.hash for t in world.chain.index.transactions(number)] == [transaction]
    world.clock.advance(10)
    world.chain.send_raw(world.actor.sign(TO, nonce=9))  # cannot be executed
    assert not sealed.acquire(timeout=0.2)
    assert world.chain.head.block_number == 2


def test_a_block_waits_for_its_second(world: Any, sealed: threading.Semaphore) -> None:
    world.chain.send_raw(world.actor.sign(TO))
    assert not sealed.acquire(timeout=0.2)
    world.clock.advance(0.9)
    assert not sealed.acquire(timeout=0.2)
    world.clock.advance(0.1)
    assert sealed.acquire(timeout=PATIENCE_SECONDS)


@pytest.mark.parametrize("problem", [StoreError("write", "disk full"), ZeroDivisionError()])
def test_a_block_that_failed_is_tried_again(
    world: Any, sealed: threading.Semaphore, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    failures = [problem, problem]
    commit = EmbeddedChain._commit

    def failing(self: EmbeddedChain, built: Any) -> None:
        if failures:
            raise failures.pop()
        commit(self, built)

    monkeypatch.setattr(EmbeddedChain, "_commit", failing)
    world.clock.advance(1)
    world.chain.send_raw(world.actor.sign(TO))
    assert sealed.acquire(timeout=PATIENCE_SECONDS)
    assert failures == []
    assert world.chain.head.block_number == 1
