"""Certificates: reading them, their history and evidence; certifying, and changing the status of what was certified."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import JSONResponse, Response

from api.answers import RecordedAnswer, action_document, recorded_answer
from api.auth import Allowed, Caller, known_caller, rows_need_token
from api.bodies import strict
from api.exporter import exporting_institution
from api.openapi import body_of
from api.parameters import KnownAt, RecordId, Rows, ValidAt, record_digest, seconds
from ledger.services import evidence, status
from ledger.services.certify import CertificationApplication, certify
from ledger.services.status import CertificateState
from ledger.services.supervise import change_status
from verifier.records.inventory import CalendarDate, Text
from verifier.records.model import RecordModel, format_time

router = APIRouter(prefix="/v1/certificates", tags=["certificates"])
STEPS: Final[dict[str, Literal["suspend", "restore", "withdraw", "cancel"]]] = {
    "suspensions": "suspend",
    "restorations": "restore",
    "withdrawals": "withdraw",
    "cancellations": "cancel",
}


class StatusChangeRequest(RecordModel):
    """Why a certificate's status changes: the findings, their legal basis and the days of the surveillance."""

    findings: Text
    legal_basis: Text
    dates: list[CalendarDate]


class CertifiedAnswer(RecordedAnswer):
    """The certificate's record, its dossier's id and its key on chain."""

    dossier_id: str
    certificate_key: str


@router.get("", summary="Certificates by number and issuer")
def find_certificates(
    request: Request,
    number: Annotated[str, Query(min_length=1, max_length=64, description="the certificate number")],
    issuer: Annotated[str | None, Query(max_length=220, description="the issuer's DID")] = None,
) -> dict[str, Any]:
    """Numbers are unique within their issuer; without one, every certificate of that number that the node knows."""
    found = status.find(request.app.state.node, number=number, issuer=issuer)
    return {"certificates": [entry.summary() for entry in found]}


@router.get("/{certificate_id}", summary="A certificate and its status on chain")
def read_certificate(request: Request, certificate_id: RecordId) -> dict[str, Any]:
    """The record as it was signed, with what the chain says of it now."""
    return certificate_document(status.certificate(request.app.state.node, record_digest(certificate_id)))


@router.get("/{certificate_id}/history", summary="A certificate's history in two times")
def read_history(request: Request, certificate_id: RecordId) -> dict[str, Any]:
    """Each change with the time from which it holds and the time at which the chain recorded it."""
    return {"history": status.history(request.app.state.node, record_digest(certificate_id))}


@router.get(
    "/{certificate_id}/evidence",
    summary="One file from which anybody can check the certificate",
    openapi_extra={"security": [{}]},
)
def read_evidence_file(
    request: Request,
    certificate_id: RecordId,
    caller: Annotated[Caller | None, Depends(known_caller)],
    valid_at: ValidAt = None,
    known_at: KnownAt = None,
    rows: Rows = False,
) -> Response:
    """Canonical JSON, signed by this node's institution; verifies with `tanju verify` and nobody's help.

    The inventory's rows are activity data: they travel only to a client of this node that asks for them. Without them
    the checks of tables and calculation are SKIPPED.
    """
    if rows and caller is None:
        raise rows_need_token()
    node, identity = request.app.state.node, record_digest(certificate_id)
    data = evidence.export(
        node, exporting_institution(node), identity, valid_at=seconds(valid_at), known_at=seconds(known_at), rows=rows
    )
    name = f"{identity.removeprefix('sha-256:')[:16]}.evidence.json"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(data, media_type="application/json", headers=headers)


@router.post(
    "",
    summary="Certify",
    status_code=201,
    response_model=CertifiedAnswer,
    openapi_extra=body_of(CertificationApplication),
)
def certify_product(
    request: Request,
    caller: Annotated[Caller, Depends(Allowed("certify"))],
    application: Annotated[CertificationApplication, Depends(strict(CertificationApplication))],
) -> JSONResponse:
    """Closes the dossier (evaluator and, another person, decider sign), signs the certificate and queues its issue on
    chain.
    """
    done = certify(request.app.state.node, caller.institution, application)
    return recorded_answer(done.recorded, dossierId=done.dossier_id, certificateKey=done.certificate_key)


def certificate_document(state: CertificateState) -> dict[str, Any]:
    """A certificate's state as JSON."""
    return {
        "id": state.record_id,
        "certificate": state.document,
        "certificateKey": state.entry.key,
        "source": state.entry.source,
        "status": state.status,
        "issuedAt": format_time(state.issued_at) if state.issued_at is not None else None,
        "anchoredAt": format_time(state.anchored_at) if state.anchored_at is not None else None,
        "recognitions": [
            {
                "jurisdiction": item.jurisdiction,
                "purpose": item.purpose,
                "status": item.status,
                "decision": item.decision,
            }
            for item in state.recognitions
        ],
        "actions": [action_document(item) for item in state.actions],
    }


def _add_step(noun: str, action: Literal["suspend", "restore", "withdraw", "cancel"]) -> None:
    """One route a step: POST /v1/certificates/{id}/suspensions and so on."""

    def change(
        request: Request,
        certificate_id: RecordId,
        caller: Annotated[Caller, Depends(Allowed("supervise"))],
        body: Annotated[StatusChangeRequest, Depends(strict(StatusChangeRequest))],
    ) -> JSONResponse:
        identity = record_digest(certificate_id)
        recorded = change_status(
            request.app.state.node, caller.institution, identity, action, body.findings, body.legal_basis, body.dates
        )
        return recorded_answer(recorded)

    router.add_api_route(
        f"/{{certificate_id}}/{noun}",
        change,
        methods=["POST"],
        name=f"{action}_certificate",
        summary=f"{action.capitalize()} a certificate",
        description="Records the surveillance and queues the change, for which that record is the reason on chain.",
        status_code=201,
        response_model=RecordedAnswer,
        openapi_extra=body_of(StatusChangeRequest),
    )


for _noun, _action in STEPS.items():
    _add_step(_noun, _action)
