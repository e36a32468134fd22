"""certify: a certification body closes its dossier, signs the certificate and queues its issue on chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from ledger.chain import outbox
from ledger.keys import InstitutionKeys
from ledger.log import seal
from ledger.node import Node
from ledger.services import certification_rules as rules
from ledger.services.application import CertificationApplication
from ledger.services.lookup import require, subject_of
from ledger.services.recording import Recorded, assert_signed, draft, hold_log, keep, note
from ledger.services.standing import require_role
from ledger.store import Session
from verifier.canonical import raw_digest, tag_sha256
from verifier.credential import record_id, sign, verification_method
from verifier.identifiers import (
    DOCUMENT_TYPES,
    bytes32_text,
    certificate_key,
    holder_commitment,
    number_digest,
    rule_name_id,
)
from verifier.records.model import format_time, parse_time

SCHEMA: Final = "tanju/certificate/1"
DOSSIER_SCHEMA: Final = "tanju/certification-dossier/1"
HOLDER_SALT_BYTES: Final = 32
ZERO: Final = bytes(32)

__all__ = ["CertificationApplication", "Certified", "certify"]


@dataclass(frozen=True, slots=True)
class Certified:
    """A certificate: its record, its dossier's record id and its key on chain (32 bytes, hex)."""

    recorded: Recorded
    dossier_id: str
    certificate_key: str

    @property
    def record_id(self) -> str:
        """The certificate's tagged record id."""
        return self.recorded.record_id

    @property
    def queued(self) -> tuple[str, ...]:
        """The chain actions that follow from it."""
        return self.recorded.queued


def certify(node: Node, as_: str, application: CertificationApplication) -> Certified:
    """Record dossier and certificate, and queue the issue on chain after the append of the log that holds them.

    Raises what `certification_rules` refuses (SAME_PERSON, FINDING_OPEN, CITATION_DIFFERS, STATEMENT_NOT_REPRODUCED,
    VALUE_DIFFERS, OUT_OF_SCOPE, ISSUER_NOT_COMPETENT, NUMBER_TAKEN), NotFoundError for a record or person that is not
    here, and the verifier's ChainUnavailableError when the body's competence could not be asked.
    """
    keys = node.institution(as_)
    rules.require_two_persons(application.dossier)
    rules.require_competent(node.view(), keys, application)
    with node.store.writing() as session:
        issuer = require_role(session, keys, "certification-body")
        hold_log(session, keys)
        statement = subject_of(require(session, application.footprint, "FootprintStatement"))
        inventory = subject_of(require(session, application.inventory, "Inventory"))
        rules.require_statement(application, statement, inventory)
        rules.require_scope(application, inventory, issuer)
        rules.require_number(session, keys, application)
        superseded = _superseded(session, keys, application)
        dossier = _dossier(node, keys, application)
        keep(session, node, keys, dossier, public=False)
        subject = _subject(node, keys, application, inventory, dossier)
        unsigned = draft(node, keys, SCHEMA, subject, supersedes=application.supersedes)
        recorded = keep(session, node, keys, assert_signed(node, keys, unsigned))
        issue = _queue(session, node, keys, raw_digest(recorded.record_id), subject, superseded)
        note(session, node, as_, f"certify {recorded.record_id}", application.model_dump(mode="json", by_alias=True))
        session.commit()
    key = certificate_key(keys.id, raw_digest(recorded.record_id)).hex()
    done = Recorded(recorded.record_id, recorded.epoch, recorded.index, (issue,), recorded.created)
    return Certified(done, tag_sha256(record_id(dossier)), key)


def issue_action(identity: bytes) -> str:
    """The name of the action that issues the certificate with this record id."""
    return f"issue/{identity.hex()}"


def _superseded(session: Session, keys: InstitutionKeys, application: CertificationApplication) -> bytes:
    """The key of the certificate that this one replaces; zero for none. Raises ScopeError or NotFoundError."""
    if application.supersedes is None:
        return ZERO
    record = require(session, application.supersedes, "Certificate")
    rules.require_own(keys, record)
    return certificate_key(keys.id, record.id)


def _dossier(node: Node, keys: InstitutionKeys, application: CertificationApplication) -> dict[str, Any]:
    """The dossier, signed by the evaluator and by the decider. Raises NotFoundError for a person not in the key
    file.
    """
    body = application.dossier.model_dump(mode="json", by_alias=True)
    persons = [keys.person(application.dossier.evaluator), keys.person(application.dossier.decider)]
    evaluator, decider = (verification_method(keys.did, person.cosign_multikey) for person in persons)
    body |= {"footprint": application.footprint, "evaluator": evaluator, "decider": decider}
    document = draft(node, keys, DOSSIER_SCHEMA, body)
    for person in persons:
        document = sign(document, person.cosign_key, did=keys.did, created=format_time(node.now()))
    return document


def _subject(
    node: Node,
    keys: InstitutionKeys,
    application: CertificationApplication,
    inventory: dict[str, Any],
    dossier: dict[str, Any],
) -> dict[str, Any]:
    stated = application.model_dump(mode="json", by_alias=True, exclude={"dossier", "supersedes"})
    said = dossier["credentialSubject"]
    return {
        **stated,
        "documentType": rules.DOCUMENT_TYPE,
        "boundary": inventory["systemBoundary"],
        "period": inventory["period"],
        "holderSalt": node.random(HOLDER_SALT_BYTES).hex(),
        "dossier": {
            "id": tag_sha256(record_id(dossier)),
            "evaluator": said["evaluator"],
            "decider": said["decider"],
            "proofs": dossier["proof"],
        },
    }


def _queue(
    session: Session, node: Node, keys: InstitutionKeys, identity: bytes, subject: dict[str, Any], superseded: bytes
) -> str:
    """Seal the log and queue the issue after its append; while an earlier append is under way, only behind that one."""
    sealed = seal(session, keys, now=node.now())
    pcr = subject["pcr"]
    arguments = {
        "issuer": keys.id,
        "recordId": identity,
        "numberDigest": number_digest(subject["number"]),
        "documentType": DOCUMENT_TYPES[rules.DOCUMENT_TYPE],
        "category": bytes32_text(subject["category"]),
        "pcrId": raw_digest(pcr["id"]) if pcr["id"] else rule_name_id(pcr["name"]),
        "origin": bytes32_text(subject["origin"]),
        "holderCommitment": holder_commitment(bytes.fromhex(subject["holderSalt"]), subject["client"]["code"]),
        "capacityId": ZERO,
        "validFrom": parse_time(subject["validity"]["from"]),
        "validUntil": parse_time(subject["validity"]["until"]),
        "supersedes": superseded,
    }
    outbox.enqueue(
        session,
        sender_account=str(keys.account.address),
        contract="CertificateRegistry",
        function="issue",
        args=[arguments],
        action_id=issue_action(identity),
        record_id=identity,
        after=sealed.outbox_id if sealed else None,
        now=node.now(),
    )
    return issue_action(identity)
