"""InstitutionProfile and Qualification: signed by authorities."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from verifier.records.envelope import Record
from verifier.records.inventory import Names
from verifier.records.model import Address, Category, Did, Hex32, Jurisdiction, LongText, RecordModel, ShortText, Time

Role = Literal[
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
]


class InstitutionProfileBody(RecordModel):
    """Who an institution is: its USCC or LEI, its DID with a date, its names, roles and endpoint."""

    institution: Hex32
    scheme: Literal["uscc", "lei"]
    code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{18,20}$")]
    jurisdiction: Jurisdiction
    did: Did
    did_from: Time
    account: Address
    name: Names
    roles: Annotated[list[Role], Field(min_length=1)]
    endpoint: ShortText | None


class InstitutionProfile(Record):
    """Signed by the authority of the institution's jurisdiction."""

    schema_: Annotated[Literal["tanju/institution-profile/1"], Field(alias="schema")]
    credential_subject: InstitutionProfileBody


class QualificationBody(RecordModel):
    """One kind of qualification (approval, accreditation, designation) for one category, with its legal basis and
    dates.
    """

    institution: Hex32
    kind: Literal["approval", "accreditation", "designation"]
    category: Category
    number: ShortText | None
    legal_basis: LongText
    from_: Annotated[Time, Field(alias="from")]
    until: Time


class Qualification(Record):
    """Signed by the authority entitled to that kind."""

    schema_: Annotated[Literal["tanju/qualification/1"], Field(alias="schema")]
    credential_subject: QualificationBody
