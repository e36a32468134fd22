"""Units: exact conversion of decimal amounts between the units that inventories and factors use.

Names are read by pint from a closed definition file with exact ratios; the arithmetic afterwards is in rationals.  A
unit is a product of names, ``*`` or ``.`` between factors and at most one ``/``: ``kWh``, ``t*km``, ``m2*a``,
``kg/l``. UCUM's spellings of the common units are accepted.  Amounts of different dimension convert only through the
properties of their flow (a density in kg/l, a net calorific value in GJ/t, …).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, lru_cache
from importlib import resources
from itertools import permutations
from typing import TYPE_CHECKING, Final

from verifier.errors import VerifierError

if TYPE_CHECKING:
    from pint import UnitRegistry

MAX_UNIT_LENGTH: Final = 64
MAX_PROPERTIES_IN_CHAIN: Final = 2
_CACHED_UNITS: Final = 4096
_UNIT: Final = re.compile(r"\A[A-Za-z0-9_]+(?:[*.][A-Za-z0-9_]+)*(?:/[A-Za-z0-9_]+(?:[*.][A-Za-z0-9_]+)*)?\Z", re.ASCII)
_COUNTED: Final = frozenset({"1", "item", "items", "dozen", "p", "person", "v", "vehicle"})

SPELLINGS: Final[Mapping[str, str]] = {
    "tkm": "t*km", "pkm": "p*km", "vkm": "v*km", "personkm": "p*km", "Item(s)": "item", "unit": "item", "pcs": "item",
    "kW.h": "kWh", "MW.h": "MWh", "W.h": "Wh", "kw.h": "kWh", "[lb_av]": "lb", "lb av": "lb", "[oz_av]": "oz",
    "[mi_i]": "mi", "[nmi_i]": "nmi", "[gal_us]": "gal_us", "gal (US liq)": "gal_us", "[Btu_IT]": "Btu", "btu": "Btu",
    "m³": "m3", "m^3": "m3", "m²": "m2", "m^2": "m2", "Nm³": "Nm3", "m3N": "Nm3", "万Nm3": "e4Nm3", "10^4Nm3": "e4Nm3",
    "1e4 Nm3": "e4Nm3", "sh tn": "sh_tn", "kL": "kl", "tonne": "t", "RMB": "CNY", "yr": "a",
}  # fmt: skip
"""Other spellings of units, read as the ones of the definition file."""


class UnitError(VerifierError):
    """A unit that is not known, or two that do not convert into each other."""

    code = "UNIT_UNKNOWN"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as an exact scale to the base units and the exponents of its dimensions, sorted by name."""

    name: str
    scale: Fraction
    dimensions: tuple[tuple[str, Fraction], ...]

    def is_like(self, other: Unit) -> bool:
        """Tell whether both measure the same kind of quantity."""
        return self.dimensions == other.dimensions


@cache
def _definitions() -> tuple[str, ...]:
    """The lines of the closed definition file: ``name = definition = alias = …``."""
    text = resources.files("verifier").joinpath("data", "units.txt").read_text("utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


@cache
def _names() -> frozenset[str]:
    """Every name and alias of the definition file. pint sees no other: it would evaluate ``9e99999999`` as a fraction
    of that many digits, and read ``ms`` as several metres.
    """
    parts = ([part.strip() for part in line.split("=")] for line in _definitions())
    return frozenset(name for first, _, *aliases in parts for name in (first, *aliases))


@cache
def _registry() -> UnitRegistry[Fraction]:
    """Build pint's registry from the closed definition file (once, on first use)."""
    from pint import UnitRegistry

    registry: UnitRegistry[Fraction] = UnitRegistry(None, non_int_type=Fraction, cache_folder=None)
    for line in _definitions():
        registry.define(line)
    return registry


@lru_cache(maxsize=_CACHED_UNITS)
def parse_unit(name: str) -> Unit:
    """Read a unit.

    Raises:
        UnitError: a name outside the definition file, or a form that is not a product of names.
    """
    spelled = SPELLINGS.get(name, name)
    if spelled == "1":
        return Unit(name, Fraction(1), ())
    if len(spelled) > MAX_UNIT_LENGTH or not _UNIT.match(spelled):
        raise _unknown(name)
    registry = _registry()
    scale = Fraction(1)
    dimensions: dict[str, Fraction] = {}
    numerator, _, denominator = spelled.partition("/")
    for part, sign in ((numerator, 1), (denominator, -1)):
        for factor in re.split(r"[*.]", part) if part else ():
            known = SPELLINGS.get(factor, factor)
            if known == "1":
                continue
            if known not in _names():
                raise _unknown(name)
            base = registry.Quantity(Fraction(1), known).to_base_units()
            scale *= Fraction(str(base.magnitude)) ** sign
            for dimension, exponent in base.dimensionality.items():
                dimensions[dimension] = dimensions.get(dimension, Fraction(0)) + sign * Fraction(str(exponent))
    return Unit(name, scale, tuple(sorted((d, e) for d, e in dimensions.items() if e)))


def is_known_unit(name: str) -> bool:
    """Tell whether :func:`parse_unit` reads `name`."""
    try:
        parse_unit(name)
    except UnitError:
        return False
    return True


def is_counted(name: str) -> bool:
    """Tell whether a unit counts things (items, persons, vehicles): a count is exact, not measured."""
    return SPELLINGS.get(name, name) in _COUNTED


@lru_cache(maxsize=_CACHED_UNITS)
def conversion(source: str, target: str) -> Fraction:
    """Return the exact number of `target` units in one `source` unit.

    Raises:
        UnitError: an unknown unit (``UNIT_UNKNOWN``), or different kinds of quantity (``UNIT_NOT_CONVERTIBLE``).
    """
    one, other = parse_unit(source), parse_unit(target)
    if not one.is_like(other):
        raise _not_convertible(source, target, ())
    return one.scale / other.scale


def convert(
    amount: Fraction, source: str, target: str, properties: Mapping[str, tuple[Fraction, str]] | None = None
) -> Fraction:
    """Convert `amount` from `source` to `target`, through at most two flow properties where the dimensions differ.

    Args:
        amount: exact amount in `source` units.
        source: unit of the amount.
        target: wanted unit.
        properties: of the flow, by name: value and unit of a ratio, such as ``("0.84", "kg/l")`` for a density.

    Raises:
        UnitError: unknown unit, no way between the two (``UNIT_NOT_CONVERTIBLE``), or a property of zero.
    """
    if source == target:
        return amount
    one, other = parse_unit(source), parse_unit(target)
    if one.is_like(other):
        return amount * one.scale / other.scale
    ratios = [(value, parse_unit(unit)) for value, unit in (properties or {}).values()]
    for length in range(1, MAX_PROPERTIES_IN_CHAIN + 1):
        for chain in permutations(ratios, length):
            found = _through(chain, one, other)
            if found is not None:
                return amount * found
    raise _not_convertible(source, target, (properties or {}).keys())


def _through(chain: Iterable[tuple[Fraction, Unit]], source: Unit, target: Unit) -> Fraction | None:
    """Return the factor source → target through every ratio of `chain`, each multiplied or divided, or None."""
    ways: list[tuple[Fraction, dict[str, Fraction]]] = [(source.scale, dict(source.dimensions))]
    for value, unit in chain:
        if value == 0:
            raise UnitError(
                f"a flow property of 0 {unit.name} converts nothing", remedy="give its value", code="PROPERTY_ZERO"
            )
        ways = [
            (scale * (value * unit.scale) ** sign, _times(dimensions, unit, sign))
            for scale, dimensions in ways
            for sign in (1, -1)
        ]
    wanted = dict(target.dimensions)
    for scale, dimensions in ways:
        if dimensions == wanted:
            return scale / target.scale
    return None


def _times(dimensions: Mapping[str, Fraction], unit: Unit, sign: int) -> dict[str, Fraction]:
    """Return the dimensions of a product with `unit` to the power `sign`, without those that cancel."""
    product = dict(dimensions)
    for name, exponent in unit.dimensions:
        product[name] = product.get(name, Fraction(0)) + sign * exponent
    return {name: exponent for name, exponent in product.items() if exponent}


def _unknown(name: str) -> UnitError:
    return UnitError(
        f"unit {name[:80]!r} is not known",
        remedy="write a product of known units such as kg, kWh, m3, l, t*km, item (see docs/reference/formats.md)",
    )


def _not_convertible(source: str, target: str, properties: Iterable[str]) -> UnitError:
    tried = ", ".join(sorted(properties)) or "none given"
    return UnitError(
        f"{source} does not convert into {target} (flow properties: {tried})",
        remedy="use one kind of quantity, or give the flow a property that joins them, for instance density in kg/l",
        code="UNIT_NOT_CONVERTIBLE",
    )
