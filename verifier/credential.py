"""W3C Verifiable Credentials 2.0 with Data Integrity proofs ``eddsa-jcs-2022``.

Implements vc-di-eddsa section 3.3 (byte-exact with its published vectors): what is signed is
SHA-256(JCS(proof options)) ‖ SHA-256(JCS(document without ``proof``)). The second half *is* the record id, so a proof
can be checked against a record id alone, without the document (a dossier that stays with its body).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from verifier.canonical import TIME, canonicalise, sha256, sm3
from verifier.errors import ProofError
from verifier.multikey import load_public, multibase_decode, multibase_encode, public_multikey

CRYPTOSUITE: Final = "eddsa-jcs-2022"
PROOF_TYPE: Final = "DataIntegrityProof"
SIGNATURE_BYTES: Final = 64
MAX_PROOFS: Final = 16

JsonObject = dict[str, Any]


def record_id(document: Mapping[str, Any]) -> bytes:
    """SHA-256(JCS(document without ``proof``)): what all parties sign, other records cite and the chain knows."""
    return sha256(unsigned_bytes(document))


def unsigned_bytes(document: Mapping[str, Any]) -> bytes:
    """The canonical bytes of the document without its ``proof``."""
    return canonicalise({key: value for key, value in document.items() if key != "proof"})


def proof_set_digest(proofs: Sequence[Mapping[str, Any]]) -> bytes:
    """SHA-256(JCS(proof)) of the whole proof array, the last part of a log leaf."""
    return sha256(canonicalise(list(proofs)))


def leaf_input(document: Mapping[str, Any]) -> bytes:
    """0x01 ‖ record id ‖ SM3(same bytes) ‖ SHA-256(JCS(proof)): what the institution's log hashes (97 bytes)."""
    unsigned = unsigned_bytes(document)
    return b"\x01" + sha256(unsigned) + sm3(unsigned) + proof_set_digest(document["proof"])


def verification_method(did: str, multikey: str) -> str:
    """DID ‖ ``#`` ‖ multikey, so that the key travels with the record."""
    return f"{did}#{multikey}"


def split_method(method: str) -> tuple[str, str]:
    """The DID and the multikey of a verification method, both ASCII. Raises ProofError for another form."""
    did, separator, multikey = method.partition("#")
    if not method.isascii() or not separator or not did.startswith("did:") or not multikey:
        raise ProofError(f"{method[:120]!r} is not DID#multikey", code="SIGNATURE")
    return did, multikey


def sign(
    document: Mapping[str, Any],
    key: Ed25519PrivateKey,
    *,
    did: str,
    created: str,
    purpose: str = "assertionMethod",
) -> JsonObject:
    """Return the document with one more proof in its ``proof`` array, which stays sorted by ``verificationMethod``.

    ``created`` is a canonical time. The context of the document is copied into the proof (vc-di-eddsa 3.3.1 step 2).
    """
    proof = make_proof(
        sha256(unsigned_bytes(document)),
        key,
        did=did,
        created=created,
        purpose=purpose,
        context=document.get("@context"),
    )
    proofs = sorted([*document.get("proof", []), proof], key=lambda item: str(item["verificationMethod"]))
    return {**document, "proof": proofs}


def make_proof(
    document_hash: bytes,
    key: Ed25519PrivateKey,
    *,
    did: str,
    created: str,
    purpose: str = "assertionMethod",
    context: Any = None,
) -> JsonObject:
    """One Data Integrity proof over a document hash (32 bytes)."""
    options: JsonObject = {
        "type": PROOF_TYPE,
        "cryptosuite": CRYPTOSUITE,
        "created": created,
        "verificationMethod": verification_method(did, public_multikey(key.public_key())),
        "proofPurpose": purpose,
    }
    if context is not None:
        options["@context"] = context
    signature = key.sign(sha256(canonicalise(options)) + document_hash)
    return {**options, "proofValue": multibase_encode(signature)}


def check_proof(document_hash: bytes, proof: Mapping[str, Any], *, context: Any = None) -> str:
    """Check one proof against a document hash and return its verification method.

    Raises ProofError (code SIGNATURE) for another suite, type or context, a time that is not canonical, a signature
    with another spelling, or a signature that does not hold.
    """
    if proof.get("type") != PROOF_TYPE or proof.get("cryptosuite") != CRYPTOSUITE:
        raise ProofError("not a DataIntegrityProof of eddsa-jcs-2022", code="SIGNATURE")
    if proof.get("@context") != context:
        raise ProofError("the proof's @context is not the document's", code="SIGNATURE")
    if not TIME.match(str(proof.get("created", ""))):
        raise ProofError("the proof's created is not YYYY-MM-DDThh:mm:ssZ", code="SIGNATURE")
    method = str(proof.get("verificationMethod", ""))
    _, multikey = split_method(method)
    value = str(proof.get("proofValue", ""))
    signature = multibase_decode(value)
    if len(signature) != SIGNATURE_BYTES or multibase_encode(signature) != value:
        raise ProofError("proofValue is not 64 bytes in base58btc multibase", code="SIGNATURE")
    options = {key: item for key, item in proof.items() if key != "proofValue"}
    try:
        load_public(multikey).verify(signature, sha256(canonicalise(options)) + document_hash)
    except InvalidSignature as error:
        raise ProofError(f"the signature of {method} does not hold", code="SIGNATURE") from error
    return method


def check_proofs(document: Mapping[str, Any]) -> list[str]:
    """Check every proof of a signed document; return the verification methods in order. Raises ProofError.

    ``proof`` must be an array of 1 to ``MAX_PROOFS``, sorted by verification method, each method once, all for
    assertion.
    """
    proofs = document.get("proof")
    if not isinstance(proofs, list) or not 1 <= len(proofs) <= MAX_PROOFS:
        raise ProofError(f"proof is not an array of 1 to {MAX_PROOFS}", code="SIGNATURE")
    unsigned_hash = record_id(document)
    methods = []
    for proof in proofs:
        if not isinstance(proof, dict) or proof.get("proofPurpose") != "assertionMethod":
            raise ProofError("a proof that is not for assertionMethod", code="SIGNATURE")
        methods.append(check_proof(unsigned_hash, proof, context=document.get("@context")))
    if methods != sorted(set(methods)):
        raise ProofError("proofs are sorted by verificationMethod, each once", code="SIGNATURE")
    return methods
