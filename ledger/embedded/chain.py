"""The chain: accept transactions, seal blocks, open old ones.

What survives which moment:
- `send_raw` returned: the transaction's bytes are committed in `pending`; it will be in a block after any restart.
- `seal` returned, or a receipt was served: the block, its state, its rows and the removal from `pending` were one
  SQLite transaction.
- killed in between: the block is absent as a whole, and its transactions wait again.
"""

from __future__ import annotations

import functools
import itertools
import threading
from pathlib import Path
from types import TracebackType
from typing import Final

import rlp
from eth.abc import BlockHeaderAPI, StateAPI
from eth.db.atomic import AtomicDB
from eth.db.batch import BatchDB
from eth.vm.forks.paris.blocks import ParisBlockHeader

from ledger.embedded.clock import Clock, StampRule, wall_clock
from ledger.embedded.config import ChainConfig
from ledger.embedded.errors import (
    GenesisMismatchError,
    StoreCorruptError,
    StoreVersionError,
    TransactionRefusedError,
    UnknownBlockError,
)
from ledger.embedded.execution import CallRequest, StateReader
from ledger.embedded.index import (
    SCHEMA_VERSION,
    BlockIndex,
    SealedBlock,
    create_schema,
    remove_pending,
    write_block,
    write_pending,
)
from ledger.embedded.pool import Pool
from ledger.embedded.proof import AccountProof, prove
from ledger.embedded.rules import chain_class, genesis_header
from ledger.embedded.sealing import MAX_BLOCK_TRANSACTIONS, BuiltBlock, block_row, build_block
from ledger.embedded.store import NodeDatabase, SqliteStore, write_nodes
from ledger.embedded.transactions import PooledTransaction, check_transaction

ZERO_ADDRESS: Final = bytes(20)


class EmbeddedChain:
    """One durable chain. Safe for threads; one process at a time.

    Attributes:
        config: what it was opened with.
        clock: the time it stamps blocks with.
        index: sealed blocks, transactions, receipts and logs.
        reader: state and trial calls at any block.
        accepted: set whenever a transaction was accepted; whoever seals waits on it and clears it.
        genesis_hash: hash of block 0 (32 bytes).
    """

    def __init__(self, directory: Path | None, config: ChainConfig, clock: Clock = wall_clock) -> None:
        """Open the chain in `directory`, creating it when empty; None keeps it in memory (tests).

        Raises:
            StoreLockedError: another process runs it.
            GenesisMismatchError: `config` describes another chain.
            StoreError, StoreCorruptError: the file cannot be used.
        """
        self.config = config
        self.clock = clock
        self._stamp = StampRule(clock)
        self._lock = threading.RLock()
        self._sealing = threading.Lock()
        self.accepted = threading.Event()
        self._pool = Pool()
        self._store = SqliteStore(directory)
        try:
            self._chain_type = chain_class(config.chain_id)
            self._database = NodeDatabase(self._store)
            self.index = BlockIndex(self._store)
            self.reader = StateReader(self._chain_type, self._database)
            self._open()
        except BaseException:
            self._store.close()
            raise

    # -- opening and closing

    def _open(self) -> None:
        meta = self.index.meta()
        if not meta:
            self._create()
            meta = self.index.meta()
        if meta["schema_version"] != str(SCHEMA_VERSION):
            raise StoreVersionError(self._store.directory, meta["schema_version"], str(SCHEMA_VERSION))
        self.genesis_hash = self._check_identity(meta)
        head = decode_header(self.index.head().header)
        if bytes(self._chain_type(AtomicDB(self._database), head).get_canonical_head().hash) != bytes(head.hash):
            raise StoreCorruptError("the tables and py-evm's database name different heads")
        self._set_head(head)
        for raw in self.index.pending():
            self._pool.add(check_transaction(raw, self.chain_id, head.gas_limit))

    def _create(self) -> None:
        timestamp = self.config.timestamp if self.config.timestamp is not None else int(self.clock())
        header = genesis_header(self.config, timestamp)
        meta = {
            "schema_version": str(SCHEMA_VERSION),
            "chain_id": str(self.config.chain_id),
            "genesis_hash": bytes(header.hash).hex(),
        }
        with self._store.transaction() as connection:
            create_schema(connection, meta)
            overlay = BatchDB(self._database)
            self._chain_type.from_genesis_header(AtomicDB(overlay), header)
            write_nodes(connection, overlay.diff())
            size = len(rlp.encode([header, [], []]))
            write_block(connection, SealedBlock(block_row(header, size), (), (), ()))

    def _check_identity(self, meta: dict[str, str]) -> bytes:
        """The genesis hash, after comparing what is stored with what is configured."""
        row = self.index.block_by_number(0)
        if row is None or row.hash.hex() != meta["genesis_hash"]:
            raise StoreCorruptError("block 0 is not the genesis block noted at creation")
        stored = decode_header(row.header)
        config = self.config
        pairs = {
            "chain id": (meta["chain_id"], str(config.chain_id)),
            "extra data": (stored.extra_data.decode("ascii"), config.extra_data),
            "gas limit": (str(stored.gas_limit), str(config.gas_limit)),
            "genesis time": (str(stored.timestamp), str(config.timestamp or stored.timestamp)),
            "genesis hash": (row.hash.hex(), bytes(genesis_header(config, stored.timestamp).hash).hex()),
        }
        for field, (held, configured) in pairs.items():
            if held != configured:
                raise GenesisMismatchError(field, held, configured)
        return row.hash

    def close(self) -> None:
        """Wait for a block that is being sealed, then close the file. A second call does nothing."""
        with self._sealing, self._lock:
            self._store.close()

    def __enter__(self) -> EmbeddedChain:
        """The chain itself; it is closed at the end of the `with`."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    # -- the head

    @property
    def chain_id(self) -> int:
        """EIP-155 chain id."""
        return self.config.chain_id

    @property
    def head(self) -> BlockHeaderAPI:
        """Header of the newest block."""
        return self._head

    def _set_head(self, header: BlockHeaderAPI) -> None:
        self._head = header
        self._head_state: StateAPI = self.reader.state(header)

    def _nonce(self, address: bytes) -> int:
        return self._head_state.get_nonce(address)  # type: ignore[arg-type]

    # -- writing

    def send_raw(self, raw: bytes) -> bytes:
        """Accept a signed transaction (EIP-2718 bytes) and return its hash; it is on the disk then.

        Raises:
            TransactionRefusedError: with go-ethereum's words for the reason.
            ClockError: the clock cannot be trusted, no writes are taken.
            StoreError: it could not be written, and is not accepted.
        """
        transaction = check_transaction(raw, self.chain_id, self._head.gas_limit)
        with self._lock:
            self._stamp.check(self._head.timestamp)
            self._pool.check(transaction, self._nonce(transaction.sender))
            self._check_funds(transaction)
            with self._store.transaction() as connection:
                write_pending(connection, transaction.hash, transaction.raw)
            self._pool.add(transaction)
            self._stamp.note_write()
        self.accepted.set()
        return transaction.hash

    def _check_funds(self, transaction: PooledTransaction) -> None:
        balance = self._head_state.get_balance(transaction.sender)  # type: ignore[arg-type]
        if balance < transaction.cost:
            raise TransactionRefusedError(
                f"insufficient funds for gas * price + value: balance {balance}, tx cost {transaction.cost},"
                f" overshot {transaction.cost - balance}"
            )

    def seal(self) -> int:
        """Seal one block with the executable transactions (also when there are none) and return its number.

        Raises:
            ClockError: it could not be stamped truthfully.
            StoreError: it could not be written; the chain is as before.
        """
        with self._sealing:
            with self._lock:
                parent = self._head
                timestamp = self._stamp.check(parent.timestamp)
                candidates = list(itertools.islice(self._pool.ready(self._nonce), MAX_BLOCK_TRANSACTIONS))
            # Executed without the lock: transactions are taken meanwhile, against the old head.
            built = build_block(self._chain_type, self._database, parent, timestamp, candidates)
            self._commit(built)
        return int(built.header.block_number)

    def _commit(self, built: BuiltBlock) -> None:
        done = [*built.included, *(transaction for transaction, _ in built.dropped)]
        # The store's lock is kept until the head has moved: whoever sees a receipt sees its block as the head.
        with self._lock, self._store.lock:
            with self._store.transaction() as connection:
                write_nodes(connection, built.nodes)
                write_block(connection, built.rows)
                remove_pending(connection, [transaction.hash for transaction in done])
            self._pool.remove(done)
            self._set_head(built.header)
            self._stamp.note_write()

    # -- the pool

    def has_ready(self) -> bool:
        """Whether a transaction waits that could be sealed now."""
        with self._lock:
            return self._pool.has_ready(self._nonce)

    def pending_transaction(self, transaction_hash: bytes) -> PooledTransaction | None:
        """The waiting transaction with this hash, or None."""
        with self._lock:
            return self._pool.get(transaction_hash)

    def next_nonce(self, address: bytes) -> int:
        """The nonce this account (20 bytes) should use next, waiting transactions counted."""
        with self._lock:
            return self._pool.next_nonce(address, self._nonce(address))

    # -- reading

    def header(self, number: int | None = None) -> BlockHeaderAPI:
        """Header of the block at this height, None: the newest. Raises `UnknownBlockError`."""
        if number is None:
            return self._head
        row = self.index.block_by_number(number)
        if row is None:
            raise UnknownBlockError
        return decode_header(row.header)

    def header_by_hash(self, block_hash: bytes) -> BlockHeaderAPI:
        """Header of the block with this hash. Raises `UnknownBlockError`."""
        row = self.index.block_by_hash(block_hash)
        if row is None:
            raise UnknownBlockError
        return decode_header(row.header)

    def next_header(self) -> BlockHeaderAPI:
        """Header of the block that would be sealed now, before any transaction: the context of `pending`."""
        parent = self._head
        vm = self._chain_type.vm_configuration[0][1]
        return vm.create_header_from_parent(parent, timestamp=self._stamp.next_stamp(parent.timestamp))

    def call(self, to: bytes, data: bytes, sender: bytes = ZERO_ADDRESS, block: int | None = None) -> bytes:
        """What a call returns after block `block` (None: the newest). Raises as `StateReader.call`."""
        return self.reader.call(CallRequest(sender, to, data), self.header(block))

    def proof(self, address: bytes, slots: list[bytes], header: BlockHeaderAPI) -> AccountProof:
        """Account and storage proofs in the state after `header`'s block (EIP-1186)."""
        return prove(self._database, header, address, slots)


@functools.lru_cache(maxsize=1024)
def decode_header(encoded: bytes) -> BlockHeaderAPI:
    """The py-evm header of its RLP."""
    header: BlockHeaderAPI = rlp.decode(encoded, sedes=ParisBlockHeader)
    return header
