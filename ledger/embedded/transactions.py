"""Raw transactions: decoding, and the checks that need no state.

Accepted are legacy transactions with EIP-155 replay protection, and types 1 (EIP-2930) and 2 (EIP-1559). The words of a
refusal are go-ethereum's, because senders recognise them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import rlp
from eth.abc import SignedTransactionAPI
from eth.constants import SECPK1_N
from eth.exceptions import UnrecognizedTransactionType
from eth_hash.auto import keccak
from eth_keys.exceptions import BadSignature
from eth_utils.exceptions import ValidationError

from ledger.embedded.errors import TransactionRefusedError
from ledger.embedded.rules import ZeroFeeParisVM

MAX_TRANSACTION_BYTES: Final = 128 * 1024  # go-ethereum's txMaxSize
MAX_NONCE: Final = 2**64 - 2  # EIP-2681

_builder = ZeroFeeParisVM.get_transaction_builder()


@dataclass(frozen=True, slots=True)
class PooledTransaction:
    """One transaction that passed the checks without state.

    Attributes:
        hash: keccak-256 of `raw`.
        raw: the EIP-2718 bytes as they were sent.
        sender: address (20 bytes) recovered from the signature.
        nonce: place in the sender's sequence.
        gas: gas limit.
        cost: most it can take from the sender's balance, in wei: gas at the highest price, and the value.
        signed: py-evm's object, its sender already recovered.
    """

    hash: bytes
    raw: bytes
    sender: bytes
    nonce: int
    gas: int
    cost: int
    signed: SignedTransactionAPI


def decode_transaction(raw: bytes) -> SignedTransactionAPI:
    """py-evm's object for EIP-2718 bytes.

    Raises:
        TransactionRefusedError: too large, not a transaction, or of a type this chain does not have.
    """
    if len(raw) > MAX_TRANSACTION_BYTES:
        raise TransactionRefusedError(f"oversized data: transaction size {len(raw)}, limit {MAX_TRANSACTION_BYTES}")
    try:
        signed = _builder.decode(raw)
        canonical = signed.encode() == raw
    except UnrecognizedTransactionType as problem:
        raise TransactionRefusedError("transaction type not supported") from problem
    except (rlp.exceptions.RLPException, ValidationError, ValueError, TypeError, IndexError) as problem:
        raise TransactionRefusedError(f"rlp: not a transaction: {problem}") from problem
    if not canonical:
        raise TransactionRefusedError("rlp: not a canonical encoding")
    return signed


def check_transaction(raw: bytes, chain_id: int, block_gas: int) -> PooledTransaction:
    """Decode and check all that needs no state: chain, signature, fields, gas.

    Raises:
        TransactionRefusedError: with go-ethereum's words for the first check that fails.
    """
    signed = decode_transaction(raw)
    if signed.chain_id is None:
        raise TransactionRefusedError("only replay-protected (EIP-155) transactions allowed over RPC")
    if signed.chain_id != chain_id:
        raise TransactionRefusedError(f"invalid chain id for signer: have {signed.chain_id} want {chain_id}")
    if signed.nonce > MAX_NONCE:
        raise TransactionRefusedError("nonce has max value")
    if signed.gas > block_gas:
        raise TransactionRefusedError("exceeds block gas limit")
    if signed.max_priority_fee_per_gas > signed.max_fee_per_gas:
        raise TransactionRefusedError("max priority fee per gas higher than max fee per gas")
    if signed.gas < signed.intrinsic_gas:
        raise TransactionRefusedError(f"intrinsic gas too low: gas {signed.gas}, minimum needed {signed.intrinsic_gas}")
    sender = _sender(signed)
    cost = signed.gas * signed.max_fee_per_gas + signed.value
    return PooledTransaction(keccak(raw), raw, sender, signed.nonce, signed.gas, cost, signed)


def _sender(signed: SignedTransactionAPI) -> bytes:
    # EIP-2: the higher of the two s values is refused, or anybody could give a transaction a second hash.
    if not (0 < signed.r < SECPK1_N and 0 < signed.s <= SECPK1_N // 2):
        raise TransactionRefusedError("invalid sender: invalid transaction v, r, s values")
    try:
        signed.validate()
        return bytes(signed.sender)
    except (ValidationError, BadSignature) as problem:
        raise TransactionRefusedError(f"invalid sender: {problem}") from problem


def transaction_fields(signed: SignedTransactionAPI) -> dict[str, Any]:
    """The fields JSON-RPC shows, as Python values: type, chain id, prices, to, value, input, signature."""
    type_id = signed.type_id or 0
    fields: dict[str, Any] = {
        "type": type_id,
        "chainId": signed.chain_id,
        "nonce": signed.nonce,
        "gas": signed.gas,
        "to": bytes(signed.to) or None,
        "value": signed.value,
        "input": bytes(signed.data),
        # A base fee of zero leaves the tip, capped by the fee, as the price paid.
        "gasPrice": min(signed.max_fee_per_gas, signed.max_priority_fee_per_gas),
        "v": getattr(signed, "v", signed.y_parity),
        "r": signed.r,
        "s": signed.s,
    }
    if type_id:
        fields["yParity"] = signed.y_parity
        fields["accessList"] = [(bytes(account), tuple(slots)) for account, slots in signed.access_list]
    if type_id == 2:
        fields["maxFeePerGas"] = signed.max_fee_per_gas
        fields["maxPriorityFeePerGas"] = signed.max_priority_fee_per_gas
    return fields
