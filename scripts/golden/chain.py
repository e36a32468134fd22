"""The golden chain: an in-memory embedded chain with fixed genesis and clock, and the contracts deployed on it."""

from __future__ import annotations

from typing import Any, Final

from web3 import Web3

import contracts
from ledger.embedded.chain import EmbeddedChain
from ledger.embedded.clock import ManualClock
from ledger.embedded.config import ChainConfig
from ledger.embedded.provider import EmbeddedProvider
from scripts.golden.keys import AUTHORITIES, GoldenInstitution, account
from verifier.canonical import digest_of
from verifier.identifiers import KEY_PURPOSES, KINDS, ROLES, bytes32_text, did_digest

GENESIS_TIME: Final = 1_767_225_600  # 2026-01-01T00:00:00Z
CHAIN_ID: Final = 826_580_999
GAS: Final = 12_000_000


class GoldenChain:
    """Send as a named test account; every transaction is sealed into a block of its own, one second after the last."""

    def __init__(self) -> None:
        """Start the chain at the fixed genesis."""
        self.clock = ManualClock(GENESIS_TIME)
        config = ChainConfig(chain_id=CHAIN_ID, extra_data="tanju golden chain", timestamp=GENESIS_TIME)
        self.embedded = EmbeddedChain(None, config, self.clock)
        self.web3 = Web3(EmbeddedProvider(self.embedded, auto_seal=True))
        self.addresses: dict[str, Any] = {}
        self.blocks: dict[str, int] = {}

    @property
    def genesis(self) -> str:
        """The genesis hash in hexadecimal."""
        return self.embedded.genesis_hash.hex()

    def now(self) -> int:
        """Time of the newest block."""
        return int(self.web3.eth.get_block("latest")["timestamp"])

    def contract(self, name: str) -> Any:
        """The deployed contract of that name."""
        abi: Any = list(contracts.load(name).abi)
        return self.web3.eth.contract(address=self.addresses[name], abi=abi)

    def send(self, sender: str, call: Any) -> Any:
        """Send a call as the test account ``sender`` and return its receipt; a revert raises web3's error."""
        signer = account(sender)
        call.call({"from": signer.address})
        transaction = call.build_transaction(self._fields(signer))
        return self._mine(signer, transaction)

    def deploy(self) -> None:
        """Deploy all contracts as the installer, list them in the directory and seal it."""
        directory = self._deploy("Directory", account("installer").address)
        authorities = [
            (account(item.name).address, bytes32_text(item.jurisdiction), sum(1 << KINDS[kind] for kind in item.grants))
            for item in AUTHORITIES
        ]
        self._deploy("Consortium", directory, authorities)
        for name in contracts.DEPLOYABLE[2:]:
            self._deploy(name, directory)
        for name in contracts.DEPLOYABLE[1:]:
            self.send(
                "installer", self.contract("Directory").functions.register(bytes32_text(name), self.addresses[name])
            )
        self.send("installer", self.contract("Directory").functions.seal())

    def pinned(self) -> list[dict[str, Any]]:
        """The contracts as a trust root pins them, sorted by name."""
        return [
            {
                "name": name,
                "address": self.addresses[name].lower(),
                "codeHash": digest_of(bytes(self.web3.eth.get_code(self.addresses[name]))),
                "fromBlock": self.blocks[name],
            }
            for name in sorted(self.addresses)
        ]

    def accredit(self, institution: GoldenInstitution, authority: str, profile: bytes) -> None:
        """Register an institution with its keys and persons."""
        registry = self.contract("InstitutionRegistry").functions
        roles = sum(1 << ROLES.index(role) for role in institution.roles)
        registration = (
            "uscc",
            institution.code,
            bytes32_text(institution.jurisdiction),
            account(institution.name).address,
            roles,
            profile,
            did_digest(institution.did),
            f"https://{institution.name}.golden.example",
        )
        self.send(authority, registry.register(registration))
        for purpose in ("assert", "log", "auth"):
            self._add_key(institution, purpose, KEY_PURPOSES[purpose])
        for person in institution.persons:
            self._add_key(institution, person, KEY_PURPOSES["cosign"])
            decider = account(f"{institution.name}/{person}").address
            self.send(institution.name, registry.addDecider(institution.id, decider))

    def _add_key(self, institution: GoldenInstitution, name: str, purpose: int) -> None:
        multikey = institution.multikey(name).encode()
        call = self.contract("InstitutionRegistry").functions.addKey(
            institution.id, multikey, 1, purpose, 0, GENESIS_TIME + 20 * 365 * 86400
        )
        self.send(institution.name, call)

    def _deploy(self, name: str, *arguments: Any) -> str:
        signer = account("installer")
        artifact = contracts.load(name)
        abi: Any = list(artifact.abi)
        factory = self.web3.eth.contract(abi=abi, bytecode=artifact.bytecode)
        receipt = self._mine(signer, factory.constructor(*arguments).build_transaction(self._fields(signer)))
        self.addresses[name] = receipt["contractAddress"]
        self.blocks[name] = receipt["blockNumber"]
        return str(self.addresses[name])

    def _fields(self, signer: Any) -> dict[str, Any]:
        nonce = self.web3.eth.get_transaction_count(signer.address)
        return {"from": signer.address, "nonce": nonce, "gas": GAS, "gasPrice": 0, "chainId": CHAIN_ID}

    def _mine(self, signer: Any, transaction: Any) -> Any:
        signed = signer.sign_transaction(transaction)
        receipt = self.web3.eth.get_transaction_receipt(self.web3.eth.send_raw_transaction(signed.raw_transaction))
        if receipt["status"] != 1:
            raise RuntimeError(f"a golden transaction was reverted: {receipt['transactionHash'].hex()}")
        return receipt
