"""Sealing: signing a checkpoint over new leaves and queueing its append, once everything under it was read and hashed
again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from typing import Final

from ledger.chain import outbox
from ledger.crash import crash_point
from ledger.errors import LedgerError, LogCorruptError, SealBlockedError
from ledger.keys import InstitutionKeys
from ledger.log import proofs, tree
from ledger.log.append import append_record
from ledger.store import Session, Store, anchors, checkpoints, institutions, leaves, records
from ledger.store import outbox as actions
from ledger.store.checkpoints import SealedCheckpoint
from ledger.store.outbox import State
from verifier.canonical import parse_canonical
from verifier.checkpoint import Checkpoint, sign_checkpoint
from verifier.credential import leaf_input, record_id
from verifier.merkle import check_consistency

MAX_SEAL_LEAVES: Final = 2**14
"""Most leaves sealed at once: re-hashing them keeps the database's write lock. RecordLog takes up to 2^20."""

logger = logging.getLogger(__name__)


def seal(session: Session, institution: InstitutionKeys, *, now: int | None = None) -> SealedCheckpoint | None:
    """Seal the leaves beyond the last checkpoint of the institution's current epoch, in the caller's transaction.

    Reads the stored documents again, hashes them again, folds the root anew from the last checkpoint, checks the
    consistency proof, signs the C2SP note with the log key, and writes the checkpoint and the action
    ``RecordLog.append`` together.

    Returns None when there is nothing new, or while the last append is not FINAL (one unfinal append per log).
    Raises SealBlockedError when the last append reverted or failed, LogCorruptError when anything stored does not hash
    to what the
    log holds: then nothing was signed.
    """
    when = int(time.time()) if now is None else now
    epoch = anchors.current_epoch(session, institution.id)
    size = leaves.lock_log(session, institution.id, epoch)
    last = checkpoints.last(session, institution.id, epoch)
    old_size = last.size if last is not None else 0
    if size == old_size or (last is not None and not _is_final(session, last)):
        return None
    size = min(size, old_size + MAX_SEAL_LEAVES)
    root = _rehashed_root(session, institution.id, epoch, old_size, size, last)
    proof = proofs.consistency_proof(session, institution.id, epoch, old_size, size)
    if last is not None:
        check_consistency(size1=old_size, size2=size, root1=last.root, root2=root, proof=proof)
    note = sign_checkpoint(Checkpoint(institution.id, epoch, size, root), institution.log_key)
    action = outbox.enqueue(
        session,
        sender_account=institution.account.address,
        contract="RecordLog",
        function="append",
        args=[institution.id, epoch, size, root, proof],
        action_id=f"append/{institution.id.hex()}/{epoch}/{size}",
        now=when,
    )
    checkpoint = SealedCheckpoint(institution.id, epoch, size, root, note, when, action)
    checkpoints.add(session, checkpoint)
    crash_point("while_sealing")
    return checkpoint


def carry_over(session: Session, institution: bytes) -> int:
    """Give records that a closed epoch never anchored a leaf in the current one; return how many. Does nothing in
    epoch 0.
    """
    current = anchors.current_epoch(session, institution)
    carried = 0
    for epoch in range(current):
        anchored = checkpoints.last_anchored(session, institution, epoch)
        start = anchored.size if anchored is not None else 0
        for leaf in list(leaves.between(session, institution, epoch, start, leaves.size(session, institution, epoch))):
            before = leaves.size(session, institution, current)
            append_record(session, institution, records.get(session, leaf.record_id).document)
            carried += leaves.size(session, institution, current) - before
    return carried


class Sequencer:
    """The loop that seals the logs of the node's institutions."""

    def __init__(
        self,
        store: Store,
        institutions: Sequence[InstitutionKeys],
        *,
        now: Callable[[], int] = lambda: int(time.time()),
    ) -> None:
        """``now`` answers Unix seconds."""
        self._store = store
        self._now = now
        self._reported: dict[str, str] = {}
        self._institutions = institutions

    def step(self) -> int:
        """Seal what can be sealed; return the number of new checkpoints. One institution's error does not stop the
        others.
        """
        sealed = 0
        for institution in self._institutions:
            try:
                sealed += self._seal_one(institution)
                self._reported.pop(institution.name, None)
            except LedgerError as error:
                self._report(institution.name, str(error))
        return sealed

    def run(self, stop: threading.Event, *, pause_s: float = 0.5) -> None:
        """Repeat `step` until ``stop`` is set."""
        while not stop.is_set():
            if self.step() == 0:
                stop.wait(pause_s)

    def _report(self, name: str, problem: str) -> None:
        """Log a problem once, not at every pass."""
        if self._reported.get(name) != problem:
            logger.error("log of %s is not sealed: %s", name, problem)
            self._reported[name] = problem

    def _seal_one(self, institution: InstitutionKeys) -> bool:
        with self._store.reading() as session:
            if not _has_news(session, institution.id):
                return False
        with self._store.writing() as session:
            carry_over(session, institution.id)
            checkpoint = seal(session, institution, now=self._now())
            session.commit()
        return checkpoint is not None


def _has_news(session: Session, institution: bytes) -> bool:
    """Whether there is something to seal. An institution that the chain does not know yet would only be refused."""
    if institutions.find(session, institution) is None:
        return False
    epoch = anchors.current_epoch(session, institution)
    last = checkpoints.last(session, institution, epoch)
    if epoch > 0 and last is None:
        return True
    return leaves.size(session, institution, epoch) > (last.size if last is not None else 0)


def _is_final(session: Session, last: SealedCheckpoint) -> bool:
    action = actions.get(session, last.outbox_id)
    if action.state in actions.STUCK:
        raise SealBlockedError(action.action_id, action.state, action.error_detail or "no reason known")
    return action.state is State.FINAL


def _rehashed_root(
    session: Session, institution: bytes, epoch: int, old_size: int, size: int, last: SealedCheckpoint | None
) -> bytes:
    """The root over the old tree and the stored documents of the new leaves, all hashed again. Raises
    LogCorruptError.
    """
    if last is not None and proofs.root(session, institution, epoch, old_size) != last.root:
        raise LogCorruptError(
            institution, epoch, f"the stored tree no longer leads to the sealed root at size {old_size}"
        )
    positions = tree.cover((0, old_size))
    stored = leaves.nodes(session, institution, epoch, positions)
    peaks = [(level, stored[level, index]) for level, index in positions]
    count = old_size
    for leaf in leaves.between(session, institution, epoch, old_size, size):
        if leaf.index != count:
            raise LogCorruptError(institution, epoch, f"leaf {count} is missing")
        document = parse_canonical(records.get(session, leaf.record_id).document)
        if record_id(document) != leaf.record_id or leaf_input(document) != leaf.leaf_input:
            raise LogCorruptError(institution, epoch, f"the record of leaf {count} does not hash to its leaf")
        tree.push(peaks, tree.hash_leaf(leaf.leaf_input))
        count += 1
    if count != size:
        raise LogCorruptError(institution, epoch, f"leaf {count} is missing")
    root = tree.bag(peaks)
    if root != proofs.root(session, institution, epoch, size):
        raise LogCorruptError(institution, epoch, f"the stored tree does not lead to the root of its {size} leaves")
    return root
