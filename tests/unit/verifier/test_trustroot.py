"""Trust roots: form, quorum, succession."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scripts.golden.keys import AUTHORITIES, BODY, signing_key
from scripts.golden.world import GoldenWorld
from verifier.canonical import canonicalise, digest_of, parse
from verifier.credential import sign
from verifier.errors import VerifierError
from verifier.trustroot import read_trust_root

CREATED = "2026-01-01T00:00:00Z"


def signed(document: dict[str, Any], signers: int = len(AUTHORITIES)) -> bytes:
    """The document signed by the first authorities."""
    result = {key: value for key, value in document.items() if key != "proof"}
    for authority in AUTHORITIES[:signers]:
        result = sign(result, signing_key(f"authority/{authority.name}"), did=authority.did, created=CREATED)
    return canonicalise(result)


@pytest.fixture
def document(golden: GoldenWorld) -> dict[str, Any]:
    found: dict[str, Any] = parse(golden.trust_bytes)
    return found


def test_more_than_two_thirds_must_sign(document: dict[str, Any]) -> None:
    assert read_trust_root(signed(document, 3)).version == 1
    for signers in (1, 2):
        with pytest.raises(VerifierError, match="two thirds"):
            read_trust_root(signed(document, signers))


def test_a_stranger_cannot_help_to_the_quorum(document: dict[str, Any]) -> None:
    three = parse(signed(document, 3))
    with pytest.raises(VerifierError, match="not an authority"):
        read_trust_root(canonicalise(sign(three, BODY.key("assert"), did=BODY.did, created=CREATED)))


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d["contracts"].pop(),
        lambda d: d["contracts"].append(d["contracts"][0]),
        lambda d: d.update(directory="0x" + "0" * 40),
        lambda d: d["authorities"].append(d["authorities"][0]),
        lambda d: d.update(schema="tanju/trust-root/2"),
        lambda d: d.update(extra=1),
        lambda d: d.update(version=0),
        lambda d: d["ledger"].update(chainId="1"),
    ],
)
def test_what_it_must_say_is_required(document: dict[str, Any], change: Callable[[dict[str, Any]], None]) -> None:
    change(document)
    with pytest.raises(VerifierError):
        read_trust_root(signed(document))


def test_no_changed_byte_is_believed(golden: GoldenWorld) -> None:
    data = golden.trust_bytes
    for position in range(0, len(data), 11):
        with pytest.raises(VerifierError):
            read_trust_root(data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :])


def test_a_successor_is_signed_by_the_previous_authorities(golden: GoldenWorld, document: dict[str, Any]) -> None:
    first, trust = golden.trust_bytes, golden.trust
    document |= {"version": 2, "previous": digest_of(first)}
    assert read_trust_root(signed(document, 3), previous=trust, previous_bytes=first).version == 2
    for wrong in ({"version": 3}, {"previous": digest_of(b"other")}, {"ledger": {"chainId": 1, "genesis": "0" * 64}}):
        with pytest.raises(VerifierError):
            read_trust_root(signed(document | wrong), previous=trust, previous_bytes=first)
    with pytest.raises(VerifierError, match="two thirds"):
        read_trust_root(signed(document, 2), previous=trust, previous_bytes=first)
