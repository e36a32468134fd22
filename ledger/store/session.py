"""The unit of work: a session that rolls back unless it was committed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

import sqlalchemy.orm
from sqlalchemy import Engine
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError

from ledger.errors import DatabaseError, ReadOnlySessionError
from ledger.store.engine import WRITE_OPTION, open_engine
from ledger.store.upgrade import check_revision


@contextmanager
def _naming_failures() -> Iterator[None]:
    """Let the database's own failures (not a violated constraint, which is a mistake of ours) leave as
    DatabaseError.
    """
    try:
        yield
    except (OperationalError, InterfaceError, InternalError) as error:
        raise DatabaseError(str(error.orig)) from error


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
        is_sqlite = engine.dialect.name == "sqlite"
        self._reader = engine if is_sqlite else engine.execution_options(isolation_level="REPEATABLE READ")

    @classmethod
    def open(cls, database_url: str) -> Self:
        """Open a database whose tables are those of this version. Raises SchemaError (run `tanju db upgrade`)."""
        engine = open_engine(database_url)
        check_revision(engine)
        return cls(engine)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session that may commit. Raises DatabaseError.

        On SQLite it holds the one write lock from its beginning: never wait for a network in it, nor open another in
            it.
        """
        with _naming_failures(), sqlalchemy.orm.Session(self._writer, expire_on_commit=False) as orm:
            yield Session(orm, writes=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one consistent state and cannot commit. Raises DatabaseError."""
        with _naming_failures(), sqlalchemy.orm.Session(self._reader, autoflush=False) as orm:
            yield Session(orm, writes=False)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
