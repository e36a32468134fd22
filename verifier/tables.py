"""Confidential tables: rows travel apart from the record that signs their root and count.

Leaf i of a table is JCS of ``{"i": i, "salt": …, "row": {…}}`` under RFC 6962. The salt (128 bits, secret until
disclosed) keeps a row from being guessed from its digest. Full disclosure is all rows; partial disclosure is rows
with inclusion proofs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from verifier.canonical import canonicalise
from verifier.errors import ProofError
from verifier.merkle import check_inclusion, leaf_hash, tree_root

MAX_ROWS: Final = 1_000_000
SALT: Final = re.compile(r"\A[0-9a-f]{32}\Z", re.ASCII)


def row_leaf(index: int, salt: str, row: Mapping[str, Any]) -> bytes:
    """The leaf hash of one row. ``salt`` is 32 lower-case hex digits."""
    return leaf_hash(canonicalise({"i": index, "salt": salt, "row": dict(row)}))


def table_root(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """The root over salted rows ``{"i", "salt", "row"}``, all of them, in order.

    Raises ProofError when an index is not its position or a salt is not 128 bits of lower-case hex.
    """
    leaves = []
    for position, entry in enumerate(rows):
        if set(entry) != {"i", "salt", "row"} or entry["i"] != position or type(entry["i"]) is not int:
            raise ProofError(f"row {position} does not carry its own index", code="TABLE")
        if not isinstance(entry["salt"], str) or not SALT.match(entry["salt"]):
            raise ProofError(f"row {position}: the salt is not 32 hex digits", code="TABLE")
        leaves.append(leaf_hash(canonicalise(dict(entry))))
    return tree_root(leaves)


def check_table(rows: Sequence[Mapping[str, Any]], *, root: str, count: int) -> None:
    """Check a fully disclosed table against the signed root (64 hex digits) and count. Raises ProofError (code
    TABLE).
    """
    if len(rows) != count:
        raise ProofError(f"{len(rows)} rows, the record signs {count}", code="TABLE")
    found = table_root(rows).hex()
    if found != root:
        raise ProofError(f"the rows lead to root {found}, the record signs {root}", code="TABLE")


def check_row(entry: Mapping[str, Any], *, proof: Sequence[bytes], root: str, count: int) -> None:
    """Check one disclosed row with its inclusion proof against the signed root and count. Raises ProofError."""
    leaf = row_leaf(entry["i"], entry["salt"], entry["row"])
    check_inclusion(leaf=leaf, index=entry["i"], size=count, proof=proof, root=bytes.fromhex(root))
