"""``tanju compare``: two footprints, and their difference explained exchange by exchange.

A and B are inventory files, or results that ``tanju recalculate --json`` wrote; without B, A is compared with itself
under another GWP set or other factors.  Exit 0 equal within the digits, 1 different, 2 usage, 3 could not calculate.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from verifier.calculation_inputs import AsJson, Language, check_language, chosen_gwp, factor_source, fail, usage
from verifier.errors import VerifierError

if TYPE_CHECKING:
    from rich.table import Table

    from verifier.footprint import Compared, Comparison, RowDifference, Trial

EQUAL: Final = 0
DIFFERENT: Final = 1
MAX_ROWS: Final = 20
_WORDS: Final = {
    "title": ("比较（每 {per}，{unit}）", "Comparison (per {per}, {unit})"),
    "equal": ("在 {decimals} 位小数内相等", "equal in {decimals} decimals"),
    "different": ("不相等", "different"),
    "rows": ("差异来自哪些行（差 = 各行之和 + 舍入）", "Where the difference comes from (sum of the rows + rounding)"),
    "part": ("部分", "Part"),
    "difference": ("差", "Difference"),
    "own": ("行本身", "Row itself"),
    "runs": ("过程运行次数", "Runs of its process"),
    "providers": ("来源", "Provider"),
    "rounding": ("舍入", "rounding"),
    "rest": ("其余各行", "the other rows"),
}

Factors = Annotated[list[Path] | None, typer.Option("--factors", help="factor dataset for both")]
FactorsA = Annotated[list[Path] | None, typer.Option("--factors-a", help="factor dataset for A")]
FactorsB = Annotated[list[Path] | None, typer.Option("--factors-b", help="factor dataset for B")]
Gwp = Annotated[str | None, typer.Option("--gwp", help="GWP set for both, instead of the inventories'")]
GwpA = Annotated[str | None, typer.Option("--gwp-a", help="GWP set for A")]
GwpB = Annotated[str | None, typer.Option("--gwp-b", help="GWP set for B")]


def compare_command(
    a: Annotated[Path, typer.Argument(help="inventory file, or a result of tanju recalculate --json")],
    b: Annotated[Path | None, typer.Argument(help="the other one; A itself if left out")] = None,
    gwp: Gwp = None,
    gwp_a: GwpA = None,
    gwp_b: GwpB = None,
    factors: Factors = None,
    factors_a: FactorsA = None,
    factors_b: FactorsB = None,
    as_json: AsJson = False,
    lang: Language = "en",
) -> None:
    """Explain the difference of two footprints, exchange by exchange."""
    from verifier.footprint import comparison_to_json

    check_language(lang)
    if b is None and not (gwp_a or gwp_b or factors_a or factors_b):
        usage("name a second file, or what differs: --gwp-a, --gwp-b, --factors-a, --factors-b")
    both = factors or []
    try:
        first = _side(a, gwp_a or gwp, [*both, *(factors_a or [])])
        second = _side(b or a, gwp_b or gwp, [*both, *(factors_b or [])])
        comparison = _compare(first, second)
    except OSError as error:
        usage(f"{error.filename}: {error.strerror}")
    except VerifierError as error:
        fail(error, as_json=as_json)
    if as_json:
        typer.echo(json.dumps(comparison_to_json(comparison), ensure_ascii=False, indent=1))
    else:
        _print(comparison, lang)
    raise typer.Exit(EQUAL if comparison.equal else DIFFERENT)


def _side(file: Path, gwp: str | None, factors: list[Path]) -> Trial | Compared:
    """Read an inventory with what it is calculated with, or a result as it stands."""
    from verifier.canonical import parse
    from verifier.footprint import Compared, Trial, load_gwp
    from verifier.records.inventory import MAX_INVENTORY_BYTES, inventory_from_json

    value: Any = parse(file.read_bytes(), limit=MAX_INVENTORY_BYTES)
    if isinstance(value, dict) and "schema" not in value and "total" in value:
        if gwp or factors:
            usage(f"{file.name} is a result: it cannot be calculated under another GWP set or other factors")
        return Compared.from_json(value)
    inventory = inventory_from_json(value)
    return Trial(inventory, factor_source(factors), chosen_gwp(gwp) or load_gwp(inventory.rules.gwp))


def _compare(a: Trial | Compared, b: Trial | Compared) -> Comparison:
    from verifier.footprint import Compared, compare, compare_inventories, recalculate

    if not isinstance(a, Compared) and not isinstance(b, Compared):
        return compare_inventories(a, b)
    sides = [
        own if isinstance(own, Compared) else recalculate(own.inventory, factors=own.factors, gwp=own.gwp)
        for own in (a, b)
    ]
    return compare(*sides)


# --- for people -----------------------------------------------------------------------------------------------------


def _print(comparison: Comparison, lang: str) -> None:
    from rich.console import Console

    console = Console(highlight=False)
    console.print(_headline(comparison, lang))
    if comparison.rows:
        console.print(_rows(comparison, lang))


def _word(name: str, lang: str, **values: object) -> str:
    chinese, english = _WORDS[name]
    return (chinese if lang == "zh" else english).format(**values)


def _headline(comparison: Comparison, lang: str) -> Table:
    from rich.table import Table

    title = _word("title", lang, per=comparison.per, unit=comparison.unit)
    table = Table(title=title, show_header=False, title_justify="left")
    table.add_row("A", comparison.a, comparison.gwp_sets[0])
    table.add_row("B", comparison.b, comparison.gwp_sets[1])
    share = "" if comparison.relative is None else f"{float(comparison.relative) * 100:+.4g} %"
    table.add_row("B − A", comparison.difference, share)
    table.add_row("", _word("equal" if comparison.equal else "different", lang, decimals=comparison.decimals), "")
    return table


def _rows(comparison: Comparison, lang: str) -> Table:
    """Show the rows with the largest differences; the others in one sum, so that the column adds up."""
    from fractions import Fraction

    from rich.table import Table
    from rich.text import Text

    from verifier.footprint.comparison import exact_decimal

    table = Table(title=_word("rows", lang), title_justify="left")
    table.add_column("")
    table.add_column(_word("part", lang))
    table.add_column(_word("providers", lang))
    for name in ("A", "B", _word("difference", lang), _word("own", lang), _word("runs", lang)):
        table.add_column(name, justify="right")
    moved = [row for row in comparison.rows if Fraction(row.difference)]
    for row in moved[:MAX_ROWS]:
        shown = (row.a or "–", row.b or "–", row.difference, row.own, row.runs)
        table.add_row(Text(_name(row)), row.part, Text(_providers(row)), *shown)
    rest = sum((Fraction(row.difference) for row in moved[MAX_ROWS:]), Fraction(0))
    if moved[MAX_ROWS:]:
        table.add_row(f"{_word('rest', lang)} ({len(moved) - MAX_ROWS})", "", "", "", "", exact_decimal(rest), "", "")
    if Fraction(comparison.rounding):
        table.add_row(_word("rounding", lang), "", "", "", "", comparison.rounding, "", "")
    return table


def _name(row: RowDifference) -> str:
    ids = " → ".join(dict.fromkeys(name for name in row.exchange if name))
    return f"{ids} {row.flow} · {row.process}"


def _providers(row: RowDifference) -> str:
    return " → ".join(dict.fromkeys(", ".join(names) for names in row.providers if names))
