"""Proven bounds of the float solve, and the step to exact rationals where they do not decide a digit.

For (I − N) y = f with float solution ŷ, let v ≥ |f − (I − N)ŷ| and M the comparison matrix of I − N.  If a positive w
has M w ≥ m > 0, then M is a nonsingular M-matrix, |(I − N)⁻¹| ≤ M⁻¹ (Ostrowski 1937) and |y − ŷ| ≤ w · max(v/m),
element by element.  v and m are evaluated with ``math.fsum`` and bounds of their rounding, so the inequality holds in
exact arithmetic, whatever the solver did.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from verifier.decimals import decimals_for_significant, round_half_even
from verifier.footprint.errors import NotProductiveError, SingularError
from verifier.footprint.solve import Columns, float_system, refined

UNIT_ROUNDOFF: Final = 2.0**-53
_TERM_SLACK: Final = 4 * UNIT_ROUNDOFF
"""A product of two correctly rounded numbers, summed by fsum, is off by less than this share of its terms."""
_OUTWARD: Final = 1.0 + 1e-9
LARGEST_EXACT_LOOP: Final = 60
"""A larger loop is not solved in rationals: its digits are then decided by the bound or not at all."""


class UndecidedDigitError(Exception):
    """A digit that an enclosure leaves open; the engine then solves in rationals."""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """Exact ends that enclose a value; both are the value itself when it is known exactly."""

    low: Fraction
    high: Fraction

    @classmethod
    def of_float(cls, value: float, error: float) -> Enclosure:
        """Enclose what lies within `error` of `value`."""
        middle, radius = Fraction(value), Fraction(error)
        return cls(middle - radius, middle + radius)

    @classmethod
    def exactly(cls, value: Fraction) -> Enclosure:
        """Enclose a value that is known."""
        return cls(value, value)

    @property
    def middle(self) -> Fraction:
        """The point to use where digits are only indicative."""
        return self.low if self.low == self.high else (self.low + self.high) / 2

    def per(self, scale: Fraction) -> Enclosure:
        """Return the enclosure in a unit of `scale` (positive) of the present one."""
        return Enclosure(self.low / scale, self.high / scale)

    def rounded(self, decimals: int) -> str:
        """Round half-even; raises :class:`UndecidedDigitError` when the ends round differently."""
        below, above = round_half_even(self.low, decimals), round_half_even(self.high, decimals)
        if below != above:
            raise UndecidedDigitError
        return below

    def significant(self, digits: int) -> str:
        """Round to significant digits; raises :class:`UndecidedDigitError` when the ends round differently."""
        below, above = significant(self.low, digits), significant(self.high, digits)
        if below != above:
            raise UndecidedDigitError
        return below


def supply_bounds(columns: Columns[float], demand: Sequence[float], supply: Sequence[float]) -> list[float] | None:
    """Return proven bounds of |y − ŷ|, None when the system is no H-matrix (strong credits) or too ill-conditioned.

    Raises:
        NotProductiveError: without negative entries and without a positive w the loop consumes what it makes.
    """
    residual = _residual_bounds(columns, demand, supply)
    comparison = [_comparison_column(k, column) for k, column in enumerate(columns)]
    try:
        system = float_system(comparison)
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
    return round_half_even(value, decimals_for_significant(value, digits))
