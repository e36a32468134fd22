"""What a node asks before it starts: is this chain the one this database knows, and is this database the newest?"""

from __future__ import annotations

from collections.abc import Iterable

from ledger.chain.client import ChainClient
from ledger.errors import ChainRolledBackError, DatabaseBehindError, LogDivergedError
from ledger.log import proofs
from ledger.store import Store, cursor, leaves
from ledger.store import outbox as actions


def check_start(store: Store, client: ChainClient, institutions: Iterable[bytes], *, finality_blocks: int = 0) -> None:
    """Compare database and chain before anything is signed.

    Raises ChainRolledBackError when the chain lacks a block that is final here; DatabaseBehindError when it holds more
    of an own log than the database (restored from an old backup); LogDivergedError when it holds another one;
    ChainUnavailableError.
    """
    check_chain(store, client, finality_blocks=finality_blocks)
    for institution in institutions:
        check_log(store, client, institution)


def check_chain(store: Store, client: ChainClient, *, finality_blocks: int = 0) -> None:
    """The last FINAL action's block, and the indexer's cursor as far as it is final, must be on the chain."""
    with store.reading() as session:
        mined = actions.last_mined(session)
        position = cursor.get(session)
        recent = cursor.recent(session)
    known = [(mined.block_number, mined.block_hash)] if mined is not None else []
    if finality_blocks == 0 and position is not None:
        known.append((position.number, position.hash))
    elif recent:
        known.append((recent[-1].number, recent[-1].hash))
    for number, block_hash in known:
        if number is None or block_hash is None:
            continue
        block = client.endpoint.block(number)
        if block is None or block.hash != block_hash:
            found = block.hash.hex() if block is not None else "no such block"
            raise ChainRolledBackError(number, block_hash.hex(), found)


def check_log(store: Store, client: ChainClient, institution: bytes) -> None:
    """The own log in the epoch that is open on chain must contain the chain's last checkpoint."""
    epoch = client.log.current_epoch(institution)
    head = client.log.head(institution, epoch)
    if head is None:
        return
    with store.reading() as session:
        size = leaves.size(session, institution, epoch)
        if size < head.size:
            raise DatabaseBehindError(institution, epoch, size, head.size)
        if proofs.root(session, institution, epoch, head.size) != head.root:
            raise LogDivergedError(institution, epoch, head.size)
