"""A node is opened and closed as a whole, and its commands work on its files."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from ledger.cli import app
from ledger.errors import (
    ChainMismatchError,
    NotFoundError,
    SchemaError,
    SettingsError,
    WrongPassphraseError,
)
from ledger.log import seal
from ledger.node import Node
from ledger.settings import NodeSettings
from ledger.store import Store, checkpoints
from ledger.store.models import LogNodeRow
from tests.integration.ledger.conftest import AUTHORITY, START, World, new_chain
from verifier.canonical import canonicalise, tag_sha256
from verifier.checkpoint import check_note
from verifier.credential import sign
from verifier.merkle import check_inclusion, leaf_hash

Open = Callable[..., Node]


@pytest.fixture
def settings(world: World) -> NodeSettings:
    """The world's files with a trust root signed by its one authority (the body's key stands in for the
    authority's).
    """
    key, did = world.body.auth_key, "did:web:cnca.example"
    document: dict[str, Any] = {
        "schema": "tanju/trust-root/1", "version": 1, "previous": None, "created": "2026-01-01T00:00:00Z",
        "network": "test", **world.manifest.to_document(),
        "authorities": [
            {
                "name": {"zh": "国家", "en": "National"}, "jurisdiction": "CN", "did": did,
                "key": world.body.multikeys()["auth"][0], "account": AUTHORITY.address.lower(),
                "grants": ["approval", "accreditation", "designation"],
            }
        ],
        "witnesses": [], "quorum": 0,
    }  # fmt: skip
    path = world.folder / "trust-root.json"
    path.write_bytes(canonicalise(sign(document, key, did=did, created="2026-01-01T00:00:00Z")))
    return NodeSettings(
        database_url=world.database.url,
        key_file=world.folder / "node.keys",
        passphrase=SecretStr("a passphrase"),
        chain_rpc="http://in-process",
        trust_root=path,
    )


def test_everything_is_there(world: World, settings: NodeSettings) -> None:
    with Node.open(settings, provider=world.wire, clock=lambda: START, entropy=lambda count: b"\x07" * count) as node:
        assert (node.name, node.now(), node.salt()) == ("tanju", START, "07" * 16)
        assert node.trust.ledger.chain_id == world.manifest.chain_id
        assert node.trust_bytes == settings.trust_root.read_bytes()
        assert node.institution("cb").id == world.body.id
        assert node.view().head().number == world.chain.head.block_number
        assert sorted(node.loops()) == ["indexer", "sender", "sequencer"]
        assert len(node.token_secret) == 32
        assert node.token_secret == world.keys.token_secret


def test_a_node_serves_the_institutions_it_names(world: World, settings: NodeSettings) -> None:
    named = settings.model_copy(update={"institutions": ("cb",), "token_secret": SecretStr("s" * 32)})
    with Node.open(named, provider=world.wire) as node:
        assert [keys.name for keys in node.institutions()] == ["cb"]
        assert node.token_secret == b"s" * 32
        with pytest.raises(NotFoundError, match="this node serves: cb"):
            node.institution("maker")
    unknown = settings.model_copy(update={"institutions": ("maker",)})
    with pytest.raises(NotFoundError, match="maker"):
        Node.open(unknown, provider=world.wire)


def test_a_wrong_part_stops_it(world: World, settings: NodeSettings, tmp_path: Path) -> None:
    def opened(**changes: Any) -> None:
        Node.open(settings.model_copy(update=changes), provider=world.wire)

    with pytest.raises(WrongPassphraseError):
        opened(passphrase=SecretStr("another one"))
    with pytest.raises(SettingsError, match="TANJU_PASSPHRASE"):
        opened(passphrase=None)
    with pytest.raises(SettingsError, match="TANJU_TRUST_ROOT"):
        opened(trust_root=tmp_path / "none.json")
    with pytest.raises(SchemaError):
        opened(database_url=world.database.empty())
    with new_chain() as other:
        world.wire.put_behind(other)
        with pytest.raises(ChainMismatchError, match="code of"):
            opened()


def test_the_loops_bring_a_record_to_the_chain(world: World, settings: NodeSettings) -> None:
    world.register()
    world.settle()
    with Node.open(settings, provider=world.wire, clock=lambda: START) as node:
        with node.store.writing() as session:
            world.keep(session, 1)
            session.commit()
        sequencer, sender, indexer = node.sequencer(), node.sender(), node.indexer()
        for _ in range(5):
            sequencer.step()
            sender.step()
            indexer.step()
        with node.store.reading() as session:
            found = checkpoints.last_anchored(session, world.body.id, 0)
        assert found is not None
        assert found.size == 1


def run(settings: NodeSettings, folder: Path, *arguments: str, passphrase: str | None = "a passphrase") -> Any:
    config = folder / "node.toml"
    config.write_text(
        f'database_url = "{settings.database_url}"\nkey_file = "{settings.key_file}"\n'
        f'trust_root = "{settings.trust_root}"\nchain_rpc = "http://127.0.0.1:9"\n'
    )
    environment = {"TANJU_PASSPHRASE": passphrase} if passphrase else {"TANJU_PASSPHRASE": None}
    return CliRunner().invoke(app, [*arguments, "--config", str(config)], env=environment)


@pytest.fixture
def anchored(world: World) -> tuple[World, bytes]:
    world.register()
    world.settle()
    with world.store.writing() as session:
        identity = [world.keep(session, number) for number in range(3)][1]
        seal(session, world.body, now=START)
        session.commit()
    world.settle()
    return world, identity


def test_the_commands_of_the_log(anchored: tuple[World, bytes], settings: NodeSettings, tmp_path: Path) -> None:
    world, identity = anchored
    note = run(settings, tmp_path, "log", "checkpoint", "--as", "cb")
    assert note.exit_code == 0, note.output
    checkpoint = check_note(note.stdout, world.body.log_key.public_key())
    proof = run(settings, tmp_path, "log", "proof", tag_sha256(identity), "--as", "cb")
    assert proof.exit_code == 0, proof.output
    answer = json.loads(proof.stdout)
    with world.store.reading() as session:
        leaf = leaf_hash(_leaf_input(session, world, identity))
    path = [bytes.fromhex(part) for part in answer["path"]]
    check_inclusion(leaf=leaf, index=answer["index"], size=answer["size"], proof=path, root=checkpoint.root)
    assert run(settings, tmp_path, "log", "proof", "sha-256:" + "00" * 32, "--as", "cb").exit_code == 2
    assert run(settings, tmp_path, "log", "checkpoint", "--as", "nobody").exit_code == 2
    assert run(settings, tmp_path, "log", "proof", "nonsense", "--as", "cb").exit_code == 3


def _leaf_input(session: Any, world: World, identity: bytes) -> bytes:
    from ledger.store import leaves

    (leaf,) = leaves.of_record(session, world.body.id, identity)
    return leaf.leaf_input


def test_the_passphrase_is_asked_for(anchored: tuple[World, bytes], settings: NodeSettings, tmp_path: Path) -> None:
    refused = run(settings, tmp_path, "log", "checkpoint", "--as", "cb", passphrase=None)
    assert refused.exit_code != 0
    assert "passphrase of the key file" in refused.output


def test_fsck_says_what_it_found(anchored: tuple[World, bytes], settings: NodeSettings, tmp_path: Path) -> None:
    world, _ = anchored
    assert run(settings, tmp_path, "fsck", "--offline").exit_code == 0
    assert run(settings, tmp_path, "fsck").exit_code == 3
    with world.store.writing() as session:
        session.orm.get_one(LogNodeRow, (world.body.id, 0, 1, 0)).hash = bytes(32)
        session.commit()
    found = run(settings, tmp_path, "fsck", "--offline", "--json")
    assert found.exit_code == 1
    assert [difference["code"] for difference in json.loads(found.stdout)] == ["FSCK_TREE"]


def test_upgrade_makes_a_database(world: World, settings: NodeSettings, tmp_path: Path) -> None:
    fresh = settings.model_copy(update={"database_url": world.database.empty()})
    assert run(fresh, tmp_path, "fsck", "--offline").exit_code == 3
    for _ in range(2):
        assert run(fresh, tmp_path, "db", "upgrade").exit_code == 0
    Store.open(fresh.database_url).close()
