"""Rows to effects and links: what each exchange adds directly, and what it takes from another activity."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache, partial
from typing import Final, NamedTuple

from verifier.decimals import MAX_DECIMALS
from verifier.footprint.allocation import flow_properties
from verifier.footprint.characterise import GAS_CODES, Characterisation, GasEffect
from verifier.footprint.errors import (
    FootprintError,
    LicensedBackgroundError,
    ProviderError,
    RowUnitError,
    UnknownIdError,
)
from verifier.footprint.factors import FactorSource, ResolvedFactor, exact_amount
from verifier.footprint.findings import FindingLog
from verifier.footprint.model import CertifiedValue, Effect, Link, Measured, Part
from verifier.records.inventory import Exchange, Flow, Inventory, Provider, Quantity, TransportLeg
from verifier.units import UnitError, conversion, convert, is_counted

TRANSPORT_UNIT: Final = "t*km"
_ZERO: Final = Fraction(0)
_ONE: Final = Fraction(1)
_CACHED_UNITS: Final = 4096
_FROM_NATURE: Final = frozenset({"emission", "removal", "resource"})
_DIRECTIONS: Final = {"emission": "output", "removal": "input", "resource": "input", "avoided": "output"}


@dataclass(slots=True)
class Surroundings:
    """What a row is read against: the inventory's ids, the activities, and the sources of background values."""

    inventory: Inventory
    flows: Mapping[str, Flow]
    process_index: Mapping[str, int]
    activity_index: Mapping[tuple[str, str], int]
    consumed: frozenset[tuple[str, str]]
    characterisation: Characterisation
    factors: FactorSource
    certified: Mapping[str, CertifiedValue]
    findings: FindingLog


@dataclass(slots=True)
class ReadRows:
    """What the rows came to."""

    effects: list[Effect] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    measured: list[Measured] = field(default_factory=list)
    factors: dict[str, ResolvedFactor] = field(default_factory=dict)
    has_credits: bool = False
    not_counted_flows: set[str] = field(default_factory=set)


def row_unit_error(error: UnitError, row: str) -> RowUnitError:
    """Return a unit error as one of the row it stands in."""
    return RowUnitError(error.detail, row=row, remedy=error.remedy, code=error.code)


class PerUnit(NamedTuple):
    """What one unit of a row has directly, and how many kilograms of CO2e of it count."""

    effects: list[GasEffect]
    counted: Fraction


class RowReader:
    """Reads the exchanges of one inventory, each once, in the order given."""

    def __init__(self, surroundings: Surroundings) -> None:
        self._s = surroundings
        self._cut_off = frozenset(entry.flow for entry in surroundings.inventory.cut_off)
        self._units: dict[tuple[str, str, str], Fraction] = {}
        self._known: dict[tuple[str, ...], PerUnit] = {}
        self.read = ReadRows()

    def all(self, functions: Iterable[Exchange], others: Iterable[Exchange]) -> ReadRows:
        """Read every row; raises as :meth:`row` does."""
        for exchange in functions:
            self.function(exchange)
        for exchange in others:
            self.row(exchange)
        return self.read

    def row(self, exchange: Exchange) -> None:
        """Read one exchange that is not a function of its process.

        Raises:
            FootprintError: a provider, factor, unit or direction that does not fit; the row is named.
        """
        wanted = _DIRECTIONS.get(exchange.kind)
        if wanted is not None and exchange.direction != wanted:
            raise FootprintError(
                f"a row of kind {exchange.kind} is an {wanted}",
                row=exchange.id,
                remedy="correct its direction",
                code="ROW_DIRECTION",
            )
        if exchange.kind in _FROM_NATURE and (exchange.provider is not None or exchange.combustion is not None):
            raise _misplaced(exchange)
        if exchange.quantity.amount.startswith("-"):
            self._s.findings.add("NEGATIVE_AMOUNT", exchange.id)
        try:
            if exchange.kind in ("emission", "removal"):
                self._elementary(exchange)
            elif exchange.kind != "resource":
                self._technosphere(exchange)
        except UnitError as error:
            raise row_unit_error(error, exchange.id) from error
        self._instrument(exchange)
        for number, leg in enumerate(exchange.transport, start=1):
            self._transport(exchange, leg, number)

    def function(self, exchange: Exchange) -> None:
        """Read what stands beside a product output or a treated waste: its transport; anything else is misplaced."""
        if exchange.provider is not None or exchange.combustion is not None:
            raise _misplaced(exchange)
        self._instrument(exchange)
        for number, leg in enumerate(exchange.transport, start=1):
            self._transport(exchange, leg, number)

    def _instrument(self, exchange: Exchange) -> None:
        """Say that an electricity instrument does not change the row's factor."""
        if exchange.instrument is not None:
            self._s.findings.add("INSTRUMENT_NOT_APPLIED", exchange.id, exchange.instrument.type)

    # --- from and to nature -------------------------------------------------------------------------------------

    def _elementary(self, exchange: Exchange) -> None:
        if exchange.flow not in GAS_CODES:
            known = exchange.flow in self._s.flows
            detail = _flow_name(self._s.flows.get(exchange.flow), exchange.flow)
            self._s.findings.add("FLOW_NOT_CHARACTERISED" if known else "FLOW_UNKNOWN", exchange.id, detail)
            return
        gas = self._once((exchange.kind, exchange.flow, exchange.quantity.unit), partial(self._gas, exchange))
        part: Part = "emission" if exchange.kind == "emission" else "removal"
        if gas.effects:
            self._add(exchange, part, gas.effects, None)
            self._measure(exchange, gas.counted, ())

    def _gas(self, exchange: Exchange) -> list[GasEffect]:
        """Return the effect of one unit of the row, none for a gas without a value in the set."""
        kilograms = self._per_unit(exchange, "kg")
        read = self._s.characterisation.emission if exchange.kind == "emission" else self._s.characterisation.removal
        effect = read(exchange.flow, kilograms, exchange.id)
        return [] if effect is None else [effect]

    def _once(self, key: tuple[str, ...], make: Callable[[], list[GasEffect]]) -> PerUnit:
        """Return what `make` gives for the rows of one key; made again for each row that it has findings of."""
        known = self._known.get(key)
        if known is None:
            before = self._s.findings.noted
            effects = make()
            known = PerUnit(effects, _counted_sum(effects))
            if self._s.findings.noted == before:
                self._known[key] = known
        return known

    # --- from and to other activities and the background ---------------------------------------------------------

    def _technosphere(self, exchange: Exchange) -> None:
        if exchange.flow not in self._s.flows:
            raise UnknownIdError(f"flow {exchange.flow!r} is not declared", row=exchange.id, remedy="add it to flows")
        sign = -1 if exchange.kind == "avoided" else 1
        counted = sign == 1 or self._s.inventory.rules.end_of_life == "substitution"
        direct, links = _ZERO, tuple[tuple[int, Fraction], ...]()
        if exchange.provider is None:
            self._without_provider(exchange)
        elif exchange.provider.process is not None:
            links = self._link(exchange, exchange.provider.process, sign, counted)
        else:
            part: Part = "avoided" if sign < 0 else "provider"
            direct += self._background(exchange, exchange.provider, part, Fraction(sign), counted)
        if exchange.combustion is not None:
            direct += self._combustion(exchange)
        if sign < 0 and exchange.provider is not None:
            if counted:
                self.read.has_credits = True
            else:
                self._s.findings.add("AVOIDED_OUTSIDE_TOTAL", exchange.id)
                return
        self._measure(exchange, direct, links)

    def _without_provider(self, exchange: Exchange) -> None:
        code = {
            ("waste", "output"): "WASTE_WITHOUT_TREATMENT",
            ("waste", "input"): "WASTE_INPUT_WITHOUT_BURDEN",
            ("avoided", "output"): "AVOIDED_WITHOUT_PROVIDER",
        }.get((exchange.kind, exchange.direction))
        if code is None:
            self.read.not_counted_flows.add(exchange.flow)
            code = "UPSTREAM_MISSING" if exchange.combustion is not None else "INPUT_UNLINKED"
            if code == "INPUT_UNLINKED" and exchange.flow in self._cut_off:
                code = "CUT_OFF_DECLARED"
        self._s.findings.add(code, exchange.id, _flow_name(self._s.flows[exchange.flow], exchange.flow))

    def _link(self, exchange: Exchange, provider: str, sign: int, counted: bool) -> tuple[tuple[int, Fraction], ...]:
        if provider not in self._s.process_index:
            raise ProviderError(f"no process {provider!r}", row=exchange.id, remedy="name a process of this inventory")
        supplier = self._s.activity_index.get((provider, exchange.flow))
        if supplier is None:
            if (
                exchange.kind == "waste"
                and exchange.direction == "output"
                and (provider, exchange.flow) in self._s.consumed
            ):
                self._s.findings.add("WASTE_TO_PROCESS_FREE", exchange.id)
                return ()
            raise ProviderError(
                f"process {provider!r} does not supply flow {exchange.flow!r}",
                row=exchange.id,
                remedy="name the process that has it as a product output (or as the waste it treats)",
                code="PROVIDER_LACKS_FLOW",
            )
        amount = self._per_unit(exchange, self._s.flows[exchange.flow].unit) * sign
        quantity = exact_amount(exchange.quantity.amount)
        process = self._s.process_index[exchange.process]
        self.read.links.append(Link(exchange.id, process, supplier, amount * quantity, "link", counted))
        return ((supplier, amount),)

    def _background(
        self, exchange: Exchange, provider: Provider, part: Part, sign: Fraction, counted: bool
    ) -> Fraction:
        """Add the effect of a background value; return kg CO2e per unit of the row."""
        read = self._s.characterisation
        reference = provider.factor
        if provider.factor is not None:
            known = self._factor(exchange, provider.factor, self._use(exchange))
            if sign < 0:
                known = PerUnit([effect.times(sign) for effect in known.effects], -known.counted)
            self._add(exchange, part, known.effects, reference, counted=counted)
            return known.counted if counted else _ZERO
        if provider.certificate is not None:
            certified = self._s.certified.get(provider.certificate)
            reference = provider.certificate
            if certified is None:
                raise ProviderError(
                    f"certificate {provider.certificate} is not at hand",
                    row=exchange.id,
                    remedy="supply its certified value",
                    code="CERTIFICATE_UNKNOWN",
                )
            denominator, effects = read.stated(certified.value, certified.unit, certified.gwp, exchange.id)
        elif provider.supplier_pcf is not None:
            pcf = provider.supplier_pcf
            reference = pcf.id
            if pcf.verification == "none":
                self._s.findings.add("SUPPLIER_NOT_VERIFIED", exchange.id)
            denominator, effects = read.stated(pcf.value, pcf.unit, pcf.gwp, exchange.id)
        elif provider.estimate is not None:
            self._s.findings.add("ESTIMATED_INPUT", exchange.id, provider.estimate.reason)
            denominator, effects = read.stated(provider.estimate.value, provider.estimate.unit, None, exchange.id)
        else:
            raise LicensedBackgroundError(
                "the background value is licensed", row=exchange.id, remedy="ask the holder of the licence to supply it"
            )
        per_unit = self._per_unit(exchange, denominator) * sign
        scaled = [effect.times(per_unit) for effect in effects]
        self._add(exchange, part, scaled, reference, counted=counted)
        return _counted_sum(scaled) if counted else _ZERO

    def _factor(self, exchange: Exchange, reference: str, use: str) -> PerUnit:
        """Return what one unit of the row has by a factor."""

        def make() -> list[GasEffect]:
            factor = self._resolve(reference, exchange.id)
            denominator, effects = self._s.characterisation.factor(factor, use, exchange.id)
            per_unit = self._per_unit(exchange, denominator)
            return [effect.times(per_unit) for effect in effects]

        return self._once((use, reference, exchange.flow, exchange.quantity.unit), make)

    def _use(self, exchange: Exchange) -> str:
        """Return which use a factor provider of this row is put to (which kinds may stand there)."""
        if exchange.kind == "waste":
            return "treatment"
        if exchange.kind == "avoided":
            return "avoided"
        return "transport-service" if _is_transport(self._s.flows[exchange.flow].unit) else "provider"

    def _combustion(self, exchange: Exchange) -> Fraction:
        """Add the combustion of a burnt fuel; return kg CO2e per unit of the row."""
        assert exchange.combustion is not None
        factor = self._resolve(exchange.combustion.factor, exchange.id)
        known = self._factor(exchange, exchange.combustion.factor, "combustion")
        self._add(exchange, "combustion", known.effects, factor.reference)
        provider = exchange.provider
        upstream = self._resolve(provider.factor, exchange.id) if provider and provider.factor else None
        if upstream is not None and upstream.entry.includes.combustion:
            self._s.findings.add("COMBUSTION_COUNTED_TWICE", exchange.id, upstream.reference)
        return known.counted

    def _transport(self, exchange: Exchange, leg: TransportLeg, number: int) -> None:
        """Add one transport leg: mass × distance × factor."""
        if leg.factor is None:
            self._s.findings.add("TRANSPORT_WITHOUT_FACTOR", exchange.id, f"leg {number}")
            return
        factor = self._resolve(leg.factor, exchange.id)
        denominator, effects = self._s.characterisation.factor(factor, "transport", exchange.id)
        try:
            tonnes = convert(exact_amount(leg.mass.amount), leg.mass.unit, "t")
            kilometres = convert(exact_amount(leg.distance.amount), leg.distance.unit, "km")
            per_tonne_kilometre = convert(Fraction(1), TRANSPORT_UNIT, denominator)
            mass_half = convert(_half(leg.mass), leg.mass.unit, "t")
            distance_half = convert(_half(leg.distance), leg.distance.unit, "km")
        except UnitError as error:
            raise row_unit_error(error, exchange.id) from error
        process = self._s.process_index[exchange.process]
        for effect in effects:
            scale = tonnes * kilometres * per_tonne_kilometre
            self.read.effects.append(_effect(exchange.id, "transport", process, effect, scale, factor.reference, True))
        each = _counted_sum(effects) * per_tonne_kilometre
        self.read.measured.append(Measured(exchange.id, process, mass_half, each * kilometres, ()))
        self.read.measured.append(Measured(exchange.id, process, distance_half, each * tonnes, ()))

    # --- small steps ---------------------------------------------------------------------------------------------

    def _resolve(self, reference: str, row: str) -> ResolvedFactor:
        found = self.read.factors.get(reference)
        if found is None:
            try:
                found = self._s.factors.resolve(reference)
            except FootprintError as error:
                raise type(error)(error.detail, row=row, remedy=error.remedy, code=error.code) from error
            self.read.factors[reference] = found
        return found

    def _per_unit(self, exchange: Exchange, unit: str) -> Fraction:
        """Return how many `unit` one unit of the row is, through its flow's properties where needed."""
        key = (exchange.flow, exchange.quantity.unit, unit)
        found = self._units.get(key)
        if found is None:
            flow = self._s.flows.get(exchange.flow)
            if flow is None or not flow.properties:
                found = _ONE if exchange.quantity.unit == unit else conversion(exchange.quantity.unit, unit)
            else:
                found = convert(_ONE, exchange.quantity.unit, unit, flow_properties(flow))
            self._units[key] = found
        return found

    def _add(
        self,
        exchange: Exchange,
        part: Part,
        effects: Iterable[GasEffect],
        reference: str | None,
        *,
        counted: bool = True,
    ) -> None:
        """Add effects that are per unit of the row."""
        amount = exact_amount(exchange.quantity.amount)
        process = self._s.process_index[exchange.process]
        for effect in effects:
            self.read.effects.append(_effect(exchange.id, part, process, effect, amount, reference, counted))

    def _measure(self, exchange: Exchange, direct: Fraction, links: tuple[tuple[int, Fraction], ...]) -> None:
        process = self._s.process_index[exchange.process]
        self.read.measured.append(Measured(exchange.id, process, _half(exchange.quantity), direct, links))


def _misplaced(exchange: Exchange) -> FootprintError:
    return FootprintError(
        "a provider or combustion factor belongs to an input, or to a waste that leaves",
        row=exchange.id,
        remedy="move it to the row that takes the flow in",
        code="PROVIDER_MISPLACED",
    )


def _effect(
    exchange: str, part: Part, process: int, effect: GasEffect, scale: Fraction, reference: str | None, counted: bool
) -> Effect:
    mass = None if effect.gas_kg is None else effect.gas_kg * scale
    return Effect(
        exchange,
        part,
        process,
        effect.gas,
        effect.group,
        effect.co2e_kg * scale,
        mass,
        reference,
        counted and effect.counted,
    )


def _counted_sum(effects: Iterable[GasEffect]) -> Fraction:
    counted = [effect.co2e_kg for effect in effects if effect.counted]
    return counted[0] if len(counted) == 1 else sum(counted, _ZERO)


@lru_cache(maxsize=_CACHED_UNITS)
def _is_transport(unit: str) -> bool:
    """Tell whether a flow is measured in mass × distance; a unit that is not known is not."""
    try:
        convert(Fraction(1), unit, TRANSPORT_UNIT)
    except UnitError:
        return False
    return True


def _half(quantity: Quantity) -> Fraction:
    """Return half a unit in the last place; zero for a count, which is exact."""
    return _ZERO if is_counted(quantity.unit) else _half_unit(len(quantity.amount.partition(".")[2]))


@lru_cache(maxsize=MAX_DECIMALS + 1)
def _half_unit(decimals: int) -> Fraction:
    return Fraction(1, 2 * 10**decimals)


def _flow_name(flow: Flow | None, code: str) -> str:
    return flow.name.first() if flow is not None and flow.name is not None else code
