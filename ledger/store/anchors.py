"""Everybody's logs as the chain has them: epochs and checkpoints."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from ledger.store.models import LogAppendRow, LogEpochRow
from ledger.store.session import Session


@dataclass(frozen=True, slots=True)
class Anchor:
    """One checkpoint on chain: institution, epoch, position, size, root (32 bytes), block and its time, transaction
    hash.
    """

    institution: bytes
    epoch: int
    position: int
    size: int
    root: bytes
    block_number: int
    recorded_at: int
    tx_hash: bytes


def current_epoch(session: Session, institution: bytes) -> int:
    """The epoch that grows, as far as the chain was copied; the first is 0."""
    query = select(func.max(LogEpochRow.epoch)).where(LogEpochRow.institution == institution)
    return session.orm.scalars(query).one() or 0


def head(session: Session, institution: bytes, epoch: int) -> Anchor | None:
    """The last checkpoint of an epoch on chain."""
    query = (
        select(LogAppendRow)
        .where(LogAppendRow.institution == institution, LogAppendRow.epoch == epoch)
        .order_by(LogAppendRow.position.desc())
        .limit(1)
    )
    row = session.orm.scalars(query).one_or_none()
    return _anchor(row) if row is not None else None


def covering(session: Session, institution: bytes, epoch: int, index: int) -> Anchor | None:
    """The first checkpoint on chain that covers a leaf: its time is when the leaf's record was anchored."""
    query = (
        select(LogAppendRow)
        .where(LogAppendRow.institution == institution, LogAppendRow.epoch == epoch, LogAppendRow.size > index)
        .order_by(LogAppendRow.position)
        .limit(1)
    )
    row = session.orm.scalars(query).one_or_none()
    return _anchor(row) if row is not None else None


def _anchor(row: LogAppendRow) -> Anchor:
    return Anchor(
        row.institution,
        row.epoch,
        row.position,
        row.size,
        row.root,
        row.block_number,
        row.recorded_at,
        row.tx_hash,
    )
