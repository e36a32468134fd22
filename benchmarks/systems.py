"""Seeded systems and inventories that the benchmarks work on (PCG64, so that two machines measure the same)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from verifier.canonical import canonicalise
from verifier.decimals import decimals_of, round_half_even, to_fraction
from verifier.footprint import DatasetFactors, recalculate
from verifier.records.factors import FactorDatasetBody, factor_dataset_from_json
from verifier.records.inventory import inventory_from_json

SEED: Final = 20260101
LINKS_PER_PROCESS: Final = 3
ROWS_PER_PROCESS: Final = 6
FACTORS: Final = 40
DIGITS_LEFT_OUT: Final = 5
"""Of the twelve significant digits of a calculated total, a declared one carries seven."""


@dataclass(frozen=True, slots=True)
class Structure:
    """Which process takes from which: links (k, j), each list of columns of the same shape."""

    size: int
    links: list[tuple[int, int]]


def structure(size: int, random: np.random.Generator, *, back: float = 0.03, reach: int = 200) -> Structure:
    """Return a nearly acyclic structure: each process takes from a few of the next `reach` ones, and a share `back` of
    them from one before; with a reach as long as the system, a factorisation fills in.
    """
    links: set[tuple[int, int]] = set()
    for k in range(size - 1):
        count = min(LINKS_PER_PROCESS, size - k - 1)
        later = random.choice(np.arange(k + 1, min(size, k + 1 + reach)), count, replace=False)
        links.update((k, int(j)) for j in later)
        if k and random.random() < back:
            links.add((k, int(random.integers(max(0, k - reach), k))))
    return Structure(size, sorted(links))


def values(shape: Structure, count: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Return amounts for `count` systems of a structure: links × count, small enough to be productive."""
    return random.uniform(0.01, 0.25, (len(shape.links), count))


def columns_of(shape: Structure, amounts: NDArray[np.float64]) -> list[dict[int, float]]:
    """Return the columns of one system."""
    columns: list[dict[int, float]] = [{} for _ in range(shape.size)]
    for (k, j), amount in zip(shape.links, amounts, strict=True):
        columns[k][j] = float(amount)
    return columns


def dataset() -> FactorDatasetBody:
    """Return a dataset of made-up factors per kilogram."""
    random = np.random.Generator(np.random.PCG64(SEED))
    includes = {"upstream": True, "combustion": True, "losses": True, "capital": False}
    entries = [
        {
            "id": f"m{i}",
            "name": {"en": f"material {i}"},
            "value": f"{random.uniform(0.05, 9):.4f}",
            "unit": "kg CO2e/kg",
            "gwp": "ipcc-ar6-gwp100",
            "source": "made up",
            "certainty": "low",
            "licence": {"redistribution": "open"},
            "includes": includes,
        }
        for i in range(FACTORS)
    ]
    head = {"schema": "tanju/factor-dataset/1", "series": "bench", "version": "1", "kind": "life-cycle"}
    return factor_dataset_from_json(head | {"title": {"en": "bench"}, "source": "made up", "entries": entries})


def inventories(count: int, rows: int, factors: DatasetFactors) -> list[bytes]:
    """Return canonical inventory files of `rows` rows each, with the declared value that they come to."""
    random = np.random.Generator(np.random.PCG64(SEED + rows))
    made = []
    for _ in range(count):
        value = _inventory(rows, random)
        total = recalculate(inventory_from_json(value), factors=factors).total
        places = max(decimals_of(total) - DIGITS_LEFT_OUT, 0)
        value["declared"] = {"total": {"amount": round_half_even(to_fraction(total), places), "unit": "kg CO2e"}}
        made.append(canonicalise(json.loads(json.dumps(value))))
    return made


def _inventory(rows: int, random: np.random.Generator) -> dict[str, Any]:
    """Write one inventory: a chain of processes, with inputs from published factors, emissions and links."""
    size = max(2, rows // ROWS_PER_PROCESS)
    exchanges = [_row(f"out{k}", f"p{k}", "output", "product", f"f{k}", "1", "kg") for k in range(size)]
    for k in range(size - 1):
        amount = f"{random.uniform(0.1, 1.5):.4f}"
        link = _row(f"link{k}", f"p{k}", "input", "product", f"f{k + 1}", amount, "kg")
        exchanges.append(link | {"provider": {"process": f"p{k + 1}"}})
    number = 0
    while len(exchanges) < rows:
        process, amount = f"p{number % size}", f"{random.uniform(0.01, 30):.3f}"
        if number % 4 == 3:
            gas = ("co2-fossil", "ch4-fossil", "n2o")[number % 3]
            exchanges.append(_row(f"e{number}", process, "output", "emission", gas, amount, "kg"))
        else:
            entry = int(random.integers(FACTORS))
            row = _row(f"i{number}", process, "input", "product", f"m{entry}", amount, ("kg", "t", "g")[number % 3])
            exchanges.append(row | {"provider": {"factor": f"bench@1#m{entry}"}, "source": "meter reading, 电表"})
        number += 1
    flows = [f"f{k}" for k in range(size)] + [f"m{i}" for i in range(FACTORS)]
    used = {row["flow"] for row in exchanges}
    return {
        "schema": "tanju/inventory/1",
        "product": {"name": {"en": "a product", "zh": "某产品"}},
        "functionalUnit": {"quantity": {"amount": "1", "unit": "t"}},
        "referenceFlow": {"process": "p0", "flow": "f0", "quantity": {"amount": "1", "unit": "t"}},
        "systemBoundary": "cradle-to-gate",
        "period": {"from": "2025-01-01", "until": "2026-01-01"},
        "rules": {"gwp": "ipcc-ar6-gwp100"},
        "flows": [{"id": name, "kind": "product", "unit": "kg"} for name in flows if name in used],
        "processes": [{"id": f"p{k}", "stage": "production", "reference": f"f{k}"} for k in range(size)],
        "exchanges": exchanges,
    }


def _row(row: str, process: str, direction: str, kind: str, flow: str, amount: str, unit: str) -> dict[str, Any]:
    quantity = {"amount": amount, "unit": unit}
    return {"id": row, "process": process, "direction": direction, "kind": kind, "flow": flow, "quantity": quantity}
