"""CertificationDossier and Certificate (footprint label), signed by the certification body."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from verifier.records.envelope import Proof, Record
from verifier.records.footprint_statement import FootprintValue
from verifier.records.inventory import CalendarDate, Names, Period, Quantity, SystemBoundary
from verifier.records.model import (
    Category,
    DigestText,
    Hex32,
    Jurisdiction,
    LongText,
    RecordModel,
    ShortText,
    Time,
)

SchemeLevel = Literal["national", "provincial", "group", "foreign"]
CertificateNumber = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]+$")]


class Party(RecordModel):
    """A client, maker or factory: name, and its unified social credit code or LEI where it has one."""

    name: Names
    code: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{18,20}$")] | None
    address: LongText | None = None


class SiteVisit(RecordModel):
    """When and where the body visited, and how it sampled."""

    dates: Annotated[list[CalendarDate], Field(min_length=1)]
    places: Annotated[list[ShortText], Field(min_length=1)]
    sampling: LongText


class Finding(RecordModel):
    """A document finding, nonconformity or cross-check, and how it was closed."""

    subject: LongText
    finding: LongText
    closed: bool


class CertificationDossierBody(RecordModel):
    """What the body did before it certified; only its digest and two signatures leave the body.

    The evaluator must not be the decider (ISO/IEC 17065 clause 7.6.2). Both are named by their verification methods.
    """

    footprint: DigestText
    contract: ShortText
    impartiality_check: LongText
    team: Annotated[list[ShortText], Field(min_length=1)]
    document_findings: list[Finding]
    site_visit: SiteVisit
    nonconformities: list[Finding]
    cross_checks: list[Finding]
    evaluator: ShortText
    decider: ShortText
    reduction_plan: LongText
    surveillance_plan: LongText


class CertificationDossier(Record):
    """Signed by the evaluator and, another person, the decider."""

    schema_: Annotated[Literal["tanju/certification-dossier/1"], Field(alias="schema")]
    credential_subject: CertificationDossierBody
    proof: Annotated[list[Proof], Field(min_length=2, max_length=2)]


class DossierRef(RecordModel):
    """The dossier's record id, and the proofs of evaluator and decider over the sign-off (``verifier.sign_off``)."""

    id: DigestText
    evaluator: ShortText
    decider: ShortText
    proofs: Annotated[list[Proof], Field(min_length=2, max_length=2)]


class CertifiedProduct(RecordModel):
    """Product, model and unit of certification."""

    name: Names
    model: ShortText | None
    unit_of_certification: ShortText


class RuleRef(RecordModel):
    """A standard or PCR by name and, where it is on the ledger, by record id."""

    name: ShortText
    id: DigestText | None


class Assurance(RecordModel):
    """Type and level of assurance."""

    type: Literal["certification", "verification"]
    level: Literal["reasonable", "limited"]


class Validity(RecordModel):
    """Half-open interval of validity."""

    from_: Annotated[Time, Field(alias="from")]
    until: Time


class CertificateBody(RecordModel):
    """What is certified, in clear. ``holder`` is the salt of the holder commitment that stands on chain."""

    number: CertificateNumber
    document_type: Literal["footprint-label"]
    category: Category
    scheme_level: SchemeLevel
    origin: Jurisdiction
    client: Party
    maker: Party
    factory: Party
    product: CertifiedProduct
    implementing_rule: RuleRef
    standard: RuleRef
    pcr: RuleRef | None
    value: FootprintValue
    boundary: SystemBoundary
    period: Period
    certified_volume: Quantity | None
    validity: Validity
    assurance: Assurance
    continuous_reduction: LongText
    holder_salt: Hex32
    inventory: DigestText
    footprint: DigestText
    dossier: DossierRef


class Certificate(Record):
    """A product-carbon-footprint label certificate, signed by the certification body."""

    schema_: Annotated[Literal["tanju/certificate/1"], Field(alias="schema")]
    credential_subject: CertificateBody


class SurveillanceBody(RecordModel):
    """Surveillance of a certificate by its body: findings, and what follows for its status."""

    certificate: DigestText
    action: Literal["none", "suspend", "restore", "withdraw", "cancel"]
    dates: list[CalendarDate]
    findings: LongText
    legal_basis: LongText


class Surveillance(Record):
    """Signed by the body; its record id is the reason on chain for a change of status."""

    schema_: Annotated[Literal["tanju/surveillance/1"], Field(alias="schema")]
    credential_subject: SurveillanceBody
