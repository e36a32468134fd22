"""Write ``tests/vectors/golden``, or with ``--check`` compare it byte for byte (exit 1 with the names that differ)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.golden import records  # noqa: E402  (the path above makes a plain checkout importable)
from scripts.golden.inventory import golden_factors, golden_inventory  # noqa: E402
from scripts.golden.keys import BODY  # noqa: E402
from scripts.golden.world import DECLARED, JURISDICTION, PURPOSE, GoldenWorld  # noqa: E402
from verifier.canonical import canonicalise  # noqa: E402
from verifier.verify_cli import report_json  # noqa: E402

FOLDER: Final = ROOT / "tests" / "vectors" / "golden"


def golden_files(world: GoldenWorld) -> dict[str, bytes]:
    """Every golden file by name: records, tables, trust root, checkpoint, evidence, report, demo.json, identifiers."""
    evidence = world.evidence()
    report = world.verify(evidence, profile="procurement", jurisdiction=JURISDICTION, purpose=PURPOSE)
    files = {f"{name}.json": canonicalise(document) for name, document in world.documents.items()}
    files |= {f"table-{name}.json": canonicalise(rows) for name, rows in world.tables.items()}
    return files | {
        "coil.inventory.json": canonicalise(golden_inventory(DECLARED)),
        "cn-electricity-cfp@2024.factors.json": canonicalise(golden_factors()),
        "trust-root.json": world.trust_bytes,
        "checkpoint.txt": world.checkpoint(BODY)["note"].encode(),
        "coil.evidence.json": evidence,
        "report.json": canonicalise(report_json(report)),
        "identifiers.json": canonicalise(_identifiers(world)),
        "demo.json": canonicalise(_demo(world)),
    }


def _identifiers(world: GoldenWorld) -> dict[str, Any]:
    head = world.view().head()
    return {
        "institution": BODY.id.hex(),
        "certificateRecord": world.certificate_id(),
        "certificateKey": world.key.hex(),
        "records": {name: records.digest(document) for name, document in world.documents.items()},
        "head": f"{world.writer.ledger['chainId']}:{world.chain.genesis}:{head.number}:{head.hash.hex()}",
    }


def _demo(world: GoldenWorld) -> dict[str, Any]:
    return {
        "steps": [{"step": "check-again", "status": "done", "verdict": "VALID", "profile": "procurement"}],
        "chain": {"rpc": "http://127.0.0.1:8545", "start": "tanju chain --data var/demo/chain --port 8545"},
        "head": _identifiers(world)["head"],
        "trustRoot": "var/demo/trust-root.json",
        "evidence": ["var/demo/steel-coil.evidence.json"],
        "inventories": ["var/demo/steel-coil.inventory.json"],
        "nodes": {"shanghai": "http://127.0.0.1:8101"},
    }


def main() -> int:
    """Write or compare; returns the exit code."""
    files = golden_files(GoldenWorld())
    if "--check" not in sys.argv[1:]:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (FOLDER / name).write_bytes(data)
        sys.stderr.write(f"{len(files)} golden files written\n")
        return 0
    present = {path.name for path in FOLDER.iterdir() if path.name != "README.md"}
    differ = [name for name, data in files.items() if name not in present or (FOLDER / name).read_bytes() != data]
    for name in sorted({*differ, *(present - set(files))}):
        sys.stderr.write(f"differs: {name}\n")
    return 1 if differ or present - set(files) else 0


if __name__ == "__main__":
    sys.exit(main())
