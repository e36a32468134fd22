"""``python -m benchmarks [--json FILE] [--quick]``: measure, print the table, write JSON."""

from __future__ import annotations

import argparse
import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import end_to_end, large, mathematics
from benchmarks.rows import Row

WIDTH = 150
NOT_YET = ("1 000 Monte-Carlo draws, 30 processes: the engine draws none yet",)


def main() -> None:
    """Run every benchmark that the engine can do today."""
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    options.add_argument("--json", type=Path, help="write the figures here")
    options.add_argument("--quick", action="store_true", help="a tenth of the work, for a first look")
    chosen = options.parse_args()
    part = 10 if chosen.quick else 1
    rows = mathematics.measure(10_000 // part, 200 // part)
    rows += [end_to_end.measure(size, 200 // part, 50 // part) for size in end_to_end.BARS]
    rows.append(large.measure(20_000 // part))
    _print(rows)
    if chosen.json:
        value = machine() | {"quick": chosen.quick, "rows": [row.to_json() for row in rows], "notYet": list(NOT_YET)}
        chosen.json.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def machine() -> dict[str, Any]:
    """Say on what and when, without naming the machine."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "cores": os.cpu_count(),
        "architecture": platform.machine(),
        "python": platform.python_version(),
    }


def _print(rows: list[Row]) -> None:
    own = machine()
    table = Table(title=f"{own['date']}, {own['cores']} cores, Python {own['python']}", show_lines=True)
    for name in ("", "Work", "Ours", "Peer", "Ratio", "Bar", "Met"):
        table.add_column(name, justify="right" if name in ("Ours", "Peer", "Ratio") else "left")
    for number, row in enumerate(rows, start=1):
        peer = "" if row.peer is None else f"{row.peer:.4g} {row.unit}"
        ratio = "" if row.ratio is None else f"{row.ratio:.3g} ×"
        met = "yes" if row.met else f"no: {row.missed_by}"
        table.add_row(str(number), row.work, f"{row.own:.4g} {row.unit}", peer, ratio, row.bar, met)
    console = Console(width=WIDTH)
    console.print(table)
    for number, row in enumerate(rows, start=1):
        console.print(f"{number}  peer: {row.peer_name}; left out: {row.left_out}")
    for line in NOT_YET:
        console.print(f"–  not measured: {line}")


if __name__ == "__main__":
    main()
