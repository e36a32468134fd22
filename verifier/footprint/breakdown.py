"""From the runs of each process to totals by stage, group, gas, process and exchange.

The same sums are taken three times over: of floats, of the floats' proven error bounds, and, where those leave a digit
open, of exact rationals.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Generic, TypeVar

from verifier.footprint.exact import UNIT_ROUNDOFF, Enclosure
from verifier.footprint.model import Part, ProductSystem
from verifier.footprint.solve import Number

_Value = TypeVar("_Value")
_Key = TypeVar("_Key", bound=Hashable)
PartKey = tuple[str, Part, str | None]
"""An additive part of a row: exchange id, part, and the reference of its factor."""


@dataclass(slots=True)
class Sums(Generic[_Value]):
    """Sums of CO2e in kilograms (and of gas masses) over the effects of a system."""

    total: _Value
    stages: dict[str, _Value] = field(default_factory=dict)
    groups: dict[str, _Value] = field(default_factory=dict)
    gases: dict[str, _Value] = field(default_factory=dict)
    masses: dict[str, _Value] = field(default_factory=dict)
    processes: dict[int, _Value] = field(default_factory=dict)
    parts: dict[PartKey, _Value] = field(default_factory=dict)
    outside: dict[PartKey, _Value] = field(default_factory=dict)


def sum_effects(
    system: ProductSystem, co2e: Sequence[Number], mass: Sequence[Number | None], runs: Sequence[Number], zero: Number
) -> Sums[Number]:
    """Sum `co2e[i] × runs[process of effect i]` by every key; ``outside`` holds what the total does not count."""
    sums = Sums(zero)
    for effect, each, gas_each in zip(system.effects, co2e, mass, strict=True):
        value = each * runs[effect.process]
        part = (effect.exchange, effect.part, effect.reference)
        if not effect.counted:
            sums.outside[part] = sums.outside.get(part, zero) + value
            continue
        stage = system.processes[effect.process].stage
        sums.total += value
        sums.stages[stage] = sums.stages.get(stage, zero) + value
        sums.groups[effect.group] = sums.groups.get(effect.group, zero) + value
        sums.gases[effect.gas] = sums.gases.get(effect.gas, zero) + value
        sums.processes[effect.process] = sums.processes.get(effect.process, zero) + value
        sums.parts[part] = sums.parts.get(part, zero) + value
        if gas_each is not None:
            sums.masses[effect.gas] = sums.masses.get(effect.gas, zero) + gas_each * runs[effect.process]
    return sums


def process_runs(
    system: ProductSystem, activities: Sequence[int], supply: Sequence[Number], zero: Number
) -> list[Number]:
    """Return the effective runs of each process: Σ share × supply / amount over its activities.

    `supply` belongs to ``system.activities[i] for i in activities``.
    """
    runs = [zero] * len(system.processes)
    for index, made in zip(activities, supply, strict=True):
        activity = system.activities[index]
        if activity.share:
            runs[activity.process] += made * type(zero)(activity.share / activity.amount)
    return runs


def bounded_sums(system: ProductSystem, runs: Sequence[float], run_errors: Sequence[float]) -> Sums[Enclosure]:
    """Return the sums as proven enclosures around their floats.

    Each term carries the error of its runs, two roundings of conversion and product, and one rounding for each addition
    that it can take part in.
    """
    co2e = [float(effect.co2e_kg) for effect in system.effects]
    mass = [None if effect.gas_kg is None else float(effect.gas_kg) for effect in system.effects]
    values = sum_effects(system, co2e, mass, runs, 0.0)
    roundings = (len(system.effects) + 8) * UNIT_ROUNDOFF
    weights = [error + roundings * (abs(run) + error) for run, error in zip(runs, run_errors, strict=True)]
    errors = sum_effects(
        system,
        [abs(c) * (1 + 1e-9) for c in co2e],
        [None if m is None else abs(m) * (1 + 1e-9) for m in mass],
        weights,
        0.0,
    )
    return _pair(values, errors, lambda value, error: Enclosure.of_float(value, error * (1 + 1e-9)))


def exact_sums(system: ProductSystem, runs: Sequence[Fraction]) -> Sums[Enclosure]:
    """Return the sums in rationals."""
    co2e = [effect.co2e_kg for effect in system.effects]
    mass = [effect.gas_kg for effect in system.effects]
    sums = sum_effects(system, co2e, mass, runs, Fraction(0))
    return _pair(sums, sums, lambda value, _: Enclosure.exactly(value))


def _pair(
    values: Sums[Number], errors: Sums[Number], enclose: Callable[[Number, Number], Enclosure]
) -> Sums[Enclosure]:
    """Enclose every sum."""

    def each(own: dict[_Key, Number], other: dict[_Key, Number]) -> dict[_Key, Enclosure]:
        return {key: enclose(value, other[key]) for key, value in own.items()}

    return Sums(
        total=enclose(values.total, errors.total),
        stages=each(values.stages, errors.stages),
        groups=each(values.groups, errors.groups),
        gases=each(values.gases, errors.gases),
        masses=each(values.masses, errors.masses),
        processes=each(values.processes, errors.processes),
        parts=each(values.parts, errors.parts),
        outside=each(values.outside, errors.outside),
    )
