"""A record gets one leaf, at the end, and the tree over the leaves is the one of RFC 6962."""

from collections.abc import Callable

import pytest

from ledger.errors import LogCorruptError, LogRangeError, NotFoundError, RecordConflictError
from ledger.keys import InstitutionKeys
from ledger.log import append_record, proofs, tree
from ledger.store import Session, Store, chainrows, leaves
from ledger.store.chainrows import Place
from ledger.store.models import LogEpochRow, LogNodeRow
from verifier.canonical import canonicalise, parse
from verifier.credential import leaf_input, record_id, sign
from verifier.errors import CanonicalError
from verifier.merkle import check_consistency, check_inclusion, leaf_hash, tree_root

Keep = Callable[[Session, int], bytes]


def test_leaves_are_counted_from_zero(store: Store, institution: InstitutionKeys, keep: Keep) -> None:
    with store.writing() as session:
        places = [append_record(session, institution.id, keep(session, number)) for number in range(5)]
        assert places == [(0, 0), (0, 1), (0, 2), (0, 3), (0, 4)]
        assert leaves.size(session, institution.id, 0) == 5


def test_the_same_record_keeps_its_leaf(store: Store, institution: InstitutionKeys, keep: Keep) -> None:
    with store.writing() as session:
        first, second = keep(session, 1), keep(session, 2)
        assert append_record(session, institution.id, first) == (0, 0)
        assert append_record(session, institution.id, second) == (0, 1)
        assert append_record(session, institution.id, first) == (0, 0)
        assert leaves.size(session, institution.id, 0) == 2


def test_a_leaf_is_what_the_verifier_hashes(store: Store, institution: InstitutionKeys, keep: Keep) -> None:
    with store.writing() as session:
        document = keep(session, 1)
        append_record(session, institution.id, document)
        (leaf,) = leaves.of_record(session, institution.id, record_id(parse(document)))
        assert leaf.leaf_input == leaf_input(parse(document))
        assert proofs.root(session, institution.id, 0, 1) == leaf_hash(leaf.leaf_input)


def test_a_record_that_is_not_stored_is_not_logged(store: Store, institution: InstitutionKeys) -> None:
    document = sign({"n": 1}, institution.assert_key, did=institution.did, created="2026-01-01T00:00:00Z")
    with store.writing() as session, pytest.raises(NotFoundError):
        append_record(session, institution.id, canonicalise(document))


def test_other_bytes_than_the_stored_ones_are_not_logged(
    store: Store, institution: InstitutionKeys, keep: Keep
) -> None:
    with store.writing() as session:
        document = parse(keep(session, 1))
        again = sign(document, institution.auth_key, did=institution.did, created="2026-01-01T00:00:00Z")
        with pytest.raises(RecordConflictError):
            append_record(session, institution.id, canonicalise(again))
        with pytest.raises(CanonicalError):
            append_record(session, institution.id, canonicalise(document) + b"\n")


def test_two_institutions_have_two_logs(store: Store, institution: InstitutionKeys, keep: Keep) -> None:
    other = b"\x42" * 32
    with store.writing() as session:
        documents = [keep(session, number) for number in range(3)]
        for document in documents:
            append_record(session, institution.id, document)
        assert append_record(session, other, documents[2]) == (0, 0)
        assert leaves.logs(session) == sorted([(institution.id, 0), (other, 0)])


def test_an_unanchored_record_moves_to_the_epoch_that_is_open(
    store: Store, institution: InstitutionKeys, keep: Keep
) -> None:
    with store.writing() as session:
        document = keep(session, 1)
        assert append_record(session, institution.id, document) == (0, 0)
        chainrows.add(session, LogEpochRow, Place(9, 0, 9), institution=institution.id, epoch=1, by="0x1")
        assert append_record(session, institution.id, document) == (1, 0)
        assert append_record(session, institution.id, document) == (1, 0)


def test_proofs_out_of_the_store(store: Store, institution: InstitutionKeys, keep: Keep) -> None:
    size = 21
    with store.writing() as session:
        for number in range(size):
            append_record(session, institution.id, keep(session, number))
        hashes = [leaf_hash(leaf.leaf_input) for leaf in leaves.between(session, institution.id, 0, 0, size)]
        roots = [tree_root(hashes[:count]) for count in range(size + 1)]
        for count in range(1, size + 1):
            assert proofs.root(session, institution.id, 0, count) == roots[count]
            for index in range(count):
                proof = proofs.inclusion_proof(session, institution.id, 0, index, count)
                check_inclusion(leaf=hashes[index], index=index, size=count, proof=proof, root=roots[count])
                proof = proofs.consistency_proof(session, institution.id, 0, index + 1, count)
                check_consistency(size1=index + 1, size2=count, root1=roots[index + 1], root2=roots[count], proof=proof)
        assert proofs.consistency_proof(session, institution.id, 0, 0, size) == []


@pytest.mark.parametrize(("index", "size"), [(-1, 2), (2, 2), (0, 0), (0, 3), (5, 2)])
def test_a_leaf_outside_the_log(store: Store, institution: InstitutionKeys, keep: Keep, index: int, size: int) -> None:
    with store.writing() as session:
        for number in range(2):
            append_record(session, institution.id, keep(session, number))
        with pytest.raises(LogRangeError) as caught:
            proofs.inclusion_proof(session, institution.id, 0, index, size)
        assert caught.value.size == 2
        with pytest.raises(LogRangeError):
            proofs.consistency_proof(session, institution.id, 0, index, size if index > size else index - 1)
        with pytest.raises(LogRangeError):
            proofs.root(session, institution.id, 0, 3)


def test_a_lost_subtree_is_noticed(store: Store, institution: InstitutionKeys, keep: Keep) -> None:
    with store.writing() as session:
        for number in range(3):
            append_record(session, institution.id, keep(session, number))
        session.orm.delete(session.orm.get_one(LogNodeRow, (institution.id, 0, 1, 0)))
        session.orm.flush()
        with pytest.raises(LogCorruptError, match=r"subtree \(1, 0\)"):
            proofs.root(session, institution.id, 0, 3)
        with pytest.raises(LogCorruptError, match="before leaf 3"):
            append_record(session, institution.id, keep(session, 3))


def test_a_log_of_a_hundred_thousand_leaves(store: Store, institution: InstitutionKeys) -> None:
    size, old = 100_000, 77_777
    hashes = [tree.hash_leaf(index.to_bytes(4, "big")) for index in range(size)]
    nodes: dict[tree.Position, bytes] = {}
    for index, leaf in enumerate(hashes):
        nodes.update(tree.completed_by(index, leaf, nodes))
    with store.writing() as session:
        leaves.lock_log(session, institution.id, 0)
        leaves.add_nodes(session, institution.id, 0, nodes.items())
        leaves.resize(session, institution.id, 0, size)
        root, old_root = tree_root(hashes), tree_root(hashes[:old])
        assert proofs.root(session, institution.id, 0, size) == root
        for index in (0, 65_535, 65_536, 99_999):
            proof = proofs.inclusion_proof(session, institution.id, 0, index, size)
            check_inclusion(leaf=hashes[index], index=index, size=size, proof=proof, root=root)
        proof = proofs.consistency_proof(session, institution.id, 0, old, size)
        check_consistency(size1=old, size2=size, root1=old_root, root2=root, proof=proof)
