"""fsck names every difference, and nothing on a sound node."""

from collections.abc import Callable

import pytest

from ledger.fsck import check_chain, check_store
from ledger.log import seal
from ledger.store import Session, tables
from ledger.store import outbox as actions
from ledger.store.models import (
    CertificateRow,
    LogAppendRow,
    LogCheckpointRow,
    LogLeafRow,
    LogNodeRow,
    LogRow,
    OutboxRow,
    RecordRow,
    RecordTableRow,
)
from ledger.store.tables import RecordTable
from tests.integration.ledger.conftest import START, World
from verifier.canonical import canonicalise
from verifier.tables import table_root


@pytest.fixture
def sound(world: World) -> World:
    world.register()
    world.qualify()
    world.settle()
    world.enqueue("issue/1", "CertificateRegistry", "issue", [world.issue(1)])
    rows = [{"i": 0, "salt": "ab" * 16, "row": {"amount": "1.5"}}]
    with world.store.writing() as session:
        identities = [world.keep(session, number) for number in range(5)]
        tables.add(session, RecordTable(identities[0], "exchanges", 1, table_root(rows), canonicalise(rows)))
        seal(session, world.body, now=START)
        session.commit()
    world.settle()
    return world


def codes(world: World) -> set[str]:
    found = [*check_store(world.store), *check_chain(world.store, world.client)]
    return {difference.code for difference in found}


def test_a_sound_node_has_none(sound: World) -> None:
    assert codes(sound) == set()
    assert sound.action("issue/1").state == actions.State.FINAL


def leaf_row(session: Session, world: World) -> LogLeafRow:
    return session.orm.get_one(LogLeafRow, (world.body.id, 0, 3))


def change_document(session: Session, world: World) -> None:
    row = session.orm.get_one(RecordRow, leaf_row(session, world).record_id)
    row.document = row.document.replace(b'"number":3', b'"number":4')


def uncanonical(session: Session, world: World) -> None:
    row = session.orm.get_one(RecordRow, leaf_row(session, world).record_id)
    row.document += b" "


def change_table(session: Session, _world: World) -> None:
    row = session.orm.query(RecordTableRow).one()
    row.rows = row.rows.replace(b"1.5", b"1.6")


def lose_leaf(session: Session, world: World) -> None:
    session.orm.delete(leaf_row(session, world))


def lose_last_leaf(session: Session, world: World) -> None:
    session.orm.delete(session.orm.get_one(LogLeafRow, (world.body.id, 0, 4)))


def change_subtree(session: Session, world: World) -> None:
    session.orm.get_one(LogNodeRow, (world.body.id, 0, 2, 0)).hash = bytes(32)


def lose_subtree(session: Session, world: World) -> None:
    session.orm.delete(session.orm.get_one(LogNodeRow, (world.body.id, 0, 2, 0)))


def change_checkpoint(session: Session, world: World) -> None:
    session.orm.get_one(LogCheckpointRow, (world.body.id, 0, 5)).root = bytes(32)


def change_note(session: Session, world: World) -> None:
    row = session.orm.get_one(LogCheckpointRow, (world.body.id, 0, 5))
    row.note = row.note.replace("\n5\n", "\n6\n")


def shrink(session: Session, world: World) -> None:
    session.orm.get_one(LogRow, (world.body.id, 0)).size = 4


def invent_anchor(session: Session, _world: World) -> None:
    row = session.orm.query(LogAppendRow).one()
    row.size = 50


def invent_certificate(session: Session, _world: World) -> None:
    session.orm.query(CertificateRow).one().key = b"\x42" * 32


def invent_block(session: Session, _world: World) -> None:
    session.orm.query(OutboxRow).filter_by(action_id="issue/1").one().block_hash = bytes(32)


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        (change_document, "FSCK_RECORD"),
        (uncanonical, "FSCK_RECORD"),
        (change_table, "FSCK_TABLE"),
        (lose_leaf, "FSCK_LEAF"),
        (lose_last_leaf, "FSCK_LEAF"),
        (change_subtree, "FSCK_TREE"),
        (lose_subtree, "FSCK_TREE"),
        (change_checkpoint, "FSCK_CHECKPOINT"),
        (change_note, "FSCK_CHECKPOINT"),
        (shrink, "FSCK_ANCHOR"),
        (invent_anchor, "FSCK_ANCHOR"),
        (invent_certificate, "FSCK_CERTIFICATE"),
        (invent_block, "FSCK_ACTION"),
    ],
)
def test_each_damage_is_named(sound: World, damage: Callable[[Session, World], None], code: str) -> None:
    with sound.store.writing() as session:
        damage(session, sound)
        session.commit()
    assert code in codes(sound)
