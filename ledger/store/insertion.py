"""Inserting what another process may be inserting at the same moment."""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite

from ledger.store.base import Base
from ledger.store.session import Session


def add_once(session: Session, table: type[Base], **values: Any) -> bool:
    """Insert a row; False if one with its primary key is there already, and then nothing was changed.

    Whoever inserts the same key in a transaction that has not ended is waited for.
    """
    is_postgresql = session.orm.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if is_postgresql else sqlite.insert
    key = inspect(table).primary_key
    statement = insert(table).values(**values).on_conflict_do_nothing(index_elements=key).returning(*key)
    return session.orm.execute(statement).first() is not None
