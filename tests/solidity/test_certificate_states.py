"""The state machine of certificates, pair by pair, and the status at a time as known at a time."""

import pytest

NONE, NOT_YET_VALID, VALID, SUSPENDED, WITHDRAWN, CANCELLED, SUPERSEDED, TRANSFERRED, EXPIRED = range(9)
ISSUE, SUSPEND, RESTORE, WITHDRAW, CANCEL, SUPERSEDE = range(1, 7)
ISSUER, AUTHORITY = 1, 2
REASON = b"\x0a" * 32
ACCOUNT = {ISSUER: "body", AUTHORITY: "shanghai"}
START, YEAR = 5_000, 365 * 86400

# Every state: its status, the steps that lead there from a fresh certificate, and what each step from there leads to.
HELD_BY = {"nobody": [], "issuer": [ISSUER], "authority": [AUTHORITY], "both": [ISSUER, AUTHORITY]}
ENDS = {(WITHDRAW, ISSUER): WITHDRAWN, (WITHDRAW, AUTHORITY): WITHDRAWN, (CANCEL, ISSUER): CANCELLED}
ALLOWED = {
    ("valid", "nobody"): {
        (SUSPEND, ISSUER): SUSPENDED,
        (SUSPEND, AUTHORITY): SUSPENDED,
        (SUPERSEDE, ISSUER): SUPERSEDED,
    }
    | ENDS,
    ("valid", "issuer"): {(RESTORE, ISSUER): VALID, (SUSPEND, AUTHORITY): SUSPENDED, (SUPERSEDE, ISSUER): SUPERSEDED}
    | ENDS,
    ("valid", "authority"): {(SUSPEND, ISSUER): SUSPENDED, (RESTORE, AUTHORITY): VALID, (SUPERSEDE, ISSUER): SUPERSEDED}
    | ENDS,
    ("valid", "both"): {(RESTORE, ISSUER): SUSPENDED, (RESTORE, AUTHORITY): SUSPENDED, (SUPERSEDE, ISSUER): SUPERSEDED}
    | ENDS,
    ("early", "nobody"): {(SUSPEND, ISSUER): NOT_YET_VALID, (SUSPEND, AUTHORITY): NOT_YET_VALID} | ENDS,
    ("early", "issuer"): {(RESTORE, ISSUER): NOT_YET_VALID, (SUSPEND, AUTHORITY): NOT_YET_VALID} | ENDS,
    ("early", "authority"): {(SUSPEND, ISSUER): NOT_YET_VALID, (RESTORE, AUTHORITY): NOT_YET_VALID} | ENDS,
    ("early", "both"): {(RESTORE, ISSUER): NOT_YET_VALID, (RESTORE, AUTHORITY): NOT_YET_VALID} | ENDS,
    **{(end, held): {} for end in ("withdrawn", "cancelled", "superseded", "expired") for held in HELD_BY},
}
STATUS = {
    "early": NOT_YET_VALID,
    "withdrawn": WITHDRAWN,
    "cancelled": CANCELLED,
    "superseded": SUPERSEDED,
    "expired": EXPIRED,
}
STEPS = [(action, owner) for action in (SUSPEND, RESTORE, WITHDRAW, CANCEL) for owner in (ISSUER, AUTHORITY)]


@pytest.fixture
def registry(world):
    return world.certificate_registry.functions


@pytest.fixture
def step(world, registry):
    def call(key, action, start=0):
        if action == SUPERSEDE:
            return registry.issue(world.certificate("successor", supersedes=key))
        by_action = {
            SUSPEND: registry.suspend,
            RESTORE: registry.restore,
            WITHDRAW: registry.withdraw,
            CANCEL: registry.cancel,
        }
        return by_action[action](key, REASON, start)

    return call


@pytest.fixture
def status(world, registry):
    def ask(key, valid_at=None, known_at=None):
        times = [world.now if time is None else time for time in (valid_at, known_at)]
        return world.ask(registry.statusAt(key, *times))

    return ask


def bring_to(world, step, state, held):
    """A certificate in a state."""
    first = world.now + YEAR if state == "early" else world.now
    last = world.now + 50 if state == "expired" else first + YEAR
    key = world.issue(validFrom=first, validUntil=last)
    for owner in HELD_BY[held]:
        world.act(step(key, SUSPEND), ACCOUNT[owner])
    if state in ("withdrawn", "cancelled", "superseded"):
        action = {"withdrawn": WITHDRAW, "cancelled": CANCEL, "superseded": SUPERSEDE}[state]
        world.act(step(key, action), "body")
    if state == "expired":
        world.wait_until(last)
    return key


@pytest.mark.parametrize(("state", "held"), sorted(ALLOWED))
def test_pair_by_pair(world, step, status, state, held):
    key = bring_to(world, step, state, held)
    source = STATUS.get(state, VALID if held == "nobody" else SUSPENDED)
    assert status(key) == source
    steps = STEPS if state == "superseded" else [*STEPS, (SUPERSEDE, ISSUER)]
    for action, owner in steps:
        target = ALLOWED[state, held].get((action, owner))
        if target is None:
            expected = ("IllegalCertificateChange", (source, action, owner))
            assert world.refusal(step(key, action), ACCOUNT[owner]) == expected
        else:
            snapshot = world.tester.take_snapshot()
            world.act(step(key, action), ACCOUNT[owner])
            assert status(key) == target
            world.tester.revert_to_snapshot(snapshot)


def test_a_superseded_certificate_has_no_second_successor(world, registry):
    old = world.issue("1")
    world.issue("2", supersedes=old)
    refusal = world.refusal(registry.issue(world.certificate("3", supersedes=old)), "body")
    assert refusal == ("IllegalCertificateChange", (SUPERSEDED, SUPERSEDE, ISSUER))


def test_the_dates_of_a_certificate(world, status):
    first, last = world.now + 1000, world.now + 2000
    key = world.issue(validFrom=first, validUntil=last)
    issued = world.now
    expected = {
        0: NOT_YET_VALID,
        issued: NOT_YET_VALID,
        first - 1: NOT_YET_VALID,
        first: VALID,
        last - 1: VALID,
        last: EXPIRED,
    }
    assert {time: status(key, time) for time in expected} == expected


def test_nothing_holds_before_it_was_issued(world, status):
    """The period may begin before the issue, at midnight of its day; the certificate is in force from the issue on."""
    key = world.issue(validFrom=world.now - 10_000, validUntil=world.now + 10_000)
    issued = world.now
    world.wait_until(issued + 100)
    assert status(key, issued, issued - 1) == NONE, "nobody knew of it"
    assert status(key, issued + 50, issued - 1) == NONE
    assert status(key, issued - 1) == NOT_YET_VALID
    assert status(key, issued) == VALID


def test_a_certificate_may_be_issued_for_a_period_that_is_over(world, status):
    key = world.issue(validFrom=world.now - 10_000, validUntil=world.now - 5_000)
    assert status(key) == EXPIRED
    assert status(key, world.now - 7_000) == NOT_YET_VALID, "it was never in force"


def test_the_end_of_the_dates_beats_a_hold_and_not_an_end(world, step, status):
    last = world.now + 1000
    held, withdrawn = (world.issue(serial, validUntil=last) for serial in "12")
    world.act(step(held, SUSPEND), "body")
    world.act(step(withdrawn, WITHDRAW, last - 1), "body")
    assert [status(held, time) for time in (world.now, last - 1, last)] == [SUSPENDED, SUSPENDED, EXPIRED]
    assert [status(withdrawn, time) for time in (last - 2, last - 1, last)] == [VALID, WITHDRAWN, WITHDRAWN]
    late = world.issue("3", validUntil=last)
    refusal = world.refusal(step(late, WITHDRAW, last), "body")
    assert refusal == ("IllegalCertificateChange", (EXPIRED, WITHDRAW, ISSUER))


def test_an_end_before_the_beginning(world, step, status):
    first = world.now + 1000
    key = world.issue(validFrom=first, validUntil=first + 1000)
    world.act(step(key, WITHDRAW), "body")
    assert [status(key, time) for time in (world.now - 1, world.now, first, first + 5000)] == [
        NOT_YET_VALID,
        *[WITHDRAWN] * 3,
    ]


def test_each_hold_is_lifted_by_its_owner_only(world, step, status):
    key = world.issue()
    world.act(step(key, SUSPEND), "shanghai")
    assert world.refusal(step(key, RESTORE), "body") == ("IllegalCertificateChange", (SUSPENDED, RESTORE, ISSUER))
    world.act(step(key, SUSPEND), "body")
    world.act(step(key, RESTORE), "body")
    assert status(key) == SUSPENDED
    world.act(step(key, RESTORE), "cnca")
    assert status(key) == VALID, "authorities share one hold"


def test_the_past_stays_as_it_was_known(world, step, status):
    key = world.issue()
    issued = world.now
    world.wait_until(issued + 100)
    world.act(step(key, SUSPEND), "body")
    suspended = world.now
    world.wait_until(suspended + 100)
    world.act(step(key, RESTORE), "body")
    restored = world.now
    world.wait_until(restored + 100)
    world.act(step(key, WITHDRAW), "shanghai")
    withdrawn = world.now
    answers = {
        (suspended - 1, withdrawn): VALID,
        (suspended, withdrawn): SUSPENDED,
        (restored - 1, withdrawn): SUSPENDED,
        (restored, withdrawn): VALID,
        (withdrawn - 1, withdrawn): VALID,
        (withdrawn, withdrawn): WITHDRAWN,
        (withdrawn + 10**6, withdrawn): WITHDRAWN,
        (withdrawn, withdrawn - 1): VALID,
        (restored, restored - 1): SUSPENDED,
        (suspended, suspended - 1): VALID,
        (withdrawn, issued): VALID,
    }
    assert {times: status(key, *times) for times in answers} == answers


def test_an_announced_change(world, step, status):
    key = world.issue()
    start = world.now + 1000
    world.act(step(key, SUSPEND, start), "body")
    assert [status(key, time) for time in (start - 1, start)] == [VALID, SUSPENDED]
    refusal = world.refusal(step(key, RESTORE, start - 1), "body")
    assert refusal == ("EarlierThanLast", (start - 1, start))
    world.act(step(key, RESTORE, start + 1000), "body")
    assert [status(key, time) for time in (start, start + 999, start + 1000)] == [SUSPENDED, SUSPENDED, VALID]


def test_an_announcement_keeps_nobody_else_out(world, step, status):
    """Were one order common to both owners, an issuer could bar the authority by announcing something for later."""
    key = world.issue()
    distant = world.now + YEAR
    world.act(step(key, WITHDRAW, distant), "body")
    world.act(step(key, SUSPEND), "shanghai")
    assert [status(key), status(key, distant)] == [SUSPENDED, WITHDRAWN]
    world.act(step(key, SUSPEND), "body")
    world.act(step(key, RESTORE), "shanghai")
    assert status(key) == SUSPENDED
    world.act(step(key, WITHDRAW), "shanghai")
    assert status(key) == WITHDRAWN


@pytest.mark.parametrize(("one", "other"), [("body", "shanghai"), ("shanghai", "body")])
def test_each_owner_keeps_its_own_order(world, step, one, other):
    key = world.issue()
    distant = world.now + 1000
    world.act(step(key, SUSPEND, distant), one)
    world.act(step(key, SUSPEND), other)
    assert world.refusal(step(key, RESTORE), one)[0] == "EarlierThanLast"
    world.act(step(key, RESTORE), other)
    world.act(step(key, SUSPEND, distant + 5), other)
    assert world.refusal(step(key, RESTORE, distant + 4), other) == ("EarlierThanLast", (distant + 4, distant + 5))


def test_an_end_may_come_before_an_announced_suspension(world, step, status):
    key = world.issue()
    distant = world.now + 1000
    world.act(step(key, SUSPEND, distant), "body")
    world.act(step(key, CANCEL), "body")
    assert [status(key), status(key, distant)] == [CANCELLED, CANCELLED]


def test_of_two_ends_the_first_in_effect_counts(world, step, status):
    key = world.issue()
    announced = world.now + 1000
    world.act(step(key, CANCEL, announced), "body")
    before = world.now
    refusal = world.refusal(step(key, WITHDRAW, announced), "shanghai")
    assert refusal == ("IllegalCertificateChange", (CANCELLED, WITHDRAW, AUTHORITY))
    world.act(step(key, WITHDRAW, announced - 500), "shanghai")
    after = world.now
    assert [status(key, time, after) for time in (announced - 501, announced - 500, announced)] == [
        VALID,
        WITHDRAWN,
        WITHDRAWN,
    ]
    assert [status(key, time, before) for time in (announced - 500, announced)] == [VALID, CANCELLED]
