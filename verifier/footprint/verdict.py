"""Is the declared value reproduced? The ladder R0, R1, INPUTS_TOO_COARSE, R3."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from verifier.decimals import decimals_of, half_unit_in_last_place, to_fraction
from verifier.footprint.exact import significant
from verifier.footprint.model import Interval, Measured, Verdict

COARSE_LIMIT: Final = Fraction(5, 1000)
"""A half-width beyond 0.5 % of the total says that the inputs cannot decide, unless the PCR names another limit."""
_CAUTION: Final = Fraction(1, 10**9)
_INTERVAL_DIGITS: Final = 9


def half_width(measured: Sequence[Measured], runs: Sequence[float], intensity: dict[int, float]) -> float:
    """Return the first-order half-width of the total in kg CO2e: Σ |∂total/∂input| × half a unit in its last place.

    ∂total/∂q = runs × (direct effect per unit + Σ amount per unit × intensity of what is taken), from one forward and
    one adjoint solve: d(result)/dA_ij = −h_i s_j, d(result)/dB_kj = c_k s_j.
    """
    width = 0.0
    for row in measured:
        if row.half_unit and runs[row.process]:
            each = float(row.direct) + sum(float(taken) * intensity.get(supplier, 0.0) for supplier, taken in row.links)
            width += abs(each * runs[row.process]) * float(row.half_unit)
    return width


def make_interval(total: Fraction, width: Fraction) -> Interval:
    """Return the interval as decimal strings (9 significant digits)."""
    relative = significant(width / abs(total), _INTERVAL_DIGITS) if total else None
    return Interval(
        lower=significant(total - width, _INTERVAL_DIGITS),
        upper=significant(total + width, _INTERVAL_DIGITS),
        half_width=significant(width, _INTERVAL_DIGITS),
        relative=relative,
    )


def judge(declared: str | None, rounded: str, total: Fraction, width: Fraction) -> Verdict:
    """Return the verdict.

    Args:
        declared: the declared value, a decimal string, None when nothing is declared.
        rounded: the recalculated value rounded half-even at the declared last digit.
        total: the recalculated value in the declared unit.
        width: the half-width of the inputs' interval in the declared unit.
    """
    if declared is None:
        return "NOT_DECLARED"
    if to_fraction(declared) == to_fraction(rounded) and decimals_of(declared) == decimals_of(rounded):
        return "R0"
    reach = width + half_unit_in_last_place(declared)
    if abs(to_fraction(declared) - total) > reach * (1 - _CAUTION):
        return "R3"
    return "INPUTS_TOO_COARSE" if width > COARSE_LIMIT * abs(total) else "R1"
