"""Two footprints, and their difference explained exchange by exchange.

The total is the sum of the rows' additive parts, so the difference of two totals is the sum of the differences of their
parts.  Each difference is divided once more: what the row itself has changed (amount, factor, GWP set) and what comes
from its process running more or less often.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from verifier.decimals import MAX_DECIMALS, decimals_of, round_half_even, to_fraction
from verifier.errors import FormatError
from verifier.footprint.engine import recalculate
from verifier.footprint.errors import FootprintError
from verifier.footprint.exact import significant
from verifier.footprint.model import ExchangeResult, FootprintResult
from verifier.footprint.results import rounding_of
from verifier.footprint.slips import Trial
from verifier.units import UnitError, convert

DETAIL_DIGITS: Final = 9
CAUSE_DIGITS: Final = 6
_CO2E: Final = " CO2e"


class NotComparableError(FootprintError):
    """Two results per different kinds of unit, or in units that do not convert."""

    code = "NOT_COMPARABLE"


@dataclass(frozen=True, slots=True)
class Part:
    """The additive part of a row: what it adds to the total per functional unit, and how often its process runs."""

    exchange: str
    process: str
    flow: str
    part: str
    providers: tuple[str, ...]
    value: Fraction
    runs: Fraction


@dataclass(frozen=True, slots=True)
class Compared:
    """One side of a comparison: its total, written and exact, and its parts by row."""

    written: str
    total: Fraction
    unit: str
    per: str
    gwp_set: str
    parts: tuple[Part, ...]

    @classmethod
    def of(cls, result: FootprintResult) -> Compared:
        """Take from a result what is compared."""
        runs = {process.id: to_fraction(process.runs) for process in result.processes}
        parts = _parts(result.exchanges, runs)
        return cls(result.total, to_fraction(result.total), result.unit, result.per, result.gwp_set, parts)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Compared:
        """Take it from what ``tanju recalculate --json`` printed; raises :class:`FormatError`."""
        try:
            total = value["total"]
            names = ("exchange", "process", "flow", "part", "provider", "value", "share", "additive", "counted")
            rows = [ExchangeResult(*(row[name] for name in names)) for row in value["exchanges"]]
            runs = {row["process"]: to_fraction(row["runs"]) for row in value["processes"]}
            own = (total["value"], to_fraction(total["value"]), total["unit"], total["per"], value["gwp"]["set"])
            return cls(*own, _parts(rows, runs))
        except (KeyError, TypeError, ValueError) as error:
            raise FormatError(f"no result: {error}", remedy="use the output of tanju recalculate --json") from error


@dataclass(frozen=True, slots=True)
class RowDifference:
    """What one row contributes to the difference b − a; ``None`` for the side that has no such row.

    ``own`` comes from the row itself, ``runs`` from its process running more or less often (indicative; their sum is
    ``difference``).
    """

    exchange: tuple[str | None, str | None]
    process: str
    flow: str
    part: str
    providers: tuple[tuple[str, ...], tuple[str, ...]]
    a: str | None
    b: str | None
    difference: str
    own: str
    runs: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """The difference of two totals, in the unit and per the amount of the first.

    ``difference`` = Σ ``rows[i].difference`` + ``rounding``, exactly; ``rounding`` is what the nine digits of the parts
    leave.  ``equal`` says whether the totals agree in ``decimals`` decimals, the coarser of the two.
    """

    a: str
    b: str
    unit: str
    per: str
    gwp_sets: tuple[str, str]
    difference: str
    relative: str | None
    rows: tuple[RowDifference, ...]
    rounding: str
    decimals: int
    equal: bool


def compare(a: FootprintResult | Compared, b: FootprintResult | Compared, *, decimals: int | None = None) -> Comparison:
    """Explain the difference b − a, exchange by exchange.

    Parts are matched by exchange id and flow, then by process and flow; what has no counterpart stands alone.

    Args:
        a: the first result; its unit and functional unit are those of the answer.
        b: the second, converted to them.
        decimals: in how many the totals must agree to be equal; the coarser of the two written totals if None.

    Raises:
        NotComparableError: the functional units or the units of the totals do not convert.
    """
    first, second = (side if isinstance(side, Compared) else Compared.of(side) for side in (a, b))
    second = _converted(second, first)
    places = min(decimals_of(first.written), decimals_of(second.written)) if decimals is None else decimals
    difference = second.total - first.total
    rows = sorted((_difference(*pair) for pair in _matched(first.parts, second.parts)), key=_rank)
    summed = sum((to_fraction(row.difference) for row in rows), Fraction(0))
    return Comparison(
        a=first.written,
        b=second.written,
        unit=first.unit,
        per=first.per,
        gwp_sets=(first.gwp_set, second.gwp_set),
        difference=exact_decimal(difference),
        relative=significant(difference / first.total, CAUSE_DIGITS) if first.total else None,
        rows=tuple(rows),
        rounding=exact_decimal(difference - summed),
        decimals=places,
        equal=round_half_even(first.total, places) == round_half_even(second.total, places),
    )


def compare_inventories(a: Trial, b: Trial) -> Comparison:
    """Calculate two inventories (or one under two GWP sets or factor sources) and explain the difference.

    The declared values decide only in how many decimals the totals must agree to be equal.

    Raises:
        FootprintError: one of them has no calculable footprint, or :class:`NotComparableError`.
    """
    sides = []
    for own in (a, b):
        free = own.inventory.model_copy(update={"declared": None})
        sides.append(Compared.of(recalculate(free, factors=own.factors, gwp=own.gwp)))
    declared = [rounding_of(own.inventory) for own in (a, b)]
    scales = [own.kilograms / 10**own.decimals for own in declared if own.decimals is not None]
    return compare(*sides, decimals=_places(max(scales)) if scales else None)


def comparison_to_json(comparison: Comparison) -> dict[str, Any]:
    """Return the JSON value of a comparison; every number in it is a decimal string."""
    return {
        "a": {"value": comparison.a, "gwp": comparison.gwp_sets[0]},
        "b": {"value": comparison.b, "gwp": comparison.gwp_sets[1]},
        "unit": comparison.unit,
        "per": comparison.per,
        "difference": comparison.difference,
        "relative": comparison.relative,
        "equal": comparison.equal,
        "decimals": comparison.decimals,
        "rows": [_row_to_json(row) for row in comparison.rows],
        "rounding": comparison.rounding,
    }


def _row_to_json(row: RowDifference) -> dict[str, Any]:
    return {
        "exchange": {"a": row.exchange[0], "b": row.exchange[1]},
        "process": row.process,
        "flow": row.flow,
        "part": row.part,
        "providers": {"a": list(row.providers[0]), "b": list(row.providers[1])},
        "a": row.a,
        "b": row.b,
        "difference": row.difference,
        "own": row.own,
        "runs": row.runs,
    }


def _parts(rows: Iterable[ExchangeResult], runs: Mapping[str, Fraction]) -> tuple[Part, ...]:
    """Sum the counted, additive rows by exchange and part."""
    values: dict[tuple[str, str, str, str], Fraction] = defaultdict(Fraction)
    providers: dict[tuple[str, str, str, str], set[str]] = defaultdict(set)
    for row in rows:
        if row.additive and row.counted:
            key = (row.exchange, row.process, row.flow, row.part)
            values[key] += to_fraction(row.value)
            providers[key].update([row.provider] if row.provider else [])
    return tuple(
        Part(*key, tuple(sorted(providers[key])), value, runs.get(key[1], Fraction(0)))
        for key, value in sorted(values.items())
    )


def _matched(first: Sequence[Part], second: Sequence[Part]) -> list[tuple[Part | None, Part | None]]:
    """Pair the parts: by exchange id and flow, then by process and flow, each in order of id; the rest alone."""
    pairs: list[tuple[Part | None, Part | None]] = []
    rest, others = list(first), list(second)
    for key in (_by_id, _by_place):
        waiting: dict[tuple[str, str, str], list[Part]] = defaultdict(list)
        for part in others:
            waiting[key(part)].append(part)
        left: list[Part] = []
        for part in rest:
            found = waiting[key(part)]
            if found:
                pairs.append((part, found.pop(0)))
            else:
                left.append(part)
        rest, others = left, [part for parts in waiting.values() for part in parts]
    return [*pairs, *((part, None) for part in rest), *((None, part) for part in others)]


def _by_id(part: Part) -> tuple[str, str, str]:
    return part.exchange, part.flow, part.part


def _by_place(part: Part) -> tuple[str, str, str]:
    return part.process, part.flow, part.part


def _difference(a: Part | None, b: Part | None) -> RowDifference:
    """Write one difference, divided between the row itself and the runs of its process."""
    shown = b or a
    assert shown is not None
    before, after = (part.value if part else Fraction(0) for part in (a, b))
    own = difference = after - before
    if a is not None and b is not None and a.runs and b.runs:
        own = (after / b.runs - before / a.runs) * (a.runs + b.runs) / 2
    return RowDifference(
        exchange=(a.exchange if a else None, b.exchange if b else None),
        process=shown.process,
        flow=shown.flow,
        part=shown.part,
        providers=(a.providers if a else (), b.providers if b else ()),
        a=None if a is None else exact_decimal(before),
        b=None if b is None else exact_decimal(after),
        difference=exact_decimal(difference),
        own=significant(own, CAUSE_DIGITS),
        runs=significant(difference - own, CAUSE_DIGITS),
    )


def _converted(side: Compared, like: Compared) -> Compared:
    """Return a side in the unit of another's total and per its functional unit."""
    if (side.unit, side.per) == (like.unit, like.per):
        return side
    (amount, unit), (wanted, wanted_unit) = _quantity(side.per), _quantity(like.per)
    try:
        mass = convert(Fraction(1), side.unit.removesuffix(_CO2E), like.unit.removesuffix(_CO2E))
        factor = mass * wanted / convert(amount, unit, wanted_unit)
    except UnitError as error:
        raise NotComparableError(
            f"{side.unit} per {side.per} against {like.unit} per {like.per}",
            remedy="compare footprints of functional units that convert into each other",
        ) from error
    total = side.total * factor
    last_place = factor / 10 ** decimals_of(side.written)
    parts = tuple(
        Part(part.exchange, part.process, part.flow, part.part, part.providers, part.value * factor, part.runs * factor)
        for part in side.parts
    )
    return Compared(round_half_even(total, _places(last_place)), total, like.unit, like.per, side.gwp_set, parts)


def _places(last_place: Fraction) -> int:
    """Return the decimals of the finest power of ten that is no finer than a last place."""
    return next((n for n in range(MAX_DECIMALS, 0, -1) if Fraction(1, 10**n) >= last_place), 0)


def _quantity(per: str) -> tuple[Fraction, str]:
    amount, _, unit = per.partition(" ")
    return to_fraction(amount), unit


def exact_decimal(value: Fraction) -> str:
    """Write a value with as few decimals as it has; one without an end to nine significant digits."""
    twos, rest = 0, value.denominator
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    fives = 0
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    places = max(twos, fives)
    return round_half_even(value, places) if rest == 1 and places <= MAX_DECIMALS else significant(value, DETAIL_DIGITS)


def _rank(row: RowDifference) -> tuple[Fraction, str, str, str, str]:
    ids = [name or "" for name in row.exchange]
    return (-abs(to_fraction(row.difference)), row.process, row.flow, row.part, "\0".join(ids))
