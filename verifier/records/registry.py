"""The closed list of record types: schema → model, type name, and who must sign with which purpose of key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from pydantic import ValidationError

from verifier.errors import FormatError
from verifier.records.certificate import Certificate, CertificationDossier, Surveillance
from verifier.records.disclosure import InventoryRecord
from verifier.records.envelope import CREDENTIALS_CONTEXT, Record, tanju_context
from verifier.records.factor_dataset import FactorDataset
from verifier.records.footprint_statement import FootprintStatement
from verifier.records.institution import InstitutionProfile, Qualification
from verifier.records.recognition import RecognitionDecision

Signers = Literal["authority", "assert", "cosign"]
"""``authority``: a key of the trust root's authorities; else a key that the institution registered for that purpose."""

MAX_REPORTED_PROBLEMS: Final = 10


@dataclass(frozen=True, slots=True)
class RecordType:
    """One record type: its credential type name, its model and which keys sign it."""

    schema: str
    type_name: str
    model: type[Record]
    signers: Signers
    signatures: int


RECORD_TYPES: Final[dict[str, RecordType]] = {
    item.schema: item
    for item in (
        RecordType("tanju/institution-profile/1", "InstitutionProfile", InstitutionProfile, "authority", 1),
        RecordType("tanju/qualification/1", "Qualification", Qualification, "authority", 1),
        RecordType("tanju/factor-dataset/1", "FactorDataset", FactorDataset, "assert", 1),
        RecordType("tanju/inventory-record/1", "Inventory", InventoryRecord, "assert", 1),
        RecordType("tanju/footprint-statement/1", "FootprintStatement", FootprintStatement, "assert", 1),
        RecordType("tanju/certification-dossier/1", "CertificationDossier", CertificationDossier, "cosign", 2),
        RecordType("tanju/certificate/1", "Certificate", Certificate, "assert", 1),
        RecordType("tanju/surveillance/1", "Surveillance", Surveillance, "assert", 1),
        RecordType("tanju/recognition-decision/1", "RecognitionDecision", RecognitionDecision, "cosign", 2),
    )
}


def record_type(document: Any) -> RecordType:
    """The type of a record by its ``schema``. Raises FormatError (SCHEMA_UNKNOWN)."""
    schema = document.get("schema") if isinstance(document, dict) else None
    found = RECORD_TYPES.get(schema) if isinstance(schema, str) else None
    if found is None:
        raise FormatError(
            f"schema {str(schema)[:80]!r}", remedy="one of " + ", ".join(RECORD_TYPES), code="SCHEMA_UNKNOWN"
        )
    return found


def read_record(document: Any) -> Record:
    """Validate a signed record's form against the model of its schema. Raises FormatError naming the fields."""
    kind = record_type(document)
    try:
        record = kind.model.model_validate(document, by_alias=True, by_name=False)
    except ValidationError as error:
        raise FormatError(describe(error), remedy=f"see {kind.schema} in docs/reference/formats.md") from None
    if record.context != [CREDENTIALS_CONTEXT, tanju_context()] or any(
        proof.context != record.context for proof in record.proof
    ):
        raise FormatError("@context is not the one of this ledger's records")
    if record.type != ["VerifiableCredential", kind.type_name]:
        raise FormatError(f"type is not VerifiableCredential, {kind.type_name}")
    if len(record.proof) != kind.signatures:
        raise FormatError(f"{kind.schema} carries {kind.signatures} proof(s), found {len(record.proof)}")
    return record


def describe(error: ValidationError) -> str:
    """The first problems of a pydantic error as ``place: message``, without echoing the input."""
    problems = error.errors(include_url=False, include_input=False)[:MAX_REPORTED_PROBLEMS]
    lines = [".".join(str(step) for step in item["loc"]) + ": " + item["msg"] for item in problems]
    return "; ".join(lines)
