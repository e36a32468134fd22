"""Short ways to write inventories and factor datasets in tests."""

from collections.abc import Callable
from typing import Any

import pytest

from verifier.footprint import DatasetFactors, FootprintResult, recalculate
from verifier.records.factors import factor_dataset_from_json
from verifier.records.inventory import Inventory, inventory_from_json

OPEN = {"redistribution": "open"}
INCLUDES = {"upstream": True, "combustion": False, "losses": False, "capital": False}


def amount(text: str) -> dict[str, str]:
    """Read ``"3.5 kWh"`` as a quantity."""
    number, _, unit = text.partition(" ")
    return {"amount": number, "unit": unit}


def exchange(row: str, process: str, kind: str, flow: str, quantity: str, **more: Any) -> dict[str, Any]:
    """Write one row; ``kind`` joins direction and kind: ``in``, ``out``, ``emission``, ``waste-in``, …."""
    direction, own = {
        "in": ("input", "product"),
        "out": ("output", "product"),
        "emission": ("output", "emission"),
        "removal": ("input", "removal"),
        "resource": ("input", "resource"),
        "waste-in": ("input", "waste"),
        "waste-out": ("output", "waste"),
        "avoided": ("output", "avoided"),
    }[kind]
    value = {"id": row, "process": process, "direction": direction, "kind": own, "flow": flow}
    return value | {"quantity": amount(quantity)} | more


def document(
    processes: dict[str, Any], flows: dict[str, str | dict[str, Any]], rows: list[dict[str, Any]], per: str, **more: Any
) -> dict[str, Any]:
    """Write an inventory of the first process: processes by id → reference flow (or a mapping), flows by id → unit."""
    first, *_ = processes
    own = [{"id": name, "stage": "production"} | _process(value) for name, value in processes.items()]
    waste = {row["flow"] for row in rows if row["kind"] == "waste"}
    value: dict[str, Any] = {
        "schema": "tanju/inventory/1",
        "product": {"name": {"en": "a product"}},
        "functionalUnit": {"quantity": amount(per)},
        "referenceFlow": {"process": first, "flow": own[0]["reference"], "quantity": amount(per)},
        "systemBoundary": "cradle-to-gate",
        "period": {"from": "2025-01-01", "until": "2026-01-01"},
        "rules": {"gwp": "ipcc-ar6-gwp100"} | more.pop("rules", {}),
        "flows": [
            {"id": name, "kind": "waste" if name in waste else "product"}
            | ({"unit": unit} if isinstance(unit, str) else unit)
            for name, unit in flows.items()
        ],
        "processes": own,
        "exchanges": rows,
    }
    return value | more


def _process(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {"reference": value}


def dataset(kind: str, entries: dict[str, dict[str, Any]], series: str = "own") -> Any:
    """Write a factor dataset called ``<series>@1``."""
    base = {"source": "made up", "certainty": "high", "licence": OPEN, "includes": INCLUDES, "gwp": "ipcc-ar6-gwp100"}
    return factor_dataset_from_json(
        {
            "schema": "tanju/factor-dataset/1",
            "series": series,
            "version": "1",
            "kind": kind,
            "title": {"en": series},
            "source": "made up",
            "entries": [{"id": name, "name": {"en": name}} | base | entry for name, entry in entries.items()],
        }
    )


@pytest.fixture
def row() -> Callable[..., dict[str, Any]]:
    return exchange


@pytest.fixture
def inventory() -> Callable[..., Inventory]:
    return lambda *args, **more: inventory_from_json(document(*args, **more))


@pytest.fixture
def raw() -> Callable[..., dict[str, Any]]:
    return document


@pytest.fixture
def factors() -> Callable[..., Any]:
    return dataset


@pytest.fixture
def run() -> Callable[..., FootprintResult]:
    def calculate(value: Inventory | dict[str, Any], *datasets: Any, **more: Any) -> FootprintResult:
        own = value if isinstance(value, Inventory) else inventory_from_json(value)
        return recalculate(own, factors=DatasetFactors.of(datasets), **more)

    return calculate


@pytest.fixture
def codes() -> Callable[[FootprintResult], set[str]]:
    return lambda result: {finding.code for finding in result.findings}
