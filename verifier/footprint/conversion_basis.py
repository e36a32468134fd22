"""How much electricity a whole product system draws from each published factor, so that another province can convert
its value.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

from verifier.decimals import to_fraction
from verifier.footprint.allocation import flow_properties
from verifier.footprint.exact import significant
from verifier.footprint.factors import parse_factor_unit
from verifier.footprint.model import FootprintResult
from verifier.records.inventory import Inventory
from verifier.units import convert

ELECTRICITY_UNITS: Final = frozenset({"kWh", "MWh", "GWh"})
"""A life-cycle factor per one of these is one of electricity; fuels and heat are published per mass, volume, MJ or
GJ.
"""
UNIT: Final = "kWh"
DIGITS: Final = 9


def conversion_basis(inventory: Inventory, result: FootprintResult) -> list[dict[str, Any]]:
    """The rows ``{carrier, amount, unit, factor}`` of a statement, sorted by factor; amounts per functional unit, 9
    digits.
    """
    runs = {process.id: to_fraction(process.runs) for process in result.processes}
    electric = {
        used.reference for used in result.factors_used if parse_factor_unit(used.unit).denominator in ELECTRICITY_UNITS
    }
    flows = {flow.id: flow for flow in inventory.flows}
    amounts: dict[str, Fraction] = {}
    for row in inventory.exchanges:
        reference = row.provider.factor if row.provider is not None else None
        if reference is None or reference not in electric or row.kind != "product" or row.direction != "input":
            continue
        properties = flow_properties(flows[row.flow]) if row.flow in flows else {}
        per_run = convert(to_fraction(row.quantity.amount), row.quantity.unit, UNIT, properties)
        amounts[reference] = amounts.get(reference, Fraction(0)) + per_run * runs.get(row.process, Fraction(0))
    return [
        {"carrier": "electricity", "amount": significant(amount, DIGITS), "unit": UNIT, "factor": reference}
        for reference, amount in sorted(amounts.items())
        if amount
    ]
