"""Confidential tables of records: salted rows that travel apart from the record that signs their root and count."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import select

from ledger.errors import RecordConflictError
from ledger.store.insertion import add_once
from ledger.store.models import RecordTableRow
from ledger.store.session import Session


@dataclass(frozen=True, slots=True)
class RecordTable:
    """One table of a record.

    Attributes:
        record_id: the record that signs root and count, 32 bytes; it must be stored already.
        name: the table's name within the record.
        count: number of rows.
        root: RFC 6962 root over the salted rows, 32 bytes.
        rows: canonical JSON bytes of the array of salted rows ``{"i", "salt", "row"}``.
    """

    record_id: bytes
    name: str
    count: int
    root: bytes
    rows: bytes


def add(session: Session, table: RecordTable) -> bool:
    """Store a table; False if it is stored already. Raises RecordConflictError for other rows under its name.

    The caller has checked rows, root and count (verifier.tables.check_table).
    """
    if add_once(session, RecordTableRow, **asdict(table)):
        return True
    if _table(session.orm.get_one(RecordTableRow, (table.record_id, table.name))) != table:
        raise RecordConflictError(table.record_id, f"table {table.name}")
    return False


def of_record(session: Session, record_id: bytes) -> dict[str, RecordTable]:
    """The stored tables of a record, by name."""
    query = select(RecordTableRow).where(RecordTableRow.record_id == record_id).order_by(RecordTableRow.name)
    return {row.name: _table(row) for row in session.orm.scalars(query)}


def _table(row: RecordTableRow) -> RecordTable:
    return RecordTable(row.record_id, row.name, row.count, row.root, row.rows)
