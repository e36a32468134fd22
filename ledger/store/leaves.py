"""Leaves and perfect-subtree hashes of the institutions' logs. What they mean is `ledger.log`'s business."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import insert, select, tuple_

from ledger.store.insertion import add_once
from ledger.store.models import LogLeafRow, LogNodeRow, LogRow
from ledger.store.session import Session

READ_CHUNK = 200
"""Nodes asked for in one query (SQLite allows few bound variables in old builds)."""

LEAF_CHUNK = 1000
"""Leaves read by one query."""

Position = tuple[int, int]
"""(level, index) of a perfect subtree."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """One leaf: where it stands, whose record it is, and the 97 bytes that were hashed."""

    institution: bytes
    epoch: int
    index: int
    record_id: bytes
    leaf_input: bytes


def lock_log(session: Session, institution: bytes, epoch: int) -> int:
    """Take the log's row lock (creating the log if it is new) and return its size, the next leaf's index."""
    query = select(LogRow).where(LogRow.institution == institution, LogRow.epoch == epoch)
    locking = query.with_for_update().execution_options(populate_existing=True)
    row = session.orm.scalars(locking).one_or_none()
    if row is None:
        add_once(session, LogRow, institution=institution, epoch=epoch, size=0)
        row = session.orm.scalars(locking).one()
    return row.size


def size(session: Session, institution: bytes, epoch: int) -> int:
    """Number of leaves; 0 for a log that does not exist."""
    row = session.orm.get(LogRow, (institution, epoch))
    return row.size if row is not None else 0


def logs(session: Session) -> list[tuple[bytes, int]]:
    """Every log here: (institution, epoch)."""
    query = select(LogRow.institution, LogRow.epoch).order_by(LogRow.institution, LogRow.epoch)
    return [(institution, epoch) for institution, epoch in session.orm.execute(query)]


def add(session: Session, leaf: Leaf, nodes: Iterable[tuple[Position, bytes]]) -> None:
    """Store a leaf at the log's end with the subtree hashes it completes, and count it. The log's row is locked."""
    session.orm.add(
        LogLeafRow(
            institution=leaf.institution,
            epoch=leaf.epoch,
            index=leaf.index,
            record_id=leaf.record_id,
            leaf_input=leaf.leaf_input,
        )
    )
    resize(session, leaf.institution, leaf.epoch, leaf.index + 1)
    add_nodes(session, leaf.institution, leaf.epoch, nodes)


def resize(session: Session, institution: bytes, epoch: int, size: int) -> None:
    """Note the number of leaves of a log that exists."""
    session.orm.get_one(LogRow, (institution, epoch)).size = size
    session.orm.flush()


def add_nodes(session: Session, institution: bytes, epoch: int, nodes: Iterable[tuple[Position, bytes]]) -> None:
    """Store subtree hashes."""
    rows = [
        {"institution": institution, "epoch": epoch, "level": level, "index": index, "hash": value}
        for (level, index), value in nodes
    ]
    session.orm.execute(insert(LogNodeRow), rows)


def of_record(session: Session, institution: bytes, record_id: bytes) -> list[Leaf]:
    """The leaves of a record in one institution's log, oldest epoch first."""
    query = (
        select(LogLeafRow)
        .where(LogLeafRow.record_id == record_id, LogLeafRow.institution == institution)
        .order_by(LogLeafRow.epoch, LogLeafRow.index)
    )
    return [_leaf(row) for row in session.orm.scalars(query)]


def between(session: Session, institution: bytes, epoch: int, start: int, end: int) -> Iterator[Leaf]:
    """The leaves ``start`` … ``end`` − 1, in order. Who stops in between leaves no open cursor behind."""
    log = select(LogLeafRow).where(LogLeafRow.institution == institution, LogLeafRow.epoch == epoch)
    for first in range(start, end, LEAF_CHUNK):
        last = min(first + LEAF_CHUNK, end) - 1
        chunk = log.where(LogLeafRow.index.between(first, last)).order_by(LogLeafRow.index)
        yield from [_leaf(row) for row in session.orm.scalars(chunk)]


def nodes(session: Session, institution: bytes, epoch: int, positions: Iterable[Position]) -> dict[Position, bytes]:
    """The hashes of perfect subtrees; a position that is not stored is left out."""
    wanted = sorted(set(positions))
    found: dict[Position, bytes] = {}
    for start in range(0, len(wanted), READ_CHUNK):
        query = select(LogNodeRow.level, LogNodeRow.index, LogNodeRow.hash).where(
            LogNodeRow.institution == institution,
            LogNodeRow.epoch == epoch,
            tuple_(LogNodeRow.level, LogNodeRow.index).in_(wanted[start : start + READ_CHUNK]),
        )
        found.update({(level, index): value for level, index, value in session.orm.execute(query)})
    return found


def _leaf(row: LogLeafRow) -> Leaf:
    return Leaf(row.institution, row.epoch, row.index, row.record_id, row.leaf_input)
