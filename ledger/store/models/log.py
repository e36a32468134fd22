"""The institutions' record logs: leaves, the perfect subtrees over them, and sealed checkpoints."""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ledger.store.base import Base, Hash, Number, String, Time


class LogRow(Base):
    """One epoch of one institution's log; locking this row orders the appends. ``size`` is the number of leaves."""

    __tablename__ = "logs"

    institution: Mapped[Hash] = mapped_column(primary_key=True)
    epoch: Mapped[Number] = mapped_column(primary_key=True)
    size: Mapped[Number]


class LogLeafRow(Base):
    """One leaf: ``leaf_input`` is 0x01 ‖ record id ‖ SM3 ‖ SHA-256(JCS(proof)), 97 bytes."""

    __tablename__ = "log_leaves"
    __table_args__ = (UniqueConstraint("record_id", "institution", "epoch"),)

    institution: Mapped[Hash] = mapped_column(primary_key=True)
    epoch: Mapped[Number] = mapped_column(primary_key=True)
    index: Mapped[Number] = mapped_column(primary_key=True)
    record_id: Mapped[Hash] = mapped_column(ForeignKey("records.id"))
    leaf_input: Mapped[bytes] = mapped_column(LargeBinary(97))


class LogNodeRow(Base):
    """The hash of the perfect subtree over the leaves ``index``·2^``level`` … (``index``+1)·2^``level`` − 1; never
    changes.
    """

    __tablename__ = "log_nodes"

    institution: Mapped[Hash] = mapped_column(primary_key=True)
    epoch: Mapped[Number] = mapped_column(primary_key=True)
    level: Mapped[Number] = mapped_column(primary_key=True)
    index: Mapped[Number] = mapped_column(primary_key=True)
    hash: Mapped[Hash]


class LogCheckpointRow(Base):
    """A sealed checkpoint with its C2SP note; position, block and time are empty until the chain has it."""

    __tablename__ = "log_checkpoints"

    institution: Mapped[Hash] = mapped_column(primary_key=True)
    epoch: Mapped[Number] = mapped_column(primary_key=True)
    size: Mapped[Number] = mapped_column(primary_key=True)
    root: Mapped[Hash]
    note: Mapped[String]
    sealed_at: Mapped[Time]
    outbox_id: Mapped[Number] = mapped_column(ForeignKey("outbox.id"))
    position: Mapped[Number | None]
    block_number: Mapped[Number | None]
    recorded_at: Mapped[Time | None]
