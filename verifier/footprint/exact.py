"""Proven bounds of the float solve, and the step to exact rationals where they do not decide a digit.

For (I − N) y = f with float solution ŷ, let v ≥ |f − (I − N)ŷ| and M the comparison matrix of I − N.  If a positive w
has M w ≥ m > 0, then M is a nonsingular M-matrix, |(I − N)⁻¹| ≤ M⁻¹ (Ostrowski 1937) and |y − ŷ| ≤ w · max(v/m),
element by element.  v and m are evaluated with ``math.fsum`` and bounds of their rounding, so the inequality holds in
exact arithmetic, whatever the solver did.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Final, NamedTuple

from verifier.decimals import MAX_DECIMALS, MAX_INTEGER_DIGITS, decimals_for_significant, round_half_even
from verifier.footprint.errors import NotProductiveError, SingularError
from verifier.footprint.solve import Columns, Components, float_system, refined

UNIT_ROUNDOFF: Final = 2.0**-53
_TERM_SLACK: Final = 4 * UNIT_ROUNDOFF
"""A product of two correctly rounded numbers, summed by fsum, is off by less than this share of its terms."""
_OUTWARD: Final = 1.0 + 1e-9
_LARGEST_WRITTEN: Final = 10.0 ** (MAX_INTEGER_DIGITS - 1)
ONE: Final = Fraction(1)
LARGEST_EXACT_LOOP: Final = 60
"""A larger loop is not solved in rationals: its digits are then decided by the bound or not at all."""


class UndecidedDigitError(Exception):
    """A digit that an enclosure leaves open; the engine then solves in rationals."""


class Enclosure(NamedTuple):
    """What encloses a value: a float with a proven error, or the value itself as a rational.

    ``scale`` divides both (a unit).  ``settle`` gives the exact value, before scaling, where the float leaves a digit
    open; without it that digit stays open.
    """

    value: float | Fraction
    error: float = 0.0
    scale: Fraction = ONE
    settle: Callable[[], Fraction] | None = None

    @classmethod
    def of_float(cls, value: float, error: float, settle: Callable[[], Fraction] | None = None) -> Enclosure:
        """Enclose what lies within `error` of `value`."""
        return cls(value, error, settle=settle)

    @classmethod
    def exactly(cls, value: Fraction) -> Enclosure:
        """Enclose a value that is known."""
        return cls(value)

    @property
    def middle(self) -> Fraction:
        """The point to use where digits are only indicative."""
        return Fraction(self.value) / self.scale

    @property
    def nearest(self) -> float:
        """The float nearest to the middle."""
        if isinstance(self.value, float) and self.scale == 1:
            return self.value
        return float(self.middle)

    def per(self, scale: Fraction) -> Enclosure:
        """Return the enclosure in a unit of `scale` (positive) of the present one."""
        return self if scale == 1 else Enclosure(self.value, self.error, self.scale * scale, self.settle)

    def rounded(self, decimals: int) -> str:
        """Round half-even; raises :class:`UndecidedDigitError` when the ends round differently."""
        low, high = self._float_ends()
        text = decimals_between(low, high, decimals)
        return self._agreed(lambda end: round_half_even(end, decimals)) if text is None else text

    def significant(self, digits: int) -> str:
        """Round to significant digits; raises :class:`UndecidedDigitError` when the ends round differently."""
        low, high = self._float_ends()
        text = significant_between(low, high, digits)
        return self._agreed(lambda end: significant(end, digits)) if text is None else text

    def _float_ends(self) -> tuple[float, float]:
        """Return floats that enclose the value, a little wider than need be; not a number where rationals must tell."""
        value, error = self.value, self.error
        if not isinstance(value, float):
            return math.nan, math.nan
        if self.scale != 1:
            scale = float(self.scale)
            value, error = value / scale, error / scale * _OUTWARD + abs(value / scale) * _TERM_SLACK
        if not error:
            return value, value
        return math.nextafter(value - error, -math.inf), math.nextafter(value + error, math.inf)

    def _agreed(self, write: Callable[[Fraction], str]) -> str:
        """Write the exact ends; where they differ, the settled value."""
        middle, radius = self.middle, Fraction(self.error) / self.scale
        if not radius:
            return write(middle)
        below = write(middle - radius)
        if below == write(middle + radius):
            return below
        if self.settle is None:
            raise UndecidedDigitError
        return write(self.settle() / self.scale)


def decimals_between(low: float, high: float, decimals: int) -> str | None:
    """Write what both ends round to (half-even, of their exact binary values), None where they differ or may not be
    written so: Python formats a float's exact value correctly rounded, and rounding is monotone.
    """
    if not -_LARGEST_WRITTEN < low <= high < _LARGEST_WRITTEN:
        return None
    text = f"{low:.{decimals}f}"
    if (low != high and text != f"{high:.{decimals}f}") or (text[0] == "-" and not text.strip("-0.")):
        return None
    return text


def significant_between(low: float, high: float, digits: int) -> str | None:
    """Write what both ends round to with `digits` significant digits, as :func:`significant` would; None as above."""
    if low == high == 0:
        return "0"
    if not (0 < low <= high < math.inf or -math.inf < low <= high < 0):
        return None
    text = f"{low:.{digits - 1}e}"
    if low != high and text != f"{high:.{digits - 1}e}":
        return None
    mantissa, _, power = text.partition("e")
    exponent = int(power)
    decimals = digits - 1 - exponent
    if not 0 <= decimals <= MAX_DECIMALS:
        return None
    sign = "-" if mantissa[0] == "-" else ""
    figures = mantissa.removeprefix("-").replace(".", "")
    if exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{figures}"
    return f"{sign}{figures[: exponent + 1]}.{figures[exponent + 1 :]}" if decimals else sign + figures


def share_of(part: float, total: float, decimals: int) -> str | None:
    """Return the share of a total, rounded half-even of the exact quotient of the two floats; None of a zero total."""
    if not total:
        return None
    quotient = part / total
    text = decimals_between(math.nextafter(quotient, -math.inf), math.nextafter(quotient, math.inf), decimals)
    return round_half_even(Fraction(part) / Fraction(total), decimals) if text is None else text


def supply_bounds(
    columns: Columns[float], demand: Sequence[float], supply: Sequence[float], components: Components | None = None
) -> list[float] | None:
    """Return proven bounds of |y − ŷ|, None when the system is no H-matrix (strong credits) or too ill-conditioned.

    `components` are those of the system, if they are known: its comparison matrix has no link that it has not.

    Raises:
        NotProductiveError: without negative entries and without a positive w the loop consumes what it makes.
    """
    residual = _residual_bounds(columns, demand, supply)
    comparison = [_comparison_column(k, column) for k, column in enumerate(columns)]
    try:
        system = float_system(comparison, components)
        weights = refined(system, residual, system.supply(residual))
    except SingularError:
        return None
    if any(not math.isfinite(weight) or weight <= 0 for weight in weights):
        if all(taken >= 0 for column in columns for taken in column.values()):
            raise NotProductiveError(
                "a loop consumes at least as much as it makes", remedy="check the amounts and units of its rows"
            )
        return None
    margins = _comparison_margins(comparison, weights)
    if any(margin <= 0 for margin in margins):
        return None
    ratio = max(r / m for r, m in zip(residual, margins, strict=True)) * _OUTWARD
    return [weight * ratio * _OUTWARD for weight in weights]


def _residual_bounds(columns: Columns[float], demand: Sequence[float], supply: Sequence[float]) -> list[float]:
    """Return upper bounds of |f − (I − N)ŷ|, never zero."""
    terms: list[list[float]] = [[wanted, -made] for wanted, made in zip(demand, supply, strict=True)]
    for k, column in enumerate(columns):
        for j, taken in column.items():
            terms[j].append(taken * supply[k])
    floor = max((abs(value) for value in supply), default=0.0) * 1e-40 + 1e-200
    return [
        (abs(math.fsum(row)) + _TERM_SLACK * math.fsum(abs(term) for term in row)) * _OUTWARD + floor for row in terms
    ]


def _comparison_column(k: int, column: dict[int, float]) -> dict[int, float]:
    """Return a column of N' with I − N' the comparison matrix of I − N."""
    result = {j: abs(taken) for j, taken in column.items() if j != k}
    own = column.get(k)
    if own is not None:
        result[k] = 1.0 - abs(1.0 - own)
    return result


def _comparison_margins(columns: Sequence[dict[int, float]], weights: Sequence[float]) -> list[float]:
    """Return lower bounds of (M w)_i."""
    terms: list[list[float]] = [[weight] for weight in weights]
    for k, column in enumerate(columns):
        for j, taken in column.items():
            terms[j].append(-taken * weights[k])
    return [math.fsum(row) - _TERM_SLACK * math.fsum(abs(term) for term in row) for row in terms]


def significant(value: Fraction, digits: int) -> str:
    """Write an exact value with `digits` significant digits, half to even (``"0"`` for zero)."""
    if abs(value) < _LARGEST_WRITTEN:
        near = float(value)
        text = significant_between(math.nextafter(near, -math.inf), math.nextafter(near, math.inf), digits)
        if text is not None:
            return text
    return round_half_even(value, decimals_for_significant(value, digits))
