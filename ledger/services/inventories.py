"""A disclosed inventory as this node holds it: the record and its rows, put together again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ledger.services.errors import TablesMissingError
from ledger.services.lookup import identity_of, require, subject_of
from ledger.store import Session, tables
from ledger.store.records import Record
from verifier.canonical import parse
from verifier.inventory_tables import TABLES, Rows, put_together
from verifier.records.inventory import Inventory, inventory_from_json
from verifier.tables import check_table


@dataclass(frozen=True, slots=True)
class HeldInventory:
    """An inventory record with its rows: the record, its signed subject, and the inventory that they make together."""

    record: Record
    subject: dict[str, Any]
    inventory: Inventory

    @property
    def id(self) -> str:
        """Its tagged record id."""
        return identity_of(self.record)


def held_inventory(session: Session, inventory_id: str) -> HeldInventory:
    """The inventory with all its rows, checked against the signed roots and counts.

    Raises NotFoundError, TablesMissingError (the node has the header only), ProofError (stored rows that do not match).
    """
    record = require(session, inventory_id, "Inventory")
    subject = subject_of(record)
    rows = rows_of(session, record)
    missing = [name for name in TABLES if name not in rows]
    if missing:
        raise TablesMissingError(inventory_id, missing)
    for name in TABLES:
        check_table(rows[name], root=subject["tables"][name]["root"], count=subject["tables"][name]["count"])
    return HeldInventory(record, subject, inventory_from_json(put_together(subject, rows)))


def rows_of(session: Session, record: Record) -> dict[str, Rows]:
    """The salted rows of a record's tables that this node has, by table."""
    return {name: parse(table.rows) for name, table in tables.of_record(session, record.id).items()}
