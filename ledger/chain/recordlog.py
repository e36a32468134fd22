"""Asking the RecordLog."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ledger.chain.endpoint import BlockId
from ledger.chain.errors import ContractRevertError
from ledger.chain.reader import ContractReader


@dataclass(frozen=True, slots=True)
class OnchainCheckpoint:
    """A checkpoint: size, root (32 bytes), time of its block (Unix seconds)."""

    size: int
    root: bytes
    recorded_at: int


class RecordLogReader(ContractReader):
    """View functions of the RecordLog."""

    contract = "RecordLog"

    def current_epoch(self, institution: bytes, *, block: BlockId = "latest") -> int:
        """The epoch that grows; the first is 0."""
        return int(self.ask_one("currentEpoch", institution, block=block))

    def head(self, institution: bytes, epoch: int, *, block: BlockId = "latest") -> OnchainCheckpoint | None:
        """The last checkpoint of an epoch; None if there is none."""
        found = self.ask_one("head", institution, epoch, block=block)
        return _checkpoint(found) if found["size"] else None

    def checkpoint_count(self, institution: bytes, epoch: int, *, block: BlockId = "latest") -> int:
        """How many checkpoints an epoch has."""
        return int(self.ask_one("checkpointCount", institution, epoch, block=block))

    def checkpoint_for(
        self, institution: bytes, epoch: int, index: int, *, block: BlockId = "latest"
    ) -> tuple[OnchainCheckpoint, int] | None:
        """The first checkpoint that covers a leaf, and its position; None if none does yet."""
        try:
            found, position = self.ask("checkpointFor", institution, epoch, index, block=block)
        except ContractRevertError as error:
            if error.name == "NotAnchored":
                return None
            raise
        return _checkpoint(found), position


def _checkpoint(found: dict[str, Any]) -> OnchainCheckpoint:
    return OnchainCheckpoint(found["size"], found["root"], found["recordedAt"])
