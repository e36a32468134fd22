"""Make the GWP sets (``verifier/data/gwp/*.json``) and their digests from the table of characterisation factors.

Usage: ``python scripts/make_gwp.py PATH/gwp100.csv [--check]``.  The table's columns are the IPCC reports; methane of
fossil and of other origin differ only where the report's own table says so (AR6 WG1 table 7.15).
"""

from __future__ import annotations

import argparse
import csv
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from verifier.canonical import canonicalise, digest_of

TARGET = Path(__file__).resolve().parent.parent / "verifier" / "data" / "gwp"
COLUMNS = {
    "ipcc-ar4-gwp100": ("AR4", "IPCC Fourth Assessment Report, WG1 (2007), chapter 2, table 2.14"),
    "ipcc-ar5-gwp100": ("AR5", "IPCC Fifth Assessment Report, WG1 (2013), chapter 8, table 8.A.1"),
    "ipcc-ar5-feedback-gwp100": (
        "AR5_with_feedback",
        "IPCC Fifth Assessment Report, WG1 (2013), chapter 8, with climate-carbon feedback (tables 8.7 and 8.SM.16)",
    ),
    "ipcc-ar6-gwp100": ("AR6", "IPCC Sixth Assessment Report, WG1 (2021), chapter 7, tables 7.15 and 7.SM.7"),
}
ORIGINS = {"co2-fossil": "CO2", "co2-biogenic": "CO2", "co2-land-use-change": "CO2"}
METHANE = {"ch4-fossil": "CH4-fossil", "ch4-biogenic": "CH4-non-fossil"}
SKIPPED = {"CO2", "CH4", *METHANE.values()}


def plain(text: str) -> str:
    """Return a number of the table as a plain decimal without trailing zeros."""
    value = format(Decimal(text), "f")
    return value.rstrip("0").rstrip(".") if "." in value else value


def make_set(name: str, rows: dict[str, dict[str, str]]) -> dict[str, Any]:
    """Return one set as JSON: factor by gas, kg CO2e per kg."""
    column, source = COLUMNS[name]
    factors = {gas: plain(rows[origin][column]) for gas, origin in ORIGINS.items()}
    for gas, origin in METHANE.items():
        factors[gas] = plain(rows[origin][column] or rows["CH4"][column])
    for gas, row in rows.items():
        if gas not in SKIPPED and row[column]:
            factors[gas.lower()] = plain(row[column])
    return {
        "schema": "tanju/gwp-set/1",
        "name": name,
        "unit": "kg CO2e/kg",
        "horizonYears": 100,
        "source": source + "; transcription: the CC0 table of the package globalwarmingpotentials",
        "factors": factors,
    }


def main() -> int:
    """Write or compare the files; 1 when a file differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("table", type=Path)
    parser.add_argument("--check", action="store_true", help="compare instead of writing")
    arguments = parser.parse_args()
    with arguments.table.open(encoding="utf-8", newline="") as handle:
        rows = {row["gas"]: row for row in csv.DictReader(handle)}
    files = {f"{name}.json": canonicalise(make_set(name, rows)) for name in COLUMNS}
    index = {name.removesuffix(".json"): digest_of(data) for name, data in files.items()}
    files["digests.json"] = canonicalise(index)
    if arguments.check:
        wrong = [name for name, data in files.items() if (TARGET / name).read_bytes() != data]
        for name in wrong:
            print(f"{name} differs from what {arguments.table} gives", file=sys.stderr)
        return 1 if wrong else 0
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (TARGET / name).write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
