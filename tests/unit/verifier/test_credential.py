"""Data Integrity proofs, byte-exact with the W3C vectors, and what must be refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verifier.canonical import canonicalise, sha256, sm3
from verifier.credential import (
    check_proof,
    check_proofs,
    leaf_input,
    make_proof,
    proof_set_digest,
    record_id,
    sign,
    unsigned_bytes,
)
from verifier.errors import FormatError, ProofError
from verifier.multikey import load_private, load_public, public_multikey

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
CREATED = "2026-01-01T00:00:00Z"


@pytest.fixture
def signed() -> dict[str, Any]:
    document = {"@context": ["https://www.w3.org/ns/credentials/v2"], "issuer": "did:web:a.example", "n": 1}
    once = sign(document, KEY, did="did:web:a.example", created=CREATED)
    return sign(once, OTHER, did="did:web:a.example", created=CREATED)


def test_the_published_vectors_are_reproduced_byte_for_byte(shared_dir: Path) -> None:
    vectors = shared_dir / "vectors" / "eddsa-jcs-2022"
    pair = json.loads((vectors / "keyPair.json").read_text())
    unsigned = json.loads((vectors / "unsigned.json").read_text())
    expected = json.loads((vectors / "signedJCS.json").read_text())
    assert unsigned_bytes(unsigned).decode() == (vectors / "canonDocJCS.txt").read_text().strip()
    assert record_id(unsigned).hex() == (vectors / "docHashJCS.txt").read_text().strip()
    proof = make_proof(
        record_id(unsigned),
        load_private(pair["privateKeyMultibase"]),
        did="did:key:" + pair["publicKeyMultibase"],
        created="2023-02-24T23:36:38Z",
        context=unsigned["@context"],
    )
    assert proof == expected["proof"]
    method = check_proof(record_id(expected), expected["proof"], context=expected["@context"])
    assert method == expected["proof"]["verificationMethod"]


def test_several_parties_sign_one_document_in_sorted_order(signed: dict[str, Any]) -> None:
    methods = check_proofs(signed)
    assert len(methods) == 2
    assert methods == sorted(methods)


def test_the_leaf_binds_both_digests_and_the_proofs(signed: dict[str, Any]) -> None:
    unsigned = canonicalise({key: value for key, value in signed.items() if key != "proof"})
    expected = b"\x01" + sha256(unsigned) + sm3(unsigned) + sha256(canonicalise(signed["proof"]))
    assert leaf_input(signed) == expected
    assert len(expected) == 97
    assert proof_set_digest(signed["proof"][:1]) != proof_set_digest(signed["proof"])


def _change(document: dict[str, Any], **changes: Any) -> dict[str, Any]:
    first = {**document["proof"][0], **changes}
    return {**document, "proof": [first, *document["proof"][1:]]}


@pytest.mark.parametrize(
    "changes",
    [
        {"created": "2026-01-01T00:00:01Z"},
        {"created": "2026-01-01"},
        {"cryptosuite": "eddsa-rdfc-2022"},
        {"type": "Ed25519Signature2020"},
        {"proofPurpose": "authentication"},
        {"@context": []},
        {"extra": 1},
        {"verificationMethod": "did:web:a.example"},
        {"verificationMethod": f"did:web:b.example#{public_multikey(KEY.public_key())}"},
        {"proofValue": "z11"},
    ],
)
def test_a_changed_proof_does_not_hold(signed: dict[str, Any], changes: dict[str, Any]) -> None:
    with pytest.raises(ProofError):
        check_proofs(_change(signed, **changes))


def test_a_changed_document_does_not_hold(signed: dict[str, Any]) -> None:
    with pytest.raises(ProofError, match="does not hold"):
        check_proofs({**signed, "n": 2})


def test_proofs_out_of_order_or_doubled_or_missing_are_refused(signed: dict[str, Any]) -> None:
    first, second = signed["proof"]
    wrong: list[Any] = [[second, first], [first, first], [], {}, None, [first] * 17]
    for proofs in wrong:
        with pytest.raises(ProofError):
            check_proofs({**signed, "proof": proofs})


def test_a_multikey_of_another_algorithm_or_spelling_is_refused() -> None:
    own = public_multikey(KEY.public_key())
    assert load_public(own).public_bytes_raw() == KEY.public_key().public_bytes_raw()
    for other in (own[1:], own + "1", "z" + own[2:], "z6LSbysY2xFMRpGMhb7tFTLMpeuPRaqaWM1yECx2AtzE3KCc", "z0", ""):
        with pytest.raises(FormatError):
            load_public(other)
