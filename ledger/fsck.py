"""fsck: compares records, tables, logs, outbox and chain, and names every difference. It reads only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ledger.chain.client import ChainClient
from ledger.errors import LedgerError, LogCorruptError
from ledger.log import proofs, tree
from ledger.store import Session, Store, anchors, certificates, checkpoints, leaves, records, tables
from ledger.store import outbox as actions
from ledger.store.leaves import Leaf
from verifier.canonical import parse_canonical
from verifier.checkpoint import parse_note
from verifier.credential import leaf_input, record_id
from verifier.errors import VerifierError
from verifier.identifiers import certificate_key
from verifier.tables import check_table


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: a stable code, where it is, and what is wrong there."""

    code: str
    where: str
    what: str


def check_store(store: Store) -> Iterator[Difference]:
    """The differences within the database: records against ids, tables against roots, leaves against records
    and tree.
    """
    with store.reading() as session:
        yield from _records(session)
        for institution, epoch in leaves.logs(session):
            yield from _log(session, institution, epoch)


def check_chain(store: Store, client: ChainClient) -> Iterator[Difference]:
    """The differences between database and chain. Raises ChainUnavailableError."""
    with store.reading() as session:
        for institution, epoch in leaves.logs(session):
            yield from _anchors(session, client, institution, epoch)
        for certificate in certificates.listing(session):
            if client.certificates.certificate(certificate.key) is None:
                yield Difference("FSCK_CERTIFICATE", certificate.key.hex(), "is in the tables and not on chain")
            if certificate_key(certificate.issuer, certificate.record_id) != certificate.key:
                yield Difference("FSCK_CERTIFICATE", certificate.key.hex(), "is not the key of its issuer and record")
        for action in actions.in_states(session, {actions.State.FINAL}, limit=10**9):
            if action.tx_hash is None or action.block_hash is None:
                continue
            receipt = client.endpoint.receipt(action.tx_hash)
            if receipt is None or receipt.block_hash != action.block_hash:
                yield Difference("FSCK_ACTION", action.action_id, "is FINAL here and not in that block on chain")


def _records(session: Session) -> Iterator[Difference]:
    for identity in records.ids(session):
        record = records.get(session, identity)
        where = identity.hex()
        try:
            document = parse_canonical(record.document)
            if record_id(document) != identity:
                yield Difference("FSCK_RECORD", where, "the stored document has another id")
        except VerifierError as error:
            yield Difference("FSCK_RECORD", where, str(error))
        for table in tables.of_record(session, identity).values():
            try:
                check_table(parse_canonical(table.rows), root=table.root.hex(), count=table.count)
            except VerifierError as error:
                yield Difference("FSCK_TABLE", f"{where}/{table.name}", str(error))


def _log(session: Session, institution: bytes, epoch: int) -> Iterator[Difference]:
    where = f"{institution.hex()}/{epoch}"
    size = leaves.size(session, institution, epoch)
    peaks: list[tuple[int, bytes]] = []
    count = 0
    for leaf in leaves.between(session, institution, epoch, 0, size):
        if leaf.index != count:
            yield Difference("FSCK_LEAF", f"{where}/{count}", "is missing")
            return
        yield from _leaf(session, leaf, f"{where}/{count}")
        tree.push(peaks, tree.hash_leaf(leaf.leaf_input))
        count += 1
        checkpoint = checkpoints.at_size(session, institution, epoch, count)
        if checkpoint is not None and (checkpoint.root != tree.bag(peaks) or not _note_fits(checkpoint)):
            yield Difference("FSCK_CHECKPOINT", f"{where} at size {count}", "does not fit the stored leaves")
    if count != size:
        yield Difference("FSCK_LEAF", f"{where}/{count}", "is missing")
        return
    try:
        if proofs.root(session, institution, epoch, size) != tree.bag(peaks):
            yield Difference("FSCK_TREE", where, "the stored subtrees lead to another root than the leaves")
    except LogCorruptError as error:
        yield Difference("FSCK_TREE", where, error.detail)


def _leaf(session: Session, leaf: Leaf, where: str) -> Iterator[Difference]:
    record = records.find(session, leaf.record_id)
    if record is None:
        yield Difference("FSCK_LEAF", where, "its record is missing")
        return
    try:
        if leaf_input(parse_canonical(record.document)) != leaf.leaf_input:
            yield Difference("FSCK_LEAF", where, "its record hashes to another leaf")
    except VerifierError as error:
        yield Difference("FSCK_LEAF", where, str(error))


def _note_fits(checkpoint: checkpoints.SealedCheckpoint) -> bool:
    try:
        noted, _ = parse_note(checkpoint.note)
    except VerifierError:
        return False
    found = (noted.institution, noted.epoch, noted.size, noted.root)
    return found == (checkpoint.institution, checkpoint.epoch, checkpoint.size, checkpoint.root)


def _anchors(session: Session, client: ChainClient, institution: bytes, epoch: int) -> Iterator[Difference]:
    where = f"{institution.hex()}/{epoch}"
    head = client.log.head(institution, epoch)
    copied = anchors.head(session, institution, epoch)
    if copied is not None and (head is None or head.size < copied.size):
        yield Difference("FSCK_ANCHOR", where, f"size {copied.size} is in the tables and not on chain")
    if head is None:
        return
    try:
        if proofs.root(session, institution, epoch, head.size) != head.root:
            yield Difference("FSCK_ANCHOR", where, f"has another root at size {head.size} here than on chain")
    except LedgerError as error:
        yield Difference("FSCK_ANCHOR", where, error.detail)
