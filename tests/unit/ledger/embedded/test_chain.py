from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import rlp
from eth_hash.auto import keccak

from ledger.embedded import chain as chain_module
from ledger.embedded.chain import EmbeddedChain
from ledger.embedded.clock import ManualClock
from ledger.embedded.config import ChainConfig
from ledger.embedded.errors import (
    ClockError,
    GenesisMismatchError,
    StoreCorruptError,
    StoreError,
    StoreLockedError,
    StoreVersionError,
    TransactionRefusedError,
)
from ledger.embedded.sealing import MAX_BLOCK_TRANSACTIONS
from ledger.embedded.store import SqliteStore

TIME = 1_800_000_000
CONFIG = ChainConfig(timestamp=TIME)
TO = b"\x11" * 20
# JUMPDEST, 60 000 times round a loop of 26 gas: PUSH3 n; JUMPDEST PUSH1 1 SWAP1 SUB DUP1 PUSH1 4 JUMPI
BURNER = bytes.fromhex("6200ea60 5b 6001 90 03 80 6004 57 00")


def reopen(directory: Path, clock: ManualClock, config: ChainConfig = CONFIG) -> EmbeddedChain:
    return EmbeddedChain(directory, config, clock)


def test_genesis_is_the_hash_of_a_header_that_says_what_was_configured(clock: ManualClock) -> None:
    with EmbeddedChain(None, replace(CONFIG, extra_data="here"), clock) as chain:
        row = chain.index.block_by_number(0)
        assert row is not None
        assert chain.genesis_hash == row.hash == keccak(row.header)
        fields = rlp.decode(row.header)
        assert fields[12] == b"here"
        assert int.from_bytes(fields[9], "big") == CONFIG.gas_limit
        assert int.from_bytes(fields[11], "big") == TIME
        assert fields[15] == b""  # base fee 0


def test_genesis_time_is_the_time_of_creation_unless_given(tmp_path: Path) -> None:
    clock = ManualClock(TIME + 5.5)
    config = ChainConfig()
    with EmbeddedChain(tmp_path, config, clock) as chain:
        assert chain.head.timestamp == TIME + 5
        genesis = chain.genesis_hash
    clock.advance(100)
    with EmbeddedChain(tmp_path, config, clock) as chain:
        assert chain.genesis_hash == genesis


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"chain_id": 5}, "chain id"),
        ({"extra_data": "other"}, "extra data"),
        ({"gas_limit": 50_000_000}, "gas limit"),
        ({"timestamp": TIME + 1}, "genesis time"),
    ],
)
def test_another_configuration_is_another_chain(
    tmp_path: Path, clock: ManualClock, change: dict[str, Any], field: str
) -> None:
    reopen(tmp_path, clock).close()
    with pytest.raises(GenesisMismatchError) as caught:
        reopen(tmp_path, clock, replace(CONFIG, **change))
    assert caught.value.field == field
    reopen(tmp_path, clock, replace(CONFIG, block_seconds=3, allowed_hosts=("x",))).close()


def test_a_second_opening_is_refused_while_the_first_is_open(tmp_path: Path, clock: ManualClock) -> None:
    with reopen(tmp_path, clock), pytest.raises(StoreLockedError):
        reopen(tmp_path, clock)
    reopen(tmp_path, clock).close()


def test_a_file_of_somebody_else_or_of_another_version_is_refused(tmp_path: Path, clock: ManualClock) -> None:
    store = SqliteStore(tmp_path / "other")
    with store.transaction() as connection:
        connection.execute("CREATE TABLE something (x)")
    store.close()
    with pytest.raises(StoreVersionError):
        reopen(tmp_path / "other", clock)
    reopen(tmp_path / "newer", clock).close()
    store = SqliteStore(tmp_path / "newer")
    with store.transaction() as connection:
        connection.execute("UPDATE meta SET value = '99' WHERE name = 'schema_version'")
    store.close()
    with pytest.raises(StoreVersionError) as caught:
        reopen(tmp_path / "newer", clock)
    assert caught.value.stored == "99"


@pytest.mark.parametrize("damage", ["DELETE FROM blocks WHERE number = 1", "UPDATE meta SET value = '00'"])
def test_parts_that_disagree_are_noticed_at_opening(tmp_path: Path, clock: ManualClock, damage: str) -> None:
    with reopen(tmp_path, clock) as chain:
        chain.seal()
    store = SqliteStore(tmp_path)
    with store.transaction() as connection:
        connection.execute(damage + (" WHERE name = 'genesis_hash'" if "meta" in damage else ""))
    store.close()
    with pytest.raises(StoreCorruptError):
        reopen(tmp_path, clock)


def test_after_a_restart_everything_is_as_before(tmp_path: Path, clock: ManualClock, new_actor: Any) -> None:
    actor = new_actor(1)
    with reopen(tmp_path, clock) as chain:
        sealed = chain.send_raw(actor.sign(TO))
        clock.advance(1)
        assert chain.seal() == 1
        head = chain.head.hash
        waiting = [chain.send_raw(actor.sign(TO)) for _ in range(2)]
        early = chain.send_raw(actor.sign(TO, nonce=9))
    with reopen(tmp_path, clock) as chain:
        assert chain.head.hash == head
        assert chain.index.transaction(sealed) is not None
        assert chain.next_nonce(actor.address) == 3
        clock.advance(1)
        assert chain.seal() == 2
        assert [t.hash for t in chain.index.transactions(2)] == waiting
        assert chain.pending_transaction(early) is not None
    with reopen(tmp_path, clock) as chain:
        assert chain.index.pending() == [chain.pending_transaction(early).raw]  # type: ignore[union-attr]
        assert not chain.has_ready()


def test_a_block_that_is_not_written_whole_is_absent_as_a_whole(
    tmp_path: Path, clock: ManualClock, new_actor: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    chain = reopen(tmp_path, clock)
    transaction = chain.send_raw(new_actor(1).sign(TO))
    clock.advance(1)

    def fail(*_: object) -> None:
        raise StoreError("write", "power cut")

    # Nodes and rows are written by then, the last statement of the transaction is not.
    monkeypatch.setattr(chain_module, "remove_pending", fail)
    with pytest.raises(StoreError):
        chain.seal()
    assert chain.head.block_number == 0
    assert chain.index.block_by_number(1) is None
    assert chain.index.transaction(transaction) is None
    assert chain.has_ready()
    monkeypatch.undo()
    assert chain.seal() == 1
    assert chain.index.receipts(1)[0].status == 1
    chain.close()
    with reopen(tmp_path, clock) as chain:
        assert chain.head.block_number == 1


def test_a_full_disk_refuses_the_transaction_and_loses_nothing(
    tmp_path: Path, clock: ManualClock, new_actor: Any
) -> None:
    actor = new_actor(1)
    with reopen(tmp_path, clock) as chain:
        (pages,) = chain._store.row("PRAGMA page_count") or (0,)
        chain._store.rows(f"PRAGMA max_page_count = {pages}")
        big = actor.sign(TO, bytes(100_000), gas=2_000_000)
        with pytest.raises(StoreError):
            chain.send_raw(big)
        assert not chain.has_ready()
        chain._store.rows("PRAGMA max_page_count = 1000000")
        chain.send_raw(big)
        clock.advance(1)
        assert chain.seal() == 1


def test_many_transactions_of_one_sender_go_into_one_block_whatever_their_order(world: Any) -> None:
    raws = [world.actor.sign(TO) for _ in range(5)]
    hashes = {raw: world.chain.send_raw(raw) for raw in reversed(raws)}
    world.clock.advance(1)
    world.chain.seal()
    assert [t.hash for t in world.chain.index.transactions(1)] == [hashes[raw] for raw in raws]


def test_sealed_transactions_are_refused_when_sent_again(world: Any) -> None:
    raw = world.actor.sign(TO)
    world.chain.send_raw(raw)
    with pytest.raises(TransactionRefusedError, match="already known"):
        world.chain.send_raw(raw)
    world.clock.advance(1)
    world.chain.seal()
    with pytest.raises(TransactionRefusedError, match="nonce too low: next nonce 1, tx nonce 0"):
        world.chain.send_raw(raw)
    assert world.chain.index.pending() == []


@pytest.mark.parametrize(
    "fields", [{"value": 1}, {"gasPrice": 1}, {"type": 2, "maxFeePerGas": 1, "maxPriorityFeePerGas": 0}]
)
def test_what_nobody_can_pay_is_refused(world: Any, fields: dict[str, Any]) -> None:
    with pytest.raises(TransactionRefusedError, match="insufficient funds for gas \\* price \\+ value"):
        world.chain.send_raw(world.actor.sign(TO, **fields))


def test_a_block_takes_a_bounded_number_and_leaves_the_rest(world: Any) -> None:
    for _ in range(MAX_BLOCK_TRANSACTIONS + 2):
        world.chain.send_raw(world.actor.sign(TO))
    world.clock.advance(1)
    world.chain.seal()
    world.clock.advance(1)
    world.chain.seal()
    assert [len(world.chain.index.transactions(n)) for n in (1, 2)] == [MAX_BLOCK_TRANSACTIONS, 2]


def test_what_does_not_fit_the_gas_of_a_block_waits_for_the_next(world: Any) -> None:
    world.seal(world.actor.sign(TO), world.actor.sign(TO, gas=CONFIG.gas_limit), world.actor.sign(TO))
    world.clock.advance(1)
    world.chain.seal()
    assert [len(world.chain.index.transactions(n)) for n in (1, 2)] == [1, 2]


def test_the_base_fee_stays_zero_and_the_gas_limit_where_it_was(
    clock: ManualClock, new_actor: Callable[..., Any]
) -> None:
    """Under EIP-1559 unchanged, a block more than half full would ask 1 wei of keys that have none, for ever."""
    actor = new_actor(1)
    with EmbeddedChain(None, replace(CONFIG, gas_limit=2_000_000), clock) as chain:
        creation = bytes.fromhex(f"60{len(BURNER):02x}600c60003960{len(BURNER):02x}6000f3") + BURNER
        deployed = chain.send_raw(actor.sign(data=creation, gas=200_000))
        clock.advance(1)
        chain.seal()
        burner = chain.index.receipts(1)[0].contract
        assert chain.index.transaction(deployed) is not None
        for _ in range(3):
            chain.send_raw(actor.sign(burner, gas=2_000_000))
            clock.advance(1)
            chain.seal()
            assert chain.head.gas_used > chain.head.gas_limit // 2
            assert chain.head.base_fee_per_gas == 0
            assert chain.head.gas_limit == 2_000_000


def test_time_is_the_clock_and_never_stands_still(world: Any) -> None:
    world.clock.now = TIME + 100.7
    world.chain.seal()
    assert world.chain.head.timestamp == TIME + 100
    world.chain.seal()
    world.chain.seal()
    assert world.chain.head.timestamp == TIME + 102
    with pytest.raises(ClockError):
        world.chain.seal()
    assert world.chain.head.timestamp == TIME + 102


def test_writes_are_refused_while_the_clock_is_behind_the_chain(world: Any) -> None:
    world.clock.advance(100)
    world.chain.seal()
    world.clock.advance(-50)
    raw = world.actor.sign(TO)
    with pytest.raises(ClockError):
        world.chain.send_raw(raw)
    with pytest.raises(ClockError):
        world.chain.seal()
    world.clock.advance(50)
    world.chain.send_raw(raw)


def test_a_transaction_an_earlier_one_made_impossible_is_dropped_not_sealed(
    world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(EmbeddedChain, "_check_funds", lambda *_: None)
    poor, fine = world.actor.sign(TO, value=1), world.actor.sign(TO, nonce=0)
    bad = world.chain.send_raw(poor)
    world.clock.advance(1)
    world.chain.seal()
    assert world.chain.index.transaction(bad) is None
    assert world.chain.index.pending() == []
    world.seal(fine)
    assert len(world.chain.index.transactions(2)) == 1
