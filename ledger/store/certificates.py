"""Certificates and their histories, as the chain recorded them. Status as of two times is asked of the chain, not
computed here.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, select

from ledger.store.models import CertificateChangeRow, CertificateRow
from ledger.store.session import Session

MAX_PAGE = 500
"""Most certificates one listing returns."""


@dataclass(frozen=True, slots=True)
class IssuedCertificate:
    """A certificate as issued; ids and digests 32 bytes, times Unix seconds; ``supersedes`` is None if it replaces
    none.
    """

    key: bytes
    issuer: bytes
    record_id: bytes
    number_digest: bytes
    document_type: int
    category: str
    pcr_id: bytes
    origin: str
    holder_commitment: bytes
    capacity_id: bytes
    valid_from: int
    valid_until: int
    supersedes: bytes | None
    issued_at: int
    block_number: int


@dataclass(frozen=True, slots=True)
class CertificateChange:
    """One entry of a history: actions 1 ISSUE … 6 SUPERSEDE, owners 1 ISSUER, 2 AUTHORITY."""

    key: bytes
    action: int
    owner: int
    effective_from: int
    recorded_at: int
    reason: bytes
    block_number: int


def find(session: Session, key: bytes) -> IssuedCertificate | None:
    """One certificate by its key."""
    return _first(session, select(CertificateRow).where(CertificateRow.key == key))


def find_by_record(session: Session, record_id: bytes) -> IssuedCertificate | None:
    """The certificate whose record this is (the earliest, should several issuers have issued the same record)."""
    return _first(session, select(CertificateRow).where(CertificateRow.record_id == record_id))


def find_by_number(session: Session, issuer: bytes, number_digest: bytes) -> IssuedCertificate | None:
    """An issuer's certificate by the digest of its number."""
    query = select(CertificateRow).where(CertificateRow.issuer == issuer, CertificateRow.number_digest == number_digest)
    return _first(session, query)


def successor(session: Session, key: bytes) -> IssuedCertificate | None:
    """The certificate that replaced this one."""
    return _first(session, select(CertificateRow).where(CertificateRow.supersedes == key))


def listing(session: Session, *, issuer: bytes | None = None, limit: int = MAX_PAGE) -> list[IssuedCertificate]:
    """Certificates, newest first, at most ``MAX_PAGE``."""
    query = select(CertificateRow).order_by(CertificateRow.block_number.desc(), CertificateRow.log_index.desc())
    if issuer is not None:
        query = query.where(CertificateRow.issuer == issuer)
    return [_certificate(row) for row in session.orm.scalars(query.limit(min(limit, MAX_PAGE)))]


def history(session: Session, key: bytes) -> list[CertificateChange]:
    """A certificate's entries in the order of recording; its issue is the first."""
    query = (
        select(CertificateChangeRow)
        .where(CertificateChangeRow.key == key)
        .order_by(CertificateChangeRow.block_number, CertificateChangeRow.log_index)
    )
    return [
        CertificateChange(
            row.key, row.action, row.owner, row.effective_from, row.recorded_at, row.reason, row.block_number
        )
        for row in session.orm.scalars(query)
    ]


def _first(session: Session, query: Select[CertificateRow]) -> IssuedCertificate | None:
    row = session.orm.scalars(
        query.order_by(CertificateRow.block_number, CertificateRow.log_index).limit(1)
    ).one_or_none()
    return _certificate(row) if row is not None else None


def _certificate(row: CertificateRow) -> IssuedCertificate:
    return IssuedCertificate(
        key=row.key,
        issuer=row.issuer,
        record_id=row.record_id,
        number_digest=row.number_digest,
        document_type=row.document_type,
        category=row.category,
        pcr_id=row.pcr_id,
        origin=row.origin,
        holder_commitment=row.holder_commitment,
        capacity_id=row.capacity_id,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        supersedes=row.supersedes if any(row.supersedes) else None,
        issued_at=row.recorded_at,
        block_number=row.block_number,
    )
