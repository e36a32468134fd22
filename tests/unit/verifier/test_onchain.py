"""A hostile or strange endpoint: never VALID, never a traceback, and blocks of every consensus are read."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from eth_abi.abi import encode
from web3 import Web3
from web3.providers.base import JSONBaseProvider

from scripts.golden.world import GoldenWorld
from verifier.blockheader import LAST_SECOND, encode_header
from verifier.case import Question
from verifier.errors import ChainUnavailableError, FormatError
from verifier.onchain import ECHOED, REHASHED, OnchainView, PinnedHead, connect, view_over
from verifier.report import Report, Status, Verdict
from verifier.verify import NO_ANSWER, verify

Change = Callable[[dict[str, Any], dict[str, Any]], dict[str, Any]]
LONG_EXTRA_DATA = "0x" + "00" * 97
YEAR_ONE = -62_135_596_800  # 0001-01-01T00:00:00Z


class AlteredProvider(JSONBaseProvider):
    """The golden chain, its answers changed on the way; ``asked`` are the methods."""

    def __init__(self, golden: GoldenWorld, change: Change) -> None:
        super().__init__()
        self._inner = golden.chain.web3.provider
        self._change = change
        self.asked: list[str] = []

    def make_request(self, method: Any, params: Any) -> Any:
        self.asked.append(method)
        answer = self.decode_rpc_response(json.dumps(self._inner.make_request(method, params)).encode())
        return self._change({"method": method, "params": params}, dict(answer))


def altered(golden: GoldenWorld, change: Change, *, pinned: PinnedHead | None = None) -> OnchainView:
    return view_over(AlteredProvider(golden, change), golden.trust, endpoint="altered", pinned=pinned)


def ask(golden: GoldenWorld, view: OnchainView) -> Report:
    report = verify(golden.evidence(), trust=golden.trust, question=Question("document", golden.chain.now()), view=view)
    assert all(result.code != "INTERNAL" for result in report.checks), report.checks
    return report


def pin(golden: GoldenWorld) -> PinnedHead:
    head, ledger = golden.view().head(), golden.trust.ledger
    return PinnedHead.parse(f"{ledger.chain_id}:{ledger.genesis}:{head.number}:{head.hash.hex()}")


def in_blocks(**fields: Any) -> Change:
    """Change these fields of every block but the genesis."""

    def change(request: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        if request["method"] == "eth_getBlockByNumber" and request["params"][0] != "0x0":
            answer["result"] = {**answer["result"], **fields}
        return answer

    return change


def test_unchanged_it_is_believed(golden: GoldenWorld) -> None:
    assert ask(golden, altered(golden, lambda _, answer: answer)).verdict is Verdict.VALID


def test_blocks_with_consensus_seals_are_read(golden: GoldenWorld) -> None:
    assert ask(golden, altered(golden, in_blocks(extraData=LONG_EXTRA_DATA))).verdict is Verdict.VALID


@pytest.mark.parametrize("time", [0, LAST_SECOND + 1, 2**40, 2**63, 2**64])
def test_a_head_of_an_impossible_time_is_no_answer(golden: GoldenWorld, time: int) -> None:
    report = ask(golden, altered(golden, in_blocks(timestamp=hex(time))))
    assert (report.verdict, report.against["kind"]) == (Verdict.ERROR, "unavailable")
    assert report.known_at == ""


GARBAGE: list[Any] = [
    None,
    [],
    {},
    "x",
    "0x",
    "0x00",
    0,
    -1,
    True,
    1e999,
    "0x" + "ff" * 320,
    {"number": "0x1"},
    "\ud800",
]


@pytest.mark.parametrize("method", ["eth_chainId", "eth_getBlockByNumber", "eth_getCode", "eth_call"])
@pytest.mark.parametrize("value", GARBAGE, ids=lambda value: repr(value)[:20])
def test_garbage_is_an_error_and_no_verdict(golden: GoldenWorld, method: str, value: Any) -> None:
    def change(request: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        return {"jsonrpc": "2.0", "id": 0, "result": value} if request["method"] == method else answer

    report = ask(golden, altered(golden, change))
    assert report.verdict is not Verdict.VALID
    report.digest()
    assert all(text.isprintable() for text in report.against.values())


def test_another_block_than_asked_is_no_answer(golden: GoldenWorld) -> None:
    head = golden.view().head()
    view = altered(golden, in_blocks(number=hex(head.number - 1)))
    assert view.head().number == head.number - 1
    with pytest.raises(ChainUnavailableError, match="another was answered"):
        view.block(head.number - 2)


def test_a_time_that_no_chain_has_is_not_asked_and_not_raised(golden: GoldenWorld) -> None:
    with pytest.raises(ChainUnavailableError):
        golden.view().status_at(golden.key, YEAR_ONE, YEAR_ONE)
    assert golden.view().block(-1) is None


def test_an_endpoint_of_another_chain_is_compared_once(golden: GoldenWorld) -> None:
    provider = AlteredProvider(golden, lambda _, answer: {**answer, "result": "0x1"})
    report = ask(golden, view_over(provider, golden.trust, endpoint="another chain"))
    assert report.verdict is Verdict.ERROR
    assert provider.asked == ["eth_chainId"]


# -- a pinned block


def test_a_pinned_block_is_hashed_again(golden: GoldenWorld) -> None:
    report = ask(golden, altered(golden, lambda _, answer: answer, pinned=pin(golden)))
    assert report.verdict is Verdict.VALID
    assert (report.against["kind"], report.against["note"]) == ("chain endpoint at a pinned block", REHASHED)
    assert "note" not in golden.view().describe()


@pytest.mark.parametrize(
    "field", ["timestamp", "stateRoot", "parentHash", "logsBloom", "gasUsed", "extraData", "nonce", "miner"]
)
def test_an_endpoint_cannot_change_a_pinned_header_behind_its_hash(golden: GoldenWorld, field: str) -> None:
    block = dict(golden.chain.web3.provider.make_request("eth_getBlockByNumber", ["latest", False])["result"])  # type: ignore[arg-type]
    last = block[field][-1]
    view = altered(golden, in_blocks(**{field: block[field][:-1] + ("1" if last != "1" else "2")}), pinned=pin(golden))
    report = ask(golden, view)
    assert (report.verdict, report.known_at) == (Verdict.ERROR, "")
    assert "hashed" in report.against["detail"]


def test_a_sealed_header_is_said_to_be_an_echo(golden: GoldenWorld) -> None:
    view = altered(golden, in_blocks(extraData=LONG_EXTRA_DATA), pinned=pin(golden))
    assert ask(golden, view).against["note"] == ECHOED


def test_a_pin_of_another_ledger_asks_nothing(golden: GoldenWorld) -> None:
    provider = AlteredProvider(golden, lambda _, answer: answer)
    pinned = PinnedHead(1, golden.trust.ledger.genesis, 1, bytes(32))
    with pytest.raises(ChainUnavailableError, match="pinned ledger"):
        view_over(provider, golden.trust, endpoint="x", pinned=pinned).head()
    assert provider.asked == []


def test_every_header_of_the_golden_chain_hashes_to_its_hash(golden: GoldenWorld) -> None:
    for number in range(golden.view().head().number + 1):
        block = golden.chain.web3.eth.get_block(number)
        assert golden.chain.web3.keccak(encode_header(block)) == block["hash"]


# -- what an endpoint may not make us do or say


def test_no_address_in_an_answer_is_fetched(golden: GoldenWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    import web3.eth.eth as asking

    fetched: list[Any] = []
    monkeypatch.setattr(asking, "handle_offchain_lookup", lambda payload, *_, **__: fetched.append(payload))
    kinds = ["address", "string[]", "bytes", "bytes4", "bytes"]

    def change(request: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        if request["method"] != "eth_call":
            return answer
        lookup = encode(kinds, [request["params"][0]["to"], ["https://tracker.example/{data}"], b"x", b"abcd", b"y"])
        error = {"code": 3, "message": "execution reverted", "data": "0x556f1830" + lookup.hex()}  # EIP-3668
        return {"jsonrpc": "2.0", "id": 0, "error": error}

    provider = AlteredProvider(golden, change)
    assert provider.global_ccip_read_enabled, "web3's default"
    for view in (
        OnchainView(Web3(provider), golden.trust, endpoint="by another's web3"),
        view_over(provider, golden.trust, endpoint="by our own"),
    ):
        assert ask(golden, view).verdict is Verdict.ERROR
    assert fetched == []
    assert not provider.global_ccip_read_enabled


def test_the_digest_of_a_report_is_the_same_whichever_endpoint_failed(golden: GoldenWorld) -> None:
    def failing(message: str) -> Change:
        return lambda _, __: {"jsonrpc": "2.0", "id": 0, "error": {"code": -32000, "message": message}}

    one, other = (ask(golden, altered(golden, failing(message))) for message in ("busy", "\x1b[2J on fire"))
    assert one.digest() == other.digest()
    assert one.against != other.against
    assert other.against["detail"].endswith("\\x1b[2J on fire'}")
    for result in one.checks:
        if result.status is Status.ERROR:
            assert (result.found, "busy" in result.next_step) == (NO_ANSWER, True)


@pytest.mark.parametrize(
    "rpc", ["ftp://x", "127.0.0.1:8545", "http://x\x1b[2J", "http://mäker.example", "http://\udcff"]
)
def test_what_is_no_address_is_refused_before_it_is_asked(golden: GoldenWorld, rpc: str) -> None:
    with pytest.raises(FormatError):
        connect(rpc, golden.trust)
