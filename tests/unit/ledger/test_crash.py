"""Crash points: closed list, silent unless named, and really a SIGKILL."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.crash import CRASH_POINTS, crash_point


def test_an_unknown_point_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="somewhere"):
        crash_point("somewhere")


def test_a_point_that_is_not_named_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TANJU_CRASH_AT", "while_sealing")
    crash_point("while_appending")


def test_every_point_stands_in_the_code(repo_root: Path) -> None:
    source = "".join(path.read_text() for path in (repo_root / "ledger").rglob("*.py"))
    assert {point for point in CRASH_POINTS if f'crash_point("{point}")' not in source} == set()


def test_the_named_point_kills(repo_root: Path) -> None:
    program = "from ledger.crash import crash_point; crash_point('while_sealing'); print('alive')"
    died = subprocess.run(
        [sys.executable, "-c", program], cwd=repo_root, env=os.environ | {"TANJU_CRASH_AT": "while_sealing"},
        capture_output=True, check=False,
    )  # fmt: skip
    assert (died.returncode, died.stdout) == (-signal.SIGKILL, b"")
