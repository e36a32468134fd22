"""A contract writes only while it stands in the Directory: every function that writes, found in the interfaces."""

import pytest

import contracts

WRITERS = [
    (name, entry["name"])
    for name in contracts.DEPLOYABLE
    if name not in ("Directory", "Consortium")
    for entry in contracts.load(name).abi
    if entry["type"] == "function" and entry["stateMutability"] == "nonpayable"
]


def blank(parameter):
    """Zeros of a type."""
    kind = parameter["type"]
    if kind.endswith("[]"):
        return []
    if kind == "tuple":
        return tuple(blank(component) for component in parameter["components"])
    if kind == "address":
        return "0x" + "00" * 20
    return {"string": "", "bytes": b"", "bytes32": bytes(32)}.get(kind, 0)


@pytest.fixture(scope="module")
def aside(deployment):
    """The contracts once more, with the same directory, but not standing in it."""
    return {name: deployment.deploy(name, deployment.directory.address) for name, _ in WRITERS}


def test_nothing_is_missing_from_the_list():
    assert len(WRITERS) == 18
    payable = [
        (name, entry.get("name"))
        for name in contracts.names()
        for entry in contracts.load(name).abi
        if entry.get("stateMutability") == "payable" or entry["type"] in ("fallback", "receive")
    ]
    assert payable == []
    no_writer = [entry for entry in contracts.load("Consortium").abi if entry.get("stateMutability") == "nonpayable"]
    assert [entry["type"] for entry in no_writer] == ["constructor"]


@pytest.mark.parametrize(("name", "function"), WRITERS)
def test_who_does_not_stand_in_the_directory_writes_nothing(deployment, aside, name, function):
    entry = next(one for one in contracts.load(name).abi if one.get("name") == function and one["type"] == "function")
    call = aside[name].functions[function](*(blank(parameter) for parameter in entry["inputs"]))
    assert deployment.refusal(call, "body") == ("NotCurrent", (deployment.name(name),))


def test_a_missing_neighbour_is_named(deployment):
    directory = deployment.deploy("Directory", deployment.accounts["installer"])
    log = deployment.deploy("RecordLog", directory.address)
    register = directory.functions.register(deployment.name("RecordLog"), log.address)
    deployment.act(register, "installer")
    call = log.functions.append(bytes(32), 0, 1, bytes(32), [])
    assert deployment.refusal(call, "body") == ("NotListed", (deployment.name("InstitutionRegistry"),))
