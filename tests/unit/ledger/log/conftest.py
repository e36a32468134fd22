"""An institution with keys, and signed records to log."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.keys import InstitutionKeys, KeyFile
from ledger.store import Session, records
from ledger.store.records import Record
from verifier.canonical import canonicalise
from verifier.credential import record_id, sign

NOW = 1_800_000_000


@pytest.fixture(scope="session")
def institution(tmp_path_factory: pytest.TempPathFactory) -> InstitutionKeys:
    path: Path = tmp_path_factory.mktemp("keys") / "node.keys"
    keys = KeyFile.create(path, "a passphrase", scrypt_n=2**14)
    return keys.add_institution("cb", "uscc", "91310000631696382C", "did:web:cb.example")


@pytest.fixture
def keep(institution: InstitutionKeys) -> Callable[[Session, int], bytes]:
    """Store the signed record with a number and return its document."""

    def kept(session: Session, number: int) -> bytes:
        draft: dict[str, Any] = {"type": "Inventory", "number": number}
        document = sign(draft, institution.assert_key, did=institution.did, created="2026-01-01T00:00:00Z")
        data = canonicalise(document)
        records.add(session, Record(record_id(document), "Inventory", institution.id, data, True, "own", NOW))
        return data

    return kept
