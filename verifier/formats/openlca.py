"""The tables of an openLCA JSON-LD archive: processes, flows, unit groups, in the old and the new spelling.

Old spelling (schema 1): ``input``, ``quantitativeReference``, ``avoidedProduct``, ``referenceUnit``; new spelling
(schema 2): ``isInput``, ``isQuantitativeReference``, ``isAvoidedProduct``, ``isRefUnit``.  Amounts become exact
decimals here: an imported float is the plain decimal of its shortest representation.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, Literal

import orjson

from verifier.formats.archive import Archive
from verifier.formats.problems import ImportFormatError

FlowType = Literal["PRODUCT_FLOW", "WASTE_FLOW", "ELEMENTARY_FLOW"]
_FLOW_TYPES: Final = ("PRODUCT_FLOW", "WASTE_FLOW", "ELEMENTARY_FLOW")
MAX_CATEGORY_DEPTH: Final = 32
_AIR: Final = re.compile(r"\bair\b|atmosphere")
_NOT_AIR: Final = ("water", "soil", "ground", "deposited", "waste")


class OpenLcaError(ImportFormatError):
    """An archive that is no openLCA JSON-LD export, or lacks a part that a process needs."""

    code = "OPENLCA_FORMAT"


@dataclass(frozen=True, slots=True)
class ForeignUnit:
    """A unit of the archive: its name, its group's reference unit and its exact size in it."""

    name: str
    group: str
    reference: str
    factor: Fraction


@dataclass(frozen=True, slots=True)
class ForeignFlow:
    """A flow of the archive; ``property_factors`` are amounts of each property in one of the reference property."""

    uuid: str
    name: str
    type: FlowType
    category: str
    cas: str | None
    reference_unit: str
    reference_property: str
    property_factors: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class ForeignExchange:
    """A row of a process as the archive has it; ``amount`` is exact, in ``unit``."""

    id: str
    flow: str
    flow_type: FlowType
    is_input: bool
    is_reference: bool
    is_avoided: bool
    amount: Fraction
    unit: str
    property: str
    provider: str | None
    formula: str | None


class OpenLcaArchive:
    """An open archive with its processes read and its flows and units read when asked for."""

    def __init__(self, archive: Archive) -> None:
        """Read the processes, unit groups and flow properties; raises :class:`OpenLcaError`."""
        self._archive = archive
        self.processes: dict[str, dict[str, Any]] = {value["@id"]: value for value in self._all("processes")}
        if not self.processes:
            raise OpenLcaError("no processes/ folder with JSON files", remedy="export as openLCA JSON-LD")
        self._categories = {value["@id"]: value for value in self._all("categories")}
        self._units = dict(self._read_units())
        self._group_of_property = {
            value["@id"]: _reference(value.get("unitGroup")) for value in self._all("flow_properties")
        }
        self._flows: dict[str, ForeignFlow] = {}

    def _all(self, folder: str) -> Iterator[dict[str, Any]]:
        for name in self._archive.names(folder):
            yield self._load(name)

    def _load(self, name: str) -> dict[str, Any]:
        try:
            value = orjson.loads(self._archive.read(name))
        except orjson.JSONDecodeError as error:
            raise OpenLcaError(f"{name} is not JSON: {error}", remedy="export the database again") from None
        if not isinstance(value, dict) or not isinstance(value.get("@id"), str):
            raise OpenLcaError(f"{name} has no @id", remedy="export as openLCA JSON-LD")
        return value

    def _read_units(self) -> Iterator[tuple[str, ForeignUnit]]:
        for group in self._all("unit_groups"):
            units = group.get("units") or []
            reference = next((u for u in units if _flag(u, "referenceUnit", "isRefUnit")), None)
            if reference is None:
                raise OpenLcaError(
                    f"unit group {group.get('name')!r} has no reference unit", remedy="correct it in openLCA"
                )
            for unit in units:
                factor = exact_number(unit.get("conversionFactor", 1.0))
                yield unit["@id"], ForeignUnit(unit["name"], group["@id"], reference["name"], factor)

    def flow(self, uuid: str) -> ForeignFlow:
        """Return a flow; raises :class:`OpenLcaError` when the archive does not have it."""
        found = self._flows.get(uuid)
        if found is None:
            found = self._flows[uuid] = self._read_flow(uuid)
        return found

    def _read_flow(self, uuid: str) -> ForeignFlow:
        name = f"flows/{uuid}.json"
        if name not in self._archive:
            raise OpenLcaError(f"flow {uuid} is not in the archive", remedy="export the process with its flows")
        value = self._load(name)
        properties = value.get("flowProperties") or []
        factors = {
            _reference(item.get("flowProperty")): exact_number(item.get("conversionFactor", 1.0)) for item in properties
        }
        reference = next(
            (
                _reference(p["flowProperty"])
                for p in properties
                if _flag(p, "referenceFlowProperty", "isRefFlowProperty")
            ),
            None,
        )
        if reference is None:
            raise OpenLcaError(f"flow {uuid} has no reference flow property", remedy="correct it in openLCA")
        return ForeignFlow(
            uuid=uuid,
            name=str(value.get("name", uuid)).strip(),
            type=_flow_type(value.get("flowType"), uuid),
            category=self._category(value.get("category")),
            cas=value.get("cas"),
            reference_unit=self._reference_unit(reference),
            reference_property=reference,
            property_factors=factors,
        )

    def _reference_unit(self, flow_property: str) -> str:
        """Return the name of the reference unit of a flow property's unit group."""
        group = self._group_of_property.get(flow_property)
        for unit in self._units.values():
            if unit.group == group:
                return unit.reference
        raise OpenLcaError(f"flow property {flow_property} has no unit group", remedy="export the unit groups too")

    def unit(self, uuid: str) -> ForeignUnit:
        """Return a unit; raises :class:`OpenLcaError` when the archive does not have it."""
        try:
            return self._units[uuid]
        except KeyError:
            raise OpenLcaError(f"unit {uuid} is not in the archive", remedy="export the unit groups too") from None

    def exchanges(self, process: str) -> list[ForeignExchange]:
        """Return the rows of a process."""
        value = self.processes[process]
        return [self._exchange(item, number, process) for number, item in enumerate(value.get("exchanges") or [], 1)]

    def _exchange(self, item: dict[str, Any], number: int, process: str) -> ForeignExchange:
        flow = item.get("flow") or {}
        uuid = _reference(flow)
        flow_type = flow.get("flowType") or self.flow(uuid).type
        provider = item.get("defaultProvider")
        return ForeignExchange(
            id=item.get("@id") or f"{process}/{item.get('internalId', number)}",
            flow=uuid,
            flow_type=_flow_type(flow_type, uuid),
            is_input=_flag(item, "input", "isInput"),
            is_reference=_flag(item, "quantitativeReference", "isQuantitativeReference"),
            is_avoided=_flag(item, "avoidedProduct", "isAvoidedProduct"),
            amount=exact_number(item.get("amount", 0.0)),
            unit=_reference(item.get("unit")),
            property=_reference(item.get("flowProperty")),
            provider=_reference(provider) if provider else None,
            formula=item.get("amountFormula"),
        )

    def _category(self, value: object) -> str:
        """Return a category as a path; the new spelling has it as text already."""
        if isinstance(value, str):
            return value
        names: list[str] = []
        while isinstance(value, dict) and len(names) < MAX_CATEGORY_DEPTH:
            own = self._categories.get(value.get("@id", ""), value)
            names.append(str(own.get("name", "")))
            value = own.get("category")
        return "/".join(reversed(names))


def open_openlca(path: Path) -> Archive:
    """Open an archive from disk; raises :class:`verifier.formats.archive.ArchiveError` or ``OSError``."""
    return Archive(path)


def exact_number(value: object) -> Fraction:
    """Return an imported JSON number exactly as its shortest decimal reads.

    Raises:
        OpenLcaError: not a finite number.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise OpenLcaError(f"{value!r} is not a number", remedy="export the database again")
    try:
        return Fraction(repr(value))
    except ValueError:
        raise OpenLcaError(f"{value!r} is not finite", remedy="correct it in openLCA") from None


def _flag(item: Mapping[str, Any], old: str, new: str) -> bool:
    return bool(item.get(old, item.get(new, False)))


def _reference(value: object) -> str:
    if isinstance(value, dict) and isinstance(value.get("@id"), str):
        return str(value["@id"])
    raise OpenLcaError(f"a reference without @id: {str(value)[:80]}", remedy="export as openLCA JSON-LD")


def _flow_type(value: object, uuid: str) -> FlowType:
    if value not in _FLOW_TYPES:
        raise OpenLcaError(f"flow {uuid} has type {value!r}", remedy=f"one of {', '.join(_FLOW_TYPES)}")
    return value


@cache
def _gas_tables() -> tuple[Mapping[str, str], Mapping[str, str]]:
    data = json.loads(resources.files("verifier").joinpath("data", "openlca_gases.json").read_text("utf-8"))
    return data["names"], data["cas"]


def gas_of(flow: ForeignFlow) -> str | None:
    """Return the gas of the closed list that an elementary flow is, None when it is none.

    The name decides (lower case, without a bracketed suffix), else the CAS number.
    """
    names, numbers = _gas_tables()
    name = flow.name.partition(" [")[0].strip().lower()
    if name in names:
        return names[name]
    return numbers.get((flow.cas or "").lstrip("0"))


def compartment(flow: ForeignFlow) -> Literal["air", "resource", "other", "not stated"]:
    """Return whether a flow's category is the air, a resource, another compartment, or says none of these."""
    path = flow.category.lower()
    if "resource" in path:
        return "resource"
    if _AIR.search(path):
        return "air"
    return "other" if any(word in path for word in _NOT_AIR) else "not stated"
