"""web3 over an embedded chain in the same process: for tests and tools that need no socket."""

from __future__ import annotations

from typing import Any, cast

from web3.providers.base import JSONBaseProvider
from web3.types import RPCEndpoint, RPCResponse

from ledger.embedded.chain import EmbeddedChain
from ledger.embedded.clock import ManualClock
from ledger.embedded.dispatcher import Dispatcher


class EmbeddedProvider(JSONBaseProvider):
    """A web3 provider that hands requests to a `Dispatcher`, through the same JSON as over HTTP.

    Attributes:
        chain: the chain it asks.
        auto_seal: seal a block whenever a transaction can be sealed; a `ManualClock` is advanced by a second first.
    """

    def __init__(self, chain: EmbeddedChain, auto_seal: bool = False) -> None:
        super().__init__()
        self.chain = chain
        self.auto_seal = auto_seal
        self._dispatcher = Dispatcher(chain)

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        """The answer to one request."""
        return self.decode_rpc_response(self._ask(self.encode_rpc_request(method, params)))

    def make_batch_request(self, requests: list[tuple[RPCEndpoint, Any]]) -> list[RPCResponse]:
        """The answers to several requests, in their order."""
        return cast(list[RPCResponse], self.decode_rpc_response(self._ask(self.encode_batch_rpc_request(requests))))

    def _ask(self, body: bytes) -> bytes:
        answer = self._dispatcher.dispatch_bytes(body)
        if self.auto_seal and self.chain.has_ready():
            if isinstance(self.chain.clock, ManualClock):
                self.chain.clock.advance(1)
            self.chain.seal()
        return answer
