"""evidence: one signed file from which anybody with the trust root can check a certificate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from ledger.errors import NotFoundError
from ledger.keys import InstitutionKeys
from ledger.node import Node
from ledger.services.chain_seen import chain_seen
from ledger.services.factors import dataset_of
from ledger.services.inventories import rows_of
from ledger.services.lookup import about, identity_of, require, subject_of
from ledger.services.places import Places
from ledger.services.publish import require_redistributable
from ledger.services.recording import assert_signed, ledger_of
from ledger.store import Session
from ledger.store.records import Record
from verifier.canonical import canonicalise, parse
from verifier.chainview import ChainView
from verifier.evidence import EVIDENCE_SCHEMA, read_evidence
from verifier.identifiers import KINDS, bytes32_text
from verifier.records.model import format_time

BESIDE: Final = ("Surveillance", "RecognitionDecision")
"""Records about the certificate that travel with it once they are anchored."""


def export(
    node: Node,
    as_: str | None,
    certificate_id: str,
    *,
    valid_at: int | None = None,
    known_at: int | None = None,
    rows: bool = True,
) -> bytes:
    """The canonical bytes of the evidence file of a certificate, signed by the exporting institution; times are Unix
    seconds.

    It carries the certificate and all that it rests on, what happened to it, the inventory's rows where this node has
    them and ``rows`` asks for them (they are activity data: the caller answers for who gets them), proofs to
    checkpoints on chain, and the chain's answers at its final block (by default also the as-of times).
    Without ``as_`` the issuer exports if this node hosts it, else the node's first institution. Raises NotFoundError,
    LicenceError (a dataset that must not be passed on), NotAnchoredError, NotIssuedError, the verifier's
    ChainUnavailableError.
    """
    view = node.view()
    head = view.head()
    as_of = (head.time if valid_at is None else valid_at, head.time if known_at is None else known_at)
    with node.store.reading() as session:
        certificate = require(session, certificate_id, "Certificate")
        keys = node.institution(as_) if as_ is not None else _exporter(node, certificate)
        basis = _basis(session, certificate)
        places = Places(session, node, certificate.id)
        placed = [(record, places.require(record, record.type)) for record in basis]
        beside = [record for kind in BESIDE for record in about(session, kind, certificate.id)]
        placed += [(record, place) for record in beside if (place := places.find(record)) is not None]
        chain = chain_seen(session, view, certificate)
        authorities = list(_authority_records(session, view, basis, subject_of(certificate)["category"]))
        tables = _tables(session, basis) if rows else []
    entries = [(record, place.log) for record, place in placed] + [(record, None) for record in authorities]
    document = {
        "schema": EVIDENCE_SCHEMA,
        "ledger": ledger_of(node),
        "exporter": keys.did,
        "exportedAt": format_time(node.now()),
        "asOf": {"validAt": format_time(as_of[0]), "knownAt": format_time(as_of[1])},
        "certificate": certificate_id,
        "records": [{"document": parse(record.document), "log": log} for record, log in sorted(entries, key=_by_id)],
        "tables": tables,
        "checkpoints": _distinct(place.checkpoint for _, place in placed),
        "chain": chain,
    }
    signed = assert_signed(node, keys, document)
    read_evidence(signed)
    return canonicalise(signed)


def _exporter(node: Node, certificate: Record) -> InstitutionKeys:
    """Who exports when nobody was named. Raises NotFoundError for a node without institutions."""
    hosted = node.institutions()
    if not hosted:
        raise NotFoundError("institution", "in the key file", next_step="add one: tanju keys add")
    return next((keys for keys in hosted if keys.id == certificate.institution), hosted[0])


def _basis(session: Session, certificate: Record) -> list[Record]:
    """The certificate, its statement, its inventory and the datasets that these cite. Raises NotFoundError or
    LicenceError.
    """
    body = subject_of(certificate)
    inventory = require(session, body["inventory"], "Inventory")
    datasets = [require(session, name, "FactorDataset") for name in subject_of(inventory)["factors"]]
    for dataset in datasets:
        require_redistributable(dataset_of(dataset))
    return [certificate, require(session, body["footprint"], "FootprintStatement"), inventory, *datasets]


def _authority_records(session: Session, view: ChainView, basis: list[Record], category: str) -> Iterator[Record]:
    """The profiles and qualifications of the institutions involved, as far as they are here and are those that stand
    on chain.
    """
    for institution in sorted({record.institution for record in basis}):
        on_chain = {view.profile_id(institution)}
        for number in KINDS.values():
            on_chain |= view.qualification_records(institution, number, bytes32_text(category))
        for kind in ("InstitutionProfile", "Qualification"):
            yield from (record for record in about(session, kind, institution) if record.id in on_chain)


def _tables(session: Session, basis: list[Record]) -> list[dict[str, Any]]:
    """The inventory's rows, sorted by record and name. Contributions stay: divided by a public factor they are the
    activity data.
    """
    found = [
        {"record": identity_of(record), "name": name, "rows": rows}
        for record in basis
        if record.type == "Inventory"
        for name, rows in rows_of(session, record).items()
    ]
    return sorted(found, key=lambda table: (table["record"], table["name"]))


def _by_id(entry: tuple[Record, Any]) -> bytes:
    return entry[0].id


def _distinct(checkpoints: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each checkpoint once, in the order of their notes."""
    return sorted({item["note"]: item for item in checkpoints}.values(), key=lambda item: str(item["note"]))
