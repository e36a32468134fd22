"""The embedded chain and `kill -9`: what it has acknowledged is there afterwards, once, and unchanged."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from web3 import Web3
from web3.types import RPCEndpoint

from ledger.embedded.chain import EmbeddedChain
from ledger.embedded.config import ChainConfig
from ledger.embedded.index import LogFilter

pytestmark = pytest.mark.faults

KILLS = 6
SENDERS = 2
CHAIN_ID = ChainConfig().chain_id

# Runs the chain, and dies inside the first block's transaction: after its rows, before COMMIT.
DIES_WHILE_WRITING = """
import os, signal
from ledger.embedded import chain
from ledger.embedded.cli import app
write_block = chain.write_block
def dying(connection, sealed):
    write_block(connection, sealed)
    if sealed.block.number:
        os.kill(os.getpid(), signal.SIGKILL)
chain.write_block = dying
app()
"""


@dataclass
class Sent:
    """What one sender saw: hashes that were accepted, and receipts that were served."""

    account: Any
    accepted: list[bytes] = field(default_factory=list)
    receipts: dict[bytes, Any] = field(default_factory=dict)

    def run(self, web3: Web3, contract: Any, sign: Callable[..., bytes]) -> None:
        """Send and ask for receipts until the chain is gone."""
        try:
            nonce = int(web3.eth.get_transaction_count(self.account.address, "pending"))
            while True:
                data = nonce.to_bytes(32, "big")
                raw = sign(self.account, CHAIN_ID, nonce, to=contract, data=data)
                self.accepted.append(bytes(web3.eth.send_raw_transaction(raw)))
                nonce += 1
                self.collect(web3)
        except OSError:  # the connection, with the process behind it
            return

    def collect(self, web3: Web3) -> None:
        """Note the receipts that are there by now."""
        for transaction in self.accepted[-8:]:
            if transaction not in self.receipts:
                receipt = receipt_of(web3, transaction)
                if receipt:
                    self.receipts[transaction] = receipt


def blocks(web3: Web3) -> list[bytes]:
    return [bytes(web3.eth.get_block(n)["hash"]) for n in range(web3.eth.block_number + 1)]


def logs(web3: Web3) -> list[Any]:
    return list(web3.provider.make_request(RPCEndpoint("eth_getLogs"), [{"fromBlock": "0x0"}])["result"])


def receipt_of(web3: Web3, transaction: bytes) -> Any:
    """The receipt as it came, None while there is none."""
    question = RPCEndpoint("eth_getTransactionReceipt")
    return web3.provider.make_request(question, ["0x" + transaction.hex()])["result"]


def test_nothing_acknowledged_is_lost_doubled_or_changed(
    start_chain: Callable[..., Any], sign: Callable[..., bytes], recorder_code: bytes, tmp_path: Path
) -> None:
    chance = random.Random(20_261_121)  # the moments differ by the machine's speed all the same
    senders = [Sent(Account.create()) for _ in range(SENDERS)]
    deployer = Account.create()
    chain = start_chain()
    deployed = chain.web3.eth.send_raw_transaction(sign(deployer, CHAIN_ID, 0, data=recorder_code))
    contract = chain.web3.eth.wait_for_transaction_receipt(deployed, poll_latency=0.05)["contractAddress"]
    assert contract is not None
    seen_blocks = blocks(chain.web3)[:1]
    seen_logs: list[Any] = []
    for _ in range(KILLS):
        threads = [threading.Thread(target=s.run, args=(chain.web3, contract, sign)) for s in senders]
        for thread in threads:
            thread.start()
        time.sleep(chance.uniform(0.4, 2.2))
        chain.kill()
        for thread in threads:
            thread.join()
        chain = start_chain()
        # What was seen before any kill is what is seen after it.
        now = blocks(chain.web3)
        assert now[: len(seen_blocks)] == seen_blocks
        assert logs(chain.web3)[: len(seen_logs)] == seen_logs
        seen_blocks, seen_logs = now, logs(chain.web3)

    web3 = chain.web3
    for sender in senders:
        assert len(sender.accepted) > KILLS
        assert len(sender.receipts) > KILLS
        web3.eth.wait_for_transaction_receipt(sender.accepted[-1], timeout=60, poll_latency=0.1)
        for transaction, receipt in sender.receipts.items():
            assert receipt_of(web3, transaction) == receipt
    check_at_rest(chain, tmp_path, senders, seen_blocks)


def check_at_rest(chain: Any, tmp_path: Path, senders: list[Sent], seen_blocks: list[bytes]) -> None:
    """Every accepted transaction stands in exactly one block, in the order of its sender, with its one log."""
    assert chain.stop() == 0
    with EmbeddedChain(tmp_path / "chain", ChainConfig()) as kept:
        sealed: list[bytes] = []
        for number in range(int(kept.head.block_number) + 1):
            header = kept.header(number)
            assert number == 0 or header.parent_hash == kept.header(number - 1).hash
            sealed += [t.hash for t in kept.index.transactions(number)]
        assert [kept.header(n).hash for n in range(len(seen_blocks))] == seen_blocks
        assert len(set(sealed)) == len(sealed)
        assert kept.index.pending() == []
        logged = [log.transaction_hash for log in kept.index.logs(LogFilter(0, 10**6, (), ()), 10**6)]
        for sender in senders:
            mine = set(sender.accepted)
            # A send whose answer the kill cut off may be there as well; the next nonce was asked for.
            assert mine <= set(sealed)
            assert [t for t in sealed if t in mine] == sender.accepted
            assert [t for t in logged if t in mine] == sender.accepted
            assert kept.next_nonce(bytes.fromhex(sender.account.address[2:])) >= len(sender.accepted)


def test_a_block_that_was_being_written_is_absent_as_a_whole_and_sealed_again(
    start_chain: Callable[..., Any], sign: Callable[..., bytes], recorder_code: bytes, tmp_path: Path
) -> None:
    account = Account.create()
    chain = start_chain(program=("-c", DIES_WHILE_WRITING))
    transaction = bytes(chain.web3.eth.send_raw_transaction(sign(account, CHAIN_ID, 0, data=recorder_code)))
    assert chain.process.wait(timeout=60) == -9
    with EmbeddedChain(tmp_path / "chain", ChainConfig()) as kept:
        assert kept.head.block_number == 0
        assert kept.index.transaction(transaction) is None
        assert kept.index.block_by_number(1) is None
        assert kept.index.logs_of_block(1) == []
        assert len(kept.index.pending()) == 1
    chain = start_chain()
    receipt = chain.web3.eth.wait_for_transaction_receipt(transaction, timeout=60, poll_latency=0.05)
    assert (receipt["status"], receipt["blockNumber"]) == (1, 1)
    assert chain.stop() == 0
