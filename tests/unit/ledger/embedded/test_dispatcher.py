import logging
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.embedded.chain import EmbeddedChain
from ledger.embedded.clock import ManualClock
from ledger.embedded.config import ChainConfig
from ledger.embedded.dispatcher import MAX_BATCH, Dispatcher
from ledger.embedded.rpc import Methods


def request(method: str = "eth_chainId", **fields: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": 1, "method": method} | fields


@pytest.fixture
def dispatcher(world: Any) -> Dispatcher:
    return world.dispatcher


@pytest.mark.parametrize("number", [1, "a", None, 0, 1.5])
def test_an_answer_carries_the_id_of_its_request(dispatcher: Dispatcher, number: Any) -> None:
    assert dispatcher.dispatch(request(id=number)) == {"jsonrpc": "2.0", "id": number, "result": hex(826_580_001)}


def test_a_notification_is_carried_out_and_not_answered(world: Any) -> None:
    raw = world.actor.sign(b"\x11" * 20)
    notification = {"jsonrpc": "2.0", "method": "eth_sendRawTransaction", "params": ["0x" + raw.hex()]}
    assert world.dispatcher.dispatch(notification) is None
    assert world.chain.has_ready()
    assert world.dispatcher.dispatch([notification]) is None
    assert world.dispatcher.dispatch_bytes(orjson.dumps(notification)) == b""


def test_a_batch_is_answered_in_its_order(dispatcher: Dispatcher) -> None:
    batch = [request(id=1), {"jsonrpc": "2.0", "method": "eth_chainId"}, request("no", id=2), 5, request(id=3)]
    answers = dispatcher.dispatch(batch)
    assert [answer["id"] for answer in answers] == [1, 2, None, 3]
    assert [answer.get("error", {}).get("code") for answer in answers] == [None, -32601, -32600, None]


def test_empty_and_huge_batches_are_refused(dispatcher: Dispatcher) -> None:
    assert dispatcher.dispatch([])["error"]["code"] == -32600
    assert dispatcher.dispatch([request()] * (MAX_BATCH + 1))["error"]["code"] == -32600
    assert len(dispatcher.dispatch([request()] * MAX_BATCH)) == MAX_BATCH


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", -32700),
        (b"", -32700),
        (b"\xff", -32700),
        (b'{"jsonrpc":"2.0","id":1,"method":"eth_chainId"', -32700),
        (b"1", -32600),
        (b"null", -32600),
        (b'{"id":1,"method":"eth_chainId"}', -32600),
        (b'{"jsonrpc":"1.0","id":1,"method":"eth_chainId"}', -32600),
        (b'{"jsonrpc":"2.0","id":1}', -32600),
        (b'{"jsonrpc":"2.0","id":{},"method":"eth_chainId"}', -32600),
        (b'{"jsonrpc":"2.0","id":true,"method":"eth_chainId"}', -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":{}}', -32602),
        (b'{"jsonrpc":"2.0","id":1,"method":"eth_nothing","params":[]}', -32601),
    ],
)
def test_what_is_no_request_is_told_so(dispatcher: Dispatcher, body: bytes, code: int) -> None:
    assert orjson.loads(dispatcher.dispatch_bytes(body))["error"]["code"] == code


def test_a_fault_of_the_program_ends_one_request_and_is_logged(
    world: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(EmbeddedChain, "next_nonce", fail)
    with caplog.at_level(logging.ERROR):
        error = world.error("eth_getTransactionCount", "0x" + "11" * 20, "pending")
    assert error["code"] == -32603
    assert "ZeroDivisionError" in caplog.text
    assert "ZeroDivisionError" not in error["message"]


STRINGS = ["latest", "pending", "0x0", "0x1", "0x", "0x" + "11" * 20, "0x" + "22" * 32, "碳"]
KEYS = ["to", "data", "value", "gas", "topics", "address", "fromBlock", "toBlock", "blockHash", "blockNumber"]
SCALARS = st.none() | st.booleans() | st.integers(-9, 2**40) | st.floats(allow_nan=False) | st.sampled_from(STRINGS)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def any_chain() -> Iterator[EmbeddedChain]:
    with EmbeddedChain(None, ChainConfig(timestamp=1), ManualClock(1)) as chain:
        yield chain


@settings(max_examples=500)
@given(data=st.data())
def test_no_parameters_are_an_internal_error(any_chain: EmbeddedChain, data: st.DataObject) -> None:
    method = data.draw(st.sampled_from(Methods(any_chain).names))
    params = data.draw(st.lists(JSON, max_size=4))
    answer = Dispatcher(any_chain).dispatch(request(method, params=params))
    assert ("result" in answer) != ("error" in answer)
    assert answer.get("error", {}).get("code") != -32603
