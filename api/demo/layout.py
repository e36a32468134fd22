"""Where everything of the demo lies: one folder, wiped at start, held by one demo at a time."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from api.demo.errors import DemoError

MARKER: Final = ".tanju-demo"
LOCK: Final = "lock"
PIDS: Final = "pids.json"
END_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths below the demo's folder."""

    root: Path

    @property
    def chain(self) -> Path:
        """The embedded chain's data."""
        return self.root / "chain"

    @property
    def logs(self) -> Path:
        """One log file a process."""
        return self.root / "logs"

    @property
    def evidence(self) -> Path:
        """Evidence files."""
        return self.root / "evidence"

    @property
    def inventories(self) -> Path:
        """The inventories that were disclosed."""
        return self.root / "inventories"

    @property
    def trust_root(self) -> Path:
        """The trust root."""
        return self.root / "trust-root.json"

    @property
    def authorities(self) -> Path:
        """The authorities' key file."""
        return self.root / "authorities.keys"

    def node(self, name: str) -> Path:
        """One node's folder: settings, key file, database."""
        return self.root / name

    def log(self, process: str) -> Path:
        """One process's log."""
        return self.logs / f"{process}.log"

    def shown(self, path: Path) -> str:
        """A path as it is printed and written down: relative to the current directory where it lies below it."""
        absolute = path.absolute()
        try:
            return str(absolute.relative_to(Path.cwd()))
        except ValueError:
            return str(absolute)


@contextmanager
def prepared(root: Path) -> Iterator[Layout]:
    """Take the folder for this demo, end what a killed demo left running in it, and wipe it. Raises DemoError."""
    layout = Layout(root.resolve())
    _refuse_foreign(layout)
    layout.root.mkdir(parents=True, exist_ok=True)
    (layout.root / MARKER).touch()
    with (layout.root / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoError(
                f"another demo runs in {layout.shown(layout.root)}",
                next_step="end it with Ctrl-C, or give another --dir",
            ) from None
        _end_left_over(layout)
        _wipe(layout)
        yield layout


def note_pids(layout: Layout, pids: list[int]) -> None:
    """Write down which processes this demo runs, so that a later one can end them should this one be killed."""
    (layout.root / PIDS).write_text(json.dumps(pids), encoding="utf-8")


def _refuse_foreign(layout: Layout) -> None:
    """Only a folder that the demo made is ever wiped."""
    if not layout.root.exists():
        return
    if not layout.root.is_dir() or (any(layout.root.iterdir()) and not (layout.root / MARKER).exists()):
        raise DemoError(
            f"{layout.root} is not a folder of the demo, and the demo wipes its folder", next_step="give an empty --dir"
        )


def _wipe(layout: Layout) -> None:
    for entry in layout.root.iterdir():
        if entry.name in (MARKER, LOCK):
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    for folder in (layout.logs, layout.evidence, layout.inventories):
        folder.mkdir()


def _end_left_over(layout: Layout) -> None:
    """End the processes of a demo that was killed before it could; only those whose command line names this folder."""
    try:
        noted = json.loads((layout.root / PIDS).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    mine = [pid for pid in noted if isinstance(pid, int) and _names(pid, layout.root)]
    for number in (signal.SIGTERM, signal.SIGKILL):
        for pid in mine:
            _signal(pid, number)
        deadline = time.monotonic() + END_SECONDS
        while any(_names(pid, layout.root) for pid in mine) and time.monotonic() < deadline:
            time.sleep(0.05)
        mine = [pid for pid in mine if _names(pid, layout.root)]


def _names(pid: int, folder: Path) -> bool:
    """Whether the process's command line names the folder; False where the system does not tell."""
    try:
        return os.fsencode(folder) in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
