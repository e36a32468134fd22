"""supervise: a certification body records surveillance and changes the status of its own certificate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal

from ledger.chain import outbox
from ledger.keys import InstitutionKeys
from ledger.node import Node
from ledger.services.certify import issue_action
from ledger.services.errors import IllegalStatusError, NotIssuerError
from ledger.services.lookup import about, require, subject_of
from ledger.services.recording import Recorded, assert_signed, draft, hold_log, keep, note
from ledger.store import Session, certificates
from ledger.store import outbox as actions
from ledger.store.outbox import State
from ledger.store.records import Record
from verifier.canonical import raw_digest
from verifier.identifiers import certificate_key

SCHEMA: Final = "tanju/surveillance/1"
Action = Literal["suspend", "restore", "withdraw", "cancel"]
STEPS: Final[dict[tuple[str, str], str]] = {
    ("VALID", "suspend"): "SUSPENDED",
    ("VALID", "withdraw"): "WITHDRAWN",
    ("VALID", "cancel"): "CANCELLED",
    ("SUSPENDED", "restore"): "VALID",
    ("SUSPENDED", "withdraw"): "WITHDRAWN",
    ("SUSPENDED", "cancel"): "CANCELLED",
}
"""Every legal step of the issuer; an authority's hold is a matter of its own and is lifted by an authority only."""
ENDED_ON_CHAIN: Final = {4: "WITHDRAWN", 5: "CANCELLED", 6: "SUPERSEDED"}
"""Actions of CertificateRegistry that end a certificate, whoever took them."""
NOW_ON_CHAIN: Final = 0
"""An effective time of 0 is the time of the block."""


def change_status(
    node: Node,
    as_: str,
    certificate_id: str,
    action: Action,
    findings: str,
    legal_basis: str,
    dates: Sequence[str],
) -> Recorded:
    """Record surveillance with its findings and queue the change of status, for which the record is the reason.

    ``dates`` are the calendar dates of the surveillance. The change takes effect with the block that records it. Raises
    NotFoundError, NotIssuerError, IllegalStatusError (the step is not possible, also counting changes still on their
    way), FormatError.
    """
    keys = node.institution(as_)
    subject = {
        "certificate": certificate_id,
        "action": action,
        "dates": list(dates),
        "findings": findings,
        "legalBasis": legal_basis,
    }
    with node.store.writing() as session:
        certificate = require(session, certificate_id, "Certificate")
        if certificate.institution != keys.id:
            raise NotIssuerError(as_, certificate_id)
        hold_log(session, keys)
        status, last = issuer_status(session, certificate)
        if (status, action) not in STEPS:
            raise IllegalStatusError(certificate_id, status, action)
        recorded = keep(session, node, keys, assert_signed(node, keys, draft(node, keys, SCHEMA, subject)))
        queued = _queue(session, node, keys, certificate, action, raw_digest(recorded.record_id), last)
        note(session, node, as_, f"{action} {certificate_id}", subject)
        session.commit()
    return Recorded(recorded.record_id, recorded.epoch, recorded.index, (queued,))


def issuer_status(session: Session, certificate: Record) -> tuple[str, int | None]:
    """The status as its issuer's own acts make it, changes on their way included, and the outbox row of the last act.

    What the chain undid (a reverted act) does not count; what an authority or a successor ended on chain does.
    """
    issued = actions.find(session, issue_action(certificate.id))
    status, last = "VALID", issued.id if issued is not None else None
    for queued, taken in sorted(_taken(session, certificate)):
        status, last = STEPS.get((status, taken), status), queued
    for change in certificates.history(session, certificate_key(certificate.institution, certificate.id)):
        status = ENDED_ON_CHAIN.get(change.action, status)
    return status, last


def _taken(session: Session, certificate: Record) -> Iterator[tuple[int, str]]:
    """The issuer's acts, as (outbox row, action): their order is that of the outbox."""
    for record in about(session, "Surveillance", certificate.id, institution=certificate.institution):
        taken = str(subject_of(record)["action"])
        queued = actions.find(session, _action_id(taken, record.id))
        if queued is not None and queued.state is not State.REVERTED:
            yield queued.id, taken


def _action_id(action: str, identity: bytes) -> str:
    return f"{action}/{identity.hex()}"


def _queue(
    session: Session,
    node: Node,
    keys: InstitutionKeys,
    certificate: Record,
    action: Action,
    reason: bytes,
    after: int | None,
) -> str:
    arguments: list[Any] = [certificate_key(keys.id, certificate.id), reason, NOW_ON_CHAIN]
    outbox.enqueue(
        session,
        sender_account=str(keys.account.address),
        contract="CertificateRegistry",
        function=action,
        args=arguments,
        action_id=_action_id(action, reason),
        record_id=reason,
        after=after,
        now=node.now(),
    )
    return _action_id(action, reason)
