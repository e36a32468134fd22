"""Who may write through the API, and what they did."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from ledger.store.base import Base, Hash, Serial, String, Time


class ApiClientRow(Base):
    """An OAuth2 client; only a salted hash of its secret is kept. ``institution_name`` and
    ``person`` are names of the key file.
    """

    __tablename__ = "api_clients"

    client_id: Mapped[String] = mapped_column(primary_key=True)
    secret_hash: Mapped[String]
    role: Mapped[String]
    institution_name: Mapped[String]
    person: Mapped[String | None]
    created_at: Mapped[Time]
    revoked_at: Mapped[Time | None]


class AuditRow(Base):
    """One thing somebody did: who, what, when, and the digest of what they asked."""

    __tablename__ = "audit"
    __table_args__ = (Index(None, "happened_at"),)

    id: Mapped[Serial]
    who: Mapped[String]
    what: Mapped[String]
    happened_at: Mapped[Time]
    request_digest: Mapped[Hash]
    outcome: Mapped[String]
