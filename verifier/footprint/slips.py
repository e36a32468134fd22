"""The slips that a diagnosis tries: which single change might stand between an inventory and its declared value.

Each slip knows how to change the inventory, the factors or the GWP set, and, where no loop is touched, what it does to
the total: the total is linear in every effect, and in every link that feeds nothing back (its adjoint value).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, NamedTuple, get_args

from verifier.decimals import decimals_of, round_half_even, to_fraction
from verifier.footprint.factors import FactorSource
from verifier.footprint.gwp import GwpSet, load_gwp
from verifier.footprint.model import ChangeKind, FootprintResult
from verifier.footprint.solve import components_of
from verifier.records.inventory import Allocation, Exchange, GwpName, Inventory, Process, Quantity

UNIT_SLIP: Final = 1000
ALLOCATION_METHODS: Final = ("none", "mass", "energy", "economic")
REFERENCE_FLOW: Final = "referenceFlow"


class Trial(NamedTuple):
    """What a slip is calculated with."""

    inventory: Inventory
    factors: FactorSource
    gwp: GwpSet


@dataclass(frozen=True, slots=True)
class Slip:
    """One change: its kind, the row it is about, what stands there instead, and how it is applied.

    ``delta`` is the change of the total in the result's unit (exact but for rounding where no loop is touched), None
    where only a full calculation tells.
    """

    kind: ChangeKind
    row: str
    to: str
    apply: Callable[[Trial], Trial]
    delta: float | None = None


class RowValues:
    """What each row adds to a result, read from the result's own rows (in its unit)."""

    def __init__(self, inventory: Inventory, result: FootprintResult) -> None:
        self.total = float(result.total)
        self.cumulative = {process.id: float(process.cumulative) for process in result.processes}
        self._parts: dict[str, list[tuple[str, str | None, float]]] = defaultdict(list)
        for row in result.exchanges:
            if row.counted:
                self._parts[row.exchange].append((row.part, row.provider, float(row.value)))
        self._loop = _loops(inventory)
        self._closed = {self._loop.get(row.process) for row in inventory.exchanges if self.in_loop(row)}

    def of(self, exchange: Exchange) -> float | None:
        """Return all that the row adds; None where it closes a loop, so that its value is not linear in its amount."""
        return None if self.in_loop(exchange) else sum(value for *_, value in self._parts[exchange.id])

    def measured(self, exchange: Exchange) -> float | None:
        """Return what the row's own amount adds, its transport left aside."""
        if self.in_loop(exchange):
            return None
        return sum(value for part, _, value in self._parts[exchange.id] if part != "transport")

    def part(self, exchange: Exchange, part: str, provider: str | None) -> float:
        """Return one part of a row."""
        return sum(v for name, who, v in self._parts[exchange.id] if name == part and who == provider)

    def in_loop(self, exchange: Exchange) -> bool:
        """Tell whether a row takes from a process that itself needs the row's process."""
        supplier = exchange.provider.process if exchange.provider else None
        return supplier is not None and self._loop.get(exchange.process) == self._loop.get(supplier)

    def is_looped(self, process: str) -> bool:
        """Tell whether a process needs itself, over however many others."""
        return self._loop[process] in self._closed


def _loops(inventory: Inventory) -> dict[str, int]:
    """Return the number of the strongly connected component of each process."""
    names = [process.id for process in inventory.processes]
    index = {name: i for i, name in enumerate(names)}
    columns: list[dict[int, float]] = [{} for _ in names]
    for row in inventory.exchanges:
        supplier = row.provider.process if row.provider else None
        if supplier is not None and supplier in index:
            columns[index[row.process]][index[supplier]] = 1.0
    return {names[i]: number for number, component in enumerate(components_of(columns)) for i in component}


def slips(trial: Trial, result: FootprintResult) -> Iterator[Slip]:
    """Yield every slip, of the kinds and in the order of :data:`ChangeKind` but for those of factors."""
    inventory, values = trial.inventory, RowValues(trial.inventory, result)
    functions = _functions(inventory)
    for name in get_args(GwpName):
        if name != trial.gwp.name:
            yield Slip("gwp-set", "rules.gwp", name, partial(_with_gwp, name))
    for process in inventory.processes:
        if len({row.flow for row in functions[process.id]}) > 1:
            yield from _allocations(process)
    made = {row.id for rows in functions.values() for row in rows}
    for row in inventory.exchanges:
        yield from _of_output(row, functions[row.process], values) if row.id in made else _of_row(row, values)
        yield from _of_legs(row, values)
    yield from _of_demand(values)


def _functions(inventory: Inventory) -> dict[str, list[Exchange]]:
    """Return the rows that a process is scaled by: its product outputs, or the waste it treats."""
    functions: dict[str, list[Exchange]] = {process.id: [] for process in inventory.processes}
    references = {process.id: process.reference for process in inventory.processes}
    for row in inventory.exchanges:
        made = row.kind == "product" and row.direction == "output"
        if made or (row.kind == "waste" and row.direction == "input" and references.get(row.process) == row.flow):
            functions[row.process].append(row)
    return functions


# --- the kinds ------------------------------------------------------------------------------------------------------


def _allocations(process: Process) -> Iterator[Slip]:
    own = process.allocation.method if process.allocation else "none"
    for method in ALLOCATION_METHODS:
        if method != own:
            other = process.model_copy(update={"allocation": Allocation.model_validate({"method": method})})
            yield Slip("allocation", process.id, method, partial(_with_process, other))


def _of_row(row: Exchange, values: RowValues) -> Iterator[Slip]:
    """Yield a row left out, or one of its parts, counted twice, and with its amount off by 10³."""
    whole, measured = values.of(row), values.measured(row)
    if whole == 0 and not measured:
        return
    yield Slip("left-out", row.id, "", partial(with_rows, row, []), None if whole is None else -whole)
    if row.combustion is not None and row.provider is not None:
        burnt = values.part(row, "combustion", row.combustion.factor)
        cold, free = row.model_copy(update={"combustion": None}), row.model_copy(update={"provider": None})
        yield Slip("left-out", row.id, "combustion", partial(with_rows, row, [cold]), -burnt)
        rest = None if measured is None else burnt - measured
        yield Slip("left-out", row.id, "provider", partial(with_rows, row, [free]), rest)
    yield Slip("doubled", row.id, "", partial(_with_twin, row), whole)
    for up in (True, False):
        other = row.model_copy(update={"quantity": _shifted(row.quantity, up=up)})
        yield Slip("unit", row.id, _times(up), partial(with_rows, row, [other]), _scaled(measured, up))


def _of_output(row: Exchange, functions: Sequence[Exchange], values: RowValues) -> Iterator[Slip]:
    """Yield an output that is off by 10³: all that its process causes is divided by as much."""
    linear = len(functions) == 1 and not values.is_looped(row.process) and row.process in values.cumulative
    caused = values.cumulative[row.process] if linear else None
    for up in (True, False):
        other = row.model_copy(update={"quantity": _shifted(row.quantity, up=up)})
        yield Slip("unit", row.id, _times(up), partial(with_rows, row, [other]), _scaled(caused, not up))


def _of_legs(row: Exchange, values: RowValues) -> Iterator[Slip]:
    """Yield transport legs left out, or with mass or distance off by 10³."""
    names = [leg.factor for leg in row.transport]
    for number, leg in enumerate(row.transport):
        if leg.factor is None:
            continue
        carried = values.part(row, "transport", leg.factor) if names.count(leg.factor) == 1 else None
        rest = [*row.transport[:number], *row.transport[number + 1 :]]
        place, without = f"transport {number + 1}", row.model_copy(update={"transport": rest})
        lost = None if carried is None else -carried
        yield Slip("left-out", row.id, place, partial(with_rows, row, [without]), lost)
        for up in (True, False):
            legs = list(row.transport)
            legs[number] = leg.model_copy(update={"mass": _shifted(leg.mass, up=up)})
            other = row.model_copy(update={"transport": legs})
            to = f"{place} {_times(up)}"
            yield Slip("unit", row.id, to, partial(with_rows, row, [other]), _scaled(carried, up))


def _of_demand(values: RowValues) -> Iterator[Slip]:
    """Yield a reference flow, or a declared value, stated for 10³ as much or as little."""
    for up in (True, False):
        yield Slip("unit", REFERENCE_FLOW, _times(up), partial(_with_demand, up), _scaled(values.total, up))


# --- applying -------------------------------------------------------------------------------------------------------


def _with_gwp(name: str, trial: Trial) -> Trial:
    return trial._replace(gwp=load_gwp(name))


def with_rows(row: Exchange, instead: Sequence[Exchange], trial: Trial) -> Trial:
    """Put other rows in the place of one."""
    rows = [new for own in trial.inventory.exchanges for new in (instead if own.id == row.id else (own,))]
    return trial._replace(inventory=trial.inventory.model_copy(update={"exchanges": rows}))


def _with_process(process: Process, trial: Trial) -> Trial:
    rows = [process if own.id == process.id else own for own in trial.inventory.processes]
    return trial._replace(inventory=trial.inventory.model_copy(update={"processes": rows}))


def _with_demand(up: bool, trial: Trial) -> Trial:
    reference = trial.inventory.reference_flow
    other = reference.model_copy(update={"quantity": _shifted(reference.quantity, up=up)})
    return trial._replace(inventory=trial.inventory.model_copy(update={"reference_flow": other}))


def _with_twin(row: Exchange, trial: Trial) -> Trial:
    """Put the row in once more, under an id of its own."""
    used, name = {own.id for own in trial.inventory.exchanges}, row.id + "'"
    while name in used:
        name += "'"
    return with_rows(row, [row, row.model_copy(update={"id": name})], trial)


def _shifted(quantity: Quantity, *, up: bool) -> Quantity:
    """Return the amount × or ÷ 10³ with as many significant digits (an amount out of range fails in its trial)."""
    value, decimals = to_fraction(quantity.amount), decimals_of(quantity.amount)
    try:
        if up:
            text = round_half_even(value * UNIT_SLIP, max(decimals - 3, 0))
        else:
            text = round_half_even(value / UNIT_SLIP, decimals + 3)
    except ValueError:
        return quantity
    return quantity.model_copy(update={"amount": text})


def _scaled(value: float | None, up: bool) -> float | None:
    return None if value is None else value * ((UNIT_SLIP if up else 1 / UNIT_SLIP) - 1)


def _times(up: bool) -> str:
    return "×1000" if up else "÷1000"
