"""Where records stand in the logs, with inclusion proofs to a checkpoint on chain: own ones from the store, received
ones as received.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ledger.log import inclusion_proof
from ledger.node import Node
from ledger.services.errors import NotAnchoredError
from ledger.services.receive import EVIDENCE, digest_of_record
from ledger.store import Session, checkpoints, files, leaves
from ledger.store.records import Record
from verifier.canonical import parse, tag_sha256
from verifier.checkpoint import parse_note
from verifier.multikey import public_multikey

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A record's log entry and the checkpoint that it is proved to, both as an evidence file writes them."""

    log: Entry
    checkpoint: Entry


class Places:
    """The places of records in the logs, for one export about one certificate."""

    def __init__(self, session: Session, node: Node, certificate: bytes) -> None:
        self._session = session
        self._log_keys = {keys.id: public_multikey(keys.log_key.public_key()) for keys in node.keys.institutions()}
        self._received: dict[str, Place] = {}
        for file in files.of_subject(session, certificate):
            if file.kind == EVIDENCE:
                self._received.update(_places_in(parse(file.content)))

    def require(self, record: Record, what: str) -> Place:
        """The record's place. Raises NotAnchoredError when no checkpoint on chain covers it, as far as this node
        knows.
        """
        found = self.find(record)
        if found is None:
            raise NotAnchoredError(tag_sha256(record.id), what)
        return found

    def find(self, record: Record) -> Place | None:
        """The record's place; None while it is not anchored."""
        return self._own(record) if record.source == "own" else self._received.get(tag_sha256(record.id))

    def _own(self, record: Record) -> Place | None:
        for leaf in leaves.of_record(self._session, record.institution, record.id):
            last = checkpoints.last_anchored(self._session, leaf.institution, leaf.epoch)
            if last is None or last.size <= leaf.index:
                continue
            path = inclusion_proof(self._session, leaf.institution, leaf.epoch, leaf.index, last.size)
            log = {
                "institution": leaf.institution.hex(),
                "epoch": leaf.epoch,
                "index": leaf.index,
                "size": last.size,
                "path": [part.hex() for part in path],
            }
            return Place(log, {"note": last.note, "key": self._log_keys[leaf.institution]})
        return None


def _places_in(evidence: dict[str, Any]) -> Iterator[tuple[str, Place]]:
    """The places that a received (and verified) evidence file proves, by record id."""
    notes = {}
    for checkpoint in evidence["checkpoints"]:
        read, _ = parse_note(checkpoint["note"])
        notes[read.institution.hex(), read.epoch, read.size] = checkpoint
    for entry in evidence["records"]:
        log = entry["log"]
        if log is not None:
            yield digest_of_record(entry["document"]), Place(log, notes[log["institution"], log["epoch"], log["size"]])
