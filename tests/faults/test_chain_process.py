"""The embedded chain as a process: web3 over HTTP, an orderly stop, and its directory held by one."""

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rlp
from eth_account import Account
from hexbytes import HexBytes
from trie.hexary import HexaryTrie

from ledger.embedded.config import ChainConfig

pytestmark = pytest.mark.faults

CHAIN_ID = ChainConfig().chain_id
TOPIC = (0x7E57).to_bytes(32, "big")


def start_again(repo_root: Path, tmp_path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ledger.embedded", "--data", str(tmp_path / "chain"), "--port", "0", *options]
    return subprocess.run(command, cwd=repo_root, capture_output=True, text=True, timeout=60, check=False)


def test_web3_deploys_sends_waits_and_reads_over_http(
    start_chain: Callable[..., Any], sign: Callable[..., bytes], recorder_code: bytes
) -> None:
    web3, account = start_chain("--config", "chain/local.toml").web3, Account.create()
    assert web3.eth.chain_id == CHAIN_ID
    deployed = web3.eth.send_raw_transaction(sign(account, CHAIN_ID, 0, data=recorder_code))
    contract = web3.eth.wait_for_transaction_receipt(deployed, poll_latency=0.05)["contractAddress"]
    sent = [
        web3.eth.send_raw_transaction(sign(account, CHAIN_ID, n, to=contract, data=n.to_bytes(32, "big")))
        for n in range(1, 11)
    ]
    receipts = [web3.eth.wait_for_transaction_receipt(one, poll_latency=0.05) for one in sent]
    assert {receipt["status"] for receipt in receipts} == {1}
    found = web3.eth.get_logs({"fromBlock": 0, "address": contract, "topics": [HexBytes(TOPIC)]})
    assert [log["transactionHash"] for log in found] == sent
    assert [int.from_bytes(log["data"], "big") for log in found] == list(range(1, 11))
    by_block = web3.eth.get_logs({"blockHash": receipts[-1]["blockHash"]})
    assert by_block == [log for log in found if log["blockHash"] == receipts[-1]["blockHash"]]
    head = web3.eth.get_block("latest")
    proof = web3.eth.get_proof(contract, [0], head["number"])
    nodes = [rlp.decode(bytes(node)) for node in proof["accountProof"]]
    assert HexaryTrie.get_from_proof(head["stateRoot"], web3.keccak(HexBytes(contract)), nodes)
    assert proof["storageProof"][0]["value"] == HexBytes(10)
    times = [web3.eth.get_block(n)["timestamp"] for n in range(head["number"] + 1)]
    assert times == sorted(set(times))


def test_only_its_own_names_are_answered(start_chain: Callable[..., Any]) -> None:
    chain = start_chain()
    question = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "eth_chainId"}).encode()

    def ask(host: str) -> int:
        headers = {"Host": host, "Content-Type": "application/json"}
        request = urllib.request.Request(chain.url, question, headers)
        try:
            with urllib.request.urlopen(request) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refusal:
            refusal.close()
            return refusal.code

    assert (ask("localhost"), ask("rebound.example")) == (200, 403)


def test_sigterm_ends_in_order_and_what_waited_is_sealed_by_the_next_run(
    start_chain: Callable[..., Any], sign: Callable[..., bytes], tmp_path: Path
) -> None:
    account = Account.create()
    chain = start_chain()
    genesis = chain.line.split("genesis ")[1].split()[0]
    early = chain.web3.eth.send_raw_transaction(sign(account, CHAIN_ID, 1, to=bytes(20)))  # nonce 0 is missing
    assert chain.stop() == 0
    assert not (tmp_path / "chain" / "chain.sqlite3-wal").exists()
    chain = start_chain()
    assert genesis in chain.line
    chain.web3.eth.send_raw_transaction(sign(account, CHAIN_ID, 0, to=bytes(20)))
    assert chain.web3.eth.wait_for_transaction_receipt(early, timeout=60, poll_latency=0.05)["status"] == 1


def test_a_directory_is_held_by_one_process_and_let_go_by_a_killed_one(
    start_chain: Callable[..., Any], repo_root: Path, tmp_path: Path
) -> None:
    chain = start_chain()
    second = start_again(repo_root, tmp_path)
    assert second.returncode == 3
    assert "already running in another process" in second.stderr
    assert "Traceback" not in second.stderr
    chain.kill()
    assert start_chain().web3.eth.block_number == 0


def test_another_genesis_is_refused(start_chain: Callable[..., Any], repo_root: Path, tmp_path: Path) -> None:
    assert start_chain("--genesis-time", "1700000000").stop() == 0
    again = start_again(repo_root, tmp_path, "--genesis-time", "1700000001")
    assert again.returncode == 3
    assert "genesis time 1700000000, the configuration says 1700000001" in again.stderr
    wrong = start_again(repo_root, tmp_path, "--config", "chain/absent.toml")
    assert wrong.returncode == 2


def test_a_taken_port_is_said_plainly(start_chain: Callable[..., Any], repo_root: Path, tmp_path: Path) -> None:
    port = start_chain().url.rpartition(":")[2]
    again = start_again(repo_root, tmp_path / "other", "--port", port)
    assert again.returncode == 3
    assert f"cannot listen on port {port}" in again.stderr
    assert "Traceback" not in again.stderr
