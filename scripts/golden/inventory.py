"""The golden inventory and factors: small, with a loop, an emission, an electricity factor and a cut-off."""

from __future__ import annotations

from typing import Any, Final

CATEGORY = "steel-bf-bof"


def _exchange(
    identity: str, process: str, direction: str, kind: str, flow: str, amount: str, unit: str
) -> dict[str, Any]:
    return {
        "id": identity,
        "process": process,
        "direction": direction,
        "kind": kind,
        "flow": flow,
        "quantity": {"amount": amount, "unit": unit},
    }


_RULES: Final[dict[str, Any]] = {
    "standard": "GB/T 24067-2024",
    "pcr": "test-pcr-1",
    "gwp": "ipcc-ar6-gwp100",
    "endOfLife": "cut-off",
    "biogenic": "-1/+1",
    "electricity": "location",
    "cutOff": {"criterion": "mass", "single": "0.01", "total": "0.05"},
    "decimals": 1,
}


def golden_inventory(declared: str) -> dict[str, Any]:
    """One tonne of coil: casting returns scrap from rolling, so that the two processes form a loop."""
    return {
        "schema": "tanju/inventory/1",
        "product": {"name": {"zh": "热轧卷板（测试）", "en": "Hot-rolled coil (test)"}, "category": CATEGORY},
        "functionalUnit": {"quantity": {"amount": "1", "unit": "t"}, "performance": "", "serviceLife": None},
        "referenceFlow": {"process": "rolling", "flow": "coil", "quantity": {"amount": "1", "unit": "t"}},
        "systemBoundary": "gate-to-gate",
        "period": {"from": "2025-01-01", "until": "2026-01-01"},
        "rules": dict(_RULES),
        "flows": [
            {"id": "coil", "kind": "product", "unit": "t"},
            {"id": "electricity", "kind": "product", "unit": "kWh"},
            {"id": "lubricant", "kind": "product", "unit": "kg"},
            {"id": "return-scrap", "kind": "product", "unit": "t"},
            {"id": "slab", "kind": "product", "unit": "t"},
        ],
        "processes": _processes(),
        "exchanges": _exchanges(),
        "cutOff": [{"flow": "lubricant", "estimate": "0.0002", "reason": "below the limit of the PCR"}],
        "declared": {"total": {"amount": declared, "unit": "kg CO2e"}},
    }


def _processes() -> list[dict[str, Any]]:
    allocation = {"method": "mass", "property": "mass", "reason": "both products leave as steel"}
    return [
        {
            "id": "casting",
            "name": {"en": "Casting", "zh": "连铸"},
            "stage": "production",
            "site": "CN-SH",
            "reference": "slab",
        },
        {
            "id": "rolling",
            "name": {"en": "Hot rolling", "zh": "热轧"},
            "stage": "production",
            "site": "CN-SH",
            "reference": "coil",
            "allocation": allocation,
        },
    ]


def _exchanges() -> list[dict[str, Any]]:
    electricity = {"provider": {"factor": "cn-electricity-cfp@2024#CN"}}
    from_rolling, from_casting = {"provider": {"process": "rolling"}}, {"provider": {"process": "casting"}}
    return [
        _exchange("c1", "casting", "output", "product", "slab", "1.000", "t"),
        _exchange("c2", "casting", "input", "product", "electricity", "31.250", "kWh") | electricity,
        _exchange("c3", "casting", "output", "emission", "co2-fossil", "41.275", "kg"),
        _exchange("c4", "casting", "input", "product", "return-scrap", "0.0200", "t") | from_rolling,
        _exchange("r1", "rolling", "output", "product", "coil", "1.0000", "t"),
        _exchange("r2", "rolling", "input", "product", "slab", "1.0310", "t") | from_casting,
        _exchange("r3", "rolling", "input", "product", "electricity", "110.25", "kWh") | electricity,
        _exchange("r4", "rolling", "output", "product", "return-scrap", "0.0310", "t"),
        _exchange("r5", "rolling", "input", "product", "lubricant", "0.20", "kg"),
    ]


def golden_factors() -> dict[str, Any]:
    """The national life-cycle electricity factor of 2024, as officially published."""
    return {
        "schema": "tanju/factor-dataset/1",
        "series": "cn-electricity-cfp",
        "version": "2024",
        "kind": "life-cycle",
        "title": {"zh": "全国电力平均碳足迹因子", "en": "National average electricity carbon footprint factor"},
        "source": "official notice of the national electricity carbon footprint factors for 2024",
        "entries": [
            {
                "id": "CN",
                "name": {"zh": "全国电力平均", "en": "national average electricity"},
                "value": "0.5777",
                "unit": "kg CO2e/kWh",
                "geography": "CN",
                "dataYear": 2024,
                "includes": {"upstream": True, "combustion": True, "losses": True, "capital": False},
                "gwp": "ipcc-ar6-gwp100",
                "source": "official notice",
                "certainty": "high",
                "licence": {"redistribution": "open"},
            }
        ],
    }
