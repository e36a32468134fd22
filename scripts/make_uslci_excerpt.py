"""Make the project's own excerpt of USLCI: 'Electricity, at Grid, US, 2008' with every process linked upstream of it.

Run ``python scripts/make_uslci_excerpt.py [--shared ../shared] [--check]``.  The excerpt is an openLCA JSON-LD archive
with the file name of the full one, in a folder that says what it is; ``tanju import`` gives byte-identical inventories
from both.  It holds the facts that an inventory needs (amounts, units, links, names, places, years) and no text of the
documentation.  A process outside the chain stands in it only with its product outputs, where the chain uses a product
that several processes make: without it the input would seem to have one maker, and be linked.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from verifier.formats.openlca_inventory import import_openlca

ROOT: Final = Path(__file__).resolve().parent.parent
SOURCE: Final = Path("data") / "uslci" / "uslci_olca1_5_0_json_ld.zip"
LICENCE: Final = Path("data") / "uslci" / "LICENSE"
TARGET: Final = ROOT / "api" / "demo" / "data" / "electricity-us-2008.excerpt" / SOURCE.name
PROCESS: Final = "96bffbb9-b875-36cf-8a11-5723c9d239d9"
EPOCH: Final = (1980, 1, 1, 0, 0, 0)
"""The oldest date a zip archive can carry: the same bytes at every run."""
PROCESS_KEYS: Final = ("@type", "@id", "name", "lastChange", "location", "defaultAllocationMethod", "allocationFactors")
EXCHANGE_KEYS: Final = (
    "@id", "internalId", "flow", "unit", "flowProperty", "amount", "amountFormula", "input", "quantitativeReference",
    "avoidedProduct", "defaultProvider",
)  # fmt: skip
FLOW_KEYS: Final = ("@type", "@id", "name", "flowType", "cas", "category", "flowProperties")
PLAIN_KEYS: Final = ("@type", "@id", "name", "category", "unitGroup", "units")
UNIT_KEYS: Final = ("@id", "name", "conversionFactor", "referenceUnit")

Table = dict[str, dict[str, Any]]


def read_tables(archive: Path) -> dict[str, Table]:
    """Return the archive's JSON files by folder and id."""
    tables: dict[str, Table] = {}
    with zipfile.ZipFile(archive) as files:
        for name in sorted(files.namelist()):
            folder, _, file = name.rpartition("/")
            if file.endswith(".json") and folder:
                value = json.loads(files.read(name))
                if "@id" in value:
                    tables.setdefault(folder.rpartition("/")[2], {})[value["@id"]] = value
    return tables


def only(value: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """Return the wanted keys of `value` that it has and that say something."""
    return {key: value[key] for key in keys if value.get(key) not in (None, False, [], "")}


def reference(value: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return a reference to another file, with the name where a reader needs it."""
    return None if value is None else only(value, ("@id", "name", "flowType"))


def trimmed_exchange(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with the keys that an inventory needs."""
    row = only(value, EXCHANGE_KEYS)
    return {key: reference(item) if isinstance(item, dict) else item for key, item in row.items()} | {
        "amount": value["amount"]
    }


def trimmed_process(value: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return a process with the given rows and the years of its data."""
    years = only(value.get("processDocumentation") or {}, ("validFrom", "validUntil"))
    process = only(value, PROCESS_KEYS) | {"location": reference(value.get("location")), "processDocumentation": years}
    return {key: item for key, item in process.items() if item} | {"exchanges": [trimmed_exchange(row) for row in rows]}


def is_output(row: Mapping[str, Any]) -> bool:
    """Tell whether a row is a product that its process makes."""
    return row["flow"].get("flowType") == "PRODUCT_FLOW" and not row.get("input") and not row.get("avoidedProduct")


def other_makers(processes: Table, chain: Table) -> Iterator[dict[str, Any]]:
    """Yield the processes outside the chain that make a product which the chain takes in, with those outputs alone."""
    taken = {row["flow"]["@id"] for value in chain.values() for row in value["exchanges"] if row.get("input")}
    for identifier, value in processes.items():
        outputs = [row for row in value["exchanges"] if is_output(row) and row["flow"]["@id"] in taken]
        if outputs and identifier not in chain:
            yield trimmed_process(value, outputs)


def excerpt(archive: Path, licence: bytes) -> dict[str, bytes]:
    """Return the files of the excerpt by name, sorted."""
    linked = {process.id for process in import_openlca(archive, PROCESS).inventory.processes}
    tables = read_tables(archive)
    chain = {identifier: tables["processes"][identifier] for identifier in sorted(linked)}
    kept = [trimmed_process(value, value["exchanges"]) for value in chain.values()]
    flows = {row["flow"]["@id"] for value in chain.values() for row in value["exchanges"]}
    parts = {
        "processes": [*kept, *other_makers(tables["processes"], chain)],
        "flows": [trimmed_flow(tables["flows"][identifier]) for identifier in sorted(flows)],
        "categories": [trimmed_plain(value) for value in used_categories(tables, flows).values()],
        "flow_properties": [trimmed_plain(value) for value in tables["flow_properties"].values()],
        "unit_groups": [trimmed_plain(value) for value in tables["unit_groups"].values()],
    }
    files = {f"{folder}/{item['@id']}.json": encoded(item) for folder, items in parts.items() for item in items}
    return dict(sorted((files | {"LICENSE": licence}).items()))


def trimmed_flow(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a flow with the factors of its flow properties."""
    flow = only(value, FLOW_KEYS) | {"category": reference(value.get("category"))}
    keys = ("referenceFlowProperty", "flowProperty", "conversionFactor")
    flow["flowProperties"] = [
        only(item, keys) | {"flowProperty": reference(item["flowProperty"])} for item in value["flowProperties"]
    ]
    return {key: item for key, item in flow.items() if item}


def trimmed_plain(value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a category, flow property or unit group with its links and units."""
    plain = only(value, PLAIN_KEYS)
    for key in ("category", "unitGroup"):
        if key in plain:
            plain[key] = reference(plain[key])
    if "units" in plain:
        plain["units"] = [only(unit, UNIT_KEYS) for unit in plain["units"]]
    return plain


def used_categories(tables: Mapping[str, Table], flows: Iterable[str]) -> Table:
    """Return the categories of the flows with all above them, sorted by id."""
    found: Table = {}
    todo = [tables["flows"][identifier].get("category") for identifier in flows]
    while todo:
        category = todo.pop()
        identifier = (category or {}).get("@id")
        if identifier in tables["categories"] and identifier not in found:
            found[identifier] = tables["categories"][identifier]
            todo.append(found[identifier].get("category"))
    return dict(sorted(found.items()))


def encoded(value: Mapping[str, Any]) -> bytes:
    """Return compact JSON; a number keeps its shortest form."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def write_zip(path: Path, files: Mapping[str, bytes]) -> None:
    """Write the archive with fixed dates, so that the same files give the same bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), data, zipfile.ZIP_DEFLATED, 9)


def read_zip(path: Path) -> dict[str, bytes]:
    """Return the files of an archive by name."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def main() -> int:
    """Write or check the excerpt; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("TANJU_SHARED", ROOT.parent / "shared")))
    parser.add_argument("--check", action="store_true", help="compare with the committed file instead of writing")
    arguments = parser.parse_args()
    files = excerpt(arguments.shared / SOURCE, (arguments.shared / LICENCE).read_bytes())
    print(f"{TARGET.name}: {len(files)} files, {sum(map(len, files.values()))} bytes of JSON")
    if not arguments.check:
        write_zip(TARGET, files)
        TARGET.with_name("LICENSE").write_bytes(files["LICENSE"])
        return 0
    if TARGET.is_file() and read_zip(TARGET) == files:
        return 0
    print("differs from what the archive gives", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
