"""Asking the RecognitionRegistry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from ledger.chain.abi import decode_name
from ledger.chain.endpoint import BlockId
from ledger.chain.reader import ZERO_ADDRESS, ContractReader, none_if_zero
from verifier.identifiers import bytes32_text


class RecognitionStatus(IntEnum):
    """Answers to "is this certificate recognised here, for this?"."""

    NONE = 0
    FULL = 1
    PARTIAL = 2
    CONDITIONAL = 3
    REFUSED = 4
    PAUSED = 5
    LAPSED = 6
    WITHDRAWN = 7
    STATUTORY = 8


@dataclass(frozen=True, slots=True)
class OnchainDecision:
    """A decision and what became of it; accounts and times are None until it happens (Unix seconds)."""

    id: bytes
    certificate: bytes
    jurisdiction: str
    purpose: str
    institution: bytes
    mode: int
    outcome: int
    record_id: bytes
    valid_until: int
    reasons: tuple[str, ...]
    proposed_by: str
    proposed_at: int
    confirmed_by: str | None
    recorded_at: int | None
    withdrawal_proposed_by: str | None
    withdrawal_confirmed_by: str | None
    withdrawn_at: int | None
    withdrawal_reason: bytes | None


class RecognitionsReader(ContractReader):
    """View functions of the RecognitionRegistry."""

    contract = "RecognitionRegistry"

    def decision(self, decision: bytes, *, block: BlockId = "latest") -> OnchainDecision | None:
        """A decision by its id (`recognition_id`); None if it was not proposed."""
        found = self.ask_one("decision", decision, block=block)
        if found["proposedAt"] == 0:
            return None
        withdrawal = found["withdrawal"]
        return OnchainDecision(
            id=decision,
            certificate=found["certificate"],
            jurisdiction=decode_name(found["jurisdiction"]),
            purpose=decode_name(found["purpose"]),
            institution=found["institution"],
            mode=found["mode"],
            outcome=found["outcome"],
            record_id=found["recordId"],
            valid_until=found["validUntil"],
            reasons=tuple(decode_name(reason) for reason in found["reasons"]),
            proposed_by=found["proposedBy"],
            proposed_at=found["proposedAt"],
            confirmed_by=_account(found["confirmedBy"]),
            recorded_at=found["recordedAt"] or None,
            withdrawal_proposed_by=_account(withdrawal["proposedBy"]),
            withdrawal_confirmed_by=_account(withdrawal["confirmedBy"]),
            withdrawn_at=withdrawal["recordedAt"] or None,
            withdrawal_reason=none_if_zero(withdrawal["reason"]),
        )

    def decisions_of(
        self, certificate: bytes, jurisdiction: str, purpose: str, *, block: BlockId = "latest"
    ) -> list[bytes]:
        """The ids of the confirmed decisions in the order of confirmation."""
        args = (certificate, bytes32_text(jurisdiction), bytes32_text(purpose))
        return list(self.ask_one("decisionsOf", *args, block=block))

    def effective(
        self,
        certificate: bytes,
        jurisdiction: str,
        purpose: str,
        valid_at: int,
        known_at: int,
        *,
        block: BlockId = "latest",
    ) -> tuple[RecognitionStatus, bytes | None]:
        """What the recognition is worth at ``valid_at`` as known at ``known_at``, and the decision it rests on."""
        args = (certificate, bytes32_text(jurisdiction), bytes32_text(purpose), valid_at, known_at)
        status, decision = self.ask("effective", *args, block=block)
        return RecognitionStatus(status), none_if_zero(decision)


def _account(address: str) -> str | None:
    return None if address == ZERO_ADDRESS else address
