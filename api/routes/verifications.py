"""POST /v1/verifications: check an evidence file that anybody sends, against this node's trust root and chain."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.responses import JSONResponse

from api.answers import report_document
from api.bodies import JSON_TYPES, content_type
from api.parameters import JurisdictionAsked, KnownAt, PurposeAsked, ValidAt, seconds
from api.problems import ProblemError
from ledger.services import verification

router = APIRouter(prefix="/v1/verifications", tags=["verification"])
MULTIPART = "multipart/form-data"
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": {"type": "object", "description": "an evidence file, tanju/evidence/1"}},
            MULTIPART: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}},
                }
            },
        },
    }
}


async def evidence_bytes(request: Request) -> bytes:
    """The file's bytes: the JSON body, or the part ``file`` of a form. Raises ProblemError."""
    kind = content_type(request)
    if kind in JSON_TYPES:
        return await request.body()
    if kind != MULTIPART:
        raise ProblemError(
            "UNSUPPORTED_MEDIA_TYPE",
            f"the body is {kind or 'of no stated type'}",
            next_step=f"application/json or {MULTIPART}",
        )
    async with request.form(max_files=1, max_fields=1) as form:
        part = form.get("file")
        if not isinstance(part, UploadFile):
            raise ProblemError(
                "REQUEST_INVALID", "the form has no file", next_step="send the evidence file as the part `file`"
            )
        return await part.read()


@router.post("", summary="Check an evidence file", openapi_extra=BODY)
async def verify_evidence(
    request: Request,
    data: Annotated[bytes, Depends(evidence_bytes)],
    profile: Annotated[str, Query(max_length=40, description="document or procurement")] = "document",
    jurisdiction: JurisdictionAsked = None,
    purpose: PurposeAsked = None,
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
) -> JSONResponse:
    """200 with the report, whatever its verdict: that a file is INVALID is an answer, not an error."""
    report = await run_in_threadpool(
        verification.check,
        request.app.state.node,
        data,
        profile=profile,
        jurisdiction=jurisdiction,
        purpose=purpose,
        valid_at=seconds(valid_at),
        known_at=seconds(known_at),
    )
    return JSONResponse(report_document(report), headers={"Cache-Control": "no-store"})
