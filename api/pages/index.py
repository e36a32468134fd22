"""``/``: what this node is, and a search by certificate number or record id; ``/index.json`` is the same for
machines.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from api.pages.template import render
from api.parameters import record_digest
from ledger.node import Node
from ledger.services import status
from verifier.errors import FormatError

MAX_SHOWN: Final = 50
router = APIRouter(tags=["pages"])
Searched = Annotated[str, Query(max_length=80, description="a certificate number or record id")]


@router.get("/index.json", summary="The facts of the first page")
def index_json(request: Request, q: Searched = "") -> dict[str, Any]:
    """The node and the certificates that it knows, or those that were searched for."""
    return {"node": request.app.state.about, "certificates": certificates_shown(request.app.state.node, q)}


@router.get("/", response_class=HTMLResponse, summary="The first page")
def index_page(request: Request, q: Searched = "") -> HTMLResponse:
    """Works without a script: the search is a form."""
    found = certificates_shown(request.app.state.node, q)
    return render(
        request, "index.html", node=request.app.state.about, certificates=found, query=q.strip(), found=bool(found)
    )


def certificates_shown(node: Node, query: str) -> list[dict[str, Any]]:
    """The newest certificates, or those with that number or record id."""
    wanted = query.strip()
    if not wanted:
        return [item.summary() for item in status.listing(node, limit=MAX_SHOWN)]
    try:
        identity = record_digest(wanted)
    except FormatError:
        return [item.summary() for item in status.find(node, number=wanted)]
    return [item.summary() for item in status.listing(node, limit=MAX_SHOWN) if item.record_id == identity]
