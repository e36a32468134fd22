"""From the runs of each process to totals by stage, group, gas, process and exchange.

The same sums are taken three times over: of floats, of the floats' proven error bounds, and, where those leave a digit
open, of exact rationals.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Final, Generic, TypeVar

from verifier.footprint.exact import UNIT_ROUNDOFF, Enclosure
from verifier.footprint.model import Effect, Part, ProductSystem
from verifier.footprint.solve import Number

_Value = TypeVar("_Value")
_Key = TypeVar("_Key", bound=Hashable)
_ZERO: Final = Fraction(0)
_NOWHERE: Final = object()
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


def as_float(value: Fraction) -> float:
    """Return the nearest float of a rational (``float(value)``, without its detour over the abstract numbers)."""
    numerator, denominator = value.as_integer_ratio()
    return numerator / denominator


class ExactSums:
    """The sums in rationals, one by one, for the digits that the float bounds leave open.

    The rational solve runs when the first of them is asked for; ``used`` says whether one was.
    """

    def __init__(self, system: ProductSystem, solve: Callable[[], Sequence[Fraction]]) -> None:
        self._system = system
        self._solve = solve
        self._runs: Sequence[Fraction] | None = None

    @property
    def used(self) -> bool:
        """Whether a rational solve decided any digit."""
        return self._runs is not None

    def of(self, kind: str, key: Hashable) -> Fraction:
        """Return the sum called `kind` in :class:`Sums`, of `key` (None for the total)."""
        if self._runs is None:
            self._runs = self._solve()
        total = _ZERO
        for effect in self._system.effects:
            if self._key(effect, kind) == key:
                amount = (effect.gas_kg or _ZERO) if kind == "masses" else effect.co2e_kg
                total += amount * self._runs[effect.process]
        return total

    def _key(self, effect: Effect, kind: str) -> Hashable:
        """Return the key under which a sum of this kind counts an effect, :data:`_NOWHERE` if it does not."""
        if effect.counted == (kind == "outside") or (kind == "masses" and effect.gas_kg is None):
            return _NOWHERE
        match kind:
            case "total":
                return None
            case "stages":
                return self._system.processes[effect.process].stage
            case "groups":
                return effect.group
            case "gases" | "masses":
                return effect.gas
            case "processes":
                return effect.process
        return (effect.exchange, effect.part, effect.reference)


def bounded_sums(
    system: ProductSystem, runs: Sequence[float], run_errors: Sequence[float], exact: ExactSums | None = None
) -> Sums[Enclosure]:
    """Return the sums as proven enclosures around their floats; `exact` settles the digits that they leave open.

    Each term carries the error of its runs, two roundings of conversion and product, and one rounding for each addition
    that it can take part in.
    """
    co2e = [as_float(effect.co2e_kg) for effect in system.effects]
    mass = [None if effect.gas_kg is None else as_float(effect.gas_kg) for effect in system.effects]
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

    def enclose(value: float, error: float, kind: str, key: Hashable) -> Enclosure:
        settle = None if exact is None else partial(exact.of, kind, key)
        return Enclosure.of_float(value, error * (1 + 1e-9), settle)

    return _pair(values, errors, enclose)


def exact_sums(system: ProductSystem, runs: Sequence[Fraction]) -> Sums[Enclosure]:
    """Return the sums in rationals."""
    co2e = [effect.co2e_kg for effect in system.effects]
    mass = [effect.gas_kg for effect in system.effects]
    sums = sum_effects(system, co2e, mass, runs, _ZERO)
    return _pair(sums, sums, lambda value, *_: Enclosure.exactly(value))


def _pair(
    values: Sums[Number], errors: Sums[Number], enclose: Callable[[Number, Number, str, Hashable], Enclosure]
) -> Sums[Enclosure]:
    """Enclose every sum."""

    def each(kind: str, own: dict[_Key, Number], other: dict[_Key, Number]) -> dict[_Key, Enclosure]:
        return {key: enclose(value, other[key], kind, key) for key, value in own.items()}

    return Sums(
        total=enclose(values.total, errors.total, "total", None),
        stages=each("stages", values.stages, errors.stages),
        groups=each("groups", values.groups, errors.groups),
        gases=each("gases", values.gases, errors.gases),
        masses=each("masses", values.masses, errors.masses),
        processes=each("processes", values.processes, errors.processes),
        parts=each("parts", values.parts, errors.parts),
        outside=each("outside", values.outside, errors.outside),
    )
