"""From one event to its row: one small function an event, nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ledger.chain.abi import decode_name
from ledger.chain.certificates import OnchainCertificate
from ledger.store import Session, checkpoints
from ledger.store.chainrows import Place, add
from ledger.store.models import (
    CertificateChangeRow,
    CertificateRow,
    DeciderChangeRow,
    DidRow,
    InstitutionRow,
    KeyRevocationRow,
    KeyRow,
    LogAppendRow,
    LogEpochRow,
    QualificationChangeRow,
    RecognitionChangeRow,
    RecognitionRow,
)

GRANT: Final = 1
"""QualificationAction.GRANT in the contracts."""

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ChainEvent:
    """One decoded event with its place, transaction hash, and — for ``Issued`` — the certificate the contract keeps."""

    contract: str
    name: str
    fields: Fields
    place: Place
    tx_hash: bytes
    certificate: OnchainCertificate | None = None


def store_event(session: Session, event: ChainEvent) -> None:
    """Copy an event into its table; doing it twice changes nothing. Events that no table keeps are passed over."""
    handler = HANDLERS.get((event.contract, event.name))
    if handler is not None:
        handler(session, event)


def _registered(session: Session, event: ChainEvent) -> None:
    fields = event.fields
    add(
        session,
        InstitutionRow,
        event.place,
        id=fields["id"],
        scheme=fields["scheme"],
        registered_code=fields["code"],
        jurisdiction=decode_name(fields["jurisdiction"]),
        account=fields["account"],
        roles=fields["roles"],
        profile_id=fields["profileId"],
        endpoint=fields["endpoint"],
    )
    add(session, DidRow, event.place, institution=fields["id"], did_digest=fields["didDigest"])


def _did_changed(session: Session, event: ChainEvent) -> None:
    add(session, DidRow, event.place, institution=event.fields["id"], did_digest=event.fields["newDidDigest"])


def _decider(added: bool) -> Callable[[Session, ChainEvent], None]:
    def changed(session: Session, event: ChainEvent) -> None:
        fields = event.fields
        account = fields["account"]
        add(session, DeciderChangeRow, event.place, institution=fields["id"], account=account, added=added)

    return changed


def _key_added(session: Session, event: ChainEvent) -> None:
    fields = event.fields
    add(
        session,
        KeyRow,
        event.place,
        institution=fields["id"],
        digest=fields["digest"],
        multikey=fields["multikey"],
        algorithm=fields["algorithm"],
        purpose=fields["purpose"],
        valid_from=fields["from"],
        valid_until=fields["until"],
    )


def _key_revoked(session: Session, event: ChainEvent) -> None:
    fields = event.fields
    add(
        session,
        KeyRevocationRow,
        event.place,
        institution=fields["id"],
        digest=fields["digest"],
        purpose=fields["purpose"],
        effective_from=fields["effectiveFrom"],
        by=fields["by"],
    )


def _granted(session: Session, event: ChainEvent) -> None:
    fields = event.fields
    changed = {**fields, "action": GRANT, "effectiveFrom": fields["from"]}
    _qualification(session, event.place, changed, until=fields["until"], record_id=fields["recordId"])


def _qualification_changed(session: Session, event: ChainEvent) -> None:
    _qualification(session, event.place, event.fields, until=0, record_id=None)


def _qualification(session: Session, place: Place, fields: Fields, *, until: int, record_id: bytes | None) -> None:
    add(
        session,
        QualificationChangeRow,
        place,
        institution=fields["id"],
        kind=fields["kind"],
        category=decode_name(fields["category"]),
        action=fields["action"],
        effective_from=fields["effectiveFrom"],
        valid_until=until,
        record_id=record_id,
        by=fields["by"],
    )


def _issued(session: Session, event: ChainEvent) -> None:
    found = event.certificate
    if found is None:
        raise ValueError("an Issued event comes with its certificate")
    add(
        session,
        CertificateRow,
        event.place,
        key=found.key,
        issuer=found.issuer,
        record_id=found.record_id,
        number_digest=found.number_digest,
        document_type=found.document_type,
        category=found.category,
        pcr_id=found.pcr_id,
        origin=found.origin,
        holder_commitment=found.holder_commitment,
        capacity_id=found.capacity_id,
        valid_from=found.valid_from,
        valid_until=found.valid_until,
        supersedes=found.supersedes or bytes(32),
    )


def _status_changed(session: Session, event: ChainEvent) -> None:
    fields = event.fields
    add(
        session,
        CertificateChangeRow,
        event.place,
        key=fields["key"],
        action=fields["action"],
        owner=fields["owner"],
        effective_from=fields["effectiveFrom"],
        reason=fields["reason"],
    )


def _appended(session: Session, event: ChainEvent) -> None:
    fields, place = event.fields, event.place
    names = ("institution", "epoch", "position", "size", "root")
    add(session, LogAppendRow, place, tx_hash=event.tx_hash, **{name: fields[name] for name in names})
    own = checkpoints.at_size(session, fields["institution"], fields["epoch"], fields["size"])
    if own is not None and own.root == fields["root"]:
        checkpoints.anchor(
            session,
            own,
            position=fields["position"],
            block_number=place.block_number,
            recorded_at=place.recorded_at,
        )


def _epoch_opened(session: Session, event: ChainEvent) -> None:
    fields = event.fields
    add(
        session,
        LogEpochRow,
        event.place,
        institution=fields["institution"],
        epoch=fields["epoch"],
        by=fields["by"],
    )


def _proposed(session: Session, event: ChainEvent) -> None:
    fields = event.fields
    add(
        session,
        RecognitionRow,
        event.place,
        id=fields["id"],
        certificate=fields["certificate"],
        jurisdiction=decode_name(fields["jurisdiction"]),
        purpose=decode_name(fields["purpose"]),
        institution=fields["institution"],
        mode=fields["mode"],
        outcome=fields["outcome"],
        record_id=fields["recordId"],
        valid_until=fields["validUntil"],
        reasons=json.dumps([decode_name(reason) for reason in fields["reasons"]]),
        by=fields["by"],
    )


def _recognition_step(step: str) -> Callable[[Session, ChainEvent], None]:
    def stepped(session: Session, event: ChainEvent) -> None:
        fields = event.fields
        reason = fields.get("reason")
        place = event.place
        add(session, RecognitionChangeRow, place, recognition=fields["id"], step=step, by=fields["by"], reason=reason)

    return stepped


HANDLERS: Final[Mapping[tuple[str, str], Callable[[Session, ChainEvent], None]]] = {
    ("InstitutionRegistry", "InstitutionRegistered"): _registered,
    ("InstitutionRegistry", "DidChanged"): _did_changed,
    ("InstitutionRegistry", "DeciderAdded"): _decider(True),
    ("InstitutionRegistry", "DeciderRemoved"): _decider(False),
    ("InstitutionRegistry", "KeyAdded"): _key_added,
    ("InstitutionRegistry", "KeyRevoked"): _key_revoked,
    ("InstitutionRegistry", "QualificationGranted"): _granted,
    ("InstitutionRegistry", "QualificationChanged"): _qualification_changed,
    ("RecordLog", "Appended"): _appended,
    ("RecordLog", "EpochOpened"): _epoch_opened,
    ("CertificateRegistry", "Issued"): _issued,
    ("CertificateRegistry", "StatusChanged"): _status_changed,
    ("RecognitionRegistry", "DecisionProposed"): _proposed,
    ("RecognitionRegistry", "DecisionConfirmed"): _recognition_step("CONFIRMED"),
    ("RecognitionRegistry", "WithdrawalProposed"): _recognition_step("WITHDRAWAL_PROPOSED"),
    ("RecognitionRegistry", "DecisionWithdrawn"): _recognition_step("WITHDRAWN"),
}
"""Every event of the registries (a test holds that none is missing)."""
