"""OAuth 2.0 client credentials (RFC 6749 section 4.4): who may write, and as whom.

A client acts for one institution of the node's key file and, where a decision needs a person, for one person: two
persons need two clients. Only a salted hash of its secret is kept; a token lives fifteen minutes and ends at once
when its client is revoked.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import jwt
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api.problems import ProblemError
from ledger.errors import NotFoundError
from ledger.node import Node
from ledger.store import clients
from ledger.store.clients import ApiClient

TOKEN_SECONDS: Final = 15 * 60
SECRET_BYTES: Final = 32
ALGORITHM: Final = "HS256"
AUDIENCE: Final = "tanju"
MAX_SECRET_LENGTH: Final = 256
SCOPES: Final = ("publish", "disclose", "recalculate", "certify", "supervise", "receive", "recognise")
ROLE_SCOPES: Final[dict[str, tuple[str, ...]]] = {
    "publisher": ("publish",),
    "enterprise": ("disclose", "recalculate", "receive"),
    "certifier": ("recalculate", "certify", "supervise", "receive"),
    "reviewer": ("recognise", "receive"),
    "relying": ("receive",),
}
"""Which verbs a client's role may ask for (closed list)."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the client, the institution of the key file it acts as, and the person, if it stands for one."""

    client_id: str
    institution: str
    person: str | None
    scopes: frozenset[str]

    def named_person(self) -> str:
        """The person. Raises ProblemError (PERSON_MISSING) for a client that stands for none."""
        if self.person is None:
            raise ProblemError(
                "PERSON_MISSING", "this decision is a person's", next_step="use a client that was added with --person"
            )
        return self.person


@cache
def _hasher() -> PasswordHash:
    """Argon2id with the parameters of RFC 9106 section 4, second choice (64 MiB, 3 passes, 4 lanes)."""
    return PasswordHash((Argon2Hasher(time_cost=3, memory_cost=65536, parallelism=4),))


@cache
def _hash_of_nothing() -> str:
    return _hasher().hash(secrets.token_urlsafe(SECRET_BYTES))


def new_client(client_id: str, *, role: str, institution: str, person: str | None, now: int) -> tuple[ApiClient, str]:
    """A client with a fresh secret, which is returned beside it and kept nowhere. Raises NotFoundError for an unknown
    role.
    """
    if role not in ROLE_SCOPES:
        raise NotFoundError("role", role, next_step="one of " + ", ".join(ROLE_SCOPES))
    secret = secrets.token_urlsafe(SECRET_BYTES)
    client = ApiClient(
        client_id=client_id,
        secret_hash=_hasher().hash(secret),
        role=role,
        institution_name=institution,
        person=person,
        created_at=now,
    )
    return client, secret


def authenticate(node: Node, client_id: str, secret: str) -> ApiClient | None:
    """The client with that id and secret, or None; an unknown id costs as much time as a wrong secret."""
    with node.store.reading() as session:
        client = clients.find(session, client_id)
    if client is None or client.revoked_at is not None or len(secret) > MAX_SECRET_LENGTH:
        _hasher().verify(secret[:MAX_SECRET_LENGTH], _hash_of_nothing())
        return None
    return client if _hasher().verify(secret, client.secret_hash) else None


def granted_scopes(client: ApiClient, asked: str) -> frozenset[str] | None:
    """The scopes of a token: all of the role's when none is asked, those asked when all are the role's, else None."""
    own = frozenset(ROLE_SCOPES[client.role])
    wanted = frozenset(asked.split()) or own
    return wanted if wanted <= own else None


def issue_token(node: Node, client: ApiClient, scopes: frozenset[str], *, now: int | None = None) -> str:
    """A signed access token (RFC 7519)."""
    issued = int(time.time()) if now is None else now
    claims = {
        "iss": node.name,
        "aud": AUDIENCE,
        "sub": client.client_id,
        "inst": client.institution_name,
        "person": client.person,
        "scope": " ".join(sorted(scopes)),
        "iat": issued,
        "exp": issued + TOKEN_SECONDS,
        "jti": secrets.token_hex(16),
    }
    return jwt.encode(claims, node.token_secret, algorithm=ALGORITHM)


def read_token(node: Node, token: str) -> Caller:
    """Who a token is for. Raises ProblemError (TOKEN_INVALID): not of this node, changed, over, or its client was
    revoked.
    """
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            node.token_secret,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=node.name,
            options={"require": ["iss", "aud", "sub", "inst", "scope", "iat", "exp"]},
        )
    except jwt.InvalidTokenError as error:
        raise _refused(str(error)) from error
    with node.store.reading() as session:
        client = clients.find(session, claims["sub"])
    same = client is not None and (client.institution_name, client.person) == (claims["inst"], claims["person"])
    if client is None or client.revoked_at is not None or not same:
        raise _refused("its client was revoked or changed")
    return Caller(client.client_id, client.institution_name, client.person, frozenset(claims["scope"].split()))


def _refused(reason: str) -> ProblemError:
    return ProblemError(
        "TOKEN_INVALID",
        f"the token is not accepted: {reason}",
        next_step="ask for a new one at POST /auth/token",
        headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
    )


bearer: Final = HTTPBearer(auto_error=False, description="a token of POST /auth/token")


class Allowed:
    """A dependency: the caller, who must hold the scope. Raises ProblemError (TOKEN_MISSING, TOKEN_INVALID,
    SCOPE_MISSING).
    """

    def __init__(self, scope: str) -> None:
        if scope not in SCOPES:
            raise ValueError(f"{scope!r} is not a scope")
        self.scope = scope

    def __call__(self, request: Request, given: HTTPAuthorizationCredentials | None = Depends(bearer)) -> Caller:
        """Read the token of the request."""
        if given is None:
            raise ProblemError(
                "TOKEN_MISSING",
                "this needs a token",
                next_step="ask for one at POST /auth/token and send it as Authorization: Bearer",
                headers={"WWW-Authenticate": "Bearer"},
            )
        caller = read_token(request.app.state.node, given.credentials)
        if self.scope not in caller.scopes:
            raise ProblemError(
                "SCOPE_MISSING",
                f"the token lacks the scope {self.scope!r}",
                next_step="use a client whose role has it",
                headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{self.scope}"'},
            )
        return caller


def known_caller(request: Request, given: HTTPAuthorizationCredentials | None = Depends(bearer)) -> Caller | None:
    """A dependency: who asks, or None without a token. Raises ProblemError (TOKEN_INVALID)."""
    return None if given is None else read_token(request.app.state.node, given.credentials)


def rows_need_token() -> ProblemError:
    """The answer to somebody without a token who asks for an inventory's rows."""
    return ProblemError(
        "TOKEN_MISSING",
        "the inventory's rows are not public",
        next_step="ask as a client of this node: POST /auth/token; or leave rows out",
        headers={"WWW-Authenticate": "Bearer"},
    )
