"""The HTTP door, spoken to in ASGI: which requests are let in, and how each refusal is answered."""

import asyncio
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from ledger.embedded import server
from ledger.embedded.server import RpcApplication

QUESTION = orjson.dumps({"jsonrpc": "2.0", "id": 1, "method": "eth_chainId"})
ANSWER = {"jsonrpc": "2.0", "id": 1, "result": hex(826_580_001)}


@pytest.fixture
def post(world: Any) -> Callable[..., tuple[int, bytes]]:
    """Send one request in the given pieces; its status and body."""
    application = RpcApplication(world.chain)

    def send(
        *pieces: bytes, method: str = "POST", host: str = "127.0.0.1:8545", kind: str = "application/json", **more: str
    ) -> tuple[int, bytes]:
        headers = {"host": host, "content-type": kind} | {name.replace("_", "-"): value for name, value in more.items()}
        scope = {
            "type": "http",
            "method": method,
            "headers": [(k.encode(), v.encode("latin-1")) for k, v in headers.items()],
        }
        messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
        messages = [*messages, {"type": "http.request", "body": b"", "more_body": False}]
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return messages.pop(0)

        async def collect(message: Any) -> None:
            sent.append(message)

        asyncio.run(application(scope, receive, collect))
        lengths = [value for name, value in sent[0]["headers"] if name == b"content-length"]
        assert lengths == [str(len(sent[1]["body"])).encode()]
        return sent[0]["status"], sent[1]["body"]

    return send


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:1", "localhost:8545", "LocalHost", "[::1]:8545", "[::1]"])
def test_requests_to_this_machine_are_answered(post: Callable[..., tuple[int, bytes]], host: str) -> None:
    status, body = post(QUESTION, host=host)
    assert (status, orjson.loads(body)) == (200, ANSWER)


@pytest.mark.parametrize(
    "host", ["", "evil.example", "evil.example:8545", "127.0.0.1.evil.example", "[::2]", "127.0.0.2"]
)
def test_names_that_were_rebound_to_this_machine_are_not(post: Callable[..., tuple[int, bytes]], host: str) -> None:
    assert post(QUESTION, host=host)[0] == 403


def test_what_a_page_of_another_origin_can_send_unasked_is_refused(post: Callable[..., tuple[int, bytes]]) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "", "multipart/form-data; x=application/json"):
        assert post(QUESTION, kind=kind)[0] == 415
    assert post(QUESTION, kind="Application/JSON; charset=utf-8")[0] == 200


@pytest.mark.parametrize("method", ["GET", "OPTIONS", "PUT", "HEAD"])
def test_only_post(post: Callable[..., tuple[int, bytes]], method: str) -> None:
    assert post(method=method)[0] == 405


def test_a_body_may_come_in_pieces(post: Callable[..., tuple[int, bytes]]) -> None:
    assert orjson.loads(post(QUESTION[:5], QUESTION[5:])[1]) == ANSWER


def test_a_notification_is_answered_with_nothing(post: Callable[..., tuple[int, bytes]]) -> None:
    assert post(b'{"jsonrpc":"2.0","method":"eth_chainId"}') == (204, b"")


def test_what_is_no_json_is_answered_in_json(post: Callable[..., tuple[int, bytes]]) -> None:
    status, body = post(b"{")
    assert (status, orjson.loads(body)["error"]["code"]) == (200, -32700)


def test_a_body_has_a_bound_announced_or_not(
    post: Callable[..., tuple[int, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "MAX_BODY_BYTES", len(QUESTION))
    assert post(QUESTION, content_length=str(len(QUESTION)))[0] == 200
    assert post(QUESTION + b" ")[0] == 413
    assert post(QUESTION, b" ")[0] == 413
    assert post(QUESTION, content_length=str(len(QUESTION) + 1))[0] == 413
