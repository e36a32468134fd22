"""Under which digest a record is found besides its id: what it is about.

The digest stands in the store's ``lookup`` column: of a dataset its name, of an inventory its content without salts, of
a statement its inventory, of a certificate its number, of surveillance and recognition the certificate, of a dossier
the statement, of an authority's record the institution.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ledger.errors import NotFoundError
from ledger.store import Session, records
from ledger.store.records import Record
from verifier.canonical import canonicalise, parse, raw_digest, sha256, tag_sha256
from verifier.identifiers import number_digest
from verifier.inventory_tables import Rows

DATASET_TAG: Final = b"tanju/dataset-name/1"


def dataset_lookup(name: str) -> bytes:
    """SHA-256(tag ‖ ``series@version``)."""
    return sha256(DATASET_TAG + name.encode())


def inventory_lookup(subject: Mapping[str, Any], tables: Mapping[str, Rows]) -> bytes:
    """SHA-256 of an inventory's content: its header and rows, without the salts and the roots made of them."""
    header = {key: value for key, value in subject.items() if key != "tables"}
    rows = {name: [entry["row"] for entry in entries] for name, entries in tables.items()}
    return sha256(canonicalise({"header": header, "rows": rows}))


def lookup_of(type_name: str, subject: Mapping[str, Any], tables: Mapping[str, Rows] | None = None) -> bytes | None:
    """The digest for a record of this type; None for a type that is found by its id alone, or an inventory without
    rows.
    """
    if type_name == "FactorDataset":
        return dataset_lookup(f"{subject['series']}@{subject['version']}")
    if type_name == "Inventory":
        return inventory_lookup(subject, tables) if tables else None
    if type_name == "FootprintStatement":
        return raw_digest(subject["inventory"])
    if type_name == "Certificate":
        return number_digest(subject["number"])
    if type_name in ("Surveillance", "RecognitionDecision"):
        return raw_digest(subject["certificate"])
    if type_name == "CertificationDossier":
        return raw_digest(subject["footprint"])
    if type_name in ("InstitutionProfile", "Qualification"):
        return bytes.fromhex(subject["institution"])
    return None


def about(session: Session, type_name: str, digest: bytes, *, institution: bytes | None = None) -> list[Record]:
    """The records of a type that are about something, oldest first."""
    return records.by_lookup(session, type=type_name, lookup=digest, institution=institution)


def require(session: Session, identity: str, type_name: str) -> Record:
    """The stored record with this tagged id and type. Raises NotFoundError."""
    record = records.find(session, raw_digest(identity))
    if record is None or record.type != type_name:
        raise NotFoundError(type_name, identity)
    return record


def subject_of(record: Record) -> dict[str, Any]:
    """The ``credentialSubject`` of a stored record."""
    subject: dict[str, Any] = parse(record.document)["credentialSubject"]
    return subject


def identity_of(record: Record) -> str:
    """The tagged id of a stored record."""
    return tag_sha256(record.id)
