"""The committed artifacts: what the loader gives, and that they belong to the sources beside them."""

import hashlib
import json
from dataclasses import FrozenInstanceError

import pytest

import contracts

MAX_CODE_BYTES = 24_576


def test_the_deployable_contracts_have_code_and_the_interfaces_have_none():
    with_code = {name for name in contracts.names() if contracts.load(name).bytecode}
    assert with_code == set(contracts.DEPLOYABLE)
    assert all(name.startswith("I") for name in set(contracts.names()) - with_code)
    assert all(0 < len(contracts.load(name).deployed_bytecode) <= MAX_CODE_BYTES for name in with_code)


def test_an_artifact_is_loaded_once_and_does_not_change():
    artifact = contracts.load("RecordLog")
    assert artifact is contracts.load("RecordLog")
    assert artifact.name == "RecordLog"
    with pytest.raises(FrozenInstanceError):
        setattr(artifact, "name", "Other")  # noqa: B010 - what the type checker would refuse


@pytest.mark.parametrize("name", ["", "Nothing", "../artifacts/RecordLog", "recordlog"])
def test_an_unknown_name(name):
    with pytest.raises(contracts.UnknownContractError) as caught:
        contracts.load(name)
    assert (caught.value.code, caught.value.name) == ("UNKNOWN_CONTRACT", name)
    assert "RecordLog" in caught.value.next_step


def test_the_deployed_code_is_the_artifacts_but_for_what_the_constructor_fills_in(world):
    for name in contracts.DEPLOYABLE:
        artifact = contracts.load(name)
        code = bytearray(world.web3.eth.get_code(world.contracts[name].address))
        for start, length in artifact.immutables:
            code[start : start + length] = bytes(length)
        assert bytes(code) == artifact.deployed_bytecode


def test_the_storage_layouts_are_where_the_values_lie(world):
    """By the committed layout a reader finds a checkpoint in the storage itself, as a state proof will."""
    world.act(world.record_log.functions.append(world.ids["body"], 0, 5, b"\7" * 32, []), "body")
    layout = contracts.load("RecordLog").storage_layout
    variable = next(one for one in layout["storage"] if one["label"] == "_checkpoints")
    inner = layout["types"][layout["types"][variable["type"]]["value"]]
    checkpoint = layout["types"][layout["types"][inner["value"]]["base"]]
    places = {member["label"]: (int(member["slot"]), member["offset"]) for member in checkpoint["members"]}
    keccak = world.web3.keccak
    of_institution = keccak(world.ids["body"] + int(variable["slot"]).to_bytes(32, "big"))
    of_epoch = keccak((0).to_bytes(32, "big") + of_institution)
    first = int.from_bytes(keccak(of_epoch), "big")

    def slot(number):
        return bytes(world.web3.eth.get_storage_at(world.record_log.address, number)).rjust(32, b"\0")

    assert int.from_bytes(slot(int.from_bytes(of_epoch, "big")), "big") == 1
    assert slot(first + places["root"][0]) == b"\7" * 32
    size_slot, size_offset = places["size"]
    assert int.from_bytes(slot(first + size_slot)[::-1][size_offset : size_offset + 8], "little") == 5


def test_every_source_is_the_one_that_was_compiled(repo_root):
    """Without a compiler: the artifacts name the digest of each source they come from."""
    files = [
        *(repo_root / "contracts/artifacts").glob("*.json"),
        *(repo_root / "tests/solidity/artifacts").glob("*.json"),
    ]
    named: dict[str, str] = {}
    for file in files:
        named |= json.loads(file.read_text())["sources"]
    for path, digest in named.items():
        assert hashlib.sha256((repo_root / path).read_bytes()).hexdigest() == digest, (
            f"{path}: run `make contracts-write`"
        )
    sources = {path.relative_to(repo_root).as_posix() for path in (repo_root / "contracts").rglob("*.sol")}
    assert sources <= named.keys()


def test_no_artifact_names_this_machine(repo_root):
    for file in (repo_root / "contracts/artifacts").glob("*.json"):
        text = file.read_text()
        assert str(repo_root) not in text
        assert "astId" not in text
