"""Past answers never change, and every answer is what the history adds up to.

Histories are drawn at random. After each step every question asked before is asked again, and the answers of the
contracts are compared with a reading of the published history by other means: the slowest and most obvious one.
"""

import random

import pytest

NONE, NOT_YET_VALID, VALID, SUSPENDED, WITHDRAWN, CANCELLED, SUPERSEDED, _, EXPIRED = range(9)
ENDS = {4: WITHDRAWN, 5: CANCELLED, 6: SUPERSEDED}
STEEL = "steel-bf-bof"
SEEDS = range(3)
ASKED_AGAIN = 25


def certificate_status(certificate, history, valid_at, known_at):
    """The status of a certificate from its dates and history, second by second in words of the design."""
    known = [change for change in history if change[4] <= known_at]
    if not known:
        return NONE
    in_effect = [change for change in known[1:] if change[3] <= valid_at]
    ends = [change for change in in_effect if change[0] in ENDS]
    if ends:
        return ENDS[min(ends, key=lambda change: change[3])[0]]
    first, last, issued = certificate[9], certificate[10], certificate[12]
    if valid_at < max(first, issued):
        return NOT_YET_VALID
    if valid_at >= last:
        return EXPIRED
    for owner in (1, 2):
        own = [change[0] for change in in_effect if change[1] == owner]
        if own and own[-1] == 2:
            return SUSPENDED
    return VALID


def qualification_status(history, valid_at, known_at):
    """The status of a qualification from its history, read from its beginning."""
    known = [entry for entry in history if entry[2] <= known_at]
    status, held, until = 0, False, 0
    for action, start, _, end, *_ in known:
        if start > valid_at:
            continue
        if action == 1:
            held = held and status == 1
            status, until = 1, end
        elif action in (4, 5):
            status = action - 1
        else:
            held = action == 2
    if status == 0:
        return 6 if known else 0
    if status != 1:
        return status
    if until and valid_at >= until:
        return 5
    return 2 if held else 1


class Memory:
    """Questions and their answers so far."""

    def __init__(self, world, draw):
        self.world, self.draw, self.answers = world, draw, {}

    def moments(self, beginning):
        """Some times around what happened."""
        return [self.draw.randrange(beginning - 50, self.world.now + 500) for _ in range(2)]

    def ask_again(self, call):
        """Earlier questions have their earlier answers: as many as drawn, for all would take minutes."""
        for question in self.draw.sample(sorted(self.answers), min(ASKED_AGAIN, len(self.answers))):
            answer = self.answers[question]
            assert call(*question) == answer, f"the answer about {question} changed"

    def ask(self, call, beginning, model):
        """New questions, answered as the model answers them."""
        for valid_at in [*self.moments(beginning), self.world.now]:
            for known_at in (self.draw.randrange(beginning - 5, self.world.now + 1), self.world.now):
                answer = call(valid_at, known_at)
                assert answer == model(valid_at, known_at)
                self.answers[valid_at, known_at] = answer


def try_a_step(world, steps, draw):
    """One drawn step, which the contract may refuse; then some time passes."""
    function, by = draw.choice(steps)
    world.accepts(function(draw.choice([0, 0, 0, world.now + draw.randrange(2, 400)])), by)
    if draw.random() < 0.5:
        world.wait_until(world.now + draw.randrange(1, 150))


@pytest.mark.parametrize("seed", SEEDS)
def test_certificates(world, seed):
    draw = random.Random(seed)
    registry = world.certificate_registry.functions
    first = world.now + draw.choice([-100, 300])
    key = world.issue(validFrom=first, validUntil=first + draw.choice([600, 5000]))
    beginning, reason = world.now, b"\1" * 32

    def change(call):
        return lambda start: call(key, reason, start)

    def supersede(start):
        return registry.issue(world.certificate("2", supersedes=key))

    steps = [(supersede, "body"), (change(registry.cancel), "body")]
    for call in (registry.suspend, registry.restore, registry.suspend, registry.restore, registry.withdraw):
        steps += [(change(call), "body"), (change(call), "shanghai")]
    memory = Memory(world, draw)

    def status(valid_at, known_at):
        return world.ask(registry.statusAt(key, valid_at, known_at))

    for _ in range(14):
        try_a_step(world, steps, draw)
        memory.ask_again(status)
        certificate, history = world.ask(registry.certificate(key)), world.ask(registry.history(key))
        memory.ask(status, beginning, lambda *times, c=certificate, h=history: certificate_status(c, h, *times))
    assert len(set(memory.answers.values())) > 2


@pytest.mark.parametrize("seed", SEEDS)
def test_qualifications(world, seed):
    draw = random.Random(seed)
    registry = world.institution_registry.functions
    place = (world.ids["body"], 1, world.name("cement"))
    beginning = world.now

    def grant(start):
        until = draw.choice([0, max(start, world.now) + draw.randrange(100, 900)])
        return registry.grant(*place, b"\1" * 32, start, until)

    def change(action):
        return lambda start: registry.changeQualification(*place, action, start)

    steps = [(grant, "cnca")] * 3 + [(change(action), "cnca") for action in (2, 2, 3, 3, 4, 5)]
    memory = Memory(world, draw)

    def status(valid_at, known_at):
        return world.ask(registry.qualificationAt(*place, valid_at, known_at))

    world.act(grant(0), "cnca")
    for _ in range(14):
        try_a_step(world, steps, draw)
        memory.ask_again(status)
        history = world.ask(registry.qualificationHistory(*place))
        memory.ask(status, beginning, lambda *times, h=history: qualification_status(h, *times))
    assert len(set(memory.answers.values())) > 2


@pytest.mark.parametrize("seed", SEEDS)
def test_recognition_is_never_better_than_the_certificate(world, seed):
    draw = random.Random(seed)
    certificates, registry = world.certificate_registry.functions, world.recognition_registry.functions
    key, reason = world.issue(validUntil=world.now + 3000), b"\1" * 32
    place = (world.name("CN-ZJ"), world.name("procurement"))
    decisions: list[bytes] = []

    def change(call):
        return lambda start: call(key, reason, start)

    def propose(start):
        number = len(decisions) + 1
        outcome = draw.choice([1, 1, 2, 4])
        until = draw.choice([0, world.now + draw.randrange(50, 600)])
        decisions.append(world.digest("tanju/recognition/1", key, *place, bytes([number]) * 32))
        return registry.propose(
            (key, *place, world.ids["platform"], 4, outcome, bytes([number]) * 32, until, [world.name("FACTOR_YEAR")])
        )

    def confirm(start):
        return registry.confirm(draw.choice(decisions or [bytes(32)]))

    def withdraw(start):
        return registry.withdrawDecision(draw.choice(decisions or [bytes(32)]), reason)

    steps = [(propose, "ann"), (confirm, "bob"), (confirm, "bob"), (withdraw, "ann"), (withdraw, "cat")]
    for call in (certificates.suspend, certificates.restore):
        steps += [(change(call), "body"), (change(call), "shanghai")]
    memory, beginning = Memory(world, draw), world.now

    def effective(valid_at, known_at):
        return world.ask(registry.effective(key, *place, valid_at, known_at))[0]

    def is_sound(valid_at, known_at):
        """The answer, if the certificate allows it."""
        answer = effective(valid_at, known_at)
        status = world.ask(certificates.statusAt(key, valid_at, known_at))
        allowed = {VALID: {0, 1, 2, 4, 6, 7}, SUSPENDED: {0, 4, 5, 6, 7}}
        assert answer in allowed.get(status, {0, 4, 6, 7})
        return answer

    world.act(propose(0), "ann")
    world.act(confirm(0), "bob")
    for _ in range(14):
        try_a_step(world, steps, draw)
        memory.ask_again(effective)
        memory.ask(effective, beginning, is_sound)
    assert len(set(memory.answers.values())) > 1


def test_keys_and_dids(world):
    draw = random.Random(1)
    registry = world.institution_registry.functions
    body, multikey = world.ids["body"], b"z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
    digest = world.digest(multikey)
    dids = [world.digest("did:web:", "body"), *(bytes([number]) * 32 for number in range(1, 6))]
    world.act(registry.addKey(body, multikey, 1, 1, world.now + 100, world.now + 3000), "body")
    beginning = world.now
    memory = Memory(world, draw)

    def answers(valid_at, known_at):
        key = world.ask(registry.keyValidAt(body, digest, 1, valid_at, known_at))
        return key, *(world.ask(registry.institutionOfDid(did, valid_at, known_at)) == body for did in dids)

    for number in range(1, 6):
        if number < 4:
            world.act(registry.revokeKey(body, digest, 1, beginning + 3000 // number), "body")
        world.act(registry.changeDid(body, dids[number]), "body")
        world.wait_until(world.now + draw.randrange(1, 200))
        memory.ask_again(answers)
        memory.ask(answers, beginning, answers)
        now = world.now
        assert [world.ask(registry.institutionOfDid(did, now, now)) == body for did in dids].count(True) == 1
