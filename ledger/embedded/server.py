"""JSON-RPC over HTTP on loopback: a small ASGI application and the process around it.

A web page must not be able to talk to the chain: the Host header has to be on the allow-list (a rebound DNS name is
not), and only `application/json` is read (a page of another origin cannot send that without asking first).
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import uvicorn

from ledger.embedded.chain import EmbeddedChain
from ledger.embedded.dispatcher import Dispatcher
from ledger.embedded.sealer import Sealer

LOOPBACK: Final = "127.0.0.1"
MAX_BODY_BYTES: Final = 5 * 1024 * 1024  # go-ethereum's limit
WORKERS: Final = 4
BACKLOG: Final = 128
GRACE_SECONDS: Final = 5

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

_log = logging.getLogger(__name__)


class _RefusedError(Exception):
    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        self.reason = reason
        super().__init__(reason)


class RpcApplication:
    """ASGI application: POST of JSON on any path, answered by the dispatcher in a few threads."""

    def __init__(self, chain: EmbeddedChain) -> None:
        self._dispatcher = Dispatcher(chain)
        self._allowed_hosts = frozenset(host.lower() for host in chain.config.allowed_hosts)
        self._workers = ThreadPoolExecutor(WORKERS, thread_name_prefix="rpc")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        if scope["type"] != "http":
            raise ValueError(f"only http is served, got {scope['type']}")
        try:
            self._check(scope)
            body = await _body(receive)
        except _RefusedError as refusal:
            await _respond(send, refusal.status, refusal.reason.encode(), b"text/plain")
            return
        answer = await asyncio.get_running_loop().run_in_executor(self._workers, self._dispatcher.dispatch_bytes, body)
        await _respond(send, 200 if answer else 204, answer, b"application/json")

    def _check(self, scope: Scope) -> None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        host = _host_name(headers.get(b"host", b"").decode("latin-1"))
        if host not in self._allowed_hosts:
            raise _RefusedError(403, "host not allowed")
        if scope["method"] != "POST":
            raise _RefusedError(405, "only POST")
        kind = headers.get(b"content-type", b"").split(b";")[0].strip().lower()
        if kind != b"application/json":
            raise _RefusedError(415, "content type must be application/json")
        length = headers.get(b"content-length", b"")
        if length.isdigit() and int(length) > MAX_BODY_BYTES:
            raise _RefusedError(413, f"at most {MAX_BODY_BYTES} bytes")


def _host_name(header: str) -> str:
    """Host name of a Host header without its port, lower case; `[::1]:8545` gives `::1`."""
    if header.startswith("["):
        return header[1:].partition("]")[0].lower()
    return header.partition(":")[0].lower()


async def _body(receive: Receive) -> bytes:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _RefusedError(400, "disconnected")
        body += message.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            raise _RefusedError(413, f"at most {MAX_BODY_BYTES} bytes")
        if not message.get("more_body", False):
            return bytes(body)


async def _respond(send: Send, status: int, body: bytes, kind: bytes) -> None:
    headers = [(b"content-length", str(len(body)).encode())]
    if body:
        headers.append((b"content-type", kind))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def serve(chain: EmbeddedChain, port: int, ready: Callable[[int], None]) -> None:
    """Serve `chain` on loopback until SIGTERM or SIGINT, sealing in the background; then close it.

    Args:
        chain: the open chain; closed when this returns.
        port: TCP port, 0 for any free one.
        ready: called with the port once requests are answered.

    Raises:
        OSError: the port is taken.
    """
    listener = _listen(port)
    sealer = Sealer(chain)
    server = _Server(chain, lambda: ready(listener.getsockname()[1]))

    # uvicorn hands a signal on once it has stopped: this handler keeps the process alive to end in order below.
    def stop(*_: object) -> None:
        server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    sealer.start()
    try:
        server.run(sockets=[listener])
    finally:
        sealer.stop()
        chain.close()
        _log.info("stopped at block %d", chain.head.block_number)


def _listen(port: int) -> socket.socket:
    # The protocol is named because asyncio switches Nagle's algorithm off only then: 40 ms an answer otherwise.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen(BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


class _Server(uvicorn.Server):
    """uvicorn that says when it answers."""

    def __init__(self, chain: EmbeddedChain, ready: Callable[[], None]) -> None:
        self._ready = ready
        super().__init__(
            uvicorn.Config(
                RpcApplication(chain),
                lifespan="off",
                ws="none",
                access_log=False,
                log_level="warning",
                timeout_graceful_shutdown=GRACE_SECONDS,
                server_header=False,
            )
        )

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets=sockets)
        self._ready()
