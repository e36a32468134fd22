"""Asking the Directory and the Consortium."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.chain.abi import decode_name
from ledger.chain.endpoint import BlockId
from ledger.chain.reader import ZERO_ADDRESS, ContractReader
from verifier.identifiers import bytes32_text


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """One contract under a name: checksum address, SHA-256 of its code (32 bytes), the block that registered it."""

    target: str
    code_hash: bytes
    from_block: int


@dataclass(frozen=True, slots=True)
class OnchainAuthority:
    """One authority: checksum address, jurisdiction, and the mask (``1 << kind``) of what it may grant."""

    account: str
    jurisdiction: str
    grants: int


class DirectoryReader(ContractReader):
    """View functions of the Directory."""

    contract = "Directory"

    def current(self, name: str, *, block: BlockId = "latest") -> str | None:
        """The address that stands under a name; None if there is none."""
        address = str(self.ask_one("current", bytes32_text(name), block=block))
        return None if address == ZERO_ADDRESS else address

    def entries(self, name: str, *, block: BlockId = "latest") -> list[DirectoryEntry]:
        """All contracts that ever stood under a name, oldest first."""
        found = self.ask_one("entries", bytes32_text(name), block=block)
        return [DirectoryEntry(item["target"], item["codeHash"], item["fromBlock"]) for item in found]

    def is_sealed(self, *, block: BlockId = "latest") -> bool:
        """Whether the installation has ended."""
        return bool(self.ask_one("isSealed", block=block))


class ConsortiumReader(ContractReader):
    """View functions of the Consortium."""

    contract = "Consortium"

    def authorities(self, *, block: BlockId = "latest") -> list[OnchainAuthority]:
        """All authorities in the order of admission."""
        found = self.ask_one("authorities", block=block)
        return [OnchainAuthority(item["account"], decode_name(item["jurisdiction"]), item["grants"]) for item in found]

    def governs(self, account: str, jurisdiction: str, *, block: BlockId = "latest") -> bool:
        """Whether an account is an authority of a jurisdiction, or of its country."""
        return bool(self.ask_one("governs", account, bytes32_text(jurisdiction), block=block))

    def jurisdiction_of(self, account: str, *, block: BlockId = "latest") -> str | None:
        """The jurisdiction an authority acts for; None if the account is no authority."""
        raw = self.ask_one("jurisdictionOf", account, block=block)
        return decode_name(raw) if any(raw) else None

    def may_grant(self, account: str, kind: int, *, block: BlockId = "latest") -> bool:
        """Whether an account may grant a kind of qualification."""
        return bool(self.ask_one("mayGrant", account, kind, block=block))
