"""The OpenAPI description: the framework's own, with the models of strictly read bodies beside its components.

Bodies are read by ``api.bodies`` and not by the framework, so the routes describe them themselves; here their nested
models move to where references in an OpenAPI document point.
"""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel

COMPONENTS: Final = "#/components/schemas/{model}"


def body_of(model: type[BaseModel]) -> dict[str, Any]:
    """The ``openapi_extra`` of a route whose JSON body is that model."""
    schema = model.model_json_schema(by_alias=True, ref_template=COMPONENTS)
    return body_like(schema)


def body_like(schema: dict[str, Any]) -> dict[str, Any]:
    """The ``openapi_extra`` of a route whose JSON body is of that schema."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def route_name(route: APIRoute) -> str:
    """An operation is called what its function is called."""
    return route.name


def describe(app: FastAPI) -> dict[str, Any]:
    """The application's description, made once."""
    if app.openapi_schema is None:
        document = FastAPI.openapi(app)
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        for path in document["paths"].values():
            for operation in path.values():
                for content in operation.get("requestBody", {}).get("content", {}).values():
                    schemas.update(content["schema"].pop("$defs", {}))
        document["components"]["schemas"] = dict(sorted(schemas.items()))
        app.openapi_schema = document
    return app.openapi_schema
