"""The indexer: copies the contracts' events into tables, block by block, and undoes what a reorganisation removed.

Blocks that are final are read in ranges; those that may still be reorganised one at a time, by their hash. The cursor
moves in the same transaction as the rows, so a killed indexer repeats at most what it had not committed.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ledger.chain.abi import decode_event
from ledger.chain.client import ChainClient
from ledger.chain.endpoint import Block, Log
from ledger.chain.handlers import ChainEvent, store_event
from ledger.crash import crash_point
from ledger.errors import ChainRolledBackError, ChainUnavailableError, DatabaseError
from ledger.store import Session, Store, chainrows, cursor
from ledger.store.chainrows import Place
from ledger.store.cursor import Cursor

RANGE_BLOCKS: Final = 500
"""Final blocks asked for in one question; common endpoints allow 1 000 and more."""

MAX_BATCHES: Final = 20
"""Batches in one step, so that a step is bounded while a node catches up."""

PAUSE_S: Final = 0.3
MAX_BACKOFF_S: Final = 30.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Batch:
    """The events of consecutive blocks and the block they reach to."""

    events: Sequence[ChainEvent]
    last: Block


class Indexer:
    """Copies the chain into a store. Several may run on one database: whoever comes second does nothing."""

    def __init__(self, store: Store, client: ChainClient, *, finality_blocks: int = 0) -> None:
        """``finality_blocks`` blocks on top of a block make it final (0: at once, QBFT)."""
        self._store = store
        self._client = client
        self._finality_blocks = finality_blocks
        self._names = client.addresses()

    def step(self) -> int:
        """One bounded pass towards the head; return how many blocks were copied.

        Raises ChainUnavailableError, and ChainRolledBackError for a reorganisation beyond the finality depth: then
            nothing more may
        be believed until an operator has looked.
        """
        copied = 0
        for _ in range(MAX_BATCHES):
            head = self._client.endpoint.head_number()
            with self._store.reading() as session:
                position = cursor.get(session)
            if position is not None and not self._still_there(position, head):
                self._roll_back(position)
                continue
            start = self._client.pins.first_block if position is None else position.number + 1
            if start > head:
                return copied
            batch = self._read(start, head)
            if not self._write(position, batch):
                return copied
            copied += batch.last.number - start + 1
        return copied

    def run(self, stop: threading.Event, *, pause_s: float = PAUSE_S) -> None:
        """Repeat `step` until ``stop`` is set; while the endpoint or the database is away wait longer and longer, at
        most 30 s.

        Raises ChainRolledBackError, which ends the loop.
        """
        backoff_s = pause_s
        while not stop.is_set():
            try:
                copied = self.step()
                backoff_s = pause_s
            except (ChainUnavailableError, DatabaseError) as error:
                logger.warning("indexer waits %.1f s: %s", backoff_s, error)
                stop.wait(backoff_s)
                backoff_s = min(2 * backoff_s, MAX_BACKOFF_S)
                continue
            if copied == 0:
                stop.wait(pause_s)

    def _still_there(self, position: Cursor, head: int) -> bool:
        """Whether the cursor's block is on the chain. Raises ChainUnavailableError while the endpoint is behind it."""
        if position.number > head and not self._is_remembered(head):
            raise ChainUnavailableError("eth_blockNumber", f"the endpoint is at block {head}, behind {position.number}")
        if position.number > head:
            return False
        block = self._client.endpoint.block(position.number)
        if block is None:
            raise ChainUnavailableError("eth_getBlockByNumber", f"no block {position.number} below the head {head}")
        return block.hash == position.hash

    def _is_remembered(self, number: int) -> bool:
        """Whether this block could still be reorganised, and is another one on the chain now."""
        with self._store.reading() as session:
            known = next((block for block in cursor.recent(session) if block.number == number), None)
        block = self._client.endpoint.block(number) if known is not None else None
        return known is not None and block is not None and block.hash != known.hash

    def _roll_back(self, position: Cursor) -> None:
        """Undo everything beyond the last remembered block that is still on the chain. Raises ChainRolledBackError."""
        with self._store.reading() as session:
            remembered = cursor.recent(session)
        ancestor = next((block for block in remembered if self._on_chain(block)), None)
        if ancestor is None:
            block = self._client.endpoint.block(position.number)
            found = block.hash.hex() if block is not None else "no such block"
            raise ChainRolledBackError(position.number, position.hash.hex(), found)
        with self._store.writing() as session:
            if cursor.get(session) != position:
                return
            deleted = chainrows.forget_after(session, ancestor.number)
            cursor.forget_after(session, ancestor.number)
            cursor.put(session, ancestor)
            session.commit()
        logger.warning(
            "reorganisation: back from block %d to %d, %d rows undone", position.number, ancestor.number, deleted
        )

    def _on_chain(self, block: Cursor) -> bool:
        found = self._client.endpoint.block(block.number)
        return found is not None and found.hash == block.hash

    def _read(self, start: int, head: int) -> _Batch:
        """The events from ``start`` on: a range of final blocks, or one block that may still be reorganised."""
        endpoint, addresses = self._client.endpoint, list(self._names)
        last_final = head - self._finality_blocks
        end = min(last_final, start + RANGE_BLOCKS - 1) if start <= last_final else start
        last = endpoint.block(end)
        if last is None:
            raise ChainUnavailableError("eth_getBlockByNumber", f"no block {end} below the head {head}")
        logs = endpoint.logs_between(start, end, addresses) if start <= last_final else []
        if start > last_final:
            logs = endpoint.logs_of_block(last.hash, addresses)
        return _Batch(self._decode(logs, last), last)

    def _decode(self, logs: Sequence[Log], last: Block) -> list[ChainEvent]:
        blocks = {last.number: last}
        events = []
        for log in logs:
            block = blocks.get(log.block_number) or self._client.endpoint.block(log.block_number)
            if block is None or block.hash != log.block_hash:
                raise ChainUnavailableError(
                    "eth_getLogs", f"a log of another block {log.block_number} than the chain's"
                )
            blocks[block.number] = block
            event = self._event(log, block)
            if event is not None:
                events.append(event)
        return events

    def _event(self, log: Log, block: Block) -> ChainEvent | None:
        contract = self._names.get(log.address)
        decoded = decode_event(contract, log.topics, log.data) if contract is not None else None
        if contract is None or decoded is None:
            return None
        certificate = None
        if (contract, decoded.name) == ("CertificateRegistry", "Issued"):
            certificate = self._client.certificates.certificate(decoded.fields["key"])
            if certificate is None:
                raise ChainUnavailableError("CertificateRegistry.certificate", "an issued certificate is not there yet")
        place = Place(log.block_number, log.log_index, block.time)
        return ChainEvent(contract, decoded.name, decoded.fields, place, log.tx_hash, certificate)

    def _write(self, position: Cursor | None, batch: _Batch) -> bool:
        """Store the rows and the cursor together; False if another indexer was faster."""
        reached = Cursor(batch.last.number, batch.last.hash)
        with self._store.writing() as session:
            if cursor.get(session) != position:
                return False
            self._check_parent(session, position, batch.last)
            for event in batch.events:
                store_event(session, event)
            crash_point("between_events_and_cursor")
            cursor.put(session, reached)
            if self._finality_blocks:
                cursor.remember(session, reached, oldest=reached.number - self._finality_blocks)
            session.commit()
        return True

    def _check_parent(self, session: Session, position: Cursor | None, last: Block) -> None:
        """A single block must stand on the cursor's. Raises ChainUnavailableError: the next step finds the
        reorganisation.
        """
        if position is not None and last.number == position.number + 1 and last.parent_hash != position.hash:
            raise ChainUnavailableError("eth_getBlockByNumber", f"block {last.number} does not stand on the one before")
