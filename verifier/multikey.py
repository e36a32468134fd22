"""Multibase and multicodec for Ed25519 keys (W3C Controlled Identifiers 1.0, sections 2.2.2 and 2.4).

Base58 is written here, in twenty lines: the packages that offer it have had no release for years.
"""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from verifier.errors import FormatError

ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
ED25519_PUBLIC: Final = b"\xed\x01"
ED25519_PRIVATE: Final = b"\x80\x26"
MAX_BASE58_LENGTH: Final = 256


def base58_encode(data: bytes) -> str:
    """Base58btc without the multibase prefix."""
    zeros = len(data) - len(data.lstrip(b"\0"))
    number = int.from_bytes(data, "big")
    text = ""
    while number:
        number, digit = divmod(number, 58)
        text = ALPHABET[digit] + text
    return "1" * zeros + text


def base58_decode(text: str) -> bytes:
    """The bytes of a base58btc text. Raises FormatError for a character outside the alphabet or an over-long text."""
    if len(text) > MAX_BASE58_LENGTH:
        raise FormatError(f"base58 text of {len(text)} characters", remedy=f"at most {MAX_BASE58_LENGTH}")
    number = 0
    for character in text:
        digit = ALPHABET.find(character)
        if digit < 0:
            raise FormatError(f"{character!r} is not a base58btc character")
        number = number * 58 + digit
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def multibase_encode(data: bytes) -> str:
    """Multibase base58btc: ``z`` and the base58 text."""
    return "z" + base58_encode(data)


def multibase_decode(text: str) -> bytes:
    """The bytes of a base58btc multibase text; its one canonical spelling is required. Raises FormatError."""
    if not text.startswith("z"):
        raise FormatError(f"{text[:20]!r} is not base58btc multibase", remedy="it starts with z")
    return base58_decode(text[1:])


def public_multikey(key: Ed25519PublicKey) -> str:
    """The multikey (``z6Mk…``) of an Ed25519 public key."""
    return multibase_encode(ED25519_PUBLIC + key.public_bytes_raw())


def load_public(multikey: str) -> Ed25519PublicKey:
    """The Ed25519 public key of a multikey. Raises FormatError for another algorithm, length or spelling."""
    raw = multibase_decode(multikey)
    if not raw.startswith(ED25519_PUBLIC) or len(raw) != len(ED25519_PUBLIC) + 32:
        raise FormatError(f"{multikey[:60]!r} is not an Ed25519 multikey", remedy="z6Mk… (0xed01 and 32 bytes)")
    return Ed25519PublicKey.from_public_bytes(raw[2:])


def load_private(multikey: str) -> Ed25519PrivateKey:
    """The Ed25519 private key of a secret multikey (``z3u2…``). Raises FormatError."""
    raw = multibase_decode(multikey)
    if not raw.startswith(ED25519_PRIVATE) or len(raw) != len(ED25519_PRIVATE) + 32:
        raise FormatError("not an Ed25519 secret multikey")
    return Ed25519PrivateKey.from_private_bytes(raw[2:])
