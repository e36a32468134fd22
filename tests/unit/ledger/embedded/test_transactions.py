from collections.abc import Callable
from typing import Any

import pytest
import rlp
from eth_hash.auto import keccak
from eth_keys.constants import SECPK1_N
from hypothesis import given
from hypothesis import strategies as st

from ledger.embedded.errors import TransactionRefusedError
from ledger.embedded.transactions import MAX_TRANSACTION_BYTES, check_transaction, transaction_fields

CHAIN_ID = 826_580_001
BLOCK_GAS = 60_000_000
TO = b"\x11" * 20


def check(raw: bytes) -> Any:
    return check_transaction(raw, CHAIN_ID, BLOCK_GAS)


def refusal(raw: bytes) -> str:
    with pytest.raises(TransactionRefusedError) as caught:
        check(raw)
    return caught.value.detail


@pytest.mark.parametrize(
    ("fields", "type_id"),
    [
        ({}, 0),
        ({"type": 1, "accessList": [{"address": TO, "storageKeys": ["0x" + "01" * 32]}]}, 1),
        ({"type": 2, "maxFeePerGas": 9, "maxPriorityFeePerGas": 4}, 2),
    ],
)
def test_the_three_types_are_taken_with_their_sender_hash_and_cost(
    new_actor: Callable[[int], Any], fields: dict[str, Any], type_id: int
) -> None:
    actor = new_actor(1)
    raw = actor.sign(TO, b"\1", value=7, **fields)
    pooled = check(raw)
    assert pooled.sender == actor.address
    assert pooled.hash == keccak(raw)
    assert (pooled.nonce, pooled.gas) == (0, 200_000)
    assert pooled.cost == 7 + 200_000 * fields.get("maxFeePerGas", 0)
    shown = transaction_fields(pooled.signed)
    assert shown["type"] == type_id
    assert shown["chainId"] == CHAIN_ID
    assert shown["to"] == TO
    assert shown["gasPrice"] == fields.get("maxPriorityFeePerGas", 0)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"chainId": 1}, f"invalid chain id for signer: have 1 want {CHAIN_ID}"),
        ({"chainId": None}, "only replay-protected (EIP-155) transactions allowed over RPC"),
        ({"gas": 20_999}, "intrinsic gas too low: gas 20999, minimum needed 21000"),
        ({"gas": 20_999, "type": 2, "maxFeePerGas": 0, "maxPriorityFeePerGas": 0}, "intrinsic gas too low"),
        ({"gas": BLOCK_GAS + 1}, "exceeds block gas limit"),
        ({"type": 2, "maxFeePerGas": 1, "maxPriorityFeePerGas": 2}, "max priority fee per gas higher"),
        ({"nonce": 2**64 - 1}, "nonce has max value"),
        ({"data": bytes(MAX_TRANSACTION_BYTES)}, "oversized data: transaction size"),
    ],
)
def test_refusals_in_the_words_senders_know(
    new_actor: Callable[[int], Any], fields: dict[str, Any], words: str
) -> None:
    actor = new_actor(1)
    if fields.get("chainId", 1) is None:
        unprotected = {"nonce": 0, "gas": 21_000, "gasPrice": 0, "value": 0, "to": TO, "data": b""}
        raw = bytes(actor.account.sign_transaction(unprotected).raw_transaction)
    else:
        raw = actor.sign(**{"to": TO, **fields})
    assert refusal(raw).startswith(words)


def test_the_second_signature_of_the_same_transaction_is_refused(new_actor: Callable[[int], Any]) -> None:
    parts = rlp.decode(new_actor(1).sign(TO))
    v, s = int.from_bytes(parts[6], "big"), int.from_bytes(parts[8], "big")
    flipped = v + 1 if v % 2 else v - 1
    parts[6], parts[8] = flipped.to_bytes(5, "big").lstrip(b"\0"), (SECPK1_N - s).to_bytes(32, "big")
    assert refusal(rlp.encode(parts)).startswith("invalid sender")


def test_the_second_signature_of_a_typed_transaction_is_refused(new_actor: Callable[[int], Any]) -> None:
    raw = new_actor(1).sign(TO, type=2, maxFeePerGas=0, maxPriorityFeePerGas=0)
    parts = rlp.decode(raw[1:])
    parts[9] = b"" if parts[9] else b"\1"
    parts[11] = (SECPK1_N - int.from_bytes(parts[11], "big")).to_bytes(32, "big")
    assert refusal(raw[:1] + rlp.encode(parts)).startswith("invalid sender")


def test_a_signature_that_is_none_is_refused(new_actor: Callable[[int], Any]) -> None:
    parts = rlp.decode(new_actor(1).sign(TO))
    parts[7] = b""
    assert refusal(rlp.encode(parts)).startswith("invalid sender")


def test_unknown_types_are_refused(new_actor: Callable[[int], Any]) -> None:
    raw = new_actor(1).sign(TO, type=2, maxFeePerGas=0, maxPriorityFeePerGas=0)
    for type_id in (b"\0", b"\3", b"\4", b"\x7f"):
        assert refusal(type_id + raw[1:]) == "transaction type not supported"


@given(st.binary(max_size=200))
def test_no_bytes_end_in_anything_but_a_refusal(raw: bytes) -> None:
    with pytest.raises(TransactionRefusedError):
        check(raw)


@given(place=st.integers(0, 10_000), change=st.integers(1, 255), typed=st.booleans())
def test_a_changed_byte_is_refused_or_another_transaction(place: int, change: int, typed: bool) -> None:
    from eth_account import Account

    account = Account.from_key(b"\1" * 32)
    prices = {"type": 2, "maxFeePerGas": 0, "maxPriorityFeePerGas": 0} if typed else {"gasPrice": 0}
    fields = {"nonce": 3, "gas": 90_000, "value": 0, "to": TO, "data": b"\1\2", "chainId": CHAIN_ID, **prices}
    raw = bytearray(account.sign_transaction(fields).raw_transaction)
    raw[place % len(raw)] ^= change
    try:
        pooled = check(bytes(raw))
    except TransactionRefusedError:
        return
    assert pooled.sender.hex() != account.address[2:].lower()
