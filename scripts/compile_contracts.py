"""Compile the contracts and write their artifacts, or check that the committed ones are what the sources give.

``python scripts/compile_contracts.py`` writes ``contracts/artifacts/`` and, for the harnesses of the tests,
``tests/solidity/artifacts/``. With ``--check`` it compiles into a temporary folder, compares bytes and exits 1 with
the names that differ. It needs Node and ``npm ci`` once; whoever only uses the artifacts, as the tests do, needs
neither.

The artifacts are deterministic: the compiler is pinned in ``package-lock.json``, all sources travel in one standard
JSON input under their paths in the repository, the code carries no hash of its metadata, and the numbers of the
compiler's syntax tree are taken out of the storage layouts.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from solcx import compile_standard
from solcx.exceptions import SolcError

ROOT: Final = Path(__file__).resolve().parent.parent
COMPILER: Final = ROOT / "scripts" / "solc-wrapper.js"
ARTIFACT_FOLDERS: Final = {
    "contracts": "contracts/artifacts",
    "contracts/interfaces": "contracts/artifacts",
    "tests/solidity/contracts": "tests/solidity/artifacts",
}
"""Which folder the artifacts of a folder's sources go to. Libraries, types and abstract contracts have none."""

SETTINGS: Final[dict[str, Any]] = {
    "evmVersion": "paris",
    "viaIR": True,
    "optimizer": {"enabled": True, "runs": 200},
    "metadata": {"bytecodeHash": "none"},
}
OUTPUT_SELECTION: Final = [
    "abi",
    "metadata",
    "evm.bytecode.object",
    "evm.deployedBytecode.object",
    "evm.deployedBytecode.immutableReferences",
    "storageLayout",
]
MAX_CODE_BYTES: Final = 24_576
"""The largest run-time code a chain accepts (EIP-170)."""
SYNTAX_TREE_NUMBER: Final = re.compile(r"(t_(?:struct|enum|contract)\()([^()]*)\)\d+")


class CompilationError(Exception):
    """The sources do not compile without errors and warnings, or a contract is too large to deploy."""


def read_sources() -> dict[str, str]:
    """All Solidity sources, as {path in the repository: text}."""
    files = sorted((ROOT / "contracts").rglob("*.sol")) + sorted((ROOT / "tests/solidity/contracts").glob("*.sol"))
    return {file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8") for file in files}


def compile_sources(sources: dict[str, str]) -> dict[str, Any]:
    """Compile sources given as {path: text}; return the compiler's ``contracts`` by path and name.

    Raises:
        CompilationError: the compiler has an error or a warning.
    """
    request = {
        "language": "Solidity",
        "sources": {path: {"content": text} for path, text in sources.items()},
        "settings": {**SETTINGS, "outputSelection": {"*": {"*": OUTPUT_SELECTION}}},
    }
    try:
        output = compile_standard(request, solc_binary=COMPILER)
    except SolcError as error:
        raise CompilationError(error.message) from error
    findings = [finding["formattedMessage"] for finding in output.get("errors", [])]
    if findings:
        raise CompilationError("\n".join(findings))
    contracts: dict[str, Any] = output["contracts"]
    return contracts


def artifact(name: str, compiled: dict[str, Any], sources: dict[str, str]) -> dict[str, Any]:
    """The committed description of one contract: what it is, and from which sources (SHA-256) and settings.

    Raises:
        CompilationError: its run-time code is larger than ``MAX_CODE_BYTES``.
    """
    metadata = json.loads(compiled["metadata"])
    deployed = compiled["evm"]["deployedBytecode"]
    size = len(deployed["object"]) // 2
    if size > MAX_CODE_BYTES:
        raise CompilationError(f"{name} has {size} bytes of code; at most {MAX_CODE_BYTES} can be deployed: split it")
    return {
        "contractName": name,
        "abi": compiled["abi"],
        "bytecode": "0x" + compiled["evm"]["bytecode"]["object"],
        "deployedBytecode": "0x" + deployed["object"],
        "immutables": _immutables(deployed.get("immutableReferences", {})),
        "storageLayout": _storage_layout(compiled["storageLayout"]),
        "compiler": {"version": metadata["compiler"]["version"], "settings": SETTINGS},
        "sources": {path: hashlib.sha256(sources[path].encode()).hexdigest() for path in metadata["sources"]},
    }


def _immutables(references: dict[str, list[dict[str, int]]]) -> list[dict[str, int]]:
    """The ranges of the run-time code that the constructor fills in, without the syntax tree's numbers."""
    return sorted((place for places in references.values() for place in places), key=lambda place: place["start"])


def _storage_layout(layout: dict[str, Any]) -> dict[str, Any]:
    """A storage layout whose keys call types by name instead of their number in the syntax tree.

    Raises:
        CompilationError: two types would have one name.
    """
    types: dict[str, Any] = layout["types"] or {}
    names = {
        match.group(0): f"{match.group(1)}{description['label'].split(' ')[-1]})"
        for key, description in types.items()
        if (match := SYNTAX_TREE_NUMBER.match(key))
    }
    if len(set(names.values())) != len(names):
        raise CompilationError(f"two types of a storage layout have one name: {sorted(names.values())}")
    text = json.dumps({"storage": layout["storage"], "types": types})
    named: dict[str, Any] = json.loads(SYNTAX_TREE_NUMBER.sub(lambda match: names[match.group(0)], text))
    members = [member for description in named["types"].values() for member in description.get("members", [])]
    for variable in [*named["storage"], *members]:
        del variable["astId"]
    return named


def build() -> dict[str, bytes]:
    """All artifacts, as {path in the repository: bytes}: JSON with sorted keys, one space of indent, a last newline."""
    sources = read_sources()
    built: dict[str, bytes] = {}
    for path, by_name in compile_sources(sources).items():
        folder = ARTIFACT_FOLDERS.get(Path(path).parent.as_posix())
        for name, compiled in by_name.items():
            is_interface = Path(path).parent.name == "interfaces"
            if folder and (is_interface or compiled["evm"]["bytecode"]["object"]):
                text = json.dumps(artifact(name, compiled, sources), indent=1, sort_keys=True)
                built[f"{folder}/{name}.json"] = text.encode("ascii") + b"\n"
    return built


def write(root: Path) -> None:
    """Write the artifacts below a root and remove those that no source gives any more."""
    built = build()
    for path in committed(root) - built.keys():
        (root / path).unlink()
    for path, content in built.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(content)


def committed(root: Path) -> set[str]:
    """The paths of the artifacts that lie below a root."""
    folders = set(ARTIFACT_FOLDERS.values())
    return {file.relative_to(root).as_posix() for folder in folders for file in (root / folder).glob("*.json")}


def differences(one: Path, other: Path) -> list[str]:
    """The paths of the artifacts that only one of two roots has, or whose bytes differ."""
    both = committed(one) & committed(other)
    changed = {path for path in both if (one / path).read_bytes() != (other / path).read_bytes()}
    return sorted(changed | (committed(one) ^ committed(other)))


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return its exit code: 0 done or the same, 1 different or not compiled, 2 no compiler."""
    parser = argparse.ArgumentParser(description="Compile the contracts and write their artifacts.")
    parser.add_argument("--check", action="store_true", help="compare with the committed artifacts instead of writing")
    options = parser.parse_args(arguments)
    if not (ROOT / "node_modules" / "solc").is_dir():
        print("The compiler is not there: run `npm ci` first (Node 18 or newer).", file=sys.stderr)
        return 2
    try:
        if not options.check:
            write(ROOT)
            return 0
        with tempfile.TemporaryDirectory() as temporary:
            write(Path(temporary))
            different = differences(ROOT, Path(temporary))
    except CompilationError as error:
        print(error, file=sys.stderr)
        return 1
    for path in different:
        print(f"{path} is not what the sources give: run `make contracts-write`.", file=sys.stderr)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
