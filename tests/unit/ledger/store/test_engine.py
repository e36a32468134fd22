"""The database's guarantees: durable, private, foreign keys checked, nothing in memory."""

import re
import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from ledger.errors import DatabaseError, SettingsError
from ledger.store import Store, tables
from ledger.store.engine import open_engine
from ledger.store.tables import RecordTable
from tests.databases import PostgresqlServer, only_sqlite


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


@pytest.mark.parametrize("name", ["mysql", "postgresql+psycopg2", "postgresql+asyncpg", "sqlite+aiosqlite"])
def test_an_unknown_database_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(name)) as caught:
        open_engine(f"{name}://user:secret@somewhere/db")
    assert "secret" not in str(caught.value)


def test_what_is_no_address_is_refused_without_showing_it() -> None:
    with pytest.raises(SettingsError, match="no URL") as caught:
        open_engine("user:secret@somewhere")
    assert "secret" not in str(caught.value)


def test_a_server_that_is_away_has_a_name(tmp_path: Path) -> None:
    for url in (
        f"postgresql://user:secret@/db?host={tmp_path}",
        f"postgresql+psycopg://user:secret@/db?host={tmp_path}",
    ):
        with pytest.raises(DatabaseError, match="No such file") as caught:
            Store.open(url)
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_cannot_hold_every_name_is_refused(postgresql: PostgresqlServer, encoding: str) -> None:
    name = postgresql.create(options=f"ENCODING '{encoding}'")
    with pytest.raises(SettingsError, match=encoding):
        Store.open(postgresql.url(name))
    postgresql.drop(name)


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
