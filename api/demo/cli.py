"""``tanju demo``: options, languages, exit codes; the story itself is in ``story.py``."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from types import FrameType
from typing import Annotated, Final, NoReturn

import typer

EXIT_USAGE: Final = 2
EXIT_FAILED: Final = 3
EXIT_INTERRUPTED: Final = 130
DEFAULT_DIR: Final = Path("var/demo")
LANGUAGES: Final = ("zh", "en")

app = typer.Typer(help="The demo.", no_args_is_help=False)


@app.command("demo")
def demo(
    once: Annotated[bool, typer.Option("--once", help="End when the story is told.")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write what happened to this file.")] = None,
    folder: Annotated[Path, typer.Option("--dir", help="The demo's folder; it is wiped at start.")] = DEFAULT_DIR,
    port_base: Annotated[
        int | None, typer.Option("--port-base", min=1024, max=65532, help="First of four ports; default: free ones.")
    ] = None,
    lang: Annotated[str | None, typer.Option("--lang", help="zh or en; default: by LANG.")] = None,
) -> None:
    """Tell the life of two real records on a local chain and three nodes, and leave their pages up."""
    # Imported here: everything together takes seconds, and --help should not.
    from api.demo.errors import DemoError
    from api.demo.progress import Progress
    from api.demo.run import run_demo

    progress = Progress(_language(lang))
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        run_demo(progress, folder, once=once, json_file=json_file, port_base=port_base)
    except DemoError as error:
        progress.failed(error)
        raise typer.Exit(EXIT_FAILED) from error
    except KeyboardInterrupt:
        progress.ended()
        raise typer.Exit(EXIT_INTERRUPTED) from None


def _language(asked: str | None) -> str:
    if asked is None:
        return "zh" if os.environ.get("LC_ALL", os.environ.get("LANG", "")).lower().startswith("zh") else "en"
    if asked not in LANGUAGES:
        typer.echo(f"--lang {asked}: zh or en", err=True)
        raise typer.Exit(EXIT_USAGE)
    return asked


def _as_interrupt(number: int, frame: FrameType | None) -> NoReturn:
    """SIGTERM ends the demo as Ctrl-C does: its processes with it."""
    raise KeyboardInterrupt
