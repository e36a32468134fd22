"""Footprints: recalculated from a disclosed inventory."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import JSONResponse

from api.answers import RecordedAnswer, recorded_answer
from api.auth import Allowed, Caller
from api.bodies import strict
from api.openapi import body_of
from ledger.services.recalculate import recalculate
from verifier.footprint.report import finding_to_json
from verifier.records.model import DigestText, RecordModel
from verifier.report import NOT_THE_TRUTH

router = APIRouter(prefix="/v1/footprints", tags=["footprints"])


class RecalculationRequest(RecordModel):
    """Which inventory to recalculate."""

    inventory: DigestText


class TotalAnswer(RecordModel):
    """A total as decimal string with its unit and the declared unit it is per."""

    value: str
    unit: str
    per: str


class RecalculatedAnswer(RecordedAnswer):
    """The statement that was recorded, its total and verdict, and the findings beside it."""

    total: TotalAnswer
    verdict: str
    findings: list[dict[str, object]]
    not_the_truth: dict[str, str]


@router.post(
    "",
    summary="Recalculate a footprint",
    status_code=201,
    response_model=RecalculatedAnswer,
    openapi_extra=body_of(RecalculationRequest),
)
def recalculate_footprint(
    request: Request,
    caller: Annotated[Caller, Depends(Allowed("recalculate"))],
    body: Annotated[RecalculationRequest, Depends(strict(RecalculationRequest))],
) -> JSONResponse:
    """The statement is signed by the caller's institution. Reproducible arithmetic is not the truth of the data."""
    done = recalculate(request.app.state.node, caller.institution, body.inventory)
    return recorded_answer(
        done.recorded,
        total={"value": done.total, "unit": done.unit, "per": done.per},
        verdict=done.verdict,
        findings=[finding_to_json(finding) for finding in done.findings],
        notTheTruth=NOT_THE_TRUTH,
    )
