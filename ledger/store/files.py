"""Files received from others, byte for byte."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import select

from ledger.store.insertion import add_once
from ledger.store.models import StoredFileRow
from ledger.store.session import Session


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file: SHA-256 of its content, kind (e.g. "evidence"), id of what it is about (32 bytes or None), time in Unix
    seconds.
    """

    digest: bytes
    kind: str
    subject: bytes | None
    content: bytes
    stored_at: int


def add(session: Session, file: StoredFile) -> bool:
    """Keep a file; False if it is kept already. The caller has computed the digest from the content."""
    return add_once(session, StoredFileRow, **asdict(file))


def find(session: Session, digest: bytes) -> StoredFile | None:
    """One file by the SHA-256 of its content."""
    row = session.orm.get(StoredFileRow, digest)
    return _file(row) if row is not None else None


def of_subject(session: Session, subject: bytes) -> list[StoredFile]:
    """The files about something, oldest first."""
    query = select(StoredFileRow).where(StoredFileRow.subject == subject)
    ordered = query.order_by(StoredFileRow.stored_at, StoredFileRow.digest)
    return [_file(row) for row in session.orm.scalars(ordered)]


def _file(row: StoredFileRow) -> StoredFile:
    return StoredFile(row.digest, row.kind, row.subject, row.content, row.stored_at)
