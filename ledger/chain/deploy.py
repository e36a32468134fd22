"""Putting the contracts on a chain that has none: deploy, register in the Directory, seal."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from eth_account.signers.local import LocalAccount
from web3.types import Nonce
from web3.utils import get_create_address

import contracts
from ledger.chain.abi import constructor_inputs, encode_arguments, encode_call
from ledger.chain.endpoint import Endpoint, Receipt
from ledger.chain.pins import ChainPins, ContractPin
from ledger.errors import ChainUnavailableError, LedgerError
from verifier.canonical import sha256, tag_sha256
from verifier.identifiers import bytes32_text

RECEIPT_TIMEOUT_S: Final = 60.0
POLL_S: Final = 0.1
GAS_MARGIN: Final = 1.2
"""Gas given over the estimate; unused gas costs nothing."""

DIRECTORY_GAS: Final = 500_000
"""Gas for a call of the Directory: registering the largest contract, whose code is hashed, takes a third of it."""


class DeploymentError(LedgerError):
    """A contract could not be put on the chain."""

    code = "DEPLOYMENT"


@dataclass(frozen=True, slots=True)
class AuthorityGrant:
    """An authority at deployment: checksum address, jurisdiction ("CN-SH"), mask ``1 << kind`` of what it may grant."""

    account: str
    jurisdiction: str
    grants: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was deployed: chain id, genesis hash (32 bytes), and each contract's pin by name."""

    chain_id: int
    genesis_hash: bytes
    contracts: Mapping[str, ContractPin]

    def pins(self) -> ChainPins:
        """The pins for `ChainClient.connect`."""
        return ChainPins(self.chain_id, self.genesis_hash, self.contracts)

    def to_document(self) -> dict[str, Any]:
        """JSON form with the field names of the trust root: ``ledger``, ``directory``, ``contracts`` sorted by name.

        Addresses are lower case there; code hashes are tagged digests.
        """
        return {
            "ledger": {"chainId": self.chain_id, "genesis": self.genesis_hash.hex()},
            "directory": self.contracts["Directory"].address.lower(),
            "contracts": [
                {
                    "name": name,
                    "address": pin.address.lower(),
                    "codeHash": tag_sha256(pin.code_hash),
                    "fromBlock": pin.from_block,
                }
                for name, pin in sorted(self.contracts.items())
            ],
        }


def deploy(endpoint: Endpoint, installer: LocalAccount, authorities: Iterable[AuthorityGrant]) -> Manifest:
    """Deploy all contracts, register each in the Directory, seal it, and return what stands where.

    Sends legacy transactions at gas price 0 from ``installer``, all at once, then waits for each. The Directory's own
    pin has the block that deployed it; the others the block that registered them.
    Raises DeploymentError, ContractRevertError, ChainUnavailableError.
    """
    genesis = endpoint.block(0)
    if genesis is None:
        raise ChainUnavailableError("eth_getBlockByNumber", "the endpoint has no block 0")
    work = _Installation(endpoint, installer)
    directory = work.create("Directory", [installer.address])
    members = [
        {"account": item.account, "jurisdiction": bytes32_text(item.jurisdiction), "grants": item.grants}
        for item in authorities
    ]
    addresses, registered = {"Directory": directory}, {}
    for name in contracts.DEPLOYABLE[1:]:
        addresses[name] = work.create(name, [directory, members] if name == "Consortium" else [directory])
        registered[name] = work.call(directory, "register", [bytes32_text(name), addresses[name]])
    work.call(directory, "seal", [])
    receipts = work.finish()
    blocks = {name: receipts[tx_hash].block_number for name, tx_hash in registered.items()}
    blocks["Directory"] = min(receipt.block_number for receipt in receipts.values())
    pins = {name: ContractPin(at, sha256(endpoint.code(at)), blocks[name]) for name, at in addresses.items()}
    return Manifest(endpoint.chain_id(), genesis.hash, pins)


class _Installation:
    """The installation's transactions, sent in order without waiting; `finish` waits for all."""

    def __init__(self, endpoint: Endpoint, account: LocalAccount) -> None:
        self._endpoint = endpoint
        self._account = account
        self._chain_id = endpoint.chain_id()
        self._nonce = endpoint.transaction_count(account.address)
        self._sent: dict[bytes, str] = {}

    def create(self, name: str, args: Sequence[Any]) -> str:
        """Send a deployment; the address that its contract will have."""
        code = contracts.load(name).bytecode + encode_arguments(constructor_inputs(name), args, name)
        gas = int(self._endpoint.estimate_gas(None, code, sender=self._account.address) * GAS_MARGIN)
        address = get_create_address(self._account.address, Nonce(self._nonce))
        self._send({"data": code, "gas": gas}, f"deploying {name}")
        return str(address)

    def call(self, directory: str, function: str, args: Sequence[Any]) -> bytes:
        """Send a call of the Directory; its hash. It cannot be tried before: what it needs is not mined yet."""
        data = encode_call("Directory", function, args)
        return self._send({"to": directory, "data": data, "gas": DIRECTORY_GAS}, f"Directory.{function}")

    def finish(self) -> dict[bytes, Receipt]:
        """The receipts of everything sent. Raises DeploymentError if something reverted, or was not mined in time."""
        receipts = {tx_hash: self._wait(tx_hash, what) for tx_hash, what in self._sent.items()}
        for tx_hash, receipt in receipts.items():
            if not receipt.succeeded:
                what = self._sent[tx_hash]
                raise DeploymentError(f"{what} reverted", next_step="use a fresh chain whose EVM is Paris or later")
        return receipts

    def _send(self, fields: Mapping[str, Any], what: str) -> bytes:
        transaction: dict[str, Any] = {
            "chainId": self._chain_id,
            "nonce": self._nonce,
            "gasPrice": 0,
            "value": 0,
            **fields,
        }
        signed = self._account.sign_transaction(transaction)
        self._endpoint.send_raw(bytes(signed.raw_transaction))
        self._nonce += 1
        self._sent[bytes(signed.hash)] = what
        return bytes(signed.hash)

    def _wait(self, tx_hash: bytes, what: str) -> Receipt:
        deadline = time.monotonic() + RECEIPT_TIMEOUT_S
        while time.monotonic() < deadline:
            receipt = self._endpoint.receipt(tx_hash)
            if receipt is not None:
                return receipt
            time.sleep(POLL_S)
        step = "check that the chain makes blocks"
        raise DeploymentError(f"{what} is not mined after {RECEIPT_TIMEOUT_S:.0f} s", next_step=step)
