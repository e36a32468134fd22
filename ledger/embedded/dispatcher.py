"""JSON-RPC 2.0 around the methods: single requests, notifications, batches, and errors with their numbers."""

from __future__ import annotations

import logging
from typing import Any, Final

import orjson

from ledger.embedded.chain import EmbeddedChain
from ledger.embedded.errors import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    INVALID_REQUEST,
    PARSE_ERROR,
    SERVER_ERROR,
    EmbeddedChainError,
    RpcError,
)
from ledger.embedded.rpc import Methods

MAX_BATCH: Final = 1_000  # go-ethereum's limit

_log = logging.getLogger(__name__)


class Dispatcher:
    """Answers requests to one chain. Safe for threads; needs no socket."""

    def __init__(self, chain: EmbeddedChain) -> None:
        self._methods = Methods(chain)

    def dispatch(self, request: Any) -> Any:
        """The answer to a request (object) or a batch (list); None when there is nothing to answer (notifications)."""
        if not isinstance(request, list):
            return self._one(request)
        if not request:
            return _error(None, INVALID_REQUEST, "empty batch")
        if len(request) > MAX_BATCH:
            return _error(None, INVALID_REQUEST, f"batch too large: at most {MAX_BATCH} requests")
        answers = [answer for answer in map(self._one, request) if answer is not None]
        return answers or None

    def dispatch_bytes(self, body: bytes) -> bytes:
        """As `dispatch`, from JSON to JSON; empty bytes when there is nothing to answer."""
        try:
            request = orjson.loads(body)
        except orjson.JSONDecodeError as problem:
            return orjson.dumps(_error(None, PARSE_ERROR, f"parse error: {problem}"))
        answer = self.dispatch(request)
        return b"" if answer is None else orjson.dumps(answer)

    def _one(self, request: Any) -> dict[str, Any] | None:
        problem = _malformed(request)
        if problem is not None:
            known = request.get("id") if isinstance(request, dict) and _is_id(request.get("id")) else None
            return _error(known, INVALID_REQUEST, problem)
        answer = self._answer(request)
        return answer if "id" in request else None

    def _answer(self, request: dict[str, Any]) -> dict[str, Any]:
        number = request.get("id")
        params = request.get("params")
        if params is not None and not isinstance(params, list):
            return _error(number, INVALID_PARAMS, "params: expected a list")
        try:
            result = self._methods.run(request["method"], params or [])
        except RpcError as error:
            return _error(number, error.rpc_code, error.detail, error.data)
        except EmbeddedChainError as error:
            return _error(number, SERVER_ERROR, str(error))
        except Exception:  # noqa: BLE001 -- logged whole; one request must not end the server
            _log.exception("%s failed", request["method"])
            return _error(number, INTERNAL_ERROR, "internal error, see the chain's log")
        return {"jsonrpc": "2.0", "id": number, "result": result}


def _malformed(request: Any) -> str | None:
    if not isinstance(request, dict):
        return "a request is an object"
    if request.get("jsonrpc") != "2.0":
        return 'jsonrpc must be "2.0"'
    if not isinstance(request.get("method"), str):
        return "method must be a string"
    if not _is_id(request.get("id")):
        return "id must be a string, a number or null"
    return None


def _is_id(value: Any) -> bool:
    return value is None or (isinstance(value, (str, int, float)) and not isinstance(value, bool))


def _error(number: Any, code: int, message: str, data: str | None = None) -> dict[str, Any]:
    error: dict[str, Any] = {"code": code, "message": message}
    if data is not None:
        error["data"] = data
    return {"jsonrpc": "2.0", "id": number, "error": error}
