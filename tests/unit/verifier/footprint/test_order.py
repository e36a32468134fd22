"""The order of rows, processes and flows never shows in a result (a property, with Hypothesis)."""

import random
from fractions import Fraction
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.footprint import DatasetFactors, FootprintError, recalculate, result_to_json
from verifier.records.inventory import inventory_from_json

AMOUNTS = st.integers(1, 10**9).map(lambda n: f"{n / 10**6:.6f}")


@st.composite
def systems(draw):
    """A system of up to six processes: any of them may take from any, so that loops are common."""
    n = draw(st.integers(1, 6))
    names = [f"p{i}" for i in range(n)]
    rows: list[dict[str, Any]] = []

    def row(process, direction, kind, flow, amount, **more):
        quantity = {"amount": amount, "unit": "kg"}
        ids = {"id": f"e{len(rows)}", "process": process, "direction": direction, "kind": kind, "flow": flow}
        rows.append(ids | {"quantity": quantity} | more)

    for i, name in enumerate(names):
        row(name, "output", "product", f"f{i}", draw(AMOUNTS))
        row(name, "output", "emission", draw(st.sampled_from(["co2-fossil", "n2o", "ch4-biogenic"])), draw(AMOUNTS))
        for j in draw(st.lists(st.integers(0, n - 1), max_size=3)):
            taken = f"{float(draw(AMOUNTS)) / 10**4:.10f}"
            row(name, "input", "product", f"f{j}", taken, provider={"process": f"p{j}"})
    if draw(st.booleans()):
        row("p0", "output", "product", "side", draw(AMOUNTS))
    side = any(r["flow"] == "side" for r in rows)
    return {
        "schema": "tanju/inventory/1",
        "product": {"name": {"en": "x"}},
        "functionalUnit": {"quantity": {"amount": "1", "unit": "kg"}},
        "referenceFlow": {"process": "p0", "flow": "f0", "quantity": {"amount": "1", "unit": "kg"}},
        "systemBoundary": "cradle-to-gate",
        "period": {"from": "2025-01-01", "until": "2026-01-01"},
        "rules": {"gwp": "ipcc-ar6-gwp100"},
        "flows": [{"id": f, "kind": "product", "unit": "kg"} for f in [f"f{i}" for i in range(n)] + ["side"] * side],
        "processes": [
            {"id": name, "stage": "production", "reference": f"f{i}"}
            | ({"allocation": {"method": "mass"}} if i == 0 and side else {})
            for i, name in enumerate(names)
        ],
        "exchanges": rows,
    }


def answer(value):
    try:
        return result_to_json(recalculate(inventory_from_json(value), factors=DatasetFactors()))
    except FootprintError as error:
        return str(error)


@given(systems(), st.randoms(use_true_random=False))
def test_permuting_rows_processes_and_flows_changes_nothing(value: dict, order: random.Random):
    before = answer(value)
    for key in ("exchanges", "processes", "flows"):
        order.shuffle(value[key])
    assert answer(value) == before


@given(systems())
def test_the_parts_add_up_to_the_total(value):
    result = answer(value)
    if isinstance(result, str):
        return
    total = Fraction(result["total"]["value"])
    for name in ("stages", "groups", "gases"):
        assert sum(Fraction(part["value"]) for part in result[name]) == pytest.approx(total, rel=1e-9)
    assert sum(Fraction(part["direct"]) for part in result["processes"]) == pytest.approx(total, rel=1e-7)
    additive = [Fraction(part["value"]) for part in result["exchanges"] if part["additive"]]
    assert sum(additive) == pytest.approx(total, rel=1e-7)
    assert additive == sorted(additive, key=abs, reverse=True)


@given(systems())
def test_the_bounded_and_the_exact_solve_agree(value):
    """Forcing the exact path gives the same digits: the bound never let a wrong one through."""
    before = answer(value)
    if isinstance(before, str):
        return
    with patch("verifier.footprint.engine.supply_bounds", return_value=None):
        after = answer(value)
    assert _proven(after) == _proven(before)
    assert after["method"] == "exact"


def _proven(result):
    """The digits that are proven: shares, links, cumulative values and the interval are read off floats."""
    values: dict[str, Any] = {
        name: [(part[name[:-1]], part["value"]) for part in result[name]] for name in ("groups", "stages")
    }
    values["gases"] = [(part["gas"], part["value"], part.get("massKg")) for part in result["gases"]]
    values["processes"] = [(part["process"], part["direct"]) for part in result["processes"]]
    values["exchanges"] = [(part["exchange"], part["value"]) for part in result["exchanges"] if part["additive"]]
    return {name: sorted(rows) for name, rows in values.items()} | {
        "total": result["total"],
        "verdict": result["verdict"],
    }
