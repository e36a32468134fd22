"""What an endpoint says of a block, checked, and its header as the bytes whose Keccak-256 is the block's hash.

Yellow Paper, section 4.4.3 and appendix B; the fields are those of Paris and later. Where a consensus (QBFT, IBFT,
Clique) keeps its seals in ``extraData``, the hash leaves them out in a way of its own and is not made again here: such
headers are told by their length.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from verifier.chainview import BlockRef
from verifier.errors import ChainUnavailableError

LAST_SECOND: Final = 253_402_300_799
"""9999-12-31T23:59:59Z, the last time that a report can write."""
HASH_BYTES: Final = 32
MAX_EXTRA_DATA_BYTES: Final = 32
"""Yellow Paper section 4.4.4; only consensus seals are longer."""

FIELDS: Final = (
    "parentHash",
    "sha3Uncles",
    "miner",
    "stateRoot",
    "transactionsRoot",
    "receiptsRoot",
    "logsBloom",
    "difficulty",
    "number",
    "gasLimit",
    "gasUsed",
    "timestamp",
    "extraData",
    "mixHash",
    "nonce",
)
LATER_FIELDS: Final = (
    "baseFeePerGas",  # EIP-1559
    "withdrawalsRoot",  # EIP-4895
    "blobGasUsed",  # EIP-4844
    "excessBlobGas",
    "parentBeaconBlockRoot",  # EIP-4788
    "requestsHash",  # EIP-7685
)
"""Each fork appended its fields: a header has none after the first that is missing."""

RLP_STRING: Final = 0x80
RLP_LIST: Final = 0xC0
RLP_SHORT: Final = 55


def block_ref(block: Any, asked: int | None) -> BlockRef:
    """Number, hash and time of a block as web3 gives it, with kinds and ranges checked.

    ``asked`` is its number where that is known. Raises KeyError, TypeError, ValueError or ChainUnavailableError.
    """
    number, identity, time = block["number"], block["hash"], block["timestamp"]
    if not isinstance(identity, bytes) or len(identity) != HASH_BYTES:
        raise TypeError("a block hash that is not 32 bytes")
    if type(number) is not int or number < 0 or asked not in (None, number):
        raise ValueError(f"block {asked} was asked for, another was answered")
    return BlockRef(number, bytes(identity), block_time(time))


def block_time(value: Any) -> int:
    """A time on chain, in Unix seconds, that a report can write. Raises ChainUnavailableError for an impossible one."""
    if type(value) is not int or not 0 <= value <= LAST_SECOND:
        raise ChainUnavailableError("the chain answers a time outside of 1970 to 9999", remedy="ask another endpoint")
    return value


def encode_header(block: Mapping[str, Any]) -> bytes:
    """The RLP of a header.

    Args:
        block: by JSON-RPC names; whole numbers as ``int``, everything else as bytes or ``0x`` hexadecimal text.

    Raises KeyError for a field that every header has, TypeError or ValueError for a value of another kind.
    """
    later = []
    for name in LATER_FIELDS:
        if block.get(name) is None:
            break
        later.append(name)
    return _rlp(RLP_LIST, b"".join(_rlp(RLP_STRING, _raw(block[name])) for name in (*FIELDS, *later)))


def _raw(value: Any) -> bytes:
    if isinstance(value, bytes):
        return bytes(value)
    if isinstance(value, str):
        return bytes.fromhex(value.removeprefix("0x"))
    if isinstance(value, int):
        return value.to_bytes((value.bit_length() + 7) // 8, "big")
    raise TypeError(f"{type(value).__name__} in a block header")


def _rlp(kind: int, payload: bytes) -> bytes:
    if kind == RLP_STRING and len(payload) == 1 and payload[0] < RLP_STRING:
        return payload
    if len(payload) <= RLP_SHORT:
        return bytes([kind + len(payload)]) + payload
    length = _raw(len(payload))
    return bytes([kind + RLP_SHORT + len(length)]) + length + payload
