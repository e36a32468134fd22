"""Inventories: disclosed by the enterprise; their rows stay in the node."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse

from api.answers import RecordedAnswer, recorded_answer
from api.auth import Allowed, Caller
from api.bodies import json_object
from api.openapi import body_like
from ledger.services.disclose import disclose

router = APIRouter(prefix="/v1/inventories", tags=["inventories"])
BODY = body_like({"type": "object", "description": "an inventory file, tanju/inventory/1"})


@router.post(
    "",
    summary="Disclose an inventory",
    status_code=201,
    response_model=RecordedAnswer,
    openapi_extra=BODY,
)
def disclose_inventory(
    request: Request,
    caller: Annotated[Caller, Depends(Allowed("disclose"))],
    body: Annotated[dict[str, Any], Depends(json_object)],
) -> JSONResponse:
    """The header becomes a record, the rows become salted tables that travel apart."""
    return recorded_answer(disclose(request.app.state.node, caller.institution, body))
