"""The thread that seals: as soon as a transaction waits and the block time has passed, never an empty block."""

from __future__ import annotations

import logging
import threading
from typing import Final

from ledger.embedded.chain import EmbeddedChain
from ledger.embedded.errors import EmbeddedChainError

RETRY_SECONDS: Final = 1.0
LONGEST_WAIT_SECONDS: Final = 1.0  # so that a corrected clock is noticed

_log = logging.getLogger(__name__)


class Sealer:
    """Seals blocks of one chain in the background until it is stopped. A block that failed is tried again."""

    def __init__(self, chain: EmbeddedChain) -> None:
        self._chain = chain
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sealer", daemon=True)

    def start(self) -> None:
        """Begin, with what was left waiting by the last run."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the block at hand and end. Waiting transactions stay on the disk."""
        self._stopping.set()
        self._chain.accepted.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            # Cleared before looking: a transaction accepted after the look sets it again.
            self._chain.accepted.clear()
            if not self._stopping.is_set() and self._chain.has_ready():
                self._stopping.wait(self._seal_when_due())
            else:
                self._chain.accepted.wait(LONGEST_WAIT_SECONDS)

    def _seal_when_due(self) -> float:
        """Seal if the block time has passed. Answers how many seconds to wait before looking again."""
        due = self._chain.head.timestamp + self._chain.config.block_seconds
        early = due - self._chain.clock()
        if early > 0:
            return float(min(early, LONGEST_WAIT_SECONDS))
        try:
            self._chain.seal()
        except EmbeddedChainError as error:
            _log.error("no block was sealed, trying again: %s", error)
            return RETRY_SECONDS
        except Exception:  # noqa: BLE001 -- logged whole; without this thread nothing is ever sealed again
            _log.exception("no block was sealed, trying again")
            return RETRY_SECONDS
        return 0.0
