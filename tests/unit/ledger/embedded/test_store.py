import sqlite3
from pathlib import Path

import pytest
from eth.db.atomic import AtomicDB
from eth.db.batch import BatchDB

from ledger.embedded.errors import StoreError, StoreLockedError
from ledger.embedded.store import FILE_NAME, NodeDatabase, SqliteStore, write_nodes


def table(store: SqliteStore) -> None:
    with store.transaction() as connection:
        connection.execute("CREATE TABLE nodes (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID")


def insert(store: SqliteStore, *pairs: tuple[bytes, bytes]) -> None:
    with store.transaction() as connection:
        for pair in pairs:
            connection.execute("INSERT INTO nodes VALUES (?, ?)", pair)


def test_every_commit_is_on_the_disk_before_it_returns(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    assert store.row("PRAGMA synchronous") == (2,)
    assert store.row("PRAGMA journal_mode") == ("wal",)
    assert store.row("PRAGMA locking_mode") == ("exclusive",)
    store.close()


def test_a_directory_is_held_by_one_until_it_is_closed(tmp_path: Path) -> None:
    first = SqliteStore(tmp_path)
    with pytest.raises(StoreLockedError) as caught:
        SqliteStore(tmp_path)
    assert caught.value.path == tmp_path
    first.close()
    SqliteStore(tmp_path).close()


def test_a_transaction_is_kept_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    table(store)
    with pytest.raises(StoreError, match="UNIQUE"):
        insert(store, (b"\1", b"\2"), (b"\1", b"\3"))
    assert store.rows("SELECT * FROM nodes") == []
    insert(store, (b"\1", b"\2"))
    store.close()
    reopened = SqliteStore(tmp_path)
    assert reopened.rows("SELECT * FROM nodes") == [(b"\1", b"\2")]
    reopened.close()


def test_a_full_disk_is_a_store_error_and_keeps_nothing(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    table(store)
    (pages,) = store.row("PRAGMA page_count") or (0,)
    store.rows(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="full"):
        insert(store, (b"\1", b"\2"), (b"\3", bytes(100_000)))
    assert store.rows("SELECT * FROM nodes") == []
    store.close()


@pytest.mark.parametrize("content", [b"not a database, but long enough to be looked at " * 100])
def test_a_file_that_is_no_database_is_a_store_error(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(StoreError):
        SqliteStore(tmp_path)


def test_a_directory_that_cannot_be_made_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        SqliteStore(tmp_path / "file")


def test_a_closed_store_answers_with_its_own_error() -> None:
    store = SqliteStore(None)
    store.close()
    store.close()
    with pytest.raises(StoreError) as caught:
        store.rows("SELECT 1")
    assert isinstance(caught.value.__cause__, sqlite3.ProgrammingError)


def test_nodes_are_read_directly_and_written_only_with_their_block() -> None:
    store = SqliteStore(None)
    table(store)
    nodes = NodeDatabase(store)
    with pytest.raises(TypeError):
        nodes[b"k"] = b"v"
    overlay = BatchDB(nodes)
    AtomicDB(overlay)[b"k"] = b"v"
    assert b"k" not in nodes
    with store.transaction() as connection:
        write_nodes(connection, overlay.diff())
    assert nodes[b"k"] == b"v"
    assert b"k" in nodes
    with pytest.raises(TypeError):
        del nodes[b"k"]
    del overlay[b"k"]
    with store.transaction() as connection:
        write_nodes(connection, overlay.diff())
    with pytest.raises(KeyError):
        nodes[b"k"]
    store.close()
