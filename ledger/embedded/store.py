"""The chain's one file: SQLite, held by one process, one transaction a block.

Choices, and why:
- **Write-ahead log.** A commit is one append and one fsync; a rollback journal needs three. After a kill the
  log's last complete commit is found by its checksums, what follows is ignored.
- **`synchronous=FULL`.** Every commit is on the disk before it returns: a block whose receipt was served, and a
  transaction whose hash was answered, survive a loss of power too.
- **`locking_mode=EXCLUSIVE`.** SQLite keeps the operating system's lock on the file for as long as the process lives:
  a second process is refused at once, and the lock of a killed process is gone with it, there is no stale lock
  file to clear. It also spares the shared-memory file of the write-ahead log.
- **One connection.** Threads share it under one lock, held for a whole write transaction: no reader ever sees a block
  that is not committed.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from eth.db.backends.base import BaseDB
from eth.db.diff import DBDiff

from ledger.embedded.errors import StoreError, StoreLockedError

FILE_NAME: Final = "chain.sqlite3"
CACHE_KIBIBYTES: Final = 64 * 1024

_PRAGMAS: Final = (
    "PRAGMA locking_mode=EXCLUSIVE",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA cache_size=-{CACHE_KIBIBYTES}",
)


class SqliteStore:
    """The open file, its lock, and its write transactions. `directory` None keeps everything in memory (tests)."""

    def __init__(self, directory: Path | None) -> None:
        """Open and lock.

        Raises:
            StoreLockedError: another process has the directory.
            StoreError: the file cannot be created, read or written.
        """
        self.lock = threading.RLock()
        self.directory = directory
        try:
            if directory is not None:
                directory.mkdir(parents=True, exist_ok=True)
            target = ":memory:" if directory is None else str(directory / FILE_NAME)
            # Transactions are opened and closed here by hand; a lock held elsewhere is answered at once.
            self._connection = sqlite3.connect(target, timeout=0, isolation_level=None, check_same_thread=False)
        except (OSError, sqlite3.Error) as problem:
            raise StoreError(f"open {directory}", str(problem)) from problem
        try:
            self._take()
        except BaseException:
            self._connection.close()
            raise

    def _take(self) -> None:
        try:
            for pragma in _PRAGMAS:
                self._connection.execute(pragma)
            # An empty write transaction takes the exclusive lock now rather than at the first block.
            self._connection.execute("BEGIN EXCLUSIVE")
            self._connection.execute("COMMIT")
        except sqlite3.OperationalError as problem:
            if self.directory is not None and problem.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
                raise StoreLockedError(self.directory) from problem
            raise StoreError(f"open {self.directory}", str(problem)) from problem
        except sqlite3.DatabaseError as problem:
            raise StoreError(f"open {self.directory}", str(problem)) from problem

    def rows(self, statement: str, parameters: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of one query. Raises `StoreError`."""
        with self.lock:
            try:
                return self._connection.execute(statement, tuple(parameters)).fetchall()
            except sqlite3.Error as problem:
                raise StoreError("read", str(problem)) from problem

    def row(self, statement: str, parameters: Iterable[Any] = ()) -> tuple[Any, ...] | None:
        """The first row of one query, or None. Raises `StoreError`."""
        found = self.rows(statement, parameters)
        return found[0] if found else None

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One write transaction: everything inside is kept together when it ends, nothing when it raises.

        Raises:
            StoreError: SQLite refused to write or to commit; the transaction was rolled back.
        """
        with self.lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    yield self._connection
                    self._connection.execute("COMMIT")
                except BaseException:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
                    raise
            except sqlite3.Error as problem:
                raise StoreError("write", str(problem)) from problem

    def close(self) -> None:
        """Fold the write-ahead log into the file and give up the lock. A second call does nothing."""
        with self.lock:
            self._connection.close()


class NodeDatabase(BaseDB):
    """py-evm's key-value database over the table `nodes` (trie nodes, code, headers, py-evm's own look-ups).

    Read-only by intent: a block is built on a `BatchDB` over it, whose difference is written together with the
    chain's own tables (`write_nodes`); an execution that is only asked about can therefore never leave a trace.
    """

    def __init__(self, store: SqliteStore) -> None:
        self._store = store

    def __getitem__(self, key: bytes) -> bytes:
        """The value; raises KeyError when absent."""
        found = self._store.row("SELECT value FROM nodes WHERE key = ?", (key,))
        if found is None:
            raise KeyError(key)
        return bytes(found[0])

    def __setitem__(self, key: bytes, value: bytes) -> None:
        """Refused: raises TypeError."""
        raise TypeError("nodes are written with their block, never one by one")

    def __delitem__(self, key: bytes) -> None:
        """Refused: raises TypeError."""
        raise TypeError("nodes are removed with their block, never one by one")

    def _exists(self, key: bytes) -> bool:
        return self._store.row("SELECT 1 FROM nodes WHERE key = ?", (key,)) is not None


def write_nodes(connection: sqlite3.Connection, difference: DBDiff) -> None:
    """Store what a block changed in `nodes`, inside the caller's transaction."""
    connection.executemany(
        "INSERT OR REPLACE INTO nodes (key, value) VALUES (?, ?)", sorted(difference.pending_items())
    )
    connection.executemany("DELETE FROM nodes WHERE key = ?", ((key,) for key in difference.deleted_keys()))
