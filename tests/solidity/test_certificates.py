"""Certificates: issuing, what is kept of it, numbers, succession, and who may change a status."""

import pytest

NONE, NOT_YET_VALID, VALID, SUSPENDED, WITHDRAWN, CANCELLED, SUPERSEDED, TRANSFERRED, EXPIRED = range(9)
ISSUE, SUSPEND, RESTORE, WITHDRAW, CANCEL, SUPERSEDE = range(1, 7)
ISSUER, AUTHORITY = 1, 2
REASON = b"\x0a" * 32


@pytest.fixture
def registry(world):
    return world.certificate_registry.functions


def test_what_is_kept_of_a_certificate(world, registry):
    issued = world.certificate()
    key = world.digest("tanju/certificate/1", issued["issuer"], issued["recordId"])
    assert world.ask(registry.issue(issued), "body") == key
    receipt = world.act(registry.issue(issued), "body")
    assert world.ask(registry.keyOf(issued["issuer"], issued["recordId"])) == key
    assert world.ask(registry.keyOfNumber(issued["issuer"], issued["numberDigest"])) == key
    expected = {**issued, "capacityId": key, "issuedAt": world.now, "supersededBy": bytes(32)}
    assert world.ask(registry.certificate(key)) == tuple(expected.values())
    entry = (ISSUE, ISSUER, world.accounts["body"], world.now, world.now, issued["recordId"])
    assert world.ask(registry.history(key)) == [entry]
    assert world.ask(registry.historyLength(key)) == 1
    assert world.events(receipt, world.certificate_registry) == [
        (
            "Issued",
            {
                "key": key,
                "issuer": issued["issuer"],
                "recordId": issued["recordId"],
                "numberDigest": issued["numberDigest"],
                "capacityId": key,
                "supersedes": bytes(32),
            },
        ),
        (
            "StatusChanged",
            {
                "key": key,
                "action": ISSUE,
                "owner": ISSUER,
                "effectiveFrom": world.now,
                "reason": issued["recordId"],
            },
        ),
    ]


def test_every_field_at_its_limits(world, registry):
    category = "a-category-of-26-letters-x"
    assert len(category) == 26
    world.qualify("body", category)
    issued = world.certificate(category=world.name(category), origin=world.name("CN"), validUntil=2**40 - 1)
    issued |= {"capacityId": b"\xff" * 32, "pcrId": bytes(32), "validFrom": 0}
    world.act(registry.issue(issued), "body")
    key = world.digest("tanju/certificate/1", issued["issuer"], issued["recordId"])
    found = dict(zip([*issued, "issuedAt", "supersededBy"], world.ask(registry.certificate(key)), strict=True))
    assert {name: found[name] for name in issued} == issued


def test_what_is_not_there(world, registry):
    nothing = b"\1" * 32
    assert not any(
        int(value, 16) if isinstance(value, str) else any(value) if isinstance(value, bytes) else value
        for value in world.ask(registry.certificate(nothing))
    )
    assert world.ask(registry.history(nothing)) == []
    assert world.ask(registry.historyLength(nothing)) == 0
    assert world.ask(registry.keyOfNumber(world.ids["body"], nothing)) == bytes(32)
    assert world.ask(registry.statusAt(nothing, world.now, world.now)) == NONE
    for call in (registry.suspend, registry.restore, registry.withdraw, registry.cancel):
        assert world.refusal(call(nothing, REASON, 0), "body") == ("UnknownCertificate", (nothing,))


def test_only_the_issuer_issues(world, registry):
    issued = world.certificate()
    for caller in set(world.accounts) - {"body"}:
        assert world.refusal(registry.issue(issued), caller) == (
            "NotIssuer",
            (world.accounts[caller], world.ids["body"]),
        )
    assert world.refusal(registry.issue({**issued, "issuer": b"\1" * 32}), "body")[0] == "NotIssuer"


def test_only_the_competent_issue(world, registry):
    refusal = world.refusal(registry.issue(world.certificate(category=world.name("cement"))), "body")
    assert refusal == ("NotCompetent", (world.ids["body"], 1, world.name("cement")))
    rival = world.certificate(issuer=world.ids["rival"], origin=world.name("CN-ZJ"))
    assert world.refusal(registry.issue(rival), "rival")[0] == "NotCompetent"
    assert world.refusal(registry.issue(world.certificate(documentType=2)), "body") == ("UnknownDocumentType", (2,))
    steel = world.name("steel-bf-bof")
    change = world.institution_registry.functions.changeQualification(world.ids["body"], 2, steel, SUSPEND, 0)
    world.act(change, "cnas")
    assert world.refusal(registry.issue(world.certificate()), "body")[0] == "NotCompetent"


def test_a_record_is_issued_once(world, registry):
    key = world.issue("1")
    assert world.refusal(registry.issue(world.certificate("1")), "body") == ("AlreadyIssued", (key,))
    again = world.certificate("1", numberDigest=world.digest("another number"))
    assert world.refusal(registry.issue(again), "body") == ("AlreadyIssued", (key,))
    world.act(registry.withdraw(key, REASON, 0), "body")
    assert world.refusal(registry.issue(again), "body") == ("AlreadyIssued", (key,))


def test_a_number_is_used_once_by_an_issuer(world, registry):
    key = world.issue("1")
    number = world.digest("number ", "1")
    second = world.certificate("2", numberDigest=number)
    assert world.refusal(registry.issue(second), "body") == ("NumberTaken", (world.ids["body"], number, key))
    world.qualify("rival")
    other = world.certificate("2", numberDigest=number, issuer=world.ids["rival"], origin=world.name("CN-ZJ"))
    world.act(registry.issue(other), "rival")


def test_refused_values(world, registry):
    for field in ("recordId", "numberDigest", "holderCommitment"):
        refusal = world.refusal(registry.issue(world.certificate(**{field: bytes(32)})), "body")
        assert refusal == ("MissingDigest", ())
    time = world.now
    for start, end in ((time, time), (time + 1, time)):
        refusal = world.refusal(registry.issue(world.certificate(validFrom=start, validUntil=end)), "body")
        assert refusal == ("EmptyPeriod", (start, end))
    refusal = world.refusal(registry.issue(world.certificate(validUntil=2**40)), "body")
    assert refusal == ("TimeTooLarge", (2**40,))


@pytest.mark.parametrize("origin", ["CN-ZJ", "JP", "", "CN-S"])
def test_the_origin_is_the_issuers(world, registry, origin):
    name = world.name(origin)
    refusal = world.refusal(registry.issue(world.certificate(origin=name)), "body")
    assert refusal == ("ForeignOrigin", (name, world.name("CN-SH")))


@pytest.mark.parametrize(
    ("origin", "entitled"),
    [("CN-SH", {"shanghai", "cnca", "cnas", "samr"}), ("CN", {"cnca", "cnas", "samr"})],
)
def test_who_may_change_a_status(world, registry, origin, entitled):
    key = world.issue(origin=world.name(origin))
    for caller in world.accounts:
        for call in (registry.suspend(key, REASON, 0), registry.withdraw(key, REASON, 0)):
            if caller in entitled | {"body"}:
                world.ask(call, caller)
            else:
                assert world.refusal(call, caller) == ("NotEntitled", (world.accounts[caller], key))
        if caller in entitled:
            refusal = world.refusal(registry.cancel(key, REASON, 0), caller)
            assert refusal == ("IllegalCertificateChange", (VALID, CANCEL, AUTHORITY))
    world.ask(registry.cancel(key, REASON, 0), "body")


def test_a_stranger_whose_account_ends_like_the_issuers_is_a_stranger(world, registry):
    """The registry keeps the last byte of the issuing account, only to ask the likelier question first."""
    body = world.accounts["body"]
    alike = body[:2] + ("0" if body[2] != "0" else "1") + body[3:].lower()
    world.accounts["alike"] = world.web3.to_checksum_address(alike)
    ether = {"from": world.accounts["stranger"], "to": world.accounts["alike"], "value": 10**18}
    world.web3.eth.send_transaction(ether)
    try:
        for key in (world.issue("1"), world.issue("2", origin=world.name("CN"))):
            assert world.refusal(registry.suspend(key, REASON, 0), "alike")[0] == "NotEntitled"
    finally:
        del world.accounts["alike"]


def test_each_change_is_kept_and_told(world, registry):
    key = world.issue()
    body, shanghai = world.accounts["body"], world.accounts["shanghai"]
    reasons = [bytes([number]) * 32 for number in range(1, 5)]
    later = world.now + 1000
    steps = [
        (registry.suspend(key, reasons[0], 0), "body", SUSPEND, ISSUER, None),
        (registry.suspend(key, reasons[1], later), "shanghai", SUSPEND, AUTHORITY, later),
        (registry.restore(key, reasons[2], 0), "body", RESTORE, ISSUER, None),
        (registry.withdraw(key, reasons[3], later + 5), "shanghai", WITHDRAW, AUTHORITY, later + 5),
    ]
    for position, (call, by, action, owner, start) in enumerate(steps, start=1):
        receipt = world.act(call, by)
        start = start or world.now
        reason = reasons[position - 1]
        account = body if by == "body" else shanghai
        assert world.ask(registry.history(key))[position] == (action, owner, account, start, world.now, reason)
        told = {"key": key, "action": action, "owner": owner, "effectiveFrom": start, "reason": reason}
        assert world.events(receipt, world.certificate_registry) == [("StatusChanged", told)]
    assert world.ask(registry.historyLength(key)) == len(world.ask(registry.history(key))) == 5


def test_a_change_has_a_reason_and_is_not_back_dated(world, registry):
    key = world.issue()
    for call in (registry.suspend, registry.withdraw, registry.cancel, registry.restore):
        assert world.refusal(call(key, bytes(32), 0), "body") == ("MissingDigest", ())
        early = world.now - 1
        error, (start, _) = world.refusal(call(key, REASON, early), "body")
        assert (error, start) == ("BackDated", early)
        assert world.refusal(call(key, REASON, 2**40), "body") == ("TimeTooLarge", (2**40,))


def test_a_successor(world, registry):
    old = world.issue("1")
    new = world.issue("2", supersedes=old)
    issued = world.now
    newest = world.issue("3", supersedes=new)
    first, second, third = (world.ask(registry.certificate(key)) for key in (old, new, newest))
    assert [found[8] for found in (first, second, third)] == [old, old, old], "one capacity for all"
    assert [found[11] for found in (first, second, third)] == [bytes(32), old, new]
    assert [found[13] for found in (first, second, third)] == [new, newest, bytes(32)]
    body = world.accounts["body"]
    assert world.ask(registry.history(old))[1] == (SUPERSEDE, ISSUER, body, issued, issued, new)
    assert world.ask(registry.statusAt(old, issued, issued)) == SUPERSEDED
    assert world.ask(registry.statusAt(old, issued - 1, issued)) == VALID
    assert world.ask(registry.statusAt(new, issued, issued)) == VALID


def test_succession_is_told(world, registry):
    old = world.issue("1", capacityId=b"\xcc" * 32)
    receipt = world.act(registry.issue(world.certificate("2", supersedes=old)), "body")
    new = world.digest("tanju/certificate/1", world.ids["body"], world.digest("record ", "2"))
    told = world.events(receipt, world.certificate_registry)
    assert [(name, values["key"], values.get("action")) for name, values in told] == [
        ("StatusChanged", old, SUPERSEDE),
        ("Issued", new, None),
        ("StatusChanged", new, ISSUE),
    ]
    assert told[1][1]["capacityId"] == b"\xcc" * 32
    assert told[1][1]["supersedes"] == old


def test_refused_successions(world, registry):
    old = world.issue("1")
    world.qualify("rival")
    foreign = world.certificate("2", issuer=world.ids["rival"], origin=world.name("CN-ZJ"), supersedes=old)
    assert world.refusal(registry.issue(foreign), "rival") == ("NotOwnCertificate", (old,))
    nothing = b"\1" * 32
    refusal = world.refusal(registry.issue(world.certificate("2", supersedes=nothing)), "body")
    assert refusal == ("UnknownCertificate", (nothing,))
    itself = world.digest("tanju/certificate/1", world.ids["body"], world.digest("record ", "2"))
    refusal = world.refusal(registry.issue(world.certificate("2", supersedes=itself)), "body")
    assert refusal == ("UnknownCertificate", (itself,))
    refusal = world.refusal(registry.issue(world.certificate("2", supersedes=old, capacityId=nothing)), "body")
    assert refusal == ("CapacityMismatch", (nothing, old))
    world.ask(registry.issue(world.certificate("2", supersedes=old, capacityId=old)), "body")


def test_nothing_is_known_of_the_future(world, registry):
    later = world.now + 10_000
    error, (known_at, _) = world.refusal(registry.statusAt(world.issue(), 0, later), "ann")
    assert (error, known_at) == ("NotYetKnown", later)
