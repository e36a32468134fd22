"""What can go wrong in the demo; each says what to do and where the log lies."""

from __future__ import annotations

from pathlib import Path


class DemoError(Exception):
    """The demo cannot go on."""

    def __init__(self, detail: str, *, next_step: str, log: Path | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.next_step = next_step
        self.log = log
