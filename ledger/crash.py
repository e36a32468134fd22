"""Named points at which a fault test kills the process, so that "survives kill -9" is shown and not claimed.

``TANJU_CRASH_AT=name`` in the environment makes the process send itself SIGKILL when it passes that point: no handler,
no flush, no rollback, exactly as a power cut at that line. Without the variable a point costs one dictionary look-up.
"""

from __future__ import annotations

import os
import signal
from typing import Final

CRASH_POINTS: Final = frozenset(
    {
        "after_commit_before_send",
        "after_signing_before_storing",
        "after_send_before_answer",
        "between_receipt_and_commit",
        "between_events_and_cursor",
        "while_sealing",
        "while_appending",
        "while_migrating",
    }
)


def crash_point(name: str) -> None:
    """Die here if the environment names this point. Raises ValueError for a name that is not in ``CRASH_POINTS``."""
    if name not in CRASH_POINTS:
        raise ValueError(f"{name!r} is not a crash point")
    if os.environ.get("TANJU_CRASH_AT") == name:
        os.kill(os.getpid(), signal.SIGKILL)
