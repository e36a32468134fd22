"""The calculation from an inventory to its footprint: read, solve, bound, sum, round, judge."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from verifier.footprint.breakdown import ExactSums, Sums, as_float, bounded_sums, exact_sums, process_runs
from verifier.footprint.diagnosis import diagnose
from verifier.footprint.errors import NegativeSupplyError, NotProductiveError, PrecisionError, RangeError, SingularError
from verifier.footprint.exact import LARGEST_EXACT_LOOP, UNIT_ROUNDOFF, Enclosure, UndecidedDigitError, supply_bounds
from verifier.footprint.factors import FactorSource
from verifier.footprint.findings import FindingLog
from verifier.footprint.gwp import GwpSet, load_gwp
from verifier.footprint.matrices import build_system
from verifier.footprint.model import CertifiedValue, FootprintResult, Method, ProductSystem
from verifier.footprint.results import Rounding, Solution, rounding_of, write_result
from verifier.footprint.slips import Trial
from verifier.footprint.solve import SingularLoopError, components_of, exact_system, float_system, refined
from verifier.footprint.verdict import half_width
from verifier.records.inventory import Inventory

MAX_PROCESSES_NAMED: Final = 10


@dataclass(frozen=True, slots=True)
class Technology:
    """The part of a system that the demand reaches: activity indices, and N and f in positions of that part."""

    activities: tuple[int, ...]
    columns: list[dict[int, Fraction]]
    demand: list[Fraction]
    components: list[list[int]]


def recalculate(
    inventory: Inventory,
    *,
    factors: FactorSource,
    gwp: GwpSet | None = None,
    certified: Mapping[str, CertifiedValue] | None = None,
    diagnosed: bool = True,
) -> FootprintResult:
    """Calculate the footprint of an inventory and compare it with its declared value.

    Args:
        inventory: the processes, exchanges and rules.
        factors: resolves the factor references of the rows.
        gwp: characterisation set, instead of the one that the inventory's rules name.
        certified: values of certificates that stand as providers, by the reference that the rows use.
        diagnosed: whether a value that is not reproduced (R3) is searched for the change that explains it.

    Returns:
        The result per functional unit, every value a decimal string; independent of the order of rows.

    Raises:
        FootprintError: the inventory has no calculable footprint; the error names the row and what would be right.
    """
    own = Trial(inventory, factors, gwp or load_gwp(inventory.rules.gwp))

    def calculate(trial: Trial) -> FootprintResult:
        try:
            return _calculate(trial.inventory, trial.factors, trial.gwp, certified or {})
        except (OverflowError, ValueError) as error:
            raise RangeError(
                f"a number leaves the range of the formats: {error}", remedy="look for a slip in amounts or units"
            ) from error

    result = calculate(own)
    if diagnosed and result.verdict == "R3":
        return replace(result, diagnosis=diagnose(own, result, calculate))
    return result


def _calculate(
    inventory: Inventory, factors: FactorSource, gwp: GwpSet, certified: Mapping[str, CertifiedValue]
) -> FootprintResult:
    """Read, solve and write; where a bound leaves a digit open, solve again in rationals."""
    findings = FindingLog()
    rounding = rounding_of(inventory)
    system = build_system(inventory, factors, gwp, certified, findings)
    technology = reach(system, findings)
    solution = solve(system, technology)

    largest = max(len(component) for component in technology.components)
    settled = largest <= LARGEST_EXACT_LOOP
    exact = ExactSums(system, lambda: solve_exactly(system, technology)) if settled else None

    def write(sums: Sums[Enclosure], own: Rounding, method: Method) -> FootprintResult:
        return write_result(inventory, system, solution, sums, own, gwp, findings.sorted(), method)

    if solution.run_errors is None:
        if settled:
            return write(exact_sums(system, solve_exactly(system, technology)), rounding, "exact")
        raise _undecided(largest)
    bounds = bounded_sums(system, solution.runs, solution.run_errors, exact)
    try:
        result = write(bounds, rounding, "bounded-float")
        return replace(result, method="exact") if exact is not None and exact.used else result
    except UndecidedDigitError:
        pass
    try:
        return write(bounds, replace(rounding, proves_details=False), "bounded-headline")
    except UndecidedDigitError:
        raise _undecided(largest) from None


def _undecided(largest: int) -> PrecisionError:
    return PrecisionError(
        f"a digit is undecided, and a loop of {largest} activities exceeds {LARGEST_EXACT_LOOP}",
        remedy="declare fewer digits",
    )


def reach(system: ProductSystem, findings: FindingLog) -> Technology:
    """Return N and f for the activities that the demand reaches, in order of index; the others are a finding.

    N_jk = share_k × Σ amounts of j that the process takes per run / amount_k.  Suppliers of avoided products outside
    the total are included, with nothing demanded of them, so that their intensity is known.
    """
    taken: list[dict[int, Fraction]] = [{} for _ in system.processes]
    outside: list[set[int]] = [set() for _ in system.processes]
    for link in system.links:
        if link.counted:
            own = taken[link.process]
            own[link.supplier] = own.get(link.supplier, Fraction(0)) + link.amount
        else:
            outside[link.process].add(link.supplier)
    reached, queue = {system.demand_activity}, [system.demand_activity]
    for index in queue:
        activity = system.activities[index]
        if activity.share:
            for supplier in (*taken[activity.process], *outside[activity.process]):
                if supplier not in reached:
                    reached.add(supplier)
                    queue.append(supplier)
    order = tuple(sorted(reached))
    position = {index: i for i, index in enumerate(order)}
    columns: list[dict[int, Fraction]] = []
    for index in order:
        activity = system.activities[index]
        scale = activity.share / activity.amount
        links = sorted(taken[activity.process].items()) if activity.share else []
        columns.append({position[j]: amount * scale for j, amount in links if amount})
    used = {system.activities[index].process for index in order}
    for number, process in enumerate(system.processes):
        if number not in used:
            findings.add("PROCESS_UNUSED", process.id)
    demand = [system.demand if index == system.demand_activity else Fraction(0) for index in order]
    return Technology(order, columns, demand, components_of(columns))


def solve(system: ProductSystem, technology: Technology) -> Solution:
    """Solve the system and its adjoint in floats, with proven bounds of the supplies where they exist.

    Raises:
        SingularError, NotProductiveError, NegativeSupplyError: naming the processes.
    """
    columns = [{j: float(taken) for j, taken in column.items()} for column in technology.columns]
    demand = [float(wanted) for wanted in technology.demand]
    leontief = float_system(columns, technology.components)
    try:
        supply = refined(leontief, demand, leontief.supply(demand))
        intensity = leontief.intensity(_direct_intensity(system, technology))
        errors = supply_bounds(columns, demand, supply, technology.components)
    except SingularLoopError as error:
        raise _singular(system, technology, error.activities) from None
    except NotProductiveError as error:
        raise NotProductiveError(error.detail, row=_loop_names(system, technology), remedy=error.remedy) from None
    if not system.has_credits:
        _refuse_negative(system, technology, supply, errors)
    runs = process_runs(system, technology.activities, supply, 0.0)
    by_activity = dict(zip(technology.activities, intensity, strict=True))
    return Solution(
        supply=dict(zip(technology.activities, supply, strict=True)),
        intensity=by_activity,
        runs=runs,
        run_errors=None if errors is None else _run_errors(system, technology, supply, errors),
        width_kg=half_width(system.measured, runs, by_activity),
    )


def solve_exactly(system: ProductSystem, technology: Technology) -> list[Fraction]:
    """Return the runs of each process in rationals.

    Raises:
        SingularError: no scaling meets the demand.
    """
    try:
        supply = exact_system(technology.columns, technology.components).supply(technology.demand)
    except SingularLoopError as error:
        raise _singular(system, technology, error.activities) from None
    return process_runs(system, technology.activities, supply, Fraction(0))


def _direct_intensity(system: ProductSystem, technology: Technology) -> list[float]:
    """Return the direct counted kg CO2e of each reached activity, per unit supplied."""
    direct: list[list[float]] = [[] for _ in system.processes]
    for effect in system.effects:
        if effect.counted:
            direct[effect.process].append(as_float(effect.co2e_kg))
    activities = [system.activities[index] for index in technology.activities]
    return [math.fsum(direct[a.process]) * float(a.share / a.amount) if a.share else 0.0 for a in activities]


def _run_errors(
    system: ProductSystem, technology: Technology, supply: Sequence[float], errors: Sequence[float]
) -> list[float]:
    """Return proven bounds of the errors of the processes' runs: of the supplies, and of summing them up."""
    roundings = (len(supply) + 8) * UNIT_ROUNDOFF
    widened = [error + roundings * (abs(made) + error) for made, error in zip(supply, errors, strict=True)]
    return [error * (1 + 1e-9) for error in process_runs(system, technology.activities, widened, 0.0)]


def _refuse_negative(
    system: ProductSystem, technology: Technology, supply: Sequence[float], errors: Sequence[float] | None
) -> None:
    bounds = errors or [0.0] * len(supply)
    negative = [
        system.processes[system.activities[index].process].id
        for index, made, error in zip(technology.activities, supply, bounds, strict=True)
        if made < -error
    ]
    if negative:
        raise NegativeSupplyError(
            f"{len(negative)} process(es) would have to run backwards",
            row=", ".join(sorted(set(negative))[:MAX_PROCESSES_NAMED]),
            remedy="check signs; write what is credited as an avoided product",
        )


def _singular(system: ProductSystem, technology: Technology, positions: Sequence[int]) -> SingularError:
    return SingularError(
        f"a loop of {len(positions)} nets out to nothing",
        row=_names(system, technology, positions),
        remedy="look for a process that consumes all it makes",
    )


def _loop_names(system: ProductSystem, technology: Technology) -> str:
    """Name the processes of the system's loops."""
    loops = [
        component
        for component in technology.components
        if len(component) > 1 or component[0] in technology.columns[component[0]]
    ]
    return _names(system, technology, [position for loop in loops for position in loop])


def _names(system: ProductSystem, technology: Technology, positions: Sequence[int]) -> str:
    ids = {system.processes[system.activities[technology.activities[i]].process].id for i in positions}
    return ", ".join(sorted(ids)[:MAX_PROCESSES_NAMED])
