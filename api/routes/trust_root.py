"""GET /v1/trust-root: the trust root that this node holds. A verifier compares it with its own; it never takes it
from here on faith.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

router = APIRouter(prefix="/v1", tags=["trust root"])


@router.get("/trust-root", summary="The node's trust root, byte for byte")
def trust_root(request: Request) -> Response:
    """The canonical bytes, signed by the authorities."""
    return Response(request.app.state.node.trust_bytes, media_type="application/json")
