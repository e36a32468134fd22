"""Building one block in memory: py-evm executes, the result is rows and a difference of nodes; nothing is written."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import rlp
from eth.abc import BlockAPI, BlockHeaderAPI, ComputationAPI, ReceiptAPI
from eth.db.atomic import AtomicDB
from eth.db.backends.base import BaseDB
from eth.db.batch import BatchDB
from eth.db.diff import DBDiff
from eth_utils.exceptions import ValidationError

from ledger.embedded.index import BlockRow, LogRow, ReceiptRow, SealedBlock, TransactionRow
from ledger.embedded.rules import EmbeddedMiningChain
from ledger.embedded.transactions import PooledTransaction

MAX_BLOCK_TRANSACTIONS: Final = 200  # a few seconds of execution on a slow machine; the pool keeps the rest
BLOOM_BYTES: Final = 256
TOPIC_BYTES: Final = 32

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class BuiltBlock:
    """A finished block that nobody has seen yet.

    Attributes:
        header: its py-evm header.
        rows: what the tables keep of it.
        nodes: what it changes in py-evm's database.
        included: the transactions in it, in order.
        dropped: transactions that turned out impossible (funds spent by an earlier one), with the reason.
    """

    header: BlockHeaderAPI
    rows: SealedBlock
    nodes: DBDiff
    included: tuple[PooledTransaction, ...]
    dropped: tuple[tuple[PooledTransaction, str], ...]


@dataclass(frozen=True, slots=True)
class _Executed:
    pooled: PooledTransaction
    receipt: ReceiptAPI
    computation: ComputationAPI


def build_block(
    chain_type: type[EmbeddedMiningChain],
    database: BaseDB,
    parent: BlockHeaderAPI,
    timestamp: int,
    candidates: Sequence[PooledTransaction],
) -> BuiltBlock:
    """Execute `candidates` in order on `parent` and close the block at `timestamp` (Unix seconds).

    Stops at the first candidate whose gas limit no longer fits; that one and the following stay for the next block.
    """
    overlay = BatchDB(database)
    header = chain_type.vm_configuration[0][1].create_header_from_parent(parent, timestamp=timestamp)
    chain = chain_type(AtomicDB(overlay), header)
    vm = chain.get_vm(header)
    executed: list[_Executed] = []
    dropped: list[tuple[PooledTransaction, str]] = []
    for pooled in candidates:
        if header.gas_used + pooled.gas > header.gas_limit:
            break
        try:
            receipt, computation = vm.apply_transaction(header, pooled.signed)
        except ValidationError as problem:
            _log.warning("transaction %s dropped: %s", pooled.hash.hex(), problem)
            dropped.append((pooled, str(problem)))
            continue
        header = vm.add_receipt_to_header(header, receipt)
        executed.append(_Executed(pooled, receipt, computation))
    filled = vm.set_block_transactions_and_withdrawals(
        vm.get_block(), header, [e.pooled.signed for e in executed], [e.receipt for e in executed]
    )
    block = vm.mine_block(filled).block
    chain.validate_block(block)
    chain.chaindb.persist_block(block)
    included = tuple(e.pooled for e in executed)
    return BuiltBlock(block.header, _rows(block, executed), overlay.diff(), included, tuple(dropped))


def block_row(header: BlockHeaderAPI, size: int) -> BlockRow:
    """The row of a block with this header; `size` is the length of the whole block's RLP in bytes."""
    return BlockRow(header.block_number, bytes(header.hash), rlp.encode(header), size)


def _rows(block: BlockAPI, executed: Sequence[_Executed]) -> SealedBlock:
    number = block.number
    transactions: list[TransactionRow] = []
    receipts: list[ReceiptRow] = []
    logs: list[LogRow] = []
    gas_before = 0
    for position, entry in enumerate(executed):
        pooled, receipt = entry.pooled, entry.receipt
        transactions.append(TransactionRow(number, position, pooled.hash, pooled.sender, pooled.raw))
        contract = bytes(entry.computation.msg.storage_address) if entry.computation.msg.is_create else None
        receipts.append(
            ReceiptRow(
                block=number,
                position=position,
                status=int(receipt.state_root == b"\x01"),  # EIP-658 keeps the status where the root once was
                gas_used=receipt.gas_used - gas_before,
                cumulative_gas=receipt.gas_used,
                contract=contract,
                bloom=receipt.bloom.to_bytes(BLOOM_BYTES, "big"),
            )
        )
        gas_before = receipt.gas_used
        for log in receipt.logs:
            topics = tuple(topic.to_bytes(TOPIC_BYTES, "big") for topic in log.topics)
            place = (number, bytes(block.hash), pooled.hash, position, len(logs))
            logs.append(LogRow(*place, address=bytes(log.address), topics=topics, data=bytes(log.data)))
    row = block_row(block.header, len(rlp.encode(block)))
    return SealedBlock(row, tuple(transactions), tuple(receipts), tuple(logs))
