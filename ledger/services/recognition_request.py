"""What the first of two persons states when a platform decides on a certificate."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from verifier.records.footprint_statement import FootprintValue
from verifier.records.model import MAX_LIST, DigestText, LongText, RecordModel, Time
from verifier.records.recognition import Purpose, RefusalCode

MAX_REASONS = 32
"""RecognitionRegistry takes at most this many reasons."""


class RecognitionRequest(RecordModel):
    """A decision to be proposed. Jurisdiction, mode, original value and the verification come from the node."""

    certificate: DigestText
    purpose: Purpose
    nature: Literal["administrative", "platform-reference", "contractual"]
    outcome: Literal["FULL", "PARTIAL", "CONDITIONAL", "REFUSED"]
    value_converted: FootprintValue | None = None
    factors: DigestText | None = None
    valid_until: Time
    legal_basis: LongText
    time_limit: LongText
    publication: LongText
    reasons: Annotated[list[RefusalCode], Field(max_length=MAX_REASONS)] = Field(default_factory=list)
    conditions: Annotated[list[LongText], Field(max_length=MAX_LIST)] = Field(default_factory=list)
    appeal: LongText
