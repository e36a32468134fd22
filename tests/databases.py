"""The two databases of a node, made for one test each: a file, and a database on a private PostgreSQL server."""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest

from ledger.store.base import Base
from ledger.store.engine import open_engine
from ledger.store.upgrade import upgrade

KINDS = ("sqlite", "postgresql")
DEBIAN_FOLDER = Path("/usr/lib/postgresql")
"""Where Debian keeps the server's programs, a folder a version; only clients are on the PATH there."""
USER = "tanju"
START_SECONDS = 60

# No power cut threatens these databases: they die with the test run.
SERVER_OPTIONS = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "listen_addresses": "",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "synchronous_commit": "off",
}

only_sqlite = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
"""For a test of what SQLite alone does."""
only_postgresql = pytest.mark.parametrize("database", ["postgresql"], indirect=True)
"""For a test of what PostgreSQL alone does."""


@dataclass
class Database:
    """One database at this version's tables.

    ``empty`` gives the URL of another one without tables, ``copy`` that of one with everything that was committed
    here (PostgreSQL: while nobody is connected).
    """

    kind: str
    url: str
    empty: Callable[[], str]
    copy: Callable[[], str]


def sqlite_database(folder: Path) -> Database:
    """A database file in a folder."""
    numbers = itertools.count(1)
    path = folder / "node.db"

    def empty() -> str:
        return f"sqlite:///{folder}/empty{next(numbers)}.db"

    def copy() -> str:
        target = folder / f"copy{next(numbers)}.db"
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as destination:
            source.backup(destination)
        return f"sqlite:///{target}"

    return Database("sqlite", migrated(f"sqlite:///{path}"), empty, copy)


def migrated(url: str) -> str:
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
    return url


def find_programs() -> Path | None:
    """The folder of ``initdb`` and ``postgres``, the newest there is; None without one that this user may run."""
    if os.geteuid() == 0 and "postgres" not in {entry.pw_name for entry in pwd.getpwall()}:
        return None
    on_path = shutil.which("initdb")
    versions = [found for found in DEBIAN_FOLDER.glob("*/bin") if (found / "initdb").exists()]
    if on_path is not None:
        return Path(on_path).resolve().parent
    return max(versions, key=lambda folder: int(folder.parent.name), default=None)


def account() -> dict[str, object]:
    """How to start the server's programs: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam("postgres")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


@dataclass
class PostgresqlServer:
    """A running server that listens on a Unix socket only."""

    folder: Path
    process: subprocess.Popen[bytes]
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    spare: list[str] = field(default_factory=list)

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://{USER}@/{name}?host={self.folder}"

    def run(self, statement: str) -> None:
        """Execute one statement outside a transaction, as the administrator."""
        with psycopg.connect(self._conninfo(), autocommit=True) as connection:
            connection.execute(statement)

    def create(self, template: str = "template0", options: str = "") -> str:
        """Create a database and return its name."""
        name = f"t{next(self.numbers)}"
        self.run(f"CREATE DATABASE {name} TEMPLATE {template} {options}")
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is connected."""
        self.run(f"DROP DATABASE {name} WITH (FORCE)")

    def wipe(self, name: str) -> bool:
        """Delete every row and count from 1 again (a hundred times faster than another database); False if a table is
        gone or somebody still holds one.
        """
        tables = [f'"{table.name}"' for table in reversed(Base.metadata.sorted_tables)]
        with psycopg.connect(self._conninfo(name)) as connection:
            try:
                connection.execute("SET lock_timeout = 2000")
                connection.execute("; ".join(f"DELETE FROM {table}" for table in tables))
                connection.execute("SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'")
            except psycopg.Error:
                connection.rollback()
                return False
        return True

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self._conninfo()).close()
                return
            except psycopg.OperationalError as error:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self.folder / "log").read_text(errors="replace")) from error
                time.sleep(0.05)

    def _conninfo(self, name: str = "postgres") -> str:
        return f"host={self.folder} user={USER} dbname={name}"


@contextmanager
def running_postgresql(programs: Path) -> Iterator[PostgresqlServer]:
    """A fresh server, gone with everything in it at the end."""
    as_user = account()
    folder = Path(tempfile.mkdtemp(prefix="tanju-pg-"))  # short: a socket's path has at most 107 bytes
    try:
        if "user" in as_user:
            os.chown(folder, as_user["user"], as_user["group"])  # type: ignore[arg-type]
        data, log = folder / "data", folder / "log"
        new = ["--auth=trust", f"--username={USER}", "--encoding=UTF8", "--locale=C", "--no-sync"]
        made = subprocess.run(
            [programs / "initdb", f"--pgdata={data}", *new],
            check=False, cwd=folder, capture_output=True, text=True, **as_user,  # type: ignore[call-overload]
        )  # fmt: skip
        if made.returncode != 0:
            raise RuntimeError(f"{programs}/initdb: {made.stderr}")
        options = SERVER_OPTIONS | {"unix_socket_directories": str(folder)}
        with log.open("wb") as output:
            process = subprocess.Popen(
                [programs / "postgres", "-D", data, *(f"--{name}={value}" for name, value in options.items())],
                cwd=folder, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, **as_user,
            )  # type: ignore[call-overload]  # fmt: skip
        server = PostgresqlServer(folder, process)
        try:
            server.wait_until_ready()
            yield server
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: nothing of it is wanted
            process.wait()
    finally:
        shutil.rmtree(folder)


@contextmanager
def postgresql_database(server: PostgresqlServer, template: str) -> Iterator[Database]:
    """A database of one's own on the server, at this version's tables."""
    own = server.spare.pop() if server.spare else server.create(template)
    more: list[str] = []

    def made(template: str = "template0") -> str:
        more.append(server.create(template))
        return server.url(more[-1])

    yield Database("postgresql", server.url(own), made, lambda: made(own))
    for name in more:
        server.drop(name)
    if server.wipe(own):
        server.spare.append(own)
    else:
        server.drop(own)
