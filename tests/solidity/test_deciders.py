"""Deciders: whom an institution may name."""

import pytest

ZERO = "0x" + "00" * 20


@pytest.fixture
def registry(world):
    return world.institution_registry.functions


def test_a_decider_is_named_and_removed(world, registry):
    platform, dan = world.ids["platform"], world.accounts["dan"]
    assert not world.ask(registry.isDecider(platform, dan))
    receipt = world.act(registry.addDecider(platform, dan), "platform")
    assert world.events(receipt, world.institution_registry) == [("DeciderAdded", {"id": platform, "account": dan})]
    assert world.ask(registry.isDecider(platform, dan))
    assert world.ask(registry.deciding(platform, dan)) == [True, world.name("CN-ZJ"), 1 << 6]
    assert world.refusal(registry.addDecider(platform, dan), "platform") == ("AlreadyDecider", (platform, dan))
    receipt = world.act(registry.removeDecider(platform, dan), "platform")
    assert world.events(receipt, world.institution_registry) == [("DeciderRemoved", {"id": platform, "account": dan})]
    assert world.ask(registry.deciding(platform, dan)) == [False, world.name("CN-ZJ"), 1 << 6]
    assert world.refusal(registry.removeDecider(platform, dan), "platform") == ("UnknownDecider", (platform, dan))


def test_a_decider_of_one_institution_is_not_one_of_another(world, registry):
    ann = world.accounts["ann"]
    assert world.ask(registry.isDecider(world.ids["platform"], ann))
    assert not world.ask(registry.isDecider(world.ids["body"], ann))
    world.act(registry.addDecider(world.ids["body"], ann), "body")
    world.act(registry.removeDecider(world.ids["platform"], ann), "platform")
    assert world.ask(registry.isDecider(world.ids["body"], ann))


@pytest.mark.parametrize("account", ["platform", "body", "maker", "zhejiang", "cnca", None])
def test_institutions_and_authorities_do_not_decide(world, registry, account):
    address = world.accounts[account] if account else ZERO
    call = registry.addDecider(world.ids["platform"], address)
    assert world.refusal(call, "platform") == ("AccountUnavailable", (address,))


def test_only_the_institution_names_and_removes(world, registry):
    platform, dan, ann = world.ids["platform"], world.accounts["dan"], world.accounts["ann"]
    for caller in ("zhejiang", "cnca", "body", "ann", "dan", "stranger"):
        expected = ("NotInstitution", (world.accounts[caller], platform))
        assert world.refusal(registry.addDecider(platform, dan), caller) == expected
        assert world.refusal(registry.removeDecider(platform, ann), caller) == expected


def test_an_account_is_free_again_when_it_decides_nowhere(world, registry):
    registration = world.institution("maker", scheme="uscc", code=world.uscc("91310000631696ABC"))
    registration |= {"account": world.accounts["ann"], "didDigest": b"\5" * 32}
    register = registry.register(registration)
    assert world.refusal(register, "cnca") == ("AccountUnavailable", (world.accounts["ann"],))
    world.act(registry.addDecider(world.ids["body"], world.accounts["ann"]), "body")
    world.act(registry.removeDecider(world.ids["platform"], world.accounts["ann"]), "platform")
    assert world.refusal(register, "cnca") == ("AccountUnavailable", (world.accounts["ann"],))
    world.act(registry.removeDecider(world.ids["body"], world.accounts["ann"]), "body")
    world.act(register, "cnca")
