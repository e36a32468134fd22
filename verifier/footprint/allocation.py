"""How a process with several products divides its burdens: shares that sum to one (ISO 14044, 4.3.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Final

from verifier.decimals import half_unit_in_last_place, to_fraction
from verifier.footprint.errors import AllocationError
from verifier.footprint.findings import FindingLog
from verifier.records.inventory import Allocation, Flow, Process
from verifier.units import UnitError, convert

BASIS_UNITS: Final[Mapping[str, str]] = {"mass": "kg", "energy": "MJ"}
DEFAULT_PRICE_PROPERTY: Final = "price"
LARGEST_ROUNDING_OF_FACTORS: Final = Fraction(1, 1000)
"""Declared factors may miss one by no more than this, however few digits they have."""


def flow_properties(flow: Flow) -> dict[str, tuple[Fraction, str]]:
    """Return a flow's conversion properties in the form that :func:`verifier.units.convert` reads."""
    return {name: (to_fraction(ratio.amount), ratio.unit) for name, ratio in flow.properties.items()}


def shares(
    process: Process, functions: Sequence[tuple[str, Fraction]], flows: Mapping[str, Flow], findings: FindingLog
) -> dict[str, Fraction]:
    """Return each function's share of the process's burdens.

    Args:
        process: with its reference and allocation.
        functions: the products (and the treated waste) with their amounts in their flows' units.
        flows: by id.
        findings: receives what is assumed when no allocation is stated.

    Raises:
        AllocationError: declared factors that miss a product or do not sum to one, or a basis that is not positive.
    """
    if len(functions) == 1:
        return {functions[0][0]: Fraction(1)}
    allocation = process.allocation
    if allocation is None or allocation.method == "none":
        findings.add("ALLOCATION_MISSING" if allocation is None else "ALLOCATION_NONE", process.id)
        return {flow: Fraction(int(flow == process.reference)) for flow, _ in functions}
    if allocation.method == "declared":
        return _declared(process, allocation, [flow for flow, _ in functions], findings)
    basis = {flow: _basis(process, allocation, flows[flow], amount) for flow, amount in functions}
    total = sum(basis.values(), Fraction(0))
    return {flow: value / total for flow, value in basis.items()}


def _declared(
    process: Process, allocation: Allocation, products: Sequence[str], findings: FindingLog
) -> dict[str, Fraction]:
    """Check declared factors: one for each product, none negative, summing to one but for their rounding."""
    factors = allocation.factors or {}
    if set(factors) != set(products):
        raise AllocationError(
            f"declared factors for {sorted(factors)}, products are {sorted(products)}",
            row=process.id,
            remedy="declare one factor for each product",
        )
    values = {flow: to_fraction(text) for flow, text in factors.items()}
    rounding = sum((half_unit_in_last_place(text) for text in factors.values()), Fraction(0))
    slack = min(rounding, LARGEST_ROUNDING_OF_FACTORS)
    total = sum(values.values(), Fraction(0))
    if min(values.values()) < 0 or abs(total - 1) > slack:
        raise AllocationError(
            f"declared factors sum to {float(total):.6g}", row=process.id, remedy="factors ≥ 0 that sum to 1"
        )
    if total != 1:
        findings.add("ALLOCATION_SUM", process.id, f"{float(total):.12g}")
    return values


def _basis(process: Process, allocation: Allocation, flow: Flow, amount: Fraction) -> Fraction:
    """Return the amount of a product in the unit of the allocation's basis (kg, MJ, or a currency)."""
    unit = BASIS_UNITS.get(allocation.method)
    if unit is None:
        name = allocation.property or DEFAULT_PRICE_PROPERTY
        if name not in flow.properties:
            raise AllocationError(
                f"product {flow.id} has no property {name!r}", row=process.id, remedy="give a price, say in CNY/t"
            )
        unit = flow.properties[name].unit.partition("/")[0]
    try:
        basis = convert(amount, flow.unit, unit, flow_properties(flow))
    except UnitError as error:
        raise AllocationError(
            f"product {flow.id}: {error.detail}", row=process.id, remedy=error.remedy, code=error.code
        ) from error
    if basis <= 0:
        raise AllocationError(
            f"product {flow.id} has a basis of {float(basis):g} {unit}", row=process.id, remedy="use positive amounts"
        )
    return basis
