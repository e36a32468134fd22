"""Who an institution is: registration, accounts, DIDs with their dates."""

import pytest

ZERO = "0x" + "00" * 20


@pytest.fixture
def register(world):
    """The registration of one more institution, with changes."""

    def call(**changes):
        usual = {
            "code": world.uscc("913100006316963B7"),
            "account": world.accounts["newcomer"],
            "didDigest": b"\7" * 32,
        }
        return world.institution_registry.functions.register(world.institution("body", **{**usual, **changes}))

    return call


def test_a_registered_institution(world, register):
    registry = world.institution_registry
    receipt = world.act(register(), "shanghai")
    code = world.uscc("913100006316963B7")
    key = world.digest("tanju/institution/1", "uscc", code)
    account = world.accounts["newcomer"]
    profile, jurisdiction = world.digest("profile of body"), world.name("CN-SH")
    assert world.ask(registry.functions.idOf("uscc", code)) == key
    assert world.ask(registry.functions.institution(key)) == (
        jurisdiction,
        account,
        2,
        profile,
        world.now,
        "http://127.0.0.1/body",
    )
    assert world.ask(registry.functions.accountOf(key)) == account
    assert world.ask(registry.functions.standing(key)) == [account, jurisdiction, 2]
    assert world.ask(registry.functions.institutionOfAccount(account)) == key
    assert world.events(receipt, registry) == [
        (
            "InstitutionRegistered",
            {
                "id": key,
                "jurisdiction": jurisdiction,
                "account": account,
                "roles": 2,
                "profileId": profile,
                "didDigest": b"\7" * 32,
                "scheme": "uscc",
                "code": code,
                "endpoint": "http://127.0.0.1/body",
            },
        )
    ]


def test_an_institution_with_an_lei(world):
    code = world.institution("maker")["code"]
    key = world.digest("tanju/institution/1", "lei", code)
    assert world.ids["maker"] == key == world.ask(world.institution_registry.functions.idOf("lei", code))
    assert world.ask(world.institution_registry.functions.institution(key))[1] == world.accounts["maker"]


def test_what_is_not_there(world):
    registry, nobody = world.institution_registry.functions, b"\1" * 32
    assert world.ask(registry.institution(nobody)) == (bytes(32), ZERO, 0, bytes(32), 0, "")
    assert world.ask(registry.accountOf(nobody)) == ZERO
    assert world.ask(registry.standing(nobody)) == [ZERO, bytes(32), 0]
    assert world.ask(registry.institutionOfAccount(world.accounts["stranger"])) == bytes(32)
    assert world.ask(registry.institutionOfDid(nobody, world.now, world.now)) == bytes(32)
    assert world.ask(registry.didSpan(nobody)) == (bytes(32), 0, 0)


@pytest.mark.parametrize(
    ("jurisdiction", "entitled"),
    [
        ("CN-SH", {"shanghai", "cnca", "cnas", "samr"}),
        ("CN-ZJ", {"zhejiang", "cnca", "cnas", "samr"}),
        ("CN-JS", {"cnca", "cnas", "samr"}),
        ("CN", {"cnca", "cnas", "samr"}),
        ("JP", {"abroad"}),
        ("JP-13", {"abroad"}),
    ],
)
def test_who_may_register_where(world, register, jurisdiction, entitled):
    for caller in world.accounts:
        call = register(jurisdiction=world.name(jurisdiction))
        if caller in entitled:
            world.ask(call, caller)
        else:
            expected = ("NotAuthority", (world.accounts[caller], world.name(jurisdiction)))
            assert world.refusal(call, caller) == expected


def test_refused_registrations(world, register):
    code = world.uscc("913100006316963B7")
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    assert world.refusal(register(code=wrong), "cnca") == ("MalformedCode", ("uscc", wrong))
    assert world.refusal(register(scheme="lei"), "cnca") == ("MalformedCode", ("lei", code))
    for scheme in ("", "USCC", "duns"):
        assert world.refusal(register(scheme=scheme), "cnca") == ("UnknownScheme", (scheme,))
    for roles in (0, 1 << 11, 1 << 31):
        assert world.refusal(register(roles=roles), "cnca") == ("UnknownRoles", (roles,))
    world.ask(register(roles=(1 << 11) - 1), "cnca")
    assert world.refusal(register(jurisdiction=world.name("CN-sh")), "cnca") == ("BadName", (world.name("CN-sh"),))
    assert world.refusal(register(didDigest=bytes(32)), "cnca") == ("DidUnavailable", (bytes(32),))
    taken = world.digest("did:web:", "rival")
    assert world.refusal(register(didDigest=taken), "cnca") == ("DidUnavailable", (taken,))


def test_an_institution_is_registered_once_whatever_the_jurisdiction(world, register):
    again = register(code=world.institution("body")["code"], jurisdiction=world.name("CN-ZJ"))
    assert world.refusal(again, "zhejiang") == ("AlreadyInstitution", (world.ids["body"],))


@pytest.mark.parametrize("account", ["body", "maker", "ann", "cnca", "shanghai", "abroad", None])
def test_an_account_has_one_part_to_play(world, register, account):
    address = world.accounts[account] if account else ZERO
    assert world.refusal(register(account=address), "cnca") == ("AccountUnavailable", (address,))


def test_a_did_changes_and_the_past_stays(world):
    registry = world.institution_registry
    body, old, new = world.ids["body"], world.digest("did:web:", "body"), world.digest("did:web:new")
    before = world.now
    world.wait_until(before + 1000)
    receipt = world.act(registry.functions.changeDid(body, new), "body")
    change = world.now
    world.wait_until(change + 1000)
    now = world.now

    def whose(did, valid_at, known_at):
        return world.ask(registry.functions.institutionOfDid(did, valid_at, known_at))

    assert world.events(receipt, registry) == [("DidChanged", {"id": body, "oldDidDigest": old, "newDidDigest": new})]
    assert whose(old, before, before) == body
    assert whose(old, change - 1, now) == body
    assert whose(old, change, now) == bytes(32)
    assert whose(old, now, change - 1) == body, "nobody knew of the change then"
    assert whose(new, change, change) == body
    assert whose(new, change - 1, now) == bytes(32)
    assert whose(new, now, change - 1) == bytes(32)
    assert world.ask(registry.functions.didSpan(old))[1:] != (0, 0)
    assert world.ask(registry.functions.didSpan(old))[2] == change
    assert world.ask(registry.functions.didSpan(new)) == (body, change, 0)


def test_a_did_never_comes_back(world):
    change = world.institution_registry.functions.changeDid
    body, old, new = world.ids["body"], world.digest("did:web:", "body"), world.digest("did:web:new")
    world.act(change(body, new), "body")
    for did in (old, new, bytes(32)):
        assert world.refusal(change(body, did), "body") == ("DidUnavailable", (did,))
    assert world.refusal(change(world.ids["rival"], old), "rival") == ("DidUnavailable", (old,))


def test_only_the_institution_changes_its_did(world):
    change = world.institution_registry.functions.changeDid
    for caller in ("shanghai", "cnca", "rival", "ann", "stranger"):
        expected = ("NotInstitution", (world.accounts[caller], world.ids["body"]))
        assert world.refusal(change(world.ids["body"], b"\1" * 32), caller) == expected
    assert world.refusal(change(b"\2" * 32, b"\1" * 32), "body") == ("UnknownInstitution", (b"\2" * 32,))


def test_nothing_is_known_of_the_future(world):
    later = world.now + 10_000
    did = world.digest("did:web:", "body")
    error, (known_at, _) = world.refusal(world.institution_registry.functions.institutionOfDid(did, 0, later), "ann")
    assert (error, known_at) == ("NotYetKnown", later)
    assert world.ask(world.institution_registry.functions.institutionOfDid(did, later, world.now)) == world.ids["body"]
