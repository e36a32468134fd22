"""The factor datasets that this node knows, as disclosing and recalculating need them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ledger.services.errors import FactorUnknownError
from ledger.services.lookup import about, dataset_lookup, identity_of, require, subject_of
from ledger.store import Session, records
from ledger.store.records import Record
from verifier.canonical import DIGEST, raw_digest
from verifier.footprint import LoadedDataset
from verifier.records.factors import FactorDatasetBody, factor_dataset_from_json


class FactorCatalogue:
    """Turns the factor references of rows into references by record id, reading each dataset once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._named: dict[str, list[tuple[str, frozenset[str]]]] = {}
        self._resolved: dict[str, str] = {}

    def resolve_row(self, row: Mapping[str, Any]) -> None:
        """Resolve the references of one exchange (its JSON). Raises FactorUnknownError naming the row."""
        for reference in references_of(row):
            if reference not in self._resolved:
                self._resolved[reference] = self._resolve(str(row.get("id")), reference)

    def resolved(self, reference: str) -> str:
        """``sha-256:<record id>#<entry>`` of a reference that `resolve_row` has seen."""
        return self._resolved[reference]

    def _resolve(self, row: str, reference: str) -> str:
        name, _, entry = reference.partition("#")
        if not entry:
            raise FactorUnknownError(row, reference, "it names no entry (series@version#entry)")
        if name not in self._named:
            self._named[name] = [
                (identity_of(record), frozenset(item["id"] for item in subject_of(record)["entries"]))
                for record in self._datasets(name)
            ]
        found = self._named[name]
        if not found:
            raise FactorUnknownError(row, reference, "no such dataset is known to this node")
        if len(found) > 1:
            raise FactorUnknownError(row, reference, f"{len(found)} publishers have a dataset of this name")
        identity, entries = found[0]
        if entry not in entries:
            raise FactorUnknownError(row, reference, f"the dataset has no entry {entry!r}")
        return f"{identity}#{entry}"

    def _datasets(self, name: str) -> list[Record]:
        if not DIGEST.match(name):
            return about(self._session, "FactorDataset", dataset_lookup(name))
        record = records.find(self._session, raw_digest(name)) if name.startswith("sha-256:") else None
        return [record] if record is not None and record.type == "FactorDataset" else []


def references_of(row: Mapping[str, Any]) -> list[str]:
    """The factor references of one exchange: its provider, its combustion and its transport legs."""
    provider, combustion = row.get("provider") or {}, row.get("combustion") or {}
    legs = [leg.get("factor") for leg in row.get("transport") or []]
    return [reference for reference in (provider.get("factor"), combustion.get("factor"), *legs) if reference]


def load_datasets(session: Session, identities: Iterable[str]) -> list[LoadedDataset]:
    """The stored datasets with these record ids. Raises NotFoundError."""
    return [LoadedDataset(dataset_of(require(session, name, "FactorDataset")), name) for name in identities]


def dataset_of(record: Record) -> FactorDatasetBody:
    """The body of a stored dataset."""
    return factor_dataset_from_json(subject_of(record))
