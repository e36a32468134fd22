"""Copying events into the chain tables, and undoing it after a reorganisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete

from ledger.store import checkpoints
from ledger.store.base import MAX_NUMBER
from ledger.store.models import ChainRow
from ledger.store.session import Session


@dataclass(frozen=True, slots=True)
class Place:
    """Where an event stands: block number, index of the log in its block, the block's time (Unix seconds)."""

    block_number: int
    log_index: int
    recorded_at: int


def add(session: Session, table: type[ChainRow], place: Place, **fields: Any) -> bool:
    """Store an event once; False if the row of this place is there already. The caller holds the cursor.

    Others write to the chain too: what no column can hold must not stop its copying. A number beyond 64 bits with sign
    becomes the largest (times mean "no end" long before), a NUL in a text the replacement character.
    """
    if session.orm.get(table, (place.block_number, place.log_index)) is not None:
        return False
    row = table(block_number=place.block_number, log_index=place.log_index, recorded_at=place.recorded_at)
    for name, value in fields.items():
        setattr(row, name, _storable(value))
    session.orm.add(row)
    session.orm.flush()
    return True


def _storable(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\0", "\ufffd")
    return min(value, MAX_NUMBER) if isinstance(value, int) and not isinstance(value, bool) else value


def forget_after(session: Session, block_number: int) -> int:
    """Delete every copied event beyond a block and the anchors noted from them; return the number of rows deleted."""
    deleted = 0
    for table in ChainRow.__subclasses__():
        result = session.orm.execute(delete(table).where(table.block_number > block_number).returning(table.log_index))
        deleted += len(result.all())
    checkpoints.forget_anchors_after(session, block_number)
    session.orm.expire_all()
    return deleted
