"""What a check may ask of a chain, whoever answers: a JSON-RPC endpoint or state proofs (a protocol).

Every method raises ``ChainUnavailableError`` when the question could not be asked or the answer cannot be trusted;
``None`` is an answer of the chain (there is no such thing).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

CERTIFICATE_STATUSES = (
    "NONE",
    "NOT_YET_VALID",
    "VALID",
    "SUSPENDED",
    "WITHDRAWN",
    "CANCELLED",
    "SUPERSEDED",
    "TRANSFERRED",
    "EXPIRED",
)
RECOGNITION_STATUSES = (
    "NONE",
    "FULL",
    "PARTIAL",
    "CONDITIONAL",
    "REFUSED",
    "PAUSED",
    "LAPSED",
    "WITHDRAWN",
    "STATUTORY",
)
ACTIONS = ("NONE", "ISSUE", "SUSPEND", "RESTORE", "WITHDRAW", "CANCEL", "SUPERSEDE")
OWNERS = ("NONE", "ISSUER", "AUTHORITY")


@dataclass(frozen=True, slots=True)
class BlockRef:
    """The block at which every question is answered: number, hash (32 bytes) and time (Unix seconds)."""

    number: int
    hash: bytes
    time: int


@dataclass(frozen=True, slots=True)
class OnchainCheckpoint:
    """A log checkpoint on chain: size, root (32 bytes), block time."""

    size: int
    root: bytes
    recorded_at: int


@dataclass(frozen=True, slots=True)
class OnchainCertificate:
    """A certificate's entry on chain, in the chain's own values."""

    issuer: bytes
    record_id: bytes
    number_digest: bytes
    document_type: int
    category: bytes
    pcr_id: bytes
    origin: bytes
    holder_commitment: bytes
    valid_from: int
    valid_until: int
    issued_at: int


@dataclass(frozen=True, slots=True)
class OnchainChange:
    """One entry of a certificate's history."""

    action: str
    owner: str
    effective_from: int
    recorded_at: int
    reason: bytes


@dataclass(frozen=True, slots=True)
class OnchainDecision:
    """A recognition decision on chain: whose, of which record, and what it decides."""

    institution: bytes
    mode: int
    outcome: int
    record_id: bytes
    valid_until: int
    reasons: tuple[bytes, ...]


class ChainView(Protocol):
    """The questions; times are Unix seconds, ids 32 bytes."""

    def describe(self) -> dict[str, str]:
        """What the answers come from, for the report: kind, endpoint, block."""

    def head(self) -> BlockRef:
        """The final block at which all questions are answered."""

    def institution_of_did(self, did_digest: bytes, valid_at: int, known_at: int) -> bytes | None:
        """The institution that had this DID."""

    def block(self, number: int) -> BlockRef | None:
        """The block of that number, up to the head."""

    def roles(self, institution: bytes) -> int:
        """The bits of its roles (``verifier.identifiers.ROLES``); 0 for an unknown institution."""

    def profile_id(self, institution: bytes) -> bytes | None:
        """The record id of its profile."""

    def qualification_records(self, institution: bytes, kind: int, category: bytes) -> frozenset[bytes]:
        """The record ids of all its qualifications of that kind and category, renewed ones included."""

    def key_valid_at(self, institution: bytes, key_digest: bytes, purpose: int, valid_at: int, known_at: int) -> bool:
        """Whether the key was that institution's for that purpose."""

    def competent_at(
        self, institution: bytes, document_type: int, category: bytes, valid_at: int, known_at: int
    ) -> bool:
        """Whether it held every qualification that the document type requires."""

    def checkpoint_for(self, institution: bytes, epoch: int, index: int) -> OnchainCheckpoint | None:
        """The first checkpoint on chain that covers the leaf."""

    def checkpoint_of_size(self, institution: bytes, epoch: int, size: int) -> OnchainCheckpoint | None:
        """The checkpoint of exactly that size."""

    def certificate(self, key: bytes) -> OnchainCertificate | None:
        """The certificate's entry."""

    def history(self, key: bytes) -> list[OnchainChange]:
        """Its whole history up to the head."""

    def status_at(self, key: bytes, valid_at: int, known_at: int) -> str:
        """Its status (one of CERTIFICATE_STATUSES)."""

    def recognition_at(
        self, key: bytes, jurisdiction: bytes, purpose: bytes, valid_at: int, known_at: int
    ) -> tuple[str, bytes]:
        """The effective recognition (one of RECOGNITION_STATUSES) and the decision's id on chain."""

    def decision(self, decision: bytes) -> OnchainDecision:
        """A decision by its id on chain."""
