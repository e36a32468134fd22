"""From a process of an openLCA archive to an inventory: everything upstream that the archive itself links.

An input is linked to the provider that the row names, else to the only process of the archive that outputs the flow;
several or none leave it unlinked and listed.  Units are converted through the archive's own unit groups.  A process
with several products and no usable allocation factors gives its reference product all burdens, as openLCA does
without a chosen method; its other products come free, and each such process is listed.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from verifier.decimals import MAX_DECIMALS, MAX_INTEGER_DIGITS, plain_decimal, round_half_even
from verifier.formats.archive import Archive
from verifier.formats.openlca import ForeignExchange, ForeignFlow, OpenLcaArchive, OpenLcaError, compartment, gas_of
from verifier.formats.problems import Problem
from verifier.records.inventory import Inventory, inventory_from_json
from verifier.units import UnitError, conversion, is_known_unit

DEFAULT_GWP: Final = "ipcc-ar6-gwp100"
PROCESS_UNKNOWN: Final = "PROCESS_UNKNOWN"
"""The code when no process, or one that the archive does not have, was named."""
PLAUSIBLE_YEARS: Final = range(1900, 2201)
"""A date outside (9999 is common) means that none was stated."""
MAX_TEXT: Final = 2000
"""Longest name or note carried over."""


@dataclass(frozen=True, slots=True)
class ImportedInventory:
    """An inventory with what could not be carried over as it stood, sorted by process and row."""

    inventory: Inventory
    problems: tuple[Problem, ...]


def import_openlca(path: Path, process: str | None = None) -> ImportedInventory:
    """Read a process and all that the archive links upstream of it.

    Args:
        path: the zip archive.
        process: UUID of the process; may be left out when the archive has only one.

    Raises:
        ArchiveError, OpenLcaError: the archive is refused or lacks what the process needs.
        OSError: the file cannot be read.
    """
    with Archive(path) as archive:
        try:
            reader = OpenLcaReader(OpenLcaArchive(archive), path.name)
            return reader.read(_root(reader.tables, process))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise OpenLcaError(
                f"a part of the archive has another shape than the format's: {error!r}",
                remedy="export the database again",
            ) from error


class OpenLcaReader:
    """An open archive with its rows indexed, from which several processes can be read."""

    def __init__(self, tables: OpenLcaArchive, archive_name: str) -> None:
        """Index who makes and who treats each flow; raises :class:`OpenLcaError`."""
        self.tables = tables
        self.archive_name = archive_name
        self.rows = {uuid: tables.exchanges(uuid) for uuid in tables.processes}
        self.makers = self._index(_makes)
        self.treatments = self._index(_treats)

    def _index(self, supplies: Callable[[ForeignExchange], bool]) -> dict[str, list[str]]:
        """Return the processes that supply each flow."""
        index: dict[str, list[str]] = {}
        for uuid, rows in self.rows.items():
            for row in rows:
                if supplies(row) and uuid not in index.setdefault(row.flow, []):
                    index[row.flow].append(uuid)
        return index

    def read(self, process: str) -> ImportedInventory:
        """Read a process and all that the archive links upstream; raises as :func:`import_openlca` does."""
        return _Importer(self, process).run()


def _root(tables: OpenLcaArchive, process: str | None) -> str:
    if process is None:
        if len(tables.processes) != 1:
            raise OpenLcaError(
                f"the archive has {len(tables.processes)} processes",
                remedy="name one with --process UUID",
                code=PROCESS_UNKNOWN,
            )
        (only,) = tables.processes
        return only
    if process not in tables.processes:
        raise OpenLcaError(
            f"no process {process} in the archive", remedy="look its UUID up in openLCA", code=PROCESS_UNKNOWN
        )
    return process


class _Importer:
    """Builds one inventory; the rows come out in the archive's order."""

    def __init__(self, reader: OpenLcaReader, root: str) -> None:
        self._reader = reader
        self._tables = reader.tables
        self._root = root
        self._flows: dict[str, dict[str, Any]] = {}
        self._ids: Counter[str] = Counter()
        self._problems: list[Problem] = []
        self._credits = False

    def run(self) -> ImportedInventory:
        """Walk upstream from the root and write the inventory."""
        order, seen, exchanges = [self._root], {self._root}, list[dict[str, Any]]()
        processes: list[dict[str, Any]] = []
        for uuid in order:
            processes.append(self._process(uuid))
            for row in self._reader.rows[uuid]:
                written = self._exchange(uuid, row)
                if written is None:
                    continue
                exchanges.append(written)
                provider = written.get("provider", {}).get("process")
                if provider is not None and provider not in seen:
                    seen.add(provider)
                    order.append(provider)
        self._note("STAGES_ASSUMED", self._root, "", f"{len(order)} processes")
        value = self._header() | {"flows": list(self._flows.values()), "processes": processes, "exchanges": exchanges}
        return ImportedInventory(inventory_from_json(value), tuple(sorted(set(self._problems))))

    # --- header and processes ------------------------------------------------------------------------------------

    def _header(self) -> dict[str, Any]:
        value = self._tables.processes[self._root]
        reference = self._reference(self._root)
        flow = self._tables.flow(reference.flow)
        _, unit = self._amount(self._root, reference, flow)
        one = {"amount": "1", "unit": unit}
        return {
            "schema": "tanju/inventory/1",
            "product": {"name": {"en": _text(value.get("name"), flow.name)}, "id": f"urn:uuid:{flow.uuid}"},
            "functionalUnit": {"quantity": one},
            "referenceFlow": {"process": self._root, "flow": flow.uuid, "quantity": one},
            "systemBoundary": "cradle-to-gate",
            "period": self._period(value),
            "rules": {
                "gwp": DEFAULT_GWP,
                "endOfLife": "substitution" if self._credits else "cut-off",
                "biogenic": "0/0",
            },
            "source": f"openLCA JSON-LD archive {self._reader.archive_name}, process {self._root}",
        }

    def _period(self, value: dict[str, Any]) -> dict[str, str]:
        """Return whole years from the documentation's validity, else the year of the last change (a problem)."""
        documentation = value.get("processDocumentation") or {}
        first, last = _year(documentation.get("validFrom")), _year(documentation.get("validUntil"))
        if first is None or last is None or last < first:
            first = last = first or last or _year(value.get("lastChange"))
            if first is None or last is None:
                raise OpenLcaError(f"process {self._root} has no date at all", remedy="set its validity in openLCA")
            self._note("PERIOD_ASSUMED", self._root, "", str(first))
        return {"from": f"{first:04d}-01-01", "until": f"{last + 1:04d}-01-01"}

    def _reference(self, uuid: str) -> ForeignExchange:
        rows = [row for row in self._reader.rows[uuid] if row.is_reference]
        if len(rows) != 1:
            raise OpenLcaError(f"process {uuid} has {len(rows)} quantitative references", remedy="set one in openLCA")
        return rows[0]

    def _process(self, uuid: str) -> dict[str, Any]:
        value = self._tables.processes[uuid]
        written: dict[str, Any] = {
            "id": uuid,
            "name": {"en": _text(value.get("name"), uuid)},
            "stage": "production" if uuid == self._root else "raw-material-acquisition",
            "reference": self._reference(uuid).flow,
        }
        location = value.get("location")
        if isinstance(location, dict) and location.get("name"):
            written["geography"] = _text(location["name"], "")
        products = {row.flow for row in self._reader.rows[uuid] if _is_function(row)}
        if len(products) > 1:
            written["allocation"] = self._allocation(uuid, value, products)
        return written

    def _allocation(self, uuid: str, value: dict[str, Any], products: set[str]) -> dict[str, Any]:
        """Return the archive's own factors for the method it chose, where complete; else none (a problem)."""
        method = value.get("defaultAllocationMethod")
        listed = value.get("allocationFactors") or []
        factors = {
            item["product"]["@id"]: plain_decimal(item["value"])
            for item in listed
            if item.get("allocationType") == method
            and isinstance(item.get("product"), dict)
            and not item.get("exchange")
        }
        if set(factors) == products and sum(map(Fraction, factors.values())) == 1:
            return {"method": "declared", "factors": factors, "reason": f"the archive's {method}"}
        if listed:
            self._note("ALLOCATION_FACTORS_UNUSED", uuid, "", f"{len(listed)} factors, default method {method}")
        self._note("CO_PRODUCTS_UNALLOCATED", uuid, "", f"{len(products)} products")
        return {"method": "none", "reason": "the archive chooses no allocation method"}

    # --- rows ----------------------------------------------------------------------------------------------------

    def _exchange(self, uuid: str, row: ForeignExchange) -> dict[str, Any] | None:
        flow = self._tables.flow(row.flow)
        amount, unit = self._amount(uuid, row, flow)
        if row.formula:
            self._note("FORMULA_NOT_EVALUATED", uuid, row.id, _text(row.formula, "")[:200])
        text = self._decimal(uuid, row, amount)
        if text is None:
            return None
        written: dict[str, Any] = {
            "id": self._id(row.id),
            "process": uuid,
            "direction": "input" if row.is_input else "output",
            "kind": "product",
            "flow": flow.uuid,
            "quantity": {"amount": text, "unit": unit},
        }
        if flow.type == "ELEMENTARY_FLOW":
            return self._elementary(uuid, row, flow, written)
        self._declare(flow, "product" if flow.type == "PRODUCT_FLOW" else "waste", flow.reference_unit)
        if flow.type == "WASTE_FLOW":
            written["kind"] = "waste"
        if row.is_avoided:
            written |= {"kind": "avoided", "direction": "output"}
            self._credits = True
        provider = None if _is_function(row) else self._provider(uuid, row)
        return written if provider is None else written | {"provider": {"process": provider}}

    def _elementary(
        self, uuid: str, row: ForeignExchange, flow: ForeignFlow, written: dict[str, Any]
    ) -> dict[str, Any]:
        gas, where = gas_of(flow), compartment(flow)
        if row.is_input and where == "air":
            self._note("EMISSION_AS_INPUT", uuid, row.id, flow.name)
        if row.is_input and gas == "co2":
            gas = "co2-biogenic"
        from_nature = row.is_input and where == "resource"
        if gas is None or where == "other" or (from_nature and gas != "co2-biogenic"):
            self._declare(flow, "elementary", flow.reference_unit)
            taken = "removal" if where == "air" else "resource"
            return written | {"kind": taken if row.is_input else "emission"}
        if where == "not stated":
            self._note("COMPARTMENT_NOT_STATED", uuid, row.id, flow.name)
        return written | {
            "kind": "removal" if row.is_input else "emission",
            "flow": gas,
            "source": f"openLCA flow {flow.uuid}: {flow.name[:300]}, {flow.category[:300]}",
        }

    def _provider(self, uuid: str, row: ForeignExchange) -> str | None:
        """Return the process that the row is linked to, None (a problem) when the archive does not say which."""
        treated = row.flow_type == "WASTE_FLOW"
        if treated and row.is_input:
            return None
        candidates = (self._reader.treatments if treated else self._reader.makers).get(row.flow, [])
        if row.provider is not None:
            if row.provider in candidates:
                return row.provider
            self._note("PROVIDER_NOT_IN_FILE", uuid, row.id, row.provider)
        if len(candidates) == 1:
            return candidates[0]
        name = self._tables.flow(row.flow).name
        if treated:
            self._note("WASTE_WITHOUT_TREATMENT", uuid, row.id, name)
        elif candidates:
            self._note("INPUT_WITH_SEVERAL_PRODUCERS", uuid, row.id, f"{name}: {len(candidates)} processes")
        else:
            self._note("INPUT_WITHOUT_PRODUCER", uuid, row.id, name)
        return None

    # --- amounts and units ---------------------------------------------------------------------------------------

    def _amount(self, uuid: str, row: ForeignExchange, flow: ForeignFlow) -> tuple[Fraction, str]:
        """Return a row's exact amount and unit: as it stands where conversions agree, else in the reference unit."""
        unit = self._tables.unit(row.unit)
        if row.property == flow.reference_property and self._agrees(uuid, row, unit.name, unit.reference, unit.factor):
            return row.amount, unit.name
        factor = flow.property_factors.get(row.property)
        if not factor:
            raise OpenLcaError(
                f"row {row.id}: flow {flow.uuid} lacks the row's flow property", remedy="correct it in openLCA"
            )
        return row.amount * unit.factor / factor, flow.reference_unit

    def _agrees(self, uuid: str, row: ForeignExchange, name: str, reference: str, factor: Fraction) -> bool:
        """Tell whether a unit may stay: it is the reference, or its definition equals the archive's conversion."""
        if name == reference:
            return True
        try:
            if float(conversion(name, reference)) == float(factor):
                return True
        except UnitError:
            return False
        self._note("UNIT_FACTOR_DIFFERS", uuid, row.id, f"1 {name} = {float(factor):g} {reference} in the file")
        return False

    def _decimal(self, uuid: str, row: ForeignExchange, amount: Fraction) -> str | None:
        """Write an exact amount in the decimal grammar, listing what the grammar cannot hold."""
        if abs(amount) >= 10**MAX_INTEGER_DIGITS:
            self._note("AMOUNT_OMITTED", uuid, row.id, f"{float(amount):g}")
            return None
        text = exact_decimal(amount)
        if text is None:
            self._note("AMOUNT_ROUNDED", uuid, row.id, f"{float(amount):g}")
            return round_half_even(amount, MAX_DECIMALS)
        return text

    # --- small steps ---------------------------------------------------------------------------------------------

    def _declare(self, flow: ForeignFlow, kind: str, unit: str) -> None:
        if flow.uuid not in self._flows:
            self._flows[flow.uuid] = {
                "id": flow.uuid,
                "kind": kind,
                "unit": unit,
                "name": {"en": _text(flow.name, flow.uuid)},
            }
            if not is_known_unit(unit):
                self._note("UNIT_NOT_KNOWN", "", flow.uuid, unit)

    def _id(self, own: str) -> str:
        self._ids[own] += 1
        return own if self._ids[own] == 1 else f"{own}#{self._ids[own]}"

    def _note(self, code: str, process: str, row: str, detail: str) -> None:
        self._problems.append(Problem(code, process, row, detail))


def _is_function(row: ForeignExchange) -> bool:
    """Tell whether a row is a product of its process, or the waste that it treats."""
    return _makes(row) or _treats(row)


def _makes(row: ForeignExchange) -> bool:
    return row.flow_type == "PRODUCT_FLOW" and not row.is_input and not row.is_avoided


def _treats(row: ForeignExchange) -> bool:
    return row.flow_type == "WASTE_FLOW" and row.is_input and row.is_reference


def exact_decimal(value: Fraction) -> str | None:
    """Return the decimal string of a value that has one within the grammar, None when it has more decimals."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    decimals = max(twos, fives)
    return round_half_even(value, decimals) if rest == 1 and decimals <= MAX_DECIMALS else None


def _text(value: object, otherwise: str) -> str:
    """Return a name in NFC, without surrogates and of bounded length."""
    text = value if isinstance(value, str) and value.strip() else otherwise
    clean = unicodedata.normalize("NFC", text.encode("utf-8", "replace").decode("utf-8"))
    return clean.strip()[:MAX_TEXT]


def _year(value: object) -> int | None:
    year = int(value[:4]) if isinstance(value, str) and value[:4].isascii() and value[:4].isdigit() else 0
    return year if year in PLAUSIBLE_YEARS else None


def problems_of(imported: Iterable[Problem]) -> dict[str, int]:
    """Count problems by code, for a summary."""
    return dict(sorted(Counter(problem.code for problem in imported).items()))
