"""The Directory: who may register what, and what stood where when."""

import hashlib

import pytest


@pytest.fixture
def fresh(world):
    """A directory of its own, and two contracts to put into it."""
    return (
        world.deploy("Directory", world.accounts["installer"]),
        world.deploy("FormHarness"),
        world.deploy("FormHarness"),
    )


def test_a_registered_contract_is_the_current_one(world, fresh):
    directory, target, _ = fresh
    name = world.name("RecordLog")
    assert int(world.ask(directory.functions.current(name)), 16) == 0
    receipt = world.act(directory.functions.register(name, target.address), "installer")
    code_hash = hashlib.sha256(world.web3.eth.get_code(target.address)).digest()
    assert world.ask(directory.functions.current(name)) == target.address
    assert world.ask(directory.functions.entries(name)) == [(target.address, code_hash, receipt["blockNumber"])]
    assert world.events(receipt, directory) == [
        (
            "Registered",
            {"name": name, "target": target.address, "codeHash": code_hash, "fromBlock": receipt["blockNumber"]},
        )
    ]


def test_what_stood_where_when(world, fresh):
    directory, target, _ = fresh
    name = world.name("RecordLog")
    block = world.act(directory.functions.register(name, target.address), "installer")["blockNumber"]
    world.act(directory.functions.register(world.name("Other"), target.address), "installer")
    assert int(world.ask(directory.functions.at(name, block - 1)), 16) == 0
    assert world.ask(directory.functions.at(name, block)) == target.address
    assert world.ask(directory.functions.at(name, block + 1)) == target.address
    error, (asked, head) = world.refusal(directory.functions.at(name, block + 1000), "stranger")
    assert (error, asked) == ("FutureBlock", block + 1000)
    assert head < asked


def test_refusals(world, fresh):
    directory, target, other = fresh
    register = directory.functions.register
    name = world.name("RecordLog")
    stranger = world.accounts["stranger"]
    assert world.refusal(register(name, target.address), "stranger") == ("NotInstaller", (stranger,))
    assert world.refusal(directory.functions.seal(), "stranger") == ("NotInstaller", (stranger,))
    assert world.refusal(register(name, stranger), "installer") == ("NoCode", (stranger,))
    assert world.refusal(register(bytes(32), target.address), "installer") == ("BadName", (bytes(32),))
    assert world.refusal(register(world.name("a b"), target.address), "installer")[0] == "BadName"
    world.act(register(name, target.address), "installer")
    for again in (target, other):
        assert world.refusal(register(name, again.address), "installer") == (
            "AlreadyRegistered",
            (name, target.address),
        )


def test_the_seal_ends_the_installation_for_good(world, fresh):
    directory, target, _ = fresh
    assert world.ask(directory.functions.isSealed()) is False
    assert world.ask(directory.functions.installer()) == world.accounts["installer"]
    receipt = world.act(directory.functions.seal(), "installer")
    assert world.events(receipt, directory) == [("Sealed", {"fromBlock": receipt["blockNumber"]})]
    assert world.ask(directory.functions.isSealed()) is True
    register = directory.functions.register(world.name("RecordLog"), target.address)
    assert world.refusal(register, "installer") == ("AlreadySealed", ())
    assert world.refusal(directory.functions.seal(), "installer") == ("AlreadySealed", ())


def test_all_contracts_know_their_directory(world):
    for name, contract in world.contracts.items():
        if name != "Directory":
            assert world.ask(contract.functions.directory()) == world.directory.address
            assert world.ask(world.directory.functions.current(world.name(name))) == contract.address
