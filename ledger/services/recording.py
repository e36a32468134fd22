"""Signing a record for an institution and keeping it: document, tables, log leaf and audit entry in the caller's
transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.keys import InstitutionKeys
from ledger.log import append_record
from ledger.node import Node
from ledger.services.lookup import lookup_of
from ledger.store import Session, anchors, audit, leaves, records, tables
from ledger.store.audit import AuditEntry
from ledger.store.records import Record
from ledger.store.tables import RecordTable
from verifier.canonical import Digest, canonicalise, sha256, tag_sha256
from verifier.credential import record_id, sign
from verifier.inventory_tables import Rows
from verifier.records.envelope import envelope
from verifier.records.model import format_time
from verifier.records.registry import RECORD_TYPES, read_record
from verifier.tables import table_root


@dataclass(frozen=True, slots=True)
class Recorded:
    """A record that stands in the node.

    Attributes:
        record_id: its tagged id.
        epoch, index: its place in the institution's log.
        queued: the chain actions that follow from it, by action id; the log's own append is the sequencer's.
        created: False when the same thing was recorded before and nothing was added.
    """

    record_id: Digest
    epoch: int
    index: int
    queued: tuple[str, ...] = ()
    created: bool = True


def ledger_of(node: Node) -> dict[str, Any]:
    """The ledger that the node's records belong to, as records say it."""
    return {"chainId": node.trust.ledger.chain_id, "genesis": node.trust.ledger.genesis}


def draft(
    node: Node,
    keys: InstitutionKeys,
    schema: str,
    subject: Mapping[str, Any],
    *,
    rule_set: str | None = None,
    supersedes: str | None = None,
) -> dict[str, Any]:
    """An unsigned record of the institution, dated now, with a fresh salt."""
    return envelope(
        schema=schema,
        type_name=RECORD_TYPES[schema].type_name,
        issuer=keys.did,
        valid_from=format_time(node.now()),
        ledger=ledger_of(node),
        salt=node.salt(),
        subject=dict(subject),
        rule_set=rule_set,
        supersedes=supersedes,
    )


def assert_signed(node: Node, keys: InstitutionKeys, document: Mapping[str, Any]) -> dict[str, Any]:
    """The record with the institution's own signature."""
    return sign(document, keys.assert_key, did=keys.did, created=format_time(node.now()))


def keep(
    session: Session,
    node: Node,
    keys: InstitutionKeys,
    document: Mapping[str, Any],
    *,
    public: bool = True,
    rows: Mapping[str, Rows] | None = None,
) -> Recorded:
    """Store a signed record with its tables and give it its leaf in the institution's log.

    The record is read by the verifier's own model first: what this node could not verify it does not sign for.
    Raises FormatError for a body that the record's schema does not allow.
    """
    record = read_record(document)
    identity, data = record_id(document), canonicalise(dict(document))
    kind = RECORD_TYPES[record.schema_].type_name
    lookup = lookup_of(kind, document["credentialSubject"], rows)
    stored = Record(identity, kind, keys.id, data, public, "own", node.now(), lookup)
    created = records.add(session, stored)
    for name, entries in (rows or {}).items():
        tables.add(session, RecordTable(identity, name, len(entries), table_root(entries), canonicalise(entries)))
    epoch, index = append_record(session, keys.id, data)
    return Recorded(tag_sha256(identity), epoch, index, (), created)


def hold_log(session: Session, keys: InstitutionKeys) -> None:
    """Let no other writer add to the institution's log until this session ends: what is looked up now is still so when
    it is added.
    """
    leaves.lock_log(session, keys.id, anchors.current_epoch(session, keys.id))


def existing(session: Session, record: Record) -> Recorded:
    """The answer for an own record that was recorded before: its place in the log."""
    epoch, index = append_record(session, record.institution, record.document)
    return Recorded(tag_sha256(record.id), epoch, index, (), created=False)


def note(session: Session, node: Node, who: str, what: str, request: Any, outcome: str = "recorded") -> None:
    """Add the audit entry: who did what, when, and the digest of what was asked (its canonical JSON)."""
    digest = sha256(canonicalise(request))
    audit.add(session, AuditEntry(who=who, what=what, happened_at=node.now(), request_digest=digest, outcome=outcome))
