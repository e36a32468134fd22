"""The wiring of a node's HTTP side: routes, pages, middleware, error handling and the background loops, all in one
place.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib.metadata import version
from typing import Any, Final

import structlog
from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from api import problems
from api.headers import SecurityHeaders
from api.limits import BodyLimits
from api.lookup import Lookups
from api.loops import Loop, Loops
from api.openapi import describe, route_name
from api.pages import certificate, index, problem, static
from api.routes import (
    actions,
    certificates,
    evidence,
    factors,
    footprints,
    health,
    inventories,
    logs,
    recognitions,
    records,
    tokens,
    trust_root,
    verifications,
)
from ledger.node import Node
from verifier.canonical import digest_of

ROUTERS: Final = (
    health.router,
    tokens.router,
    trust_root.router,
    certificates.router,
    factors.router,
    inventories.router,
    footprints.router,
    evidence.router,
    recognitions.router,
    verifications.router,
    records.router,
    logs.router,
    actions.router,
    index.router,
    certificate.router,
    problem.router,
    static.router,
)
DESCRIPTION: Final = (
    "One institution's node of a ledger on which product carbon footprints are disclosed, recalculated, certified, "
    "recognised and relied on. Reading is open to all; writing needs a token. Errors are problem details (RFC 9457)."
)


def create_app(node: Node, *, public_url: str, loops: Mapping[str, Loop] | None = None) -> FastAPI:
    """The application of an opened node.

    ``public_url`` is how others reach the node, without a slash at its end: pages print it, nothing is derived from a
    request's Host header. ``loops`` run in threads while the application runs; none when the node's worker runs
    apart.
    """
    app = described_app()
    app.state.node = node
    app.state.public_url = public_url.rstrip("/")
    app.state.about = {
        "name": node.name,
        "network": node.trust.network,
        "trustRootDigest": digest_of(node.trust_bytes),
    }
    app.state.lookups = Lookups(node)
    app.state.loops = Loops(loops or {})
    return app


def described_app() -> FastAPI:
    """The routes without a node: what ``/openapi.json`` is made of."""
    app = FastAPI(
        title="Tanju",
        summary="碳据: product carbon footprints that anyone can check",
        description=DESCRIPTION,
        version=version("tanju"),
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        generate_unique_id_function=route_name,
        responses={
            "default": {"description": "problem details (RFC 9457)", "content": {problems.PROBLEM_MEDIA_TYPE: {}}}
        },
    )
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]
    app.state.log = structlog.get_logger("api")
    problems.install(app)
    app.add_middleware(BodyLimits)
    app.add_middleware(SecurityHeaders)
    for router in ROUTERS:
        app.include_router(router)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    loops: Loops = app.state.loops
    loops.start()
    try:
        yield
    finally:
        await run_in_threadpool(loops.stop)


def openapi_document() -> dict[str, Any]:
    """The OpenAPI description, as it is committed at docs/reference/openapi.json."""
    return describe(described_app())
