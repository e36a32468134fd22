"""Keys: adding, revoking, and whose key was valid when, as known when."""

import hashlib

import pytest

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
ASSERT, LOG, AUTH, COSIGN = 1, 2, 3, 4
ED25519 = 1


def multikey(seed):
    """Forty-eight characters that look like an Ed25519 multikey, different for each seed."""
    stream = hashlib.sha512(seed.encode()).digest()
    return ("z6Mk" + "".join(ALPHABET[byte % 58] for byte in stream[:44])).encode()


KEY = multikey("one")
DIGEST = hashlib.sha256(KEY).digest()


@pytest.fixture
def registry(world):
    return world.institution_registry.functions


@pytest.fixture
def add(world, registry):
    def call(key=KEY, purpose=ASSERT, start=0, until=0, institution="body", algorithm=ED25519):
        return registry.addKey(world.ids[institution], key, algorithm, purpose, start, until)

    return call


@pytest.fixture
def revoke(world, registry):
    def call(start=0, purpose=ASSERT, digest=DIGEST, institution="body"):
        return registry.revokeKey(world.ids[institution], digest, purpose, start)

    return call


@pytest.fixture
def valid(world, registry):
    def ask(valid_at, known_at, purpose=ASSERT, institution="body", digest=DIGEST):
        return world.ask(registry.keyValidAt(world.ids[institution], digest, purpose, valid_at, known_at))

    return ask


def test_an_added_key(world, registry, add, valid):
    receipt = world.act(add(), "body")
    now, body = world.now, world.ids["body"]
    address, zero = world.accounts["body"], "0x" + "00" * 20
    assert world.ask(registry.keys(body)) == [(DIGEST, ED25519, ASSERT, now, 0, now, 0, 0, address, zero)]
    assert world.ask(registry.institutionOfKey(DIGEST)) == body
    assert valid(now, now)
    assert valid(now + 10**9, now)
    assert not valid(now - 1, now)
    assert not valid(now, now - 1)
    assert not valid(now, now, purpose=LOG)
    assert not valid(now, now, institution="rival")
    assert not valid(now, now, digest=b"\1" * 32)
    assert world.events(receipt, world.institution_registry) == [
        (
            "KeyAdded",
            {
                "id": body,
                "digest": DIGEST,
                "purpose": ASSERT,
                "algorithm": ED25519,
                "from": now,
                "until": 0,
                "multikey": KEY.decode(),
            },
        )
    ]


def test_a_key_for_a_period(world, add, valid):
    start, until = world.now + 1000, world.now + 2000
    world.act(add(start=start, until=until), "body")
    now = world.now
    expected = {start - 1: False, start: True, until - 1: True, until: False}
    assert {time: valid(time, now) for time in expected} == expected


def test_one_key_for_several_purposes(world, registry, add, revoke, valid):
    for purpose in (ASSERT, LOG, AUTH, COSIGN):
        world.act(add(purpose=purpose), "body")
    world.act(revoke(purpose=LOG), "body")
    now = world.now
    assert [valid(now, now, purpose=purpose) for purpose in (ASSERT, LOG, AUTH, COSIGN)] == [True, False, True, True]
    assert len(world.ask(registry.keys(world.ids["body"]))) == 4


def test_refused_keys(world, add):
    for purpose in (0, 5, 255):
        assert world.refusal(add(purpose=purpose), "body") == ("UnknownPurpose", (purpose,))
    for algorithm in (0, 2, 255):
        assert world.refusal(add(algorithm=algorithm), "body") == ("UnknownAlgorithm", (algorithm,))
    assert world.refusal(add(key=b"z6Mk"), "body") == ("MalformedMultikey", (b"z6Mk",))
    late = world.now + 1000
    assert world.refusal(add(start=late, until=late), "body") == ("EmptyPeriod", (late, late))
    error, (start, _) = world.refusal(add(start=world.now - 10), "body")
    assert (error, start) == ("BackDated", world.now - 10)
    error, (_, until) = world.refusal(add(until=world.now - 10), "body")
    assert (error, until) == ("EmptyPeriod", world.now - 10)


def test_a_key_belongs_to_one_institution_and_stands_once_for_a_purpose(world, add, revoke):
    world.act(add(), "body")
    duplicate = ("DuplicateKey", (world.ids["body"], DIGEST, ASSERT))
    assert world.refusal(add(), "body") == duplicate
    foreign = ("KeyOfAnother", (DIGEST, world.ids["body"]))
    assert world.refusal(add(institution="rival"), "rival") == foreign
    assert world.refusal(add(institution="rival", purpose=LOG), "rival") == foreign
    world.act(revoke(), "body")
    assert world.refusal(add(), "body") == duplicate, "a revoked key does not come back"
    assert world.refusal(add(institution="rival"), "rival") == foreign


def test_only_the_institution_adds_a_key(world, add):
    for caller in ("shanghai", "cnca", "rival", "ann", "stranger"):
        assert world.refusal(add(), caller) == ("NotInstitution", (world.accounts[caller], world.ids["body"]))


def test_the_institution_and_its_authorities_revoke(world, add, revoke):
    world.act(add(), "body")
    for caller in ("zhejiang", "abroad", "rival", "ann", "stranger"):
        assert world.refusal(revoke(), caller) == ("NotInstitution", (world.accounts[caller], world.ids["body"]))
    for caller in ("body", "shanghai", "cnca", "cnas", "samr"):
        world.ask(revoke(), caller)


def test_a_revocation_and_the_past(world, registry, add, revoke, valid):
    world.act(add(), "body")
    added = world.now
    world.wait_until(added + 1000)
    start = world.now + 500
    receipt = world.act(revoke(start=start), "shanghai")
    recorded = world.now
    body = world.ids["body"]
    assert world.events(receipt, world.institution_registry) == [
        (
            "KeyRevoked",
            {"id": body, "digest": DIGEST, "purpose": ASSERT, "effectiveFrom": start, "by": world.accounts["shanghai"]},
        )
    ]
    assert valid(start - 1, recorded)
    assert not valid(start, recorded)
    assert valid(start, recorded - 1), "nobody knew of the revocation then"
    assert world.ask(registry.keys(body))[0][6:] == (
        start,
        recorded,
        world.accounts["body"],
        world.accounts["shanghai"],
    )


def test_a_second_revocation_may_only_be_earlier(world, registry, add, revoke, valid):
    world.act(add(), "body")
    later = world.now + 100_000
    world.act(revoke(start=later), "body")
    announced = world.now
    for start in (later, later + 1):
        assert world.refusal(revoke(start=start), "shanghai") == ("AlreadyRevoked", (DIGEST, later))
    world.act(revoke(), "shanghai")
    stopped = world.now
    assert not valid(stopped, stopped)
    assert valid(stopped, announced), "only the first revocation was known then"
    assert not valid(later, announced)
    assert world.ask(registry.keys(world.ids["body"]))[0][6] == stopped
    assert world.refusal(revoke(), "body")[0] == "AlreadyRevoked"


def test_refused_revocations(world, add, revoke):
    world.act(add(), "body")
    assert world.refusal(revoke(start=world.now - 10), "body")[0] == "BackDated"
    assert world.refusal(revoke(purpose=LOG), "body") == ("UnknownKey", (world.ids["body"], DIGEST, LOG))
    assert world.refusal(revoke(digest=b"\1" * 32), "body")[0] == "UnknownKey"
    assert world.refusal(world.institution_registry.functions.revokeKey(b"\3" * 32, DIGEST, 1, 0), "cnca") == (
        "UnknownInstitution",
        (b"\3" * 32,),
    )


def test_nothing_is_known_of_the_future(world, registry, add):
    world.act(add(), "body")
    ask = registry.keyValidAt(world.ids["body"], DIGEST, ASSERT, 0, world.now + 10_000)
    assert world.refusal(ask, "stranger")[0] == "NotYetKnown"
