"""recalculate: whoever has an inventory's rows calculates its footprint and signs the result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import version
from typing import Any, Final

from ledger.node import Node
from ledger.services.factors import load_datasets
from ledger.services.inventories import HeldInventory, held_inventory
from ledger.services.lookup import about, subject_of
from ledger.services.providers import certified_values
from ledger.services.recording import Recorded, assert_signed, draft, existing, hold_log, keep, note
from ledger.services.standing import require_registered
from ledger.store import Session
from ledger.store.records import Record
from verifier.canonical import parse, raw_digest
from verifier.decimals import MAX_DECIMALS, decimals_of, round_half_even, to_fraction
from verifier.footprint import DatasetFactors, FootprintResult
from verifier.footprint import recalculate as calculate
from verifier.footprint.conversion_basis import conversion_basis
from verifier.footprint.findings import Finding
from verifier.inventory_tables import Rows, rule_set_digest
from verifier.tables import table_root
from verifier.units import conversion

SCHEMA: Final = "tanju/footprint-statement/1"
TOOL: Final = "tanju"
TONNE_DECIMALS: Final = 3
"""More decimals that kilograms need than the same value in tonnes or grams."""


@dataclass(frozen=True, slots=True)
class Recalculated:
    """A footprint statement: where it stands, what it says, and what must be seen beside it.

    ``total`` in ``unit`` per ``per``; ``verdict`` of the ladder R0 … R3; ``findings`` are never a verdict.
    """

    recorded: Recorded
    total: str
    unit: str
    per: str
    verdict: str
    findings: tuple[Finding, ...]

    @property
    def record_id(self) -> str:
        """The statement's tagged record id."""
        return self.recorded.record_id

    @property
    def queued(self) -> tuple[str, ...]:
        """The chain actions that follow: none, its log is sealed by the sequencer."""
        return self.recorded.queued


def recalculate(node: Node, as_: str, inventory_id: str) -> Recalculated:
    """Calculate the footprint of a disclosed inventory from its stored rows and datasets, and record the statement.

    The same calculation again by the same institution is the statement that is there. Raises NotFoundError,
    TablesMissingError, FootprintError (not calculable; the row is named), ProviderUnsupportedError, NotRegisteredError.
    """
    keys = node.institution(as_)
    with node.store.reading() as session:
        require_registered(session, keys)
        held = held_inventory(session, inventory_id)
        factors = DatasetFactors(load_datasets(session, held.subject["factors"]))
        certified = certified_values(session, held.inventory)
    result = calculate(held.inventory, factors=factors, certified=certified)
    rule_set = rule_set_digest(held.subject["rules"], result.gwp_digest)
    contributions = _contributions(node, held, result)
    with node.store.writing() as session:
        hold_log(session, keys)
        before = _calculated(session, keys.id, held, rule_set, result)
        if before is not None:
            return _answer(existing(session, before), result)
        subject = _subject(held, result, contributions)
        document = assert_signed(node, keys, draft(node, keys, SCHEMA, subject, rule_set=rule_set))
        recorded = keep(session, node, keys, document, rows={"contributions": contributions})
        note(session, node, as_, f"recalculate {recorded.record_id}", {"inventory": inventory_id})
        session.commit()
    return _answer(recorded, result)


def _answer(recorded: Recorded, result: FootprintResult) -> Recalculated:
    return Recalculated(recorded, result.total, result.unit, result.per, result.verdict, result.findings)


def _calculated(
    session: Session, institution: bytes, held: HeldInventory, rule_set: str, result: FootprintResult
) -> Record | None:
    """The institution's statement that says the same of the same inventory by the same rules and tool."""
    said = _statement(held, result)
    for record in about(session, "FootprintStatement", raw_digest(held.id), institution=institution):
        subject = subject_of(record)
        if parse(record.document)["ruleSet"] == rule_set and {key: subject[key] for key in said} == said:
            return record
    return None


def _statement(held: HeldInventory, result: FootprintResult) -> dict[str, Any]:
    """What the statement says, but for the salted root over its contributions."""
    return {
        "inventory": held.id,
        "total": {"value": result.total, "unit": result.unit, "per": result.per},
        "stages": [{"stage": share.key, "value": share.value} for share in result.stages],
        "groups": [{"group": share.key, "value": share.value} for share in result.groups],
        "gwp": result.gwp_set,
        "gwpDigest": result.gwp_digest,
        "factors": held.subject["factors"],
        "verdict": result.verdict,
        "conversionBasis": conversion_basis(held.inventory, result),
        "tool": {"name": TOOL, "version": version(TOOL)},
    }


def _subject(held: HeldInventory, result: FootprintResult, contributions: Rows) -> dict[str, Any]:
    table = {"root": table_root(contributions).hex(), "count": len(contributions)}
    return {**_statement(held, result), "contributions": table}


def _contributions(node: Node, held: HeldInventory, result: FootprintResult) -> Rows:
    """The salted contribution rows: what each exchange adds to the total, in kg CO2e."""
    return [{"i": i, "salt": node.salt(), "row": row} for i, row in enumerate(_contribution_rows(held, result))]


def _contribution_rows(held: HeldInventory, result: FootprintResult) -> Iterator[dict[str, str]]:
    stages = {process.id: process.stage for process in held.inventory.processes}
    kilograms = conversion(result.unit.removesuffix(" CO2e"), "kg")
    sums: dict[tuple[str, str], tuple[Fraction, int]] = {}
    for part in result.exchanges:
        if not (part.additive and part.counted):
            continue
        key = (part.exchange, part.process)
        value, decimals = sums.get(key, (Fraction(0), 0))
        sums[key] = value + to_fraction(part.value) * kilograms, max(decimals, decimals_of(part.value))
    for (exchange, process), (value, decimals) in sorted(sums.items()):
        places = decimals if kilograms == 1 else min(decimals + TONNE_DECIMALS, MAX_DECIMALS)
        co2e_kg = round_half_even(value, places)
        yield {"exchange": exchange, "process": process, "stage": stages[process], "co2eKg": co2e_kg}
