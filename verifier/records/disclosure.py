"""Inventory: the disclosed header of an inventory with the roots and counts of its confidential tables."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from verifier.records.envelope import Record
from verifier.records.inventory import (
    Declared,
    FunctionalUnit,
    Period,
    Product,
    ReferenceFlow,
    Rules,
    SystemBoundary,
)
from verifier.records.model import DigestText, LongText, RecordModel, TableRef


class InventoryTables(RecordModel):
    """The four tables of an inventory; rows travel apart (``verifier.tables``)."""

    flows: TableRef
    processes: TableRef
    exchanges: TableRef
    cut_off: TableRef


class InventoryBody(RecordModel):
    """Everything of an inventory file but its rows, and the factor datasets (by record id) that its rows cite."""

    product: Product
    functional_unit: FunctionalUnit
    reference_flow: ReferenceFlow
    system_boundary: SystemBoundary
    period: Period
    rules: Rules
    declared: Declared | None = None
    source: LongText | None = None
    factors: list[DigestText]
    tables: InventoryTables


class InventoryRecord(Record):
    """Signed by the enterprise or its agent."""

    schema_: Annotated[Literal["tanju/inventory-record/1"], Field(alias="schema")]
    credential_subject: InventoryBody
