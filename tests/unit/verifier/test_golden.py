"""The golden files: what the project writes, byte for byte; a change shows in review."""

from __future__ import annotations

from pathlib import Path

from scripts.golden.world import GoldenWorld
from scripts.make_vectors import golden_files
from verifier.canonical import canonicalise, parse
from verifier.records.registry import RECORD_TYPES, read_record


def test_every_golden_file_is_made_again_byte_for_byte(golden: GoldenWorld, repo_root: Path) -> None:
    folder = repo_root / "tests" / "vectors" / "golden"
    files = golden_files(golden)
    assert {path.name for path in folder.iterdir()} == {*files, "README.md"}
    for name, data in files.items():
        assert (folder / name).read_bytes() == data, f"{name}: run make vectors and review the change"


def test_every_record_type_has_a_golden_example(golden: GoldenWorld) -> None:
    seen = {read_record(document).schema_ for document in golden.documents.values()}
    missing = set(RECORD_TYPES) - seen
    assert missing == {"tanju/surveillance/1"}, "status changes are in the golden story of test_verify"


def test_json_goldens_are_canonical(repo_root: Path) -> None:
    for path in (repo_root / "tests" / "vectors" / "golden").glob("*.json"):
        data = path.read_bytes()
        assert canonicalise(parse(data)) == data
