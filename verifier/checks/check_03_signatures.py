"""Check 3: every signature holds, is for assertion, and is by a key of the record's own issuer."""

from __future__ import annotations

from verifier.case import Case, Item
from verifier.credential import check_proof, check_proofs, record_id, split_method
from verifier.errors import ProofError
from verifier.records.certificate import Certificate
from verifier.report import CheckResult, Status
from verifier.sign_off import sign_off_document

NUMBER = 3


def run(case: Case) -> CheckResult:
    """Raises ProofError (SIGNATURE, ISSUER_DIFFERS, SAME_PERSON, DOSSIER_SIGNATURE)."""
    evidence = case.file
    count = 0
    for item in case.items.values():
        methods = check_proofs(item.document)
        _of_issuer(methods, item.record.issuer, item.id)
        count += len(methods)
        if isinstance(item.record, Certificate):
            count += _check_dossier(item, item.record)
    _of_issuer(check_proofs(case.document), evidence.exporter, "the evidence file")
    return CheckResult(NUMBER, Status.VALID, "OK", found=f"{count + 1} signatures hold")


def _of_issuer(methods: list[str], issuer: str, place: str) -> None:
    if any(split_method(method)[0] != issuer for method in methods):
        raise ProofError(f"{place} is signed by another DID than its issuer {issuer}", code="ISSUER_DIFFERS")


def _check_dossier(item: Item, certificate: Certificate) -> int:
    """Two persons of the body signed off this dossier, footprint and number (ISO/IEC 17065 clause 7.6.2)."""
    dossier = certificate.credential_subject.dossier
    raw = item.document["credentialSubject"]["dossier"]["proofs"]
    signed = sign_off_document(item.document["credentialSubject"])
    methods = [check_proof(record_id(signed), proof, context=signed["@context"]) for proof in raw]
    if dossier.evaluator == dossier.decider or len({split_method(method)[1] for method in methods}) != 2:
        raise ProofError("the evaluator is also the decider", code="SAME_PERSON")
    if sorted(methods) != sorted([dossier.evaluator, dossier.decider]):
        raise ProofError("the dossier is signed by others than its evaluator and decider", code="DOSSIER_SIGNATURE")
    _of_issuer(methods, certificate.issuer, f"the dossier {dossier.id}")
    return len(methods)
