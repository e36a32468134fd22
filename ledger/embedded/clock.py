"""Wall time and the one rule for stamping blocks with it.

A block is stamped with wall time; timestamps are whole seconds and strictly increasing, so a block right after another
may be stamped ahead of the clock, but never by more than `MAX_AHEAD_SECONDS`. A clock that stepped back since the last
write is refused for the same reason: what it would stamp is not when things happened.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from ledger.embedded.errors import ClockError

MAX_AHEAD_SECONDS: Final = 2

Clock = Callable[[], float]
"""Answers Unix time in seconds."""


def wall_clock() -> float:
    """The system's Unix time in seconds."""
    return time.time()


class ManualClock:
    """A clock that only moves when told: for tests inside one process.

    Attributes:
        now: Unix time in seconds, read and written freely.
    """

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        """The time it was set to."""
        return self.now

    def advance(self, seconds: float) -> None:
        """Move by this many seconds (negative: step back)."""
        self.now += seconds


class StampRule:
    """Decides the timestamp of the next block, and refuses writes while the clock cannot be trusted."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last_write = 0

    def check(self, head_time: int) -> int:
        """Timestamp (Unix seconds) a block sealed now would carry on a head of `head_time`.

        Raises:
            ClockError: it would lie more than `MAX_AHEAD_SECONDS` ahead of the clock, or the clock reads
                that much less than at the last write.
        """
        now = int(self._clock())
        stamp = max(now, head_time + 1)
        if stamp > now + MAX_AHEAD_SECONDS:
            raise ClockError(now, head_time)
        if self._last_write > now + MAX_AHEAD_SECONDS:
            raise ClockError(now, self._last_write)
        return stamp

    def note_write(self) -> None:
        """Remember the time of a write that was let through by `check`."""
        self._last_write = max(self._last_write, int(self._clock()))

    def next_stamp(self, head_time: int) -> int:
        """Timestamp (Unix seconds) of the next block for a trial run: never refused, never stored."""
        return max(int(self._clock()), head_time + 1)
