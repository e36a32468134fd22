"""What the API's unit tests share: a client that reaches an application in this process, without a socket."""

from collections.abc import Callable, Iterator
from typing import Any

import anyio
import httpx2
import pytest
from fastapi import FastAPI

from api.loops import Loops

Ask = Callable[..., httpx2.Response]


@pytest.fixture
def asking() -> Callable[[FastAPI], Ask]:
    """Make a function that sends one request to an application: ``ask("GET", "/path", headers=…)``."""

    def bind(app: FastAPI) -> Ask:
        async def send(method: str, path: str, **options: Any) -> httpx2.Response:
            transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
            async with httpx2.AsyncClient(transport=transport, base_url="http://node.example") as client:
                return await client.request(method, path, **options)

        def ask(method: str, path: str, **options: Any) -> httpx2.Response:
            async def run() -> httpx2.Response:
                return await send(method, path, **options)

            return anyio.run(run)

        return ask

    return bind


@pytest.fixture
def no_loops() -> Iterator[Loops]:
    """Loops of a node that has none."""
    loops = Loops({})
    loops.start()
    yield loops
    loops.stop()
