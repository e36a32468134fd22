"""Asking the InstitutionRegistry about qualifications and competence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from ledger.chain.endpoint import BlockId
from ledger.chain.reader import ContractReader, none_if_zero
from verifier.identifiers import bytes32_text


class QualificationStatus(IntEnum):
    """Answers to "is this institution qualified?"."""

    NONE = 0
    ACTIVE = 1
    SUSPENDED = 2
    WITHDRAWN = 3
    CANCELLED = 4
    EXPIRED = 5
    NOT_YET_VALID = 6


class QualificationAction(IntEnum):
    """What can happen to a qualification."""

    GRANT = 1
    SUSPEND = 2
    RESTORE = 3
    WITHDRAW = 4
    CANCEL = 5


@dataclass(frozen=True, slots=True)
class OnchainQualificationChange:
    """One entry of a qualification's history; times in Unix seconds, ``until`` 0 is no end."""

    action: int
    effective_from: int
    recorded_at: int
    until: int
    by: str
    record_id: bytes | None


class QualificationsReader(ContractReader):
    """View functions of the InstitutionRegistry about qualifications."""

    contract = "InstitutionRegistry"

    def status_at(
        self,
        institution: bytes,
        kind: int,
        category: str,
        valid_at: int,
        known_at: int,
        *,
        block: BlockId = "latest",
    ) -> QualificationStatus:
        """The status of a qualification at ``valid_at`` as known at ``known_at`` (Unix seconds)."""
        args = (institution, kind, bytes32_text(category), valid_at, known_at)
        return QualificationStatus(self.ask_one("qualificationAt", *args, block=block))

    def competent_at(
        self,
        institution: bytes,
        document_type: int,
        category: str,
        valid_at: int,
        known_at: int,
        *,
        block: BlockId = "latest",
    ) -> bool:
        """Whether an institution had the role and every qualification that a document type needs."""
        args = (institution, document_type, bytes32_text(category), valid_at, known_at)
        return bool(self.ask_one("competentAt", *args, block=block))

    def history(
        self, institution: bytes, kind: int, category: str, *, block: BlockId = "latest"
    ) -> list[OnchainQualificationChange]:
        """All entries of a qualification in the order of recording."""
        found = self.ask_one("qualificationHistory", institution, kind, bytes32_text(category), block=block)
        return [
            OnchainQualificationChange(
                action=item["action"],
                effective_from=item["effectiveFrom"],
                recorded_at=item["recordedAt"],
                until=item["until"],
                by=item["by"],
                record_id=none_if_zero(item["recordId"]),
            )
            for item in found
        ]
