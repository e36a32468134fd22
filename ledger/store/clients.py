"""OAuth2 clients of the API."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from ledger.errors import NotFoundError
from ledger.store.models import ApiClientRow
from ledger.store.session import Session


@dataclass(frozen=True, slots=True)
class ApiClient:
    """A client.

    Attributes:
        client_id: its name.
        secret_hash: salted password hash of its secret.
        role: what it may do; the API maps roles to scopes.
        institution_name: short name in the key file of the institution it acts for.
        created_at, revoked_at: Unix seconds; ``revoked_at`` is None while it may be used.
        person: name in the key file of the person it acts for, where a decision takes two; None for a machine.
    """

    client_id: str
    secret_hash: str
    role: str
    institution_name: str
    created_at: int
    revoked_at: int | None = None
    person: str | None = None


def add(session: Session, client: ApiClient) -> None:
    """Store a new client."""
    session.orm.add(
        ApiClientRow(
            client_id=client.client_id,
            secret_hash=client.secret_hash,
            role=client.role,
            institution_name=client.institution_name,
            created_at=client.created_at,
            revoked_at=client.revoked_at,
            person=client.person,
        )
    )
    session.orm.flush()


def find(session: Session, client_id: str) -> ApiClient | None:
    """One client, also a revoked one; None if there is none."""
    row = session.orm.get(ApiClientRow, client_id)
    return _client(row) if row is not None else None


def revoke(session: Session, client_id: str, revoked_at: int) -> None:
    """End a client's access. Raises NotFoundError."""
    row = session.orm.get(ApiClientRow, client_id)
    if row is None:
        raise NotFoundError("client", client_id)
    row.revoked_at = row.revoked_at or revoked_at
    session.orm.flush()


def listing(session: Session) -> list[ApiClient]:
    """All clients by id."""
    return [_client(row) for row in session.orm.scalars(select(ApiClientRow).order_by(ApiClientRow.client_id))]


def _client(row: ApiClientRow) -> ApiClient:
    return ApiClient(
        row.client_id, row.secret_hash, row.role, row.institution_name, row.created_at, row.revoked_at, row.person
    )
