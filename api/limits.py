"""How large a request's body may be: small everywhere, larger where documents are sent. A refusal is a problem like
every other.

The framework has limits of its own, but refuses in plain text from outside of everything that could say it better.
"""

from __future__ import annotations

from typing import Final

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem_of, respond

MAX_SMALL_BYTES: Final = 1024 * 1024
"""The limit of every body that is not a document."""
MAX_DOCUMENT_BYTES: Final = 64 * 1024 * 1024
"""The limit of inventories, datasets and evidence files from whoever holds a token: the formats' own."""
MAX_PUBLIC_BYTES: Final = 16 * 1024 * 1024
"""The limit of an evidence file from anybody: an answer costs memory and time."""
MAX_FORM_BYTES: Final = 16 * 1024
LIMITS: Final = {
    "/auth/token": MAX_FORM_BYTES,
    "/v1/evidence": MAX_DOCUMENT_BYTES,
    "/v1/factor-datasets": MAX_DOCUMENT_BYTES,
    "/v1/inventories": MAX_DOCUMENT_BYTES,
    "/v1/verifications": MAX_PUBLIC_BYTES,
}


class BodyLimits:
    """ASGI middleware that refuses a body beyond its path's limit: at once when its length is stated, else while it
    is read.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a counted body."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = LIMITS.get(scope["path"], MAX_SMALL_BYTES)
        if _stated_length(scope) > limit:
            refusal = respond(Request(scope), problem_of(_too_large(limit)))
            await refusal(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise _too_large(limit)
            return message

        await self.app(scope, counted, send)


def _too_large(limit: int) -> HTTPException:
    """An HTTPException, because that is what the framework's form reader lets through."""
    return HTTPException(413, f"the body is larger than {limit} bytes")


def _stated_length(scope: Scope) -> int:
    stated = Headers(scope=scope).get("content-length", "")
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 20 else 0
