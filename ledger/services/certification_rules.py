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
from verifier.decimals import decimals_of, round_half_even, to_fraction
from verifier.identifiers import DOCUMENT_TYPES, bytes32_text, check_uscc, number_digest
from verifier.records.model import parse_time

CERTIFIABLE: Final = frozenset({"R0", "R1", "NOT_DECLARED"})
"""Verdicts of a statement that a certificate may rest on."""
DOCUMENT_TYPE: Final = "footprint-label"
USCC_LENGTH: Final = 18


def require_two_persons(dossier: DossierApplication) -> None:
    """The evaluator is not the decider (ISO/IEC 17065 clause 7.6.2), and everything found is closed."""
    if dossier.evaluator == dossier.decider:
        raise SamePersonError(dossier.evaluator, "evaluator and decider")
    findings = [*dossier.document_findings, *dossier.nonconformities, *dossier.cross_checks]
    still_open = [finding.subject for finding in findings if not finding.closed]
    if still_open:
        raise OpenFindingError(still_open)


def require_statement(
    application: CertificationApplication, statement: dict[str, Any], inventory: dict[str, Any]
) -> None:
    """The statement is about that inventory, was reproduced, and its total is the value to be certified."""
    if statement["inventory"] != application.inventory:
        raise CitationDiffersError(
            f"the statement is about {statement['inventory']}", next_step="cite the inventory that was calculated"
        )
    if statement["verdict"] not in CERTIFIABLE:
        raise StatementNotReproducedError(application.footprint, statement["verdict"])
    total, value, decimals = statement["total"], application.value, inventory["rules"].get("decimals")
    stated = f"{total['value']} {total['unit']} per {total['per']}"
    certified = f"{value.value} {value.unit} per {value.per}"
    rounded = decimals is not None and value.value == round_half_even(to_fraction(total["value"]), decimals)
    same_unit = (value.unit, value.per) == (total["unit"], total["per"])
    if not same_unit or not (value.value == total["value"] or rounded):
        raise ValueDiffersError(certified, stated, decimals)
    if decimals_of(value.value) > decimals_of(total["value"]):
        raise ValueDiffersError(certified, stated, decimals)


def require_scope(application: CertificationApplication, inventory: dict[str, Any], issuer: Institution) -> None:
    """Category, origin, holder and dates are ones that the chain and the verifier accept."""
    category = inventory["product"].get("category")
    if category not in (None, application.category):
        raise ScopeError(
            f"category {application.category!r}, the inventory's product is {category!r}",
            next_step="certify what was calculated",
        )
    if application.origin not in (issuer.jurisdiction, issuer.jurisdiction[:2]):
        raise ScopeError(
            f"origin {application.origin}, the body answers to {issuer.jurisdiction}",
            next_step="name its jurisdiction or country",
        )
    if application.client.code is None:
        raise ScopeError(
            "the client has no code", next_step="give its unified social credit code or LEI: it holds the certificate"
        )
    if len(application.client.code) == USCC_LENGTH:
        check_uscc(application.client.code)
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
