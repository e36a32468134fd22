"""JSON-RPC over HTTP with an endpoint that nobody vouches for: it may be silent, slow, endless, or point elsewhere.

An answer has a size and a deadline as a whole, not one for each read; no redirect is followed; nesting is counted
before anything parses; and after the first failure nothing more is asked, since every check would wait for a dead
endpoint.
"""

from __future__ import annotations

import json
import queue
import threading
import time
from typing import Any, Final

import requests
from requests.adapters import BaseAdapter

from verifier.canonical import check_depth
from verifier.errors import ChainUnavailableError, FormatError

MAX_ANSWER_BYTES: Final = 16 * 1024 * 1024
CHUNK_BYTES: Final = 64 * 1024
HTTP_OK: Final = 200
HEADERS: Final = {"Content-Type": "application/json", "Accept-Encoding": "identity", "User-Agent": "tanju"}
"""No compression: a small answer must not become a large one."""

Answer = queue.SimpleQueue[bytes | Exception]


class Session(requests.Session):
    """A session for which nothing is a redirect: even when told not to follow one, requests reads its whole body."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere."""


class JsonRpcClient:
    """One conversation with an endpoint, to be asked by one thread at a time."""

    def __init__(
        self, url: str, *, request_seconds: float, total_seconds: float, adapter: BaseAdapter | None = None
    ) -> None:
        """Ask nothing yet.

        Args:
            url: of the endpoint, http or https.
            request_seconds: most seconds for one answer, from the name look-up to the last byte.
            total_seconds: most seconds for all answers together.
            adapter: carries the requests; by default the one of requests.
        """
        self._url = url
        self._request_seconds = request_seconds
        self._seconds_left = total_seconds
        self._session = Session()
        if adapter is not None:
            self._session.mount("http://", adapter)
            self._session.mount("https://", adapter)
        self._failure: ChainUnavailableError | None = None

    def post(self, body: bytes) -> dict[str, Any]:
        """The JSON object that answers ``body``. Raises ChainUnavailableError, from then on always the same."""
        if self._failure is not None:
            raise ChainUnavailableError(self._failure.detail, remedy=self._failure.remedy) from self._failure
        try:
            return _parsed(self._within(body))
        except ChainUnavailableError as error:
            self._failure = error
            raise

    def _within(self, body: bytes) -> bytes:
        """Fetch in a thread of its own: no timeout of a socket bounds the name look-up, or headers that come a byte at
        a time. One that is given up ends when its peer does, and does not keep the process alive.
        """
        seconds = min(self._request_seconds, self._seconds_left)
        if seconds <= 0:
            raise ChainUnavailableError("the answers together took too long", remedy="ask an endpoint that is nearer")
        started = time.monotonic()
        answer: Answer = queue.SimpleQueue()
        threading.Thread(target=self._fetch, args=(body, started + seconds, answer), daemon=True).start()
        try:
            found = answer.get(timeout=seconds)
        except queue.Empty:
            raise ChainUnavailableError(
                f"no whole answer within {seconds:.1f} s", remedy=f"is the chain at {self._url} up?"
            ) from None
        finally:
            self._seconds_left -= time.monotonic() - started
        if isinstance(found, Exception):
            raise ChainUnavailableError(
                f"{type(found).__name__}: {found}", remedy=f"is the chain at {self._url} up?"
            ) from found
        return found

    def _fetch(self, body: bytes, until: float, answer: Answer) -> None:
        try:
            answer.put(self._read(body, until))
        except Exception as error:  # noqa: BLE001  (whatever it is, the thread that asked raises it as its own)
            answer.put(error)

    def _read(self, body: bytes, until: float) -> bytes:
        with self._session.post(
            self._url, data=body, headers=HEADERS, timeout=self._request_seconds, stream=True, allow_redirects=False
        ) as response:
            if response.status_code != HTTP_OK:
                raise FormatError(f"HTTP status {response.status_code}")
            data = bytearray()
            while part := response.raw.read1(CHUNK_BYTES, decode_content=False):
                data += part
                if len(data) > MAX_ANSWER_BYTES:
                    raise FormatError("an endless answer", remedy=f"at most {MAX_ANSWER_BYTES} bytes", code="TOO_LARGE")
                if time.monotonic() > until:
                    raise TimeoutError("the answer drips")
            return bytes(data)


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        check_depth(data)
        value = json.loads(data.decode("utf-8"))
    except (FormatError, ValueError, RecursionError) as error:
        raise ChainUnavailableError(
            f"an answer that is not JSON: {error}", remedy="is this a JSON-RPC endpoint?"
        ) from error
    if not isinstance(value, dict):
        raise ChainUnavailableError("an answer that is no JSON object", remedy="is this a JSON-RPC endpoint?")
    return value
