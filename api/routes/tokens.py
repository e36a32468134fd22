"""POST /auth/token: OAuth 2.0 client credentials; answers and errors in the form of RFC 6749 sections 5.1 and 5.2."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any, Final
from urllib.parse import unquote_plus

import anyio
from fastapi import APIRouter, Form, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from api.auth import TOKEN_SECONDS, authenticate, granted_scopes, issue_token

MAX_HASHES_AT_ONCE: Final = 2
"""Argon2 takes 64 MiB and a tenth of a second each: more at once would let anybody exhaust the machine."""
NOT_STORED: Final = {"Cache-Control": "no-store"}

router = APIRouter(tags=["tokens"])
_turns = anyio.Semaphore(MAX_HASHES_AT_ONCE)


@router.post("/auth/token", summary="A token for a client")
async def token(
    request: Request,
    grant_type: Annotated[str, Form(max_length=100)] = "",
    client_id: Annotated[str, Form(max_length=200)] = "",
    client_secret: Annotated[str, Form(max_length=200)] = "",
    scope: Annotated[str, Form(max_length=400)] = "",
) -> JSONResponse:
    """Client authentication by HTTP Basic (RFC 6749 section 2.3.1) or in the form, never both."""
    basic = _basic(request.headers.get("authorization"))
    if basic is not None and (client_id or client_secret):
        return _refuse(400, "invalid_request", "authenticate in one way only")
    if grant_type != "client_credentials":
        return _refuse(400, "unsupported_grant_type", "grant_type is client_credentials")
    name, secret = basic or (client_id, client_secret)
    node = request.app.state.node
    async with _turns:
        client = await run_in_threadpool(authenticate, node, name, secret)
    if client is None:
        return _refuse(401, "invalid_client", "unknown client, wrong secret, or revoked")
    scopes = granted_scopes(client, scope)
    if scopes is None:
        return _refuse(400, "invalid_scope", f"the role {client.role} does not have all of: {scope}")
    answer = {
        "access_token": issue_token(node, client, scopes),
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
        "scope": " ".join(sorted(scopes)),
    }
    return JSONResponse(answer, headers=NOT_STORED)


def _basic(header: str | None) -> tuple[str, str] | None:
    kind, _, value = (header or "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(value.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return unquote_plus(name), unquote_plus(secret)


def _refuse(status: int, error: str, description: str) -> JSONResponse:
    headers = dict(NOT_STORED)
    if status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="tanju"'
    content: dict[str, Any] = {"error": error, "error_description": description}
    return JSONResponse(content, status_code=status, headers=headers)
