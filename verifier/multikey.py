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
KEY_BYTES: Final = 32
FIELD_PRIME: Final = 2**255 - 19
"""p of edwards25519 (RFC 8032 section 5.1)."""
LOW_ORDER_Y: Final = frozenset(
    {
        0,  # order 4
        1,  # the identity
        FIELD_PRIME - 1,  # order 2
        int.from_bytes(bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"),
        int.from_bytes(bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"), "little"),
    }
)
"""The y of the eight points whose order divides the cofactor 8; the last two are of order 8, the roots of
1 − 2y² − d·y⁴ = 0 (with both signs of x). A signature under such a key can hold for every message.
"""
_SIGN_BIT: Final = 1 << 255


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
    """The Ed25519 public key of a multikey.

    Raises FormatError for another algorithm, length or spelling, for a y that is not below p (RFC 8032 section 5.1.3:
    such a point has two encodings), and for a point of low order.
    """
    raw = multibase_decode(multikey)
    if not raw.startswith(ED25519_PUBLIC) or len(raw) != len(ED25519_PUBLIC) + KEY_BYTES:
        raise FormatError(f"{multikey[:60]!r} is not an Ed25519 multikey", remedy="z6Mk… (0xed01 and 32 bytes)")
    key = raw[len(ED25519_PUBLIC) :]
    y = int.from_bytes(key, "little") & ~_SIGN_BIT
    if y >= FIELD_PRIME or y in LOW_ORDER_Y:
        raise FormatError(f"{multikey[:60]!r} is no key that anybody can own", remedy="make a new key pair")
    return Ed25519PublicKey.from_public_bytes(key)


def load_private(multikey: str) -> Ed25519PrivateKey:
    """The Ed25519 private key of a secret multikey (``z3u2…``). Raises FormatError."""
    raw = multibase_decode(multikey)
    if not raw.startswith(ED25519_PRIVATE) or len(raw) != len(ED25519_PRIVATE) + KEY_BYTES:
        raise FormatError("not an Ed25519 secret multikey")
    return Ed25519PrivateKey.from_private_bytes(raw[2:])
