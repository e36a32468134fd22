"""Institutions, their DIDs and their deciders, as the chain recorded them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from ledger.store.models import DeciderChangeRow, DidRow, InstitutionRow
from ledger.store.session import Session


@dataclass(frozen=True, slots=True)
class Institution:
    """One institution.

    Attributes:
        id: 32 bytes; scheme ("uscc" or "lei") and code are what it is made of.
        jurisdiction: e.g. "CN-SH".
        account: checksum address.
        roles: bit mask of the closed list of roles.
        profile_id: record id of its InstitutionProfile.
        did_digest: SHA-256 of its DID now.
        endpoint: where its node answers.
        recorded_at: Unix seconds.
    """

    id: bytes
    scheme: str
    code: str
    jurisdiction: str
    account: str
    roles: int
    profile_id: bytes
    did_digest: bytes
    endpoint: str
    recorded_at: int


def find(session: Session, institution: bytes) -> Institution | None:
    """One institution by id."""
    row = session.orm.scalars(select(InstitutionRow).where(InstitutionRow.id == institution)).one_or_none()
    return _institution(session, row) if row is not None else None


def find_by_did(session: Session, did_digest: bytes) -> Institution | None:
    """The institution whose DID this is or was."""
    row = session.orm.scalars(select(DidRow).where(DidRow.did_digest == did_digest)).one_or_none()
    return find(session, row.institution) if row is not None else None


def find_by_account(session: Session, account: str) -> Institution | None:
    """The institution that acts through an account (checksum address)."""
    row = session.orm.scalars(select(InstitutionRow).where(InstitutionRow.account == account)).one_or_none()
    return _institution(session, row) if row is not None else None


def listing(session: Session, *, jurisdiction: str | None = None) -> list[Institution]:
    """Institutions in the order of registration."""
    query = select(InstitutionRow).order_by(InstitutionRow.block_number, InstitutionRow.log_index)
    if jurisdiction is not None:
        query = query.where(InstitutionRow.jurisdiction == jurisdiction)
    return [_institution(session, row) for row in session.orm.scalars(query).all()]


def deciders(session: Session, institution: bytes) -> list[str]:
    """The accounts that decide for an institution now, in the order they were added."""
    query = (
        select(DeciderChangeRow)
        .where(DeciderChangeRow.institution == institution)
        .order_by(DeciderChangeRow.block_number, DeciderChangeRow.log_index)
    )
    current: dict[str, None] = {}
    for row in session.orm.scalars(query):
        if row.added:
            current[row.account] = None
        else:
            current.pop(row.account, None)
    return list(current)


def _institution(session: Session, row: InstitutionRow) -> Institution:
    query = (
        select(DidRow.did_digest)
        .where(DidRow.institution == row.id)
        .order_by(DidRow.block_number.desc(), DidRow.log_index.desc())
        .limit(1)
    )
    return Institution(
        id=row.id,
        scheme=row.scheme,
        code=row.registered_code,
        jurisdiction=row.jurisdiction,
        account=row.account,
        roles=row.roles,
        profile_id=row.profile_id,
        did_digest=session.orm.scalars(query).one(),
        endpoint=row.endpoint,
        recorded_at=row.recorded_at,
    )
