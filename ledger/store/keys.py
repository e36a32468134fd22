"""Public keys of institutions and their revocations, as the chain recorded them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from ledger.store.models import KeyRevocationRow, KeyRow
from ledger.store.session import Session


@dataclass(frozen=True, slots=True)
class PublicKey:
    """One key for one purpose (1 ASSERT, 2 LOG, 3 AUTH, 4 COSIGN).

    Attributes:
        institution, digest: 32 bytes; the digest is SHA-256 of the multikey's ASCII.
        multikey: the public key.
        valid_from, valid_until: Unix seconds; ``valid_until`` 0 is no end.
        recorded_at: when the chain recorded it.
        revoked_from: earliest moment it is revoked from; None if it is not.
    """

    institution: bytes
    digest: bytes
    multikey: str
    purpose: int
    valid_from: int
    valid_until: int
    recorded_at: int
    revoked_from: int | None


def of_institution(session: Session, institution: bytes, *, purpose: int | None = None) -> list[PublicKey]:
    """The keys of an institution in the order of their addition."""
    query = select(KeyRow).where(KeyRow.institution == institution).order_by(KeyRow.block_number, KeyRow.log_index)
    if purpose is not None:
        query = query.where(KeyRow.purpose == purpose)
    return [_key(session, row) for row in session.orm.scalars(query).all()]


def find(session: Session, digest: bytes, purpose: int) -> PublicKey | None:
    """One key for one purpose."""
    row = session.orm.scalars(select(KeyRow).where(KeyRow.digest == digest, KeyRow.purpose == purpose)).one_or_none()
    return _key(session, row) if row is not None else None


def _key(session: Session, row: KeyRow) -> PublicKey:
    query = (
        select(KeyRevocationRow.effective_from)
        .where(KeyRevocationRow.digest == row.digest, KeyRevocationRow.purpose == row.purpose)
        .order_by(KeyRevocationRow.effective_from)
        .limit(1)
    )
    return PublicKey(
        institution=row.institution,
        digest=row.digest,
        multikey=row.multikey,
        purpose=row.purpose,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        recorded_at=row.recorded_at,
        revoked_from=session.orm.scalars(query).one_or_none(),
    )
