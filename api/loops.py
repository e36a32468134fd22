"""The background loops of a node (sender, indexer, sequencer), each in a thread of the serving process.

A loop that ends with an error takes the node out of service (``/readyz``); it is not restarted behind the operator's
back.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Final

import structlog

STOP_SECONDS: Final = 20.0
"""How long a loop may take to finish what it is doing when the node stops."""

Loop = Callable[[threading.Event], None]


class Loops:
    """Named loops, started and stopped together."""

    def __init__(self, loops: Mapping[str, Loop]) -> None:
        self._loops = dict(loops)
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._failures: dict[str, str] = {}
        self._log = structlog.get_logger("loops")

    def start(self) -> None:
        """Start every loop."""
        for name, loop in self._loops.items():
            thread = threading.Thread(target=self._run, args=(name, loop), name=f"tanju-{name}", daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Ask every loop to end and wait for it, at most ``STOP_SECONDS`` each."""
        self._stop.set()
        for thread in self._threads:
            thread.join(STOP_SECONDS)
            if thread.is_alive():
                self._log.error("loop did not end", loop=thread.name)

    def failures(self) -> list[tuple[str, str]]:
        """The loops that ended by themselves, with why."""
        return sorted(self._failures.items())

    def _run(self, name: str, loop: Loop) -> None:
        try:
            loop(self._stop)
        except Exception as error:  # noqa: BLE001 - whatever ends a loop is kept for /readyz
            self._log.error("loop failed", loop=name, exc_info=error)
            self._failures[name] = f"{type(error).__name__}: {error}"[:300]
            return
        if not self._stop.is_set():
            self._log.error("loop ended by itself", loop=name)
            self._failures[name] = "ended by itself"
