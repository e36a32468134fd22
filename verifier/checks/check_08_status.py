"""Check 8: the certificate's status as of (validAt, knownAt), from the history kept on chain."""

from __future__ import annotations

from verifier.canonical import raw_digest
from verifier.case import Case
from verifier.chainview import OnchainCertificate
from verifier.errors import ProofError
from verifier.evidence import ChainSeen, RecognitionSeen, StatusChange
from verifier.identifiers import DOCUMENT_TYPES, bytes32_text, holder_commitment, number_digest, rule_name_id
from verifier.records.certificate import CertificateBody
from verifier.records.model import format_time, parse_time
from verifier.report import CheckResult, Status

NUMBER = 8


def run(case: Case) -> CheckResult:
    """VALID only for the status VALID. Raises ProofError (CERT_*, EXPORT_STATE_DIFFERS), or skips."""
    entry = case.onchain()
    item, certificate = case.certificate()
    _same_fields(entry, certificate.credential_subject, raw_digest(item.id))
    _compare_export(case)
    key = case.certificate_key()
    status = case.chain.status_at(key, case.valid_at(), case.known_at())
    case.details["status"] = status
    case.details["history"] = [
        {
            "action": change.action,
            "owner": change.owner,
            "effectiveFrom": format_time(change.effective_from),
            "recordedAt": format_time(change.recorded_at),
        }
        for change in case.chain.history(key)
        if change.recorded_at <= case.known_at()
    ]
    if status != "VALID":
        code = "CERT_NOT_ISSUED_AS_KNOWN" if status == "NONE" else f"CERT_{status}"
        return CheckResult(NUMBER, Status.INVALID, code, found=status, expected="VALID")
    return CheckResult(NUMBER, Status.VALID, "OK", found=status, expected="VALID")


def _same_fields(entry: OnchainCertificate, body: CertificateBody, identity: bytes) -> None:
    """What stands on chain is what the record says: a body cannot issue one thing and show another."""
    pairs = {
        "recordId": (entry.record_id, identity),
        "number": (entry.number_digest, number_digest(body.number)),
        "documentType": (entry.document_type, DOCUMENT_TYPES[body.document_type]),
        "category": (entry.category, bytes32_text(body.category)),
        "pcr": (entry.pcr_id, _pcr_id(body)),
        "origin": (entry.origin, bytes32_text(body.origin)),
        "validFrom": (entry.valid_from, parse_time(body.validity.from_)),
        "validUntil": (entry.valid_until, parse_time(body.validity.until)),
        "holder": (entry.holder_commitment, holder_commitment(bytes.fromhex(body.holder_salt), body.client.code or "")),
    }
    wrong = [name for name, (found, expected) in pairs.items() if found != expected]
    if wrong:
        raise ProofError(f"chain and record differ in {', '.join(wrong)}", code="CERT_FIELDS_DIFFER")


def _pcr_id(body: CertificateBody) -> bytes:
    """The PCR as the chain knows it: record id, digest of the name, or zero where none applies."""
    if body.pcr is None:
        return bytes(32)
    return raw_digest(body.pcr.id) if body.pcr.id else rule_name_id(body.pcr.name)


def _compare_export(case: Case) -> None:
    """The history that the exporter states is the beginning of the chain's: nothing left out, nothing made up."""
    evidence = case.file
    _compare_seen(case, evidence.chain)
    chain = [
        StatusChange.model_validate(
            {
                "action": change.action,
                "owner": change.owner,
                "effectiveFrom": format_time(change.effective_from),
                "recordedAt": format_time(change.recorded_at),
                "reason": change.reason.hex(),
            }
        )
        for change in case.chain.history(case.certificate_key())
    ]
    exported = parse_time(evidence.chain.block.time)
    expected = [change for change in chain if parse_time(change.recorded_at) <= exported]
    if evidence.chain.certificate_key != case.certificate_key().hex() or evidence.chain.history != expected:
        raise ProofError(
            "the file states another history than the chain had when it was exported", code="EXPORT_STATE_DIFFERS"
        )


def _compare_seen(case: Case, seen: ChainSeen) -> None:
    """The block, and what the exporter says it read at that block, are the chain's own."""
    key, at = case.certificate_key(), parse_time(seen.block.time)
    block, entry = case.chain.block(seen.block.number), case.onchain()
    if block is None or (block.hash.hex(), block.time) != (seen.block.hash, at):
        raise ProofError("the block that the file names is not on this chain", code="EXPORT_STATE_DIFFERS")
    competent = case.chain.competent_at(
        case.issuer(), entry.document_type, entry.category, entry.issued_at, entry.issued_at
    )
    same = (
        seen.issued_at == format_time(entry.issued_at),
        seen.status == case.chain.status_at(key, at, at),
        seen.competent_at_issue == competent,
        all(_same_recognition(case, item, at) for item in seen.recognitions),
    )
    if not all(same):
        raise ProofError(
            "the file states another answer than the chain gives for its block", code="EXPORT_STATE_DIFFERS"
        )


def _same_recognition(case: Case, item: RecognitionSeen, at: int) -> bool:
    place = (bytes32_text(item.jurisdiction), bytes32_text(item.purpose))
    status, decision = case.chain.recognition_at(case.certificate_key(), *place, at, at)
    return (item.status, item.decision) == (status, decision.hex())
