"""Writing a result: sums to decimal strings, each rounded once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Final

from verifier.decimals import decimals_of
from verifier.footprint.breakdown import Sums
from verifier.footprint.errors import FactorUnitError
from verifier.footprint.exact import Enclosure, share_of
from verifier.footprint.findings import Finding
from verifier.footprint.gwp import GwpSet
from verifier.footprint.model import ExchangeResult, FootprintResult, Link, Method, ProcessResult, ProductSystem, Share
from verifier.footprint.verdict import judge, make_interval
from verifier.records.inventory import Inventory
from verifier.units import UnitError, conversion

RESULT_UNIT: Final = "kg CO2e"
UNDECLARED_DIGITS: Final = 12
DETAIL_DIGITS: Final = 9
SHARE_DECIMALS: Final = 6
_CO2E: Final = " CO2e"


@dataclass(frozen=True, slots=True)
class Rounding:
    """In which unit the result stands, and to which decimals it is rounded (None: 12 significant digits)."""

    unit: str
    kilograms: Fraction
    decimals: int | None
    proves_details: bool = True

    def headline(self, value: Enclosure) -> str:
        """Round a total, stage or group, given in kilograms."""
        own = value.per(self.kilograms)
        return own.significant(UNDECLARED_DIGITS) if self.decimals is None else own.rounded(self.decimals)

    def gas(self, value: Enclosure) -> str:
        """Round the part of a gas, given in kilograms."""
        return self.headline(self._settled(value))

    def detail(self, value: Enclosure) -> str:
        """Round a part of a row or process, given in kilograms."""
        return self._settled(value).per(self.kilograms).significant(DETAIL_DIGITS)

    def mass(self, value: Enclosure) -> str:
        """Round a mass of gas in kilograms."""
        return self._settled(value).significant(DETAIL_DIGITS)

    def _settled(self, value: Enclosure) -> Enclosure:
        """Return the enclosure, or its middle where details need not be proven."""
        return value if self.proves_details else Enclosure(value.value, scale=value.scale)

    def indicative(self, value: float) -> str:
        """Write a float in kilograms to nine digits that are not proven (what the adjoint gives)."""
        return Enclosure(value).per(self.kilograms).significant(DETAIL_DIGITS)


def rounding_of(inventory: Inventory) -> Rounding:
    """Return the unit and decimals of an inventory's declared total.

    Raises:
        FactorUnitError: a declared unit that is not a mass of CO2e.
    """
    if inventory.declared is None:
        return Rounding(RESULT_UNIT, Fraction(1), None)
    declared = inventory.declared.total
    try:
        if declared.unit.endswith(_CO2E):
            kilograms = conversion(declared.unit.removesuffix(_CO2E), "kg")
            return Rounding(declared.unit, kilograms, decimals_of(declared.amount))
    except UnitError:
        pass
    raise FactorUnitError(f"{declared.unit!r} is no unit of a footprint", row="declared", remedy="write kg CO2e")


@dataclass(frozen=True, slots=True)
class Solution:
    """The float solution of the reached part of a system.

    ``supply`` and ``intensity`` (kg CO2e per unit supplied) are by activity, ``runs`` by process; the errors are proven
    bounds, None where there are none.
    """

    supply: Mapping[int, float]
    intensity: Mapping[int, float]
    runs: Sequence[float]
    run_errors: Sequence[float] | None
    width_kg: float


def write_result(
    inventory: Inventory,
    system: ProductSystem,
    solution: Solution,
    sums: Sums[Enclosure],
    rounding: Rounding,
    gwp: GwpSet,
    findings: tuple[Finding, ...],
    method: Method,
) -> FootprintResult:
    """Write the result; raises :class:`UndecidedDigitError` when an enclosure leaves a digit open."""
    total = rounding.headline(sums.total)
    middle = sums.total.per(rounding.kilograms).middle
    width = Fraction(solution.width_kg) / rounding.kilograms
    declared = inventory.declared.total.amount if inventory.declared else None
    unit = inventory.functional_unit.quantity
    return FootprintResult(
        total=total,
        unit=rounding.unit,
        per=f"{unit.amount} {unit.unit}",
        verdict=judge(declared, total, middle, width),
        declared=declared,
        interval=make_interval(middle, width),
        stages=_shares(sums.stages, sums.total, rounding.headline),
        groups=_shares(sums.groups, sums.total, rounding.headline),
        gases=_gases(sums, rounding),
        processes=_process_results(system, solution, sums, rounding),
        exchanges=_exchange_results(system, solution, sums, rounding),
        avoided=_avoided(system, solution, sums, rounding),
        findings=findings,
        factors_used=system.factors_used,
        gwp_set=gwp.name,
        gwp_digest=gwp.digest,
        method=method,
    )


def _share(part: float, total: float) -> str | None:
    return share_of(part, total, SHARE_DECIMALS)


def _shares(values: Mapping[str, Enclosure], total: Enclosure, write: Callable[[Enclosure], str]) -> tuple[Share, ...]:
    """Write the parts of the total, largest magnitude first."""
    whole = total.nearest
    order = sorted(values, key=lambda key: (-abs(values[key].nearest), key))
    return tuple(Share(key, write(values[key]), _share(values[key].nearest, whole)) for key in order)


def _gases(sums: Sums[Enclosure], rounding: Rounding) -> tuple[Share, ...]:
    """Write the parts of the gases, with their masses where known."""
    shares = _shares(sums.gases, sums.total, rounding.gas)
    masses = {gas: rounding.mass(value) for gas, value in sums.masses.items()}
    return tuple(replace(share, mass_kg=masses.get(share.key)) for share in shares)


def _process_results(
    system: ProductSystem, solution: Solution, sums: Sums[Enclosure], rounding: Rounding
) -> tuple[ProcessResult, ...]:
    """Write each process that the demand reaches, largest direct part first."""
    cumulative: dict[int, float] = {}
    for index, made in sorted(solution.supply.items()):
        process = system.activities[index].process
        cumulative[process] = cumulative.get(process, 0.0) + made * solution.intensity[index]
    zero, whole = Enclosure.exactly(Fraction(0)), sums.total.nearest
    rows = [
        ProcessResult(
            id=system.processes[process].id,
            name=system.processes[process].name,
            stage=system.processes[process].stage,
            runs=Enclosure(solution.runs[process]).significant(DETAIL_DIGITS),
            direct=rounding.detail(sums.processes.get(process, zero)),
            cumulative=rounding.indicative(value),
            share=_share(sums.processes.get(process, zero).nearest, whole),
        )
        for process, value in cumulative.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-abs(Decimal(row.direct)), row.id)))


def _exchange_results(
    system: ProductSystem, solution: Solution, sums: Sums[Enclosure], rounding: Rounding
) -> tuple[ExchangeResult, ...]:
    """Write the additive parts of the rows, ranked, and after them what flows through rows to other processes."""
    whole = sums.total.nearest
    rows = []
    for counted, parts in ((True, sums.parts), (False, sums.outside)):
        for (exchange, part, reference), value in parts.items():
            process, flow = system.exchange_labels[exchange]
            share = _share(value.nearest, whole) if counted else None
            rows.append(
                ExchangeResult(
                    exchange,
                    process,
                    flow,
                    part,
                    reference,
                    rounding.detail(value),
                    share,
                    additive=True,
                    counted=counted,
                )
            )
    rows += [
        _link_result(system, solution, link, whole, rounding) for link in system.links if solution.runs[link.process]
    ]
    return tuple(sorted(rows, key=_rank))


def _link_result(
    system: ProductSystem, solution: Solution, link: Link, whole: float, rounding: Rounding
) -> ExchangeResult:
    """Write what flows through a row to another process (through the adjoint)."""
    process, flow = system.exchange_labels[link.exchange]
    through = _through(system, solution, link.process, link.supplier, link.amount)
    return ExchangeResult(
        exchange=link.exchange,
        process=process,
        flow=flow,
        part=link.part,
        provider=system.processes[system.activities[link.supplier].process].id,
        value=rounding.indicative(through),
        share=_share(through, whole) if link.counted else None,
        additive=False,
        counted=link.counted,
    )


def _rank(row: ExchangeResult) -> tuple[bool, Decimal, str, str, str]:
    return (not row.additive, -abs(Decimal(row.value)), row.exchange, row.part, row.provider or "")


def _through(system: ProductSystem, solution: Solution, process: int, supplier: int, amount: Fraction) -> float:
    """Return the kilograms of CO2e that a row draws through another activity."""
    return float(amount) * solution.runs[process] * solution.intensity.get(supplier, 0.0)


def _avoided(system: ProductSystem, solution: Solution, sums: Sums[Enclosure], rounding: Rounding) -> str | None:
    """Return the avoided burden that stands outside the total (negative), None when there is none."""
    parts = [value.nearest for (_, part, _), value in sums.outside.items() if part == "avoided"]
    links = [
        _through(system, solution, link.process, link.supplier, link.amount)
        for link in system.links
        if not link.counted
    ]
    return rounding.indicative(sum(parts + links)) if parts or links else None
