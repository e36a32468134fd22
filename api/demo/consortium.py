"""The demo's consortium: key files for the nodes, contracts, trust root, accredited institutions."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from pydantic import SecretStr

from api.demo.actors import ACTORS, CATEGORIES, NODES, Actor
from api.demo.layout import Layout
from ledger.bootstrap import Accession, accredit_institutions, found_consortium
from ledger.keys import MIN_SCRYPT_N, KeyFile
from ledger.services.accredit import Document, InstitutionPlan, QualificationPlan
from verifier.identifiers import KINDS
from verifier.trustroot import TrustRoot

PASSPHRASE_BYTES: Final = 32
QUALIFIED_UNTIL: Final = "2036-01-01T00:00:00Z"
LEGAL_BASIS: Final = "demo: none; a fictitious qualification on a test network"


@dataclass(frozen=True, slots=True)
class Founded:
    """What the nodes are made of: the passphrase of every key file, the trust root, the authorities' records."""

    passphrase: str = field(repr=False)
    trust: TrustRoot
    documents: tuple[Document, ...]

    def secret(self) -> SecretStr:
        """The passphrase as a setting."""
        return SecretStr(self.passphrase)


def found(layout: Layout, rpc: str, addresses: Mapping[str, str]) -> Founded:
    """Make the keys, deploy the contracts, sign the trust root, accredit everybody. Raises LedgerError or
    VerifierError.

    The key files' passphrase is random, 256 bits: a costly key derivation would protect it no better.
    """
    passphrase = secrets.token_urlsafe(PASSPHRASE_BYTES)
    _write_passphrase(layout, passphrase)
    consortium = found_consortium(rpc, layout.root, passphrase, scrypt_n=MIN_SCRYPT_N)
    accessions = [accession for name in NODES for accession in _accessions(layout, name, passphrase, addresses[name])]
    documents = accredit_institutions(consortium, accessions)
    return Founded(passphrase, consortium.trust, tuple(documents))


def _write_passphrase(layout: Layout, passphrase: str) -> None:
    path = layout.root / "passphrase"
    path.touch(mode=0o600)
    path.write_text(passphrase + "\n", encoding="utf-8")


def _accessions(layout: Layout, node: str, passphrase: str, address: str) -> list[Accession]:
    """A node's key file with its institutions, and what the authorities register of them."""
    layout.node(node).mkdir()
    keys = KeyFile.create(layout.node(node) / "node.keys", passphrase, scrypt_n=MIN_SCRYPT_N)
    return [_accession(keys, actor, address) for actor in ACTORS if actor.node == node]


def _accession(keys: KeyFile, actor: Actor, address: str) -> Accession:
    own = keys.add_institution(actor.name, "uscc", actor.code, actor.did, actor.persons)
    plan = InstitutionPlan(actor.zh, actor.en, actor.jurisdiction, actor.roles, address)
    qualified = CATEGORIES if "certification-body" in actor.roles else ()
    qualifications = [
        QualificationPlan(kind, category, QUALIFIED_UNTIL, LEGAL_BASIS) for category in qualified for kind in KINDS
    ]
    return Accession(own, plan, tuple(qualifications))
