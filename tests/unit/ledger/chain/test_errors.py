"""Reverts, in every form in which nodes report them, become one named error with a next step."""

import pytest
from eth_abi.abi import encode
from eth_utils.abi import collapse_if_tuple, function_abi_to_4byte_selector
from eth_utils.crypto import keccak
from web3.exceptions import ContractCustomError, ContractLogicError

import contracts
from ledger.chain.errors import NEXT_STEPS, ContractRevertError, decode_revert, revert_of

ERRORS = sorted(
    {entry["name"] for name in contracts.DEPLOYABLE for entry in contracts.load(name).abi if entry["type"] == "error"}
)
KEY = b"\1" * 32
ALREADY_ISSUED = keccak(text="AlreadyIssued(bytes32)")[:4] + KEY


def revert_bytes(name: str) -> bytes:
    for contract in contracts.DEPLOYABLE:
        for entry in contracts.load(contract).abi:
            if entry["type"] == "error" and entry["name"] == name:
                types = [collapse_if_tuple(item) for item in entry["inputs"]]
                examples = {"address": "0x" + "11" * 20, "string": "x", "bytes": b"\2", "bytes32": KEY}
                values = [examples.get(kind, 5) for kind in types]
                selector = function_abi_to_4byte_selector({**entry, "type": "function"})  # type: ignore[arg-type]
                return selector + encode(types, values)
    raise LookupError(name)


def test_every_error_has_a_next_step_and_no_other() -> None:
    assert sorted(NEXT_STEPS) == ERRORS


@pytest.mark.parametrize("name", ERRORS)
def test_every_error_is_decoded(name: str) -> None:
    error = decode_revert(revert_bytes(name))
    assert (error.name, error.next_step) == (name, NEXT_STEPS[name])
    assert error.code.startswith("CONTRACT_")
    assert error.code == error.code.upper()


@pytest.mark.parametrize(
    "raised",
    [
        ContractCustomError("0x" + ALREADY_ISSUED.hex(), data="0x" + ALREADY_ISSUED.hex()),
        ContractLogicError("execution reverted", data={"data": "0x" + ALREADY_ISSUED.hex()}),
        ContractLogicError(f"execution reverted: 0x{ALREADY_ISSUED.hex()}"),
        RuntimeError(ALREADY_ISSUED),
    ],
)
def test_every_form_of_a_revert(raised: Exception) -> None:
    error = revert_of(raised)
    assert error is not None
    assert (error.name, error.code) == ("AlreadyIssued", "CONTRACT_ALREADY_ISSUED")
    assert error.arguments == {"key": "0x" + KEY.hex()}


@pytest.mark.parametrize(
    "raised", [ContractLogicError("execution reverted"), RuntimeError("no"), RuntimeError("0x" + "11" * 20)]
)
def test_without_data_there_is_no_name(raised: Exception) -> None:
    assert revert_of(raised) is None


def test_solidity_s_own_errors() -> None:
    message = decode_revert(bytes.fromhex("08c379a0") + encode(["string"], ["out of cheese"]))
    panic = decode_revert(bytes.fromhex("4e487b71") + encode(["uint256"], [0x11]))
    assert (message.name, message.arguments) == ("Error", {"message": "out of cheese"})
    assert (panic.name, panic.arguments) == ("Panic", {"number": "0x11"})


@pytest.mark.parametrize("data", [b"", b"\1", b"\1\2\3\4", ALREADY_ISSUED[:20]])
def test_unknown_bytes_are_shown_as_they_are(data: bytes) -> None:
    error = decode_revert(data)
    assert isinstance(error, ContractRevertError)
    assert (error.name, error.arguments) == ("Revert", {"data": "0x" + data.hex()})
