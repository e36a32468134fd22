"""Make the factor datasets of ``verifier/data/factors`` from the facts in the folder ``shared``.

Run ``python scripts/make_factors.py [--shared ../shared] [--check]`` from the checkout.  The output is deterministic
and committed, so that nobody needs the folder to use the project; ``--check`` writes nothing and exits 1 when a
committed file differs.  What is blank in a source stays blank here: the entry is left out and the dataset's notes name
it.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from verifier.decimals import decimals_for_significant, round_half_even, to_fraction
from verifier.records.factors import FACTOR_DATASET_SCHEMA, factor_dataset_from_json

ROOT: Final = Path(__file__).resolve().parent.parent
FACTORS: Final = ROOT / "verifier" / "data" / "factors"
CO2_PER_CARBON: Final = Fraction(44, 12)
"""Kilograms of CO2 per kilogram of carbon, with the rounded molar masses that the Chinese guidelines use."""
DERIVED_DIGITS: Final = 12
"""Significant digits of a value that this script computes."""
PUBLIC_NOTICE: Final = {"redistribution": "open", "name": "facts of a public administrative notice"}
PUBLIC_FACTS: Final = {"redistribution": "open", "name": "facts"}

ISO_3166_2: Final = {
    "000000": "CN", "110000": "CN-BJ", "120000": "CN-TJ", "130000": "CN-HE", "140000": "CN-SX", "150000": "CN-NM",
    "210000": "CN-LN", "220000": "CN-JL", "230000": "CN-HL", "310000": "CN-SH", "320000": "CN-JS", "330000": "CN-ZJ",
    "340000": "CN-AH", "350000": "CN-FJ", "360000": "CN-JX", "370000": "CN-SD", "410000": "CN-HA", "420000": "CN-HB",
    "430000": "CN-HN", "440000": "CN-GD", "450000": "CN-GX", "460000": "CN-HI", "500000": "CN-CQ", "510000": "CN-SC",
    "520000": "CN-GZ", "530000": "CN-YN", "610000": "CN-SN", "620000": "CN-GS", "630000": "CN-QH", "640000": "CN-NX",
    "650000": "CN-XJ",
}  # fmt: skip
"""GB/T 2260 codes of the provinces in the source, with their ISO 3166-2 codes."""

GRID_REGIONS: Final = {
    "华北": ("grid-north", "North China grid"),
    "东北": ("grid-northeast", "Northeast China grid"),
    "华东": ("grid-east", "East China grid"),
    "华中": ("grid-central", "Central China grid"),
    "西北": ("grid-northwest", "Northwest China grid"),
    "南方": ("grid-south", "South China grid"),
    "西南": ("grid-southwest", "Southwest China grid"),
}

NATIONAL: Final = {
    "全国": ("CN", "China, national average"),
    "全国(不含市场化交易非化石)": ("CN-residual", "China, without non-fossil electricity traded on the market"),
    "全国化石能源电力": ("CN-fossil", "China, fossil-fuelled power"),
    "全国平均": ("CN", "China, national average"),
    "燃煤发电": ("CN-coal", "China, coal-fired power"),
    "风力发电": ("CN-wind", "China, wind power"),
    "光伏发电": ("CN-solar-pv", "China, photovoltaic power"),
    "生物质发电": ("CN-biomass", "China, biomass power"),
}

FUELS: Final = {
    "无烟煤": ("anthracite", "anthracite"),
    "烟煤": ("bituminous-coal", "bituminous coal"),
    "褐煤": ("lignite", "lignite"),
    "焦炭": ("coke", "coke"),
    "石油焦": ("petroleum-coke", "petroleum coke"),
    "原油": ("crude-oil", "crude oil"),
    "燃料油": ("fuel-oil", "fuel oil"),
    "汽油": ("gasoline", "gasoline"),
    "柴油": ("diesel", "diesel"),
    "煤油": ("kerosene", "kerosene"),
    "液化天然气": ("lng", "liquefied natural gas"),
    "液化石油气": ("lpg", "liquefied petroleum gas"),
    "煤焦油": ("coal-tar", "coal tar"),
    "炼厂干气": ("refinery-gas", "refinery dry gas"),
    "天然气": ("natural-gas", "natural gas"),
    "高炉煤气": ("blast-furnace-gas", "blast-furnace gas"),
    "转炉煤气": ("converter-gas", "converter gas"),
    "焦炉煤气": ("coke-oven-gas", "coke-oven gas"),
}
FUEL_COLUMNS: Final = ("NCV_GJ_per_unit", "carbon_content_tC_per_GJ", "oxidation_default")
FUEL_UNITS: Final = {"t": "t", "1e4 Nm3": "e4Nm3"}
HEAT: Final = "外购热力(蒸汽/热水)"
HEAT_DEFAULT: Final = ("0.11", "0.11 tCO2/GJ default for purchased heat")
"""The value and the sentence of the source that carries it; the generator stops when the sentence has changed."""

FOOTPRINT_NOTICES: Final = {
    "2023": "生态环境部 国家统计局 国家能源局 公告2025年第3号（2025-01-17）",
    "2024": "生态环境部 国家统计局 国家能源局 公告（2025-09-28）",
}
FOOTPRINT_NOTES: Final = (
    "Life-cycle value as published, without a split by gas. The transcription does not state the GWP set; AR6 is this "
    "dataset's assumption. It does not state either whether network losses and capital goods are inside: false under "
    "`includes` means that it is not stated."
)


def read_rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file with a header line."""
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def significant(value: Fraction, digits: int = DERIVED_DIGITS) -> str:
    """Return `value` rounded half to even to `digits` significant digits, without trailing zeros."""
    text = round_half_even(value, decimals_for_significant(value, digits))
    return text.rstrip("0").rstrip(".") if "." in text else text


def includes(*, upstream: bool, combustion: bool) -> dict[str, bool]:
    """Return the ``includes`` of an entry for which neither losses nor capital goods are stated."""
    return {"upstream": upstream, "combustion": combustion, "losses": False, "capital": False}


def electricity_footprints(rows: list[dict[str, str]], year: str) -> dict[str, Any]:
    """Return ``cn-electricity-cfp@<year>``: life-cycle footprint factors, kg CO2e per kWh."""
    entries = []
    for row in rows:
        if row["data_year"] != year or not row["kind"].startswith("electricity carbon-footprint factor"):
            continue
        identifier, english = NATIONAL[row["name"]]
        entries.append(
            {
                "id": identifier, "name": {"zh": row["name"], "en": english}, "value": row["value"],
                "unit": "kg CO2e/kWh", "geography": "CN", "dataYear": int(year), "boundary": "life cycle",
                "includes": includes(upstream=True, combustion=True), "gwp": "ipcc-ar6-gwp100",
                "source": FOOTPRINT_NOTICES[year], "certainty": row["certainty"], "licence": PUBLIC_NOTICE,
                "notes": FOOTPRINT_NOTES,
            }
        )  # fmt: skip
    return {
        "schema": FACTOR_DATASET_SCHEMA, "series": "cn-electricity-cfp", "version": year, "kind": "life-cycle",
        "title": {"zh": f"{year}年电力碳足迹因子", "en": f"Carbon-footprint factors of electricity in China, {year}"},
        "source": FOOTPRINT_NOTICES[year],
        "notes": "Only the values that the transcription carries; the notice has more types of generation.",
        "entries": entries,
    }  # fmt: skip


def grid_co2(rows: list[dict[str, str]], year: str) -> dict[str, Any]:
    """Return ``cn-grid-co2@<year>``: direct CO2 of grid electricity, kg CO2 per kWh; never a life-cycle factor."""
    chosen = [row for row in rows if row["data_year"] == year and row["unit"] == "kgCO2/kWh"]
    notices = sorted({row["official_notice"] for row in chosen})
    order = {"national": 0, "grid region": 1, "province": 2}
    chosen.sort(key=lambda row: (order[row["scope"]], row["gb2260_code"], grid_identity(row)[0]))
    entries = []
    for row in chosen:
        identifier, english = grid_identity(row)
        entries.append(
            {
                "id": identifier, "name": {"zh": row["name"], "en": english}, "value": row["value"],
                "unit": "kg CO2/kWh", "geography": ISO_3166_2.get(row["gb2260_code"], identifier),
                "dataYear": int(year), "technology": row["kind"], "boundary": "direct CO2 of generation",
                "includes": includes(upstream=False, combustion=True), "source": row["official_notice"],
                "certainty": row["certainty"], "licence": PUBLIC_NOTICE,
            }
        )  # fmt: skip
    return {
        "schema": FACTOR_DATASET_SCHEMA, "series": "cn-grid-co2", "version": year, "kind": "grid-co2",
        "title": {"zh": f"{year}年电力二氧化碳排放因子", "en": f"CO2 factors of grid electricity in China, {year}"},
        "source": "; ".join(notices),
        "notes": "CO2 of fuel burnt in power stations only: no upstream, no other gas. It answers a question of "
        "organisational accounting and cannot stand for a life-cycle factor.",
        "entries": entries,
    }  # fmt: skip


def grid_identity(row: dict[str, str]) -> tuple[str, str]:
    """Return the entry id and the English name of one row of grid factors."""
    if row["scope"] == "national":
        return NATIONAL[row["name"]]
    if row["scope"] == "grid region":
        return GRID_REGIONS[row["name"]]
    code = ISO_3166_2[row["gb2260_code"]]
    return code, code


def fuel_combustion(rows: list[dict[str, str]]) -> dict[str, Any]:
    """Return ``cn-fuel-combustion@1``: CO2 per unit of fuel, NCV × carbon content × oxidation × 44/12."""
    entries, absent = [], []
    for row in rows:
        if row["fuel"] == HEAT:
            continue
        identifier, english = FUELS[row["fuel"]]
        reason = missing_part(row)
        if reason is not None:
            absent.append(f"{row['fuel']} ({english}): {reason}")
            continue
        unit = FUEL_UNITS[row["per_unit"]]
        ncv, carbon, oxidation = (row[column] for column in FUEL_COLUMNS)
        tonnes = to_fraction(ncv) * Fraction(carbon) * Fraction(oxidation) * CO2_PER_CARBON
        entries.append(
            {
                "id": identifier, "name": {"zh": row["fuel"], "en": english}, "unit": f"kg CO2e/{unit}",
                "gases": {"co2-fossil": significant(tonnes * 1000)}, "geography": "CN",
                "boundary": "combustion", "includes": includes(upstream=False, combustion=True),
                "source": "default values as transcribed in cn_fuel_defaults.csv", "certainty": row["certainty"],
                "licence": PUBLIC_FACTS,
                "notes": f"{ncv} GJ/{unit} × {plain(carbon)} tC/GJ × {oxidation} × 44/12. CO2 only: no CH4, no N2O."
                + (f" {row['note']}" if row["note"] else ""),
            }
        )  # fmt: skip
    return {
        "schema": FACTOR_DATASET_SCHEMA, "series": "cn-fuel-combustion", "version": "1", "kind": "combustion",
        "title": {"zh": "燃料燃烧二氧化碳排放因子（缺省值）", "en": "CO2 of fuel combustion, Chinese default values"},
        "source": "default net calorific values, carbon contents and oxidation rates of Chinese accounting guidelines, "
        "as transcribed; the transcription names the document only where an entry's notes do",
        "notes": "Without an entry, because a part of the product is not given: " + "; ".join(absent) + ".",
        "entries": entries,
    }  # fmt: skip


def missing_part(row: dict[str, str]) -> str | None:
    """Return what a fuel's row lacks for a factor, or ``None`` when it lacks nothing."""
    if not row["carbon_content_tC_per_GJ"]:
        return "carbon content blank, the sources conflict"
    if row["oxidation_default"] == "equipment-specific":
        return "oxidation depends on the equipment"
    return None


def plain(number: str) -> str:
    """Return a CSV number with its leading zero (``.0202`` → ``0.0202``)."""
    return "0" + number if number.startswith(".") else number


def purchased_heat(rows: list[dict[str, str]]) -> dict[str, Any]:
    """Return ``cn-purchased-heat-co2@1``: direct CO2 of bought steam and hot water, kg CO2 per GJ."""
    (row,) = (row for row in rows if row["fuel"] == HEAT)
    value, sentence = HEAT_DEFAULT
    if sentence not in row["note"]:
        raise SystemExit(f"the note of {HEAT} no longer says {sentence!r}: read it again")
    entry = {
        "id": "CN", "name": {"zh": "外购热力（蒸汽、热水）", "en": "purchased heat (steam, hot water)"},
        "value": significant(to_fraction(value) * 1000), "unit": "kg CO2/GJ", "geography": "CN",
        "boundary": "direct CO2 of heat generation", "includes": includes(upstream=False, combustion=True),
        "source": "default value as transcribed in cn_fuel_defaults.csv: 0.11 tCO2/GJ", "certainty": row["certainty"],
        "licence": PUBLIC_FACTS,
    }  # fmt: skip
    return {
        "schema": FACTOR_DATASET_SCHEMA, "series": "cn-purchased-heat-co2", "version": "1", "kind": "grid-co2",
        "title": {"zh": "外购热力二氧化碳排放因子（缺省值）", "en": "CO2 emission factor of purchased heat (default)"},
        "source": "default value of Chinese accounting guidelines, as transcribed",
        "notes": "Direct CO2 of energy delivered by a network, hence the kind grid-co2: it cannot stand for a "
        "life-cycle factor.",
        "entries": [entry],
    }  # fmt: skip


def datasets(shared: Path) -> Iterator[dict[str, Any]]:
    """Yield the bodies of all datasets, in the order of their names."""
    electricity = read_rows(shared / "data" / "cn_electricity_factors.csv")
    fuels = read_rows(shared / "data" / "cn_fuel_defaults.csv")
    for year in ("2023", "2024"):
        yield electricity_footprints(electricity, year)
    yield fuel_combustion(fuels)
    for year in ("2021", "2022", "2023"):
        yield grid_co2(electricity, year)
    yield purchased_heat(fuels)


def dataset_bytes(body: dict[str, Any]) -> bytes:
    """Return the readable bytes of a dataset that the model accepts; raises ``FormatError`` otherwise."""
    factor_dataset_from_json(body)
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()


def main() -> int:
    """Write or check every dataset; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--shared", type=Path, default=Path(os.environ.get("TANJU_SHARED", ROOT.parent / "shared")))
    parser.add_argument("--check", action="store_true", help="compare with the committed files instead of writing")
    arguments = parser.parse_args()
    differing = []
    for body in datasets(arguments.shared):
        path, data = FACTORS / f"{body['series']}@{body['version']}.factors.json", dataset_bytes(body)
        if not arguments.check:
            path.write_bytes(data)
        elif not path.is_file() or path.read_bytes() != data:
            differing.append(path.name)
        print(f"{path.name}: {len(body['entries'])} entries")
    if differing:
        print("differs from what the sources give: " + ", ".join(differing), file=sys.stderr)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
