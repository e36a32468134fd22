"""Where factors come from: a reference in an inventory resolved to an entry of a loaded dataset.

A reference is ``series@version#entry`` in a file, ``sha-256:<record id>#entry`` in a record.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Final, Protocol, Self, runtime_checkable

from verifier.footprint.errors import FactorUnitError, FactorUnknownError
from verifier.records.factors import FactorDatasetBody, FactorEntry, FactorKind
from verifier.units import UnitError, conversion, parse_unit

CACHED_UNITS: Final = 4096
CACHED_VALUES: Final = 65_536
_SUBSTANCES: Final = ("CO2e", "CO2")


@dataclass(frozen=True, slots=True)
class ResolvedFactor:
    """An entry with the identity of its dataset; ``record_id`` is None for a dataset read from a plain file."""

    reference: str
    series: str
    version: str
    kind: FactorKind
    record_id: str | None
    entry: FactorEntry


class FactorSource(Protocol):
    """What the engine asks of whoever holds the factor datasets."""

    def resolve(self, reference: str) -> ResolvedFactor:
        """Return the entry behind a reference; raise :class:`FactorUnknownError` when there is none."""
        ...


@runtime_checkable
class FactorCatalogue(FactorSource, Protocol):
    """A source that can also say what else it holds: what a diagnosis asks."""

    def related(self, factor: ResolvedFactor) -> tuple[ResolvedFactor, ...]:
        """Return the entries that may have been taken for `factor`: other versions of its series, other kinds."""
        ...


@dataclass(frozen=True, slots=True)
class LoadedDataset:
    """A dataset's body with the id of the record it came in, where it came in one."""

    body: FactorDatasetBody
    record_id: str | None = None


class DatasetFactors:
    """A :class:`FactorSource` over datasets in memory."""

    def __init__(self, datasets: Iterable[LoadedDataset] = ()) -> None:
        self._entries: dict[str, ResolvedFactor] = {}
        self._names: set[str] = set()
        for dataset in datasets:
            self._add(dataset)

    @classmethod
    def of(cls, bodies: Iterable[FactorDatasetBody]) -> Self:
        """Build the source from bodies that came in plain files."""
        return cls(LoadedDataset(body) for body in bodies)

    def _add(self, dataset: LoadedDataset) -> None:
        body = dataset.body
        for name in filter(None, (body.name, dataset.record_id)):
            if name in self._names:
                raise FactorUnknownError(
                    f"two loaded datasets are called {name}", remedy="load one of them", code="FACTOR_DATASET_TWICE"
                )
            self._names.add(name)
            for entry in body.entries:
                reference = f"{name}#{entry.id}"
                self._entries[reference] = ResolvedFactor(
                    reference, body.series, body.version, body.kind, dataset.record_id, entry
                )

    @property
    def names(self) -> tuple[str, ...]:
        """The names and record ids of the loaded datasets, sorted."""
        return tuple(sorted(self._names))

    def resolve(self, reference: str) -> ResolvedFactor:
        """Return the entry behind `reference` (``series@version#entry`` or ``sha-256:…#entry``)."""
        found = self._entries.get(reference)
        if found is not None:
            return found
        name, hash_sign, entry = reference.partition("#")
        if not hash_sign:
            raise FactorUnknownError(f"{reference!r} names no entry", remedy="write series@version#entry")
        if name not in self._names:
            loaded = ", ".join(self.names) or "none"
            raise FactorUnknownError(f"no dataset {name!r} (loaded: {loaded})", remedy="load it with --factors FILE")
        raise FactorUnknownError(f"dataset {name!r} has no entry {entry!r}", remedy="look the entry up in the dataset")

    def related(self, factor: ResolvedFactor) -> tuple[ResolvedFactor, ...]:
        """Return the entry of the same id in other versions of the series, and the entries of another kind with the
        same id, or with the same geography per the same unit; sorted by reference.
        """
        found = {
            (other.series, other.version, other.entry.id): other
            for _, other in sorted(self._entries.items(), reverse=True)
            if _is_related(factor, other)
        }
        return tuple(sorted(found.values(), key=lambda other: other.reference))


def _is_related(factor: ResolvedFactor, other: ResolvedFactor) -> bool:
    """Tell whether `other` may have been taken for `factor`."""
    same_id = other.entry.id == factor.entry.id
    if other.series == factor.series:
        return same_id and other.version != factor.version
    if other.kind == factor.kind:
        return False
    place = factor.entry.geography
    here = place is not None and other.entry.geography == place
    return same_id or (here and _denominator(other) == _denominator(factor))


def _denominator(factor: ResolvedFactor) -> str:
    return factor.entry.unit.partition("/")[2].strip()


@dataclass(frozen=True, slots=True)
class FactorUnit:
    """A factor's unit taken apart: kilograms per mass unit of the numerator, the substance, and the denominator."""

    kilograms: Fraction
    substance: str
    denominator: str


@lru_cache(maxsize=CACHED_UNITS)
def parse_factor_unit(unit: str) -> FactorUnit:
    """Read a unit of the form ``kg CO2e/kWh``.

    Raises:
        FactorUnitError: not a mass of CO2e or CO2 per unit of a flow.
    """
    numerator, slash, denominator = unit.partition("/")
    mass, _, substance = numerator.strip().partition(" ")
    denominator = denominator.strip()
    try:
        if slash and substance.strip() in _SUBSTANCES:
            parse_unit(denominator)
            return FactorUnit(conversion(mass, "kg"), substance.strip(), denominator)
    except UnitError:
        pass
    raise FactorUnitError(f"{unit!r} is no factor unit", remedy="write for instance kg CO2e/kWh")


@lru_cache(maxsize=CACHED_VALUES)
def kilograms_per_unit(value: str, unit: FactorUnit) -> Fraction:
    """Return a factor's value in kilograms per unit of its denominator."""
    return exact_amount(value) * unit.kilograms


def exact_amount(text: str) -> Fraction:
    """Return the value of a decimal string that a model has checked already."""
    integer, point, decimals = text.partition(".")
    return Fraction(int(integer + decimals), 10 ** len(decimals)) if point else Fraction(int(integer))
