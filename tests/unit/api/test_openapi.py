import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.app import openapi_document
from api.auth import SCOPES
from api.limits import LIMITS

METHODS = {"get", "post", "put", "patch", "delete"}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return openapi_document()


def routes(document: dict[str, Any]) -> set[str]:
    found = [(method, path) for path, item in document["paths"].items() for method in item]
    return {f"{method.upper()} {path}" for method, path in found if method in METHODS}


def test_the_committed_description_is_that_of_the_code(document: dict[str, Any], repo_root: Path) -> None:
    """After a change of routes: python scripts/make_openapi.py"""
    committed = (repo_root / "docs" / "reference" / "openapi.json").read_text(encoding="utf-8")
    assert json.loads(committed) == document


def test_the_page_lists_every_route_and_no_other(document: dict[str, Any], repo_root: Path) -> None:
    page = (repo_root / "docs" / "reference" / "http.md").read_text(encoding="utf-8")
    table = page.split("## Routes")[1].split("\n\n")[0]
    assert set(re.findall(r"`((?:GET|POST) /[^`]*)`", table)) == routes(document)


def test_whatever_writes_asks_for_a_token_and_nothing_else_does(document: dict[str, Any]) -> None:
    open_posts = {"/auth/token", "/v1/verifications"}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            security = operation.get("security", [])
            guarded = bool(security) and {} not in security
            assert guarded == (method == "post" and path not in open_posts), f"{method} {path}"


def test_only_the_rows_of_an_evidence_file_ask_for_a_token_where_reading_is_open(document: dict[str, Any]) -> None:
    optional = [
        (method, path)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if {} in operation.get("security", [])
    ]
    assert optional == [("get", "/v1/certificates/{certificate_id}/evidence")]


def test_every_operation_is_described_and_named_once(document: dict[str, Any]) -> None:
    operations = [operation for item in document["paths"].values() for operation in item.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert all(operation.get("summary") and operation.get("description") for operation in operations)


def test_limits_are_of_paths_that_exist(document: dict[str, Any]) -> None:
    assert set(LIMITS) <= set(document["paths"])


def test_the_page_names_every_scope(repo_root: Path) -> None:
    page = (repo_root / "docs" / "reference" / "http.md").read_text(encoding="utf-8")
    for scope in SCOPES:
        assert f"`{scope}`" in page


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list):
        for item in value:
            yield from references(item)


def test_every_reference_leads_to_a_component(document: dict[str, Any]) -> None:
    found = set(references(document))
    assert found
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert found <= known
