"""The unit of work: a session that rolls back unless it was committed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import sqlalchemy.orm
from sqlalchemy import Engine

from ledger.errors import LedgerError, ReadOnlySessionError
from ledger.store import locks
from ledger.store.engine import READ_OPTIONS, WRITE_OPTION, open_engine
from ledger.store.failures import naming_failures
from ledger.store.upgrade import check_revision


class Session:
    """One transaction. Hand it to the repositories; call `commit` once at the end, or nothing of it happened.

    ``orm`` is for the repositories of this package only.
    """

    def __init__(self, orm: sqlalchemy.orm.Session, *, writes: bool) -> None:
        self.orm = orm
        self.writes = writes

    def commit(self) -> None:
        """Make everything of this session durable, together. Raises ReadOnlySessionError in a session for reading."""
        if not self.writes:
            raise ReadOnlySessionError
        self.orm.commit()


class Store:
    """The node's database, opened once and closed as a whole."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = engine.execution_options(**{WRITE_OPTION: True})
        self._reader = engine.execution_options(**READ_OPTIONS[engine.dialect.name])

    @classmethod
    def open(cls, database_url: str) -> Self:
        """Open a database whose tables are those of this version.

        Raises SchemaError (run `tanju db upgrade`), SettingsError for a URL that names none, DatabaseError.
        """
        engine = open_engine(database_url)
        try:
            check_revision(engine)
        except LedgerError:
            engine.dispose()
            raise
        return cls(engine)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that may commit. Raises DatabaseError.

        On SQLite it holds the one write lock from its beginning: never wait for a network in it, nor open another in
        it. On PostgreSQL others write meanwhile, each statement sees what was committed before it, and what must not
        change between two of them is locked: a log's row, an account's row, a name.
        """
        with naming_failures(), sqlalchemy.orm.Session(self._writer, expire_on_commit=False) as orm:
            yield Session(orm, writes=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one consistent state and cannot commit. Raises DatabaseError."""
        with naming_failures(), sqlalchemy.orm.Session(self._reader, autoflush=False) as orm:
            yield Session(orm, writes=False)

    @contextmanager
    def turn(self, name: str) -> Iterator[bool]:
        """Whether it is the caller's turn at what one worker at a time should do, and keep it for the block.

        Nothing may rest on it: a turn ends early when its connection is lost, and on SQLite everybody has it. It
        spares two processes the same work; that the work is done once is held by the states and row locks.
        Raises DatabaseError.
        """
        if self.engine.dialect.name == "sqlite":
            yield True
            return
        with naming_failures(), self.engine.connect() as connection:
            yield locks.try_hold(connection, name)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
