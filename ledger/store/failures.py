"""The database's own failures, by one name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import InterfaceError, InternalError, OperationalError, ProgrammingError

from ledger.errors import DatabaseError


@contextmanager
def naming_failures() -> Iterator[None]:
    """Let the database's own failures (not a violated constraint, which is a mistake of ours) leave as DatabaseError.

    A missing table or right is one too: SQLite calls it an operational error, PostgreSQL a programming error.
    """
    try:
        yield
    except (OperationalError, InterfaceError, InternalError, ProgrammingError) as error:
        raise DatabaseError(str(error.orig).strip()) from error
