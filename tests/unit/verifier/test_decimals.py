"""The decimal grammar, exact rounding, and floats to their plain decimals."""

import re
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.decimals import (
    decimals_for_significant,
    decimals_of,
    half_unit_in_last_place,
    is_decimal_string,
    plain_decimal,
    require_decimal_string,
    round_half_even,
    to_fraction,
)


@pytest.mark.parametrize("text", ["0", "1.03", "-1", "0.000", "9" * 18, "1." + "0" * 60, "-0.1"])
def test_in_the_grammar(text):
    assert is_decimal_string(text)
    assert to_fraction(text) == Fraction(text)


@pytest.mark.parametrize(
    "text",
    ["", "-", "01", "1.", ".5", "+1", "1e3", "-0", "-0.00", "9" * 19, "1." + "0" * 61, "1\n", " 1", "１", "1,0", "NaN"],
)
def test_outside_the_grammar(text):
    assert not is_decimal_string(text)
    with pytest.raises(ValueError, match="decimal string"):
        require_decimal_string(text)


GRAMMAR = re.compile(r"-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,60})?", re.ASCII)


@given(st.from_regex(GRAMMAR, fullmatch=True))
def test_the_grammar_is_that_of_the_formats_without_negative_zero(text):
    assert is_decimal_string(text) == (not (text.startswith("-") and Fraction(text) == 0))


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=8), st.integers(0, 8))
def test_rounding_is_half_even(value, places):
    expected = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    text = round_half_even(Fraction(value), places)
    assert Fraction(text) == Fraction(expected)
    assert decimals_of(text) == places
    assert is_decimal_string(text)


@pytest.mark.parametrize(("value", "text"), [("0.5", "0"), ("1.5", "2"), ("2.5", "2"), ("-0.4", "0"), ("-2.5", "-2")])
def test_ties(value, text):
    assert round_half_even(Fraction(value), 0) == text


def test_rounding_refuses_what_the_grammar_does():
    with pytest.raises(ValueError, match="decimal string"):
        round_half_even(Fraction(10**18), 0)
    with pytest.raises(ValueError, match="decimals"):
        round_half_even(Fraction(1), 61)


@given(st.floats(min_value=1e-40, max_value=1e17) | st.floats(min_value=-1e17, max_value=-1e-40) | st.just(0.0))
def test_a_float_becomes_its_shortest_decimal(number):
    text = plain_decimal(number)
    assert float(text) == number
    assert "e" not in text
    assert Fraction(text) == Fraction(repr(number))


@pytest.mark.parametrize(("number", "text"), [(1.2e-05, "0.000012"), (-0.0, "0"), (1e17, "1" + "0" * 17), (0.1, "0.1")])
def test_plain_decimals(number, text):
    assert plain_decimal(number) == text


@pytest.mark.parametrize("number", [float("inf"), float("nan"), 1e19, 1e-70])
def test_floats_without_a_decimal_string(number):
    with pytest.raises(ValueError, match="decimal string"):
        plain_decimal(number)


@given(st.fractions(min_value=Fraction(1, 10**30), max_value=10**15), st.integers(1, 15))
def test_significant_digits(value, digits):
    text = round_half_even(value, decimals_for_significant(value, digits))
    error = abs(Fraction(text) - value)
    assert error <= value / 10 ** (digits - 1) / 2 or decimals_for_significant(value, digits) == 0
    assert sum(c.isdigit() for c in text.lstrip("0.").replace(".", "")) >= digits


def test_half_a_unit_in_the_last_place():
    assert half_unit_in_last_place("1.03") == Fraction(5, 1000)
    assert half_unit_in_last_place("120") == Fraction(1, 2)
