"""The ladder R0, R1, INPUTS_TOO_COARSE, R3, and digits that only an exact solve decides."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.decimals import decimals_for_significant, round_half_even
from verifier.footprint.exact import Enclosure, UndecidedDigitError, significant


@pytest.fixture
def steel(raw, row, factors):
    """1 t of product from 100.0 kWh at 0.5 kg CO2e/kWh and 10.00 kg CO2: 60 kg, half-width 0.05 × 0.5 + 0.005."""
    rows = [
        row("1", "p", "out", "out", "1 t"),
        row("2", "p", "in", "el", "100.0 kWh", provider={"factor": "own@1#grid"}),
        row("3", "p", "emission", "co2-fossil", "10.00 kg"),
    ]
    value = raw({"p": "out"}, {"out": "t", "el": "kWh"}, rows, "1 t")
    return value, factors("life-cycle", {"grid": {"value": "0.5", "unit": "kg CO2e/kWh"}})


@pytest.mark.parametrize(
    ("declared", "unit", "total", "verdict"),
    [
        ("60.0", "kg CO2e", "60.0", "R0"),
        ("60", "kg CO2e", "60", "R0"),
        ("0.0600", "t CO2e", "0.0600", "R0"),
        ("60.03", "kg CO2e", "60.00", "R1"),
        ("59.97", "kg CO2e", "60.00", "R1"),
        ("60.04", "kg CO2e", "60.00", "R3"),
        ("60.1", "kg CO2e", "60.0", "R3"),
        ("6e1", "kg CO2e", None, None),
    ],
)
def test_the_ladder(run, steel, declared, unit, total, verdict):
    value, data = steel
    value["declared"] = {"total": {"amount": declared, "unit": unit}}
    if verdict is None:
        with pytest.raises(Exception, match="decimal string"):
            run(value, data)
        return
    result = run(value, data)
    assert (result.total, result.unit, result.verdict) == (total, unit, verdict)
    assert result.declared == declared


def test_the_interval_is_half_a_unit_of_each_measured_input(run, steel):
    value, data = steel
    interval = run(value, data).interval
    assert (interval.lower, interval.upper, interval.half_width) == ("59.9700000", "60.0300000", "0.0300000000")
    assert interval.relative == "0.000500000000"


def test_reference_amounts_and_counts_are_exact(run, raw, row, factors):
    rows = [
        row("1", "p", "out", "out", "1 t"),
        row("2", "p", "in", "tyre", "4 item", provider={"factor": "own@1#tyre"}),
    ]
    value = raw({"p": "out"}, {"out": "t", "tyre": "item"}, rows, "1 t")
    result = run(value, factors("life-cycle", {"tyre": {"value": "30", "unit": "kg CO2e/item"}}))
    assert (result.total, result.interval.half_width) == ("120.000000000", "0")


def test_sensitivities_pass_through_loops(run, raw, row):
    """The half-width of a linked input is that of all it draws: finite differences agree."""

    def inventory(el):
        return raw(
            {"p": "out", "plant": "el", "mine": "coal"},
            {"out": "kg", "el": "kWh", "coal": "kg"},
            [
                row("1", "p", "out", "out", "1 kg"),
                row("2", "p", "in", "el", f"{el} kWh", provider={"process": "plant"}),
                row("3", "plant", "out", "el", "1 kWh"),
                row("4", "plant", "in", "coal", "0.400000000000 kg", provider={"process": "mine"}),
                row("5", "plant", "emission", "co2-fossil", "1.00000000000 kg"),
                row("6", "mine", "out", "coal", "1 kg"),
                row("7", "mine", "in", "el", "0.100000000000 kWh", provider={"process": "plant"}),
            ],
            "1 kg",
        )

    low, high = run(inventory("9.95")), run(inventory("10.05"))
    middle = run(inventory("10.0"))
    difference = (Fraction(high.total) - Fraction(low.total)) / 2
    assert float(middle.interval.half_width) == pytest.approx(float(difference), rel=1e-6)


def test_inputs_too_coarse(run, steel):
    value, data = steel
    value["exchanges"][1]["quantity"]["amount"] = "100"
    value["declared"] = {"total": {"amount": "60.20", "unit": "kg CO2e"}}
    result = run(value, data)
    assert (result.verdict, result.interval.relative) == ("R1", "0.00425000000")
    value["exchanges"][2]["quantity"]["amount"] = "10"
    result = run(value, data)
    assert (result.verdict, result.interval.relative) == ("INPUTS_TOO_COARSE", "0.0125000000")


@pytest.mark.parametrize(("amount", "expected"), [("0.125", "0.12"), ("0.375", "0.38"), ("0.135", "0.14")])
def test_a_tie_is_decided_exactly_half_to_even(run, raw, row, amount, expected):
    """No float bound decides an exact tie: the system is solved in rationals and the half goes to the even digit."""
    rows = [row("1", "p", "out", "out", "3 kg"), row("2", "p", "emission", "co2-fossil", "1 kg")]
    rows[1]["quantity"]["amount"] = str(amount)
    value = raw({"p": "out"}, {"out": "kg"}, rows, "3 kg", declared={"total": {"amount": expected, "unit": "kg CO2e"}})
    result = run(value)
    assert (result.total, result.verdict, result.method) == (expected, "R0", "exact")


def test_a_tie_behind_a_loop_is_decided_exactly(run, raw, row):
    """Two processes that feed each other; the exact total is 0.25, of which floats know only 0.25 ± 1e-16."""
    rows = [
        row("1", "a", "out", "x", "1 kg"),
        row("2", "a", "in", "y", "0.3 kg", provider={"process": "b"}),
        row("3", "a", "emission", "co2-fossil", "0.25 kg"),
        row("4", "b", "out", "y", "1 kg"),
        row("5", "b", "in", "x", "0.7 kg", provider={"process": "a"}),
    ]
    value = raw({"a": "x", "b": "y"}, {"x": "kg", "y": "kg"}, rows, "0.79 kg")
    value["declared"] = {"total": {"amount": "0.2", "unit": "kg CO2e"}}
    result = run(value)
    assert (result.total, result.verdict, result.method) == ("0.2", "R0", "exact")


def test_an_enclosure_gives_a_digit_only_when_both_ends_agree():
    assert Enclosure.of_float(1.25, 1e-9).rounded(0) == "1"
    assert Enclosure.exactly(Fraction("1.25")).rounded(1) == "1.2"
    with pytest.raises(UndecidedDigitError):
        Enclosure.of_float(1.25, 1e-9).rounded(1)
    with pytest.raises(UndecidedDigitError):
        Enclosure.of_float(0.0, 1e-9).significant(3)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0"),
        ("999.9996", "1000.00"),
        ("-0.00012345678", "-0.000123457"),
        ("123456789", "123456789"),
        ("1e-70", "0." + "0" * 60),
    ],
)
def test_significant_digits(value, text):
    assert significant(Fraction(value), 6) == text


@pytest.fixture
def ring(raw, row):
    """Twelve processes in a ring; the biogenic carbon cancels exactly, which no bound can show."""
    n = 12
    rows = []
    for k in range(n):
        rows.append(row(f"o{k}", f"p{k}", "out", f"f{k}", "1 kg"))
        rows.append(row(f"e{k}", f"p{k}", "emission", "co2-biogenic", "0.1 kg"))
        rows.append(row(f"r{k}", f"p{k}", "removal", "co2-biogenic", "0.1 kg"))
        rows.append(row(f"c{k}", f"p{k}", "emission", "co2-fossil", "0.3 kg"))
        rows.append(row(f"i{k}", f"p{k}", "in", f"f{(k + 1) % n}", "0.7 kg", provider={"process": f"p{(k + 1) % n}"}))
    return raw({f"p{k}": f"f{k}" for k in range(n)}, {f"f{k}": "kg" for k in range(n)}, rows, "1 kg")


def test_what_cancels_is_shown_to_be_zero_exactly(run, ring):
    result = run(ring)
    assert result.method == "exact"
    assert {gas.key: gas.mass_kg for gas in result.gases}["co2-biogenic"] == "0"
    assert result.total == "1.00000000000"


def test_a_loop_too_large_for_rationals_still_proves_its_headline(run, ring, monkeypatch):
    exact = run(ring)
    monkeypatch.setattr("verifier.footprint.engine.LARGEST_EXACT_LOOP", 4)
    ring["declared"] = {"total": {"amount": "1.0000", "unit": "kg CO2e"}}
    result = run(ring)
    assert (result.method, result.total, result.verdict) == ("bounded-headline", "1.0000", "R0")
    assert [stage.value for stage in result.stages] == ["1.0000"]
    assert exact.method == "exact"


@given(
    st.floats(min_value=-1e20, max_value=1e20),
    st.floats(min_value=0, max_value=1e3),
    st.integers(0, 12),
    st.integers(1, 15),
    st.sampled_from([1, 1000, Fraction(45359237, 10**8)]),
)
def test_digits_written_from_floats_are_those_of_the_rational_ends(value, error, decimals, digits, scale):
    """The fast road writes exactly what rounding both rational ends gives, or leaves the digit open like them."""
    enclosure = Enclosure.of_float(value, error).per(Fraction(scale))
    ends = [(Fraction(value) - Fraction(error)) / scale, (Fraction(value) + Fraction(error)) / scale]

    def significant_digits(end):
        return round_half_even(end, decimals_for_significant(end, digits))

    for write, expected in (
        (lambda: enclosure.rounded(decimals), lambda end: round_half_even(end, decimals)),
        (lambda: enclosure.significant(digits), significant_digits),
    ):
        outcomes = []
        for attempt in (write, lambda expected=expected: agreed(expected, ends)):
            try:
                outcomes.append(attempt())
            except (UndecidedDigitError, ValueError) as error_raised:
                outcomes.append(type(error_raised))
        assert outcomes[0] == outcomes[1]


def agreed(write, ends):
    below, above = (write(end) for end in ends)
    if below != above:
        raise UndecidedDigitError
    return below


@given(st.fractions(-(10**17), 10**17, max_denominator=10**6), st.integers(1, 15))
def test_significant_digits_of_a_rational_are_exact(value, digits):
    assert significant(value, digits) == round_half_even(value, decimals_for_significant(value, digits))


def test_an_open_digit_is_settled_by_the_exact_value():
    assert Enclosure.of_float(1.25, 1e-9, lambda: Fraction("1.25")).rounded(1) == "1.2"
    assert Enclosure.of_float(1250.0, 1e-9, lambda: Fraction(1250)).per(Fraction(1000)).rounded(1) == "1.2"
