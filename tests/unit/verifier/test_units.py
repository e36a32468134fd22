"""Exact conversions, spellings, and conversion through flow properties."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.units import SPELLINGS, UnitError, conversion, convert, is_counted, is_known_unit, parse_unit

UNITS = [
    "kg",
    "g",
    "t",
    "lb",
    "kWh",
    "MJ",
    "GJ",
    "kcal",
    "tce",
    "l",
    "m3",
    "gal_us",
    "t*km",
    "kg*km",
    "m2*a",
    "d",
    "item",
]


@pytest.mark.parametrize(
    ("source", "target", "factor"),
    [
        ("t", "kg", "1000"),
        ("kWh", "MJ", "3.6"),
        ("lb", "kg", "0.45359237"),
        ("sh_tn", "kg", "907.18474"),
        ("gal_us", "l", "3.785411784"),
        ("mi", "km", "1.609344"),
        ("tce", "GJ", "29.3076"),
        ("t*km", "kg*km", "1000"),
        ("ha", "m2", "10000"),
        ("e4Nm3", "Nm3", "10000"),
        ("kg/l", "t/m3", "1"),
        ("GJ/t", "MJ/kg", "1"),
        ("dozen", "item", "12"),
    ],
)
def test_ratios_are_exact(source, target, factor):
    assert conversion(source, target) == Fraction(factor)
    assert conversion(target, source) == 1 / Fraction(factor)


@pytest.mark.parametrize("spelling", sorted(SPELLINGS))
def test_every_spelling_is_a_unit(spelling):
    assert is_known_unit(spelling)


@given(st.sampled_from(UNITS), st.sampled_from(UNITS), st.fractions(max_denominator=10**6))
def test_there_and_back_is_exactly_the_same(source, target, amount):
    if parse_unit(source).is_like(parse_unit(target)):
        assert convert(convert(amount, source, target), target, source) == amount
    else:
        with pytest.raises(UnitError) as caught:
            convert(amount, source, target)
        assert caught.value.code == "UNIT_NOT_CONVERTIBLE"


@pytest.mark.parametrize(
    "name", ["", "stone", "kg**2", "kg*", "kg//l", "kg/l/s", "1/0", "__class__", "kg " * 40, "2*kg", "°C"]
)
def test_unknown_units(name):
    with pytest.raises(UnitError) as caught:
        parse_unit(name)
    assert caught.value.code == "UNIT_UNKNOWN"
    assert caught.value.remedy


DIESEL = {"density": (Fraction("0.84"), "kg/l"), "ncv": (Fraction("42.652"), "GJ/t")}


@pytest.mark.parametrize(
    ("amount", "source", "target", "expected"),
    [
        ("3", "l", "kg", "2.52"),
        ("2.52", "kg", "l", "3"),
        ("1", "t", "GJ", "42.652"),
        ("3", "l", "MJ", "107.48304"),
        ("107.48304", "MJ", "l", "3"),
    ],
)
def test_properties_join_kinds_of_quantity(amount, source, target, expected):
    assert convert(Fraction(amount), source, target, DIESEL) == Fraction(expected)


def test_properties_that_do_not_help():
    with pytest.raises(UnitError) as caught:
        convert(Fraction(1), "l", "kWh", {"density": DIESEL["density"]})
    assert caught.value.code == "UNIT_NOT_CONVERTIBLE"
    assert "density" in caught.value.detail
    with pytest.raises(UnitError) as caught:
        convert(Fraction(1), "l", "kg", {"density": (Fraction(0), "kg/l")})
    assert caught.value.code == "PROPERTY_ZERO"


def test_a_normal_cubic_metre_is_no_volume():
    with pytest.raises(UnitError):
        conversion("Nm3", "m3")


def test_the_same_unknown_unit_needs_no_conversion():
    assert convert(Fraction(3), "bushel", "bushel") == 3


def test_counts():
    assert is_counted("item")
    assert is_counted("Item(s)")
    assert not is_counted("kg")
