"""What the changes cost, within the bounds of the design: gas is free on the chains meant, but a block is not endless.

Run with ``-s`` to see the figures.
"""

import hashlib

import pytest

BOUNDS = {"append": 130_000, "issue": 260_000, "status": 95_000, "recognition": 200_000}
EACH_FURTHER_REASON = 25_000


@pytest.fixture
def measure(world):
    def step(label, function, by, bound):
        used = world.act(function, by)["gasUsed"]
        print(f"{label:<44}{used:>9,} of {bound:>9,}")
        assert used <= bound

    return step


def test_issue_and_status(world, measure):
    registry = world.certificate_registry.functions
    key, reason = world.issue("first"), world.digest("reason")
    measure("issue", registry.issue(world.certificate("2")), "body", BOUNDS["issue"])
    status = BOUNDS["status"]
    measure("suspend, issuer", registry.suspend(key, reason, 0), "body", status)
    measure("suspend, authority", registry.suspend(key, reason, 0), "shanghai", status)
    measure("suspend, for later", registry.suspend(world.issue("3"), reason, world.now + 99), "body", status)
    measure("restore, issuer", registry.restore(key, reason, 0), "body", status)
    measure("restore, authority", registry.restore(key, reason, 0), "shanghai", status)
    measure("withdraw, authority", registry.withdraw(world.issue("4"), reason, 0), "cnca", status)
    measure("cancel", registry.cancel(key, reason, 0), "body", status)


def test_issue_after_an_eventful_past_of_the_issuer(world, measure):
    """Each entry of the issuer's qualifications since the last grant is read again at an issue, at about 2 900 each."""
    qualifications = world.institution_registry.functions
    for kind, authority in ((1, "cnca"), (2, "cnas")):
        for action in (2, 3):
            change = qualifications.changeQualification(world.ids["body"], kind, world.name("steel-bf-bof"), action, 0)
            world.act(change, authority)
    issue = world.certificate_registry.functions.issue(world.certificate())
    measure("issue, two kinds suspended and restored", issue, "body", BOUNDS["issue"])


def test_an_issue_that_supersedes_is_an_issue_and_a_status_change(world, measure):
    successor = world.certificate("2", supersedes=world.issue("1"))
    bound = BOUNDS["issue"] + BOUNDS["status"]
    measure("issue that supersedes", world.certificate_registry.functions.issue(successor), "body", bound)


def test_recognition(world, measure):
    registry = world.recognition_registry.functions
    proposal = {
        "certificate": world.issue(),
        "jurisdiction": world.name("CN-ZJ"),
        "purpose": world.name("state-enterprise-procurement"),
        "institution": world.ids["platform"],
        "mode": 4,
        "outcome": 1,
        "recordId": world.digest("decision"),
        "validUntil": world.now + 10**6,
        "reasons": [],
    }
    decision = world.ask(registry.propose(proposal), "ann")
    reason = world.digest("reason")
    bound = BOUNDS["recognition"]
    measure("propose", registry.propose(proposal), "ann", bound)
    measure("confirm", registry.confirm(decision), "bob", bound)
    measure("withdraw, first person", registry.withdrawDecision(decision, reason), "ann", bound)
    measure("withdraw, second person", registry.withdrawDecision(decision, reason), "cat", bound)
    reasons = [world.name("ISSUER_NOT_COMPETENT_AT_ISSUE"), world.name("PCR_NOT_EQUIVALENT"), world.name("FACTOR_YEAR")]
    for count in (1, 3):
        refusal = {**proposal, "outcome": 4, "recordId": world.digest(str(count)), "reasons": reasons[:count]}
        measure(
            f"refuse, reasons: {count}", registry.propose(refusal), "ann", bound + (count - 1) * EACH_FURTHER_REASON
        )


def test_append_at_any_batch_size(world, measure, reference_tree):
    log = world.record_log.functions
    leaves = [hashlib.sha256(bytes([0]) + index.to_bytes(4, "big")).digest() for index in range(12_001)]
    last = 0
    for size in (1, 2, 1000, 2000, 12_000, 12_001):
        root = reference_tree.root(leaves[:size])
        proof = reference_tree.consistency(last, leaves[:size])
        measure(
            f"append {size - last} to {last}",
            log.append(world.ids["body"], 0, size, root, proof),
            "body",
            BOUNDS["append"],
        )
        last = size


def test_append_with_the_longest_proof_of_a_log_of_two_million(world, measure):
    """Of equal leaves: the hash of a complete subtree depends on its height only, and the tree need not be built."""
    log = world.record_log.functions
    complete = [hashlib.sha256(b"\0").digest()]
    for _ in range(21):
        complete.append(hashlib.sha256(b"\1" + complete[-1] * 2).digest())

    def root(size):
        """Complete subtrees, joined from the right."""
        heights = [height for height in range(22) if size >> height & 1]
        node = complete[heights[0]]
        for height in heights[1:]:
            node = hashlib.sha256(b"\1" + complete[height] + node).digest()
        return node

    half, whole = 2**20, 2**21
    world.act(log.append(world.ids["body"], 0, half, root(half), []), "body")
    world.act(log.append(world.ids["body"], 0, whole - 1, root(whole - 1), [root(half - 1)]), "body")
    # The smallest complete subtree of the old tree is its last leaf, so every level brings a hash.
    proof = [complete[0], complete[0], *complete[1:21]]
    append = log.append(world.ids["body"], 0, whole, root(whole), proof)
    measure(f"append 1 to {whole - 1}, {len(proof)} hashes", append, "body", BOUNDS["append"])
