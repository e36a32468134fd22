"""Opening the database with the guarantees the ledger relies on."""

from __future__ import annotations

import os
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url

from ledger.errors import SettingsError

BUSY_TIMEOUT_MS: Final = 30_000
"""How long a writer waits for another one before SQLite gives up."""

WRITE_OPTION: Final = "tanju_write"
"""Execution option of connections whose transactions write: SQLite takes its write lock at their beginning."""


def open_engine(database_url: str) -> Engine:
    """An engine for ``sqlite:///path`` or ``postgresql+psycopg://…``.

    SQLite: write-ahead log, ``synchronous=FULL`` (an acknowledged commit survives a power cut), foreign keys checked,
    and a transaction that begins when SQLAlchemy says so, not at the first INSERT. A new file gets mode 0600: it holds
    confidential rows.
    Raises SettingsError for another database, or one in memory (every connection would see its own).
    """
    url = make_url(database_url)
    backend = url.get_backend_name()
    if backend == "postgresql":
        return create_engine(url, pool_pre_ping=True)
    if backend != "sqlite":
        raise SettingsError(f"unknown database {backend}", next_step="use sqlite:///path or postgresql+psycopg://…")
    _create_privately(url)
    engine = create_engine(url)
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _create_privately(url: URL) -> None:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise SettingsError("a node's database is a file", next_step="use sqlite:///path/to/tanju.db")
    path = Path(url.database)
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _configure_sqlite(connection: SqliteConnection, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITE_OPTION, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
