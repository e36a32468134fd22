from collections.abc import Callable
from typing import Any

import pytest
import rlp
from eth_hash.auto import keccak

from ledger.embedded import rpc
from ledger.embedded.errors import METHOD_NOT_FOUND

TIME = 1_800_000_000
TO = b"\x11" * 20
METHODS = {
    "web3_clientVersion", "net_version", "eth_chainId", "eth_blockNumber", "eth_getBlockByNumber",
    "eth_getBlockByHash", "eth_getBlockReceipts", "eth_getTransactionByHash", "eth_getTransactionReceipt",
    "eth_getTransactionCount", "eth_getCode", "eth_getStorageAt", "eth_getBalance", "eth_call", "eth_estimateGas",
    "eth_getLogs", "eth_getProof", "eth_sendRawTransaction", "eth_gasPrice", "eth_maxPriorityFeePerGas",
    "eth_feeHistory", "eth_syncing", "eth_accounts",
}  # fmt: skip


def word(number: int) -> bytes:
    return number.to_bytes(32, "big")


def hexed(value: bytes) -> str:
    return "0x" + value.hex()


def test_the_list_of_methods_is_closed(world: Any) -> None:
    assert set(rpc.Methods(world.chain).names) == METHODS
    for name in ("eth_sendTransaction", "evm_snapshot", "evm_increaseTime", "personal_unlockAccount", "eth_sign", ""):
        assert world.error(name)["code"] == METHOD_NOT_FOUND


def test_simple_facts(world: Any) -> None:
    assert world.rpc("eth_chainId") == hex(826_580_001)
    assert world.rpc("net_version") == "826580001"
    assert world.rpc("eth_blockNumber") == "0x0"
    assert (world.rpc("eth_syncing"), world.rpc("eth_accounts")) == (False, [])
    assert world.rpc("eth_gasPrice") == world.rpc("eth_maxPriorityFeePerGas") == "0x0"
    assert "py-evm" in world.rpc("web3_clientVersion")


def test_a_block_is_found_by_every_name_it_has(world: Any) -> None:
    for _ in range(3):
        world.clock.advance(1)
        world.chain.seal()
    newest = world.rpc("eth_getBlockByNumber", "0x3", False)
    assert newest["timestamp"] == hex(TIME + 3)
    for tag in ("latest", "pending", "safe", "finalized"):
        assert world.rpc("eth_getBlockByNumber", tag, False) == newest
    assert world.rpc("eth_getBlockByHash", newest["hash"], True) == newest
    genesis = world.rpc("eth_getBlockByNumber", "earliest", False)
    assert genesis == world.rpc("eth_getBlockByNumber", "0x0")
    assert genesis["hash"] == hexed(world.chain.genesis_hash)
    assert world.rpc("eth_getBlockByNumber", "0x4", False) is None
    assert world.rpc("eth_getBlockByHash", "0x" + "00" * 32, False) is None


def test_block_hashes_are_hashes_of_what_is_shown(world: Any) -> None:
    world.deploy()
    parent = hexed(world.chain.genesis_hash)
    block = world.rpc("eth_getBlockByNumber", "latest", False)
    assert block["parentHash"] == parent

    def number(name: str) -> bytes:
        value = int(block[name], 16)
        return value.to_bytes((value.bit_length() + 7) // 8, "big")

    def data(name: str) -> bytes:
        return bytes.fromhex(block[name][2:])

    header = [
        *map(data, ("parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot", "logsBloom")),
        *map(number, ("difficulty", "number", "gasLimit", "gasUsed", "timestamp")),
        *map(data, ("extraData", "mixHash", "nonce")),
        number("baseFeePerGas"),
    ]
    assert hexed(keccak(rlp.encode(header))) == block["hash"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, {"type": "0x0", "gasPrice": "0x0"}),
        ({"type": 1, "accessList": []}, {"type": "0x1", "accessList": []}),
        (
            {"type": 1, "accessList": [{"address": TO, "storageKeys": [hexed(word(1))]}]},
            {"accessList": [{"address": hexed(TO), "storageKeys": [hexed(word(1))]}]},
        ),
        ({"type": 2, "maxFeePerGas": 0, "maxPriorityFeePerGas": 0}, {"type": "0x2", "maxFeePerGas": "0x0"}),
    ],
)
def test_a_transaction_waits_then_has_a_block_and_a_receipt(
    world: Any, fields: dict[str, Any], expected: dict[str, Any]
) -> None:
    world.seal(world.actor.sign(TO))
    transaction_hash = world.rpc("eth_sendRawTransaction", hexed(world.actor.sign(TO, b"\x01\x02", **fields)))
    waiting = world.rpc("eth_getTransactionByHash", transaction_hash)
    assert waiting | expected == waiting
    assert (waiting["from"], waiting["to"]) == (hexed(world.actor.address), hexed(TO))
    assert (waiting["input"], waiting["nonce"], waiting["gas"]) == ("0x0102", "0x1", hex(200_000))
    assert waiting["blockHash"] is waiting["blockNumber"] is waiting["transactionIndex"] is None
    assert world.rpc("eth_getTransactionReceipt", transaction_hash) is None
    world.clock.advance(1)
    world.chain.seal()
    block = world.rpc("eth_getBlockByNumber", "latest", True)
    place = {"blockHash": block["hash"], "blockNumber": "0x2", "transactionIndex": "0x0"}
    assert world.rpc("eth_getTransactionByHash", transaction_hash) == waiting | place
    assert block["transactions"] == [waiting | place]
    assert world.rpc("eth_getBlockByNumber", "latest", False)["transactions"] == [transaction_hash]
    receipt = world.rpc("eth_getTransactionReceipt", transaction_hash)
    assert receipt | place == receipt
    assert (receipt["status"], receipt["type"], receipt["effectiveGasPrice"]) == ("0x1", waiting["type"], "0x0")
    assert receipt["contractAddress"] is None


def test_receipts_say_what_happened(world: Any) -> None:
    recorder = world.deploy()
    good, bad, again = world.seal(*(world.actor.sign(recorder, word(n)) for n in (3, 0, 4)))
    receipts = world.rpc("eth_getBlockReceipts", "latest")
    assert receipts == [world.rpc("eth_getTransactionReceipt", hexed(h)) for h in (good, bad, again)]
    assert receipts == world.rpc("eth_getBlockReceipts", receipts[0]["blockHash"])
    assert [r["status"] for r in receipts] == ["0x1", "0x0", "0x1"]
    gas = [int(r["gasUsed"], 16) for r in receipts]
    assert [int(r["cumulativeGasUsed"], 16) for r in receipts] == [gas[0], sum(gas[:2]), sum(gas)]
    assert world.rpc("eth_getBlockByNumber", "latest")["gasUsed"] == receipts[2]["cumulativeGasUsed"]
    assert [len(r["logs"]) for r in receipts] == [1, 0, 1]
    (log,) = receipts[2]["logs"]
    assert (log["logIndex"], log["transactionIndex"], log["removed"]) == ("0x1", "0x2", False)
    assert log["topics"] == [hexed(word(0x7E57)), hexed(word(4))]
    assert (log["data"], log["address"]) == (hexed(word(4)), hexed(recorder))
    assert int(receipts[1]["logsBloom"], 16) == 0 != int(receipts[0]["logsBloom"], 16)
    assert world.rpc("eth_getBlockReceipts", "0x99") is None


def test_a_created_contract_has_the_address_everybody_computes(world: Any) -> None:
    address = world.deploy()
    assert address == keccak(rlp.encode([world.actor.address, b""]))[12:]
    assert world.rpc("eth_getCode", hexed(address), "latest") != "0x"


def test_state_is_answered_at_every_block(world: Any) -> None:
    recorder = hexed(world.deploy())
    for value in (5, 6):
        world.seal(world.actor.sign(bytes.fromhex(recorder[2:]), word(value)))
    middle = world.rpc("eth_getBlockByNumber", "0x2")["hash"]
    blocks = ["0x0", "0x1", "0x2", middle, {"blockHash": middle, "requireCanonical": True}, {"blockNumber": "0x3"}]
    values = [0, 0, 5, 5, 5, 6]
    for block, value in zip([*blocks, "latest", "pending"], [*values, 6, 6], strict=True):
        assert world.rpc("eth_getStorageAt", recorder, "0x0", block) == hexed(word(value))
        assert world.rpc("eth_getStorageAt", recorder, hexed(word(0)), block) == hexed(word(value))
        proof = world.rpc("eth_getProof", recorder, ["0x0"], block)
        assert int(proof["storageProof"][0]["value"], 16) == value
    sender = hexed(world.actor.address)
    assert [world.rpc("eth_getTransactionCount", sender, b) for b in ("0x0", "0x1", "latest")] == ["0x0", "0x1", "0x3"]
    assert world.rpc("eth_getBalance", sender, "latest") == "0x0"
    assert world.rpc("eth_getCode", recorder, "0x0") == "0x"
    assert world.error("eth_getCode", recorder, "0x4") == {"code": -32000, "message": "header not found"}
    assert world.error("eth_getCode", recorder, "0x" + "00" * 32)["message"] == "header not found"


def test_the_pending_nonce_counts_what_waits(world: Any) -> None:
    sender = hexed(world.actor.address)
    for _ in range(3):
        world.chain.send_raw(world.actor.sign(TO))
    assert world.rpc("eth_getTransactionCount", sender, "pending") == "0x3"
    assert (
        world.rpc("eth_getTransactionCount", sender, "latest") == world.rpc("eth_getTransactionCount", sender) == "0x0"
    )


def test_calls_and_reverts(world: Any) -> None:
    recorder = hexed(world.deploy())
    assert world.rpc("eth_call", {"to": recorder, "input": "0x"}, "latest")[:66] == hexed(word(0))
    reverted = {"code": 3, "message": "execution reverted", "data": "0xdeadbeef"}
    call = {"to": recorder, "data": hexed(word(0))}
    assert world.error("eth_call", call, "latest") == reverted
    assert world.error("eth_estimateGas", call) == reverted
    fine = {"from": hexed(TO), "to": recorder, "data": hexed(word(1)), "gasPrice": "0x0", "value": "0x0"}
    assert int(world.rpc("eth_estimateGas", fine), 16) > 60_000
    assert world.rpc("eth_call", {}, "latest") == "0x"


def test_an_estimate_without_a_block_is_made_for_now(world: Any) -> None:
    """The contract asks for a time after the newest block: PUSH5 t, TIMESTAMP, LT, JUMPI(fail)."""
    since = TIME + 500
    guard = bytes.fromhex(f"64{since:010x} 42 10 600e 57 00 00 00 5b 6000 6000 fd")
    contract = hexed(world.deploy(guard))
    assert "error" in world.answer("eth_estimateGas", {"to": contract})
    world.clock.advance(1_000)
    assert int(world.rpc("eth_estimateGas", {"to": contract}), 16) > 21_000
    assert world.error("eth_estimateGas", {"to": contract}, "latest")["code"] == 3


def test_refused_transactions_are_answered_in_known_words(world: Any) -> None:
    raw = hexed(world.actor.sign(TO))
    world.rpc("eth_sendRawTransaction", raw)
    assert world.error("eth_sendRawTransaction", raw) == {"code": -32000, "message": "already known"}
    world.clock.advance(-10)
    refused = world.error("eth_sendRawTransaction", hexed(world.actor.sign(TO)))
    assert refused["code"] == -32000
    assert "clock" in refused["message"]


def test_logs_are_asked_for_by_range_or_by_block(world: Any) -> None:
    recorder = world.deploy()
    for value in (1, 2, 1):
        world.seal(world.actor.sign(recorder, word(value)))
    every = world.rpc("eth_getLogs", {"fromBlock": "earliest", "toBlock": "latest"})
    assert [log["blockNumber"] for log in every] == ["0x2", "0x3", "0x4"]
    assert every == [log for n in (2, 3, 4) for log in world.rpc("eth_getBlockReceipts", hex(n))[0]["logs"]]
    one = hexed(word(1))
    same = [
        ({"fromBlock": "0x0", "toBlock": "0xffff"}, every),
        ({"fromBlock": "0x0", "address": hexed(recorder)}, every),
        ({"fromBlock": "0x0", "address": [hexed(recorder), hexed(TO)], "topics": []}, every),
        ({"fromBlock": "0x0", "address": hexed(TO)}, []),
        ({"fromBlock": "0x0", "topics": [None, one]}, [every[0], every[2]]),
        ({"fromBlock": "0x0", "topics": [None, [one, hexed(word(2))]]}, every),
        ({"fromBlock": "0x0", "topics": [[], [one]]}, [every[0], every[2]]),
        ({"fromBlock": "0x0", "topics": [None, [None, one]]}, every),
        ({"fromBlock": "0x0", "topics": [one]}, []),
        ({"blockHash": every[1]["blockHash"]}, [every[1]]),
        ({}, [every[2]]),
        ({"fromBlock": "0x99", "toBlock": "0x9a"}, []),
    ]
    for asked, found in same:
        assert world.rpc("eth_getLogs", asked) == found, asked
    unknown = world.error("eth_getLogs", {"blockHash": "0x" + "00" * 32})
    assert unknown == {"code": -32000, "message": "unknown block"}


def test_too_many_logs_are_refused_not_cut(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = world.deploy()
    world.seal(*(world.actor.sign(recorder, word(n)) for n in (1, 2, 3)))
    monkeypatch.setattr(rpc, "MAX_LOGS", 3)
    assert len(world.rpc("eth_getLogs", {"fromBlock": "0x0"})) == 3
    monkeypatch.setattr(rpc, "MAX_LOGS", 2)
    assert world.error("eth_getLogs", {"fromBlock": "0x0"})["code"] == -32005


def test_fee_history_knows_no_fees(world: Any) -> None:
    world.deploy()
    history = world.rpc("eth_feeHistory", "0x5", "latest", [25, 75])
    assert history["oldestBlock"] == "0x0"
    assert history["baseFeePerGas"] == ["0x0"] * 3
    assert history["reward"] == [["0x0", "0x0"]] * 2
    assert history["gasUsedRatio"][0] == 0 < history["gasUsedRatio"][1] < 1
    assert "reward" not in world.rpc("eth_feeHistory", 1, "0x0")


BAD_PARAMS: list[tuple[str, list[Any]]] = [
    ("eth_getBlockByNumber", []),
    ("eth_getBlockByNumber", ["0x0", False, 1]),
    ("eth_getBlockByNumber", ["0x00", False]),
    ("eth_getBlockByNumber", [0, False]),
    ("eth_getBlockByNumber", ["newest", False]),
    ("eth_getBlockByNumber", ["0x0", "yes"]),
    ("eth_getBlockByNumber", [["latest"], False]),
    ("eth_getBlockByHash", ["0x1234", False]),
    ("eth_getTransactionReceipt", ["0x" + "0" * 63]),
    ("eth_getCode", ["0x" + "11" * 19, "latest"]),
    ("eth_getCode", [None, "latest"]),
    ("eth_getCode", ["0x" + "11" * 20, {"blockHash": "0x00"}]),
    ("eth_getCode", ["0x" + "11" * 20, {"blockNumber": "0x0", "blockHash": "0x" + "00" * 32}]),
    ("eth_getCode", ["0x" + "11" * 20, {}]),
    ("eth_getStorageAt", ["0x" + "11" * 20, "0x" + "11" * 33, "latest"]),
    ("eth_getStorageAt", ["0x" + "11" * 20, "0x", "latest"]),
    ("eth_getProof", ["0x" + "11" * 20, "0x0", "latest"]),
    ("eth_getProof", ["0x" + "11" * 20, ["0x0"] * 1_025, "latest"]),
    ("eth_call", ["0x", "latest"]),
    ("eth_call", [{"to": "0x11"}, "latest"]),
    ("eth_call", [{"to": "0x" + "11" * 20, "data": "0x1"}, "latest"]),
    ("eth_call", [{"data": "0x01", "input": "0x02"}, "latest"]),
    ("eth_call", [{"gas": "100"}, "latest"]),
    ("eth_call", [{}, "latest", {}]),
    ("eth_sendRawTransaction", ["zz"]),
    ("eth_sendRawTransaction", []),
    ("eth_getLogs", [[]]),
    ("eth_getLogs", [{"fromBlock": "0x2", "toBlock": "0x1"}]),
    ("eth_getLogs", [{"blockHash": "0x" + "00" * 32, "fromBlock": "0x0"}]),
    ("eth_getLogs", [{"topics": ["0x11"]}]),
    ("eth_getLogs", [{"topics": [None] * 5}]),
    ("eth_getLogs", [{"address": ["0x" + "11" * 20] * 1_001}]),
    ("eth_getLogs", [{"address": [["0x" + "11" * 20]]}]),
    ("eth_feeHistory", ["0x1", "latest", "all"]),
    ("eth_feeHistory", [True, "latest"]),
    ("eth_chainId", [1]),
]


@pytest.mark.parametrize(("method", "params"), BAD_PARAMS, ids=lambda value: str(value)[:40])
def test_bad_parameters_are_told_so(world: Any, method: str, params: list[Any]) -> None:
    assert world.error(method, *params)["code"] == -32602


def test_missing_blocks_of_another_chain_are_not_found(world: Any, new_actor: Callable[[int], Any]) -> None:
    assert world.rpc("eth_getTransactionByHash", "0x" + "00" * 32) is None
    assert world.rpc("eth_getTransactionCount", hexed(new_actor(9).address), "latest") == "0x0"
