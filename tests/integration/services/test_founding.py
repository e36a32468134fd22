"""A consortium is founded once: run again, nothing is repeated on chain and no file is written over."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ledger.authorities import DEMONSTRATION
from ledger.bootstrap import Accession, accredit_institutions, found_consortium
from ledger.chain.errors import ContractRevertError
from ledger.embedded.chain import EmbeddedChain
from ledger.embedded.clock import ManualClock
from ledger.embedded.config import ChainConfig
from ledger.embedded.provider import EmbeddedProvider
from ledger.errors import ChainMismatchError
from ledger.keys import MIN_SCRYPT_N, KeyFile
from ledger.services.accredit import InstitutionPlan, QualificationPlan
from verifier.canonical import canonicalise
from verifier.trustroot import CONTRACTS, read_trust_root

START = 1_768_000_000
PASSPHRASE = "correct horse battery"


@pytest.fixture
def provider() -> Any:
    with EmbeddedChain(None, ChainConfig(timestamp=START), ManualClock(START)) as chain:
        yield EmbeddedProvider(chain, auto_seal=True)


def found(provider: Any, folder: Path) -> Any:
    return found_consortium(provider, folder, PASSPHRASE, now=lambda: START, scrypt_n=MIN_SCRYPT_N)


def accession(folder: Path, *, code: str = "91310000TANJU0019C", jurisdiction: str = "CN-SH") -> Accession:
    keys = KeyFile.create(folder / f"{code}.keys", PASSPHRASE, scrypt_n=MIN_SCRYPT_N)
    own = keys.add_institution("cb", "uscc", code, "did:web:cb.example", ["one", "two"])
    plan = InstitutionPlan("示范", "Demonstration", jurisdiction, ("certification-body",), None)
    kinds = ("approval", "accreditation", "designation")
    return Accession(
        own, plan, tuple(QualificationPlan(kind, "steel", "2030-01-01T00:00:00Z", "law") for kind in kinds)
    )


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_trust_root_pins_what_was_deployed_and_is_signed_by_all(provider: Any, tmp_path: Path) -> None:
    consortium = found(provider, tmp_path)
    root = read_trust_root((tmp_path / "trust-root.json").read_bytes())
    assert root == consortium.trust
    assert [contract.name for contract in root.contracts] == sorted(CONTRACTS)
    assert len(root.proof) == len(root.authorities) == len(DEMONSTRATION)
    assert consortium.register.desk.client.directory.is_sealed()


def test_run_again_nothing_happens(provider: Any, tmp_path: Path) -> None:
    one = accession(tmp_path)
    documents = accredit_institutions(found(provider, tmp_path / "c"), [one])
    head, before = provider.chain.head.block_number, files(tmp_path / "c")
    again = accredit_institutions(found(provider, tmp_path / "c"), [one])
    assert [canonicalise(item) for item in again] == [canonicalise(item) for item in documents]
    assert (provider.chain.head.block_number, files(tmp_path / "c")) == (head, before)


def test_what_is_missing_is_completed(provider: Any, tmp_path: Path) -> None:
    consortium, one = found(provider, tmp_path / "c"), accession(tmp_path)
    accredit_institutions(consortium, [Accession(one.keys, one.plan, one.qualifications[:1])])
    accredit_institutions(consortium, [one])
    client, now = consortium.register.desk.client, provider.chain.head.timestamp
    assert client.qualifications.competent_at(one.keys.id, 1, "steel", now, now)
    purposes = [key.purpose for key in client.institutions.keys(one.keys.id)]
    assert sorted(purposes) == [1, 2, 3, 4, 4]
    assert all(
        client.institutions.is_decider(one.keys.id, str(person.account.address)) for person in one.keys.persons.values()
    )


def test_a_folder_of_another_chain_is_refused(provider: Any, tmp_path: Path) -> None:
    found(provider, tmp_path)
    other = EmbeddedChain(None, ChainConfig(timestamp=START + 1), ManualClock(START + 1))
    with other, pytest.raises(ChainMismatchError):
        found(EmbeddedProvider(other, auto_seal=True), tmp_path)


def test_a_revert_is_told_by_its_name(provider: Any, tmp_path: Path) -> None:
    consortium, one = found(provider, tmp_path / "c"), accession(tmp_path)
    desk, approval = consortium.register.desk, consortium.authorities[0]
    place = (one.keys.id, 2, b"steel".ljust(32, b"\0"))
    desk.act(approval.keys.account, "InstitutionRegistry", "grant", *place, b"\1" * 32, 0, 0)
    with pytest.raises(ContractRevertError, match=r"UnknownInstitution|NotEntitledToGrant"):
        desk.settle()
