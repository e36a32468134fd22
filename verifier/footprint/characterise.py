"""From emissions, removals and factors to kilograms of CO2 equivalent, by gas and group."""

from __future__ import annotations

from fractions import Fraction
from typing import Final, NamedTuple

from verifier.decimals import half_unit_in_last_place, to_fraction
from verifier.footprint.errors import FactorKindError
from verifier.footprint.factors import ResolvedFactor, kilograms_per_unit, parse_factor_unit
from verifier.footprint.findings import FindingLog
from verifier.footprint.gwp import GwpSet
from verifier.records.inventory import Rules
from verifier.records.lists import GASES, codes

UNSPECIFIED: Final = "unspecified"
GAS_CODES: Final = codes(GASES)
_BIOGENIC: Final = frozenset({"co2-biogenic", "ch4-biogenic"})

LIFE_CYCLE_KINDS: Final = frozenset({"life-cycle", "residual"})
KINDS_BY_USE: Final = {
    "provider": LIFE_CYCLE_KINDS,
    "avoided": LIFE_CYCLE_KINDS,
    "treatment": frozenset({"treatment", "life-cycle"}),
    "combustion": frozenset({"combustion"}),
    "transport": frozenset({"transport"}),
    "transport-service": frozenset({"life-cycle", "transport"}),
}
"""Which kinds of factor may stand where.  Kinds are types: a direct-CO2 grid factor stands nowhere in a footprint."""


class GasEffect(NamedTuple):
    """Kilograms of CO2e (and of the gas itself, where known) that one unit of something has."""

    gas: str
    group: str
    co2e_kg: Fraction
    gas_kg: Fraction | None
    counted: bool

    def times(self, amount: Fraction) -> GasEffect:
        """Return the effect of `amount` units."""
        if amount == 1:
            return self
        mass = None if self.gas_kg is None else self.gas_kg * amount
        return GasEffect(self.gas, self.group, self.co2e_kg * amount, mass, self.counted)


def group_of(gas: str) -> str:
    """Return the group that an emission of `gas` is reported in."""
    if gas == "co2-land-use-change":
        return "land-use-change"
    return "biogenic" if gas in _BIOGENIC else "fossil"


class Characterisation:
    """A GWP set together with the rules that decide what counts, noting findings as it goes."""

    def __init__(self, gwp: GwpSet, rules: Rules, findings: FindingLog) -> None:
        self._gwp = gwp
        self._biogenic_counts = rules.biogenic == "-1/+1"
        self._findings = findings

    def emission(self, gas: str, kilograms: Fraction, row: str) -> GasEffect | None:
        """Return the effect of an emission, None for a gas without a value in the set (a finding)."""
        factor = self._gwp.factor(gas)
        if factor is None:
            self._findings.add("GAS_WITHOUT_FACTOR", row, f"{gas} in {self._gwp.name}")
            return None
        if gas == "ch4":
            self._findings.add("CH4_WITHOUT_ORIGIN", row)
        if gas == "co2":
            self._findings.add("CO2_WITHOUT_ORIGIN", row)
        if gas == "co2-biogenic" and not self._biogenic_counts:
            factor = Fraction(0)
        return GasEffect(gas, group_of(gas), kilograms * factor, kilograms, True)

    def removal(self, gas: str, kilograms: Fraction, row: str) -> GasEffect | None:
        """Return the effect of a removal: −1 for biogenic CO2 under −1/+1; any other removal is outside the total."""
        effect = self.emission(gas, kilograms, row)
        if effect is None:
            return None
        counted = gas == "co2-biogenic"
        if not counted:
            self._findings.add("REMOVAL_OUTSIDE_TOTAL", row, gas)
        return GasEffect(gas, "removal", -effect.co2e_kg, -kilograms, counted)

    def factor(self, factor: ResolvedFactor, use: str, row: str) -> tuple[str, list[GasEffect]]:
        """Return a factor's denominator and what one unit of it has.

        With a split by gas the set in force characterises it; without, the value stands as published.

        Raises:
            FactorKindError: a kind that may not stand in this use.
        """
        allowed = KINDS_BY_USE[use]
        if factor.kind not in allowed:
            raise FactorKindError(
                f"{factor.reference} is of kind {factor.kind} and cannot stand as {use}",
                row=row,
                remedy=f"use a factor of kind {' or '.join(sorted(allowed))}",
            )
        entry = factor.entry
        unit = parse_factor_unit(entry.unit)
        if entry.gases is not None:
            effects = [
                self.emission(gas, to_fraction(text) * unit.kilograms, row) for gas, text in sorted(entry.gases.items())
            ]
            known = [effect for effect in effects if effect is not None]
            self._compare_split(factor, known, unit.kilograms, row)
            return unit.denominator, known
        if entry.gwp != self._gwp.name:
            self._findings.add("FACTOR_GWP_MISMATCH", row, f"{factor.reference}: {entry.gwp}, not {self._gwp.name}")
        value = kilograms_per_unit(entry.value or "0", unit)
        return unit.denominator, [GasEffect(UNSPECIFIED, UNSPECIFIED, value, None, True)]

    def _compare_split(self, factor: ResolvedFactor, split: list[GasEffect], kilograms: Fraction, row: str) -> None:
        """Note a value that does not follow from its split under the same set, within its own rounding."""
        entry = factor.entry
        if entry.value is None or entry.gwp != self._gwp.name:
            return
        total = sum((effect.co2e_kg for effect in split), Fraction(0)) / kilograms
        if abs(total - to_fraction(entry.value)) > half_unit_in_last_place(entry.value):
            self._findings.add("FACTOR_SPLIT_MISMATCH", row, factor.reference)

    def stated(self, value: str, unit: str, gwp: str | None, row: str) -> tuple[str, list[GasEffect]]:
        """Return the denominator and effect of a value stated by a certificate, supplier or estimate."""
        parsed = parse_factor_unit(unit)
        if gwp is not None and gwp != self._gwp.name:
            self._findings.add("VALUE_GWP_MISMATCH", row, f"{gwp}, not {self._gwp.name}")
        effect = GasEffect(UNSPECIFIED, UNSPECIFIED, kilograms_per_unit(value, parsed), None, True)
        return parsed.denominator, [effect]
