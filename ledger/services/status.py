"""status: what a node knows of a certificate, for pages and read routes; the status itself is asked of the chain."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ledger.node import Node
from ledger.services.chain_seen import change_seen
from ledger.services.lookup import about, identity_of, require
from ledger.store import Session, anchors, institutions, leaves, recognitions, records
from ledger.store import outbox as actions_of
from ledger.store.outbox import Action
from ledger.store.records import Record
from verifier.canonical import parse, raw_digest, tag_sha256
from verifier.identifiers import bytes32_text, certificate_key, did_digest, number_digest

MAX_LISTED = 100
"""Most certificates one listing returns."""


@dataclass(frozen=True, slots=True)
class ActionState:
    """A chain action on its way: what it calls, its state (``ledger.store.outbox.State``), its transaction and block,
    what went wrong.
    """

    action_id: str
    contract: str
    function: str
    state: str
    transaction: str | None
    block_number: int | None
    error: str | None


@dataclass(frozen=True, slots=True)
class CertificateEntry:
    """A certificate's record in this node, without asking the chain.

    Attributes:
        record_id: tagged id.
        document: the signed record.
        key: its key on chain (32 bytes, hex).
        source: "own" or "received".
    """

    record_id: str
    document: dict[str, Any]
    key: str
    source: str

    def summary(self) -> dict[str, Any]:
        """The few facts of a list."""
        body = self.document["credentialSubject"]
        return {
            "id": self.record_id,
            "number": body["number"],
            "issuer": self.document["issuer"],
            "product": body["product"]["name"],
            "value": body["value"],
            "validity": body["validity"],
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class RecognitionState:
    """The effective recognition for a jurisdiction and a purpose now, and the decision (tagged record id) it rests
    on.
    """

    jurisdiction: str
    purpose: str
    status: str
    decision: str


@dataclass(frozen=True, slots=True)
class CertificateState:
    """A certificate with what the chain says of it now.

    Attributes:
        entry: its record.
        status: as of the chain's final block; None while the chain does not know it.
        issued_at, anchored_at: block times in Unix seconds; None until then.
        recognitions: wherever one was confirmed.
        actions: the chain actions that this node queued for it.
    """

    entry: CertificateEntry
    status: str | None
    issued_at: int | None
    anchored_at: int | None
    recognitions: tuple[RecognitionState, ...]
    actions: tuple[ActionState, ...]

    @property
    def record_id(self) -> str:
        """The tagged id."""
        return self.entry.record_id

    @property
    def document(self) -> dict[str, Any]:
        """The signed record."""
        return self.entry.document


def certificate(node: Node, certificate_id: str) -> CertificateState:
    """The certificate and what the chain says of it now. Raises NotFoundError, the verifier's ChainUnavailableError."""
    view = node.view()
    with node.store.reading() as session:
        record = require(session, certificate_id, "Certificate")
        key, now = certificate_key(record.institution, record.id), view.head().time
        issued = view.certificate(key)
        decided = {
            (item.jurisdiction, item.purpose): item.record_id
            for item in recognitions.of_certificate(session, key)
            if item.is_confirmed
        }
        effective = [
            (place, view.recognition_at(key, bytes32_text(place[0]), bytes32_text(place[1]), now, now)[0])
            for place in sorted(decided)
        ]
        return CertificateState(
            entry=_entry(record),
            status=view.status_at(key, now, now) if issued is not None else None,
            issued_at=issued.issued_at if issued is not None else None,
            anchored_at=_anchored_at(session, record),
            recognitions=tuple(
                RecognitionState(place[0], place[1], status, tag_sha256(decided[place])) for place, status in effective
            ),
            actions=_actions(session, record.id),
        )


def history(node: Node, certificate_id: str) -> list[dict[str, Any]]:
    """The certificate's entries on chain in the order of recording, as JSON. Raises NotFoundError,
    ChainUnavailableError.
    """
    with node.store.reading() as session:
        record = require(session, certificate_id, "Certificate")
    return [change_seen(change) for change in node.view().history(certificate_key(record.institution, record.id))]


def listing(node: Node, *, limit: int = MAX_LISTED) -> list[CertificateEntry]:
    """The newest certificates of this node, its own and those received."""
    with node.store.reading() as session:
        return [_entry(record) for record in records.listing(session, type="Certificate", limit=min(limit, MAX_LISTED))]


def find(node: Node, *, number: str, issuer: str | None = None) -> list[CertificateEntry]:
    """The certificates with a number, of one issuer (its DID) or of all that the node knows."""
    with node.store.reading() as session:
        institution = None
        if issuer is not None:
            known = institutions.find_by_did(session, did_digest(issuer)) if issuer.isascii() else None
            if known is None:
                return []
            institution = known.id
        if not number.isascii():
            return []
        found = about(session, "Certificate", number_digest(number), institution=institution)
        return [_entry(record) for record in found]


def actions(node: Node, record_id: str) -> tuple[ActionState, ...]:
    """The chain actions that a record caused, in the order they were queued; the append of its log is its
    institution's.
    """
    with node.store.reading() as session:
        return _actions(session, raw_digest(record_id))


def _entry(record: Record) -> CertificateEntry:
    key = certificate_key(record.institution, record.id).hex()
    return CertificateEntry(identity_of(record), parse(record.document), key, record.source)


def _anchored_at(session: Session, record: Record) -> int | None:
    """The time of the first checkpoint on chain that covers the record, as far as this node has read the chain."""
    for leaf in leaves.of_record(session, record.institution, record.id):
        anchor = anchors.covering(session, leaf.institution, leaf.epoch, leaf.index)
        if anchor is not None:
            return anchor.recorded_at
    return None


def _actions(session: Session, record_id: bytes) -> tuple[ActionState, ...]:
    own = [*actions_of.of_record(session, record_id)]
    for surveillance in about(session, "Surveillance", record_id):
        own += actions_of.of_record(session, surveillance.id)
    return tuple(_action(item) for item in sorted(own, key=lambda item: item.id))


def _action(item: Action) -> ActionState:
    return ActionState(
        action_id=item.action_id,
        contract=item.contract,
        function=item.function,
        state=str(item.state),
        transaction=item.tx_hash.hex() if item.tx_hash is not None else None,
        block_number=item.block_number,
        error=f"{item.error_code}: {item.error_detail}" if item.error_code else None,
    )
