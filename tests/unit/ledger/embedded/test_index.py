"""eth_getLogs against a plain loop over all logs, and the promise that no look-up walks the whole chain."""

from typing import Any

import pytest

from ledger.embedded.index import BlockIndex, LogFilter, LogRow
from ledger.embedded.store import SqliteStore

BLOCKS = 12


def word(number: int) -> bytes:
    return number.to_bytes(32, "big")


@pytest.fixture
def logged(world: Any) -> tuple[Any, bytes, bytes]:
    """Two recorders, each logging in every block with topics 0x7e57 and (number mod 3) + 1."""
    first, second = world.deploy(), world.deploy()
    for number in range(BLOCKS):
        world.seal(*(world.actor.sign(to, word(number % 3 + 1)) for to in (first, second, first)))
    return world, first, second


def by_loop(index: BlockIndex, wanted: LogFilter) -> list[LogRow]:
    """What a filter means (execution API specification, eth_getLogs), without any index."""
    found = []
    for number in range(BLOCKS + 3):
        for log in index.logs_of_block(number):
            if not wanted.first <= number <= wanted.last:
                continue
            if wanted.addresses and log.address not in wanted.addresses:
                continue
            if any(
                any_of and (place >= len(log.topics) or log.topics[place] not in any_of)
                for place, any_of in enumerate(wanted.topics)
            ):
                continue
            found.append(log)
    return found


def test_filters_find_what_a_loop_finds(logged: tuple[Any, bytes, bytes]) -> None:
    world, first, second = logged
    topic, one, two = word(0x7E57), word(1), word(2)
    addresses = [(), (first,), (second,), (first, second), (b"\x44" * 20,)]
    topics: list[tuple[tuple[bytes, ...], ...]] = [
        (), ((topic,),), ((), (one,)), ((topic,), (one, two)), ((one,),), ((), (), (one,)), ((), (), (), ()),
    ]  # fmt: skip
    sizes = set()
    for span in [(0, BLOCKS + 2), (4, 9), (7, 7), (0, 1), (99, 100)]:
        for address in addresses:
            for topic_filter in topics:
                wanted = LogFilter(*span, address, topic_filter)
                found = world.chain.index.logs(wanted, 1_000)
                assert found == by_loop(world.chain.index, wanted)
                sizes.add(len(found))
    assert {0, 1, 2, 3, 3 * BLOCKS} <= sizes


def test_a_limit_takes_the_earliest(logged: tuple[Any, bytes, bytes]) -> None:
    world, *_ = logged
    everything = LogFilter(0, 100, (), ())
    assert world.chain.index.logs(everything, 5) == by_loop(world.chain.index, everything)[:5]


def test_logs_carry_their_block_their_transaction_and_their_place(logged: tuple[Any, bytes, bytes]) -> None:
    world, first, second = logged
    logs = world.chain.index.logs_of_block(5)
    assert [log.log_index for log in logs] == [log.position for log in logs] == [0, 1, 2]
    assert [log.address for log in logs] == [first, second, first]
    assert {log.block_hash for log in logs} == {world.chain.header(5).hash}
    assert [log.transaction_hash for log in logs] == [t.hash for t in world.chain.index.transactions(5)]
    assert world.chain.index.logs_of_block(5, 1) == [logs[1]]


def test_no_look_up_walks_the_chain(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    statements: list[tuple[str, tuple[Any, ...]]] = []
    rows = SqliteStore.rows

    def noted(self: SqliteStore, statement: str, parameters: Any = ()) -> Any:
        statements.append((statement, tuple(parameters)))
        return rows(self, statement, parameters)

    monkeypatch.setattr(SqliteStore, "rows", noted)
    index, any_hash = world.chain.index, bytes(32)
    index.head(), index.block_by_hash(any_hash), index.transaction(any_hash)
    index.receipts(3), index.receipts(3, 1), index.transactions(3), index.logs_of_block(3), index.logs_of_block(3, 1)
    for addresses in [(), (bytes(20),)]:
        for topics in [(), *(((),) * place + ((any_hash,),) for place in range(4))]:
            index.logs(LogFilter(0, 10**6, addresses, topics), 10)
    monkeypatch.undo()
    assert len(statements) == 18
    for statement, parameters in statements:
        plan = [row[3] for row in world.chain._store.rows("EXPLAIN QUERY PLAN " + statement, parameters)]
        walks = [step for step in plan if step.startswith("SCAN") and "ORDER BY number DESC LIMIT 1" not in statement]
        assert walks == [], statement
        if "l.address IN" in statement or "l.topic" in statement.partition("WHERE")[2]:
            assert any("USING INDEX logs_by_" in step for step in plan), (statement, plan)
