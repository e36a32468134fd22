"""``tanju recalculate --batch``: many inventories, a line for each on standard output, progress on standard error.

With ``--json`` the lines are JSON, and the last one is the summary.  The exit code is the worst of the lines.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn, Protocol

import typer

from verifier.calculation_inputs import factor_source, fail, usage
from verifier.errors import VerifierError

if TYPE_CHECKING:
    from verifier.footprint import BatchLine, BatchSummary, GwpSet
    from verifier.footprint.batch import Item


_DECLARED: Final = {"zh": "声明值", "en": "declared"}


class Advance(Protocol):
    """Says how far the batch is."""

    def __call__(self, *, completed: float) -> None:
        """Show that so much of the total is done."""
        ...


def run_batch(
    place: Path, factors: list[Path], gwp: GwpSet | None, *, as_json: bool, full: bool, lang: str
) -> NoReturn:
    """Calculate every inventory of a folder or JSON Lines file and end with the worst exit code."""
    from verifier.footprint import BatchSummary, line_to_json, recalculate_many

    summary = BatchSummary()
    try:
        source = factor_source(factors)
        with _opened(place) as items:
            for line in recalculate_many(items, factors=source, gwp=gwp, diagnosed=full):
                summary.add(line)
                own = json.dumps(line_to_json(line, full=full), ensure_ascii=False) if as_json else _text(line, lang)
                typer.echo(own)
    except BrokenPipeError:
        raise
    except OSError as error:
        usage(f"{error.filename}: {error.strerror}")
    except VerifierError as error:
        fail(error, as_json=as_json)
    if not summary.count:
        usage(f"{place}: no inventory")
    if as_json:
        typer.echo(json.dumps({"summary": summary.to_json()}, ensure_ascii=False))
    typer.echo(_summary(summary), err=True)
    raise typer.Exit(summary.exit_code)


@contextmanager
def _opened(place: Path) -> Iterator[Iterator[tuple[str, Item]]]:
    """Open a folder or a JSON Lines file as a stream of inventories whose progress is shown."""
    from verifier.footprint.batch import inventories_in, inventory_lines

    if place.is_dir():
        items = inventories_in(place)
        with _progress(len(items)) as advance:
            yield _counted(items, advance)
        return
    with place.open("rb") as handle, _progress(place.stat().st_size) as advance:
        lines = inventory_lines(handle, place.name)
        yield _measured(lines, handle.tell, advance)


def _counted(items: list[tuple[str, Item]], advance: Advance) -> Iterator[tuple[str, Item]]:
    for number, item in enumerate(items):
        advance(completed=number)
        yield item


def _measured(
    items: Iterator[tuple[str, Item]], tell: Callable[[], int], advance: Advance
) -> Iterator[tuple[str, Item]]:
    for item in items:
        advance(completed=tell())
        yield item


@contextmanager
def _progress(total: float) -> Iterator[Advance]:
    """Show a bar on standard error where that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=total)
        yield partial(bar.update, task)


def _text(line: BatchLine, lang: str) -> str:
    """Write one line for people."""
    from verifier.records.lists import VERDICTS, label

    if line.error is not None:
        return f"{'ERROR':17} {line.name}  {line.error}"
    assert line.result is not None
    result = line.result
    value = f"{result.total} {result.unit} / {result.per}"
    declared = "" if result.declared is None else f"  ({_DECLARED[lang]} {result.declared})"
    return f"{result.verdict:17} {line.name}  {value}{declared}  {label(VERDICTS, result.verdict, lang)}"


def _summary(summary: BatchSummary) -> str:
    counts = {**dict(sorted(summary.verdicts.items())), **dict(sorted(summary.errors.items()))}
    return f"{summary.count} inventories: " + ", ".join(f"{name} {count}" for name, count in counts.items())
