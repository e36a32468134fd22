"""Founding a consortium on a fresh chain: contracts, trust root, institutions. Run again, it completes what is missing.

The folder that it is given holds, in the order in which they come to be: ``authorities.keys``, ``deployment.json``
(what stands where), ``trust-root.json`` (version 1, signed by all authorities) and ``accreditation/``
(one signed record a file). Nothing on chain is repeated, and no file is written over.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from web3.providers.base import BaseProvider

from ledger.authorities import DEMONSTRATION, Authority, AuthorityPlan, governing, granting, open_authorities
from ledger.chain.client import ChainClient
from ledger.chain.deploy import AuthorityGrant, deploy
from ledger.chain.endpoint import Endpoint
from ledger.chain.pins import ChainPins
from ledger.durable import write_durably
from ledger.keys import InstitutionKeys
from ledger.services import accredit
from ledger.services.accredit import Document, InstitutionPlan, QualificationPlan, Register
from ledger.services.desk import Desk
from verifier.canonical import canonicalise, parse
from verifier.credential import sign
from verifier.records.model import format_time
from verifier.trustroot import TrustRoot, read_trust_root

AUTHORITIES_FILE: Final = "authorities.keys"
DEPLOYMENT_FILE: Final = "deployment.json"
TRUST_ROOT_FILE: Final = "trust-root.json"
ACCREDITATION: Final = "accreditation"
TRUST_ROOT_SCHEMA: Final = "tanju/trust-root/1"
SALT_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class Consortium:
    """A founded consortium, with its authorities' keys at hand.

    Attributes:
        folder: where its files lie.
        register: where its authorities write.
        authorities: in the order of the plan.
        trust: the trust root as read and checked; ``trust_bytes`` its file.
    """

    folder: Path
    register: Register
    authorities: tuple[Authority, ...]
    trust: TrustRoot
    trust_bytes: bytes

    def close(self) -> None:
        """Close the connections to the chain."""
        self.register.desk.client.close()


@dataclass(frozen=True, slots=True)
class Accession:
    """An institution to be accredited: its keys, what is registered of it, and what it is qualified for."""

    keys: InstitutionKeys
    plan: InstitutionPlan
    qualifications: tuple[QualificationPlan, ...] = ()


def found_consortium(
    rpc: str | BaseProvider,
    folder: Path,
    passphrase: str,
    *,
    plans: Sequence[AuthorityPlan] = DEMONSTRATION,
    now: Callable[[], int] = lambda: int(time.time()),
    salt: Callable[[], str] = lambda: secrets.token_hex(SALT_BYTES),
    scrypt_n: int | None = None,
) -> Consortium:
    """Deploy and seal the contracts, write and sign the trust root; where that is done already, read it.

    Raises ChainMismatchError when the folder's deployment is of another chain, KeyFileError, ContractRevertError,
    ChainUnavailableError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    authorities = open_authorities(folder / AUTHORITIES_FILE, passphrase, plans, scrypt_n=scrypt_n)
    deployed = _deployed(rpc, folder / DEPLOYMENT_FILE, authorities)
    path = folder / TRUST_ROOT_FILE
    if not path.exists():
        write_durably(path, _trust_root(deployed, authorities, format_time(now())))
    data = path.read_bytes()
    trust = read_trust_root(data)
    desk = Desk(ChainClient.connect(rpc, ChainPins.from_trust_root(trust)))
    return Consortium(folder, Register(desk, deployed["ledger"], now, salt), tuple(authorities), trust, data)


def accredit_institutions(consortium: Consortium, accessions: Sequence[Accession]) -> list[Document]:
    """Register the institutions, enrol their keys and deciders, grant their qualifications; return the authorities'
    records.

    Each record is on disk before its act is sent. Raises NotFoundError (no authority for it), ContractRevertError.
    """
    desk, documents = consortium.register.desk, []
    for accession in accessions:
        authority = governing(consortium.authorities, accession.plan.jurisdiction)
        document = _profile(consortium, authority, accession)
        accredit.register(desk, authority, document)
        documents.append(document)
    desk.settle()
    for accession in accessions:
        accredit.enrol(desk, accession.keys)
        for plan in accession.qualifications:
            authority = granting(consortium.authorities, plan.kind)
            document = _qualification(consortium, authority, accession, plan)
            accredit.grant(desk, authority, document)
            documents.append(document)
    desk.settle()
    return documents


def _deployed(rpc: str | BaseProvider, path: Path, authorities: Sequence[Authority]) -> Document:
    """What is deployed, as the trust root writes it: from the folder's file, else deployed now and written there."""
    if path.exists():
        document: Document = parse(path.read_bytes())
        return document
    endpoint = Endpoint(rpc)
    try:
        members = [
            AuthorityGrant(authority.address, authority.plan.jurisdiction, authority.plan.grant_mask)
            for authority in authorities
        ]
        manifest = deploy(endpoint, authorities[0].keys.account, members)
    finally:
        endpoint.close()
    write_durably(path, canonicalise(manifest.to_document()))
    return manifest.to_document()


def _trust_root(deployed: Document, authorities: Sequence[Authority], created: str) -> bytes:
    """The canonical bytes of version 1, signed by every authority."""
    document: Document = {
        "schema": TRUST_ROOT_SCHEMA,
        "version": 1,
        "previous": None,
        "created": created,
        "network": "test",
        **deployed,
        "authorities": [authority.entry() for authority in authorities],
        "witnesses": [],
        "quorum": 0,
    }
    for authority in authorities:
        document = sign(document, authority.keys.assert_key, did=authority.keys.did, created=created)
    return canonicalise(document)


def _profile(consortium: Consortium, authority: Authority, accession: Accession) -> Document:
    path = consortium.folder / ACCREDITATION / f"{accession.keys.name}.profile.json"
    return _kept(path, lambda: accredit.profile(consortium.register, authority, accession.keys, accession.plan))


def _qualification(
    consortium: Consortium, authority: Authority, accession: Accession, plan: QualificationPlan
) -> Document:
    path = consortium.folder / ACCREDITATION / f"{accession.keys.name}.{plan.kind}.{plan.category}.json"
    return _kept(path, lambda: accredit.qualification(consortium.register, authority, accession.keys, plan))


def _kept(path: Path, make: Callable[[], Document]) -> Document:
    """The document of a file, which is written first where it does not exist."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(path, canonicalise(make()))
    document: Document = parse(path.read_bytes())
    return document
