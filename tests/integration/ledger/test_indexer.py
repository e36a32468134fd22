"""The indexer against a real chain: once, in order, and back from a reorganisation."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from ledger.chain import indexer as module
from ledger.errors import ChainRolledBackError, ChainUnavailableError
from ledger.log import seal
from ledger.store import (
    Store,
    anchors,
    certificates,
    checkpoints,
    cursor,
    institutions,
    keys,
    qualifications,
)
from ledger.store.base import Base
from ledger.store.outbox import State
from tests.databases import Database
from tests.integration.ledger.conftest import AUTHORITY, START, World, advance, new_chain, open_world
from verifier.identifiers import bytes32_text, certificate_key, did_digest, key_digest

TABLES = Base.metadata.tables
KEY_ARGS = [1, 2, 0, 0]


def rows(world: World) -> dict[str, list[Any]]:
    """Everything the indexer wrote, table by table."""
    tables = (
        "institutions", "institution_dids", "decider_changes", "keys", "key_revocations", "qualifications",
        "certificates", "certificate_changes", "recognitions", "recognition_changes", "log_appends", "log_epochs",
        "chain_cursor",
    )  # fmt: skip
    with world.store.engine.connect() as connection:
        return {table: sorted(map(tuple, connection.execute(select(TABLES[table])))) for table in tables}


def story(world: World) -> None:
    """Something of everything that an institution does on chain."""
    body = world.body
    world.register()
    world.qualify()
    world.settle()
    multikey = body.multikeys()["log"][0].encode()
    world.enqueue("key", "InstitutionRegistry", "addKey", [body.id, multikey, *KEY_ARGS])
    digest = key_digest(multikey.decode())
    world.enqueue("decider", "InstitutionRegistry", "addDecider", [body.id, body.person("li").account.address])
    world.enqueue("did", "InstitutionRegistry", "changeDid", [body.id, did_digest("did:web:new.example")])
    world.enqueue("issue/1", "CertificateRegistry", "issue", [world.issue(1)])
    with world.store.writing() as session:
        for number in range(3):
            world.keep(session, number)
        seal(session, body, now=START)
        session.commit()
    world.settle()
    key = certificate_key(body.id, (1).to_bytes(32, "big"))
    world.enqueue("revoke", "InstitutionRegistry", "revokeKey", [body.id, digest, 2, 0])
    world.enqueue("suspend", "CertificateRegistry", "suspend", [key, b"\x09" * 32, 0])
    args = [body.id, 1, bytes32_text("steel"), 2, 0]
    world.enqueue("halt", "InstitutionRegistry", "changeQualification", args, sender_account=AUTHORITY.address)
    world.settle()


def test_the_tables_say_what_the_chain_says(world: World) -> None:
    story(world)
    body = world.body
    with world.store.reading() as session:
        found = institutions.find(session, body.id)
        assert found is not None
        assert (found.did_digest, found.code) == (did_digest("did:web:new.example"), body.code)
        assert institutions.deciders(session, body.id) == [body.person("li").account.address]
        (key,) = keys.of_institution(session, body.id)
        (onchain_key,) = world.client.institutions.keys(body.id)
        assert (key.digest, key.revoked_from) == (onchain_key.digest, onchain_key.revoked_from)
        changes = [(change.kind, change.action) for change in qualifications.of_institution(session, body.id)]
        assert changes == [(1, 1), (2, 1), (3, 1), (1, 2)]
        (certificate,) = certificates.listing(session)
        onchain = world.client.certificates.certificate(certificate.key)
        assert onchain is not None
        assert (certificate.issued_at, certificate.capacity_id) == (onchain.issued_at, onchain.capacity_id)
        history = [(change.action, change.recorded_at) for change in certificates.history(session, certificate.key)]
        assert history == [
            (item.action, item.recorded_at) for item in world.client.certificates.history(certificate.key)
        ]
        anchor, own = anchors.head(session, body.id, 0), checkpoints.last_anchored(session, body.id, 0)
        head = world.client.log.head(body.id, 0)
        assert anchor is not None
        assert own is not None
        assert head is not None
        assert (anchor.size, anchor.root, anchor.recorded_at) == (head.size, head.root, head.recorded_at)
        assert (own.size, own.root, own.recorded_at, own.position) == (3, head.root, head.recorded_at, 0)
        position = cursor.get(session)
        assert position is not None
        assert position.hash == world.client.head().hash


def test_reading_in_small_ranges_gives_the_same(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    story(world)
    before = rows(world)
    monkeypatch.setattr(module, "RANGE_BLOCKS", 1)
    wipe(world, *before)
    while world.indexer().step():
        pass
    assert rows(world) == before


def test_delivering_events_again_changes_nothing(world: World) -> None:
    story(world)
    before = rows(world)
    wipe(world, "chain_cursor")
    while world.indexer().step():
        pass
    assert rows(world) == before


def test_two_indexers_do_not_disturb_each_other(world: World) -> None:
    world.register()
    world.sender().step()
    with Store.open(world.database.url) as other:
        first, second = world.indexer(), world.indexer(other)
        read = first._read(world.client.pins.first_block, world.client.endpoint.head_number())
        assert second.step() > 0
        assert first._write(None, read) is False
        assert first.step() == 0


def test_the_endpoint_falls_behind(world: World) -> None:
    world.register()
    world.settle()
    before = rows(world)
    with new_chain() as young:
        world.wire.put_behind(young)
        with pytest.raises(ChainUnavailableError, match="behind"):
            world.indexer().step()
    assert rows(world) == before


def test_a_reorganisation_beyond_finality_stops(tmp_path: Path, database: Database) -> None:
    with new_chain() as chain, new_chain() as other:
        world = open_world(tmp_path, database, chain)
        world.register()
        world.settle()
        replay(chain, other, keep=chain.head.block_number - 1)
        advance(other, 5)
        other.seal()
        world.wire.put_behind(other)
        with pytest.raises(ChainRolledBackError):
            world.indexer().step()
        world.store.close()


def test_a_reorganisation_within_finality_rolls_back(tmp_path: Path, database: Database) -> None:
    with new_chain() as chain, new_chain() as other:
        world = open_world(tmp_path, database, chain, finality_blocks=3)
        world.register()
        world.settle()
        confirm(world, 3)
        assert world.action("register/cb").state is State.FINAL
        world.qualify()
        world.settle()
        mined = world.action("grant/1")
        assert mined.state is State.MINED
        with world.store.reading() as session:
            assert len(qualifications.of_institution(session, world.body.id)) == 3
        replay(chain, other, keep=chain.head.block_number - 2)
        advance(other, 7)
        other.seal()
        world.wire.put_behind(other)
        world.indexer().step()
        with world.store.reading() as session:
            position = cursor.get(session)
            assert position is not None
            assert position.hash == world.client.head().hash
            assert len(qualifications.of_institution(session, world.body.id)) == 1
        world.settle()
        confirm(world, 4)
        with world.store.reading() as session:
            assert len(qualifications.of_institution(session, world.body.id)) == 3
        actions = [world.action(f"grant/{kind}") for kind in (1, 2, 3)]
        assert [action.state for action in actions] == [State.FINAL] * 3
        assert actions[0].raw == mined.raw
        world.store.close()


def confirm(world: World, blocks: int) -> None:
    """Seal empty blocks on top, so that what is mined becomes final."""
    for _ in range(blocks):
        advance(world.wire.inner.chain)
        world.wire.inner.chain.seal()
        world.sender().step()
        world.indexer().step()


def replay(source: Any, target: Any, keep: int) -> None:
    """Build the first blocks of ``source`` again on ``target``, to the same hashes."""
    for number in range(1, keep + 1):
        block = source.header(number)
        for transaction in source.index.transactions(number):
            target.send_raw(transaction.raw)
        target.clock.now = block.timestamp
        target.seal()
        assert target.head.hash == block.hash


def wipe(world: World, *tables: str) -> None:
    """Forget what was copied into some tables."""
    with world.store.writing() as session:
        for table in tables:
            session.orm.execute(delete(TABLES[table]))
        session.commit()
