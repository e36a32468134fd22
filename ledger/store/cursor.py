"""How far the chain was copied, and the hashes of the blocks that may still be reorganised."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select

from ledger.store import locks
from ledger.store.models import CursorRow, RecentBlockRow
from ledger.store.session import Session

_ROW = 1


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last block whose events are in the tables."""

    number: int
    hash: bytes


def get(session: Session) -> Cursor | None:
    """The cursor; None before the first block. In a session that writes nobody else moves it until that ends."""
    if session.writes:
        locks.hold(session.orm.connection(), "cursor")
    query = select(CursorRow).where(CursorRow.id == _ROW).execution_options(populate_existing=True)
    row = session.orm.scalars(query).one_or_none()
    return Cursor(row.number, row.hash) if row is not None else None


def put(session: Session, cursor: Cursor) -> None:
    """Move the cursor. It belongs in the transaction that writes the events up to it."""
    row = session.orm.get(CursorRow, _ROW)
    if row is None:
        session.orm.add(CursorRow(id=_ROW, number=cursor.number, hash=cursor.hash))
    else:
        row.number, row.hash = cursor.number, cursor.hash
    session.orm.flush()


def remember(session: Session, block: Cursor, *, oldest: int) -> None:
    """Keep a block's hash and drop those below ``oldest``."""
    row = session.orm.get(RecentBlockRow, block.number)
    if row is None:
        session.orm.add(RecentBlockRow(number=block.number, hash=block.hash))
    else:
        row.hash = block.hash
    session.orm.flush()
    session.orm.execute(delete(RecentBlockRow).where(RecentBlockRow.number < oldest))


def recent(session: Session) -> list[Cursor]:
    """The remembered blocks, newest first."""
    query = select(RecentBlockRow).order_by(RecentBlockRow.number.desc())
    return [Cursor(row.number, row.hash) for row in session.orm.scalars(query)]


def forget_after(session: Session, number: int) -> None:
    """Drop remembered blocks beyond this one."""
    session.orm.execute(delete(RecentBlockRow).where(RecentBlockRow.number > number))
    session.orm.expire_all()
