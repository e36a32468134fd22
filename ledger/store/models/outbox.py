"""Actions on their way to the chain."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ledger.store.base import Base, Blob, Hash, Number, Serial, String, Time


class OutboxRow(Base):
    """One action; written in the transaction of the record that causes it. States: see `ledger.store.outbox.State`."""

    __tablename__ = "outbox"
    __table_args__ = (Index(None, "sender", "state", "id"), UniqueConstraint("tx_hash"))

    id: Mapped[Serial]
    action_id: Mapped[String] = mapped_column(unique=True)
    sender: Mapped[String]
    contract: Mapped[String]
    function: Mapped[String]
    args: Mapped[String]
    record_id: Mapped[Hash | None] = mapped_column(index=True)
    after: Mapped[Number | None] = mapped_column(ForeignKey("outbox.id"))
    state: Mapped[String]
    nonce: Mapped[Number | None]
    raw: Mapped[Blob | None]
    tx_hash: Mapped[Hash | None]
    block_number: Mapped[Number | None]
    block_hash: Mapped[Hash | None]
    error_code: Mapped[String | None]
    error_detail: Mapped[String | None]
    attempts: Mapped[Number]
    created_at: Mapped[Time]
    changed_at: Mapped[Time]


class SenderRow(Base):
    """One account that sends; locking this row makes one worker at a time choose nonces for it."""

    __tablename__ = "senders"

    account: Mapped[String] = mapped_column(primary_key=True)
    created_at: Mapped[Time]
