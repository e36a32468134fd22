"""RecognitionDecision: a jurisdiction's decision on a certificate for a purpose, by two persons."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from verifier.records.envelope import Proof, Record
from verifier.records.footprint_statement import FootprintValue
from verifier.records.model import DigestText, Jurisdiction, LongText, RecordModel, Time

Purpose = Literal[
    "procurement", "state-enterprise-procurement", "brand", "finance", "subsidy", "admission", "label-display"
]
RefusalCode = Literal[
    "ISSUER_NOT_COMPETENT_AT_ISSUE",
    "ISSUER_SUSPENDED",
    "CERT_NOT_VALID",
    "OUT_OF_SCOPE_PRODUCT",
    "OUT_OF_SCOPE_PURPOSE",
    "PCR_NOT_EQUIVALENT",
    "PCR_SUPERSEDED",
    "BOUNDARY_MISMATCH",
    "UNIT_NOT_CONVERTIBLE",
    "DB_NOT_EQUIVALENT",
    "ELECTRICITY_METHOD",
    "FACTOR_YEAR",
    "FACTOR_GWP_MISMATCH",
    "OFFSETS_INCLUDED",
    "TOLERANCE_EXCEEDED",
    "INPUTS_TOO_COARSE",
    "DATA_TOO_OLD",
    "ASSURANCE_LEVEL",
    "IDENTITY_MISMATCH",
    "DOCUMENT_DIGEST_MISMATCH",
    "EVIDENCE_MISSING",
    "LEGAL_BAR",
    "FRAUD_SUSPECTED",
]


class RecognitionDecisionBody(RecordModel):
    """Outcome, value recognised, dates, legal basis, reasons and the way to appeal.

    ``mode`` is UNILATERAL until agreements between jurisdictions are on the ledger; ``verification`` is the digest of
    the report core on which the two persons decided.
    """

    certificate: DigestText
    jurisdiction: Jurisdiction
    purpose: Purpose
    mode: Literal["STATUTORY", "AUTO", "REVIEW", "UNILATERAL"]
    nature: Literal["administrative", "platform-reference", "contractual"]
    outcome: Literal["FULL", "PARTIAL", "CONDITIONAL", "REFUSED"]
    value_original: FootprintValue
    value_converted: FootprintValue | None
    factors: DigestText | None
    valid_until: Time
    legal_basis: LongText
    time_limit: LongText
    publication: LongText
    reasons: list[RefusalCode]
    conditions: list[LongText]
    appeal: LongText
    evidence_seen: list[DigestText]
    verification: DigestText

    @model_validator(mode="after")
    def _refusal_has_reasons(self) -> Self:
        if self.outcome == "REFUSED" and not self.reasons:
            raise ValueError("a refusal names at least one reason code")
        return self


class RecognitionDecision(Record):
    """Signed by two persons of the platform or authority."""

    schema_: Annotated[Literal["tanju/recognition-decision/1"], Field(alias="schema")]
    credential_subject: RecognitionDecisionBody
    proof: Annotated[list[Proof], Field(min_length=2, max_length=2)]
