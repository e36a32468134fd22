"""What the exporter of an evidence file sees on chain about a certificate, at one block."""

from __future__ import annotations

from typing import Any

from ledger.services.errors import NotIssuedError
from ledger.store import Session, recognitions
from ledger.store.records import Record
from verifier.canonical import tag_sha256
from verifier.chainview import ChainView, OnchainChange
from verifier.identifiers import bytes32_text, certificate_key
from verifier.records.model import format_time


def chain_seen(session: Session, view: ChainView, certificate: Record) -> dict[str, Any]:
    """Block, history, and at that block's time status, competence at issue and recognitions, as an evidence file writes
    them. Raises NotIssuedError.
    """
    key = certificate_key(certificate.institution, certificate.id)
    issued, head = view.certificate(key), view.head()
    if issued is None:
        raise NotIssuedError(tag_sha256(certificate.id))
    competent = view.competent_at(
        issued.issuer, issued.document_type, issued.category, issued.issued_at, issued.issued_at
    )
    return {
        "block": {"number": head.number, "hash": head.hash.hex(), "time": format_time(head.time)},
        "certificateKey": key.hex(),
        "issuedAt": format_time(issued.issued_at),
        "status": view.status_at(key, head.time, head.time),
        "history": [change_seen(change) for change in view.history(key)],
        "competentAtIssue": competent,
        "recognitions": _recognitions(session, view, key, head.time),
    }


def change_seen(change: OnchainChange) -> dict[str, Any]:
    """One entry of a history, as an evidence file writes it."""
    return {
        "action": change.action,
        "owner": change.owner,
        "effectiveFrom": format_time(change.effective_from),
        "recordedAt": format_time(change.recorded_at),
        "reason": change.reason.hex(),
    }


def _recognitions(session: Session, view: ChainView, key: bytes, at: int) -> list[dict[str, Any]]:
    """The effective recognition wherever one was decided, as far as this node has read the chain."""
    decided = {
        (item.jurisdiction, item.purpose) for item in recognitions.of_certificate(session, key) if item.is_confirmed
    }
    seen = []
    for jurisdiction, purpose in sorted(decided):
        status, decision = view.recognition_at(key, bytes32_text(jurisdiction), bytes32_text(purpose), at, at)
        seen.append({"jurisdiction": jurisdiction, "purpose": purpose, "status": status, "decision": decision.hex()})
    return seen
