"""One line of the comparison, and the clock."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Row:
    """A measured piece of work.

    ``own`` and ``peer`` are seconds for the whole work, or inventories per second where ``unit`` says so; ``bar`` is
    what the design asks, ``met`` whether it is reached; ``left_out`` what the figures do not contain.
    """

    work: str
    unit: str
    own: float
    peer_name: str
    peer: float | None
    ratio: float | None
    bar: str
    met: bool
    left_out: str

    def to_json(self) -> dict[str, Any]:
        """Return the row as JSON."""
        return asdict(self)


def fastest(work: Callable[[], object], repeat: int) -> float:
    """Return the shortest wall-clock seconds of `repeat` runs, garbage collected before each."""
    best = float("inf")
    for _ in range(repeat):
        gc.collect()
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best
