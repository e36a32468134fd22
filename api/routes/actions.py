"""GET /v1/actions: what a record's actions on their way to the chain are doing."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse

from api.answers import action_document
from api.parameters import record_digest
from ledger.services import status

router = APIRouter(prefix="/v1/actions", tags=["actions"])


@router.get("", summary="The chain actions of a record")
def read_actions(
    request: Request, record: Annotated[str, Query(max_length=80, description="a record id")]
) -> JSONResponse:
    """Each with its state: PENDING, SIGNED, SENT, MINED, FINAL; aside BLOCKED, REPLACED, REVERTED, REORGED, FAILED."""
    found = status.actions(request.app.state.node, record_digest(record))
    return JSONResponse({"actions": [action_document(item) for item in found]}, headers={"Cache-Control": "no-store"})
