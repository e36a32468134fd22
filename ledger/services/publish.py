"""publish: a factor publisher signs a version of a factor dataset."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ledger.keys import InstitutionKeys
from ledger.node import Node
from ledger.services.errors import DatasetExistsError, LicenceError
from ledger.services.lookup import about, dataset_lookup, identity_of, subject_of
from ledger.services.recording import Recorded, assert_signed, draft, existing, hold_log, keep, note
from ledger.services.standing import require_role
from ledger.store import Session
from ledger.store.records import Record
from verifier.records.factors import FACTOR_DATASET_SCHEMA, FactorDatasetBody, factor_dataset_from_json

FORBIDDEN = "none"
"""The redistribution licence under which an entry is never published or passed on."""


def publish(node: Node, as_: str, body: Mapping[str, Any]) -> Recorded:
    """Record a factor dataset (the JSON of a ``*.factors.json`` file) as its publisher.

    The same body under the same name again is the record that is there. Raises FormatError (a body of another form),
    LicenceError (an entry whose licence forbids redistribution), DatasetExistsError (another body under a published
    name), RoleMissingError.
    """
    keys = node.institution(as_)
    dataset = factor_dataset_from_json(dict(body))
    require_redistributable(dataset)
    with node.store.writing() as session:
        require_role(session, keys, "factor-publisher")
        hold_log(session, keys)
        before = _published(session, keys, dataset, body)
        if before is not None:
            return existing(session, before)
        document = assert_signed(node, keys, draft(node, keys, FACTOR_DATASET_SCHEMA, body))
        recorded = keep(session, node, keys, document)
        note(session, node, as_, f"publish {recorded.record_id}", body)
        session.commit()
    return recorded


def require_redistributable(dataset: FactorDatasetBody) -> None:
    """Raise LicenceError when the licence of an entry forbids passing it on."""
    closed = [entry.id for entry in dataset.entries if entry.licence.redistribution == FORBIDDEN]
    if closed:
        raise LicenceError(dataset.name, closed)


def _published(
    session: Session, keys: InstitutionKeys, dataset: FactorDatasetBody, body: Mapping[str, Any]
) -> Record | None:
    """The record of this series and version, if the publisher has one with this very body."""
    for record in about(session, "FactorDataset", dataset_lookup(dataset.name), institution=keys.id):
        if subject_of(record) == dict(body):
            return record
        raise DatasetExistsError(dataset.name, identity_of(record))
    return None
