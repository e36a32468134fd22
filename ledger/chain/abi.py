"""Calls, answers, events and names in the bytes of the contracts' ABI, from the committed artifacts.

Structs are dicts by field name, addresses checksum text, bytes and bytes32 raw bytes. Arguments may also come in the
JSON form of the outbox, where bytes are "0x…" text.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from eth_abi.abi import decode, encode
from eth_abi.exceptions import EncodingError
from eth_utils.abi import collapse_if_tuple, event_abi_to_log_topic, function_abi_to_4byte_selector
from eth_utils.address import to_checksum_address

import contracts
from ledger.errors import LedgerError

SEE_INTERFACE: Final = "see the contract's interface in contracts/interfaces"


class ArgumentError(LedgerError):
    """Arguments that do not fit a contract function's parameters."""

    code = "CHAIN_ARGUMENT"


@dataclass(frozen=True, slots=True)
class DecodedEvent:
    """An event: the name of its contract, its own name, its fields by name."""

    contract: str
    name: str
    fields: Mapping[str, Any]


def decode_name(raw: bytes) -> str:
    """The text of a bytes32 name; what is not printable ASCII (others write to the chain too) comes as 0x-text."""
    stripped = raw.rstrip(b"\0")
    text = stripped.decode("ascii", errors="replace")
    return text if text.isascii() and text.isprintable() and "\0" not in text else "0x" + raw.hex()


def encode_call(contract: str, function: str, args: Sequence[Any]) -> bytes:
    """The call data of a contract function. Raises ArgumentError for arguments that do not fit."""
    entry = function_entry(contract, function)
    return function_abi_to_4byte_selector(entry) + encode_arguments(entry["inputs"], args, f"{contract}.{function}")


def encode_arguments(inputs: Sequence[Mapping[str, Any]], args: Sequence[Any], what: str) -> bytes:
    """The ABI encoding of arguments for parameters (also a constructor's). Raises ArgumentError."""
    if len(inputs) != len(args):
        raise ArgumentError(f"{what} takes {len(inputs)} arguments, got {len(args)}", next_step=SEE_INTERFACE)
    try:
        values = [_to_abi(item, value) for item, value in zip(inputs, args, strict=True)]
        return bytes(encode([_type(item) for item in inputs], values))
    except (EncodingError, ValueError, TypeError, KeyError, OverflowError) as error:
        raise ArgumentError(f"{what}: {error}", next_step=SEE_INTERFACE) from error


def decode_result(contract: str, function: str, data: bytes) -> tuple[Any, ...]:
    """The values a function returned. Raises eth_abi's DecodingError for bytes that are no such answer."""
    outputs = function_entry(contract, function)["outputs"]
    return _decode(outputs, data)


@functools.cache
def function_entry(contract: str, function: str) -> Any:
    """The ABI entry of a function. Raises ArgumentError if there is none."""
    for entry in contracts.load(contract).abi:
        if entry["type"] == "function" and entry["name"] == function:
            return entry
    raise ArgumentError(f"{contract} has no function {function}", next_step=SEE_INTERFACE)


def constructor_inputs(contract: str) -> Sequence[Mapping[str, Any]]:
    """The parameters of a contract's constructor."""
    for entry in contracts.load(contract).abi:
        if entry["type"] == "constructor":
            return list(entry["inputs"])
    return []


def decode_event(contract: str, topics: Sequence[bytes], data: bytes) -> DecodedEvent | None:
    """An event of this contract; None for one that its ABI does not have."""
    entry = _events(contract).get(topics[0]) if topics else None
    if entry is None:
        return None
    indexed = [item for item in entry["inputs"] if item["indexed"]]
    plain = [item for item in entry["inputs"] if not item["indexed"]]
    fields = {item["name"]: _decode([item], topic)[0] for item, topic in zip(indexed, topics[1:], strict=True)}
    fields.update({item["name"]: value for item, value in zip(plain, _decode(plain, data), strict=True)})
    return DecodedEvent(contract, entry["name"], fields)


@functools.cache
def _events(contract: str) -> dict[bytes, Any]:
    return {event_abi_to_log_topic(entry): entry for entry in contracts.load(contract).abi if entry["type"] == "event"}  # type: ignore[arg-type]


def _decode(items: Sequence[Mapping[str, Any]], data: bytes) -> tuple[Any, ...]:
    # Text is decoded as bytes first: what is not UTF-8 there must not stop a reader of the chain.
    types = [_type(item).replace("string", "bytes") for item in items]
    return tuple(_from_abi(item, value) for item, value in zip(items, decode(types, data), strict=True))


def _type(item: Mapping[str, Any]) -> str:
    return str(collapse_if_tuple(item))  # type: ignore[arg-type]


def _to_abi(item: Mapping[str, Any], value: Any) -> Any:
    kind: str = item["type"]
    if kind.endswith("[]"):
        element = {**item, "type": kind.removesuffix("[]")}
        return [_to_abi(element, part) for part in value]
    if kind == "tuple":
        unknown = set(value) - {part["name"] for part in item["components"]}
        if unknown:
            raise KeyError(f"no field {sorted(unknown)[0]}")
        return tuple(_to_abi(part, value[part["name"]]) for part in item["components"])
    if kind.startswith("bytes") and isinstance(value, str):
        if not value.startswith("0x"):
            raise ValueError(f"{kind} wants bytes or 0x-text")
        value = bytes.fromhex(value[2:])
    if kind.startswith("bytes") and kind != "bytes" and len(value) != int(kind[5:]):
        raise ValueError(f"{kind} wants exactly that many bytes, got {len(value)}")
    return value


def _from_abi(item: Mapping[str, Any], value: Any) -> Any:
    kind: str = item["type"]
    if kind.endswith("[]"):
        element = {**item, "type": kind.removesuffix("[]")}
        return [_from_abi(element, part) for part in value]
    if kind == "tuple":
        return {part["name"]: _from_abi(part, field) for part, field in zip(item["components"], value, strict=True)}
    if kind == "address":
        return to_checksum_address(value)
    if kind == "string":
        return value.decode("utf-8", errors="replace")
    return value
