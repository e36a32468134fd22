"""The institutions' logs: checkpoints as C2SP signed notes, inclusion and consistency proofs of RFC 6962."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import PlainTextResponse

from api.parameters import InstitutionId, institution_bytes
from ledger.errors import NotFoundError
from ledger.log import proofs
from ledger.store import checkpoints, leaves
from verifier.merkle import MAX_TREE_SIZE

router = APIRouter(prefix="/v1/logs/{institution}/{epoch}", tags=["logs"])
Epoch = Annotated[int, Path(ge=0, le=2**32)]
Size = Annotated[int, Query(ge=0, le=MAX_TREE_SIZE)]


@router.get("/checkpoint", response_class=PlainTextResponse, summary="The newest checkpoint, a signed note")
def checkpoint(request: Request, institution: InstitutionId, epoch: Epoch) -> PlainTextResponse:
    """The newest one that the chain has; only logs that this node keeps."""
    with request.app.state.node.store.reading() as session:
        found = checkpoints.last_anchored(session, institution_bytes(institution), epoch)
    if found is None:
        raise NotFoundError("checkpoint of the log", f"{institution}/{epoch}")
    return PlainTextResponse(found.note)


@router.get("/proofs/inclusion", summary="The path from a leaf to a tree's root")
def inclusion(request: Request, institution: InstitutionId, epoch: Epoch, index: Size, size: Size) -> dict[str, Any]:
    """RFC 9162 section 2.1.3; hashes in hexadecimal."""
    log = institution_bytes(institution)
    with request.app.state.node.store.reading() as session:
        _require(session, log, epoch)
        path = proofs.inclusion_proof(session, log, epoch, index, size)
        root = proofs.root(session, log, epoch, size)
    return {"index": index, "size": size, "root": root.hex(), "path": [part.hex() for part in path]}


@router.get("/proofs/consistency", summary="That one tree extends another")
def consistency(
    request: Request, institution: InstitutionId, epoch: Epoch, first: Size, second: Size
) -> dict[str, Any]:
    """RFC 9162 section 2.1.4; hashes in hexadecimal."""
    log = institution_bytes(institution)
    with request.app.state.node.store.reading() as session:
        _require(session, log, epoch)
        path = proofs.consistency_proof(session, log, epoch, first, second)
        roots = [proofs.root(session, log, epoch, size).hex() for size in (first, second)]
    return {"first": first, "second": second, "roots": roots, "path": [part.hex() for part in path]}


def _require(session: Any, institution: bytes, epoch: int) -> None:
    if leaves.size(session, institution, epoch) == 0:
        raise NotFoundError("log", f"{institution.hex()}/{epoch}", next_step="ask the node of that institution")
