"""GET /healthz: the process lives. GET /readyz: database, chain and background loops work; 503 names what does not."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse

from api.readiness import failing

router = APIRouter(tags=["health"])


@router.get("/healthz", summary="The process lives")
def healthz() -> dict[str, str]:
    """Nothing is asked of database or chain."""
    return {"status": "ok"}


@router.get("/readyz", summary="The node can do its work")
def readyz(request: Request) -> JSONResponse:
    """200 when everything works; 503 with the parts that do not."""
    problems = failing(request.app.state.node, request.app.state.loops)
    content: dict[str, Any] = {"status": "failing" if problems else "ok", "failing": problems}
    return JSONResponse(content, status_code=503 if problems else 200, headers={"Cache-Control": "no-store"})
