"""Adding a stored record to its institution's log."""

from __future__ import annotations

from ledger.crash import crash_point
from ledger.errors import LogCorruptError, RecordConflictError
from ledger.log import tree
from ledger.store import anchors, checkpoints, leaves, records
from ledger.store.leaves import Leaf
from ledger.store.session import Session
from verifier.canonical import parse_canonical
from verifier.credential import leaf_input, record_id


def append_record(session: Session, institution: bytes, document: bytes) -> tuple[int, int]:
    """Give a record its leaf in an institution's log and return (epoch, index); the same record keeps the leaf it has.

    The record must be stored already with exactly these bytes (`records.add`). It goes to the institution's current
    epoch; a record whose old leaf was never anchored because its epoch was closed gets a new leaf. Raises
    NotFoundError and RecordConflictError for a record that is not stored so, FormatError and CanonicalError for bytes
    that are no canonical document.
    """
    value = parse_canonical(document)
    identity = record_id(value)
    if records.get(session, identity).document != document:
        raise RecordConflictError(identity, "document")
    epoch = anchors.current_epoch(session, institution)
    index = leaves.lock_log(session, institution, epoch)
    present = _present(session, institution, epoch, identity)
    if present is not None:
        return present.epoch, present.index
    leaf = Leaf(institution, epoch, index, identity, leaf_input(value))
    positions = tree.left_siblings(index)
    siblings = leaves.nodes(session, institution, epoch, positions)
    if len(siblings) != len(positions):
        raise LogCorruptError(institution, epoch, f"a subtree before leaf {index} is not stored")
    completed = tree.completed_by(index, tree.hash_leaf(leaf.leaf_input), siblings)
    leaves.add(session, leaf, completed)
    crash_point("while_appending")
    return epoch, index


def _present(session: Session, institution: bytes, epoch: int, identity: bytes) -> Leaf | None:
    for leaf in leaves.of_record(session, institution, identity):
        if leaf.epoch == epoch or checkpoints.covering(session, institution, leaf.epoch, leaf.index) is not None:
            return leaf
    return None
