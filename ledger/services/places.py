"""Where records stand in the logs, with inclusion proofs to a checkpoint on chain: own ones from the store, received
ones as the evidence file proves that brought them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ledger.log import inclusion_proof
from ledger.node import Node
from ledger.services.errors import NotAnchoredError
from ledger.services.lookup import identity_of, subject_of
from ledger.services.receive import EVIDENCE, digest_of_record
from ledger.store import Session, checkpoints, files, leaves, records
from ledger.store.records import Record
from verifier.canonical import parse, raw_digest, tag_sha256
from verifier.checkpoint import parse_note
from verifier.multikey import public_multikey

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A record's log entry and the checkpoint that it is proved to, both as an evidence file writes them."""

    log: Entry
    checkpoint: Entry


class Places:
    """The places of records in the logs, for one certificate: the one exported (its record id), or one to be made."""

    def __init__(self, session: Session, node: Node, certificate: bytes | None = None) -> None:
        self._session = session
        self._log_keys = {keys.id: public_multikey(keys.log_key.public_key()) for keys in node.keys.institutions()}
        self._received: dict[str, Place] = {}
        if certificate is not None:
            self._read_files(certificate)

    def require(self, record: Record, what: str) -> Place:
        """The record's place. Raises NotAnchoredError when no checkpoint on chain covers it, as far as this node
        knows.
        """
        found = self.find(record)
        if found is None:
            raise NotAnchoredError(tag_sha256(record.id), what)
        return found

    def find(self, record: Record) -> Place | None:
        """The record's place; None while it is not anchored.

        A received record that no file about this certificate brought is sought in the files of the newest received
        certificates that rest on it, as many as `records.listing` gives.
        """
        if record.source == "own":
            return self._own(record)
        identity = identity_of(record)
        if identity not in self._received:
            for certificate in self._resting_on(record):
                self._read_files(certificate)
                if identity in self._received:
                    break
        return self._received.get(identity)

    def _read_files(self, certificate: bytes) -> None:
        for file in files.of_subject(self._session, certificate):
            if file.kind == EVIDENCE:
                self._received.update(_places_in(parse(file.content)))

    def _resting_on(self, record: Record) -> Iterator[bytes]:
        """The received certificates, newest first, whose evidence carries the record: it itself, or its basis."""
        identity = identity_of(record)
        for certificate in records.listing(self._session, type="Certificate", source="received"):
            body = subject_of(certificate)
            inventory = records.find(self._session, raw_digest(body["inventory"]))
            factors = subject_of(inventory)["factors"] if inventory is not None else []
            if identity in (identity_of(certificate), body["footprint"], body["inventory"], *factors):
                yield certificate.id

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
