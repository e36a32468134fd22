"""Identifiers that records, chain and verifier derive alike; always SHA-256, never the chain's own hash."""

from __future__ import annotations

from typing import Final

from verifier.canonical import sha256
from verifier.errors import FormatError

INSTITUTION_TAG: Final = b"tanju/institution/1"
CERTIFICATE_TAG: Final = b"tanju/certificate/1"
HOLDER_TAG: Final = b"tanju/holder/1"
NUMBER_TAG: Final = b"tanju/certificate-number/1"
RECOGNITION_TAG: Final = b"tanju/recognition/1"
RULE_TAG: Final = b"tanju/rule-name/1"
USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
USCC_LENGTH: Final = 18
ROLES: Final = (
    "enterprise",
    "certification-body",
    "programme-operator",
    "verification-body",
    "factor-publisher",
    "rule-steward",
    "platform",
    "authority",
    "relying-institution",
    "registrar",
    "auditor",
)
"""Roles in the order of their bits on chain (docs/reference/formats.md)."""
DOCUMENT_TYPES: Final = {"footprint-label": 1}
KINDS: Final = {"approval": 1, "accreditation": 2, "designation": 3}
MODES: Final = {"STATUTORY": 1, "AUTO": 2, "REVIEW": 3, "UNILATERAL": 4}
OUTCOMES: Final = {"FULL": 1, "PARTIAL": 2, "CONDITIONAL": 3, "REFUSED": 4}
KEY_PURPOSES: Final = {"assert": 1, "log": 2, "auth": 3, "cosign": 4}


def check_uscc(code: str) -> None:
    """Check the check character of a unified social credit code (GB 32100-2015). Raises FormatError."""
    if len(code) != USCC_LENGTH or any(character not in USCC_ALPHABET for character in code):
        raise FormatError(
            f"{code[:40]!r} is not a unified social credit code", remedy="18 characters of 0-9A-HJ-NP-RTUWXY"
        )
    total = sum(USCC_ALPHABET.index(character) * pow(3, i, 31) for i, character in enumerate(code[:-1]))
    if USCC_ALPHABET[(31 - total % 31) % 31] != code[-1]:
        raise FormatError(f"the check character of {code} is wrong", remedy="compare it with the business licence")


def institution_id(scheme: str, code: str) -> bytes:
    """SHA-256("tanju/institution/1" ‖ scheme ‖ code); scheme is ``uscc`` or ``lei``."""
    if scheme == "uscc":
        check_uscc(code)
    elif scheme != "lei":
        raise FormatError(f"identifier scheme {scheme!r}", remedy="uscc or lei")
    return sha256(INSTITUTION_TAG + scheme.encode() + code.encode())


def did_digest(did: str) -> bytes:
    """SHA-256 of the DID's ASCII."""
    return sha256(_ascii(did))


def key_digest(multikey: str) -> bytes:
    """SHA-256 of the multikey's ASCII: how the chain knows a key."""
    return sha256(_ascii(multikey))


def certificate_key(issuer: bytes, record_id: bytes) -> bytes:
    """SHA-256(tag ‖ issuer's institution id ‖ record id): the certificate's key on chain."""
    return sha256(CERTIFICATE_TAG + issuer + record_id)


def holder_commitment(salt: bytes, code: str) -> bytes:
    """SHA-256(tag ‖ 32-byte salt ‖ USCC): who holds the certificate, openable by whoever has the record."""
    return sha256(HOLDER_TAG + salt + _ascii(code))


def number_digest(number: str) -> bytes:
    """SHA-256(tag ‖ certificate number)."""
    return sha256(NUMBER_TAG + _ascii(number))


def rule_name_id(name: str) -> bytes:
    """SHA-256(tag ‖ UTF-8 name): a standard or PCR that is not on the ledger as a record yet."""
    return sha256(RULE_TAG + name.encode())


def _ascii(text: str) -> bytes:
    if not text.isascii():
        raise FormatError(f"{text[:60]!r} is not ASCII")
    return text.encode("ascii")


def bytes32_text(text: str) -> bytes:
    """A short ASCII name as the chain holds it: right-padded with zeros to 32 bytes. Raises FormatError."""
    raw = text.encode("ascii", errors="replace")
    if not text.isascii() or not 1 <= len(raw) <= 31:
        raise FormatError(f"{text[:60]!r} does not fit", remedy="1 to 31 ASCII characters")
    return raw.ljust(32, b"\0")


def recognition_id(certificate: bytes, jurisdiction: str, purpose: str, record_id: bytes) -> bytes:
    """SHA-256(tag ‖ certificate key ‖ jurisdiction ‖ purpose ‖ record id): a recognition decision on chain."""
    return sha256(RECOGNITION_TAG + certificate + bytes32_text(jurisdiction) + bytes32_text(purpose) + record_id)
