"""Check 4: each key was that institution's, for that purpose, when the record was anchored.

A key counts only if the chain knew it by then: it is asked as of (anchored, anchored), and again as known now, so
that a later revocation with earlier effect is seen. Authorities' records are signed with the trust root's keys and
stand on chain by id.
"""

from __future__ import annotations

from verifier.canonical import raw_digest
from verifier.case import Case, Item, institution_of
from verifier.chainview import ChainView
from verifier.consistency import require_parties
from verifier.credential import split_method
from verifier.errors import ProofError
from verifier.identifiers import (
    KEY_PURPOSES,
    KINDS,
    ROLES,
    bytes32_text,
    did_digest,
    key_digest,
)
from verifier.records.certificate import Certificate
from verifier.records.institution import InstitutionProfile, Qualification
from verifier.records.model import parse_time
from verifier.records.registry import RECORD_TYPES
from verifier.report import CheckResult, Status

NUMBER = 4


def run(case: Case) -> CheckResult:
    """Raises ProofError (KEY_NOT_VALID, DID_NOT_OF_INSTITUTION, NOT_AN_AUTHORITY), ChainUnavailableError, or skips."""
    chain, known_at = case.chain, case.known_at()
    for item in case.items.values():
        kind = RECORD_TYPES[item.record.schema_]
        if kind.signers == "authority":
            _check_authority(case, item)
            continue
        anchored = case.anchor(item).recorded_at
        methods = [proof.verification_method for proof in item.record.proof]
        for seen in (anchored, max(anchored, known_at)):
            _check_keys(chain, institution_of(item), methods, kind.signers, anchored, seen)
            if isinstance(item.record, Certificate):
                signers = [proof.verification_method for proof in item.record.credential_subject.dossier.proofs]
                _check_keys(chain, institution_of(item), signers, "cosign", anchored, seen)
    _check_parties(case)
    _check_exporter(case)
    return CheckResult(NUMBER, Status.VALID, "OK", found=f"keys of {len(case.items)} records")


def _check_keys(chain: ChainView, institution: bytes, methods: list[str], purpose: str, at: int, known: int) -> None:
    for method in methods:
        did, multikey = split_method(method)
        if chain.institution_of_did(did_digest(did), at, known) != institution:
            raise ProofError(f"{did} was not that institution's DID when anchored", code="DID_NOT_OF_INSTITUTION")
        if not chain.key_valid_at(institution, key_digest(multikey), KEY_PURPOSES[purpose], at, known):
            raise ProofError(
                f"{multikey} was not a valid key for {purpose!r} of {did} when anchored",
                remedy="ask the institution which keys it registered",
                code="KEY_NOT_VALID",
            )


def _check_parties(case: Case) -> None:
    """Each record was written by one who may: factors by a publisher, the inventory by a party of the certificate, the
    statement by the body or a party; and no body certifies itself.
    """
    certificate_item, certificate = case.certificate()
    issuer = institution_of(certificate_item)
    require_parties(
        certificate.credential_subject,
        issuer=issuer,
        discloser=institution_of(case.inventory()[0]),
        calculator=institution_of(case.footprint()[0]),
    )
    _have_role(case, [issuer], "certification-body")
    datasets = [institution_of(case.items[cited]) for cited in case.inventory()[1].credential_subject.factors]
    _have_role(case, datasets, "factor-publisher")


def _have_role(case: Case, institutions: list[bytes], role: str) -> None:
    for institution in institutions:
        if not case.chain.roles(institution) >> ROLES.index(role) & 1:
            raise ProofError(f"{institution.hex()} is no {role}", code="SIGNER_UNFIT")


def _check_exporter(case: Case) -> None:
    """The exporter is an institution of the ledger and its key was valid at the block it exported from."""
    evidence = case.file
    at = parse_time(evidence.chain.block.time)
    exporter = case.chain.institution_of_did(did_digest(evidence.exporter), at, at) if at <= case.head().time else None
    if exporter is None:
        raise ProofError(f"the exporter {evidence.exporter} was no institution then", code="DID_NOT_OF_INSTITUTION")
    methods = [proof.verification_method for proof in evidence.proof]
    for seen in (at, max(at, case.known_at())):
        _check_keys(case.chain, exporter, methods, "assert", at, seen)


def _check_authority(case: Case, item: Item) -> None:
    record = item.record
    _, multikey = split_method(record.proof[0].verification_method)
    authority = case.trust.authority_key(multikey)
    if authority is None or authority.did != record.issuer:
        raise ProofError(f"{record.issuer} is not an authority of the trust root", code="NOT_AN_AUTHORITY")
    if isinstance(record, InstitutionProfile):
        institution = bytes.fromhex(record.credential_subject.institution)
        if authority.jurisdiction not in (record.credential_subject.jurisdiction, "CN"):
            raise ProofError(f"{record.issuer} is no authority of that jurisdiction", code="NOT_AN_AUTHORITY")
        found = {case.chain.profile_id(institution)}
    elif isinstance(record, Qualification):
        body = record.credential_subject
        if body.kind not in authority.grants:
            raise ProofError(f"{record.issuer} may not grant {body.kind}", code="NOT_AN_AUTHORITY")
        found = {
            *case.chain.qualification_records(
                bytes.fromhex(body.institution), KINDS[body.kind], bytes32_text(body.category)
            )
        }
    else:
        raise ProofError(f"{record.schema_} is not an authority's record", code="NOT_AN_AUTHORITY")
    if raw_digest(item.id) not in found:
        raise ProofError(f"{item.id} is not the record that stands on chain", code="NOT_ANCHORED")
