"""What must hold before a certification body certifies: each rule one function that raises what is wrong."""

from __future__ import annotations

from typing import Any, Final

from ledger.keys import InstitutionKeys
from ledger.services.application import CertificationApplication, DossierApplication
from ledger.services.errors import (
    CitationDiffersError,
    NotCompetentError,
    NumberTakenError,
    OpenFindingError,
    SamePersonError,
    ScopeError,
    StatementNotReproducedError,
    ValueDiffersError,
)
from ledger.services.lookup import about, identity_of
from ledger.store import Session
from ledger.store.institutions import Institution
from ledger.store.records import Record
from verifier.chainview import ChainView
from verifier.consistency import (
    is_too_coarse,
    require_declared_unit,
    require_identified,
    require_parties,
    require_same_statement,
)
from verifier.identifiers import DOCUMENT_TYPES, bytes32_text, number_digest
from verifier.records.certificate import CertificateBody
from verifier.records.disclosure import InventoryBody
from verifier.records.model import parse_time

CERTIFIABLE: Final = frozenset({"R0", "R1", "NOT_DECLARED"})
"""Verdicts of a statement that a certificate may rest on."""
DOCUMENT_TYPE: Final = "footprint-label"


def require_two_persons(dossier: DossierApplication) -> None:
    """The evaluator is not the decider (ISO/IEC 17065 clause 7.6.2), and everything found is closed."""
    if dossier.evaluator == dossier.decider:
        raise SamePersonError(dossier.evaluator, "evaluator and decider")
    findings = [*dossier.document_findings, *dossier.nonconformities, *dossier.cross_checks]
    still_open = [finding.subject for finding in findings if not finding.closed]
    if still_open:
        raise OpenFindingError(still_open)


def require_statement(application: CertificationApplication, statement: dict[str, Any]) -> None:
    """The statement is about that inventory, was reproduced, and its total is the value to be certified."""
    if statement["inventory"] != application.inventory:
        raise CitationDiffersError(
            f"the statement is about {statement['inventory']}", next_step="cite the inventory that was calculated"
        )
    if statement["verdict"] not in CERTIFIABLE:
        raise StatementNotReproducedError(application.footprint, statement["verdict"])
    if application.value.model_dump() != statement["total"]:
        raise ValueDiffersError(_words(application.value.model_dump()), _words(statement["total"]))
    if is_too_coarse(application.value.value):
        raise StatementNotReproducedError(application.footprint, "INPUTS_TOO_COARSE")


def _words(total: dict[str, str]) -> str:
    return f"{total['value']} {total['unit']} per {total['per']}"


def require_consistent(
    subject: dict[str, Any], inventory: dict[str, Any], *, issuer: bytes, discloser: bytes, calculator: bytes
) -> None:
    """What the verifier will ask of certificate and inventory together, asked before anything is signed (institution
    ids).

    Raises the verifier's ProofError (CERTIFICATE_DIFFERS, IDENTITY, SELF_CERTIFIED, SIGNER_UNFIT, DECLARED_UNIT).
    """
    certified = CertificateBody.model_validate(subject)
    disclosed = InventoryBody.model_validate(inventory)
    require_same_statement(certified, disclosed)
    require_identified(certified)
    require_parties(certified, issuer=issuer, discloser=discloser, calculator=calculator)
    require_declared_unit(disclosed.functional_unit, disclosed.reference_flow)


def require_scope(application: CertificationApplication, issuer: Institution) -> None:
    """Origin and dates are ones that the chain and the verifier accept."""
    if application.origin not in (issuer.jurisdiction, issuer.jurisdiction[:2]):
        raise ScopeError(
            f"origin {application.origin}, the body answers to {issuer.jurisdiction}",
            next_step="name its jurisdiction or country",
        )
    if parse_time(application.validity.from_) >= parse_time(application.validity.until):
        raise ScopeError("the validity ends before it begins", next_step="half-open: from < until")


def require_competent(view: ChainView, issuer: InstitutionKeys, application: CertificationApplication) -> None:
    """The body holds every qualification for the category now, and the number is free on chain."""
    now = view.head().time
    category = bytes32_text(application.category)
    if not view.competent_at(issuer.id, DOCUMENT_TYPES[DOCUMENT_TYPE], category, now, now):
        raise NotCompetentError(issuer.name, DOCUMENT_TYPE, application.category)


def require_number(session: Session, issuer: InstitutionKeys, application: CertificationApplication) -> None:
    """The body has not used the number."""
    for record in about(session, "Certificate", number_digest(application.number), institution=issuer.id):
        raise NumberTakenError(application.number, identity_of(record))


def require_own(issuer: InstitutionKeys, replaced: Record) -> None:
    """A certificate is replaced by its own issuer only."""
    if replaced.institution != issuer.id:
        raise ScopeError(
            f"{identity_of(replaced)} was issued by another body", next_step="only its issuer replaces a certificate"
        )
