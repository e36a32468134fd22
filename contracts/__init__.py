"""The compiled contracts: their interfaces, code and storage layouts, by name.

The artifacts are committed (``scripts/compile_contracts.py`` writes them), so whoever uses them needs no compiler.
Nothing here talks to a chain.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from types import MappingProxyType
from typing import Any, Final

DEPLOYABLE: Final = (
    "Directory",
    "Consortium",
    "InstitutionRegistry",
    "RecordLog",
    "CertificateRegistry",
    "RecognitionRegistry",
)
"""The contracts with code, in the order in which they are deployed; all others are interfaces."""


class ContractsError(Exception):
    """The base of this floor's errors.

    Attributes:
        code: a stable code for programs.
        next_step: what the reader can do about it.
    """

    code: str = "CONTRACTS"
    next_step: str = ""


class UnknownContractError(ContractsError):
    """No artifact has this name.

    Attributes:
        name: the name that was asked for.
    """

    code = "UNKNOWN_CONTRACT"

    def __init__(self, name: str) -> None:
        self.name = name
        self.next_step = f"Ask for one of {', '.join(names())}."
        super().__init__(f"no compiled contract is called {name!r}. {self.next_step}")


@dataclass(frozen=True, slots=True)
class Artifact:
    """One compiled contract or interface.

    Attributes:
        name: the contract's name, which for a deployable one is also its name in the Directory.
        abi: the entries of the application binary interface.
        bytecode: the code that deploys it, without constructor arguments; empty for an interface.
        deployed_bytecode: the code that then runs, with zeros where the constructor fills in `immutables`.
        immutables: byte ranges (start, length) of `deployed_bytecode` that the constructor fills in.
        storage_layout: the compiler's description of the storage, for state proofs.
    """

    name: str
    abi: tuple[Mapping[str, Any], ...]
    bytecode: bytes
    deployed_bytecode: bytes
    immutables: tuple[tuple[int, int], ...]
    storage_layout: Mapping[str, Any]


@functools.cache
def names() -> tuple[str, ...]:
    """The names that `load` knows, sorted."""
    files = (resources.files(__name__) / "artifacts").iterdir()
    return tuple(sorted(file.name.removesuffix(".json") for file in files if file.name.endswith(".json")))


@functools.cache
def load(name: str) -> Artifact:
    """The artifact of a contract (``RecordLog``) or interface (``IRecordLog``). The answer is shared: do not change it.

    Raises:
        UnknownContractError: there is none of this name.
    """
    if name not in names():
        raise UnknownContractError(name)
    document = json.loads((resources.files(__name__) / "artifacts" / f"{name}.json").read_bytes())
    return Artifact(
        name=document["contractName"],
        abi=tuple(document["abi"]),
        bytecode=bytes.fromhex(document["bytecode"].removeprefix("0x")),
        deployed_bytecode=bytes.fromhex(document["deployedBytecode"].removeprefix("0x")),
        immutables=tuple((place["start"], place["length"]) for place in document["immutables"]),
        storage_layout=MappingProxyType(document["storageLayout"]),
    )
