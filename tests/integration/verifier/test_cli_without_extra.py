"""``tanju`` where only the verifier is installed: the server's commands say what is missing."""

import subprocess
import sys
from pathlib import Path

import pytest

HIDDEN = """
import sys
from importlib.abc import MetaPathFinder

class Hidden(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("fastapi", "httpx2", "sqlalchemy", "eth", "pydantic_settings"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Hidden())
from verifier.cli import main
main()
"""


@pytest.mark.parametrize("arguments", [["demo", "--once"], ["serve"], ["chain", "--data", "x"], ["fsck"]])
def test_a_server_command_names_the_extra(repo_root: Path, tmp_path: Path, arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", HIDDEN, *arguments],
        cwd=tmp_path, env={"PYTHONPATH": str(repo_root)}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "tanju[server]" in done.stderr
