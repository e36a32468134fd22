"""What stops a node before it signs anything."""

from dataclasses import replace

import pytest

from ledger.chain.guard import check_start
from ledger.errors import ChainRolledBackError, ChainUnavailableError, DatabaseBehindError, LogDivergedError
from ledger.log import seal
from ledger.store import Store
from ledger.store.models import LogNodeRow
from tests.integration.ledger.conftest import START, World, advance, new_chain


def anchor(world: World, *numbers: int) -> None:
    with world.store.writing() as session:
        for number in numbers:
            world.keep(session, number)
        seal(session, world.body, now=START)
        session.commit()
    world.settle()


@pytest.fixture
def anchored(world: World) -> World:
    world.register()
    world.settle()
    anchor(world, 1, 2)
    return world


def start(world: World, store: Store | None = None) -> None:
    check_start(store or world.store, world.client, [world.body.id])


def test_a_fresh_node_and_a_running_one_start(world: World) -> None:
    start(world)
    world.register()
    world.settle()
    start(world)
    anchor(world, 1, 2)
    start(world)


def test_a_node_with_more_leaves_than_the_chain_starts(anchored: World) -> None:
    with anchored.store.writing() as session:
        anchored.keep(session, 3)
        session.commit()
    start(anchored)


def test_a_database_restored_from_an_old_backup_is_stopped(anchored: World) -> None:
    anchored.store.close()
    backup = anchored.database.copy()
    anchor(anchored, 3)
    with Store.open(backup) as restored, pytest.raises(DatabaseBehindError) as caught:
        start(anchored, restored)
    assert (caught.value.own_size, caught.value.chain_size) == (2, 3)


def test_another_log_of_the_same_size_is_stopped(anchored: World) -> None:
    with anchored.store.writing() as session:
        session.orm.get_one(LogNodeRow, (anchored.body.id, 0, 1, 0)).hash = bytes(32)
        session.commit()
    with pytest.raises(LogDivergedError, match="size 2"):
        start(anchored)


def test_a_chain_that_was_rolled_back_is_noticed(anchored: World) -> None:
    with new_chain() as other:
        for _ in range(anchored.chain.head.block_number):
            advance(other)
            other.seal()
        anchored.wire.put_behind(other)
        with pytest.raises(ChainRolledBackError):
            start(anchored)


def test_a_chain_that_is_shorter_than_the_database_is_noticed(anchored: World) -> None:
    with new_chain() as young:
        anchored.wire.put_behind(young)
        with pytest.raises(ChainRolledBackError, match="no such block"):
            start(anchored)


def test_an_endpoint_that_is_down_is_no_verdict(anchored: World) -> None:
    def down(*_: object) -> None:
        raise ConnectionRefusedError

    anchored.wire.before = down
    with pytest.raises(ChainUnavailableError):
        start(anchored)


def test_other_institutions_do_not_matter(anchored: World) -> None:
    stranger = replace(anchored.body, id=b"\x42" * 32)
    check_start(anchored.store, anchored.client, [stranger.id])
