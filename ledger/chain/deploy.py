"""Putting the contracts on a chain that has none: deploy, register in the Directory, seal."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address

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

    Sends legacy transactions at gas price 0 from ``installer``, one after another, each waited for. The Directory's own
    pin has the block that deployed it; the others the block that registered them.
    Raises DeploymentError, ContractRevertError, ChainUnavailableError.
    """
    genesis = endpoint.block(0)
    if genesis is None:
        raise ChainUnavailableError("eth_getBlockByNumber", "the endpoint has no block 0")
    sender = _Installer(endpoint, installer)
    directory = sender.create("Directory", [installer.address])
    pins = {"Directory": directory}
    members = [
        {"account": item.account, "jurisdiction": bytes32_text(item.jurisdiction), "grants": item.grants}
        for item in authorities
    ]
    for name in contracts.DEPLOYABLE[1:]:
        args: list[Any] = [directory.address, members] if name == "Consortium" else [directory.address]
        pin = sender.create(name, args)
        registered = sender.send(directory.address, "register", [bytes32_text(name), pin.address])
        pins[name] = ContractPin(pin.address, pin.code_hash, registered.block_number)
    sender.send(directory.address, "seal", [])
    return Manifest(endpoint.chain_id(), genesis.hash, pins)


class _Installer:
    """Sends the installation's transactions in order."""

    def __init__(self, endpoint: Endpoint, account: LocalAccount) -> None:
        self._endpoint = endpoint
        self._account = account
        self._chain_id = endpoint.chain_id()
        self._nonce = endpoint.transaction_count(account.address)

    def create(self, name: str, args: Sequence[Any]) -> ContractPin:
        code = contracts.load(name).bytecode + encode_arguments(constructor_inputs(name), args, name)
        receipt = self._transact(None, code, f"deploying {name}")
        if receipt.contract_address is None:
            raise DeploymentError(f"{name} has no address in its receipt", next_step="check the endpoint")
        address = to_checksum_address(receipt.contract_address)
        return ContractPin(address, sha256(self._endpoint.code(address)), receipt.block_number)

    def send(self, directory: str, function: str, args: Sequence[Any]) -> Receipt:
        return self._transact(directory, encode_call("Directory", function, args), f"Directory.{function}")

    def _transact(self, to: str | None, data: bytes, what: str) -> Receipt:
        gas = int(self._endpoint.estimate_gas(to, data, sender=self._account.address) * GAS_MARGIN)
        transaction: dict[str, Any] = {
            "chainId": self._chain_id,
            "nonce": self._nonce,
            "gas": gas,
            "gasPrice": 0,
            "value": 0,
            "data": data,
            **({"to": to} if to is not None else {}),
        }
        signed = self._account.sign_transaction(transaction)
        self._endpoint.send_raw(bytes(signed.raw_transaction))
        self._nonce += 1
        receipt = self._wait(bytes(signed.hash), what)
        if not receipt.succeeded:
            raise DeploymentError(
                f"{what} reverted", next_step="deploy to a fresh chain; check that its EVM is Paris or later"
            )
        return receipt

    def _wait(self, tx_hash: bytes, what: str) -> Receipt:
        deadline = time.monotonic() + RECEIPT_TIMEOUT_S
        while time.monotonic() < deadline:
            receipt = self._endpoint.receipt(tx_hash)
            if receipt is not None:
                return receipt
            time.sleep(POLL_S)
        raise DeploymentError(
            f"{what} was not mined in {RECEIPT_TIMEOUT_S:.0f} s", next_step="check that the chain makes blocks"
        )
