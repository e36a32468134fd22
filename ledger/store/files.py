"""Files received from others, byte for byte."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

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
    if session.orm.get(StoredFileRow, file.digest) is not None:
        return False
    session.orm.add(
        StoredFileRow(
            digest=file.digest,
            kind=file.kind,
            subject=file.subject,
            content=file.content,
            stored_at=file.stored_at,
        )
    )
    session.orm.flush()
    return True


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
