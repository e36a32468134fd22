"""Sealed checkpoints of the own logs."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, select, update

from ledger.store.models import LogCheckpointRow
from ledger.store.session import Session


@dataclass(frozen=True, slots=True)
class SealedCheckpoint:
    """A sealed checkpoint.

    Attributes:
        institution: 32 bytes.
        epoch, size: the tree; ``root`` its hash, 32 bytes.
        note: the C2SP signed note.
        sealed_at: Unix seconds.
        outbox_id: the action that appends it on chain.
        position: its position on chain, counted from 0; None until the chain has it.
        block_number, recorded_at: the block that recorded it and that block's time; None until then.
    """

    institution: bytes
    epoch: int
    size: int
    root: bytes
    note: str
    sealed_at: int
    outbox_id: int
    position: int | None = None
    block_number: int | None = None
    recorded_at: int | None = None


def add(session: Session, checkpoint: SealedCheckpoint) -> None:
    """Store a new checkpoint."""
    session.orm.add(
        LogCheckpointRow(
            institution=checkpoint.institution,
            epoch=checkpoint.epoch,
            size=checkpoint.size,
            root=checkpoint.root,
            note=checkpoint.note,
            sealed_at=checkpoint.sealed_at,
            outbox_id=checkpoint.outbox_id,
        )
    )
    session.orm.flush()


def last(session: Session, institution: bytes, epoch: int) -> SealedCheckpoint | None:
    """The largest checkpoint of an epoch, anchored or not; None if nothing was sealed."""
    return _first(session, _query(institution, epoch).order_by(LogCheckpointRow.size.desc()))


def last_anchored(session: Session, institution: bytes, epoch: int) -> SealedCheckpoint | None:
    """The largest checkpoint that the chain has."""
    query = _query(institution, epoch).where(LogCheckpointRow.position.is_not(None))
    return _first(session, query.order_by(LogCheckpointRow.size.desc()))


def covering(session: Session, institution: bytes, epoch: int, index: int) -> SealedCheckpoint | None:
    """The first checkpoint on chain whose size exceeds a leaf's index: its time is when the leaf was anchored. None:
    not yet.
    """
    query = _query(institution, epoch).where(LogCheckpointRow.position.is_not(None), LogCheckpointRow.size > index)
    return _first(session, query.order_by(LogCheckpointRow.size))


def at_size(session: Session, institution: bytes, epoch: int, size: int) -> SealedCheckpoint | None:
    """The checkpoint of exactly this size."""
    row = session.orm.get(LogCheckpointRow, (institution, epoch, size))
    return _checkpoint(row) if row is not None else None


def anchor(
    session: Session, checkpoint: SealedCheckpoint, *, position: int, block_number: int, recorded_at: int
) -> None:
    """Note where on the chain a checkpoint stands."""
    row = session.orm.get_one(LogCheckpointRow, (checkpoint.institution, checkpoint.epoch, checkpoint.size))
    row.position, row.block_number, row.recorded_at = position, block_number, recorded_at
    session.orm.flush()


def forget_anchors_after(session: Session, block_number: int) -> None:
    """Undo `anchor` for blocks beyond this one, which a reorganisation removed."""
    session.orm.execute(
        update(LogCheckpointRow)
        .where(LogCheckpointRow.block_number > block_number)
        .values(position=None, block_number=None, recorded_at=None)
    )


def _query(institution: bytes, epoch: int) -> Select[LogCheckpointRow]:
    return select(LogCheckpointRow).where(LogCheckpointRow.institution == institution, LogCheckpointRow.epoch == epoch)


def _first(session: Session, query: Select[LogCheckpointRow]) -> SealedCheckpoint | None:
    row = session.orm.scalars(query.limit(1)).one_or_none()
    return _checkpoint(row) if row is not None else None


def _checkpoint(row: LogCheckpointRow) -> SealedCheckpoint:
    return SealedCheckpoint(
        row.institution,
        row.epoch,
        row.size,
        row.root,
        row.note,
        row.sealed_at,
        row.outbox_id,
        row.position,
        row.block_number,
        row.recorded_at,
    )
