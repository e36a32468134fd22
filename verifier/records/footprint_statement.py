"""FootprintStatement: the result of a calculation, signed by whoever calculated."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from verifier.decimals import DecimalString
from verifier.records.envelope import Record
from verifier.records.inventory import GwpName, Stage, UnitName
from verifier.records.model import DigestText, RecordModel, ShortText, TableRef


class FootprintValue(RecordModel):
    """A footprint: decimal value, unit (``kg CO2e``) and the declared unit it is per (``1 t``)."""

    value: DecimalString
    unit: UnitName
    per: ShortText


class StageTotal(RecordModel):
    """The footprint of one life-cycle stage."""

    stage: Stage
    value: DecimalString


class GroupTotal(RecordModel):
    """The footprint of one group of gases (ISO 14067 asks to keep them apart)."""

    group: Literal["fossil", "biogenic", "removal", "land-use-change", "unspecified"]
    value: DecimalString


class Tool(RecordModel):
    """The calculation tool and its version."""

    name: ShortText
    version: ShortText


class ConversionBasis(RecordModel):
    """Electricity or heat that the whole system draws from one factor, so that another province can convert the
    value.
    """

    carrier: Literal["electricity", "heat"]
    amount: DecimalString
    unit: UnitName
    factor: ShortText


class FootprintStatementBody(RecordModel):
    """Totals only: contributions by exchange divided by a public factor would be the activity data."""

    inventory: DigestText
    total: FootprintValue
    stages: list[StageTotal]
    groups: list[GroupTotal]
    contributions: TableRef
    gwp: GwpName
    gwp_digest: DigestText
    factors: list[DigestText]
    verdict: Literal["R0", "R1", "INPUTS_TOO_COARSE", "R3", "NOT_DECLARED"]
    conversion_basis: list[ConversionBasis]
    tool: Tool


class FootprintStatement(Record):
    """Signed with ``ruleSet``, the digest of the rules and characterisation data in force."""

    schema_: Annotated[Literal["tanju/footprint-statement/1"], Field(alias="schema")]
    rule_set: DigestText
    credential_subject: FootprintStatementBody
