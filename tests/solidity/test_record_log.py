"""The record logs: growing, never shrinking or forking; epochs; the checkpoint that anchors a leaf."""

import hashlib

import pytest

LEAVES = [hashlib.sha256(b"\0" + index.to_bytes(4, "big")).digest() for index in range(300)]
FORK = [hashlib.sha256(b"\0fork" + index.to_bytes(4, "big")).digest() for index in range(300)]


@pytest.fixture
def log(world):
    return world.record_log.functions


@pytest.fixture
def append(world, log, reference_tree):
    def call(upto, since=0, epoch=0, institution="body", leaves=LEAVES, **changes):
        root, proof = reference_tree.root(leaves[:upto]), reference_tree.consistency(since, leaves[:upto])
        usual = {"epoch": epoch, "size": upto, "root": root, "proof": proof}
        return log.append(world.ids[institution], *{**usual, **changes}.values())

    return call


def test_a_log_grows(world, log, append, reference_tree):
    body, last = world.ids["body"], 0
    for position, size in enumerate((1, 2, 3, 7, 8, 9, 64, 65, 300)):
        receipt = world.act(append(size, last), "body")
        root = reference_tree.root(LEAVES[:size])
        assert world.events(receipt, world.record_log) == [
            ("Appended", {"institution": body, "epoch": 0, "size": size, "root": root, "position": position})
        ]
        assert world.ask(log.head(body, 0)) == (size, world.now, root)
        assert world.ask(log.checkpointAt(body, 0, position)) == (size, world.now, root)
        assert world.ask(log.checkpointCount(body, 0)) == position + 1
        last = size


def test_an_empty_log(world, log):
    body = world.ids["body"]
    assert world.ask(log.head(body, 0)) == (0, 0, bytes(32))
    assert world.ask(log.checkpointCount(body, 0)) == 0
    assert world.ask(log.currentEpoch(body)) == 0
    assert world.refusal(log.checkpointAt(body, 0, 0), "ann") == ("NoCheckpoint", (body, 0, 0))
    assert world.refusal(log.checkpointFor(body, 0, 0), "ann") == ("NotAnchored", (body, 0, 0))


def test_a_log_does_not_shrink_or_stand_still(world, append):
    world.act(append(8), "body")
    for size in (0, 1, 7, 8):
        assert world.refusal(append(size, min(size, 8)), "body") == ("NotGrowing", (size, 8))


def test_a_log_does_not_fork(world, append, reference_tree):
    """Whatever proof comes with it: a tree with another past is refused, even from the log's own key."""
    world.act(append(8), "body")
    forked = reference_tree.root(FORK[:20])
    proofs = [
        reference_tree.consistency(8, FORK[:20]),
        reference_tree.consistency(8, LEAVES[:20]),
        [],
        [LEAVES[0]],
        [reference_tree.root(LEAVES[:8])],
    ]
    for proof in proofs:
        refusal = world.refusal(append(20, 8, root=forked, proof=proof), "body")
        assert refusal == ("InconsistentRoot", (8, reference_tree.root(LEAVES[:8]), 20, forked))


def test_a_changed_leaf_of_the_past_is_noticed(world, append, reference_tree):
    world.act(append(13), "body")
    for place in range(13):
        rewritten = [*LEAVES[:place], FORK[place], *LEAVES[place + 1 :]]
        assert world.refusal(append(20, 13, leaves=rewritten), "body")[0] == "InconsistentRoot"
    world.ask(append(20, 13, leaves=[*LEAVES[:13], *FORK[13:20]]), "body")


def test_the_proof_must_fit_the_size(world, append):
    world.act(append(8), "body")
    assert world.refusal(append(20, 8, size=40), "body")[0] == "InconsistentRoot"
    assert world.refusal(append(20, 7), "body")[0] == "InconsistentRoot"


def test_the_first_checkpoint_has_no_proof(world, append):
    assert world.refusal(append(8, 0, proof=[LEAVES[0]]), "body")[0] == "InconsistentRoot"


def test_limits(world, log, append):
    most, largest = world.ask(log.MAX_APPEND()), world.ask(log.MAX_SIZE())
    assert (most, largest) == (2**20, 2**32)
    assert world.refusal(append(1, size=most + 1), "body") == ("AppendTooLarge", (most + 1, most))
    assert world.refusal(append(1, size=largest + 1), "body") == ("LogTooLarge", (largest + 1, largest))
    assert world.refusal(append(1, size=largest), "body") == ("AppendTooLarge", (largest, most))
    world.act(append(1, size=most), "body")
    assert world.refusal(append(1, size=2 * most), "body")[0] == "InconsistentRoot", "the limit is of an append"
    assert world.refusal(append(1, size=2 * most + 1), "body") == ("AppendTooLarge", (most + 1, most))


def test_only_the_institution_appends(world, append):
    for caller in set(world.accounts) - {"body"}:
        assert world.refusal(append(1), caller) == ("NotLogOwner", (world.accounts[caller], world.ids["body"]))


def test_each_institution_has_its_own_log(world, log, append):
    world.act(append(8), "body")
    world.act(append(3, institution="maker", leaves=FORK), "maker")
    assert world.ask(log.head(world.ids["body"], 0))[0] == 8
    assert world.ask(log.head(world.ids["maker"], 0))[0] == 3


def test_a_new_epoch(world, log, append):
    body = world.ids["body"]
    world.act(append(8), "body")
    old = world.ask(log.head(body, 0))
    receipt = world.act(log.openEpoch(body), "shanghai")
    assert world.events(receipt, world.record_log) == [
        ("EpochOpened", {"institution": body, "epoch": 1, "by": world.accounts["shanghai"]})
    ]
    assert world.ask(log.currentEpoch(body)) == 1
    assert world.refusal(append(20, 8), "body") == ("NotCurrentEpoch", (0, 1))
    assert world.refusal(append(20, 8, epoch=2), "body") == ("NotCurrentEpoch", (2, 1))
    world.act(append(5, epoch=1, leaves=FORK), "body")
    assert world.ask(log.head(body, 0)) == old, "the closed epoch stays readable"
    assert world.ask(log.head(body, 1))[0] == 5
    assert world.ask(log.currentEpoch(world.ids["maker"])) == 0


def test_who_opens_an_epoch(world, log):
    body = world.ids["body"]
    for caller in world.accounts:
        if caller in {"shanghai", "cnca", "cnas", "samr"}:
            world.ask(log.openEpoch(body), caller)
        else:
            assert world.refusal(log.openEpoch(body), caller) == ("NotLogAuthority", (world.accounts[caller], body))
    assert world.refusal(log.openEpoch(b"\1" * 32), "cnca") == ("NoSuchInstitution", (b"\1" * 32,))


def test_the_first_checkpoint_that_covers_a_leaf(world, log, append):
    body = world.ids["body"]
    sizes, times, last = [1, 3, 4, 10, 11, 40], [], 0
    for size in sizes:
        world.act(append(size, last), "body")
        times.append(world.now)
        last = size
    for leaf in range(40):
        position = next(place for place, size in enumerate(sizes) if size > leaf)
        checkpoint, found = world.ask(log.checkpointFor(body, 0, leaf))
        assert (checkpoint[0], checkpoint[1], found) == (sizes[position], times[position], position)
    assert world.refusal(log.checkpointFor(body, 0, 40), "ann") == ("NotAnchored", (body, 0, 40))
    assert world.refusal(log.checkpointFor(body, 1, 0), "ann") == ("NotAnchored", (body, 1, 0))


def test_who_claims_too_large_a_size_can_never_fill_it(world, append, reference_tree):
    """A consistency proof has the same shape for several sizes, so the size is a claim. It gains nothing: what is
    claimed and not there can neither be proved to be included nor be appended later.
    """
    claimed = append(20, 8, size=21)
    world.act(append(8), "body")
    world.act(claimed, "body")
    later = reference_tree.consistency(21, LEAVES[:22])
    assert world.refusal(append(22, 21, proof=later), "body")[0] == "InconsistentRoot"
    assert world.refusal(append(22, 20), "body")[0] == "InconsistentRoot"
    harness = world.deploy("MerkleHarness").functions
    root = reference_tree.root(LEAVES[:20])
    for proof in (reference_tree.inclusion(20, LEAVES[:21]), reference_tree.inclusion(19, LEAVES[:20])):
        assert not world.ask(harness.inclusion(20, 21, root, LEAVES[20], proof))
