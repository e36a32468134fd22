"""The tree libraries: published vectors, trees of the tests' own, and hashes against hashlib."""

import base64
import hashlib
import itertools
import json
import random

import pytest

SIZES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100, 255, 256, 257, 1000, 2047, 2048, 3001]


@pytest.fixture(scope="module")
def harness(deployment):
    return deployment.deploy("MerkleHarness").functions


@pytest.fixture(scope="module")
def leaves():
    return [hashlib.sha256(b"\0" + index.to_bytes(4, "big")).digest() for index in range(max(SIZES))]


def vectors(folder):
    return [json.loads(file.read_text()) for file in sorted(folder.rglob("*")) if file.suffix == ".json"]


def binary(text):
    return base64.b64decode(text or "")


def hashes(vector, *names):
    """The vector's hashes and proof as the chain takes them. Some vectors have shorter ones: those are filled up with
    zeros, which keeps different ones different. An empty hash has no form on the chain, and gives None.
    """
    values = [binary(vector.get(name)) for name in names]
    proof = [binary(node).ljust(32, b"\0") for node in vector.get("proof") or []]
    return (*(value.ljust(32, b"\0") for value in values), proof) if all(values) else None


def test_published_consistency_vectors(deployment, harness, shared_dir):
    seen = vectors(shared_dir / "vectors" / "rfc6962" / "consistency")
    assert len(seen) == 98
    for vector in seen:
        root1, root2, proof = hashes(vector, "root1", "root2")
        ask = harness.consistency(vector.get("size1", 0), root1, vector.get("size2", 0), root2, proof)
        assert deployment.ask(ask) is not vector["wantErr"], vector["desc"]


def test_published_inclusion_vectors(deployment, harness, shared_dir):
    seen = vectors(shared_dir / "vectors" / "rfc6962" / "inclusion")
    empty = 0
    assert len(seen) == 98
    for vector in seen:
        expressible = hashes(vector, "root", "leafHash")
        if expressible is None:
            assert vector["wantErr"], vector["desc"]
            empty += 1
            continue
        root, leaf, proof = expressible
        ask = harness.inclusion(vector.get("leafIdx", 0), vector.get("treeSize", 0), root, leaf, proof)
        assert deployment.ask(ask) is not vector["wantErr"], vector["desc"]
    assert empty == 11


def test_hashes_are_those_of_the_rfc(deployment, harness):
    left, right = b"\1" * 32, b"\2" * 32
    assert deployment.ask(harness.leaf(b"record")) == hashlib.sha256(b"\0record").digest()
    assert deployment.ask(harness.leaf(b"")) == hashlib.sha256(b"\0").digest()
    assert deployment.ask(harness.node(left, right)) == hashlib.sha256(b"\1" + left + right).digest()
    assert deployment.ask(harness.node(right, left)) == hashlib.sha256(b"\1" + right + left).digest()


def test_consistency_of_all_small_trees(deployment, harness, leaves, reference_tree):
    for new in range(1, 18):
        for old in range(1, new + 1):
            proof = reference_tree.consistency(old, leaves[:new])
            roots = reference_tree.root(leaves[:old]), reference_tree.root(leaves[:new])
            assert deployment.ask(harness.consistency(old, roots[0], new, roots[1], proof))


def test_consistency_of_larger_trees(deployment, harness, leaves, reference_tree):
    roots = {size: reference_tree.root(leaves[:size]) for size in SIZES}
    for old, new in itertools.pairwise(SIZES[9:]):
        proof = reference_tree.consistency(old, leaves[:new])
        assert deployment.ask(harness.consistency(old, roots[old], new, roots[new], proof))
        assert not deployment.ask(harness.consistency(old, roots[old], new, roots[new], proof[:-1]))
        assert not deployment.ask(harness.consistency(old, roots[old], new, roots[new], [*proof, roots[old]]))
        assert not deployment.ask(harness.consistency(old, roots[new], new, roots[new], proof))
        assert not deployment.ask(harness.consistency(old, roots[old], new, roots[old], proof))


def test_no_changed_hash_proves_consistency(deployment, harness, leaves, reference_tree):
    draw = random.Random(6962)
    for _ in range(40):
        new = draw.randrange(2, 400)
        old = draw.randrange(1, new)
        proof = reference_tree.consistency(old, leaves[:new])
        roots = reference_tree.root(leaves[:old]), reference_tree.root(leaves[:new])
        place = draw.randrange(len(proof))
        changed = bytearray(proof[place])
        changed[draw.randrange(32)] ^= 1 << draw.randrange(8)
        wrong = [*proof[:place], bytes(changed), *proof[place + 1 :]]
        assert deployment.ask(harness.consistency(old, roots[0], new, roots[1], proof))
        assert not deployment.ask(harness.consistency(old, roots[0], new, roots[1], wrong))


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 1), (0, 5), (2, 1)])
def test_nothing_grows_out_of_nothing_nor_shrinks(deployment, harness, leaves, old, new):
    for proof in ([], [leaves[0]]):
        assert not deployment.ask(harness.consistency(old, leaves[0], new, leaves[0], proof))


def test_a_tree_is_consistent_with_itself_without_a_proof(deployment, harness, leaves):
    assert deployment.ask(harness.consistency(3, leaves[0], 3, leaves[0], []))
    assert not deployment.ask(harness.consistency(3, leaves[0], 3, leaves[1], []))
    assert not deployment.ask(harness.consistency(3, leaves[0], 3, leaves[0], [leaves[0]]))


def test_inclusion_of_every_leaf_of_small_trees(deployment, harness, leaves, reference_tree):
    for size in range(1, 14):
        root = reference_tree.root(leaves[:size])
        for index in range(size):
            proof = reference_tree.inclusion(index, leaves[:size])
            assert deployment.ask(harness.inclusion(index, size, root, leaves[index], proof))
            assert not deployment.ask(harness.inclusion(index, size, root, leaves[(index + 1) % 20], proof))
            assert not deployment.ask(harness.inclusion(index, size, root, leaves[index], [*proof, root]))
            if proof:
                assert not deployment.ask(harness.inclusion(index, size, root, leaves[index], proof[:-1]))
                assert not deployment.ask(harness.inclusion(index, size + 2**20, root, leaves[index], proof))


def test_inclusion_in_larger_trees(deployment, harness, leaves, reference_tree):
    for size in SIZES[-4:]:
        root = reference_tree.root(leaves[:size])
        for index in (0, 1, size // 2, size - 2, size - 1):
            proof = reference_tree.inclusion(index, leaves[:size])
            assert deployment.ask(harness.inclusion(index, size, root, leaves[index], proof))
            assert not deployment.ask(harness.inclusion(index ^ 1, size, root, leaves[index], proof))


def test_no_leaf_beyond_the_tree(deployment, harness, leaves):
    assert not deployment.ask(harness.inclusion(1, 1, leaves[0], leaves[0], []))
    assert not deployment.ask(harness.inclusion(0, 0, leaves[0], leaves[0], []))


def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def test_a_proof_ends_where_the_sizes_say(deployment, harness, leaves):
    """Trees that are deeper than their size allows, made so that every hash agrees: only the length gives them away."""
    first_four, last_two = node(node(leaves[0], leaves[1]), node(leaves[2], leaves[3])), node(leaves[4], leaves[5])
    old = node(first_four, last_two)
    # In the forged tree of "eight" a node stands where the sixth leaf stood.
    forged = node(first_four, node(leaves[4], node(leaves[5], leaves[6])))
    proof = [leaves[5], leaves[6], leaves[4], first_four]
    assert not deployment.ask(harness.consistency(6, old, 8, forged, proof))
    # A tree of four is no tree of two whose second leaf is the fourth.
    of_four = [leaves[2], node(leaves[0], leaves[1])]
    assert not deployment.ask(harness.inclusion(1, 2, first_four, leaves[3], of_four))
    assert deployment.ask(harness.inclusion(3, 4, first_four, leaves[3], of_four))
