"""The node's chain: an endpoint that was checked against the pins, and a typed reader for each contract."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any, Self

from web3.providers.base import BaseProvider

from ledger.chain.abi import encode_call
from ledger.chain.certificates import CertificatesReader
from ledger.chain.directory import ConsortiumReader, DirectoryReader
from ledger.chain.endpoint import REQUEST_TIMEOUT_S, Block, Endpoint
from ledger.chain.institutions import InstitutionsReader
from ledger.chain.pins import ChainPins
from ledger.chain.qualifications import QualificationsReader
from ledger.chain.recognitions import RecognitionsReader
from ledger.chain.recordlog import RecordLogReader
from ledger.errors import ChainMismatchError, ChainUnavailableError, UnknownActionError
from verifier.canonical import sha256


class ChainClient:
    """A checked connection. Make it with `connect`.

    Attributes:
        endpoint: blocks, logs, receipts, raw transactions.
        pins: what the endpoint was compared with.
        directory, consortium, institutions, qualifications, log, certificates, recognitions: typed readers.
    """

    def __init__(self, endpoint: Endpoint, pins: ChainPins) -> None:
        self.endpoint = endpoint
        self.pins = pins
        self.directory = DirectoryReader(endpoint, self.address("Directory"))
        self.consortium = ConsortiumReader(endpoint, self.address("Consortium"))
        self.institutions = InstitutionsReader(endpoint, self.address("InstitutionRegistry"))
        self.qualifications = QualificationsReader(endpoint, self.address("InstitutionRegistry"))
        self.log = RecordLogReader(endpoint, self.address("RecordLog"))
        self.certificates = CertificatesReader(endpoint, self.address("CertificateRegistry"))
        self.recognitions = RecognitionsReader(endpoint, self.address("RecognitionRegistry"))

    @classmethod
    def connect(cls, rpc: str | BaseProvider, pins: ChainPins, *, timeout_s: float = REQUEST_TIMEOUT_S) -> Self:
        """Connect to an endpoint (URL or web3 provider) and compare it with the pins.

        Raises ChainUnavailableError, or ChainMismatchError when chain id, genesis hash or a contract's code are others.
        """
        with contextlib.ExitStack() as on_failure:
            endpoint = Endpoint(rpc, timeout_s=timeout_s)
            on_failure.callback(endpoint.close)
            client = cls(endpoint, pins)
            client.check_pins()
            on_failure.pop_all()
        return client

    def check_pins(self) -> None:
        """Compare the endpoint with the pins again. Raises as `connect` does."""
        chain_id = self.endpoint.chain_id()
        if chain_id != self.pins.chain_id:
            raise ChainMismatchError("the chain id", pinned=str(self.pins.chain_id), found=str(chain_id))
        genesis = self.endpoint.block(0)
        if genesis is None or genesis.hash != self.pins.genesis_hash:
            found = genesis.hash.hex() if genesis is not None else "none"
            raise ChainMismatchError("the genesis hash", pinned=self.pins.genesis_hash.hex(), found=found)
        for name, pin in self.pins.contracts.items():
            code = self.endpoint.code(pin.address)
            if sha256(code) != pin.code_hash:
                found = sha256(code).hex() if code else "no code at all"
                raise ChainMismatchError(f"the code of {name}", pinned=pin.code_hash.hex(), found=found)

    def address(self, contract: str) -> str:
        """The pinned address of a contract. Raises UnknownActionError for a name that is not pinned."""
        pin = self.pins.contracts.get(contract)
        if pin is None:
            raise UnknownActionError(contract, "*")
        return pin.address

    def addresses(self) -> dict[str, str]:
        """Every pinned contract's name by its checksum address."""
        return {pin.address: name for name, pin in self.pins.contracts.items()}

    def encode_call(self, contract: str, function: str, args: Sequence[Any]) -> tuple[str, bytes]:
        """Address and call data of a write; ``args`` as for `ledger.chain.outbox.enqueue`. Raises ArgumentError."""
        return self.address(contract), encode_call(contract, function, args)

    def head(self) -> Block:
        """The last block."""
        block = self.endpoint.block("latest")
        if block is None:
            raise ChainUnavailableError("eth_getBlockByNumber", "the endpoint has no last block")
        return block

    def close(self) -> None:
        """Close the connections."""
        self.endpoint.close()
