"""receive: another node's evidence file, taken in only once it has been verified here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from ledger.node import Node
from ledger.services import verification
from ledger.services.errors import EvidenceRefusedError
from ledger.services.lookup import lookup_of
from ledger.services.recording import note
from ledger.store import Session, files, records, tables
from ledger.store.files import StoredFile
from ledger.store.records import Record
from ledger.store.tables import RecordTable
from verifier.canonical import Digest, canonicalise, digest_of, parse_canonical, raw_digest, sha256, tag_sha256
from verifier.credential import record_id
from verifier.evidence import MAX_EVIDENCE_BYTES
from verifier.inventory_tables import Rows
from verifier.records.registry import record_type
from verifier.report import Report, Status, Verdict
from verifier.tables import table_root

PROFILE: Final = "document"
EVIDENCE: Final = "evidence"
"""The kind under which the file is kept."""


@dataclass(frozen=True, slots=True)
class Received:
    """What was taken in.

    Attributes:
        record_id: the certificate's tagged record id.
        file_digest: of the file, which is kept byte for byte.
        stored: the records that this node did not have before, by tagged id.
        report: the verification on which it was taken in.
    """

    record_id: str
    file_digest: Digest
    stored: tuple[str, ...]
    report: Report
    queued: tuple[str, ...] = ()


def receive(node: Node, data: bytes) -> Received:
    """Verify an evidence file (profile ``document``) and keep it with its records and tables, as received.

    Only VALID is taken in: a file that is wrong, or that could not be checked, leaves no trace but the audit entry.
    Raises EvidenceRefusedError with the codes of the checks, and RecordConflictError for a record stored here with
    other proofs.
    """
    report = verification.check(node, data, profile=PROFILE)
    digest = digest_of(data)
    if report.verdict is not Verdict.VALID:
        with node.store.writing() as session:
            note(session, node, "receive", f"receive {digest}", {"file": digest}, f"refused {report.verdict}")
            session.commit()
        raise EvidenceRefusedError(report.verdict, codes_against(report))
    document = parse_canonical(data, limit=MAX_EVIDENCE_BYTES)
    with node.store.writing() as session:
        stored = _keep_records(session, node, document)
        subject = raw_digest(document["certificate"])
        files.add(session, StoredFile(sha256(data), EVIDENCE, subject, data, node.now()))
        note(session, node, document["exporter"], f"receive {document['certificate']}", {"file": digest})
        session.commit()
    return Received(document["certificate"], digest, tuple(stored), report)


def codes_against(report: Report) -> list[str]:
    """The codes for which a report is not VALID: what is wrong, else what could not be asked, else what was skipped."""
    for status in (Status.INVALID, Status.ERROR, Status.SKIPPED):
        codes = [f"{result.check} {result.code}" for result in report.checks if result.status is status]
        if codes:
            return codes
    return []


def _keep_records(session: Session, node: Node, document: dict[str, Any]) -> list[str]:
    """Store every record of a verified file, and the tables that came with it; return the ids that are new."""
    rows: dict[str, dict[str, Rows]] = {}
    for table in document["tables"]:
        rows.setdefault(table["record"], {})[table["name"]] = table["rows"]
    new = []
    for entry in document["records"]:
        identity = digest_of_record(entry["document"])
        if _keep(session, node, entry, rows.get(identity)):
            new.append(identity)
    return new


def _keep(session: Session, node: Node, entry: dict[str, Any], rows: dict[str, Rows] | None) -> bool:
    signed = entry["document"]
    identity, kind = record_id(signed), record_type(signed).type_name
    lookup = lookup_of(kind, signed["credentialSubject"], rows)
    institution = institution_of(entry)
    own = Record(identity, kind, institution, canonicalise(signed), True, "received", node.now(), lookup)
    created = records.add(session, own)
    for name, entries in (rows or {}).items():
        tables.add(session, RecordTable(identity, name, len(entries), table_root(entries), canonicalise(entries)))
    return created


def digest_of_record(signed: dict[str, Any]) -> str:
    """The tagged id of a signed record."""
    return tag_sha256(record_id(signed))


def institution_of(entry: dict[str, Any]) -> bytes:
    """Whose record an entry of a verified file is: the institution of its log; of an authority's record the
    institution it is about.
    """
    if entry["log"] is not None:
        return bytes.fromhex(entry["log"]["institution"])
    return bytes.fromhex(entry["document"]["credentialSubject"]["institution"])
