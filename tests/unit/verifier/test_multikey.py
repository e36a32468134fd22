"""Keys that nobody can own, or that have two spellings, are refused. The points are computed, not copied."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verifier.errors import FormatError
from verifier.multikey import (
    ED25519_PUBLIC,
    FIELD_PRIME,
    LOW_ORDER_Y,
    base58_encode,
    load_private,
    load_public,
    multibase_decode,
    multibase_encode,
    public_multikey,
)

P = FIELD_PRIME
D = -121665 * pow(121666, -1, P) % P
SIGN_BIT = 1 << 255
Point = tuple[int, int]
IDENTITY: Point = (0, 1)


def multikey(y: int, sign: int = 0) -> str:
    return multibase_encode(ED25519_PUBLIC + (y | sign << 255).to_bytes(32, "little"))


def add(one: Point, other: Point) -> Point:
    """The addition law of edwards25519 (RFC 8032 section 5.1.4, affine)."""
    (x1, y1), (x2, y2) = one, other
    k = D * x1 * x2 * y1 * y2
    x = (x1 * y2 + y1 * x2) * pow(1 + k, -1, P)
    y = (y1 * y2 + x1 * x2) * pow(1 - k, -1, P)
    return x % P, y % P


def times(count: int, point: Point) -> Point:
    found = IDENTITY
    for bit in bin(count)[2:]:
        found = add(found, found)
        if bit == "1":
            found = add(found, point)
    return found


def recover_x(y: int) -> int | None:
    """A root of x² = (y² − 1)/(d·y² + 1), if there is one."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    root = pow(square, (P + 3) // 8, P)
    if root * root % P != square:
        root = root * pow(2, (P - 1) // 4, P) % P
    return root if root * root % P == square else None


def torsion() -> set[Point]:
    """The eight points of the small subgroup: L times any point falls into it, for a large enough prime L."""
    order = 2**252 + 27742317777372353535851937790883648493
    found: set[Point] = set()
    for y in range(2, 60):
        x = recover_x(y)
        if x is not None:
            low = times(order, (x, y))
            found |= {low, (-low[0] % P, low[1])}
    return found


def test_the_listed_points_are_all_those_of_low_order() -> None:
    points = torsion()
    assert len(points) == 8
    assert all(times(8, point) == IDENTITY for point in points)
    assert {y for _, y in points} == LOW_ORDER_Y


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize("y", sorted(LOW_ORDER_Y))
def test_a_key_of_low_order_is_refused_with_either_sign(y: int, sign: int) -> None:
    with pytest.raises(FormatError):
        load_public(multikey(y, sign))


@pytest.mark.parametrize("sign", [0, 1])
@pytest.mark.parametrize("more", range(19))
def test_a_second_encoding_of_a_point_is_refused(more: int, sign: int) -> None:
    with pytest.raises(FormatError):
        load_public(multikey(P + more, sign))


def test_every_key_that_was_made_is_accepted() -> None:
    for seed in range(64):
        key = Ed25519PrivateKey.from_private_bytes(seed.to_bytes(32, "big")).public_key()
        assert load_public(public_multikey(key)).public_bytes_raw() == key.public_bytes_raw()


@pytest.mark.parametrize(
    "text", ["", "z", "u6Mk", "z0", "z6Mkä", "z" + "1" * 300, multibase_encode(b"\xed\x01" + bytes(31)), "z6Mk"]
)
def test_what_is_no_multikey_is_refused(text: str) -> None:
    for load in (load_public, load_private):
        with pytest.raises(FormatError):
            load(text)


def test_base58_keeps_leading_zeros() -> None:
    assert base58_encode(b"\0\0\1") == "112"
    assert multibase_decode("z112") == b"\0\0\1"
