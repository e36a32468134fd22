"""Qualifications: who grants what, the state machine pair by pair, and competence at a time as known at a time."""

import pytest

NONE, ACTIVE, SUSPENDED, WITHDRAWN, CANCELLED, EXPIRED, NOT_YET_VALID = range(7)
GRANT, SUSPEND, RESTORE, WITHDRAW, CANCEL = range(1, 6)
APPROVAL = 1
STEEL = "steel-bf-bof"
OTHER = "cement"

ALLOWED = {
    # status: the actions that lead on from it, and where to
    NONE: {},
    NOT_YET_VALID: {WITHDRAW: WITHDRAWN, CANCEL: CANCELLED},
    ACTIVE: {SUSPEND: SUSPENDED, WITHDRAW: WITHDRAWN, CANCEL: CANCELLED},
    SUSPENDED: {RESTORE: ACTIVE, WITHDRAW: WITHDRAWN, CANCEL: CANCELLED},
    WITHDRAWN: {},
    CANCELLED: {},
    EXPIRED: {},
}
PATHS = {
    # status: (the grant's start and end from now, then actions)
    NONE: None,
    NOT_YET_VALID: (10_000, 20_000),
    ACTIVE: (0, 20_000),
    SUSPENDED: (0, 20_000, SUSPEND),
    WITHDRAWN: (0, 20_000, WITHDRAW),
    CANCELLED: (0, 20_000, CANCEL),
    EXPIRED: (0, 20),
}


@pytest.fixture
def registry(world):
    return world.institution_registry.functions


@pytest.fixture
def grant(world, registry):
    def call(start=0, until=0, kind=APPROVAL, category=OTHER, institution="body", record=b"\1" * 32):
        return registry.grant(world.ids[institution], kind, world.name(category), record, start, until)

    return call


@pytest.fixture
def change(world, registry):
    def call(action, start=0, kind=APPROVAL, category=OTHER, institution="body"):
        return registry.changeQualification(world.ids[institution], kind, world.name(category), action, start)

    return call


@pytest.fixture
def status(world, registry):
    def ask(valid_at=None, known_at=None, kind=APPROVAL, category=OTHER):
        times = [world.now if time is None else time for time in (valid_at, known_at)]
        return world.ask(registry.qualificationAt(world.ids["body"], kind, world.name(category), *times))

    return ask


@pytest.fixture
def bring_to(world, grant, change, status):
    """Lead a fresh qualification to a status."""

    def lead(wanted):
        path = PATHS[wanted]
        if path:
            start, until, *actions = path
            world.act(grant(start and world.now + start, world.now + until), "cnca")
            for action in actions:
                world.act(change(action), "cnca")
            if wanted == EXPIRED:
                world.wait_until(world.now + until)
        assert status() == wanted

    return lead


@pytest.mark.parametrize("source", sorted(PATHS))
def test_the_state_machine_pair_by_pair(world, bring_to, change, status, source):
    bring_to(source)
    for action in (0, GRANT, SUSPEND, RESTORE, WITHDRAW, CANCEL, 6, 255):
        if action in ALLOWED[source]:
            snapshot = world.tester.take_snapshot()
            world.act(change(action), "cnca")
            assert status() == ALLOWED[source][action]
            world.tester.revert_to_snapshot(snapshot)
        else:
            expected = ("IllegalQualificationChange", (source, action))
            assert world.refusal(change(action), "cnca") == expected


@pytest.mark.parametrize("source", sorted(PATHS))
def test_from_where_it_may_be_granted_again(world, bring_to, grant, status, source):
    bring_to(source)
    if source in (NONE, WITHDRAWN, CANCELLED, EXPIRED):
        world.act(grant(), "cnca")
        assert status() == ACTIVE
    else:
        assert world.refusal(grant(), "cnca")[0] == "StillGranted"


def test_a_grant_and_its_events(world, registry, grant, change):
    start, until = world.now + 100, world.now + 10_000
    granted = world.act(grant(start, until), "cnca")
    changed = world.act(change(SUSPEND, start + 5), "cnca")
    body, category, by = world.ids["body"], world.name(OTHER), world.accounts["cnca"]
    named = {"id": body, "kind": APPROVAL, "category": category}
    assert world.events(granted, world.institution_registry) == [
        ("QualificationGranted", {**named, "recordId": b"\1" * 32, "from": start, "until": until, "by": by})
    ]
    assert world.events(changed, world.institution_registry) == [
        ("QualificationChanged", {**named, "action": SUSPEND, "effectiveFrom": start + 5, "by": by})
    ]
    times = [world.web3.eth.get_block(receipt["blockNumber"])["timestamp"] for receipt in (granted, changed)]
    assert world.ask(registry.qualificationHistory(body, APPROVAL, category)) == [
        (GRANT, start, times[0], until, by, b"\1" * 32),
        (SUSPEND, start + 5, times[1], 0, by, bytes(32)),
    ]


@pytest.mark.parametrize(("kind", "entitled"), [(1, {"cnca"}), (2, {"cnas"}), (3, {"samr"})])
def test_who_may_grant_and_change_in_shanghai(world, grant, change, kind, entitled):
    """Not Zhejiang's authority, which may designate, nor a foreign one, which may do all three: they do not govern."""
    world.act(grant(kind=kind), next(iter(entitled)))
    for caller in world.accounts:
        calls = (grant(kind=kind, category="glass"), change(SUSPEND, kind=kind))
        for call in calls:
            if caller in entitled:
                world.ask(call, caller)
            else:
                expected = ("NotEntitledToGrant", (world.accounts[caller], kind, world.name("CN-SH")))
                assert world.refusal(call, caller) == expected


def test_an_authority_grants_in_its_own_province(world, grant):
    world.ask(grant(kind=3, institution="rival"), "zhejiang")
    assert world.refusal(grant(kind=2, institution="rival"), "zhejiang")[0] == "NotEntitledToGrant"


def test_refused_grants(world, registry, grant, change):
    for kind in (0, 4, 255):
        assert world.refusal(grant(kind=kind), "cnca") == ("UnknownKind", (kind,))
        assert world.refusal(change(SUSPEND, kind=kind), "cnca") == ("UnknownKind", (kind,))
    assert world.refusal(grant(record=bytes(32)), "cnca") == ("MissingRecordId", ())
    for category in ("", "Cement", "a" * 27):
        assert world.refusal(grant(category=category), "cnca") == ("BadName", (world.name(category),))
    assert world.refusal(grant(start=world.now - 10), "cnca")[0] == "BackDated"
    late = world.now + 1000
    assert world.refusal(grant(start=late, until=late), "cnca") == ("EmptyPeriod", (late, late))
    unknown = registry.grant(b"\3" * 32, 1, world.name(OTHER), b"\1" * 32, 0, 0)
    assert world.refusal(unknown, "cnca") == ("UnknownInstitution", (b"\3" * 32,))


def test_a_renewal_begins_when_the_first_period_ends(world, grant, status):
    first = world.now + 1000
    world.act(grant(until=first), "cnca")
    assert world.refusal(grant(start=first - 1), "cnca")[0] == "StillGranted"
    world.act(grant(start=first + 100, until=first + 500), "cnca")
    expected = {first - 1: ACTIVE, first: EXPIRED, first + 99: EXPIRED, first + 100: ACTIVE, first + 500: EXPIRED}
    assert {time: status(time) for time in expected} == expected


def test_a_suspension_stays_over_a_renewal(world, grant, change, status):
    first = world.now + 1000
    world.act(grant(until=first), "cnca")
    world.act(grant(start=first), "cnca")
    world.act(change(SUSPEND), "cnca")
    assert [status(time) for time in (first - 1, first, first + 10**6)] == [SUSPENDED] * 3
    world.act(change(RESTORE, first + 50), "cnca")
    assert [status(time) for time in (first + 49, first + 50)] == [SUSPENDED, ACTIVE]


def test_a_withdrawal_ends_the_renewal_too_and_a_new_grant_starts_afresh(world, grant, change, status):
    first = world.now + 1000
    world.act(grant(until=first), "cnca")
    world.act(grant(start=first), "cnca")
    world.act(change(SUSPEND), "cnca")
    world.act(change(WITHDRAW), "cnca")
    withdrawn = world.now
    assert [status(time) for time in (withdrawn, first, first + 10**6)] == [WITHDRAWN] * 3
    world.act(grant(), "cnca")
    assert status() == ACTIVE, "the suspension ended with what it held"
    assert status(withdrawn) == WITHDRAWN


def test_an_announced_end_can_be_overtaken(world, grant, change, status):
    """What was announced for a distant day keeps nobody from acting now."""
    world.act(grant(), "cnca")
    distant = world.now + 10**6
    world.act(change(WITHDRAW, distant), "cnca")
    world.act(change(SUSPEND), "cnca")
    assert [status(), status(distant)] == [SUSPENDED, WITHDRAWN]
    assert world.refusal(change(CANCEL, distant), "cnca") == ("IllegalQualificationChange", (WITHDRAWN, CANCEL))
    world.act(change(CANCEL), "cnca")
    assert [status(), status(distant)] == [CANCELLED, CANCELLED]
    assert world.refusal(grant(start=world.now - 1), "cnca")[0] == "BackDated"
    world.act(grant(), "cnca")
    assert [status(), status(distant)] == [ACTIVE, ACTIVE]


def test_an_end_may_come_before_an_announced_suspension(world, grant, change, status):
    world.act(grant(), "cnca")
    distant = world.now + 10**6
    world.act(change(SUSPEND, distant), "cnca")
    world.act(change(WITHDRAW), "cnca")
    assert [status(), status(distant)] == [WITHDRAWN, WITHDRAWN]


def test_a_new_grant_begins_after_the_announced_end(world, grant, change):
    world.act(grant(), "cnca")
    distant = world.now + 1000
    world.act(change(WITHDRAW, distant), "cnca")
    assert world.refusal(grant(start=distant - 1), "cnca") == ("EarlierThanLast", (distant - 1, distant))
    world.ask(grant(start=distant), "cnca")


def test_holds_take_effect_in_the_order_of_recording(world, grant, change):
    world.act(grant(), "cnca")
    later = world.now + 1000
    world.act(change(SUSPEND, later), "cnca")
    assert world.refusal(change(SUSPEND, later - 1), "cnca") == ("EarlierThanLast", (later - 1, later))
    assert world.refusal(change(RESTORE), "cnca")[0] == "EarlierThanLast"
    world.act(change(RESTORE, later), "cnca")


def test_the_past_stays_as_it_was_known(world, grant, change, status):
    world.act(grant(), "cnca")
    granted = world.now
    world.wait_until(granted + 1000)
    world.act(change(SUSPEND), "cnca")
    suspended = world.now
    world.wait_until(suspended + 1000)
    world.act(change(RESTORE), "cnca")
    restored = world.now
    answers = {
        (granted - 1, restored): NOT_YET_VALID,
        (granted, granted - 1): NONE,
        (granted, restored): ACTIVE,
        (suspended - 1, restored): ACTIVE,
        (suspended, restored): SUSPENDED,
        (restored - 1, restored): SUSPENDED,
        (restored, restored): ACTIVE,
        (restored, suspended): SUSPENDED,
        (restored, suspended - 1): ACTIVE,
    }
    assert {times: status(*times) for times in answers} == answers


def test_competence_needs_the_role_and_all_three_kinds(world, registry, change):
    def competent(institution="body", category=STEEL, valid_at=None, known_at=None):
        times = [world.now if time is None else time for time in (valid_at, known_at)]
        return world.ask(registry.competentAt(world.ids[institution], 1, world.name(category), *times))

    assert competent()
    assert not competent(category=OTHER)
    assert not competent(institution="rival")
    world.qualify("maker")
    assert not competent(institution="maker"), "an enterprise certifies nothing, whatever it is qualified for"
    for kind, authority in ((1, "cnca"), (2, "cnas"), (3, "samr")):
        before = world.now
        world.act(change(SUSPEND, kind=kind, category=STEEL), authority)
        suspended = world.now
        assert not competent()
        assert competent(valid_at=before)
        assert competent(valid_at=suspended, known_at=suspended - 1), "nobody knew of the suspension then"
        world.act(change(RESTORE, kind=kind, category=STEEL), authority)
        assert competent()
        assert not competent(valid_at=suspended)
    world.act(change(WITHDRAW, kind=2, category=STEEL), "cnas")
    assert not competent()


def test_competence_begins_with_the_registration(world, registry):
    span = world.ask(registry.institution(world.ids["body"]))[4]
    name = world.name(STEEL)
    assert not world.ask(registry.competentAt(world.ids["body"], 1, name, span - 1, world.now))
    assert not world.ask(registry.competentAt(world.ids["body"], 1, name, world.now, span - 1))


def test_document_types(world, registry):
    assert world.ask(registry.requiredKinds(1)) == 0b1110
    for unknown in (0, 2, 255):
        assert world.refusal(registry.requiredKinds(unknown), "ann") == ("UnknownDocumentType", (unknown,))
        ask = registry.competentAt(world.ids["body"], unknown, world.name(STEEL), world.now, world.now)
        assert world.refusal(ask, "ann") == ("UnknownDocumentType", (unknown,))


def test_nothing_is_known_of_the_future(world, registry):
    later = world.now + 10_000
    for ask in (
        registry.competentAt(world.ids["body"], 1, world.name(STEEL), 0, later),
        registry.qualificationAt(world.ids["body"], 1, world.name(STEEL), 0, later),
    ):
        error, (known_at, _) = world.refusal(ask, "stranger")
        assert (error, known_at) == ("NotYetKnown", later)
