"""Proofs of state against a block's `stateRoot` (EIP-1186): accounts, and slots of their storage.

A proof is the list of trie nodes on the path from the root, each as RLP. Nodes shorter than 32 bytes stand inside their
parent (yellow paper, appendix D) and are not listed again; an empty trie has an empty proof; a path that ends early
proves absence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import rlp
from eth.abc import BlockHeaderAPI
from eth.constants import BLANK_ROOT_HASH
from eth.db.backends.base import BaseDB
from eth.rlp.accounts import Account
from eth_hash.auto import keccak
from trie.hexary import HexaryTrie

HASHED_NODE_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class StorageProof:
    """One slot (32 bytes) with its value and the nodes from the account's storage root."""

    slot: bytes
    value: int
    nodes: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class AccountProof:
    """An account with the nodes from the state root, and the asked slots. An absent account is the empty one."""

    address: bytes
    nonce: int
    balance: int
    code_hash: bytes
    storage_root: bytes
    nodes: tuple[bytes, ...]
    storage: tuple[StorageProof, ...]


def prove(database: BaseDB, header: BlockHeaderAPI, address: bytes, slots: list[bytes]) -> AccountProof:
    """Prove an account (20 bytes) and slots (32 bytes each) in the state after `header`'s block."""
    key = bytes(keccak(address))
    encoded, nodes = _path(database, bytes(header.state_root), key)
    account = rlp.decode(encoded, sedes=Account) if encoded else Account()
    storage_root = bytes(account.storage_root)
    return AccountProof(
        address=address,
        nonce=account.nonce,
        balance=account.balance,
        code_hash=bytes(account.code_hash),
        storage_root=storage_root,
        nodes=nodes,
        storage=tuple(_prove_slot(database, storage_root, slot) for slot in slots),
    )


def _prove_slot(database: BaseDB, storage_root: bytes, slot: bytes) -> StorageProof:
    encoded, nodes = _path(database, storage_root, bytes(keccak(slot)))
    value = rlp.decode(encoded, sedes=rlp.sedes.big_endian_int) if encoded else 0
    return StorageProof(slot, value, nodes)


def _path(database: BaseDB, root: bytes, key: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    """The value under `key` (empty when absent) and the encoded nodes that prove it."""
    if root == BLANK_ROOT_HASH:
        return b"", ()
    trie = HexaryTrie(database, root)
    encoded = [rlp.encode(node) for node in trie.get_proof(key)]  # type: ignore[no-untyped-call]
    listed = encoded[:1] + [node for node in encoded[1:] if len(node) >= HASHED_NODE_BYTES]
    return bytes(trie.get(key)), tuple(listed)
