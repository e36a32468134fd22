"""Signed records as received or signed, and the confidential tables that travel apart from them."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ledger.store.base import Base, Blob, Hash, Number, String, Time


class RecordRow(Base):
    """One record: its document byte for byte; ``institution`` is the issuer's id, ``source`` own or received,
    ``lookup`` a digest of what the record is about.
    """

    __tablename__ = "records"
    __table_args__ = (
        CheckConstraint("source IN ('own', 'received')", name="source"),
        Index(None, "institution", "type", "stored_at"),
        Index(None, "type", "lookup"),
    )

    id: Mapped[Hash] = mapped_column(primary_key=True)
    type: Mapped[String]
    institution: Mapped[Hash]
    document: Mapped[Blob]
    public: Mapped[bool]
    source: Mapped[String]
    stored_at: Mapped[Time]
    lookup: Mapped[Hash | None]


class RecordTableRow(Base):
    """One confidential table of a record; ``rows`` are the JSON bytes of its salted rows, ``root`` and ``count`` are
    signed.
    """

    __tablename__ = "record_tables"

    record_id: Mapped[Hash] = mapped_column(ForeignKey("records.id"), primary_key=True)
    name: Mapped[String] = mapped_column(primary_key=True)
    count: Mapped[Number]
    root: Mapped[Hash]
    rows: Mapped[Blob]


class DraftRow(Base):
    """A document that the first of two persons signed; ``id`` is its record id."""

    __tablename__ = "drafts"

    id: Mapped[Hash] = mapped_column(primary_key=True)
    kind: Mapped[String] = mapped_column(index=True)
    institution: Mapped[Hash]
    document: Mapped[Blob]
    created_by: Mapped[String]
    created_at: Mapped[Time]


class StoredFileRow(Base):
    """A received file byte for byte; ``digest`` is its SHA-256, ``subject`` the id of what it is about."""

    __tablename__ = "files"

    digest: Mapped[Hash] = mapped_column(primary_key=True)
    kind: Mapped[String]
    subject: Mapped[Hash | None] = mapped_column(index=True)
    content: Mapped[Blob]
    stored_at: Mapped[Time]
