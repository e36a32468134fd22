"""What a node believes about its chain before it asks: chain id, genesis, and each contract's address and code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from eth_utils.address import to_checksum_address

from verifier.canonical import raw_digest
from verifier.trustroot import TrustRoot


@dataclass(frozen=True, slots=True)
class ContractPin:
    """A contract: checksum address, SHA-256 of its run-time code (32 bytes), the block that registered it."""

    address: str
    code_hash: bytes
    from_block: int


@dataclass(frozen=True, slots=True)
class ChainPins:
    """Pinned facts of one ledger: EIP-155 chain id, hash of block 0 (32 bytes), contracts by their name in the
    Directory.
    """

    chain_id: int
    genesis_hash: bytes
    contracts: Mapping[str, ContractPin]

    @classmethod
    def from_trust_root(cls, root: TrustRoot) -> Self:
        """The pins of a checked trust root (verifier.trustroot.load_trust_root)."""
        pinned = {
            item.name: ContractPin(to_checksum_address(item.address), raw_digest(item.code_hash), item.from_block)
            for item in root.contracts
        }
        return cls(root.ledger.chain_id, bytes.fromhex(root.ledger.genesis), pinned)

    @property
    def first_block(self) -> int:
        """The block from which events can exist."""
        return min(pin.from_block for pin in self.contracts.values())
