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

    ``own`` and ``peer`` are CPU seconds for the whole work, or inventories per CPU second as ``unit`` says; ``bar`` is
    what the design asks, in words, and ``reached`` the share of it that was; ``left_out`` what the figures do not
    contain.
    """

    work: str
    unit: str
    own: float
    peer_name: str
    peer: float | None
    ratio: float | None
    bar: str
    reached: float
    left_out: str

    @property
    def met(self) -> bool:
        """Whether the bar is reached."""
        return self.reached >= 1

    @property
    def missed_by(self) -> str:
        """By how much the bar is missed."""
        return f"{(1 - self.reached) * 100:.0f} % short"

    def to_json(self) -> dict[str, Any]:
        """Return the row as JSON."""
        return asdict(self) | {"met": self.met}


def fastest(work: Callable[[], object], repeat: int) -> float:
    """Return the fewest CPU seconds of `repeat` runs, over all threads; garbage collected before each.

    Not the clock on the wall: the machine may be shared, and ratios must not depend on who else is at work.
    """
    best = float("inf")
    for _ in range(repeat):
        gc.collect()
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best
