"""Calls, answers and events in the bytes of the contracts' ABI."""

from collections import Counter

import pytest
from eth_abi.abi import encode
from hypothesis import given
from hypothesis import strategies as st

import contracts
from ledger.chain.abi import (
    ArgumentError,
    decode_event,
    decode_name,
    decode_result,
    encode_call,
    function_entry,
)
from verifier.canonical import sha256
from verifier.identifiers import bytes32_text

ADDRESS = "0x52908400098527886E0F7030069857D2E4169EE7"


@pytest.mark.parametrize("contract", contracts.DEPLOYABLE)
def test_no_function_has_two_meanings(contract: str) -> None:
    names = Counter(entry["name"] for entry in contracts.load(contract).abi if entry["type"] == "function")
    assert [name for name, count in names.items() if count > 1] == []


def test_json_and_bytes_encode_alike() -> None:
    institution, root = sha256(b"a"), sha256(b"b")
    plain = encode_call("RecordLog", "append", ["0x" + institution.hex(), 0, 1, "0x" + root.hex(), []])
    raw = encode_call("RecordLog", "append", [institution, 0, 1, root, []])
    body = encode(["bytes32", "uint64", "uint64", "bytes32", "bytes32[]"], [institution, 0, 1, root, []])
    assert plain == raw
    assert raw[4:] == body


@pytest.mark.parametrize(
    "args",
    [
        [b"\1" * 32, 0, 1, b"\2" * 32],
        [b"\1" * 31, 0, 1, b"\2" * 32, []],
        [b"\1" * 32, -1, 1, b"\2" * 32, []],
        [b"\1" * 32, 0, 2**64, b"\2" * 32, []],
        ["01" * 32, 0, 1, b"\2" * 32, []],
        ["0xzz", 0, 1, b"\2" * 32, []],
        [b"\1" * 32, 0, 1, b"\2" * 32, [b"\3"]],
    ],
)
def test_arguments_that_do_not_fit(args: list[object]) -> None:
    with pytest.raises(ArgumentError, match=r"RecordLog\.append"):
        encode_call("RecordLog", "append", args)


def test_a_struct_has_exactly_its_fields() -> None:
    issue = {
        field["name"]: b"\1" * 32 for field in function_entry("CertificateRegistry", "issue")["inputs"][0]["components"]
    }
    issue |= {"documentType": 1, "validFrom": 1, "validUntil": 2}  # type: ignore[dict-item]
    assert encode_call("CertificateRegistry", "issue", [issue])
    with pytest.raises(ArgumentError, match="colour"):
        encode_call("CertificateRegistry", "issue", [{**issue, "colour": 1}])
    with pytest.raises(ArgumentError, match="issuer"):
        encode_call("CertificateRegistry", "issue", [{name: issue[name] for name in issue if name != "issuer"}])


def test_an_unknown_function_is_named() -> None:
    with pytest.raises(ArgumentError, match="RecordLog has no function burn"):
        encode_call("RecordLog", "burn", [])


def test_structs_are_decoded_by_name() -> None:
    data = encode(["(bytes32,address,uint32,bytes32,uint64,string)"],
                  [(bytes32_text("CN-SH"), ADDRESS, 6, b"\1" * 32, 77, "http://x")])  # fmt: skip
    (found,) = decode_result("InstitutionRegistry", "institution", data)
    assert found == {
        "jurisdiction": bytes32_text("CN-SH"), "account": ADDRESS, "roles": 6, "profileId": b"\1" * 32,
        "recordedAt": 77, "endpoint": "http://x",
    }  # fmt: skip


def test_text_that_is_not_utf_8_does_not_stop_a_reader() -> None:
    data = encode(["(bytes32,address,uint32,bytes32,uint64,bytes)"],
                  [(bytes(32), ADDRESS, 6, bytes(32), 77, b"\xff\xfe")])  # fmt: skip
    (found,) = decode_result("InstitutionRegistry", "institution", data)
    assert found["endpoint"] == "��"


def test_an_event_of_another_contract_is_none() -> None:
    assert decode_event("RecordLog", [b"\1" * 32], b"") is None
    assert decode_event("RecordLog", [], b"") is None


@given(st.text(alphabet=st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=31))
def test_a_name_comes_back(text: str) -> None:
    assert decode_name(bytes32_text(text)) == text


@pytest.mark.parametrize("raw", [b"\xff" + bytes(31), b"a\0b" + bytes(29), b"\n" + bytes(31)])
def test_what_is_no_name_comes_as_hex(raw: bytes) -> None:
    assert decode_name(raw) == "0x" + raw.hex()
