"""Check 9: the disclosed tables match the roots and counts that their records sign."""

from __future__ import annotations

from typing import Any

from verifier.canonical import DIGEST
from verifier.case import Case, SkippedError
from verifier.errors import ProofError
from verifier.inventory_tables import TABLES, cited_factors
from verifier.records.disclosure import InventoryRecord
from verifier.records.envelope import Record
from verifier.records.footprint_statement import FootprintStatement
from verifier.records.model import TableRef
from verifier.report import CheckResult, Status
from verifier.tables import check_table

NUMBER = 9


def run(case: Case) -> CheckResult:
    """Raises ProofError (TABLE); skips (TABLES_NOT_DISCLOSED) when one of the inventory's tables is not in the file."""
    raw: list[dict[str, Any]] = case.document["tables"] if isinstance(case.document, dict) else []
    for table in case.file.tables:
        signed = _signed_tables(case.items[table.record].record).get(table.name)
        if signed is None:
            raise ProofError(f"{table.record} signs no table {table.name!r}", code="TABLE")
        rows = next(item["rows"] for item in raw if (item["record"], item["name"]) == (table.record, table.name))
        check_table(rows, root=signed.root, count=signed.count)
    inventory = case.inventory()[0].id
    disclosed = {table.name for table in case.file.tables if table.record == inventory}
    missing = [name for name in TABLES if name not in disclosed]
    if missing:
        raise SkippedError(f"not disclosed: {', '.join(missing)}", code="TABLES_NOT_DISCLOSED")
    _same_factors(case, raw)
    return CheckResult(NUMBER, Status.VALID, "OK", found=f"{sum(len(table.rows) for table in case.file.tables)} rows")


def _same_factors(case: Case, raw: list[dict[str, Any]]) -> None:
    """The rows cite by record id, and exactly the datasets that the record signs: nobody can choose another one
    later.
    """
    item, inventory = case.inventory()
    rows = next(table["rows"] for table in raw if (table["record"], table["name"]) == (item.id, "exchanges"))
    cited = cited_factors(rows)
    if any(not DIGEST.match(name) for name in cited) or cited != inventory.credential_subject.factors:
        raise ProofError("the rows cite other factors than the record signs", code="FACTORS_DIFFER")


def _signed_tables(record: Record) -> dict[str, TableRef]:
    if isinstance(record, InventoryRecord):
        tables = record.credential_subject.tables
        return {
            "flows": tables.flows,
            "processes": tables.processes,
            "exchanges": tables.exchanges,
            "cutOff": tables.cut_off,
        }
    if isinstance(record, FootprintStatement):
        return {"contributions": record.credential_subject.contributions}
    return {}
