"""A chain in memory with its time in hand, a sender without funds, and a small contract written in bytes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from eth_account import Account
from eth_account.signers.local import LocalAccount

from ledger.embedded.chain import EmbeddedChain
from ledger.embedded.clock import ManualClock
from ledger.embedded.config import ChainConfig
from ledger.embedded.dispatcher import Dispatcher

GENESIS_TIME = 1_800_000_000
CONFIG = ChainConfig(timestamp=GENESIS_TIME)

# Without calldata: answers slot 0, TIMESTAMP and NUMBER. With a word v: v = 0 reverts with 0xdeadbeef, any other is
# stored in slots 0 and v and logged with the topics 0x7e57 and v and the data v.
RECORDER = bytes.fromhex(
    "36 6017 57"  # CALLDATASIZE; JUMPI to the write at 0x17
    "6000 54 6000 52 42 6020 52 43 6040 52 6060 6000 f3"  # SLOAD(0), TIMESTAMP, NUMBER; RETURN 96 bytes
    "5b 6000 35 80 602c 57"  # v = CALLDATALOAD(0); JUMPI to the store at 0x2c unless v = 0
    "63deadbeef 6000 52 6004 601c fd"  # REVERT with the four bytes
    "5b 80 6000 55 80 80 55 80 6000 52 617e57 6020 6000 a2 00"  # SSTORE(0, v), SSTORE(v, v), LOG2; STOP
)
REVERT_BYTES = bytes.fromhex("deadbeef")
TOPIC = (0x7E57).to_bytes(32, "big")


def creation(runtime: bytes) -> bytes:
    """Creation code that returns `runtime` (at most 255 bytes): PUSH its length and place, CODECOPY, RETURN."""
    size = f"{len(runtime):02x}"
    return bytes.fromhex(f"60{size} 600c 6000 39 60{size} 6000 f3") + runtime


def word(number: int) -> bytes:
    return number.to_bytes(32, "big")


@dataclass(slots=True)
class Actor:
    """A key that signs for one chain; its nonce counts up by itself unless given."""

    chain_id: int
    account: LocalAccount
    nonce: int = 0

    @property
    def address(self) -> bytes:
        return bytes.fromhex(self.account.address[2:])

    def sign(self, to: bytes | None = None, data: bytes = b"", **fields: Any) -> bytes:
        transaction: dict[str, Any] = {
            "nonce": self.nonce, "gas": 200_000, "gasPrice": 0, "value": 0, "data": data, "chainId": self.chain_id,
        } | ({"to": to} if to else {}) | fields  # fmt: skip
        if "maxFeePerGas" in fields:
            del transaction["gasPrice"]
        if "nonce" not in fields:
            self.nonce += 1
        return bytes(self.account.sign_transaction(transaction).raw_transaction)


@dataclass(slots=True)
class World:
    """A chain and all that a test does with it."""

    chain: EmbeddedChain
    clock: ManualClock
    actor: Actor
    dispatcher: Dispatcher = field(init=False)

    def __post_init__(self) -> None:
        self.dispatcher = Dispatcher(self.chain)

    def answer(self, method: str, *params: Any) -> dict[str, Any]:
        answer = self.dispatcher.dispatch({"jsonrpc": "2.0", "id": 7, "method": method, "params": list(params)})
        assert answer["id"] == 7
        return answer

    def rpc(self, method: str, *params: Any) -> Any:
        answer = self.answer(method, *params)
        assert "error" not in answer, answer
        return answer["result"]

    def error(self, method: str, *params: Any) -> dict[str, Any]:
        return self.answer(method, *params)["error"]

    def seal(self, *raws: bytes) -> list[bytes]:
        """Send, let a second pass, seal; the hashes of what was sent."""
        hashes = [self.chain.send_raw(raw) for raw in raws]
        self.clock.advance(1)
        self.chain.seal()
        return hashes

    def deploy(self, runtime: bytes = RECORDER) -> bytes:
        """The address of a new contract with this code."""
        (transaction,) = self.seal(self.actor.sign(data=creation(runtime), gas=1_000_000))
        receipt = self.rpc("eth_getTransactionReceipt", "0x" + transaction.hex())
        assert receipt["status"] == "0x1"
        return bytes.fromhex(receipt["contractAddress"][2:])


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(GENESIS_TIME)


@pytest.fixture
def new_actor() -> Callable[[int], Actor]:
    """Actors by number, their keys derived from it."""
    return lambda number: Actor(CONFIG.chain_id, Account.from_key(word(number)))


@pytest.fixture
def world(clock: ManualClock, new_actor: Callable[[int], Actor]) -> Iterator[World]:
    with EmbeddedChain(None, CONFIG, clock) as chain:
        yield World(chain, clock, new_actor(1))
