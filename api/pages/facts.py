"""The facts that a certificate page shows, as plain JSON: drawn from an evidence file and from the check of it,
nothing else.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from typing import Any, Final, Literal, TypeVar

from verifier.canonical import tag_sha256
from verifier.chainview import CERTIFICATE_STATUSES
from verifier.checks import CHECKS
from verifier.credential import record_id
from verifier.evidence import Evidence
from verifier.profiles import required_checks
from verifier.records.certificate import Certificate, CertificateBody
from verifier.records.envelope import Record
from verifier.records.footprint_statement import FootprintStatement, FootprintStatementBody
from verifier.records.institution import InstitutionProfile
from verifier.records.registry import read_record
from verifier.report import NOT_THE_TRUTH, Report, Status, Verdict

PAGE_SCHEMA: Final = "tanju/certificate-page/1"
STATUS_CODES: Final = frozenset({f"CERT_{status}" for status in CERTIFICATE_STATUSES} | {"CERT_NOT_ISSUED_AS_KNOWN"})
"""What check 8 says of a certificate that is whole, but whose status is another than VALID."""
SHARE_DIGITS: Final = Decimal("0.1")
BandState = Literal["valid", "invalid", "warning", "unknown"]
RecordT = TypeVar("RecordT", bound=Record)


def certificate_facts(evidence: Evidence, report: Report) -> dict[str, Any]:
    """Everything that the page shows. Raises FormatError when the file lacks the certificate or its statement."""
    records: dict[str, Record] = {
        tag_sha256(record_id(entry.document)): read_record(entry.document) for entry in evidence.records
    }
    certificate = _of(records[evidence.certificate], Certificate)
    body = certificate.credential_subject
    statement = _of(records[body.footprint], FootprintStatement).credential_subject
    return {
        "schema": PAGE_SCHEMA,
        "id": evidence.certificate,
        "network": report.network,
        "verdict": str(report.verdict),
        "band": band(report),
        "profile": report.profile,
        "jurisdiction": report.jurisdiction,
        "purpose": report.purpose,
        "validAt": report.valid_at,
        "knownAt": report.known_at,
        "against": dict(report.against),
        "reportDigest": report.digest(),
        "recalculatedBy": report.recalculated_by,
        "notTheTruth": NOT_THE_TRUTH,
        "certificate": _certificate(certificate, body),
        "issuer": _issuer(certificate.issuer, list(records.values()), evidence),
        "stages": _shares(statement),
        "groups": [{"group": item.group, "value": item.value} for item in statement.groups],
        "gwp": statement.gwp,
        "tool": statement.tool.model_dump(mode="json"),
        "reproduced": statement.verdict,
        "issuedAt": evidence.chain.issued_at,
        "anchoredAt": report.details.get("anchoredAt", ""),
        "statusNow": evidence.chain.status,
        "history": [entry.model_dump(mode="json", by_alias=True) for entry in evidence.chain.history],
        "recognitions": [entry.model_dump(mode="json", by_alias=True) for entry in evidence.chain.recognitions],
        "checks": checks(report),
    }


def band(report: Report) -> dict[str, str]:
    """The verdict band: its state, and the key of its headline; the worst that was found speaks.

    A file that is wrong is worse than a status, and a status worse than a recognition that is missing or paused.
    """
    if report.verdict is Verdict.VALID:
        return _band("valid", "VALID")
    wrong = [result.code for result in report.checks if result.status is Status.INVALID]
    if not wrong:
        return _band("unknown", str(report.verdict))
    faults = [code for code in wrong if code not in STATUS_CODES and not code.startswith("RECOGNITION_")]
    if faults:
        return _band("invalid", faults[0])
    ended = [code for code in wrong if code in STATUS_CODES]
    if ended:
        return _band("warning" if ended[0] == "CERT_SUSPENDED" else "invalid", ended[0])
    return _band("warning", wrong[0])


def _band(state: BandState, headline: str) -> dict[str, str]:
    return {"state": state, "headline": headline}


def checks(report: Report) -> list[dict[str, Any]]:
    """One row a numbered check: its question in both languages, the answer, what was found and what was expected."""
    required = required_checks(report.profile)
    questions = {check.number: {"zh": check.zh, "en": check.en} for check in CHECKS}
    return [
        {
            "check": result.check,
            "question": questions[result.check],
            "status": str(result.status),
            "code": result.code,
            "found": result.found,
            "expected": result.expected,
            "nextStep": result.next_step,
            "findings": [dict(finding) for finding in result.findings],
            "required": result.check in required,
        }
        for result in report.checks
    ]


def _certificate(certificate: Certificate, body: CertificateBody) -> dict[str, Any]:
    shown = body.model_dump(
        mode="json",
        by_alias=True,
        include={
            "number", "document_type", "category", "scheme_level", "origin", "client", "maker", "factory", "product",
            "implementing_rule", "standard", "pcr", "value", "boundary", "period", "certified_volume", "validity",
            "assurance", "continuous_reduction", "inventory", "footprint",
        },
    )  # fmt: skip
    return {**shown, "signedAt": certificate.proof[0].created}


def _issuer(did: str, records: list[Record], evidence: Evidence) -> dict[str, Any]:
    """The issuer by its DID, with name and code where its profile travels in the file."""
    profiles = [record.credential_subject for record in records if isinstance(record, InstitutionProfile)]
    found = next((profile for profile in profiles if profile.did == did), None)
    return {
        "did": did,
        "name": found.name.model_dump(mode="json") if found else None,
        "code": found.code if found else None,
        "jurisdiction": found.jurisdiction if found else None,
        "competentAtIssue": evidence.chain.competent_at_issue,
    }


def _shares(statement: FootprintStatementBody) -> list[dict[str, str]]:
    """The stages with their share of the total in per cent, one decimal; no share where the total is zero."""
    total = Decimal(statement.total.value)
    with localcontext(prec=60):
        return [
            {
                "stage": item.stage,
                "value": item.value,
                "share": str((Decimal(item.value) * 100 / total).quantize(SHARE_DIGITS)) if total else "",
            }
            for item in statement.stages
        ]


def _of(record: Record, model: type[RecordT]) -> RecordT:
    if not isinstance(record, model):
        raise TypeError(f"{model.__name__} expected, found {type(record).__name__}")
    return record
