"""POST /v1/evidence: take in another node's evidence file, once it has been verified here."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse

from api.answers import Answer, report_document
from api.auth import Allowed, Caller
from api.bodies import json_bytes
from api.openapi import body_like
from ledger.services.receive import receive

router = APIRouter(prefix="/v1/evidence", tags=["evidence"])


class ReceivedAnswer(Answer):
    """The certificate's record id, the digest of the kept file, the records that are new here, and the report of the
    check.
    """

    record_id: str
    file_digest: str
    stored: list[str]
    report: dict[str, Any]


@router.post(
    "",
    summary="Receive an evidence file",
    status_code=201,
    response_model=ReceivedAnswer,
    openapi_extra=body_like({"type": "object", "description": "an evidence file, tanju/evidence/1"}),
)
def receive_evidence(
    request: Request,
    caller: Annotated[Caller, Depends(Allowed("receive"))],
    data: Annotated[bytes, Depends(json_bytes)],
) -> JSONResponse:
    """Only a file that is VALID against this node's own trust root and chain is kept; believed by digest and
    signature, never by origin.
    """
    received = receive(request.app.state.node, data)
    answer = ReceivedAnswer(
        record_id=received.record_id,
        file_digest=received.file_digest,
        stored=list(received.stored),
        report=report_document(received.report),
    )
    headers = {"Location": f"/v1/certificates/{received.record_id}", "Cache-Control": "no-store"}
    return JSONResponse(answer.model_dump(mode="json", by_alias=True), status_code=201, headers=headers)
