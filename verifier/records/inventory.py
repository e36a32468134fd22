"""The inventory file: processes, exchanges and the declared value of one product system.

The models are closed (unknown keys are refused) and strict (an amount is a decimal *string*).  They say what a file may
contain; whether its rows fit each other (ids, links, units) is asked by :mod:`verifier.footprint`, which names the row.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from verifier.canonical import canonicalise, parse
from verifier.decimals import DecimalString
from verifier.errors import FormatError
from verifier.records.model import RecordModel

INVENTORY_SCHEMA: Final = "tanju/inventory/1"
MAX_INVENTORY_BYTES: Final = 64 * 1024 * 1024
MAX_EXCHANGES: Final = 200_000
MAX_PROCESSES: Final = 50_000
MAX_REPORTED_PROBLEMS: Final = 20

Identifier = Annotated[str, StringConstraints(min_length=1, max_length=200)]
"""An id of a flow, process or exchange: any text, compared character by character."""
Text = Annotated[str, StringConstraints(max_length=4000)]
UnitName = Annotated[str, StringConstraints(min_length=1, max_length=64)]
CalendarDate = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$")]
SystemBoundary = Literal["cradle-to-gate", "cradle-to-grave", "gate-to-gate"]
ExchangeKind = Literal["product", "waste", "avoided", "emission", "removal", "resource"]
Stage = Literal["raw-material-acquisition", "production", "distribution", "use", "end-of-life"]
GwpName = Literal["ipcc-ar4-gwp100", "ipcc-ar5-gwp100", "ipcc-ar5-feedback-gwp100", "ipcc-ar6-gwp100"]
TransportMode = Literal["road", "rail", "inland-water", "sea", "air", "pipeline"]


class Quantity(RecordModel):
    """An exact amount with its unit: ``{"amount": "1.03", "unit": "t"}``."""

    amount: DecimalString
    unit: UnitName


class Names(RecordModel):
    """A name in Chinese, in English, or in both."""

    zh: Text | None = None
    en: Text | None = None

    @model_validator(mode="after")
    def _named(self) -> Self:
        if not self.zh and not self.en:
            raise ValueError("a name in zh or en is needed")
        return self

    def first(self, language: str = "en") -> str:
        """Return the name in `language`, else in the other one."""
        own, other = (self.zh, self.en) if language == "zh" else (self.en, self.zh)
        return own or other or ""


class Product(RecordModel):
    """The product that the footprint is of."""

    name: Names
    id: Text | None = None
    category: Text | None = None


class FunctionalUnit(RecordModel):
    """The functional or declared unit."""

    quantity: Quantity
    performance: Text | None = None
    service_life: Quantity | None = None


class ReferenceFlow(RecordModel):
    """How much of which process's product fulfils the functional unit: the demand vector."""

    process: Identifier
    flow: Identifier
    quantity: Quantity


class Period(RecordModel):
    """The half-open interval of days that the activity data cover."""

    from_: Annotated[CalendarDate, Field(alias="from")]
    until: CalendarDate

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.from_ >= self.until:
            raise ValueError("the period must end after it begins (half-open: from ≤ day < until)")
        return self


class CutOffRule(RecordModel):
    """The cut-off limits of the rule: one omitted flow, and all together, as shares of the criterion."""

    criterion: Literal["mass", "energy", "environmental"]
    single: DecimalString
    total: DecimalString


class Rules(RecordModel):
    """The standard, the PCR and the choices they leave, under which the inventory was made."""

    standard: Text | None = None
    pcr: Text | None = None
    gwp: GwpName
    end_of_life: Literal["cut-off", "substitution", "cff"] = "cut-off"
    biogenic: Literal["-1/+1", "0/0"] = "-1/+1"
    electricity: Literal["location", "market"] | None = None
    cut_off: CutOffRule | None = None
    decimals: Annotated[int, Field(ge=0, le=60)] | None = None


class Flow(RecordModel):
    """A product, waste or elementary flow with its unit and its exact conversion properties.

    ``properties`` name ratios of units, for instance ``density`` in kg/l, ``ncv`` in GJ/t or ``price`` in CNY/t; they
    convert amounts between kinds of quantity and serve as bases of allocation.
    """

    id: Identifier
    kind: Literal["product", "waste", "elementary"]
    unit: UnitName
    name: Names | None = None
    properties: dict[Identifier, Quantity] = Field(default_factory=dict)
    source: Text | None = None


class Allocation(RecordModel):
    """How a process with several products divides its burdens among them.

    ``property`` names the flow property that the method reads (``mass`` needs none when the units are masses);
    ``factors`` are the declared shares by flow, which must sum to one within their digits.
    """

    method: Literal["none", "mass", "energy", "economic", "declared"]
    property: Identifier | None = None
    factors: dict[Identifier, DecimalString] | None = None
    reason: Text | None = None


class Process(RecordModel):
    """A unit process; ``reference`` is the flow that it is scaled by."""

    id: Identifier
    name: Names | None = None
    stage: Stage
    site: Text | None = None
    geography: Text | None = None
    reference: Identifier
    allocation: Allocation | None = None
    source: Text | None = None


class SupplierPcf(RecordModel):
    """A footprint value stated by a supplier; ``verification`` says by which party it was verified."""

    id: Text
    value: DecimalString
    unit: UnitName
    boundary: SystemBoundary
    gwp: GwpName
    verification: Literal["none", "second", "third"]


class LicensedBackground(RecordModel):
    """A background value that only a holder of the database's licence can supply."""

    database: Text
    version: Text
    system_model: Text
    dataset_uuid: Text
    value_commitment: Text


class Estimate(RecordModel):
    """A value without a published source, with the reason for it."""

    value: DecimalString
    unit: UnitName
    reason: Text


class Provider(RecordModel):
    """Where an input comes from, or a waste goes to: exactly one of the keys."""

    process: Identifier | None = None
    factor: Identifier | None = None
    certificate: Identifier | None = None
    supplier_pcf: SupplierPcf | None = None
    licensed: LicensedBackground | None = None
    estimate: Estimate | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_fields_set) != 1 or self.kind is None:
            raise ValueError(
                "a provider is exactly one of process, factor, certificate, supplierPcf, licensed, estimate; "
                "leave `provider` out for an input without one"
            )
        return self

    @property
    def kind(self) -> str | None:
        """The key that is set (``"process"``, ``"factor"``, …)."""
        for name in ("process", "factor", "certificate", "supplier_pcf", "licensed", "estimate"):
            if getattr(self, name) is not None:
                return name
        return None


class Combustion(RecordModel):
    """The combustion factor of a burnt fuel; its upstream is the row's provider."""

    factor: Identifier


class TransportLeg(RecordModel):
    """One leg by which an input arrives: mass × distance × factor.

    ``load`` and ``emptyReturn`` describe what the factor must already contain; they do not change the product.
    """

    mass: Quantity
    distance: Quantity
    mode: TransportMode
    load: DecimalString | None = None
    empty_return: bool | None = None
    factor: Identifier | None = None


class Instrument(RecordModel):
    """An electricity instrument (for instance a 绿证) whose use belongs to the row."""

    type: Text
    serials: list[Text]
    quantity: Quantity
    generation: Text | None = None
    grid: Text | None = None
    cancellation_no: Text | None = None


class Uncertainty(RecordModel):
    """The uncertainty of a row's amount: a distribution with its parameters."""

    distribution: Literal["lognormal", "normal", "triangular", "uniform"]
    parameters: dict[Identifier, DecimalString]


class Exchange(RecordModel):
    """One row: an input to or output of a process.  ``quantity`` is per run of the process as written."""

    id: Identifier
    process: Identifier
    direction: Literal["input", "output"]
    kind: ExchangeKind
    flow: Identifier
    quantity: Quantity
    provider: Provider | None = None
    combustion: Combustion | None = None
    transport: list[TransportLeg] = Field(default_factory=list)
    instrument: Instrument | None = None
    uncertainty: Uncertainty | None = None
    quality: Annotated[list[Annotated[int, Field(ge=1, le=5)]], Field(min_length=5, max_length=5)] | None = None
    primary: bool | None = None
    measurement: Text | None = None
    source: Text | None = None


class CutOff(RecordModel):
    """A flow left out on purpose, with the estimated share that it would have."""

    flow: Identifier
    estimate: DecimalString
    proxy: Text | None = None
    reason: Text


class Declared(RecordModel):
    """The value to be reproduced; its last written digit is the rounding."""

    total: Quantity


class Inventory(RecordModel):
    """A whole inventory file (``*.inventory.json``)."""

    schema_: Annotated[Literal["tanju/inventory/1"], Field(alias="schema")]
    product: Product
    functional_unit: FunctionalUnit
    reference_flow: ReferenceFlow
    system_boundary: SystemBoundary
    period: Period
    rules: Rules
    flows: list[Flow]
    processes: Annotated[list[Process], Field(min_length=1, max_length=MAX_PROCESSES)]
    exchanges: Annotated[list[Exchange], Field(min_length=1, max_length=MAX_EXCHANGES)]
    cut_off: list[CutOff] = Field(default_factory=list)
    declared: Declared | None = None
    source: Text | None = None


def parse_inventory(data: bytes) -> Inventory:
    """Read the bytes of an inventory file (strict JSON, not necessarily canonical).

    Raises:
        FormatError: not JSON, a key twice, a float, an unknown key or a value outside its list; the rows are named.
    """
    return inventory_from_json(parse(data, limit=MAX_INVENTORY_BYTES))


def inventory_from_json(value: Any) -> Inventory:
    """Build an inventory from parsed JSON; raises :class:`FormatError` as :func:`parse_inventory` does."""
    if isinstance(value, dict) and value.get("schema") != INVENTORY_SCHEMA:
        raise FormatError(
            f"schema {value.get('schema')!r}", remedy=f"this version reads {INVENTORY_SCHEMA}", code="SCHEMA_UNKNOWN"
        )
    try:
        return Inventory.model_validate(value, by_alias=True, by_name=False)
    except ValidationError as error:
        raise FormatError(_problems(error, value), remedy="correct the named rows", code="INVENTORY_FORMAT") from None


def load_inventory(path: Path) -> Inventory:
    """Read an inventory file from disk; raises ``OSError`` or :class:`FormatError`."""
    return parse_inventory(path.read_bytes())


def inventory_to_json(inventory: Inventory) -> dict[str, Any]:
    """Return the JSON value of an inventory, without the keys that are not set."""
    value: dict[str, Any] = inventory.model_dump(mode="json", by_alias=True, exclude_unset=True)
    return value


def inventory_bytes(inventory: Inventory) -> bytes:
    """Return the canonical bytes (RFC 8785) of an inventory."""
    return canonicalise(inventory_to_json(inventory))


def _problems(error: ValidationError, value: Any) -> str:
    """Name each problem by its place and, where the row has one, its id."""
    lines = []
    for problem in error.errors(include_url=False)[:MAX_REPORTED_PROBLEMS]:
        lines.append(f"{_place(problem['loc'], value)}: {problem['msg']}")
    more = error.error_count() - len(lines)
    return "; ".join(lines) + (f"; and {more} more" if more > 0 else "")


def _place(location: tuple[int | str, ...], value: Any) -> str:
    """Write a pydantic location as a path, with the id of the row that it passes through."""
    place, here = "", value
    for step in location:
        place += f"[{step}]" if isinstance(step, int) else ("." if place else "") + step
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):
            here = None
        if isinstance(step, int) and isinstance(here, dict) and isinstance(here.get("id"), str):
            place += f" ({here['id']})"
    return place
