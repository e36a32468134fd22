"""Records: signed documents, byte for byte as signed or received."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from sqlalchemy import select

from ledger.errors import NotFoundError, RecordConflictError
from ledger.store.insertion import add_once
from ledger.store.models import RecordRow
from ledger.store.session import Session

Source = Literal["own", "received"]

MAX_PAGE = 500
"""Most records one listing returns."""


@dataclass(frozen=True, slots=True)
class Record:
    """A stored record.

    Attributes:
        id: record id, 32 bytes.
        type: name of the record type, e.g. "Certificate".
        institution: id of the issuer, 32 bytes.
        document: the signed document's canonical bytes.
        public: whether anybody may read the document.
        source: "own" (signed here) or "received".
        stored_at: Unix seconds.
        lookup: digest of what the record is about (32 bytes, chosen by the service that stores it), or None.
    """

    id: bytes
    type: str
    institution: bytes
    document: bytes
    public: bool
    source: Source
    stored_at: int
    lookup: bytes | None = None


def add(session: Session, record: Record) -> bool:
    """Store a record; False if exactly these bytes are stored already. Raises RecordConflictError for other bytes of
    this id.

    The caller has checked that ``id`` is the document's record id (verifier.credential.record_id).
    """
    if add_once(session, RecordRow, **asdict(record)):
        return True
    if session.orm.get_one(RecordRow, record.id).document != record.document:
        raise RecordConflictError(record.id, "document")
    return False


def get(session: Session, record_id: bytes) -> Record:
    """One record. Raises NotFoundError."""
    record = find(session, record_id)
    if record is None:
        raise NotFoundError("record", record_id.hex())
    return record


def find(session: Session, record_id: bytes) -> Record | None:
    """One record, or None."""
    row = session.orm.get(RecordRow, record_id)
    return _record(row) if row is not None else None


def publish(session: Session, record_id: bytes) -> None:
    """Let anybody read the document from now on. Raises NotFoundError."""
    row = session.orm.get(RecordRow, record_id)
    if row is None:
        raise NotFoundError("record", record_id.hex())
    row.public = True
    session.orm.flush()


def listing(
    session: Session,
    *,
    type: str | None = None,
    institution: bytes | None = None,
    source: Source | None = None,
    public_only: bool = False,
    limit: int = MAX_PAGE,
) -> list[Record]:
    """Records, newest first, at most ``MAX_PAGE``."""
    query = select(RecordRow).order_by(RecordRow.stored_at.desc(), RecordRow.id).limit(min(limit, MAX_PAGE))
    if type is not None:
        query = query.where(RecordRow.type == type)
    if institution is not None:
        query = query.where(RecordRow.institution == institution)
    if source is not None:
        query = query.where(RecordRow.source == source)
    if public_only:
        query = query.where(RecordRow.public)
    return [_record(row) for row in session.orm.scalars(query)]


def by_lookup(session: Session, *, type: str, lookup: bytes, institution: bytes | None = None) -> list[Record]:
    """The records of a type that are about something, oldest first."""
    query = select(RecordRow).where(RecordRow.type == type, RecordRow.lookup == lookup)
    if institution is not None:
        query = query.where(RecordRow.institution == institution)
    return [_record(row) for row in session.orm.scalars(query.order_by(RecordRow.stored_at, RecordRow.id))]


def ids(session: Session) -> list[bytes]:
    """The ids of all records, sorted."""
    return list(session.orm.scalars(select(RecordRow.id).order_by(RecordRow.id)))


def _record(row: RecordRow) -> Record:
    source: Source = "own" if row.source == "own" else "received"
    return Record(row.id, row.type, row.institution, row.document, row.public, source, row.stored_at, row.lookup)
