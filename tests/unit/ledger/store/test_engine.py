"""The database's guarantees: durable, private, foreign keys checked, nothing in memory."""

import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from ledger.errors import SettingsError
from ledger.store import Store, tables
from ledger.store.engine import open_engine
from ledger.store.tables import RecordTable
from tests.databases import only_sqlite


@only_sqlite
@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 30_000)]
)
def test_every_connection_is_configured(store: Store, pragma: str, value: str | int) -> None:
    with store.engine.connect() as connection:
        assert connection.execute(text(f"PRAGMA {pragma}")).scalar_one() == value


def test_a_new_database_can_be_read_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "new.db"
    open_engine(f"sqlite:///{path}").dispose()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///file::memory:?cache=shared"])
def test_a_database_in_memory_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match="file"):
        open_engine(url)


def test_an_unknown_database_is_refused() -> None:
    with pytest.raises(SettingsError, match="mysql"):
        open_engine("mysql://somewhere/db")


def test_a_row_without_its_parent_is_refused(store: Store) -> None:
    with store.writing() as session, pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        tables.add(session, RecordTable(b"\1" * 32, "exchanges", 0, b"\2" * 32, b"[]"))


@only_sqlite
def test_a_writer_takes_the_write_lock_at_once(store: Store, database_url: str) -> None:
    other = sqlite3.connect(database_url.removeprefix("sqlite:///"), timeout=0, isolation_level=None)
    with store.writing() as session:
        session.orm.connection()
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()
