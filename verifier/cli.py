"""The command ``tanju``: the verifier's own commands, and those of the installed extras.

Exit codes everywhere: 0 valid, 1 invalid, 2 usage, 3 could not check. ``--json`` writes to standard output; progress
and tables for people go to standard error or, without ``--json``, to standard output.
"""

from __future__ import annotations

import importlib
import sys
from importlib.metadata import entry_points
from typing import Final, NoReturn

import typer

from verifier import compare_cli, recalculate_cli, verify_cli

COMMANDS_GROUP: Final = "tanju.commands"
USAGE: Final = 2
OWN_PACKAGES: Final = frozenset({"api", "contracts", "ledger", "verifier"})
app = typer.Typer(
    name="tanju",
    help="碳据 Tanju: disclose, recalculate, certify, anchor, recognise, rely on and verify product carbon footprints.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("verify")(verify_cli.verify_command)
app.command("import")(recalculate_cli.import_command)
app.command("recalculate")(recalculate_cli.recalculate_command)
app.command("compare")(compare_cli.compare_command)


def _mount(root: typer.Typer) -> list[str]:
    """Mount the commands of the extras; the modules that are missing for those that could not be."""
    missing = []
    for entry in sorted(entry_points(group=COMMANDS_GROUP), key=lambda item: item.name):
        module, _, attribute = entry.value.partition(":")
        try:
            found = getattr(importlib.import_module(module), attribute)
        except ModuleNotFoundError as error:
            _require_foreign(error)
            missing.append(error.name or "")
            continue
        root.add_typer(found, name=entry.name) if _is_group(found) else root.add_typer(found)
    return missing


def _is_group(found: typer.Typer) -> bool:
    """An app whose commands stand under its own name (``tanju db upgrade``), not beside the others."""
    return bool(found.info.name)


def _require_foreign(error: ModuleNotFoundError) -> None:
    """A module of our own that is missing is a fault, not an extra."""
    if (error.name or "").partition(".")[0] in OWN_PACKAGES:
        raise error


def _say_missing(name: str, module: str) -> NoReturn:
    typer.echo(f"tanju {name}: the package {module!r} is missing; install tanju[server]", err=True)
    raise SystemExit(USAGE)


def main() -> None:
    """Run the command line; mounting imports the server's modules only when the command asked for is not the
    verifier's. A command whose extra is missing ends with exit 2 and names it.
    """
    own = {command.name for command in app.registered_commands}
    asked = sys.argv[1] if len(sys.argv) > 1 else ""
    if asked not in own:
        missing = _mount(app)
        known = getattr(typer.main.get_command(app), "commands", {})
        if missing and asked and not asked.startswith("-") and asked not in known:
            _say_missing(asked, missing[0])
    try:
        app()
    except ModuleNotFoundError as error:
        _require_foreign(error)
        _say_missing(asked, error.name or "")
