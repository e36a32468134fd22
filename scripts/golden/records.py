"""The golden records, one function each: unsigned documents with fixed salts and times, and their signatures."""

from __future__ import annotations

from typing import Any, Final

from scripts.golden.inventory import CATEGORY
from scripts.golden.keys import BODY, MAKER, GoldenAuthority, GoldenInstitution, account, signing_key
from verifier.canonical import canonicalise, digest_of, sha256, tag_sha256
from verifier.credential import record_id, sign
from verifier.footprint import FootprintResult, GwpSet
from verifier.inventory_tables import rule_set_digest
from verifier.records.envelope import envelope
from verifier.records.model import format_time
from verifier.records.registry import RECORD_TYPES
from verifier.sign_off import sign_off_document
from verifier.tables import table_root

DAY: Final = 86_400
HOLDER_SALT: Final = sha256(b"tanju/test-salt/holder").hex()


def salt(name: str) -> str:
    """A fixed salt (32 hex digits) by name."""
    return sha256(b"tanju/test-salt/" + name.encode()).hex()[:32]


def digest(document: dict[str, Any]) -> str:
    """The tagged record id."""
    return tag_sha256(record_id(document))


class Writer:
    """Writes records of one ledger at a time of its own."""

    def __init__(self, ledger: dict[str, Any]) -> None:
        """``ledger`` is the envelope's value."""
        self.ledger = ledger

    def unsigned(
        self, schema: str, issuer: str, at: int, subject: dict[str, Any], rule_set: str | None = None
    ) -> dict[str, Any]:
        """A record without proofs."""
        return envelope(
            schema=schema,
            type_name=RECORD_TYPES[schema].type_name,
            issuer=issuer,
            valid_from=format_time(at),
            ledger=self.ledger,
            salt=salt(f"{schema}/{issuer}/{digest_of(canonicalise(subject))}"),
            subject=subject,
            rule_set=rule_set,
        )

    def by(
        self, institution: GoldenInstitution, schema: str, at: int, subject: dict[str, Any], rule_set: str | None = None
    ) -> dict[str, Any]:
        """A record signed with the institution's assert key."""
        document = self.unsigned(schema, institution.did, at, subject, rule_set)
        return sign(document, institution.key("assert"), did=institution.did, created=format_time(at))

    def by_persons(
        self, institution: GoldenInstitution, schema: str, at: int, subject: dict[str, Any]
    ) -> dict[str, Any]:
        """A record signed by two persons of the institution."""
        document = self.unsigned(schema, institution.did, at, subject)
        for person in institution.persons:
            document = sign(document, institution.key(person), did=institution.did, created=format_time(at))
        return document

    def by_authority(self, authority: GoldenAuthority, schema: str, at: int, subject: dict[str, Any]) -> dict[str, Any]:
        """A record signed with an authority's key."""
        document = self.unsigned(schema, authority.did, at, subject)
        return sign(document, signing_key(f"authority/{authority.name}"), did=authority.did, created=format_time(at))


def profile_subject(institution: GoldenInstitution, at: int) -> dict[str, Any]:
    """The subject of an InstitutionProfile."""
    return {
        "institution": institution.id.hex(),
        "scheme": "uscc",
        "code": institution.code,
        "jurisdiction": institution.jurisdiction,
        "did": institution.did,
        "didFrom": format_time(at),
        "account": account(institution.name).address.lower(),
        "name": {"zh": institution.zh, "en": institution.en},
        "roles": list(institution.roles),
        "endpoint": f"https://{institution.name}.golden.example",
    }


def qualification_subject(institution: GoldenInstitution, kind: str, at: int) -> dict[str, Any]:
    """The subject of a Qualification of five years."""
    return {
        "institution": institution.id.hex(),
        "kind": kind,
        "category": CATEGORY,
        "number": "CNCA-R-2026-999" if kind == "approval" else None,
        "legalBasis": "test",
        "from": format_time(at),
        "until": format_time(at + 5 * 365 * DAY),
    }


def statement_subject(
    inventory: dict[str, Any],
    result: FootprintResult,
    gwp: GwpSet,
    contributions: list[dict[str, Any]],
    basis: list[dict[str, Any]],
) -> tuple[dict[str, Any], str]:
    """The subject of a FootprintStatement and its rule set."""
    subject = {
        "inventory": digest(inventory),
        "total": {"value": result.total, "unit": result.unit, "per": result.per},
        "stages": [{"stage": share.key, "value": share.value} for share in result.stages],
        "groups": [{"group": share.key, "value": share.value} for share in result.groups],
        "contributions": {"root": table_root(contributions).hex(), "count": len(contributions)},
        "gwp": gwp.name,
        "gwpDigest": gwp.digest,
        "factors": inventory["credentialSubject"]["factors"],
        "verdict": result.verdict,
        "conversionBasis": basis,
        "tool": {"name": "tanju", "version": "0.1.0"},
    }
    return subject, rule_set_digest(inventory["credentialSubject"]["rules"], gwp.digest)


def dossier_subject(statement: dict[str, Any]) -> dict[str, Any]:
    """The subject of a CertificationDossier: minimal, evaluator and another decider."""
    evaluator, decider = BODY.persons
    return {
        "footprint": digest(statement),
        "contract": "TEST-2026-001",
        "impartialityCheck": "no relation between body, client and consultant was found",
        "team": ["test auditor"],
        "documentFindings": [],
        "siteVisit": {"dates": ["2025-12-20"], "places": ["CN-SH"], "sampling": "all meters of both processes"},
        "nonconformities": [],
        "crossChecks": [{"subject": "electricity", "finding": "meter readings match the bills", "closed": True}],
        "evaluator": BODY.method(evaluator),
        "decider": BODY.method(decider),
        "reductionPlan": "electricity of rolling −2 % in 2026",
        "surveillancePlan": "one visit a year",
    }


def certificate_subject(
    inventory: dict[str, Any], statement: dict[str, Any], dossier: dict[str, Any], at: int
) -> dict[str, Any]:
    """The subject of a Certificate of two years."""
    evaluator, decider = BODY.persons
    party = {"name": {"zh": MAKER.zh, "en": MAKER.en}, "code": MAKER.code}
    source = inventory["credentialSubject"]
    subject: dict[str, Any] = {
        "number": "TEST-CFP-2026-0001",
        "documentType": "footprint-label",
        "category": CATEGORY,
        "schemeLevel": "provincial",
        "origin": "CN-SH",
        "client": party,
        "maker": party,
        "factory": party,
        "product": {"name": source["product"]["name"], "model": "SPHC", "unitOfCertification": "hot-rolled coil"},
        "implementingRule": {"name": "test implementing rule", "id": None},
        "standard": {"name": source["rules"]["standard"], "id": None},
        "pcr": {"name": source["rules"]["pcr"], "id": None},
        "value": statement["credentialSubject"]["total"],
        "boundary": source["systemBoundary"],
        "period": source["period"],
        "certifiedVolume": {"amount": "100000", "unit": "t"},
        "validity": {"from": format_time(at), "until": format_time(at + 2 * 365 * DAY)},
        "assurance": {"type": "certification", "level": "reasonable"},
        "continuousReduction": "the client plans to lower the footprint by 2 % a year",
        "holderSalt": HOLDER_SALT,
        "inventory": digest(inventory),
        "footprint": digest(statement),
        "dossier": {
            "id": digest(dossier),
            "evaluator": dossier["credentialSubject"]["evaluator"],
            "decider": dossier["credentialSubject"]["decider"],
        },
    }
    signed = sign_off_document(subject)
    for person in (evaluator, decider):
        signed = sign(signed, BODY.key(person), did=BODY.did, created=format_time(at))
    subject["dossier"]["proofs"] = signed["proof"]
    return subject


def surveillance_subject(certificate: dict[str, Any], action: str) -> dict[str, Any]:
    """The subject of a Surveillance record that changes the certificate's status."""
    return {
        "certificate": digest(certificate),
        "action": action,
        "dates": ["2026-01-05"],
        "findings": "a meter's calibration had lapsed" if action == "suspend" else "the meter was calibrated again",
        "legalBasis": "test implementing rule, clause 8",
    }


def decision_subject(certificate: dict[str, Any], at: int, report: str) -> dict[str, Any]:
    """The subject of a RecognitionDecision: unilateral, full, by the platform of Zhejiang."""
    return {
        "certificate": digest(certificate),
        "jurisdiction": "CN-ZJ",
        "purpose": "procurement",
        "mode": "UNILATERAL",
        "nature": "platform-reference",
        "outcome": "FULL",
        "valueOriginal": certificate["credentialSubject"]["value"],
        "valueConverted": None,
        "factors": None,
        "validUntil": format_time(at + 365 * DAY),
        "legalBasis": "test rule of the platform, clause 3",
        "timeLimit": "decided within 10 days",
        "publication": "on the platform",
        "reasons": [],
        "conditions": [],
        "appeal": "to the authority of Zhejiang within 60 days",
        "evidenceSeen": [digest(certificate)],
        "verification": report,
    }
