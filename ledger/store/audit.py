"""Who did what, when: entries are added and read, never changed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from ledger.store.models import AuditRow
from ledger.store.session import Session

MAX_PAGE = 500
"""Most entries one listing returns."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry: who (client id or account), what (verb and object), when (Unix seconds), digest of the request (32
    bytes), outcome.
    """

    who: str
    what: str
    happened_at: int
    request_digest: bytes
    outcome: str


def add(session: Session, entry: AuditEntry) -> None:
    """Add an entry; it becomes durable with what it is about."""
    session.orm.add(
        AuditRow(
            who=entry.who,
            what=entry.what,
            happened_at=entry.happened_at,
            request_digest=entry.request_digest,
            outcome=entry.outcome,
        )
    )
    session.orm.flush()


def listing(session: Session, *, limit: int = MAX_PAGE) -> list[AuditEntry]:
    """The newest entries, newest first."""
    query = select(AuditRow).order_by(AuditRow.id.desc()).limit(min(limit, MAX_PAGE))
    return [
        AuditEntry(row.who, row.what, row.happened_at, row.request_digest, row.outcome)
        for row in session.orm.scalars(query)
    ]
