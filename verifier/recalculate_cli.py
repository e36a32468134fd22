"""``tanju import`` and ``tanju recalculate``: a foreign file to an inventory, an inventory to its checked footprint.

JSON goes to standard output, problems and progress to standard error.  Exit 0 reproduced (R0, R1) or nothing declared,
1 not reproduced or something left out, 2 usage, 3 could not calculate.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from verifier.calculation_inputs import (
    NOT_REPRODUCED,
    OK,
    AsJson,
    Language,
    check_language,
    chosen_gwp,
    factor_source,
    fail,
    usage,
)
from verifier.errors import FormatError, VerifierError

if TYPE_CHECKING:
    from verifier.footprint import FootprintResult, GwpSet
    from verifier.formats.openlca_inventory import ImportedInventory
    from verifier.records.inventory import Inventory


def import_command(
    file: Annotated[Path, typer.Argument(help="openLCA JSON-LD zip archive, or an inventory file")],
    output: Annotated[Path | None, typer.Option("--output", "-o", help="write the inventory here")] = None,
    process: Annotated[str | None, typer.Option("--process", help="UUID of the process in the archive")] = None,
    as_json: AsJson = False,
    lang: Language = "en",
) -> None:
    """Read a process with all that the archive links upstream into an inventory file; list problems by row."""
    from verifier.formats.openlca_inventory import PROCESS_UNKNOWN
    from verifier.formats.problems import problem_to_json
    from verifier.records.inventory import inventory_to_json

    check_language(lang)
    if as_json and output is None:
        usage("--json prints the problems: name the inventory's place with -o")
    try:
        imported = _read_foreign(file, process)
        text = json.dumps(inventory_to_json(imported.inventory), ensure_ascii=False, indent=1) + "\n"
        if output is not None:
            output.write_text(text, encoding="utf-8")
    except OSError as error:
        usage(f"{error.filename}: {error.strerror}")
    except VerifierError as error:
        if error.code == PROCESS_UNKNOWN:
            usage(str(error))
        fail(error, as_json=as_json)
    if as_json:
        counts = {"processes": len(imported.inventory.processes), "exchanges": len(imported.inventory.exchanges)}
        problems = [problem_to_json(problem) for problem in imported.problems]
        typer.echo(json.dumps({"inventory": str(output), **counts, "problems": problems}, ensure_ascii=False, indent=1))
    elif output is None:
        typer.echo(text, nl=False)
    _print_problems(imported, output, lang)
    left_out = any(problem.severity == "error" for problem in imported.problems)
    raise typer.Exit(NOT_REPRODUCED if left_out else OK)


def recalculate_command(
    file: Annotated[Path | None, typer.Argument(help="inventory file (*.inventory.json)")] = None,
    batch: Annotated[
        Path | None, typer.Option("--batch", help="folder of inventory files, or a JSON Lines file of them")
    ] = None,
    gwp: Annotated[str | None, typer.Option("--gwp", help="GWP set instead of the inventory's")] = None,
    factors: Annotated[
        list[Path] | None, typer.Option("--factors", help="factor dataset to use beside, or in place of, the shipped")
    ] = None,
    as_json: AsJson = False,
    full: Annotated[
        bool, typer.Option("--full", help="with --batch --json: whole results, each with diagnosis")
    ] = False,
    lang: Language = "en",
) -> None:
    """Calculate a footprint from its inventory and compare it with the declared value; with --batch, of many."""
    check_language(lang)
    if (file is None) == (batch is None):
        usage("name one inventory file, or many with --batch")
    if full and not (batch and as_json):
        usage("--full belongs to --batch --json")
    chosen = chosen_gwp(gwp)
    if batch is not None:
        from verifier.batch_cli import run_batch

        run_batch(batch, factors or [], chosen, as_json=as_json, full=full, lang=lang)
    assert file is not None
    _recalculate_one(file, factors or [], chosen, as_json=as_json, lang=lang)


def _recalculate_one(file: Path, factors: list[Path], gwp: GwpSet | None, *, as_json: bool, lang: str) -> NoReturn:
    """Calculate one inventory, print its result, and end with the exit code of its verdict."""
    from verifier.footprint import BatchLine, recalculate, result_to_json
    from verifier.records.inventory import load_inventory

    try:
        inventory = load_inventory(file)
        source = factor_source(factors)
    except OSError as error:
        usage(f"{error.filename}: {error.strerror}")
    except VerifierError as error:
        fail(error, as_json=as_json)
    try:
        result = recalculate(inventory, factors=source, gwp=gwp)
    except VerifierError as error:
        fail(error, as_json=as_json)
    if as_json:
        typer.echo(json.dumps(result_to_json(result), ensure_ascii=False, indent=1))
    else:
        _print_result(inventory, result, lang)
    raise typer.Exit(BatchLine(file.name, result).exit_code)


# --- reading ------------------------------------------------------------------------------------------------------


def _read_foreign(file: Path, process: str | None) -> ImportedInventory:
    """Read an archive, or check an inventory file that is one already; raises VerifierError or OSError."""
    from verifier.formats.openlca_inventory import ImportedInventory, import_openlca
    from verifier.records.inventory import load_inventory

    with file.open("rb") as handle:
        head = handle.read(4)
    if head.startswith(b"PK"):
        return import_openlca(file, process)
    if head.lstrip()[:1] == b"{":
        return ImportedInventory(load_inventory(file), ())
    raise FormatError(f"{file.name} is no zip archive, no JSON", remedy="export openLCA JSON-LD", code="IMPORT_FORMAT")


def _print_problems(imported: ImportedInventory, output: Path | None, lang: str) -> None:
    """Print a line for each problem and a summary, on standard error."""
    for problem in imported.problems:
        place = " ".join(part for part in (problem.process, problem.row) if part)
        meaning = f"{problem.title(lang)} ({problem.detail})"
        typer.echo(f"{problem.severity:7} {problem.code} {place}: {meaning}", err=True)
    inventory = imported.inventory
    where = f" → {output}" if output else ""
    counts = f"{len(inventory.processes)} processes, {len(inventory.exchanges)} rows"
    typer.echo(f"{counts}, {len(imported.problems)} problems{where}", err=True)


def _print_result(inventory: Inventory, result: FootprintResult, lang: str) -> None:
    """Print the result as tables for people."""
    from rich.console import Console

    from verifier.footprint.tables import result_tables

    console = Console(highlight=False)
    for table in result_tables(inventory, result, lang):
        console.print(table)
