"""accredit: authorities register institutions and grant qualifications; institutions enrol their keys; nodes adopt the
records.

The authorities' acts are no node's: they sign with keys of their own and send for themselves (`Desk`). Whatever stands
on chain already is left alone, so a step may be run again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from eth_account.signers.local import LocalAccount

from ledger.authorities import Authority
from ledger.errors import NotFoundError
from ledger.keys import InstitutionKeys
from ledger.node import Node
from ledger.services.desk import Desk
from ledger.services.errors import CitationDiffersError
from ledger.services.lookup import lookup_of
from ledger.services.recording import note
from ledger.store import records
from ledger.store.records import Record
from verifier.canonical import Digest, canonicalise, tag_sha256
from verifier.credential import check_proofs, record_id, sign, split_method
from verifier.identifiers import KEY_PURPOSES, KINDS, ROLES, bytes32_text, did_digest, key_digest
from verifier.records.envelope import envelope
from verifier.records.institution import InstitutionProfile, Qualification
from verifier.records.model import format_time, parse_time
from verifier.records.registry import RECORD_TYPES, read_record

PROFILE_SCHEMA: Final = "tanju/institution-profile/1"
QUALIFICATION_SCHEMA: Final = "tanju/qualification/1"
ED25519: Final = 1
NOW: Final = 0
NO_END: Final = 0

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Register:
    """Where authorities write: the chain's desk, the ledger that their records name, their clock (Unix seconds) and
    source of salts.
    """

    desk: Desk
    ledger: Mapping[str, Any]
    now: Callable[[], int]
    salt: Callable[[], str]


@dataclass(frozen=True, slots=True)
class InstitutionPlan:
    """What an authority registers of an institution, beside the keys' own identity: names, jurisdiction, roles,
    endpoint.
    """

    zh: str
    en: str
    jurisdiction: str
    roles: tuple[str, ...]
    endpoint: str | None = None

    @property
    def role_mask(self) -> int:
        """The roles as the chain's bit mask."""
        return sum(1 << ROLES.index(role) for role in self.roles)


@dataclass(frozen=True, slots=True)
class QualificationPlan:
    """One kind of qualification for one category: its number, legal basis, and the moment it ends (a canonical
    time).
    """

    kind: str
    category: str
    until: str
    legal_basis: str
    number: str | None = None


def profile(register: Register, authority: Authority, keys: InstitutionKeys, plan: InstitutionPlan) -> Document:
    """The InstitutionProfile of an institution, signed by its authority. Raises FormatError for a body that the schema
    does not allow.
    """
    when = format_time(register.now())
    subject = {
        "institution": keys.id.hex(),
        "scheme": keys.scheme,
        "code": keys.code,
        "jurisdiction": plan.jurisdiction,
        "did": keys.did,
        "didFrom": when,
        "account": str(keys.account.address).lower(),
        "name": {"zh": plan.zh, "en": plan.en},
        "roles": list(plan.roles),
        "endpoint": plan.endpoint,
    }
    return _signed(register, authority, PROFILE_SCHEMA, subject, when)


def qualification(register: Register, authority: Authority, keys: InstitutionKeys, plan: QualificationPlan) -> Document:
    """The Qualification of an institution, signed by the authority entitled to its kind. Raises FormatError."""
    when = format_time(register.now())
    subject = {
        "institution": keys.id.hex(),
        "kind": plan.kind,
        "category": plan.category,
        "number": plan.number,
        "legalBasis": plan.legal_basis,
        "from": when,
        "until": plan.until,
    }
    return _signed(register, authority, QUALIFICATION_SCHEMA, subject, when)


def register(desk: Desk, authority: Authority, document: Document) -> bool:
    """Register the institution of a profile on chain; False if it stands there. The caller settles the desk."""
    subject = document["credentialSubject"]
    if desk.client.institutions.institution(bytes.fromhex(subject["institution"])) is not None:
        return False
    registration = {
        "scheme": subject["scheme"],
        "code": subject["code"],
        "jurisdiction": bytes32_text(subject["jurisdiction"]),
        "account": subject["account"],
        "roles": sum(1 << ROLES.index(role) for role in subject["roles"]),
        "profileId": record_id(document),
        "didDigest": did_digest(subject["did"]),
        "endpoint": subject["endpoint"] or "",
    }
    desk.act(authority.keys.account, "InstitutionRegistry", "register", registration)
    return True


def grant(desk: Desk, authority: Authority, document: Document) -> bool:
    """Grant the qualification of a record on chain, from now on; False if this record was granted already."""
    subject = document["credentialSubject"]
    place = (bytes.fromhex(subject["institution"]), KINDS[subject["kind"]], bytes32_text(subject["category"]))
    history = desk.client.qualifications.history(place[0], place[1], subject["category"])
    if any(change.record_id == record_id(document) for change in history):
        return False
    until = parse_time(subject["until"])
    desk.act(authority.keys.account, "InstitutionRegistry", "grant", *place, record_id(document), NOW, until)
    return True


def enrol(desk: Desk, keys: InstitutionKeys) -> int:
    """Add the institution's keys, and its persons as deciders, by its own account; return how many were missing on
    chain.
    """
    present = {(key.digest, key.purpose) for key in desk.client.institutions.keys(keys.id)}
    acts = 0
    for purpose, multikeys in keys.multikeys().items():
        for multikey in multikeys:
            if (key_digest(multikey), KEY_PURPOSES[purpose]) in present:
                continue
            arguments = (keys.id, multikey.encode("ascii"), ED25519, KEY_PURPOSES[purpose], NOW, NO_END)
            desk.act(keys.account, "InstitutionRegistry", "addKey", *arguments)
            acts += 1
    for person in keys.persons.values():
        acts += _add_decider(desk, keys, person.account)
    return acts


def adopt(node: Node, document: Document) -> Digest:
    """Keep an authority's record in a node, once its signature is an authority's and it is the record that stands on
    chain.

    Raises CitationDiffersError for a record that the chain does not hold, NotFoundError for one that no authority of
    the trust root signed, the verifier's FormatError, ProofError and ChainUnavailableError.
    """
    record, identity = read_record(document), record_id(document)
    kind = RECORD_TYPES[record.schema_].type_name
    did, multikey = split_method(check_proofs(document)[0])
    signer = node.trust.authority_key(multikey)
    if signer is None or (signer.did, record.issuer) != (did, did):
        raise NotFoundError("authority", did, next_step="only an authority of the trust root signs such a record")
    if not _stands_on_chain(node, record, identity):
        raise CitationDiffersError(
            f"{tag_sha256(identity)} is not the record that stands on chain",
            next_step="ask the authority for the record in force",
        )
    subject = document["credentialSubject"]
    data = canonicalise(document)
    stored = Record(
        identity,
        kind,
        bytes.fromhex(subject["institution"]),
        data,
        True,
        "received",
        node.now(),
        lookup_of(kind, subject),
    )
    with node.store.writing() as session:
        if records.add(session, stored):
            note(session, node, did, f"adopt {tag_sha256(identity)}", {"record": tag_sha256(identity)})
        session.commit()
    return tag_sha256(identity)


def _stands_on_chain(node: Node, record: Any, identity: bytes) -> bool:
    view = node.view()
    if isinstance(record, InstitutionProfile):
        return view.profile_id(bytes.fromhex(record.credential_subject.institution)) == identity
    if isinstance(record, Qualification):
        body = record.credential_subject
        place = (bytes.fromhex(body.institution), KINDS[body.kind], bytes32_text(body.category))
        return identity in view.qualification_records(*place)
    return False


def _add_decider(desk: Desk, keys: InstitutionKeys, account: LocalAccount) -> int:
    if desk.client.institutions.is_decider(keys.id, str(account.address)):
        return 0
    desk.act(keys.account, "InstitutionRegistry", "addDecider", keys.id, str(account.address))
    return 1


def _signed(register_: Register, authority: Authority, schema: str, subject: Document, when: str) -> Document:
    unsigned = envelope(
        schema=schema,
        type_name=RECORD_TYPES[schema].type_name,
        issuer=authority.keys.did,
        valid_from=when,
        ledger=dict(register_.ledger),
        salt=register_.salt(),
        subject=subject,
    )
    document = sign(unsigned, authority.keys.assert_key, did=authority.keys.did, created=when)
    read_record(document)
    return document
