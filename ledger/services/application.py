"""What a certification body states when it certifies: everything a certificate says that is not computed from the
records.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from verifier.records.certificate import (
    Assurance,
    CertificateNumber,
    CertifiedProduct,
    Finding,
    Party,
    RuleRef,
    SchemeLevel,
    SiteVisit,
    Validity,
)
from verifier.records.footprint_statement import FootprintValue
from verifier.records.inventory import Quantity
from verifier.records.model import Category, DigestText, Jurisdiction, LongText, RecordModel, ShortText


class DossierApplication(RecordModel):
    """The body's own work before it certifies (ISO/IEC 17065 clause 7); it stays with the body.

    ``evaluator`` and ``decider`` are names of persons in the node's key file, and different ones.
    """

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


class CertificationApplication(RecordModel):
    """An application that is ready to be decided.

    Boundary and period come from the inventory, the holder's salt from the node, the dossier's reference from the
    dossier. ``client.code`` is needed: the client holds the certificate. ``supersedes`` is the certificate that this
    one replaces.
    """

    number: CertificateNumber
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
    certified_volume: Quantity | None
    validity: Validity
    assurance: Assurance
    continuous_reduction: LongText
    inventory: DigestText
    footprint: DigestText
    dossier: DossierApplication
    supersedes: DigestText | None = None
