"""Asking the InstitutionRegistry: institutions, DIDs, keys, deciders."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.chain.abi import decode_name
from ledger.chain.endpoint import BlockId
from ledger.chain.reader import ContractReader, none_if_zero


@dataclass(frozen=True, slots=True)
class OnchainInstitution:
    """An institution as it stands; ``roles`` is the bit mask, ``profile_id`` 32 bytes, time in Unix seconds."""

    id: bytes
    jurisdiction: str
    account: str
    roles: int
    profile_id: bytes
    recorded_at: int
    endpoint: str


@dataclass(frozen=True, slots=True)
class OnchainKey:
    """One key for one purpose; times in Unix seconds, ``valid_until`` 0 is no end, ``revoked_*`` None if it is not."""

    digest: bytes
    algorithm: int
    purpose: int
    valid_from: int
    valid_until: int
    recorded_at: int
    revoked_from: int | None
    revoked_at: int | None


@dataclass(frozen=True, slots=True)
class DidSpan:
    """Whose a DID was, and when (Unix seconds; ``closed_at`` None while it is)."""

    institution: bytes
    opened_at: int
    closed_at: int | None


class InstitutionsReader(ContractReader):
    """View functions of the InstitutionRegistry about identity."""

    contract = "InstitutionRegistry"

    def institution(self, institution: bytes, *, block: BlockId = "latest") -> OnchainInstitution | None:
        """An institution; None if it is not registered."""
        found = self.ask_one("institution", institution, block=block)
        if found["recordedAt"] == 0:
            return None
        return OnchainInstitution(
            id=institution,
            jurisdiction=decode_name(found["jurisdiction"]),
            account=found["account"],
            roles=found["roles"],
            profile_id=found["profileId"],
            recorded_at=found["recordedAt"],
            endpoint=found["endpoint"],
        )

    def institution_of_account(self, account: str, *, block: BlockId = "latest") -> bytes | None:
        """The institution that acts through an account; None if none."""
        return none_if_zero(self.ask_one("institutionOfAccount", account, block=block))

    def institution_of_did(
        self, did_digest: bytes, valid_at: int, known_at: int, *, block: BlockId = "latest"
    ) -> bytes | None:
        """The institution whose DID this was at ``valid_at``, as known at ``known_at``; None if nobody's."""
        return none_if_zero(self.ask_one("institutionOfDid", did_digest, valid_at, known_at, block=block))

    def did_span(self, did_digest: bytes, *, block: BlockId = "latest") -> DidSpan | None:
        """Whose a DID was, and when; None if it was nobody's."""
        found = self.ask_one("didSpan", did_digest, block=block)
        if found["openedAt"] == 0:
            return None
        return DidSpan(found["institution"], found["openedAt"], found["closedAt"] or None)

    def keys(self, institution: bytes, *, block: BlockId = "latest") -> list[OnchainKey]:
        """All keys of an institution in the order of their addition."""
        return [
            OnchainKey(
                digest=item["digest"],
                algorithm=item["algorithm"],
                purpose=item["purpose"],
                valid_from=item["from"],
                valid_until=item["until"],
                recorded_at=item["recordedAt"],
                revoked_from=item["revokedFrom"] or None,
                revoked_at=item["revokedAt"] or None,
            )
            for item in self.ask_one("keys", institution, block=block)
        ]

    def key_valid_at(
        self,
        institution: bytes,
        digest: bytes,
        purpose: int,
        valid_at: int,
        known_at: int,
        *,
        block: BlockId = "latest",
    ) -> bool:
        """Whether this was the institution's key for the purpose."""
        return bool(self.ask_one("keyValidAt", institution, digest, purpose, valid_at, known_at, block=block))

    def is_decider(self, institution: bytes, account: str, *, block: BlockId = "latest") -> bool:
        """Whether an account decides for an institution now."""
        return bool(self.ask_one("isDecider", institution, account, block=block))
