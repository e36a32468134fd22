"""One JSON-RPC endpoint: blocks, logs, receipts, calls and raw transactions, with this floor's errors.

Nothing here knows a contract or believes that the endpoint is the right one (`client` checks that).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar, cast

import requests
from eth_utils.address import to_checksum_address
from web3 import HTTPProvider, Web3
from web3.exceptions import (
    BlockNotFound,
    ContractLogicError,
    TransactionNotFound,
    Web3Exception,
    Web3RPCError,
)
from web3.middleware import ExtraDataToPOAMiddleware
from web3.providers.base import BaseProvider

from ledger.chain.errors import ContractRevertError, TransactionRefusedError, decode_revert, revert_of
from ledger.errors import ChainUnavailableError

REQUEST_TIMEOUT_S: Final = 10.0
"""How long one request may take before the endpoint counts as down."""

Answer = TypeVar("Answer")
BlockId = int | str
"""A block number, or "latest"."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block's header: number, hash and parent hash (32 bytes), time (Unix seconds), gas limit."""

    number: int
    hash: bytes
    parent_hash: bytes
    time: int
    gas_limit: int


@dataclass(frozen=True, slots=True)
class Log:
    """One event log: address, topics, data, and where it stands."""

    address: str
    topics: tuple[bytes, ...]
    data: bytes
    block_number: int
    block_hash: bytes
    log_index: int
    tx_hash: bytes


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a mined transaction; ``succeeded`` is False if it reverted."""

    tx_hash: bytes
    block_number: int
    block_hash: bytes
    succeeded: bool
    contract_address: str | None
    gas_used: int


class Endpoint:
    """A JSON-RPC endpoint over HTTP, or any web3 provider.

    Every method raises ChainUnavailableError when no answer, or none that makes sense, was given.
    """

    def __init__(self, rpc: str | BaseProvider, *, timeout_s: float = REQUEST_TIMEOUT_S) -> None:
        self._session = requests.Session() if isinstance(rpc, str) else None
        provider = rpc if isinstance(rpc, BaseProvider) else self._http(rpc, timeout_s)
        self._web3 = Web3(provider)
        # Consortium chains carry validator seals in extraData, longer than web3 otherwise allows.
        self._web3.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)

    def _http(self, rpc: str, timeout_s: float) -> HTTPProvider:
        kwargs = {"timeout": timeout_s}
        return HTTPProvider(rpc, request_kwargs=kwargs, session=self._session, exception_retry_configuration=None)

    def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            self._session.close()

    def chain_id(self) -> int:
        """The EIP-155 chain id."""
        return self._ask("eth_chainId", lambda: self._web3.eth.chain_id)

    def head_number(self) -> int:
        """The number of the last block."""
        return self._ask("eth_blockNumber", lambda: int(self._web3.eth.block_number))

    def block(self, block: BlockId) -> Block | None:
        """The header of the block at a number, or of the last one ("latest"); None if there is none."""
        return self._block("eth_getBlockByNumber", lambda: self._web3.eth.get_block(cast(Any, block)))

    def block_by_hash(self, block_hash: bytes) -> Block | None:
        """The header of the block with this hash; None if the endpoint does not have it."""
        return self._block("eth_getBlockByHash", lambda: self._web3.eth.get_block(cast(Any, block_hash)))

    def code(self, address: str) -> bytes:
        """The run-time code at an address; empty where there is none."""
        return self._ask("eth_getCode", lambda: bytes(self._web3.eth.get_code(to_checksum_address(address))))

    def transaction_count(self, account: str, *, block: BlockId = "latest") -> int:
        """How many transactions of an account are in the chain up to a block: its next nonce."""
        who = to_checksum_address(account)
        return self._ask(
            "eth_getTransactionCount", lambda: int(self._web3.eth.get_transaction_count(who, cast(Any, block)))
        )

    def call(self, to: str, data: bytes, *, sender: str | None = None, block: BlockId = "latest") -> bytes:
        """The answer of a contract. Raises ContractRevertError."""
        request = _request(to, data, sender)
        return self._ask("eth_call", lambda: bytes(self._web3.eth.call(request, cast(Any, block))))

    def estimate_gas(self, to: str | None, data: bytes, *, sender: str) -> int:
        """The gas a transaction (``to`` None: a deployment) would use now. Raises ContractRevertError if it would
        revert.
        """
        request = _request(to, data, sender)
        return self._ask("eth_estimateGas", lambda: int(self._web3.eth.estimate_gas(request)))

    def send_raw(self, raw: bytes) -> None:
        """Hand over a signed transaction. Raises TransactionRefusedError with the endpoint's own words."""
        try:
            self._ask("eth_sendRawTransaction", lambda: self._web3.eth.send_raw_transaction(raw))
        except ContractRevertError as error:
            # Some development chains execute at once and report the revert here; the receipt tells more.
            raise TransactionRefusedError(str(error)) from error

    def receipt(self, tx_hash: bytes) -> Receipt | None:
        """The receipt of a transaction; None while it is not mined, or unknown."""
        try:
            found = self._ask(
                "eth_getTransactionReceipt", lambda: self._web3.eth.get_transaction_receipt(cast(Any, tx_hash))
            )
        except _AbsentError:
            return None
        return _receipt(found)

    def knows(self, tx_hash: bytes) -> bool:
        """Whether the endpoint has the transaction, mined or waiting."""
        try:
            self._ask("eth_getTransactionByHash", lambda: self._web3.eth.get_transaction(cast(Any, tx_hash)))
        except _AbsentError:
            return False
        return True

    def logs_of_block(self, block_hash: bytes, addresses: Sequence[str]) -> list[Log]:
        """The logs of one block, named by its hash, from these contracts."""
        return self._logs({"blockHash": "0x" + block_hash.hex(), "address": list(addresses)})

    def logs_between(self, first: int, last: int, addresses: Sequence[str]) -> list[Log]:
        """The logs of the blocks ``first`` … ``last`` from these contracts, in order."""
        return self._logs({"fromBlock": hex(first), "toBlock": hex(last), "address": list(addresses)})

    def _logs(self, query: dict[str, Any]) -> list[Log]:
        found = self._ask("eth_getLogs", lambda: self._web3.eth.get_logs(cast(Any, query)))
        return sorted((_log(entry) for entry in found), key=lambda log: (log.block_number, log.log_index))

    def _block(self, method: str, question: Callable[[], Any]) -> Block | None:
        try:
            found = self._ask(method, question)
        except _AbsentError:
            return None
        try:
            return Block(
                number=int(found["number"]),
                hash=bytes(found["hash"]),
                parent_hash=bytes(found["parentHash"]),
                time=int(found["timestamp"]),
                gas_limit=int(found["gasLimit"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ChainUnavailableError(method, f"the header makes no sense: {error}") from error

    def _ask(self, method: str, question: Callable[[], Answer]) -> Answer:
        try:
            return question()
        except (TransactionNotFound, BlockNotFound) as error:
            raise _AbsentError(method, str(error)) from error
        except ContractLogicError as error:
            raise (revert_of(error) or decode_revert(b"")) from error
        except Web3RPCError as error:
            if method == "eth_sendRawTransaction":
                raise TransactionRefusedError(_message(error)) from error
            raise ChainUnavailableError(method, _message(error)) from error
        except (OSError, Web3Exception, ValueError, KeyError, TypeError) as error:
            raise ChainUnavailableError(method, f"{type(error).__name__}: {error}"[:500]) from error


class _AbsentError(ChainUnavailableError):
    """The endpoint answered that it does not have what was asked for."""


def _request(to: str | None, data: bytes, sender: str | None) -> Any:
    request: dict[str, Any] = {"data": "0x" + data.hex(), "gasPrice": 0}
    if to is not None:
        request["to"] = to_checksum_address(to)
    if sender is not None:
        request["from"] = to_checksum_address(sender)
    return request


def _message(error: Web3RPCError) -> str:
    answer = error.rpc_response.get("error") if error.rpc_response else None
    if isinstance(answer, dict) and answer.get("message"):
        return str(answer["message"])[:500]
    return str(error.message)[:500]


def _log(entry: Any) -> Log:
    return Log(
        address=to_checksum_address(entry["address"]),
        topics=tuple(bytes(topic) for topic in entry["topics"]),
        data=bytes(entry["data"]),
        block_number=int(entry["blockNumber"]),
        block_hash=bytes(entry["blockHash"]),
        log_index=int(entry["logIndex"]),
        tx_hash=bytes(entry["transactionHash"]),
    )


def _receipt(found: Any) -> Receipt:
    return Receipt(
        tx_hash=bytes(found["transactionHash"]),
        block_number=int(found["blockNumber"]),
        block_hash=bytes(found["blockHash"]),
        succeeded=int(found["status"]) == 1,
        contract_address=found.get("contractAddress"),
        gas_used=int(found["gasUsed"]),
    )
