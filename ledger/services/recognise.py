"""recognise: a platform decides on a certificate for its jurisdiction and a purpose; one person proposes, another
confirms.

The proposal's record id is that of the decision without proofs, so the proposal can stand on chain before the second
person has signed. Mode UNILATERAL: agreements between jurisdictions are not on the ledger yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from ledger.chain import outbox
from ledger.errors import NotFoundError
from ledger.keys import InstitutionKeys, PersonKeys
from ledger.node import Node
from ledger.services import verification
from ledger.services.errors import DecisionDiffersError, RefusalWithoutReasonError, SamePersonError
from ledger.services.lookup import require, subject_of
from ledger.services.receive import EVIDENCE, PROFILE, codes_against
from ledger.services.recognition_request import RecognitionRequest
from ledger.services.recording import Recorded, draft, hold_log, keep, note
from ledger.services.standing import require_decider, require_role
from ledger.store import Session, drafts, files
from ledger.store import outbox as actions
from ledger.store.drafts import Draft
from ledger.store.records import Record
from verifier.canonical import canonicalise, digest_of, parse, raw_digest, tag_sha256
from verifier.credential import record_id, sign
from verifier.identifiers import bytes32_text, certificate_key, recognition_id
from verifier.records.model import format_time, parse_time
from verifier.report import Report, Verdict

SCHEMA: Final = "tanju/recognition-decision/1"
KIND: Final = "recognition"
"""The kind of draft."""
MODE: Final = "UNILATERAL"
MODE_ON_CHAIN: Final = 4
OUTCOMES_ON_CHAIN: Final = {"FULL": 1, "PARTIAL": 2, "CONDITIONAL": 3, "REFUSED": 4}
DECIDING_ROLES: Final = ("platform", "authority")

__all__ = ["Proposed", "RecognitionRequest", "confirm", "propose"]


@dataclass(frozen=True, slots=True)
class Proposed:
    """A decision signed by the first person.

    Attributes:
        proposal_id: the decision's tagged record id, which it keeps once it is confirmed.
        recognition_id: its id on chain (32 bytes, hex).
        verdict: what this node's own check of the certificate said.
        queued: the chain actions that follow.
    """

    proposal_id: str
    recognition_id: str
    verdict: str
    queued: tuple[str, ...]


def propose(node: Node, as_: str, person: str, request: RecognitionRequest) -> Proposed:
    """Check the certificate's received evidence, sign the decision as the first person, queue the proposal on chain.

    Raises RefusalWithoutReasonError, NotFoundError (certificate or its evidence not received here),
    DecisionDiffersError (a recognition of what does not verify as VALID now), NotDeciderError, RoleMissingError, the
    verifier's FormatError.
    """
    keys = node.institution(as_)
    signer = keys.person(person)
    if request.outcome == "REFUSED" and not request.reasons:
        raise RefusalWithoutReasonError
    evidence, report = _checked(node, request)
    with node.store.writing() as session:
        platform = require_role(session, keys, *DECIDING_ROLES)
        account = require_decider(session, keys, person)
        certificate = require(session, request.certificate, "Certificate")
        subject = _subject(request, platform.jurisdiction, certificate, evidence, report)
        unsigned = draft(node, keys, SCHEMA, subject)
        document = _sign(node, keys, signer, unsigned)
        identity = record_id(document)
        drafts.add(session, Draft(identity, KIND, keys.id, canonicalise(document), person, node.now()))
        recognition = _recognition_id(certificate, subject, identity)
        _queue_proposal(session, node, account, keys.id, certificate, subject, identity)
        note(
            session,
            node,
            f"{as_}/{person}",
            f"propose {tag_sha256(identity)}",
            request.model_dump(mode="json", by_alias=True),
        )
        session.commit()
    return Proposed(tag_sha256(identity), recognition.hex(), report.verdict, (_propose_action(identity),))


def confirm(node: Node, as_: str, person: str, proposal_id: str) -> Recorded:
    """Add the second person's signature, record the decision, and queue the confirmation on chain after the proposal.

    Raises NotFoundError, SamePersonError, NotDeciderError.
    """
    keys = node.institution(as_)
    signer, identity = keys.person(person), raw_digest(proposal_id)
    with node.store.writing() as session:
        account = require_decider(session, keys, person)
        proposal = drafts.find(session, identity)
        if proposal is None or proposal.kind != KIND or proposal.institution != keys.id:
            raise NotFoundError(
                "proposal", proposal_id, next_step="propose it first, or look whether it was confirmed already"
            )
        proposed = actions.find(session, _propose_action(identity))
        if proposal.created_by == person or (proposed is not None and proposed.sender == account):
            raise SamePersonError(person, "proposer and confirmer")
        hold_log(session, keys)
        document = _sign(node, keys, signer, parse(proposal.document))
        recorded = keep(session, node, keys, document)
        drafts.remove(session, identity)
        subject = document["credentialSubject"]
        certificate = require(session, subject["certificate"], "Certificate")
        queued = f"confirm/{identity.hex()}"
        outbox.enqueue(
            session,
            sender_account=account,
            contract="RecognitionRegistry",
            function="confirm",
            args=[_recognition_id(certificate, subject, identity)],
            action_id=queued,
            record_id=identity,
            after=proposed.id if proposed is not None else None,
            now=node.now(),
        )
        note(session, node, f"{as_}/{person}", f"confirm {proposal_id}", {"proposal": proposal_id})
        session.commit()
    return Recorded(recorded.record_id, recorded.epoch, recorded.index, (queued,))


def _recognition_id(certificate: Record, subject: dict[str, Any], identity: bytes) -> bytes:
    key = certificate_key(certificate.institution, certificate.id)
    return recognition_id(key, subject["jurisdiction"], subject["purpose"], identity)


def _checked(node: Node, request: RecognitionRequest) -> tuple[bytes, Report]:
    """The newest evidence file of the certificate and this node's own check of it, now.

    A refusal may rest on anything; everything else needs VALID.
    """
    with node.store.reading() as session:
        kept = [file for file in files.of_subject(session, raw_digest(request.certificate)) if file.kind == EVIDENCE]
    if not kept:
        raise NotFoundError("evidence file of", request.certificate, next_step="receive its evidence file first")
    report = verification.check(node, kept[-1].content, profile=PROFILE)
    if request.outcome != "REFUSED" and report.verdict is not Verdict.VALID:
        raise DecisionDiffersError(request.certificate, report.verdict, codes_against(report))
    return kept[-1].content, report


def _subject(
    request: RecognitionRequest, jurisdiction: str, certificate: Record, evidence: bytes, report: Report
) -> dict[str, Any]:
    return {
        **request.model_dump(mode="json", by_alias=True),
        "jurisdiction": jurisdiction,
        "mode": MODE,
        "valueOriginal": subject_of(certificate)["value"],
        "evidenceSeen": [digest_of(evidence)],
        "verification": report.digest(),
    }


def _sign(node: Node, keys: InstitutionKeys, person: PersonKeys, document: dict[str, Any]) -> dict[str, Any]:
    return sign(document, person.cosign_key, did=keys.did, created=format_time(node.now()))


def _propose_action(identity: bytes) -> str:
    return f"propose/{identity.hex()}"


def _queue_proposal(
    session: Session,
    node: Node,
    account: str,
    institution: bytes,
    certificate: Record,
    subject: dict[str, Any],
    identity: bytes,
) -> None:
    proposal = {
        "certificate": certificate_key(certificate.institution, certificate.id),
        "jurisdiction": bytes32_text(subject["jurisdiction"]),
        "purpose": bytes32_text(subject["purpose"]),
        "institution": institution,
        "mode": MODE_ON_CHAIN,
        "outcome": OUTCOMES_ON_CHAIN[subject["outcome"]],
        "recordId": identity,
        "validUntil": parse_time(subject["validUntil"]),
        "reasons": [bytes32_text(code) for code in subject["reasons"]],
    }
    outbox.enqueue(
        session,
        sender_account=account,
        contract="RecognitionRegistry",
        function="propose",
        args=[proposal],
        action_id=_propose_action(identity),
        record_id=identity,
        now=node.now(),
    )
