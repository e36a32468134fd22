"""Merkle trees of RFC 6962 section 2.1 (kept in RFC 9162): hashes, roots, inclusion and consistency.

This file *checks*; ``ledger/log`` builds proofs and ``contracts/RecordLog.sol`` checks consistency once more on chain.
The three are written separately and tied together by the published vectors and by property tests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Final

from verifier.errors import ProofError

LEAF_PREFIX: Final = b"\x00"
NODE_PREFIX: Final = b"\x01"
HASH_BYTES: Final = 32
MAX_TREE_SIZE: Final = 2**32
MAX_PROOF_LENGTH: Final = 64
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 ‖ data) (RFC 6962 section 2.1)."""
    return hashlib.sha256(LEAF_PREFIX + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 ‖ left ‖ right) (RFC 6962 section 2.1)."""
    return hashlib.sha256(NODE_PREFIX + left + right).digest()


def tree_root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf *hashes*, level by level; the empty tree's root is SHA-256 of nothing."""
    if not leaves:
        return EMPTY_ROOT
    level = list(leaves)
    while len(level) > 1:
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            paired.append(level[-1])
        level = paired
    return level[0]


def check_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that ``leaf`` (a leaf hash) stands at ``index`` of the tree of ``size`` leaves with ``root``.

    RFC 9162 section 2.1.3.2. Raises ProofError.
    """
    if not 0 <= index < size <= MAX_TREE_SIZE:
        raise ProofError(f"leaf {index} is not in a tree of {size} leaves", code="LOG_INCLUSION")
    _check_lengths(proof, leaf, root)
    node, last = index, size - 1
    computed = leaf
    for sibling in proof:
        if last == 0:
            raise ProofError("the inclusion proof is too long", code="LOG_INCLUSION")
        if node % 2 or node == last:
            computed = node_hash(sibling, computed)
            while node % 2 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            computed = node_hash(computed, sibling)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise ProofError("the inclusion proof is too short", code="LOG_INCLUSION")
    if computed != root:
        raise ProofError(f"the inclusion proof leads to {computed.hex()}, not to {root.hex()}", code="LOG_INCLUSION")


def check_consistency(*, size1: int, size2: int, root1: bytes, root2: bytes, proof: Sequence[bytes]) -> None:
    """Check that the tree (``size2``, ``root2``) extends the tree (``size1``, ``root1``) (RFC 9162 section 2.1.4.2).

    A proof from size 0 is always an error: nothing is proved by it. Raises ProofError.
    """
    if not 0 < size1 <= size2 <= MAX_TREE_SIZE:
        raise ProofError(f"no consistency from size {size1} to size {size2}", code="LOG_CONSISTENCY")
    if size1 == size2:
        if proof or root1 != root2:
            raise ProofError("equal sizes have equal roots and an empty proof", code="LOG_CONSISTENCY")
        return
    _check_lengths(proof, root1, root2)
    path = list(proof)
    if size1 & (size1 - 1) == 0:
        path.insert(0, root1)
    if not path:
        raise ProofError("the consistency proof is empty", code="LOG_CONSISTENCY")
    old, new = _walk_consistency(path, size1 - 1, size2 - 1)
    if old != root1 or new != root2:
        raise ProofError("the consistency proof does not lead to both roots", code="LOG_CONSISTENCY")


def _walk_consistency(path: list[bytes], node: int, last: int) -> tuple[bytes, bytes]:
    while node % 2:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofError("the consistency proof is too long", code="LOG_CONSISTENCY")
        if node % 2 or node == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while node % 2 == 0 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        node, last = node >> 1, last >> 1
    if last != 0:
        raise ProofError("the consistency proof is too short", code="LOG_CONSISTENCY")
    return old, new


def _check_lengths(proof: Sequence[bytes], *hashes: bytes) -> None:
    if len(proof) > MAX_PROOF_LENGTH:
        raise ProofError(f"a proof of {len(proof)} hashes", remedy=f"at most {MAX_PROOF_LENGTH}")
    if any(len(part) != HASH_BYTES for part in (*proof, *hashes)):
        raise ProofError(f"a hash that is not {HASH_BYTES} bytes long")
