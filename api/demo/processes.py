"""The demo's processes: started with a log file each, waited for with a time limit, ended by their id in any case."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from api.demo.errors import DemoError
from api.demo.layout import Layout, note_pids

READY_SECONDS: Final = 60.0
"""A loaded two-core machine takes ten seconds to import and open everything at once."""
END_SECONDS: Final = 15.0
POLL_SECONDS: Final = 0.1
LOG_LINES_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class Running:
    """One process with its name and log."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path


class Processes:
    """A context in which processes run; leaving it ends them, the last started first."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._running: list[Running] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def start(self, name: str, command: Sequence[str], *, environment: dict[str, str] | None = None) -> Running:
        """Start a process in a session of its own, so that Ctrl-C reaches only the demo, which ends it in order."""
        log = self._layout.log(name)
        with log.open("ab") as output:
            process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **(environment or {})},
                start_new_session=True,
            )
        running = Running(name, process, log)
        self._running.append(running)
        note_pids(self._layout, [item.process.pid for item in self._running])
        return running

    def wait_until(self, running: Running, ready: Callable[[], bool], *, seconds: float = READY_SECONDS) -> None:
        """Wait until ``ready()``. Raises DemoError when the process ends before or the time is over."""
        deadline = time.monotonic() + seconds
        while not ready():
            self.check(running)
            if time.monotonic() > deadline:
                raise _failed(running, f"{running.name} did not answer within {seconds:.0f} s")
            time.sleep(POLL_SECONDS)

    def check(self, running: Running) -> None:
        """Raises DemoError when the process has ended."""
        code = running.process.poll()
        if code is not None:
            raise _failed(running, f"{running.name} ended with exit code {code}")

    def named(self, name: str) -> Running:
        """The running process of that name. Raises KeyError."""
        for running in self._running:
            if running.name == name:
                return running
        raise KeyError(name)

    def check_all(self) -> None:
        """Raises DemoError when any process has ended."""
        for running in self._running:
            self.check(running)

    def end(self) -> None:
        """End every process, the last started first: SIGTERM, and SIGKILL for one that does not listen."""
        while self._running:
            process = self._running.pop().process
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(END_SECONDS)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


def _failed(running: Running, what: str) -> DemoError:
    lines = running.log.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES_SHOWN:]
    return DemoError(
        "\n".join([what, *("  | " + line[:300] for line in lines)]), next_step="read its log", log=running.log
    )
