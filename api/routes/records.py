"""GET /v1/records/{id}: a public record, byte for byte as it was signed."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.answers import immutable
from api.parameters import RecordId, record_digest
from ledger.errors import NotFoundError
from ledger.store import records
from verifier.canonical import raw_digest

router = APIRouter(prefix="/v1/records", tags=["records"])


@router.get("/{record_id}", summary="A public record, byte for byte")
def read_record(request: Request, record_id: RecordId) -> Response:
    """A record that is not public is answered like one that is not there."""
    identity = record_digest(record_id)
    with request.app.state.node.store.reading() as session:
        record = records.find(session, raw_digest(identity))
    if record is None or not record.public:
        raise NotFoundError("public record", identity)
    return immutable(record.document, identity)
