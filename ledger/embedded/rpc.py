"""The closed list of JSON-RPC methods.

What is not here does not exist: no unlocked accounts, no snapshots, no moving of time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final

from ledger.embedded.chain import EmbeddedChain, decode_header
from ledger.embedded.encoding import WORD_BYTES, data, parse_address, parse_data, parse_quantity, parse_word, quantity
from ledger.embedded.errors import LIMIT_EXCEEDED, METHOD_NOT_FOUND, InvalidParamsError, RpcError, UnknownBlockError
from ledger.embedded.index import BlockRow, LogRow
from ledger.embedded.parameters import parse_block, parse_call, parse_log_filter, parse_number
from ledger.embedded.transactions import decode_transaction
from ledger.embedded.views import block_view, log_view, proof_view, receipt_view, transaction_view

MAX_LOGS: Final = 10_000
MAX_PROOF_SLOTS: Final = 1_024
MAX_FEE_HISTORY: Final = 1_024  # go-ethereum's limit
MAX_PERCENTILES: Final = 100

Params = list[Any]


@dataclass(frozen=True, slots=True)
class _Method:
    run: Callable[[Params], Any]
    least: int
    most: int


class Methods:
    """The methods over one chain."""

    def __init__(self, chain: EmbeddedChain) -> None:
        self._chain = chain
        self._table = {
            "web3_clientVersion": _Method(lambda _: f"tanju-chain/1/py-evm-{version('py-evm')}", 0, 0),
            "net_version": _Method(lambda _: str(chain.chain_id), 0, 0),
            "eth_chainId": _Method(lambda _: quantity(chain.chain_id), 0, 0),
            "eth_syncing": _Method(lambda _: False, 0, 0),
            "eth_accounts": _Method(lambda _: [], 0, 0),
            "eth_gasPrice": _Method(lambda _: quantity(0), 0, 0),
            "eth_maxPriorityFeePerGas": _Method(lambda _: quantity(0), 0, 0),
            "eth_feeHistory": _Method(self._fee_history, 2, 3),
            "eth_blockNumber": _Method(lambda _: quantity(chain.head.block_number), 0, 0),
            "eth_getBlockByNumber": _Method(self._block_by_number, 1, 2),
            "eth_getBlockByHash": _Method(self._block_by_hash, 1, 2),
            "eth_getBlockReceipts": _Method(self._block_receipts, 1, 1),
            "eth_getTransactionByHash": _Method(self._transaction, 1, 1),
            "eth_getTransactionReceipt": _Method(self._receipt, 1, 1),
            "eth_getTransactionCount": _Method(self._transaction_count, 1, 2),
            "eth_getBalance": _Method(self._balance, 1, 2),
            "eth_getCode": _Method(self._code, 1, 2),
            "eth_getStorageAt": _Method(self._storage, 2, 3),
            "eth_getProof": _Method(self._proof, 2, 3),
            "eth_call": _Method(self._call, 1, 2),
            "eth_estimateGas": _Method(self._estimate, 1, 2),
            "eth_getLogs": _Method(self._logs, 1, 1),
            "eth_sendRawTransaction": _Method(self._send, 1, 1),
        }

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all methods."""
        return tuple(self._table)

    def run(self, name: str, params: Params) -> Any:
        """The result of one method, as JSON values.

        Raises:
            RpcError: with the number to answer; other `EmbeddedChainError`s for refused writes.
        """
        method = self._table.get(name)
        if method is None:
            raise RpcError(METHOD_NOT_FOUND, f"the method {name} does not exist/is not available")
        while params and params[-1] is None and len(params) > method.least:
            params = params[:-1]
        if not method.least <= len(params) <= method.most:
            raise InvalidParamsError(f"{name} takes {method.least} to {method.most} parameters, got {len(params)}")
        return method.run(params)

    # -- blocks, transactions, receipts

    def _block_by_number(self, params: Params) -> Any:
        row = self._chain.index.block_by_number(parse_number(self._chain, params[0]))
        return self._block(row, _flag(params, 1))

    def _block_by_hash(self, params: Params) -> Any:
        row = self._chain.index.block_by_hash(parse_data(params[0], "hash", WORD_BYTES))
        return self._block(row, _flag(params, 1))

    def _block(self, row: BlockRow | None, whole: bool) -> Any:
        if row is None:
            return None
        inside = self._chain.index.transactions(row.number)
        shown: list[Any] = [data(t.hash) for t in inside]
        if whole:
            shown = [transaction_view(decode_transaction(t.raw), t.hash, t.sender, row, t.position) for t in inside]
        return block_view(row, decode_header(row.header), shown)

    def _transaction(self, params: Params) -> Any:
        wanted = parse_data(params[0], "hash", WORD_BYTES)
        # The pool is asked first: a transaction leaves it in the same moment as it enters a block.
        pending = self._chain.pending_transaction(wanted)
        if pending is not None:
            return transaction_view(pending.signed, pending.hash, pending.sender, None, None)
        found = self._chain.index.transaction(wanted)
        if found is None:
            return None
        block = self._row(found.block)
        return transaction_view(decode_transaction(found.raw), found.hash, found.sender, block, found.position)

    def _receipt(self, params: Params) -> Any:
        found = self._chain.index.transaction(parse_data(params[0], "hash", WORD_BYTES))
        return None if found is None else self._receipts(self._row(found.block), found.position)[0]

    def _block_receipts(self, params: Params) -> Any:
        try:
            header = parse_block(self._chain, "latest" if params[0] == "pending" else params[0])
        except UnknownBlockError:
            return None
        return self._receipts(self._row(header.block_number), None)

    def _receipts(self, block: BlockRow, position: int | None) -> list[Any]:
        index = self._chain.index
        logs: dict[int, list[LogRow]] = {}
        for log in index.logs_of_block(block.number, position):
            logs.setdefault(log.position, []).append(log)
        transactions = {t.position: t for t in index.transactions(block.number, position)}
        return [
            receipt_view(
                block, transaction, decode_transaction(transaction.raw), receipt, logs.get(receipt.position, [])
            )
            for receipt in index.receipts(block.number, position)
            for transaction in (transactions[receipt.position],)
        ]

    def _row(self, number: int) -> BlockRow:
        row = self._chain.index.block_by_number(number)
        if row is None:
            raise UnknownBlockError
        return row

    def _logs(self, params: Params) -> Any:
        found = self._chain.index.logs(parse_log_filter(self._chain, params[0]), MAX_LOGS + 1)
        if len(found) > MAX_LOGS:
            raise RpcError(LIMIT_EXCEEDED, f"query returned more than {MAX_LOGS} results, ask for fewer blocks")
        return [log_view(log) for log in found]

    # -- state

    def _transaction_count(self, params: Params) -> Any:
        address = parse_address(params[0], "address")
        if _block_of(params, 1) == "pending":
            return quantity(self._chain.next_nonce(address))
        return quantity(self._state(params, 1).get_nonce(address))

    def _balance(self, params: Params) -> Any:
        return quantity(self._state(params, 1).get_balance(parse_address(params[0], "address")))

    def _code(self, params: Params) -> Any:
        return data(self._state(params, 1).get_code(parse_address(params[0], "address")))

    def _storage(self, params: Params) -> Any:
        address, slot = parse_address(params[0], "address"), parse_word(params[1], "slot")
        value = self._state(params, 2).get_storage(address, int.from_bytes(slot, "big"))
        return data(value.to_bytes(WORD_BYTES, "big"))

    def _state(self, params: Params, position: int) -> Any:
        return self._chain.reader.state(parse_block(self._chain, _block_of(params, position)))

    def _proof(self, params: Params) -> Any:
        address, slots = parse_address(params[0], "address"), params[1]
        if not isinstance(slots, list) or len(slots) > MAX_PROOF_SLOTS:
            raise InvalidParamsError(f"storageKeys: expected a list of at most {MAX_PROOF_SLOTS} slots")
        header = parse_block(self._chain, _block_of(params, 2))
        return proof_view(self._chain.proof(address, [parse_word(slot, "storageKeys") for slot in slots], header))

    # -- execution

    def _call(self, params: Params) -> Any:
        header = parse_block(self._chain, _block_of(params, 1))
        return data(self._chain.reader.call(parse_call(params[0]), header))

    def _estimate(self, params: Params) -> Any:
        header = parse_block(self._chain, _block_of(params, 1, default="pending"))
        return quantity(self._chain.reader.estimate_gas(parse_call(params[0]), header))

    def _send(self, params: Params) -> Any:
        return data(self._chain.send_raw(parse_data(params[0], "transaction")))

    # -- fees: there are none, in any block, because nobody has anything to pay them with

    def _fee_history(self, params: Params) -> Any:
        wanted = params[0] if type(params[0]) is int else parse_quantity(params[0], "blockCount")
        newest = min(parse_number(self._chain, params[1]), int(self._chain.head.block_number))
        percentiles = params[2] if len(params) > 2 else None
        if percentiles is not None and (not isinstance(percentiles, list) or len(percentiles) > MAX_PERCENTILES):
            raise InvalidParamsError(f"rewardPercentiles: expected a list of at most {MAX_PERCENTILES} numbers")
        count = max(0, min(wanted, MAX_FEE_HISTORY, newest + 1))
        headers = [self._chain.header(number) for number in range(newest + 1 - count, newest + 1)]
        history: dict[str, Any] = {
            "oldestBlock": quantity(newest + 1 - count),
            "baseFeePerGas": [quantity(0)] * (count + 1),
            "gasUsedRatio": [header.gas_used / header.gas_limit for header in headers],
        }
        if percentiles:
            history["reward"] = [[quantity(0)] * len(percentiles) for _ in headers]
        return history


def _block_of(params: Params, position: int, default: str = "latest") -> Any:
    return params[position] if len(params) > position else default


def _flag(params: Params, position: int) -> bool:
    value = params[position] if len(params) > position else False
    if not isinstance(value, bool):
        raise InvalidParamsError("expected true or false")
    return value
