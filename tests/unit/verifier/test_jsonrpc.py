"""One conversation over HTTP: size, deadline, nesting and redirects are bounded, and the first failure is the last."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter

from verifier import jsonrpc
from verifier.errors import ChainUnavailableError
from verifier.jsonrpc import CHUNK_BYTES, HEADERS, MAX_ANSWER_BYTES, JsonRpcClient

URL = "http://endpoint.example/"
SHORT = 0.05
LONG = 60.0
OPEN_END = -1


class Body:
    """What a response is read from; ``length`` is OPEN_END for one that never ends."""

    def __init__(self, data: bytes, length: int | None = None) -> None:
        self.data = data
        self.left = len(data) if length is None else length
        self.read = 0
        self.closed = threading.Event()

    def read1(self, amount: int, decode_content: bool = True) -> bytes:
        assert not decode_content
        if self.left == OPEN_END:
            part = self.data[:amount]
        else:
            part = self.data[self.read : self.read + amount]
        self.read += len(part)
        return part

    def release_conn(self) -> None:
        self.closed.set()

    close = release_conn


class Endpoint(BaseAdapter):
    """Answers without a socket, and counts."""

    def __init__(self, answer: Callable[[], requests.Response]) -> None:
        super().__init__()
        self.answer = answer
        self.asked: list[requests.PreparedRequest] = []

    def send(self, request: Any, *_: Any, **__: Any) -> requests.Response:
        self.asked.append(request)
        response = self.answer()
        response.request, response.url = request, request.url
        return response

    def close(self) -> None:
        """Nothing is open."""


def response(body: Body, status: int = 200, **headers: str) -> requests.Response:
    made = requests.Response()
    made.status_code, made.raw = status, body
    made.headers.update(headers)
    return made


def client(endpoint: Endpoint, *, request_seconds: float = LONG, total_seconds: float = LONG) -> JsonRpcClient:
    return JsonRpcClient(URL, request_seconds=request_seconds, total_seconds=total_seconds, adapter=endpoint)


def refused_for_good(asking: JsonRpcClient, endpoint: Endpoint) -> str:
    """The reason; a second question has the same answer and does not reach the endpoint."""
    with pytest.raises(ChainUnavailableError) as first:
        asking.post(b"{}")
    with pytest.raises(ChainUnavailableError) as second:
        asking.post(b"{}")
    assert second.value.detail == first.value.detail
    assert len(endpoint.asked) == 1
    return first.value.detail


def test_an_answer_is_the_object_and_the_question_is_sent_uncompressed() -> None:
    endpoint = Endpoint(lambda: response(Body(b'{"result":"0x1"}')))
    asking = client(endpoint)
    assert [asking.post(b"{1}"), asking.post(b"{2}")] == [{"result": "0x1"}] * 2
    assert [request.body for request in endpoint.asked] == [b"{1}", b"{2}"]
    assert endpoint.asked[0].headers["Accept-Encoding"] == HEADERS["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(
    "data",
    [b"", b"null", b"[]", b'"x"', b"0", b"\xff\xfe{\0}\0", b"{", b"9" * 5000],
)
def test_what_is_no_json_object_is_refused(data: bytes) -> None:
    endpoint = Endpoint(lambda: response(Body(data)))
    assert "an answer that is no" in refused_for_good(client(endpoint), endpoint)


@pytest.mark.parametrize("data", [b"[" * 100_000, b'{"a":' * 100_000])
def test_nesting_is_counted_before_it_is_parsed(data: bytes) -> None:
    """Where a library has raised the recursion limit, the parser would end the process."""
    endpoint = Endpoint(lambda: response(Body(data)))
    assert "nested deeper" in refused_for_good(client(endpoint), endpoint)


@pytest.mark.parametrize("status", [204, 301, 307, 308, 404, 500])
def test_no_redirect_is_followed_and_no_failure_read(status: int) -> None:
    body = Body(b'{"result":1}', OPEN_END)
    endpoint = Endpoint(lambda: response(body, status, Location="http://other.example/"))
    assert f"HTTP status {status}" in refused_for_good(client(endpoint), endpoint)
    assert (endpoint.asked[0].url, body.read) == (URL, 0)


def test_an_endless_answer_is_cut_off() -> None:
    body = Body(b" " * CHUNK_BYTES, OPEN_END)
    endpoint = Endpoint(lambda: response(body))
    assert "endless" in refused_for_good(client(endpoint), endpoint)
    assert body.read <= MAX_ANSWER_BYTES + CHUNK_BYTES
    assert body.closed.is_set()


def test_a_dripping_answer_is_given_up_and_its_connection_closed() -> None:
    body = Body(b" ", OPEN_END)
    endpoint = Endpoint(lambda: response(body))
    asking = client(endpoint, request_seconds=SHORT)
    refused_for_good(asking, endpoint)
    assert body.closed.wait(LONG)
    assert body.read < MAX_ANSWER_BYTES


@pytest.fixture
def silence() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


def test_a_silent_endpoint_is_asked_once(silence: threading.Event) -> None:
    def answer() -> requests.Response:
        silence.wait(LONG)
        return response(Body(b"{}"))

    endpoint = Endpoint(answer)
    assert "no whole answer" in refused_for_good(client(endpoint, request_seconds=SHORT), endpoint)


def test_all_answers_together_have_a_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count()
    monkeypatch.setattr(jsonrpc, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    endpoint = Endpoint(lambda: response(Body(b"{}")))
    asking = client(endpoint, total_seconds=10)
    asking.post(b"{}")
    with pytest.raises(ChainUnavailableError, match="together"):
        [asking.post(b"{}") for _ in range(20)]
    assert len(endpoint.asked) <= 10


def test_a_broken_connection_is_named() -> None:
    def answer() -> requests.Response:
        raise requests.ConnectionError("refused")

    endpoint = Endpoint(answer)
    assert "ConnectionError: refused" in refused_for_good(client(endpoint), endpoint)
