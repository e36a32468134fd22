"""Make the US proxy datasets ``uslci-upstream@2017`` and ``uslci-transport@2017`` from the USLCI archive.

Run ``python scripts/make_uslci_factors.py [--shared ../shared] [--check]``.  Each entry is the cradle-to-gate inventory
of one USLCI process, read by this project's openLCA reader and solved by its engine, in kilograms of gas per unit.
What the archive does not link is left out and named in the entry's notes.  The output is deterministic and committed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, NamedTuple

from verifier.footprint import DatasetFactors, recalculate
from verifier.formats.openlca_inventory import ImportedInventory, import_openlca
from verifier.records.factors import FACTOR_DATASET_SCHEMA, factor_dataset_from_json
from verifier.records.inventory import inventory_from_json, inventory_to_json

ROOT: Final = Path(__file__).resolve().parent.parent
FACTORS: Final = ROOT / "verifier" / "data" / "factors"
ARCHIVE: Final = Path("data") / "uslci" / "uslci_olca1_5_0_json_ld.zip"
LICENCE: Final = {"redistribution": "open", "name": "MIT, Copyright (c) 2017 uslci-admin"}
BIOGENIC_METHANE: Final = frozenset({"Electricity, biomass, at power plant"})
"""Processes whose methane is biogenic; all other methane without origin here is of mines, wells and fossil fuels."""
LEFT_OUT: Final = "co2-biogenic"
NEGLIGIBLE: Final = Fraction(1, 10**6)
"""Share of an entry (under AR6) below which a gas is not listed."""
UNLINKED: Final = frozenset({"INPUT_WITHOUT_PRODUCER", "INPUT_WITH_SEVERAL_PRODUCERS"})
REFINERY_PRODUCT: Final = "Petroleum refining, at refinery"
"""The refinery's product without a name of its own: 1 kg of it is the sum of the named ones, so it carries all."""


FUEL_INSIDE: Final = frozenset({"natural-gas-pipeline"})
"""Freight whose fuel's own upstream the archive links; that of diesel and fuel oil has two makers and is left out."""


class Proxy(NamedTuple):
    """One entry: its id, the USLCI process, names, and what to know of it."""

    id: str
    process: str
    zh: str
    en: str
    note: str = ""


UPSTREAM: Final = (
    Proxy("bituminous-coal", "317adcbc-b3e3-3ec3-80c3-82b18d0f3207", "烟煤，矿口", "bituminous coal, at mine"),
    Proxy("limestone", "49e563d8-0cea-3f97-96b8-15787be48b91", "石灰石，矿口", "limestone, at mine"),
    Proxy("natural-gas", "018446d9-d9dd-3755-89ee-7e7603e7b14a", "天然气，处理厂", "natural gas, processed, at plant"),
    Proxy(
        "refinery-product", "0aaf1e13-5d80-37f9-b7bb-81a6b8965c71", "炼油产品（平均）", "refinery product, average",
        "1 kg of whatever the refinery makes: all its products share its burdens by mass.",
    ),
    Proxy(
        "bauxite-ore", "76a47261-8a9c-30a2-93a6-f5a029aded6f", "铝土矿，矿口及铁路", "bauxite, and 349 km by rail",
        "USLCI has no iron ore: a stand-in for another open-pit ore, without concentrating or pelletising.",
    ),
    Proxy(
        "aluminium-secondary-ingot", "bcc68f88-debb-3fc3-93ee-5ceadcef0b14", "再生铝锭", "aluminium ingot, secondary",
        "One process whose own inventory is cradle to gate.",
    ),
)  # fmt: skip
TRANSPORT: Final = (
    Proxy(
        "ocean-freighter", "f85fcdde-6c6b-3bbb-8efc-de6cb34c9ac7", "远洋货轮（燃料油）", "ocean freighter, fuel oil",
        "An average freighter of 2001: too high for a modern ore carrier.",
    ),
    Proxy("barge", "099c3d09-08a3-3cac-9ffd-0558c12033b9", "内河驳船", "barge, average fuel mix"),
    Proxy("train", "7de9c230-fd0f-3478-be87-f80181132faa", "铁路（内燃）", "train, diesel"),
    Proxy("truck", "34156f3c-28ef-33db-9ad0-6293a2aa0d52", "重型卡车（柴油）", "combination truck, diesel"),
    Proxy(
        "natural-gas-pipeline", "57cdac3b-a289-330e-8e55-6b7e2c6885fb", "天然气管道", "pipeline, natural gas",
        "Includes leakage.",
    ),
)  # fmt: skip


def prepared(imported: ImportedInventory, proxy: Proxy) -> dict[str, Any]:
    """Return the imported inventory with an origin for each methane row; of the refinery, its unnamed product."""
    value = inventory_to_json(imported.inventory)
    names = {process["id"]: process["name"]["en"] for process in value["processes"]}
    for row in value["exchanges"]:
        if row["kind"] == "emission" and row["flow"] == "ch4":
            row["flow"] = "ch4-biogenic" if names[row["process"]] in BIOGENIC_METHANE else "ch4-fossil"
        if row["kind"] == "emission" and row["flow"] == "co2":
            row["flow"] = "co2-fossil"
    if proxy.id == "refinery-product":
        (flow,) = (flow["id"] for flow in value["flows"] if flow["name"]["en"] == REFINERY_PRODUCT)
        root = next(process for process in value["processes"] if process["id"] == proxy.process)
        root["reference"] = flow
        value["referenceFlow"] = {"process": proxy.process, "flow": flow, "quantity": {"amount": "1", "unit": "kg"}}
        value["functionalUnit"] = {"quantity": {"amount": "1", "unit": "kg"}}
    return value


def includes(proxy: Proxy, kind: str) -> dict[str, bool]:
    """Return what an entry contains: freight its combustion, a material or fuel its upstream."""
    freight = kind == "transport"
    upstream = not freight or proxy.id in FUEL_INSIDE
    return {"upstream": upstream, "combustion": freight, "losses": False, "capital": False}


def entry(proxy: Proxy, kind: str, archive: Path) -> dict[str, Any]:
    """Return one factor entry; raises ``FootprintError`` or ``ImportFormatError`` as reader and engine do."""
    imported = import_openlca(archive, proxy.process)
    value = prepared(imported, proxy)
    result = recalculate(inventory_from_json(value), factors=DatasetFactors())
    least = Fraction(result.total) * NEGLIGIBLE
    gases = {share.key: share.mass_kg for share in result.gases if share.mass_kg and Fraction(share.value) >= least}
    gases.pop(LEFT_OUT, None)
    root = next(process for process in value["processes"] if process["id"] == proxy.process)
    unlinked = {problem.detail.partition(": ")[0] for problem in imported.problems if problem.code in UNLINKED}
    notes = [proxy.note] if proxy.note else []
    notes += [
        f"US proxy: {len(value['processes'])} linked processes. Without biogenic CO2, whose uptake the archive lacks.",
        f"Not counted, for the archive does not say who makes them ({len(unlinked)} inputs not linked): "
        + "; ".join(sorted(unlinked)) + ".",
    ]  # fmt: skip
    return {
        "id": proxy.id, "name": {"zh": proxy.zh, "en": proxy.en},
        "unit": f"kg CO2e/{value['functionalUnit']['quantity']['unit']}", "gases": gases,
        "geography": root["geography"], "dataYear": int(value["period"]["until"][:4]) - 1,
        "technology": root["name"]["en"], "boundary": "cradle to gate",
        "includes": includes(proxy, kind),
        "source": f"USLCI 2017 (openLCA JSON-LD), process {proxy.process}", "certainty": "low", "licence": LICENCE,
        "notes": " ".join(notes),
    }  # fmt: skip


def datasets(archive: Path) -> Iterator[dict[str, Any]]:
    """Yield the bodies of both datasets, calculated from the archive."""
    for series, kind, zh, en, proxies in (
        ("uslci-transport", "transport", "运输的美国替代因子", "US proxies of freight", TRANSPORT),
        ("uslci-upstream", "life-cycle", "材料与燃料上游的美国替代因子", "US proxies of materials and fuels", UPSTREAM),
    ):
        yield {
            "schema": FACTOR_DATASET_SCHEMA, "series": series, "version": "2017", "kind": kind,
            "title": {"zh": f"{zh}（USLCI 2017）", "en": f"{en} (USLCI 2017)"},
            "source": "USLCI 2017 (US National Renewable Energy Laboratory), as openLCA JSON-LD 1.5; MIT licence",
            "notes": "Proxies of another country for want of published Chinese factors, with old data years: certainty "
            "low. Calculated with this project's reader and engine; methane without origin taken as fossil, but for "
            "that of biomass power; gases below a millionth of an entry (under AR6) are not listed.",
            "entries": [entry(proxy, kind, archive) for proxy in proxies],
        }  # fmt: skip


def dataset_bytes(body: dict[str, Any]) -> bytes:
    """Return the readable bytes of a dataset that the model accepts; raises ``FormatError`` otherwise."""
    factor_dataset_from_json(body)
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()


def main() -> int:
    """Write or check both datasets; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("TANJU_SHARED", ROOT.parent / "shared")))
    parser.add_argument("--check", action="store_true", help="compare with the committed files instead of writing")
    arguments = parser.parse_args()
    differing = []
    for body in datasets(arguments.shared / ARCHIVE):
        path, data = FACTORS / f"{body['series']}@{body['version']}.factors.json", dataset_bytes(body)
        if not arguments.check:
            path.write_bytes(data)
        elif not path.is_file() or path.read_bytes() != data:
            differing.append(path.name)
        print(f"{path.name}: {len(body['entries'])} entries")
    if differing:
        print("differs from what the archive gives: " + ", ".join(differing), file=sys.stderr)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
