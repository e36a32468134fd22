"""Decimal strings: the only form in which an amount enters or leaves a record.

The grammar is that of the record formats (``docs/reference/formats.md``, canonical strings): an
optional minus, at most 18 integer digits without leading zeros, at most 60 decimals, ASCII only,
and no negative zero.  Binary floats have no place in it; an imported float becomes the plain
decimal of its shortest representation (:func:`plain_decimal`).
"""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Final

from pydantic import AfterValidator

MAX_INTEGER_DIGITS: Final = 18
MAX_DECIMALS: Final = 60

_PATTERN: Final = re.compile(r"\A-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,60})?\Z", re.ASCII)
_NEGATIVE_ZERO: Final = re.compile(r"\A-0(?:\.0*)?\Z", re.ASCII)


def is_decimal_string(text: str) -> bool:
    """Tell whether `text` is a decimal string of the record grammar."""
    return _PATTERN.match(text) is not None and _NEGATIVE_ZERO.match(text) is None


def require_decimal_string(text: str) -> str:
    """Return `text` unchanged, or raise ``ValueError`` when it is outside the grammar."""
    if not is_decimal_string(text):
        raise ValueError(
            f"not a decimal string: {text[:80]!r} (plain digits, at most {MAX_INTEGER_DIGITS} before and "
            f"{MAX_DECIMALS} after the point, no exponent, no leading zero, no negative zero)"
        )
    return text


DecimalString = Annotated[str, AfterValidator(require_decimal_string)]
"""A pydantic field type: a string of the decimal grammar."""


def to_fraction(text: str) -> Fraction:
    """Return the exact value of a decimal string.

    Raises:
        ValueError: `text` is outside the grammar.
    """
    return Fraction(require_decimal_string(text))


def decimals_of(text: str) -> int:
    """Return the number of digits after the point of a decimal string (``"2103.4"`` → 1)."""
    _, _, decimals = require_decimal_string(text).partition(".")
    return len(decimals)


def half_unit_in_last_place(text: str) -> Fraction:
    """Return half a unit in the last written place of a decimal string (``"1.03"`` → 0.005)."""
    return Fraction(1, 2 * 10 ** decimals_of(text))


def round_half_even(value: Fraction, decimals: int) -> str:
    """Round exactly, half to even, to a decimal string with `decimals` places.

    Args:
        value: the exact value.
        decimals: 0 to :data:`MAX_DECIMALS`; trailing zeros are kept.

    Raises:
        ValueError: more decimals or more integer digits than the grammar allows.
    """
    if not 0 <= decimals <= MAX_DECIMALS:
        raise ValueError(f"decimals must lie between 0 and {MAX_DECIMALS}, not {decimals}")
    scaled = round(value * 10**decimals)
    digits = str(abs(scaled)).rjust(decimals + 1, "0")
    integer, fraction = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
    text = ("-" if scaled < 0 else "") + integer + ("." + fraction if decimals else "")
    return require_decimal_string(text)


def decimals_for_significant(value: Fraction, digits: int) -> int:
    """Return how many decimals write `value` with `digits` significant digits.

    The answer is bounded by 0 and :data:`MAX_DECIMALS`; a value that rounds up to the next power of
    ten counts as that power.
    """
    if value == 0:
        return 0
    exponent = _decimal_exponent(abs(value))
    decimals = digits - 1 - exponent
    if 0 <= decimals <= MAX_DECIMALS and round(abs(value) * 10**decimals) >= 10**digits:
        decimals -= 1
    return min(max(decimals, 0), MAX_DECIMALS)


def _decimal_exponent(value: Fraction) -> int:
    """Return e with 10^e ≤ `value` < 10^(e+1), for a positive value."""
    exponent = len(str(value.numerator)) - len(str(value.denominator))
    if value < Fraction(10) ** exponent:
        exponent -= 1
    return exponent


def plain_decimal(number: float) -> str:
    """Return the plain decimal of a float's shortest representation (``1.2e-05`` → ``"0.000012"``).

    Raises:
        ValueError: not finite, or outside the decimal grammar.
    """
    text = format(Decimal(repr(float(number))), "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return require_decimal_string("0" if text in ("-0", "") else text)
