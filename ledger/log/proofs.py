"""Roots and proofs of a stored log; each asks the database for O(log n) hashes, in one or two queries."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.errors import LogCorruptError, LogRangeError
from ledger.log import tree
from ledger.store import leaves
from ledger.store.session import Session


def root(session: Session, institution: bytes, epoch: int, size: int) -> bytes:
    """The tree hash of the first ``size`` leaves, 32 bytes. Raises LogRangeError beyond the log's end."""
    _require(session, institution, epoch, size, size >= 0, f"no tree of {size} leaves")
    return _hashes(session, institution, epoch, [(0, size)])[0]


def inclusion_proof(session: Session, institution: bytes, epoch: int, index: int, size: int) -> list[bytes]:
    """The sibling hashes from leaf ``index`` to the root of ``size`` leaves (RFC 9162 section 2.1.3). Raises
    LogRangeError.
    """
    _require(session, institution, epoch, size, 0 <= index < size, f"no leaf {index} in a tree of {size} leaves")
    return _hashes(session, institution, epoch, tree.inclusion_ranges(index, size))


def consistency_proof(session: Session, institution: bytes, epoch: int, old_size: int, size: int) -> list[bytes]:
    """The hashes that show that ``size`` leaves extend ``old_size`` (RFC 9162 section 2.1.4); empty from size 0.

    Raises LogRangeError.
    """
    _require(session, institution, epoch, size, 0 <= old_size <= size, f"no tree of {old_size} leaves before {size}")
    if old_size == 0:
        return []
    return _hashes(session, institution, epoch, tree.consistency_ranges(old_size, size))


def _require(session: Session, institution: bytes, epoch: int, size: int, fits: bool, what: str) -> None:
    stored = leaves.size(session, institution, epoch)
    if not fits or size > stored:
        raise LogRangeError(what, stored)


def _hashes(session: Session, institution: bytes, epoch: int, ranges: Sequence[tree.Range]) -> list[bytes]:
    positions = [position for span in ranges for position in tree.cover(span)]
    nodes = leaves.nodes(session, institution, epoch, positions)
    missing = next((position for position in positions if position not in nodes), None)
    if missing is not None:
        raise LogCorruptError(institution, epoch, f"the subtree {missing} is not stored")
    return [tree.fold(span, nodes) for span in ranges]
