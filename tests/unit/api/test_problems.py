import importlib
import pkgutil
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Annotated

import pytest
import structlog
from fastapi import Depends, FastAPI, Query
from pydantic import BaseModel, ConfigDict

import ledger
import verifier
from api import limits, problems
from api.bodies import json_bytes, strict
from api.headers import SECURITY_HEADERS, SecurityHeaders
from api.language import words
from api.limits import BodyLimits
from api.pages.problem import meaning_of
from api.pages.problem import router as problem_pages
from api.problems import PROBLEM_MEDIA_TYPE, STATUS_OF, ProblemError
from ledger.errors import ChainUnavailableError, LedgerError, NotFoundError, WrongPassphraseError
from verifier.codes import CODES
from verifier.errors import FormatError, VerifierError

NOT_OF_THE_NODE = ("ledger.embedded",)
"""The chain's process: its errors never pass through a node's API."""


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    amount: str
    count: int = 0


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI()
    app.state.log = structlog.get_logger("test")
    problems.install(app)
    app.add_middleware(BodyLimits)
    app.add_middleware(SecurityHeaders)
    app.include_router(problem_pages)
    raised: dict[str, Exception] = {
        "format": FormatError("row e4: no unit", remedy="name it"),
        "there": NotFoundError("record", "abc"),
        "chain": ChainUnavailableError("eth_call", "timeout"),
        "keys": WrongPassphraseError("keys.json"),
        "unforeseen": RuntimeError("the password is hunter2"),
        "scope": ProblemError("SCOPE_MISSING", "no", headers={"WWW-Authenticate": "Bearer"}),
    }

    @app.get("/raise/{which}")
    def raise_it(which: str, number: Annotated[int, Query()] = 0) -> None:
        raise raised[which]

    @app.post("/body")
    def read_body(body: Annotated[Body, Depends(strict(Body))]) -> dict[str, object]:
        return body.model_dump()

    @app.post("/bytes")
    def read_bytes(data: Annotated[bytes, Depends(json_bytes)]) -> int:
        return len(data)

    return app


@pytest.mark.parametrize(
    ("which", "status", "code"),
    [
        ("format", 422, "FORMAT"),
        ("there", 404, "NOT_FOUND"),
        ("chain", 503, "CHAIN_UNAVAILABLE"),
        ("keys", 500, "KEY_FILE_PASSPHRASE"),
        ("unforeseen", 500, "INTERNAL"),
        ("scope", 403, "SCOPE_MISSING"),
    ],
)
def test_every_floors_error_is_a_problem(app: FastAPI, asking: Callable, which: str, status: int, code: str) -> None:
    answer = asking(app)("GET", f"/raise/{which}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == PROBLEM_MEDIA_TYPE
    document = answer.json()
    assert (document["code"], document["status"], document["instance"]) == (code, status, f"/raise/{which}")
    assert asking(app)("GET", document["type"]).status_code == 200


def test_what_was_not_foreseen_tells_nothing_of_its_inside(app: FastAPI, asking: Callable) -> None:
    assert "hunter2" not in asking(app)("GET", "/raise/unforeseen").text


def test_headers_of_a_problem_are_sent(app: FastAPI, asking: Callable) -> None:
    assert asking(app)("GET", "/raise/scope").headers["www-authenticate"] == "Bearer"


def test_the_frameworks_own_refusals_are_problems_too(app: FastAPI, asking: Callable) -> None:
    ask = asking(app)
    assert ask("GET", "/nothing").json()["code"] == "NOT_FOUND"
    assert ask("DELETE", "/body").json()["code"] == "METHOD_NOT_ALLOWED"
    wrong = ask("GET", "/raise/format", params={"number": "x"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "REQUEST_INVALID")
    assert "number" in wrong.json()["detail"]


def test_a_browser_gets_a_page_in_its_language(app: FastAPI, asking: Callable) -> None:
    answer = asking(app)("GET", "/raise/there", headers={"Accept": "text/html", "Accept-Language": "zh"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")
    assert words("zh")["problem.NOT_FOUND"] in answer.text
    assert "<script" not in answer.text


def test_every_answer_carries_the_security_headers(app: FastAPI, asking: Callable) -> None:
    for path in ("/raise/unforeseen", "/nothing", "/problems/FORMAT"):
        headers = asking(app)("GET", path).headers
        assert {name: headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
        assert "'unsafe-inline'" not in headers["content-security-policy"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"amount": "1", "amount": "2"}', "FORMAT"),
        (b'{"amount": 1.5}', "FORMAT"),
        (b'{"amount": 15}', "FORMAT"),
        (b'{"amount": "1", "count": "3"}', "FORMAT"),
        (b'{"amount": "1", "other": 1}', "FORMAT"),
        (b"not json", "FORMAT"),
        ('{"amount": "e\u0301"}'.encode(), "FORMAT"),
    ],
)
def test_bodies_are_strict(app: FastAPI, asking: Callable, body: bytes, code: str) -> None:
    answer = asking(app)("POST", "/body", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_strict_body_is_read(app: FastAPI, asking: Callable) -> None:
    answer = asking(app)("POST", "/body", content=b'{"amount": "1.50"}', headers={"Content-Type": "application/json"})
    assert answer.json() == {"amount": "1.50", "count": 0}


def test_other_media_types_are_refused(app: FastAPI, asking: Callable) -> None:
    answer = asking(app)("POST", "/body", content=b"{}", headers={"Content-Type": "text/plain"})
    assert (answer.status_code, answer.json()["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


def in_parts(count: int) -> Callable[[], AsyncIterator[bytes]]:
    async def parts() -> AsyncIterator[bytes]:
        for _ in range(count):
            yield b" " * 10

    return parts


def test_large_bodies_are_refused_with_and_without_a_stated_length(
    app: FastAPI, asking: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(limits.LIMITS, "/bytes", 20)
    ask, headers = asking(app), {"Content-Type": "application/json"}
    stated = ask("POST", "/bytes", content=b" " * 21, headers=headers)
    streamed = ask("POST", "/bytes", content=in_parts(3)(), headers=headers)
    assert [stated.status_code, streamed.status_code] == [413, 413]
    assert stated.json()["code"] == streamed.json()["code"] == "BODY_TOO_LARGE"
    assert ask("POST", "/bytes", content=in_parts(2)(), headers=headers).json() == 20


def every_code(base: type[Exception]) -> Iterator[str]:
    if not base.__module__.startswith(NOT_OF_THE_NODE):
        yield base.code  # type: ignore[attr-defined]
    for kind in base.__subclasses__():
        yield from every_code(kind)


def test_every_code_that_an_answer_may_carry_is_explained_in_both_languages() -> None:
    for package in (ledger, verifier):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if "migrations" not in module.name:
                importlib.import_module(module.name)
    codes = {*every_code(LedgerError), *every_code(VerifierError), *STATUS_OF, *CODES}
    unexplained = [code for code in sorted(codes) if not (meaning_of(code, "zh") and meaning_of(code, "en"))]
    assert unexplained == []


def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_read(app: FastAPI, asking: Callable) -> None:
    """Nobody reads the body of a GET: the stated length alone decides."""
    answer = asking(app)("GET", "/problems/FORMAT", content=b" " * (limits.MAX_SMALL_BYTES + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")
