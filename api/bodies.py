"""Strict request bodies: the JSON of the formats (no key twice, no float, NFC), then a closed model.

The framework's own JSON reader would take a key twice and turn ``1.10`` into a float; what is signed later must not
depend on that.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any, Final, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from api.limits import MAX_DOCUMENT_BYTES
from api.problems import ProblemError
from verifier.canonical import parse
from verifier.errors import FormatError
from verifier.records.registry import describe

JSON_TYPES: Final = ("application/json", "application/ld+json", "application/vc+json")
Model = TypeVar("Model", bound=BaseModel)


async def json_body(request: Request) -> Any:
    """The body as a JSON value. Raises ProblemError (UNSUPPORTED_MEDIA_TYPE) or FormatError."""
    return parse(await json_bytes(request), limit=MAX_DOCUMENT_BYTES)


async def json_bytes(request: Request) -> bytes:
    """The body's bytes, sent as JSON. Raises ProblemError (UNSUPPORTED_MEDIA_TYPE)."""
    if content_type(request) not in JSON_TYPES:
        raise ProblemError(
            "UNSUPPORTED_MEDIA_TYPE", "the body is not sent as JSON", next_step="Content-Type: application/json"
        )
    return await request.body()


async def json_object(request: Request) -> dict[str, Any]:
    """The body as a JSON object. Raises ProblemError or FormatError."""
    value = await json_body(request)
    if not isinstance(value, dict):
        raise FormatError("the body is not a JSON object", remedy="send one object")
    return value


def strict(model: type[Model]) -> Callable[[Request], Coroutine[Any, Any, Model]]:
    """A dependency that reads the body into ``model``. Raises ProblemError or FormatError naming the fields."""

    async def read(request: Request) -> Model:
        value = await json_body(request)
        try:
            return model.model_validate(value)
        except ValidationError as error:
            raise FormatError(describe(error), remedy="see /openapi.json") from None

    return read


def content_type(request: Request) -> str:
    """The media type of the body, in lower case, without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()
