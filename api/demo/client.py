"""What the demo's actors do over HTTP: tokens, requests, and errors that name the node's own problem."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2

from api.demo.errors import DemoError
from verifier.canonical import parse
from verifier.errors import VerifierError

REQUEST_SECONDS: Final = 60.0
WAIT_SECONDS: Final = 60.0
POLL_SECONDS: Final = 0.2
STUCK: Final = ("REVERTED", "FAILED")


@dataclass(slots=True)
class NodeClient:
    """One node as an actor sees it: its address and, for writing, a client's credentials."""

    url: str
    client_id: str | None = None
    client_secret: str | None = field(default=None, repr=False)
    _token: str | None = field(default=None, repr=False)
    _http: httpx2.Client = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Open the connection; the environment's proxies are not for loopback."""
        self._http = httpx2.Client(base_url=self.url, timeout=REQUEST_SECONDS, trust_env=False)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def answers(self) -> bool:
        """Whether the node says that it is ready."""
        try:
            return self._http.get("/readyz", timeout=5.0).status_code == 200
        except httpx2.TransportError:
            return False

    def read(self, path: str, *, while_code: str | None = None, **query: str | None) -> bytes:
        """The bytes of a GET, asked again while the answer is ``while_code``. Raises DemoError with the node's
        problem.
        """
        return self._send("GET", path, query, None, while_code=while_code).content

    def read_own(self, path: str, *, while_code: str | None = None, **query: str | None) -> bytes:
        """The bytes of a GET as this client, with its token, asked again while the answer is ``while_code``."""
        return self._send("GET", path, query, None, token=self._own_token(), while_code=while_code).content

    def read_json(self, path: str, **query: str | None) -> Any:
        """The JSON of a GET. Raises DemoError."""
        return parse(self.read(path, **query))

    def write(
        self, path: str, body: bytes | None = None, *, while_code: str | None = None, **query: str | None
    ) -> dict[str, Any]:
        """A POST as this client, with its token; sent again while the answer is ``while_code``. Raises DemoError."""
        answer = self._send("POST", path, query, body, token=self._own_token(), while_code=while_code)
        document: dict[str, Any] = parse(answer.content)
        return document

    def ask(self, path: str, body: bytes, **query: str | None) -> dict[str, Any]:
        """A POST that anybody may make. Raises DemoError."""
        answer: dict[str, Any] = parse(self._send("POST", path, query, body).content)
        return answer

    def wait_final(self, record: str) -> None:
        """Wait until a record's chain actions are final. Raises DemoError when one is stuck or the time is over."""
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            actions = self.read_json("/v1/actions", record=record)["actions"]
            stuck = [item for item in actions if item["state"] in STUCK]
            if stuck:
                raise DemoError(
                    f"{stuck[0]['action']} is {stuck[0]['state']}: {stuck[0]['error']}", next_step="read the node's log"
                )
            if actions and all(item["state"] == "FINAL" for item in actions):
                return
            if time.monotonic() > deadline:
                states = ", ".join(f"{item['action']} {item['state']}" for item in actions) or "no action"
                raise DemoError(f"not final after {WAIT_SECONDS:.0f} s: {states}", next_step="read the node's log")
            time.sleep(POLL_SECONDS)

    def _own_token(self) -> str:
        if self._token is None:
            self._token = self._new_token()
        return self._token

    def _new_token(self) -> str:
        """OAuth 2.0 client credentials, authenticated by HTTP Basic."""
        if self.client_id is None or self.client_secret is None:
            raise DemoError(f"no client for {self.url}", next_step="this is a fault of the demo")
        try:
            response = self._http.post(
                "/auth/token", data={"grant_type": "client_credentials"}, auth=(self.client_id, self.client_secret)
            )
        except httpx2.TransportError as error:
            raise DemoError(f"{self.url} does not answer: {error}", next_step="read the node's log") from error
        if not response.is_success:
            raise self._failed("POST", "/auth/token", response)
        return str(parse(response.content)["access_token"])

    def _send(
        self,
        method: str,
        path: str,
        query: dict[str, str | None],
        body: bytes | None,
        *,
        token: str | None = None,
        while_code: str | None = None,
    ) -> httpx2.Response:
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            response = self._request(method, path, query, body, token)
            if response.is_success:
                return response
            again = while_code is not None and _problem(response).get("code") == while_code
            if not again or time.monotonic() > deadline:
                raise self._failed(method, path, response)
            time.sleep(POLL_SECONDS)

    def _request(
        self, method: str, path: str, query: dict[str, str | None], body: bytes | None, token: str | None
    ) -> httpx2.Response:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        asked = {key: value for key, value in query.items() if value is not None}
        try:
            return self._http.request(method, path, params=asked, content=body, headers=headers)
        except httpx2.TransportError as error:
            raise DemoError(f"{method} {self.url}{path}: {error}", next_step="read the node's log") from error

    def _failed(self, method: str, path: str, response: httpx2.Response) -> DemoError:
        problem = _problem(response)
        said = f"{problem.get('code', '')} {problem.get('detail', '')}".strip() or response.text[:300]
        return DemoError(
            f"{method} {self.url}{path} answered {response.status_code}: {said}",
            next_step=str(problem.get("nextStep") or "read the node's log"),
        )


def _problem(response: httpx2.Response) -> dict[str, Any]:
    try:
        value = parse(response.content)
    except VerifierError:
        return {}
    return value if isinstance(value, dict) else {}
