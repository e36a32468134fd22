"""certify: a certification body closes its dossier, signs the certificate and queues its issue on chain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from ledger.chain import outbox
from ledger.keys import InstitutionKeys, PersonKeys
from ledger.log import seal
from ledger.node import Node
from ledger.services import certification_rules as rules
from ledger.services.application import CertificationApplication
from ledger.services.errors import NotAnchoredError
from ledger.services.inventories import rows_of
from ledger.services.lookup import require, subject_of
from ledger.services.places import Places
from ledger.services.recording import Recorded, assert_signed, draft, hold_log, keep, note
from ledger.services.standing import require_role
from ledger.store import Session
from ledger.store.records import Record
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
from verifier.sign_off import sign_off_document

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
    VALUE_DIFFERS, OUT_OF_SCOPE, ISSUER_NOT_COMPETENT, NUMBER_TAKEN, and the verifier's codes of `require_consistent`),
    NotAnchoredError while what it rests on, or the log's last append, is not final on chain (try again later),
    NotFoundError for a record or person that is not here, and the verifier's ChainUnavailableError when the body's
    competence could not be asked.
    """
    keys = node.institution(as_)
    rules.require_two_persons(application.dossier)
    rules.require_competent(node.view(), keys, application)
    with node.store.writing() as session:
        issuer = require_role(session, keys, "certification-body")
        hold_log(session, keys)
        footprint = require(session, application.footprint, "FootprintStatement")
        disclosed = require(session, application.inventory, "Inventory")
        inventory = subject_of(disclosed)
        rules.require_statement(application, subject_of(footprint))
        rules.require_scope(application, issuer)
        _require_anchored(session, node, [footprint, disclosed, *_background(session, disclosed)])
        rules.require_number(session, keys, application)
        superseded = _superseded(session, keys, application)
        dossier = _dossier(node, keys, application)
        keep(session, node, keys, dossier, public=False)
        subject = _subject(node, keys, application, inventory, dossier)
        rules.require_consistent(
            subject, inventory, issuer=keys.id, discloser=disclosed.institution, calculator=footprint.institution
        )
        unsigned = draft(node, keys, SCHEMA, subject, supersedes=application.supersedes)
        recorded = keep(session, node, keys, assert_signed(node, keys, unsigned))
        issue = _queue(session, node, keys, recorded, subject, superseded)
        note(session, node, as_, f"certify {recorded.record_id}", application.model_dump(mode="json", by_alias=True))
        session.commit()
    key = certificate_key(keys.id, raw_digest(recorded.record_id)).hex()
    done = Recorded(recorded.record_id, recorded.epoch, recorded.index, (issue,), recorded.created)
    return Certified(done, tag_sha256(record_id(dossier)), key)


def issue_action(identity: bytes) -> str:
    """The name of the action that issues the certificate with this record id."""
    return f"issue/{identity.hex()}"


def _background(session: Session, disclosed: Record) -> Iterator[Record]:
    """The datasets and the suppliers' certificates that the inventory cites. Raises NotFoundError."""
    yield from (require(session, name, "FactorDataset") for name in subject_of(disclosed)["factors"])
    rows = rows_of(session, disclosed).get("exchanges", [])
    providers = [entry["row"].get("provider") or {} for entry in rows]
    cited = {str(provider["certificate"]) for provider in providers if provider.get("certificate")}
    yield from (require(session, name, "Certificate") for name in sorted(cited))


def _require_anchored(session: Session, node: Node, basis: list[Record]) -> None:
    """Everything that the certificate rests on stands on chain before it is issued. Raises NotAnchoredError."""
    places = Places(session, node)
    for record in basis:
        places.require(record, record.type)


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
    persons = _persons(keys, application)
    evaluator, decider = (verification_method(keys.did, person.cosign_multikey) for person in persons)
    body |= {"footprint": application.footprint, "evaluator": evaluator, "decider": decider}
    document = draft(node, keys, DOSSIER_SCHEMA, body)
    for person in persons:
        document = sign(document, person.cosign_key, did=keys.did, created=format_time(node.now()))
    return document


def _persons(keys: InstitutionKeys, application: CertificationApplication) -> list[PersonKeys]:
    return [keys.person(application.dossier.evaluator), keys.person(application.dossier.decider)]


def _subject(
    node: Node,
    keys: InstitutionKeys,
    application: CertificationApplication,
    inventory: dict[str, Any],
    dossier: dict[str, Any],
) -> dict[str, Any]:
    stated = application.model_dump(mode="json", by_alias=True, exclude={"dossier", "supersedes"})
    said = dossier["credentialSubject"]
    subject = {
        **stated,
        "documentType": rules.DOCUMENT_TYPE,
        "boundary": inventory["systemBoundary"],
        "period": inventory["period"],
        "holderSalt": node.random(HOLDER_SALT_BYTES).hex(),
        "dossier": {
            "id": tag_sha256(record_id(dossier)),
            "evaluator": said["evaluator"],
            "decider": said["decider"],
        },
    }
    signed = sign_off_document(subject)
    for person in _persons(keys, application):
        signed = sign(signed, person.cosign_key, did=keys.did, created=format_time(node.now()))
    subject["dossier"]["proofs"] = signed["proof"]
    return subject


def _pcr_id(pcr: dict[str, Any] | None) -> bytes:
    """The PCR as the chain knows it: record id, digest of the name, or zero where none applies."""
    if pcr is None:
        return ZERO
    return raw_digest(pcr["id"]) if pcr["id"] else rule_name_id(pcr["name"])


def _queue(
    session: Session, node: Node, keys: InstitutionKeys, recorded: Recorded, subject: dict[str, Any], superseded: bytes
) -> str:
    """Seal the log and queue the issue after the append that anchors the certificate. Raises NotAnchoredError while an
    earlier append is under way, or when so much waits in the log that one append does not reach the certificate.
    """
    identity, sealed = raw_digest(recorded.record_id), seal(session, keys, now=node.now())
    if sealed is None or sealed.size <= recorded.index:
        raise NotAnchoredError(recorded.record_id, "while the log's last append is under way, the certificate")
    arguments = {
        "issuer": keys.id,
        "recordId": identity,
        "numberDigest": number_digest(subject["number"]),
        "documentType": DOCUMENT_TYPES[rules.DOCUMENT_TYPE],
        "category": bytes32_text(subject["category"]),
        "pcrId": _pcr_id(subject["pcr"]),
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
        after=sealed.outbox_id,
        now=node.now(),
    )
    return issue_action(identity)
