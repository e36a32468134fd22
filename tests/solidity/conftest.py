"""The contracts on an in-process chain: one deployment for all tests, put back after each.

The chain's clock starts later than any real one, so each block is exactly one second after the block before it and a
test moves the clock by hand.
"""

import ast
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from eth.vm.forks.paris import ParisVM
from eth_tester import EthereumTester, PyEVMBackend
from eth_tester.exceptions import TransactionFailed
from web3 import EthereumTesterProvider, Web3
from web3.contract import Contract

import contracts

GENESIS_TIME = 4_000_000_000
GAS = 7_000_000
GAS_PRICE = 10**9
HARNESSES = Path(__file__).parent / "artifacts"
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"

AUTHORITIES = {
    # account: (jurisdiction, kinds it may grant)
    "cnca": ("CN", [1]),
    "cnas": ("CN", [2]),
    "samr": ("CN", [3]),
    "shanghai": ("CN-SH", []),
    "zhejiang": ("CN-ZJ", [3]),
    "abroad": ("JP", [1, 2, 3]),
}
INSTITUTIONS = {
    # account: (scheme, code or its first 17 characters, jurisdiction, registered by, role numbers)
    "body": ("uscc", "913100006316963A1", "CN-SH", "shanghai", [1]),
    "rival": ("uscc", "913300006316963A2", "CN-ZJ", "zhejiang", [1]),
    "platform": ("uscc", "913300006316963A3", "CN-ZJ", "zhejiang", [6]),
    "maker": ("lei", "5493001KJTIIGC8Y1R12", "CN-SH", "cnca", [0]),
}
PERSONS = ["ann", "bob", "cat", "dan", "stranger", "newcomer", "installer"]
STEEL = "steel-bf-bof"


class RefusedError(Exception):
    """A custom error of a contract, decoded: its name and arguments."""

    def __init__(self, name: str, arguments: tuple[Any, ...]) -> None:
        super().__init__(name, arguments)
        self.name, self.arguments = name, arguments


class World:
    """A chain, its accounts by name, and the contracts: `world.record_log` is the RecordLog."""

    def __init__(self) -> None:
        backend = PyEVMBackend(
            genesis_parameters=PyEVMBackend.generate_genesis_params({"timestamp": GENESIS_TIME}),
            genesis_state=PyEVMBackend.generate_genesis_state(num_accounts=20),
            vm_configuration=((0, ParisVM),),
        )
        self.tester = EthereumTester(backend)
        self.web3 = Web3(EthereumTesterProvider(self.tester))
        names = [*AUTHORITIES, *INSTITUTIONS, *PERSONS]
        self.accounts: dict[str, str] = dict(zip(names, self.web3.eth.accounts, strict=False))
        self.ids: dict[str, bytes] = {}
        self.contracts: dict[str, Contract] = {}
        self.errors: dict[bytes, dict[str, Any]] = {}

    def __getattr__(self, name: str) -> Contract:
        """A deployed contract."""
        try:
            return self.__dict__["contracts"]["".join(part.capitalize() for part in name.split("_"))]
        except KeyError:
            raise AttributeError(name) from None

    # -- values

    @staticmethod
    def name(text: str) -> bytes:
        """A name as the contracts have it: ASCII, right padded with zeros."""
        return text.encode("ascii").ljust(32, b"\0")

    @staticmethod
    def digest(*parts: str | bytes) -> bytes:
        """SHA-256 of the parts, one after the other."""
        return hashlib.sha256(b"".join(part.encode() if isinstance(part, str) else part for part in parts)).digest()

    @staticmethod
    def uscc(first17: str) -> str:
        """A unified social credit code: 17 characters and the check character of GB 32100-2015."""
        total = sum(USCC_ALPHABET.index(character) * pow(3, i, 31) for i, character in enumerate(first17))
        return first17 + USCC_ALPHABET[(31 - total % 31) % 31]

    # -- the clock

    @property
    def now(self) -> int:
        """The time of the last block."""
        return int(self.web3.eth.get_block("latest")["timestamp"])

    def wait_until(self, time: int) -> None:
        """Let time pass until the last block has this time."""
        assert time >= self.now
        if time > self.now:
            self.tester.time_travel(time + 1)

    # -- asking and acting

    def ask(self, function: Any, by: str = "stranger") -> Any:
        """The answer of a view, or of a change that is not made.

        Raises:
            RefusedError: the contract refuses.
        """
        try:
            return function.call({"from": self.accounts[by], "gas": GAS})
        except TransactionFailed as failure:
            raise self._decode(failure) from None

    def act(self, function: Any, by: str) -> dict[str, Any]:
        """Make a change; return the receipt.

        Raises:
            RefusedError: the contract refuses.
        """
        sent = function.transact({"from": self.accounts[by], "gas": GAS, "gasPrice": GAS_PRICE})
        receipt = dict(self.web3.eth.get_transaction_receipt(sent))
        if receipt["status"] != 1:
            self.ask(function, by)
            raise AssertionError("the transaction failed, but its repetition does not")
        return receipt

    def accepts(self, function: Any, by: str) -> bool:
        """Make a change if the contract accepts it; whether it did."""
        try:
            self.act(function, by)
        except RefusedError:
            return False
        return True

    def act_in_one_block(self, changes: list[tuple[Any, str]]) -> None:
        """Make several changes by different accounts, in this order, in one block."""
        self.tester.disable_auto_mine_transactions()
        sent = [
            function.transact({"from": self.accounts[by], "gas": GAS, "gasPrice": GAS_PRICE})
            for function, by in changes
        ]
        self.tester.enable_auto_mine_transactions()
        receipts = [self.web3.eth.get_transaction_receipt(one) for one in sent]
        assert [receipt["status"] for receipt in receipts] == [1] * len(changes)
        assert len({receipt["blockNumber"] for receipt in receipts}) == 1

    def refusal(self, function: Any, by: str) -> tuple[str, tuple[Any, ...]]:
        """With which error a contract answers a change: name and arguments. The chain stays as it is."""
        with pytest.raises(RefusedError) as caught:
            self.ask(function, by)
        return caught.value.name, caught.value.arguments

    @staticmethod
    def events(receipt: dict[str, Any], contract: Contract) -> list[tuple[str, dict[str, Any]]]:
        """The events of a contract in a receipt, in order: name and arguments."""
        known: Any = contract.events
        by_topic = {bytes.fromhex(event.topic.removeprefix("0x")): event for event in known}
        own = [log for log in receipt["logs"] if log["address"] == contract.address]
        found = [(by_topic[bytes(log["topics"][0])], log) for log in own]
        return [(event.abi["name"], dict(event().process_log(log)["args"])) for event, log in found]

    # -- deploying

    def deploy(self, name: str, *arguments: Any) -> Contract:
        """Put a contract, or a harness of these tests, on the chain.

        Raises:
            RefusedError: its constructor refuses.
        """
        if name in contracts.names():
            artifact = contracts.load(name)
            abi, bytecode = list(artifact.abi), artifact.bytecode
        else:
            document = json.loads((HARNESSES / f"{name}.json").read_text())
            abi, bytecode = document["abi"], document["bytecode"]
        self._learn_errors(abi)
        constructor = self.web3.eth.contract(abi=abi, bytecode=bytecode).constructor(*arguments)
        base = {"from": self.accounts["installer"], "gas": GAS, "gasPrice": GAS_PRICE}
        try:
            constructor.estimate_gas({"from": self.accounts["installer"]})
        except TransactionFailed as failure:
            raise self._decode(failure) from None
        receipt = self.web3.eth.get_transaction_receipt(constructor.transact(base))
        contract: Any = self.web3.eth.contract(address=receipt["contractAddress"], abi=abi)
        assert isinstance(contract, Contract)
        return contract

    def refused_deployment(self, name: str, *arguments: Any) -> tuple[str, tuple[Any, ...]]:
        """With which error a constructor answers: name and arguments."""
        with pytest.raises(RefusedError) as caught:
            self.deploy(name, *arguments)
        return caught.value.name, caught.value.arguments

    def _learn_errors(self, abi: list[Any]) -> None:
        for entry in abi:
            if entry["type"] == "error":
                types = ",".join(one["type"] for one in entry["inputs"])
                self.errors[bytes(self.web3.keccak(text=f"{entry['name']}({types})")[:4])] = entry

    def _decode(self, failure: TransactionFailed) -> RefusedError:
        """The custom error in a failure: eth-tester gives its bytes as a Python literal after a few words."""
        data = ast.literal_eval(str(failure).removeprefix("execution reverted: "))
        entry = self.errors[data[:4]]
        types = [one["type"] for one in entry["inputs"]]
        values = self.web3.codec.decode(types, data[4:])
        checked = [Web3.to_checksum_address(v) if t == "address" else v for t, v in zip(types, values, strict=True)]
        return RefusedError(entry["name"], tuple(checked))

    # -- the usual steps of a story

    def institution(self, account: str, /, **changes: Any) -> dict[str, Any]:
        """The registration of one of INSTITUTIONS."""
        scheme, code, jurisdiction, _, roles = INSTITUTIONS[account]
        usual = {
            "scheme": scheme,
            "code": self.uscc(code) if scheme == "uscc" else code,
            "jurisdiction": self.name(jurisdiction),
            "account": self.accounts[account],
            "roles": sum(1 << role for role in roles),
            "profileId": self.digest("profile of ", account),
            "didDigest": self.digest("did:web:", account),
            "endpoint": f"http://127.0.0.1/{account}",
        }
        return {**usual, **changes}

    def qualify(self, account: str, category: str = STEEL, until: int = 0) -> None:
        """Grant an institution all three kinds of qualification from now on."""
        for kind, authority in ((1, "cnca"), (2, "cnas"), (3, "samr")):
            self.act(
                self.institution_registry.functions.grant(
                    self.ids[account], kind, self.name(category), self.digest("qualification"), 0, until
                ),
                authority,
            )

    def certificate(self, serial: str = "1", **changes: Any) -> dict[str, Any]:
        """What the body issues, valid for two years."""
        usual = {
            "issuer": self.ids["body"],
            "recordId": self.digest("record ", serial),
            "numberDigest": self.digest("number ", serial),
            "documentType": 1,
            "category": self.name(STEEL),
            "pcrId": self.digest("GB/T 47064-2026"),
            "origin": self.name("CN-SH"),
            "holderCommitment": self.digest("salted holder ", serial),
            "capacityId": bytes(32),
            "validFrom": self.now - 3600,
            "validUntil": self.now + 2 * 365 * 86400,
            "supersedes": bytes(32),
        }
        return {**usual, **changes}

    def issue(self, serial: str = "1", **changes: Any) -> bytes:
        """Issue a certificate; return its key."""
        issued = self.certificate(serial, **changes)
        self.act(self.certificate_registry.functions.issue(issued), "body")
        return self.digest("tanju/certificate/1", issued["issuer"], issued["recordId"])


@pytest.fixture(scope="session")
def deployment() -> World:
    """All contracts, the authorities, the institutions, the body's qualifications and the platform's deciders."""
    world = World()
    for interface in contracts.names():
        world._learn_errors(list(contracts.load(interface).abi))
    directory = world.deploy("Directory", world.accounts["installer"])
    world.contracts["Directory"] = directory
    authorities = [
        (world.accounts[account], world.name(jurisdiction), sum(1 << kind for kind in kinds))
        for account, (jurisdiction, kinds) in AUTHORITIES.items()
    ]
    for name in contracts.DEPLOYABLE[1:]:
        arguments = (authorities,) if name == "Consortium" else ()
        world.contracts[name] = world.deploy(name, directory.address, *arguments)
        world.act(directory.functions.register(world.name(name), world.contracts[name].address), "installer")
    for account, (_, _, _, authority, _) in INSTITUTIONS.items():
        register = world.institution_registry.functions.register(world.institution(account))
        world.ids[account] = world.ask(register, authority)
        world.act(register, authority)
    world.qualify("body")
    for decider in ("ann", "bob", "cat"):
        world.act(
            world.institution_registry.functions.addDecider(world.ids["platform"], world.accounts[decider]), "platform"
        )
    return world


@pytest.fixture
def world(deployment: World) -> Iterator[World]:
    """The deployment, as if no other test had been."""
    snapshot = deployment.tester.take_snapshot()
    yield deployment
    deployment.tester.revert_to_snapshot(snapshot)


class ReferenceTree:
    """RFC 6962, section 2.1, written as the text has it: slow and obvious. Leaves are given as their hashes."""

    @staticmethod
    def split(count: int) -> int:
        """The largest power of two below a number of leaves."""
        return 1 << (count - 1).bit_length() - 1

    def root(self, leaves: list[bytes]) -> bytes:
        """MTH of section 2.1."""
        if len(leaves) == 0:
            return hashlib.sha256(b"").digest()
        if len(leaves) == 1:
            return leaves[0]
        k = self.split(len(leaves))
        return hashlib.sha256(b"\1" + self.root(leaves[:k]) + self.root(leaves[k:])).digest()

    def inclusion(self, index: int, leaves: list[bytes]) -> list[bytes]:
        """PATH of section 2.1.1."""
        if len(leaves) == 1:
            return []
        k = self.split(len(leaves))
        if index < k:
            return [*self.inclusion(index, leaves[:k]), self.root(leaves[k:])]
        return [*self.inclusion(index - k, leaves[k:]), self.root(leaves[:k])]

    def consistency(self, old: int, leaves: list[bytes]) -> list[bytes]:
        """PROOF of section 2.1.2; from the empty tree there is none."""
        return self._subproof(old, leaves, complete=True) if old else []

    def _subproof(self, old: int, leaves: list[bytes], *, complete: bool) -> list[bytes]:
        if old == len(leaves):
            return [] if complete else [self.root(leaves)]
        k = self.split(len(leaves))
        if old <= k:
            return [*self._subproof(old, leaves[:k], complete=complete), self.root(leaves[k:])]
        return [*self._subproof(old - k, leaves[k:], complete=False), self.root(leaves[:k])]


@pytest.fixture(scope="session")
def reference_tree() -> ReferenceTree:
    """The tree that the contracts are compared with."""
    return ReferenceTree()
