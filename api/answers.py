"""The answers that several routes share: what was recorded, and what will follow on chain."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from starlette.responses import JSONResponse, Response

from ledger.services.recording import Recorded
from ledger.services.status import ActionState
from verifier.report import NOT_THE_TRUTH, Report


class Answer(BaseModel):
    """Base of the answers that OpenAPI describes: camelCase keys, nothing else."""

    model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, extra="forbid", frozen=True)


class RecordedAnswer(Answer):
    """A record that stands in the node: its id, its place in the institution's log, and the chain actions that
    follow.
    """

    record_id: str
    epoch: int
    index: int
    queued: list[str]
    created: bool


def recorded_answer(recorded: Recorded, **more: Any) -> JSONResponse:
    """201 for a new record, 200 for one that was there; ``Location`` names it. Its actions: /v1/actions."""
    answer = RecordedAnswer(
        record_id=recorded.record_id,
        epoch=recorded.epoch,
        index=recorded.index,
        queued=list(recorded.queued),
        created=recorded.created,
    )
    return JSONResponse(
        {**answer.model_dump(mode="json", by_alias=True), **more},
        status_code=201 if recorded.created else 200,
        headers={"Location": f"/v1/records/{recorded.record_id}", "Cache-Control": "no-store"},
    )


def report_document(report: Report) -> dict[str, Any]:
    """A verification report as JSON: its canonical core and digest, with what two verifiers may differ in beside it."""
    return {
        **report.core(),
        "digest": report.digest(),
        "against": dict(report.against),
        "network": report.network,
        "recalculatedBy": report.recalculated_by,
        "notTheTruth": NOT_THE_TRUTH,
        "nextSteps": {str(result.check): result.next_step for result in report.checks if result.next_step},
        "findings": {
            str(result.check): [dict(item) for item in result.findings] for result in report.checks if result.findings
        },
        "details": dict(report.details),
    }


def immutable(data: bytes, identity: str, *, media_type: str = "application/json") -> Response:
    """Bytes that never change under their address: a strong ETag, cacheable for ever."""
    headers = {"ETag": f'"{identity}"', "Cache-Control": "public, max-age=31536000, immutable"}
    return Response(data, media_type=media_type, headers=headers)


def action_document(action: ActionState) -> dict[str, Any]:
    """One chain action as JSON; its arguments and raw bytes stay in the node."""
    return {
        "action": action.action_id,
        "contract": action.contract,
        "function": action.function,
        "state": action.state,
        "transaction": action.transaction,
        "block": action.block_number,
        "error": action.error,
    }
