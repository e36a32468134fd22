"""What of a block is answered without executing: blocks, transactions, receipts and logs, and the pending pool.

Every look-up goes through an index, so none slows down with the height of the chain. The rows of a block are written in
the same SQLite transaction as its state.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ledger.embedded.errors import StoreVersionError
from ledger.embedded.store import SqliteStore

SCHEMA_VERSION: Final = 1
TOPIC_POSITIONS: Final = 4  # yellow paper: LOG0 … LOG4
MAX_POSITION: Final = 2**31

_SCHEMA: Final = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE nodes (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
    """CREATE TABLE blocks (
        number INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, header BLOB NOT NULL, size INTEGER NOT NULL)""",
    """CREATE TABLE transactions (
        block INTEGER NOT NULL REFERENCES blocks, position INTEGER NOT NULL, hash BLOB NOT NULL UNIQUE,
        sender BLOB NOT NULL, raw BLOB NOT NULL, PRIMARY KEY (block, position)) WITHOUT ROWID""",
    """CREATE TABLE receipts (
        block INTEGER NOT NULL, position INTEGER NOT NULL, status INTEGER NOT NULL, gas_used INTEGER NOT NULL,
        cumulative_gas INTEGER NOT NULL, contract BLOB, bloom BLOB NOT NULL, PRIMARY KEY (block, position),
        FOREIGN KEY (block, position) REFERENCES transactions) WITHOUT ROWID""",
    """CREATE TABLE logs (
        block INTEGER NOT NULL, log_index INTEGER NOT NULL, position INTEGER NOT NULL, address BLOB NOT NULL,
        topic0 BLOB, topic1 BLOB, topic2 BLOB, topic3 BLOB, data BLOB NOT NULL, PRIMARY KEY (block, log_index),
        FOREIGN KEY (block, position) REFERENCES transactions) WITHOUT ROWID""",
    "CREATE INDEX logs_by_address ON logs (address, block)",
    *(
        f"CREATE INDEX logs_by_topic{n} ON logs (topic{n}, block) WHERE topic{n} IS NOT NULL"
        for n in range(TOPIC_POSITIONS)
    ),
    """CREATE TABLE pending (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT, hash BLOB NOT NULL UNIQUE, raw BLOB NOT NULL)""",
)


@dataclass(frozen=True, slots=True)
class BlockRow:
    """One block: `header` is its RLP, `hash` the keccak-256 of that, `size` the bytes of the whole block's RLP."""

    number: int
    hash: bytes
    header: bytes
    size: int


@dataclass(frozen=True, slots=True)
class TransactionRow:
    """One transaction in a block: `raw` as it was sent (EIP-2718 bytes), `sender` as recovered from its signature."""

    block: int
    position: int
    hash: bytes
    sender: bytes
    raw: bytes


@dataclass(frozen=True, slots=True)
class ReceiptRow:
    """What execution left: status 1 or 0, gas, the address of a created contract, the bloom filter (256 bytes)."""

    block: int
    position: int
    status: int
    gas_used: int
    cumulative_gas: int
    contract: bytes | None
    bloom: bytes


@dataclass(frozen=True, slots=True)
class LogRow:
    """One event: `log_index` counts within the block, `topics` are 0–4 words of 32 bytes."""

    block: int
    block_hash: bytes
    transaction_hash: bytes
    position: int
    log_index: int
    address: bytes
    topics: tuple[bytes, ...]
    data: bytes


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which logs: blocks `first`…`last` inclusive, any of `addresses` (empty: all), and at each position any of the
    topics given there (empty: all).
    """

    first: int
    last: int
    addresses: tuple[bytes, ...]
    topics: tuple[tuple[bytes, ...], ...]


@dataclass(frozen=True, slots=True)
class SealedBlock:
    """Everything the tables keep of one block."""

    block: BlockRow
    transactions: tuple[TransactionRow, ...]
    receipts: tuple[ReceiptRow, ...]
    logs: tuple[LogRow, ...]


class BlockIndex:
    """Reads the tables. Writing is done by the functions below, inside the chain's transaction."""

    def __init__(self, store: SqliteStore) -> None:
        self._store = store

    def head(self) -> BlockRow:
        """The highest block."""
        return self._block("ORDER BY number DESC LIMIT 1", ()) or _absent("head block")

    def block_by_number(self, number: int) -> BlockRow | None:
        """The block at this height, or None."""
        return self._block("WHERE number = ?", (number,))

    def block_by_hash(self, block_hash: bytes) -> BlockRow | None:
        """The block with this hash, or None."""
        return self._block("WHERE hash = ?", (block_hash,))

    def _block(self, clause: str, parameters: Sequence[Any]) -> BlockRow | None:
        statement = f"SELECT number, hash, header, size FROM blocks {clause}"  # noqa: S608 -- values are bound
        row = self._store.row(statement, parameters)
        return BlockRow(*row) if row else None

    def transactions(self, block: int, position: int | None = None) -> list[TransactionRow]:
        """The transactions of a block in their order, or only the one at `position`."""
        clause = "WHERE block = ? AND position BETWEEN ? AND ? ORDER BY position"
        return self._transactions(clause, (block, *_between(position)))

    def transaction(self, transaction_hash: bytes) -> TransactionRow | None:
        """The sealed transaction with this hash, or None."""
        found = self._transactions("WHERE hash = ?", (transaction_hash,))
        return found[0] if found else None

    def _transactions(self, clause: str, parameters: Sequence[Any]) -> list[TransactionRow]:
        statement = f"SELECT block, position, hash, sender, raw FROM transactions {clause}"  # noqa: S608 -- values are bound
        return [TransactionRow(*row) for row in self._store.rows(statement, parameters)]

    def receipts(self, block: int, position: int | None = None) -> list[ReceiptRow]:
        """The receipts of a block in their order, or only the one at `position`."""
        statement = (
            "SELECT block, position, status, gas_used, cumulative_gas, contract, bloom FROM receipts"
            " WHERE block = ? AND position BETWEEN ? AND ? ORDER BY position"
        )
        rows = self._store.rows(statement, (block, *_between(position)))
        return [ReceiptRow(*row) for row in rows]

    def logs_of_block(self, block: int, position: int | None = None) -> list[LogRow]:
        """All logs of a block in their order, or only those of the transaction at `position`."""
        clause = "WHERE l.block = ? AND l.position BETWEEN ? AND ? ORDER BY l.log_index"
        return self._logs(clause, (block, *_between(position)))

    def logs(self, wanted: LogFilter, limit: int) -> list[LogRow]:
        """At most `limit` logs that match, ordered by block and index."""
        clauses = ["l.block BETWEEN ? AND ?"]
        parameters: list[Any] = [wanted.first, wanted.last]
        columns = [("address", wanted.addresses), *((f"topic{n}", any_of) for n, any_of in enumerate(wanted.topics))]
        for column, any_of in columns:
            if any_of:
                clauses.append(f"l.{column} IN ({', '.join('?' * len(any_of))})")
                parameters += any_of
        where = f"WHERE {' AND '.join(clauses)} ORDER BY l.block, l.log_index LIMIT ?"
        return self._logs(where, (*parameters, limit))

    def _logs(self, clause: str, parameters: Sequence[Any]) -> list[LogRow]:
        # CROSS JOIN keeps the order of the loops: logs are found by their index, then their block and transaction.
        statement = (
            "SELECT l.block, b.hash, t.hash, l.position, l.log_index, l.address, l.data,"  # noqa: S608 -- bound values
            " l.topic0, l.topic1, l.topic2, l.topic3"
            " FROM logs l CROSS JOIN blocks b ON b.number = l.block"
            f" CROSS JOIN transactions t ON t.block = l.block AND t.position = l.position {clause}"
        )
        return [
            LogRow(number, block_hash, hash_, position, log_index, address, tuple(t for t in topics if t), content)
            for number, block_hash, hash_, position, log_index, address, content, *topics in self._store.rows(
                statement, parameters
            )
        ]

    def pending(self) -> list[bytes]:
        """Raw bytes of the accepted, unsealed transactions in order of acceptance."""
        return [row[0] for row in self._store.rows("SELECT raw FROM pending ORDER BY sequence")]

    def meta(self) -> dict[str, str]:
        """The chain's fixed facts by name; empty for a file that is empty.

        Raises:
            StoreVersionError: the file holds tables that are not a chain's.
        """
        tables = {row[0] for row in self._store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables:
            return {}
        if "meta" not in tables:
            raise StoreVersionError(self._store.directory, "unknown", str(SCHEMA_VERSION))
        return {str(row[0]): str(row[1]) for row in self._store.rows("SELECT name, value FROM meta")}


def create_schema(connection: sqlite3.Connection, meta: dict[str, str]) -> None:
    """Lay out an empty file and note the chain's fixed facts, inside the caller's transaction."""
    for statement in _SCHEMA:
        connection.execute(statement)
    connection.executemany("INSERT INTO meta (name, value) VALUES (?, ?)", sorted(meta.items()))


def write_block(connection: sqlite3.Connection, sealed: SealedBlock) -> None:
    """Store a block's rows and remove its transactions from `pending`, inside the caller's transaction."""
    block = sealed.block
    connection.execute(
        "INSERT INTO blocks (number, hash, header, size) VALUES (?, ?, ?, ?)",
        (block.number, block.hash, block.header, block.size),
    )
    connection.executemany(
        "INSERT INTO transactions (block, position, hash, sender, raw) VALUES (?, ?, ?, ?, ?)",
        ((t.block, t.position, t.hash, t.sender, t.raw) for t in sealed.transactions),
    )
    connection.executemany(
        "INSERT INTO receipts (block, position, status, gas_used, cumulative_gas, contract, bloom)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        ((r.block, r.position, r.status, r.gas_used, r.cumulative_gas, r.contract, r.bloom) for r in sealed.receipts),
    )
    connection.executemany(
        "INSERT INTO logs (block, log_index, position, address, data, topic0, topic1, topic2, topic3)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        ((log.block, log.log_index, log.position, log.address, log.data, *_padded(log.topics)) for log in sealed.logs),
    )


def write_pending(connection: sqlite3.Connection, transaction_hash: bytes, raw: bytes) -> None:
    """Keep an accepted transaction, inside the caller's transaction."""
    connection.execute("INSERT INTO pending (hash, raw) VALUES (?, ?)", (transaction_hash, raw))


def remove_pending(connection: sqlite3.Connection, hashes: Iterable[bytes]) -> None:
    """Forget transactions that were sealed or dropped, inside the caller's transaction."""
    connection.executemany("DELETE FROM pending WHERE hash = ?", ((h,) for h in hashes))


def _between(position: int | None) -> tuple[int, int]:
    return (0, MAX_POSITION) if position is None else (position, position)


def _padded(topics: tuple[bytes, ...]) -> tuple[bytes | None, ...]:
    return topics + (None,) * (TOPIC_POSITIONS - len(topics))


def _absent(what: str) -> BlockRow:
    raise LookupError(what)
