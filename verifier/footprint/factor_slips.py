"""The slips of factors that a diagnosis tries: another version of the series, or an entry of another kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import partial
from typing import Final, NamedTuple

from verifier.footprint.characterise import KINDS_BY_USE, Characterisation
from verifier.footprint.errors import FootprintError
from verifier.footprint.factors import FactorCatalogue, FactorSource, ResolvedFactor
from verifier.footprint.findings import FindingLog
from verifier.footprint.model import ChangeKind
from verifier.footprint.slips import RowValues, Slip, Trial, with_rows
from verifier.records.inventory import Combustion, Exchange, Inventory, Provider
from verifier.units import UnitError, convert

SLIPPED: Final = "slip:"
"""Prefix of the reference under which another entry stands in one row only."""


@dataclass(frozen=True, slots=True)
class Replaced:
    """A factor source in which some references lead to other entries."""

    source: FactorSource
    instead: Mapping[str, ResolvedFactor]

    def resolve(self, reference: str) -> ResolvedFactor:
        """Return the entry that stands in for `reference`, else that of the source."""
        return self.instead.get(reference) or self.source.resolve(reference)


class Use(NamedTuple):
    """A factor where it stands in a row: its part of the row's value, and the row with another reference there."""

    row: Exchange
    part: str
    reference: str
    leg: int | None = None

    def referring_to(self, reference: str) -> Exchange:
        """Return the row with `reference` in this place."""
        if self.leg is not None:
            legs = list(self.row.transport)
            legs[self.leg] = legs[self.leg].model_copy(update={"factor": reference})
            return self.row.model_copy(update={"transport": legs})
        if self.part == "combustion":
            return self.row.model_copy(update={"combustion": Combustion.model_construct(factor=reference)})
        return self.row.model_copy(update={"provider": Provider.model_construct(factor=reference)})


def factor_slips(trial: Trial, values: RowValues) -> Iterator[Slip]:
    """Yield the slips of factors, if the source can say what else it holds."""
    if not isinstance(trial.factors, FactorCatalogue):
        return
    uses = [use for row in trial.inventory.exchanges for use in _uses(row)]
    factors = {use.reference: trial.factors.resolve(use.reference) for use in uses}
    related = {reference: trial.factors.related(factor) for reference, factor in factors.items()}
    scale = _Scale(trial)
    datasets: dict[tuple[str, str], list[Use]] = defaultdict(list)
    for use in uses:
        own = factors[use.reference]
        datasets[own.series, own.version].append(use)
    for (series, version), own_uses in sorted(datasets.items()):
        yield from _versions(f"{series}@{version}", series, own_uses, factors, related, values, scale)
    for use in uses:
        own = factors[use.reference]
        alone = len(datasets[own.series, own.version]) == 1
        for other in related[use.reference]:
            same_series = other.series == own.series
            if not (same_series and alone):
                kind: ChangeKind = "factor-version" if same_series else "factor-kind"
                yield _in_one_row(kind, use, own, other, values, scale)


def _versions(
    name: str,
    series: str,
    uses: list[Use],
    factors: Mapping[str, ResolvedFactor],
    related: Mapping[str, tuple[ResolvedFactor, ...]],
    values: RowValues,
    scale: _Scale,
) -> Iterator[Slip]:
    """Yield the other versions of a dataset, each taken for every row that uses it."""
    versions = sorted({other.version for use in uses for other in related[use.reference] if other.series == series})
    for version in versions:
        instead = {
            reference: replace(other, reference=reference, kind=factors[reference].kind)
            for reference in {use.reference for use in uses}
            for other in related[reference]
            if (other.series, other.version) == (series, version)
        }
        places = {(use.row.id, use.part, use.reference): use for use in uses if use.reference in instead}
        deltas = [
            scale.delta(factors[use.reference], instead[use.reference], values.part(use.row, use.part, use.reference))
            for use in places.values()
        ]
        known = [delta for delta in deltas if delta is not None]
        total = sum(known) if len(known) == len(deltas) else None
        yield Slip("factor-version", name, f"{series}@{version}", partial(_replaced, instead), total)


def _in_one_row(
    kind: ChangeKind, use: Use, own: ResolvedFactor, other: ResolvedFactor, values: RowValues, scale: _Scale
) -> Slip:
    """Return the slip that one row, in one place, was calculated with another entry."""
    reference = SLIPPED + other.reference
    instead = replace(other, reference=reference, kind=own.kind)
    delta = None
    if use.leg is None or [leg.factor for leg in use.row.transport].count(use.reference) == 1:
        delta = scale.delta(own, instead, values.part(use.row, use.part, use.reference))
    row = use.referring_to(reference)
    return Slip(kind, use.row.id, other.reference, partial(_in_row, use.row, row, {reference: instead}), delta)


def _uses(row: Exchange) -> Iterator[Use]:
    if row.provider is not None and row.provider.factor is not None:
        yield Use(row, "avoided" if row.kind == "avoided" else "provider", row.provider.factor)
    if row.combustion is not None:
        yield Use(row, "combustion", row.combustion.factor)
    for number, leg in enumerate(row.transport):
        if leg.factor is not None:
            yield Use(row, "transport", leg.factor, number)


def _replaced(instead: Mapping[str, ResolvedFactor], trial: Trial) -> Trial:
    return trial._replace(factors=Replaced(trial.factors, instead))


def _in_row(row: Exchange, other: Exchange, instead: Mapping[str, ResolvedFactor], trial: Trial) -> Trial:
    return with_rows(row, [other], _replaced(instead, trial))


class _Scale:
    """How a part's value moves when another entry stands in the place of its factor."""

    def __init__(self, trial: Trial) -> None:
        inventory: Inventory = trial.inventory
        self._read = Characterisation(trial.gwp, inventory.rules, FindingLog())

    def delta(self, own: ResolvedFactor, other: ResolvedFactor, value: float) -> float | None:
        """Return the change of the part's value, None where the two do not compare unit by unit."""
        try:
            here, there = self._per_unit(own), self._per_unit(other)
            units = convert(Fraction(1), here[1], there[1])
        except (UnitError, FootprintError):
            return None
        return value * float(there[0] * units / here[0] - 1) if here[0] else None

    def _per_unit(self, factor: ResolvedFactor) -> tuple[Fraction, str]:
        use = next(name for name, kinds in KINDS_BY_USE.items() if factor.kind in kinds)
        unit, effects = self._read.factor(factor, use, "")
        return sum((effect.co2e_kg for effect in effects if effect.counted), Fraction(0)), unit
