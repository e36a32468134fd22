"""Two footprints: what differs, row by row, to the last digit."""

import copy
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier.errors import FormatError
from verifier.footprint import (
    Compared,
    DatasetFactors,
    NotComparableError,
    Trial,
    compare,
    compare_inventories,
    comparison_to_json,
    load_gwp,
    result_to_json,
)
from verifier.records.inventory import inventory_from_json

AR6 = "ipcc-ar6-gwp100"


@pytest.fixture
def plant(raw, row):
    rows = [
        row("1", "p", "out", "out", "1 t"),
        row("2", "p", "in", "el", "412.70 kWh", provider={"factor": "own@1#CN"}),
        row("4", "p", "in", "steam", "5.730 GJ", provider={"process": "boiler"}),
        row("5", "p", "emission", "ch4-fossil", "3.370 kg"),
        row("6", "boiler", "out", "steam", "21.00 GJ"),
        row("8", "boiler", "in", "coal", "1.3000 t", provider={"factor": "own@1#coal"}),
        row("9", "boiler", "emission", "n2o", "0.0713 kg"),
    ]
    flows = {"out": "t", "el": "kWh", "coal": "t", "steam": "GJ"}
    return raw({"p": "out", "boiler": "steam"}, flows, rows, "1 t")


@pytest.fixture
def source(factors):
    return DatasetFactors.of([entries(factors, "0.6205", "1")])


def entries(factors, grid, version):
    values = {"CN": {"value": grid, "unit": "kg CO2e/kWh"}, "coal": {"value": "2631.7", "unit": "kg CO2e/t"}}
    return factors("life-cycle", values).model_copy(update={"version": version})


def trial(value, source, gwp=AR6):
    return Trial(inventory_from_json(value), source, load_gwp(gwp))


def checked(comparison):
    """The sum of the rows is the difference, exactly, and so is each row's own and runs."""
    summed = sum((Fraction(row.difference) for row in comparison.rows), Fraction(comparison.rounding))
    assert summed == Fraction(comparison.difference) == Fraction(comparison.b) - Fraction(comparison.a)
    assert abs(Fraction(comparison.rounding)) < Fraction(comparison.a) / 10**8 + Fraction(1, 10**8)
    for row in comparison.rows:
        assert Fraction(row.b or 0) - Fraction(row.a or 0) == Fraction(row.difference)
        parts = float(row.own) + float(row.runs)
        assert parts == pytest.approx(float(row.difference), rel=1e-4, abs=1e-9)
    return comparison


def moved(comparison):
    return {row.exchange for row in comparison.rows if Fraction(row.difference)}


def test_what_is_the_same_differs_in_nothing(plant, source):
    comparison = checked(compare_inventories(trial(plant, source), trial(plant, source)))
    assert comparison.equal
    assert not moved(comparison)
    assert comparison.difference == "0"


def test_a_changed_amount_is_the_rows_own(plant, source):
    other = copy.deepcopy(plant)
    other["exchanges"][1]["quantity"]["amount"] = "422.70"
    comparison = checked(compare_inventories(trial(plant, source), trial(other, source)))
    assert not comparison.equal
    assert moved(comparison) == {("2", "2")}
    assert (comparison.rows[0].difference, comparison.rows[0].runs) == ("6.205", "0")
    assert float(comparison.rows[0].own) == 6.205


def test_a_changed_link_shows_in_the_rows_of_the_supplier_as_runs(plant, source):
    other = copy.deepcopy(plant)
    other["exchanges"][2]["quantity"]["amount"] = "11.460"
    comparison = checked(compare_inventories(trial(plant, source), trial(other, source)))
    assert moved(comparison) == {("8", "8"), ("9", "9")}
    for row in comparison.rows:
        if Fraction(row.difference):
            assert float(row.own) == pytest.approx(0, abs=1e-5)
            assert float(row.runs) == pytest.approx(float(row.difference), rel=1e-5)


def test_another_gwp_set(plant, source):
    comparison = checked(compare_inventories(trial(plant, source), trial(plant, source, "ipcc-ar4-gwp100")))
    assert moved(comparison) == {("5", "5"), ("9", "9")}
    assert comparison.gwp_sets == (AR6, "ipcc-ar4-gwp100")


def test_other_factors_keep_the_row_and_name_both(plant, source, factors):
    other = copy.deepcopy(plant)
    other["exchanges"][1]["provider"] = {"factor": "own@2#CN"}
    both = DatasetFactors.of([entries(factors, "0.6205", "1"), entries(factors, "0.5777", "2")])
    comparison = checked(compare_inventories(trial(plant, source), trial(other, both)))
    assert comparison.rows[0].providers == (("own@1#CN",), ("own@2#CN",))
    assert moved(comparison) == {("2", "2")}


def test_rows_with_other_ids_are_matched_by_process_and_flow_and_the_rest_stands_alone(plant, source, row):
    other = copy.deepcopy(plant)
    for number, entry in enumerate(other["exchanges"]):
        entry["id"] = f"r{number}"
    del other["exchanges"][6]
    other["exchanges"].append(row("2", "p", "emission", "co2-fossil", "1 kg"))
    comparison = checked(compare_inventories(trial(plant, source), trial(other, source)))
    ids = {row.exchange: (row.a is None, row.b is None) for row in comparison.rows}
    assert ids == {
        ("2", "r1"): (False, False),
        ("5", "r3"): (False, False),
        ("8", "r5"): (False, False),
        ("9", None): (False, True),
        (None, "2"): (True, False),
    }


def test_equal_is_asked_in_the_declared_decimals(plant, source):
    other = copy.deepcopy(plant)
    other["exchanges"][1]["quantity"]["amount"] = "412.71"
    assert not compare_inventories(trial(plant, source), trial(other, source)).equal
    plant["declared"] = {"total": {"amount": "1500", "unit": "kg CO2e"}}
    coarse = checked(compare_inventories(trial(plant, source), trial(other, source)))
    assert (coarse.equal, coarse.decimals) == (True, 0)
    assert coarse.difference == "0.006205"


def test_functional_units_and_mass_units_convert(plant, source, run, factors):
    other = copy.deepcopy(plant)
    other["functionalUnit"]["quantity"] = {"amount": "500", "unit": "kg"}
    other["referenceFlow"]["quantity"] = {"amount": "500", "unit": "kg"}
    other["declared"] = {"total": {"amount": "0.74", "unit": "t CO2e"}}
    data = entries(factors, "0.6205", "1")
    comparison = compare(run(plant, data), run(other, data, diagnosed=False))
    assert (comparison.unit, comparison.per, comparison.decimals) == ("kg CO2e", "1 t", 0)
    assert abs(Fraction(comparison.difference)) <= 10
    assert not any(abs(Fraction(row.difference)) > Fraction(1, 10**5) for row in comparison.rows)


def test_what_does_not_convert_is_not_compared(plant, source, run, factors):
    other = copy.deepcopy(plant)
    other["functionalUnit"]["quantity"] = {"amount": "1", "unit": "item"}
    data = entries(factors, "0.6205", "1")
    with pytest.raises(NotComparableError, match="1 item"):
        compare(run(plant, data), run(other, data))


def test_a_result_read_from_json_compares_like_the_result(plant, run, factors):
    data = entries(factors, "0.6205", "1")
    result, other = run(plant, data), run(plant, data, gwp=load_gwp("ipcc-ar4-gwp100"))
    read = Compared.from_json(result_to_json(result))
    assert comparison_to_json(compare(read, other)) == comparison_to_json(compare(result, other))
    with pytest.raises(FormatError, match="no result"):
        Compared.from_json({"total": {"value": "1"}})


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 10**6)), min_size=1, max_size=8), st.data())
def test_the_differences_always_sum_to_the_difference(amounts, data):
    def inventory(side):
        rows = [
            {"id": str(i), "process": "p", "direction": "output", "kind": "emission", "flow": "co2-fossil"}
            | {"quantity": {"amount": f"{pair[side]}.7", "unit": "kg"}}
            for i, pair in enumerate(amounts)
            if data.draw(st.booleans())
        ]
        out = {"id": "out", "process": "p", "direction": "output", "kind": "product", "flow": "x"}
        made = {"amount": data.draw(st.sampled_from(["1", "3", "7"])), "unit": "t"}
        return {
            "schema": "tanju/inventory/1",
            "product": {"name": {"en": "x"}},
            "functionalUnit": {"quantity": {"amount": "1", "unit": "t"}},
            "referenceFlow": {"process": "p", "flow": "x", "quantity": {"amount": "1", "unit": "t"}},
            "systemBoundary": "cradle-to-gate",
            "period": {"from": "2025-01-01", "until": "2026-01-01"},
            "rules": {"gwp": AR6},
            "flows": [{"id": "x", "kind": "product", "unit": "t"}],
            "processes": [{"id": "p", "stage": "production", "reference": "x"}],
            "exchanges": [*rows, out | {"quantity": made}],
        }

    comparison = compare_inventories(trial(inventory(0), DatasetFactors()), trial(inventory(1), DatasetFactors()))
    summed = sum((Fraction(row.difference) for row in comparison.rows), Fraction(comparison.rounding))
    assert summed == Fraction(comparison.difference)
    assert abs(Fraction(comparison.rounding)) <= 1
