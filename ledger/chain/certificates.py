"""Asking the CertificateRegistry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from ledger.chain.abi import decode_name
from ledger.chain.endpoint import BlockId
from ledger.chain.reader import ContractReader, none_if_zero


class CertificateStatus(IntEnum):
    """Answers to "what is this certificate's status?"."""

    NONE = 0
    NOT_YET_VALID = 1
    VALID = 2
    SUSPENDED = 3
    WITHDRAWN = 4
    CANCELLED = 5
    SUPERSEDED = 6
    TRANSFERRED = 7
    EXPIRED = 8


class CertificateAction(IntEnum):
    """What can happen to a certificate."""

    ISSUE = 1
    SUSPEND = 2
    RESTORE = 3
    WITHDRAW = 4
    CANCEL = 5
    SUPERSEDE = 6


@dataclass(frozen=True, slots=True)
class OnchainCertificate:
    """A certificate as the contract keeps it; ids and digests 32 bytes, times Unix seconds."""

    key: bytes
    issuer: bytes
    record_id: bytes
    number_digest: bytes
    document_type: int
    category: str
    pcr_id: bytes
    origin: str
    holder_commitment: bytes
    capacity_id: bytes
    valid_from: int
    valid_until: int
    supersedes: bytes | None
    issued_at: int
    superseded_by: bytes | None


@dataclass(frozen=True, slots=True)
class OnchainCertificateChange:
    """One entry of a certificate's history; ``owner`` 1 ISSUER, 2 AUTHORITY; ``reason`` 32 bytes."""

    action: int
    owner: int
    by: str
    effective_from: int
    recorded_at: int
    reason: bytes


class CertificatesReader(ContractReader):
    """View functions of the CertificateRegistry."""

    contract = "CertificateRegistry"

    def certificate(self, key: bytes, *, block: BlockId = "latest") -> OnchainCertificate | None:
        """A certificate by its key (verifier.identifiers.certificate_key); None if it was not issued."""
        found = self.ask_one("certificate", key, block=block)
        if found["issuedAt"] == 0:
            return None
        return OnchainCertificate(
            key=key,
            issuer=found["issuer"],
            record_id=found["recordId"],
            number_digest=found["numberDigest"],
            document_type=found["documentType"],
            category=decode_name(found["category"]),
            pcr_id=found["pcrId"],
            origin=decode_name(found["origin"]),
            holder_commitment=found["holderCommitment"],
            capacity_id=found["capacityId"],
            valid_from=found["validFrom"],
            valid_until=found["validUntil"],
            supersedes=none_if_zero(found["supersedes"]),
            issued_at=found["issuedAt"],
            superseded_by=none_if_zero(found["supersededBy"]),
        )

    def key_of_number(self, issuer: bytes, number_digest: bytes, *, block: BlockId = "latest") -> bytes | None:
        """The key of an issuer's certificate by the digest of its number; None if there is none."""
        return none_if_zero(self.ask_one("keyOfNumber", issuer, number_digest, block=block))

    def history(self, key: bytes, *, block: BlockId = "latest") -> list[OnchainCertificateChange]:
        """All entries of a certificate's history in the order of recording."""
        return [
            OnchainCertificateChange(
                action=item["action"],
                owner=item["owner"],
                by=item["by"],
                effective_from=item["effectiveFrom"],
                recorded_at=item["recordedAt"],
                reason=item["reason"],
            )
            for item in self.ask_one("history", key, block=block)
        ]

    def status_at(self, key: bytes, valid_at: int, known_at: int, *, block: BlockId = "latest") -> CertificateStatus:
        """The status at ``valid_at`` as known at ``known_at`` (Unix seconds, at most the block's time)."""
        return CertificateStatus(self.ask_one("statusAt", key, valid_at, known_at, block=block))
