"""Problem details (RFC 9457): the only place where an error becomes an HTTP status.

``type`` is an absolute path on this node, ``/problems/{code}``, and resolves to a page that says what the code means.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from api.headers import SECURITY_HEADERS
from api.pages.problem import render_problem
from ledger.errors import LedgerError
from ledger.services.errors import GuardError
from verifier.errors import VerifierError

PROBLEM_MEDIA_TYPE: Final = "application/problem+json"
MAX_PROBLEMS_REPORTED: Final = 10

STATUS_OF: Final[dict[str, int]] = {
    # of HTTP itself
    "BODY_TOO_LARGE": 413,
    "INTERNAL": 500,
    "METHOD_NOT_ALLOWED": 405,
    "NOT_FOUND": 404,
    "REQUEST_INVALID": 422,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    # of who may do what
    "SCOPE_MISSING": 403,
    "TOKEN_INVALID": 401,
    "TOKEN_MISSING": 401,
    "PERSON_MISSING": 403,
    # of the node and its chain
    "NOT_READY": 503,
    "CHAIN_UNAVAILABLE": 503,
    "CHAIN_MISMATCH": 503,
    "CHAIN_ROLLED_BACK": 503,
    "DATABASE": 503,
    "DATABASE_BEHIND": 503,
    "LOG_DIVERGED": 503,
    # of what is already there
    "ACTION_CONFLICT": 409,
    "RECORD_CONFLICT": 409,
    "SEAL_BLOCKED": 409,
    # of sizes and ranges
    "LOG_RANGE": 422,
    "TOO_LARGE": 413,
    # of the operator
    "ACTION_UNKNOWN": 500,
    "DATABASE_SCHEMA": 500,
    "KEY_FILE": 500,
    "KEY_FILE_PASSPHRASE": 500,
    "LEDGER_ERROR": 500,
    "LOG_CORRUPT": 500,
    "SESSION_READ_ONLY": 500,
    "SETTINGS": 500,
}
"""HTTP status by code. What is not listed: 422 for a verifier's code, 409 for a guard of the services, 500 for another
code of the ledger.
"""

_CODE_OF_STATUS: Final = {
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    413: "BODY_TOO_LARGE",
    415: "UNSUPPORTED_MEDIA_TYPE",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem as it is sent: code, status, what was found, the next step, and typed fields of its own."""

    code: str
    status: int
    detail: str
    next_step: str = ""
    fields: dict[str, Any] = field(default_factory=dict)

    def document(self, instance: str) -> dict[str, Any]:
        """The RFC 9457 members, with ``code`` and ``nextStep`` beside them."""
        return {
            "type": f"/problems/{self.code}",
            "title": self.code.replace("_", " ").capitalize(),
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            "code": self.code,
            "nextStep": self.next_step,
            **self.fields,
        }


class ProblemError(Exception):
    """A problem of the API's own floor; becomes the response as it is."""

    def __init__(self, code: str, detail: str, *, next_step: str = "", headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.problem = Problem(code, STATUS_OF[code], detail, next_step)
        self.headers = headers or {}


def problem_of(error: Exception) -> Problem:
    """The problem that an error of any floor is. What is not foreseen is INTERNAL and tells the caller nothing of its
    inside.
    """
    if isinstance(error, ProblemError):
        return error.problem
    if isinstance(error, VerifierError):
        return Problem(error.code, STATUS_OF.get(error.code, 422), error.detail, error.remedy)
    if isinstance(error, LedgerError):
        default = 409 if isinstance(error, GuardError) else 500
        return Problem(error.code, STATUS_OF.get(error.code, default), error.detail, error.next_step)
    if isinstance(error, RequestValidationError):
        return Problem("REQUEST_INVALID", 422, _describe(error), "see /openapi.json")
    if isinstance(error, HTTPException):
        code = _CODE_OF_STATUS.get(error.status_code, "REQUEST_INVALID")
        return Problem(code, error.status_code, str(error.detail))
    return Problem(
        "INTERNAL", 500, "an unforeseen fault; the node's log has it", "report it with the time of this answer"
    )


def respond(request: Request, problem: Problem, headers: dict[str, str] | None = None) -> Response:
    """The response: a page for a browser that asked for one outside the API, problem details for everybody else."""
    if _wants_page(request):
        return render_problem(request, problem.document(request.url.path), headers=headers)
    return JSONResponse(
        problem.document(request.url.path), status_code=problem.status, headers=headers, media_type=PROBLEM_MEDIA_TYPE
    )


def install(app: FastAPI) -> None:
    """Handle the errors of every floor, of the framework, and whatever else is raised."""
    for kind in (ProblemError, VerifierError, LedgerError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, _handle)


async def _handle(request: Request, error: Exception) -> Response:
    problem = problem_of(error)
    # Unforeseen errors are answered outside the middleware that adds these.
    headers = {**SECURITY_HEADERS, **(getattr(error, "headers", None) or {})}
    if problem.status >= 500:
        request.app.state.log.error("request failed", path=request.url.path, code=problem.code, exc_info=error)
    return respond(request, problem, headers)


def _wants_page(request: Request) -> bool:
    path = request.url.path
    machine = path.startswith(("/v1/", "/auth/")) or path.endswith(".json")
    return not machine and "text/html" in request.headers.get("accept", "")


def _describe(error: RequestValidationError) -> str:
    lines = [
        ".".join(str(step) for step in item["loc"]) + ": " + str(item["msg"])
        for item in error.errors()[:MAX_PROBLEMS_REPORTED]
    ]
    return "; ".join(lines)
