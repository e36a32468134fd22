"""Hex of the Ethereum JSON-RPC, strictly: quantities without leading zeros, data in pairs of digits.

Encodings: "Hex value encoding" of the execution API specification. Everything that does not parse raises
`InvalidParamsError`, which the dispatcher answers with -32602.
"""

from __future__ import annotations

import re
from typing import Final

from ledger.embedded.errors import InvalidParamsError

ADDRESS_BYTES: Final = 20
WORD_BYTES: Final = 32
MAX_QUANTITY_BITS: Final = 256

_QUANTITY: Final = re.compile(r"0x(0|[1-9a-fA-F][0-9a-fA-F]*)")
_DATA: Final = re.compile(r"0x(?:[0-9a-fA-F]{2})*")


def quantity(value: int) -> str:
    """`0x` and the number without leading zeros."""
    return hex(value)


def data(value: bytes) -> str:
    """`0x` and two digits a byte."""
    return "0x" + value.hex()


def optional_data(value: bytes | None) -> str | None:
    """As `data`, None stays None."""
    return None if value is None else data(value)


def parse_quantity(value: object, name: str) -> int:
    """A number from its hex quantity, at most 256 bits."""
    if not isinstance(value, str) or not _QUANTITY.fullmatch(value) or len(value) - 2 > MAX_QUANTITY_BITS // 4:
        raise InvalidParamsError(f"{name}: expected a hex quantity such as 0x1f")
    return int(value, 16)


def parse_data(value: object, name: str, length: int | None = None) -> bytes:
    """Bytes from hex data, of exactly `length` bytes when given."""
    if not isinstance(value, str) or not _DATA.fullmatch(value):
        raise InvalidParamsError(f"{name}: expected hex data such as 0x00ff")
    parsed = bytes.fromhex(value[2:])
    if length is not None and len(parsed) != length:
        raise InvalidParamsError(f"{name}: expected {length} bytes, got {len(parsed)}")
    return parsed


def parse_address(value: object, name: str) -> bytes:
    """An address (20 bytes), in any case of letters."""
    return parse_data(value, name, ADDRESS_BYTES)


def parse_word(value: object, name: str) -> bytes:
    """A storage slot (32 bytes), written as a quantity or as up to 32 bytes of data: clients use both."""
    digits = value[2:] if isinstance(value, str) and value[:2] == "0x" else ""
    if not re.fullmatch(rf"[0-9a-fA-F]{{1,{2 * WORD_BYTES}}}", digits):
        raise InvalidParamsError(f"{name}: expected up to {WORD_BYTES} bytes in hex")
    return int(digits, 16).to_bytes(WORD_BYTES, "big")
