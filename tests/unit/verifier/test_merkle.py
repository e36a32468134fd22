"""RFC 6962 proofs against the published vectors, and against trees built another way."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.golden import tree
from verifier.errors import ProofError
from verifier.merkle import EMPTY_ROOT, check_consistency, check_inclusion, leaf_hash, tree_root


def _raw(text: str | None) -> bytes:
    return base64.b64decode(text) if text else b""


def _vectors(shared: Path, kind: str) -> list[dict[str, Any]]:
    files = sorted((shared / "vectors" / "rfc6962" / kind).rglob("*.json"))
    assert len(files) == 98
    return [json.loads(file.read_text()) for file in files]


def _holds(check: Callable[..., None], **arguments: Any) -> bool:
    try:
        check(**arguments)
    except ProofError:
        return False
    return True


def _hashes(vector: dict[str, Any]) -> list[bytes]:
    return [_raw(part) for part in vector.get("proof") or []]


def test_the_published_inclusion_vectors(shared_dir: Path) -> None:
    for vector in _vectors(shared_dir, "inclusion"):
        held = _holds(
            check_inclusion,
            leaf=_raw(vector.get("leafHash")),
            index=vector.get("leafIdx", 0),
            size=vector.get("treeSize", 0),
            proof=_hashes(vector),
            root=_raw(vector.get("root")),
        )
        assert held is not vector.get("wantErr", False), vector["desc"]


def test_the_published_consistency_vectors(shared_dir: Path) -> None:
    for vector in _vectors(shared_dir, "consistency"):
        held = _holds(
            check_consistency,
            size1=vector.get("size1", 0),
            size2=vector.get("size2", 0),
            root1=_raw(vector.get("root1")),
            root2=_raw(vector.get("root2")),
            proof=_hashes(vector),
        )
        assert held is not vector.get("wantErr", False), vector["desc"]


def _leaves(count: int) -> list[bytes]:
    return [leaf_hash(i.to_bytes(4, "big")) for i in range(count)]


def test_the_root_is_that_of_the_definition() -> None:
    assert tree_root([]) == EMPTY_ROOT == hashlib.sha256(b"").digest()
    for count in range(1, 70):
        assert tree_root(_leaves(count)) == tree.root(_leaves(count))


@given(st.integers(1, 130), st.data())
def test_every_leaf_is_included_and_no_other_is(size: int, data: st.DataObject) -> None:
    leaves = _leaves(size)
    index = data.draw(st.integers(0, size - 1))
    proof, root = tree.inclusion(index, leaves), tree_root(leaves)
    check_inclusion(leaf=leaves[index], index=index, size=size, proof=proof, root=root)
    other = data.draw(st.integers(0, size))
    if other != index:
        with pytest.raises(ProofError):
            check_inclusion(leaf=leaves[index], index=other, size=size, proof=proof, root=root)
    for wrong in (proof[:-1] if proof else [bytes(32)], [*proof, bytes(32)]):
        with pytest.raises(ProofError):
            check_inclusion(leaf=leaves[index], index=index, size=size, proof=wrong, root=root)


@given(st.integers(1, 130), st.data())
def test_a_tree_that_grows_is_consistent_and_a_changed_one_is_not(size2: int, data: st.DataObject) -> None:
    size1 = data.draw(st.integers(1, size2))
    leaves = _leaves(size2)
    proof = tree.consistency(size1, leaves)
    root1, root2 = tree_root(leaves[:size1]), tree_root(leaves)
    check_consistency(size1=size1, size2=size2, root1=root1, root2=root2, proof=proof)
    changed = tree_root([bytes(32), *leaves[1:size1]])
    with pytest.raises(ProofError):
        check_consistency(size1=size1, size2=size2, root1=changed, root2=root2, proof=proof)


def test_nothing_is_consistent_with_the_empty_tree() -> None:
    with pytest.raises(ProofError):
        check_consistency(size1=0, size2=1, root1=EMPTY_ROOT, root2=bytes(32), proof=[])
