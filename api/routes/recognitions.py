"""Recognitions: proposed by one person of a platform, confirmed by another; two persons need two clients."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse

from api.answers import Answer, RecordedAnswer, recorded_answer
from api.auth import Allowed, Caller
from api.bodies import strict
from api.openapi import body_of
from api.parameters import RecordId, record_digest
from ledger.services import recognise
from ledger.services.recognise import RecognitionRequest

router = APIRouter(prefix="/v1/recognitions", tags=["recognitions"])


class ProposedAnswer(Answer):
    """A decision signed by the first person: the record id that it keeps, its id on chain, and what this node's check
    said.
    """

    proposal_id: str
    recognition_id: str
    verdict: str
    queued: list[str]


@router.post(
    "",
    summary="Propose a recognition decision",
    status_code=201,
    response_model=ProposedAnswer,
    openapi_extra=body_of(RecognitionRequest),
)
def propose_recognition(
    request: Request,
    caller: Annotated[Caller, Depends(Allowed("recognise"))],
    body: Annotated[RecognitionRequest, Depends(strict(RecognitionRequest))],
) -> JSONResponse:
    """Signed by the caller's person. The certificate's evidence must have been received here; what is not VALID can
    only be refused.
    """
    proposed = recognise.propose(request.app.state.node, caller.institution, caller.named_person(), body)
    answer = ProposedAnswer(
        proposal_id=proposed.proposal_id,
        recognition_id=proposed.recognition_id,
        verdict=proposed.verdict,
        queued=list(proposed.queued),
    )
    return JSONResponse(
        answer.model_dump(mode="json", by_alias=True), status_code=201, headers={"Cache-Control": "no-store"}
    )


@router.post(
    "/{proposal_id}/confirmations",
    summary="Confirm a proposed decision",
    status_code=201,
    response_model=RecordedAnswer,
)
def confirm_recognition(
    request: Request, proposal_id: RecordId, caller: Annotated[Caller, Depends(Allowed("recognise"))]
) -> JSONResponse:
    """By another person than the one who proposed it, with another account on chain."""
    recorded = recognise.confirm(
        request.app.state.node, caller.institution, caller.named_person(), record_digest(proposal_id)
    )
    return recorded_answer(recorded)
