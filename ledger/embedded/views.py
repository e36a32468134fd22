"""What JSON-RPC shows of blocks, transactions, receipts, logs and proofs: rows in, JSON values out."""

from __future__ import annotations

from typing import Any

from eth.abc import BlockHeaderAPI, SignedTransactionAPI

from ledger.embedded.encoding import data, optional_data, quantity
from ledger.embedded.index import BlockRow, LogRow, ReceiptRow, TransactionRow
from ledger.embedded.proof import AccountProof
from ledger.embedded.sealing import BLOOM_BYTES
from ledger.embedded.transactions import transaction_fields

Json = dict[str, Any]


def block_view(row: BlockRow, header: BlockHeaderAPI, transactions: list[Any]) -> Json:
    """A block; `transactions` are hashes or whole transactions, already as JSON."""
    return {
        "number": quantity(row.number),
        "hash": data(row.hash),
        "parentHash": data(header.parent_hash),
        "sha3Uncles": data(header.uncles_hash),
        "miner": data(header.coinbase),
        "stateRoot": data(header.state_root),
        "transactionsRoot": data(header.transaction_root),
        "receiptsRoot": data(header.receipt_root),
        "logsBloom": data(header.bloom.to_bytes(BLOOM_BYTES, "big")),
        "difficulty": quantity(header.difficulty),
        "gasLimit": quantity(header.gas_limit),
        "gasUsed": quantity(header.gas_used),
        "timestamp": quantity(header.timestamp),
        "extraData": data(header.extra_data),
        "mixHash": data(header.mix_hash),
        "nonce": data(header.nonce),
        "baseFeePerGas": quantity(header.base_fee_per_gas or 0),
        "size": quantity(row.size),
        "transactions": transactions,
        "uncles": [],
    }


def transaction_view(
    signed: SignedTransactionAPI, transaction_hash: bytes, sender: bytes, block: BlockRow | None, position: int | None
) -> Json:
    """A transaction; `block` and `position` are None while it waits."""
    fields = transaction_fields(signed)
    view: Json = {
        "blockHash": data(block.hash) if block else None,
        "blockNumber": quantity(block.number) if block else None,
        "transactionIndex": None if position is None else quantity(position),
        "hash": data(transaction_hash),
        "from": data(sender),
        "to": optional_data(fields.pop("to")),
        "input": data(fields.pop("input")),
    }
    access_list = fields.pop("accessList", None)
    if access_list is not None:
        view["accessList"] = [
            {"address": data(account), "storageKeys": [data(slot.to_bytes(32, "big")) for slot in slots]}
            for account, slots in access_list
        ]
    return view | {name: quantity(value) for name, value in fields.items()}


def receipt_view(
    block: BlockRow, transaction: TransactionRow, signed: SignedTransactionAPI, receipt: ReceiptRow, logs: list[LogRow]
) -> Json:
    """A receipt with its `logs`."""
    fields = transaction_fields(signed)
    return {
        "type": quantity(fields["type"]),
        "status": quantity(receipt.status),
        "transactionHash": data(transaction.hash),
        "transactionIndex": quantity(transaction.position),
        "blockHash": data(block.hash),
        "blockNumber": quantity(block.number),
        "from": data(transaction.sender),
        "to": optional_data(fields["to"]),
        "contractAddress": optional_data(receipt.contract),
        "gasUsed": quantity(receipt.gas_used),
        "cumulativeGasUsed": quantity(receipt.cumulative_gas),
        "effectiveGasPrice": quantity(fields["gasPrice"]),
        "logsBloom": data(receipt.bloom),
        "logs": [log_view(log) for log in logs],
    }


def log_view(log: LogRow) -> Json:
    """A log; blocks are final here, so none is ever `removed`."""
    return {
        "address": data(log.address),
        "topics": [data(topic) for topic in log.topics],
        "data": data(log.data),
        "blockNumber": quantity(log.block),
        "blockHash": data(log.block_hash),
        "transactionHash": data(log.transaction_hash),
        "transactionIndex": quantity(log.position),
        "logIndex": quantity(log.log_index),
        "removed": False,
    }


def proof_view(proof: AccountProof) -> Json:
    """An account proof with its storage proofs (EIP-1186)."""
    return {
        "address": data(proof.address),
        "balance": quantity(proof.balance),
        "nonce": quantity(proof.nonce),
        "codeHash": data(proof.code_hash),
        "storageHash": data(proof.storage_root),
        "accountProof": [data(node) for node in proof.nodes],
        "storageProof": [
            {"key": data(item.slot), "value": quantity(item.value), "proof": [data(node) for node in item.nodes]}
            for item in proof.storage
        ],
    }
