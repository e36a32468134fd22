"""Trees built here are checked by verifier/merkle.py, which was written separately."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.log import tree
from verifier.errors import ProofError
from verifier.merkle import check_consistency, check_inclusion, leaf_hash, tree_root

MAX_EXHAUSTIVE = 33


def grown(size: int) -> tuple[list[bytes], dict[tree.Position, bytes]]:
    """Leaf hashes and all perfect subtrees of a tree, leaf by leaf as the log stores them."""
    leaves = [leaf_hash(index.to_bytes(4, "big")) for index in range(size)]
    nodes: dict[tree.Position, bytes] = {}
    for index, leaf in enumerate(leaves):
        nodes.update(tree.completed_by(index, leaf, nodes))
    return leaves, nodes


LEAVES, NODES = grown(5000)


def test_the_hashes_are_those_of_the_verifier() -> None:
    assert tree.hash_leaf(b"x") == leaf_hash(b"x")
    assert tree.EMPTY_ROOT == tree.fold((0, 0), {}) == tree.bag([]) == tree_root([])


@pytest.mark.parametrize("size", range(1, MAX_EXHAUSTIVE))
def test_every_inclusion_proof_of_small_trees(size: int) -> None:
    root = tree.fold((0, size), NODES)
    assert root == tree_root(LEAVES[:size])
    for index in range(size):
        proof = [tree.fold(span, NODES) for span in tree.inclusion_ranges(index, size)]
        check_inclusion(leaf=LEAVES[index], index=index, size=size, proof=proof, root=root)


@pytest.mark.parametrize("size", range(1, MAX_EXHAUSTIVE))
def test_every_consistency_proof_of_small_trees(size: int) -> None:
    for old in range(1, size + 1):
        proof = [tree.fold(span, NODES) for span in tree.consistency_ranges(old, size)]
        roots = tree_root(LEAVES[:old]), tree_root(LEAVES[:size])
        check_consistency(size1=old, size2=size, root1=roots[0], root2=roots[1], proof=proof)


@given(st.data())
def test_proofs_of_large_trees(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, len(LEAVES)))
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    root, old_root = tree.fold((0, size), NODES), tree.fold((0, old), NODES)
    inclusion = [tree.fold(span, NODES) for span in tree.inclusion_ranges(index, size)]
    consistency = [tree.fold(span, NODES) for span in tree.consistency_ranges(old, size)]
    check_inclusion(leaf=LEAVES[index], index=index, size=size, proof=inclusion, root=root)
    check_consistency(size1=old, size2=size, root1=old_root, root2=root, proof=consistency)
    with pytest.raises(ProofError):
        check_inclusion(leaf=LEAVES[index], index=index, size=size, proof=[*inclusion, root], root=root)


@given(st.integers(0, 200))
def test_peaks_bag_to_the_root(size: int) -> None:
    peaks: list[tuple[int, bytes]] = []
    for leaf in LEAVES[:size]:
        tree.push(peaks, leaf)
    assert tree.bag(peaks) == tree_root(LEAVES[:size])
    assert [hash_ for _, hash_ in peaks] == [NODES[position] for position in tree.cover((0, size))]


@given(st.integers(0, 2**32 - 1))
def test_a_leaf_needs_few_subtrees(index: int) -> None:
    assert len(tree.left_siblings(index)) <= 32
    assert len(tree.cover((0, index + 1))) <= 32
    assert len(tree.inclusion_ranges(index, 2**32)) == 32
