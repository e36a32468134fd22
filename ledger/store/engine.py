"""Opening the database with the guarantees the ledger relies on."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError

from ledger.errors import SettingsError

if TYPE_CHECKING:
    from psycopg import Connection as PostgresqlConnection

BUSY_TIMEOUT_MS: Final = 30_000
"""How long a writer waits for another one before the database gives up."""

WAL_RETRY_SECONDS: Final = 0.01
"""How long to wait before asking again for the write-ahead log."""

CONNECT_TIMEOUT_S: Final = 10
"""How long a PostgreSQL server may take to answer."""

ENCODING: Final = "UTF8"
"""What a PostgreSQL database keeps text in: any other could not hold every name."""

_NEXT_STEP: Final = "use sqlite:///path or postgresql+psycopg://user@host/database"

READ_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "sqlite": {},
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}
"""Execution options of connections that only read: one consistent state. SQLite gives it to every transaction."""

WRITE_OPTION: Final = "tanju_write"
"""Execution option of connections whose transactions write: SQLite takes its write lock at their beginning."""


def open_engine(database_url: str) -> Engine:
    """An engine for ``sqlite:///path`` or ``postgresql+psycopg://…`` (``postgresql://…`` means the same).

    SQLite: write-ahead log, ``synchronous=FULL`` (an acknowledged commit survives a power cut), foreign keys checked,
    and a transaction that begins when SQLAlchemy says so, not at the first INSERT. A new file gets mode 0600: it holds
    confidential rows.
    PostgreSQL: READ COMMITTED whatever the server's default is, so that what is read after a lock was taken is what
    the lock's last holder left; a wait for a lock ends after the same time as on SQLite; the database must be UTF8.
    Raises SettingsError for another database, or one in memory (every connection would see its own).
    """
    url = _parse(database_url)
    if url.get_backend_name() == "postgresql":
        engine = create_engine(
            url,
            isolation_level="READ COMMITTED",
            pool_pre_ping=True,
            connect_args={"connect_timeout": CONNECT_TIMEOUT_S} if "connect_timeout" not in url.query else {},
        )
        event.listen(engine, "connect", _configure_postgresql, insert=True)
        return engine
    _create_privately(url)
    engine = create_engine(url)
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _parse(database_url: str) -> URL:
    try:
        url = make_url(database_url)
    except ArgumentError:
        raise SettingsError("the database's address is no URL", next_step=_NEXT_STEP) from None
    if url.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg"):
        raise SettingsError(f"unknown database {url.drivername}", next_step=_NEXT_STEP)
    return url


def _configure_postgresql(connection: PostgresqlConnection, _record: Any) -> None:
    found = connection.info.parameter_status("server_encoding")
    if found != ENCODING:
        connection.close()
        raise SettingsError(
            f"the database keeps text in {found}", next_step=f"create it with ENCODING '{ENCODING}' TEMPLATE template0"
        )
    connection.execute(f"SET lock_timeout = {BUSY_TIMEOUT_MS}")
    connection.commit()


def _create_privately(url: URL) -> None:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise SettingsError("a node's database is a file", next_step="use sqlite:///path/to/tanju.db")
    path = Path(url.database)
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _configure_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}").close()
    _use_wal(connection)
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log. SQLite does not wait for its busy timeout here when another process switches or
    writes at the same moment, so it is asked again until that time is over; a file that is switched already answers
    at once.
    """
    deadline = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(WAL_RETRY_SECONDS)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITE_OPTION, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
