"""Drafts: documents that the first of two persons signed and the second has not."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import delete, select

from ledger.errors import RecordConflictError
from ledger.store.insertion import add_once
from ledger.store.models import DraftRow
from ledger.store.session import Session


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft: ``id`` is its record id (32 bytes), ``institution`` whose it is, ``created_by`` the person, time in
    Unix seconds.
    """

    id: bytes
    kind: str
    institution: bytes
    document: bytes
    created_by: str
    created_at: int


def add(session: Session, draft: Draft) -> bool:
    """Store a draft; False if this document is there already. Raises RecordConflictError for other bytes of this id."""
    if add_once(session, DraftRow, **asdict(draft)):
        return True
    row = session.orm.get(DraftRow, draft.id)
    if row is not None and row.document != draft.document:
        raise RecordConflictError(draft.id, "draft")
    return False


def find(session: Session, draft: bytes) -> Draft | None:
    """One draft by its record id."""
    row = session.orm.get(DraftRow, draft)
    return _draft(row) if row is not None else None


def remove(session: Session, draft: bytes) -> None:
    """Remove a draft, because it became a record or was given up; nothing happens if it is not there."""
    session.orm.execute(delete(DraftRow).where(DraftRow.id == draft))


def listing(session: Session, kind: str) -> list[Draft]:
    """The drafts of a kind, oldest first."""
    query = select(DraftRow).where(DraftRow.kind == kind).order_by(DraftRow.created_at, DraftRow.id)
    return [_draft(row) for row in session.orm.scalars(query)]


def _draft(row: DraftRow) -> Draft:
    return Draft(row.id, row.kind, row.institution, row.document, row.created_by, row.created_at)
