"""Factor datasets: published ones for everybody, publishing for a factor publisher."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse

from api.answers import RecordedAnswer, recorded_answer
from api.auth import Allowed, Caller
from api.bodies import json_object
from api.openapi import body_like
from ledger.services.publish import publish
from ledger.store import records
from verifier.canonical import parse, tag_sha256

router = APIRouter(prefix="/v1/factor-datasets", tags=["factor datasets"])
BODY = body_like({"type": "object", "description": "a factor dataset, tanju/factor-dataset/1"})


@router.get("", summary="The factor datasets that this node knows")
def list_datasets(request: Request) -> dict[str, Any]:
    """Newest first, without their entries: those stand in the record."""
    with request.app.state.node.store.reading() as session:
        found = records.listing(session, type="FactorDataset", public_only=True)
    return {"factorDatasets": [_head(record) for record in found]}


@router.post(
    "",
    summary="Publish a factor dataset",
    status_code=201,
    response_model=RecordedAnswer,
    openapi_extra=BODY,
)
def publish_dataset(
    request: Request,
    caller: Annotated[Caller, Depends(Allowed("publish"))],
    body: Annotated[dict[str, Any], Depends(json_object)],
) -> JSONResponse:
    """Signed by the caller's institution; the same body again is the record that is there."""
    return recorded_answer(publish(request.app.state.node, caller.institution, body))


def _head(record: records.Record) -> dict[str, Any]:
    document = parse(record.document)
    body = document["credentialSubject"]
    return {
        "recordId": tag_sha256(record.id),
        "name": f"{body['series']}@{body['version']}",
        "kind": body["kind"],
        "title": body["title"],
        "publisher": document["issuer"],
        "publishedAt": document["validFrom"],
        "entries": len(body["entries"]),
    }
