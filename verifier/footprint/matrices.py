"""From an inventory to a product system: activities after allocation, links, effects and the demand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TypeVar

from verifier.decimals import to_fraction
from verifier.footprint.allocation import flow_properties, shares
from verifier.footprint.characterise import Characterisation
from verifier.footprint.errors import AllocationError, DuplicateIdError, ReferenceMissingError, UnknownIdError
from verifier.footprint.factors import FactorSource, ResolvedFactor
from verifier.footprint.findings import FindingLog
from verifier.footprint.gwp import GwpSet
from verifier.footprint.model import Activity, CertifiedValue, FactorUsed, ProcessInfo, ProductSystem
from verifier.footprint.rows import ReadRows, RowReader, Surroundings, row_unit_error
from verifier.records.inventory import Exchange, Flow, Inventory, Process
from verifier.units import UnitError, convert

_Item = TypeVar("_Item", Flow, Process, Exchange)


def build_system(
    inventory: Inventory,
    factors: FactorSource,
    gwp: GwpSet,
    certified: Mapping[str, CertifiedValue],
    findings: FindingLog,
) -> ProductSystem:
    """Read an inventory into a system that can be solved, noting findings.

    Raises:
        FootprintError: a named error of :mod:`verifier.footprint.errors`, with the row.
    """
    flows = _by_id(inventory.flows, "flow")
    processes = _by_id(inventory.processes, "process")
    exchanges = _by_id(inventory.exchanges, "exchange")
    names = tuple(processes)
    functions, made_or_treated, others = _split_functions(processes, flows, exchanges.values())
    activities = _activities(processes, names, functions, flows, findings)
    index = {(names[activity.process], activity.flow): i for i, activity in enumerate(activities)}
    reader = RowReader(
        Surroundings(
            inventory=inventory,
            flows=flows,
            process_index={name: i for i, name in enumerate(names)},
            activity_index=index,
            consumed=frozenset((row.process, row.flow) for row in others if row.direction == "input"),
            characterisation=Characterisation(gwp, inventory.rules, findings),
            factors=factors,
            certified=certified,
            findings=findings,
        )
    )
    read = reader.all(made_or_treated, others)
    _check_cut_offs(inventory, read.not_counted_flows, findings)
    return _system(processes, exchanges, activities, _demand(inventory, flows, index), read)


def _system(
    processes: Mapping[str, Process],
    exchanges: Mapping[str, Exchange],
    activities: tuple[Activity, ...],
    demand: tuple[int, Fraction],
    read: ReadRows,
) -> ProductSystem:
    """Put the parts together."""
    return ProductSystem(
        processes=tuple(map(_info, processes.values())),
        activities=activities,
        effects=tuple(read.effects),
        links=tuple(read.links),
        measured=tuple(read.measured),
        demand_activity=demand[0],
        demand=demand[1],
        has_credits=read.has_credits,
        factors_used=tuple(_used(factor) for _, factor in sorted(read.factors.items())),
        exchange_labels={row.id: (row.process, row.flow) for row in exchanges.values()},
    )


def _info(process: Process) -> ProcessInfo:
    return ProcessInfo(process.id, process.stage, process.name.first() if process.name else process.id)


def _by_id(items: Iterable[_Item], what: str) -> dict[str, _Item]:
    """Return the items by id, sorted by id: from here on the order of the file is forgotten."""
    found: dict[str, _Item] = {}
    for item in items:
        if item.id in found:
            raise DuplicateIdError(f"two {what} rows have this id", row=item.id, remedy="give each an id of its own")
        found[item.id] = item
    return dict(sorted(found.items()))


def _split_functions(
    processes: Mapping[str, Process], flows: Mapping[str, Flow], exchanges: Iterable[Exchange]
) -> tuple[dict[str, dict[str, Fraction]], list[Exchange], list[Exchange]]:
    """Return the functions of each process (amount by flow, in the flow's unit), their rows, and the other rows."""
    functions: dict[str, dict[str, Fraction]] = {name: {} for name in processes}
    made_or_treated: list[Exchange] = []
    others: list[Exchange] = []
    for row in exchanges:
        process = processes.get(row.process)
        if process is None:
            raise UnknownIdError(f"no process {row.process!r}", row=row.id, remedy="add it to processes")
        made = row.kind == "product" and row.direction == "output"
        treated = row.kind == "waste" and row.direction == "input" and row.flow == process.reference
        if not (made or treated):
            others.append(row)
            continue
        own = functions[row.process]
        own[row.flow] = own.get(row.flow, Fraction(0)) + _function_amount(row, flows)
        made_or_treated.append(row)
    return functions, made_or_treated, others


def _function_amount(row: Exchange, flows: Mapping[str, Flow]) -> Fraction:
    """Return what a row makes or treats, in its flow's unit."""
    flow = flows.get(row.flow)
    if flow is None:
        raise UnknownIdError(f"flow {row.flow!r} is not declared", row=row.id, remedy="add it to flows")
    try:
        return convert(to_fraction(row.quantity.amount), row.quantity.unit, flow.unit, flow_properties(flow))
    except UnitError as error:
        raise row_unit_error(error, row.id) from error


def _activities(
    processes: Mapping[str, Process],
    names: tuple[str, ...],
    functions: Mapping[str, Mapping[str, Fraction]],
    flows: Mapping[str, Flow],
    findings: FindingLog,
) -> tuple[Activity, ...]:
    """Return one activity for each function of each process, in the order of processes and flows."""
    activities: list[Activity] = []
    for number, name in enumerate(names):
        process, own = processes[name], functions[name]
        if process.reference not in own:
            raise ReferenceMissingError(
                f"no output of its reference flow {process.reference!r}", row=name, remedy="add the product output row"
            )
        if own[process.reference] <= 0:
            raise ReferenceMissingError("its reference amount is not positive", row=name, remedy="state what it makes")
        parts = shares(process, sorted(own.items()), flows, findings)
        for flow, amount in sorted(own.items()):
            if amount <= 0 and parts[flow] != 0:
                raise AllocationError(f"product {flow} has no positive amount", row=name, remedy="use positive amounts")
            if amount > 0:
                activities.append(Activity(number, flow, amount, parts[flow]))
    return tuple(activities)


def _demand(
    inventory: Inventory, flows: Mapping[str, Flow], index: Mapping[tuple[str, str], int]
) -> tuple[int, Fraction]:
    """Return the activity that meets the functional unit and the amount wanted of it, in its flow's unit."""
    reference = inventory.reference_flow
    activity = index.get((reference.process, reference.flow))
    if activity is None:
        raise ReferenceMissingError(
            f"process {reference.process!r} has no product {reference.flow!r}",
            row="referenceFlow",
            remedy="name a product output",
        )
    flow = flows[reference.flow]
    try:
        amount = convert(
            to_fraction(reference.quantity.amount), reference.quantity.unit, flow.unit, flow_properties(flow)
        )
    except UnitError as error:
        raise row_unit_error(error, "referenceFlow") from error
    if amount <= 0:
        raise ReferenceMissingError(
            "the reference amount is not positive", row="referenceFlow", remedy="state what is wanted"
        )
    return activity, amount


def _check_cut_offs(inventory: Inventory, not_counted: set[str], findings: FindingLog) -> None:
    """Compare the declared cut-offs with the rule's limits and with the rows that were not counted."""
    rule = inventory.rules.cut_off
    estimates = [(entry.flow, to_fraction(entry.estimate)) for entry in inventory.cut_off]
    for flow, estimate in estimates:
        if flow not in not_counted:
            findings.add("CUT_OFF_UNUSED", flow)
        if rule is not None and estimate > to_fraction(rule.single):
            findings.add("CUT_OFF_SINGLE_EXCEEDED", flow, f"limit {rule.single}")
    total = sum((estimate for _, estimate in estimates), Fraction(0))
    if rule is not None and total > to_fraction(rule.total):
        findings.add("CUT_OFF_TOTAL_EXCEEDED", "cutOff", f"limit {rule.total}")


def _used(factor: ResolvedFactor) -> FactorUsed:
    entry = factor.entry
    return FactorUsed(
        reference=factor.reference,
        series=factor.series,
        version=factor.version,
        kind=factor.kind,
        record_id=factor.record_id,
        entry=entry.id,
        value=entry.value,
        unit=entry.unit,
        gwp=entry.gwp,
        data_year=entry.data_year,
        geography=entry.geography,
        certainty=entry.certainty,
        source=entry.source,
    )
