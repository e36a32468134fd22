"""``tanju verify`` as a person runs it: a process of its own, against a chain over HTTP, offline, and on bad input."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import uvicorn

from ledger.embedded.server import RpcApplication
from scripts.golden.world import GoldenWorld

Run = Callable[..., subprocess.CompletedProcess[str]]
AS_OF = ("--valid-at", "2026-01-02")
"""The golden chain's clock stands in January 2026, within the certificate's validity."""


@pytest.fixture(scope="module")
def rpc(golden: GoldenWorld) -> Iterator[str]:
    """The golden chain over HTTP on a free loopback port."""
    server = uvicorn.Server(uvicorn.Config(RpcApplication(golden.chain.embedded), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture(scope="module")
def tanju(golden: GoldenWorld, tmp_path_factory: pytest.TempPathFactory, repo_root: Path) -> Run:
    """Run ``tanju verify`` on the golden evidence, in a folder that holds it and its trust root."""
    folder = tmp_path_factory.mktemp("evidence")
    (folder / "coil.evidence.json").write_bytes(golden.evidence())
    (folder / "trust-root.json").write_bytes(golden.trust_bytes)

    def run(*options: str, file: str = "coil.evidence.json") -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", "from verifier.cli import main; main()", "verify", file]
        return subprocess.run(
            [*command, "--trust-root", "trust-root.json", "--lang", "en", *options],
            cwd=folder,
            env={"PYTHONPATH": str(repo_root), "PATH": ""},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def test_valid_against_the_chain(tanju: Run, rpc: str) -> None:
    done = tanju("--rpc", rpc, "--json", *AS_OF)
    report = json.loads(done.stdout)
    assert (done.returncode, report["verdict"]) == (0, "VALID"), done.stderr
    assert report["against"]["kind"] == "chain endpoint"
    assert [check["check"] for check in report["checks"]] == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13]
    assert "not the truth" in report["notice"]


def test_procurement_asks_where_and_for_what(tanju: Run, rpc: str) -> None:
    asked = ["--profile", "procurement", "--rpc", rpc, *AS_OF]
    assert tanju(*asked, "--jurisdiction", "CN-ZJ", "--purpose", "procurement").returncode == 0
    assert tanju(*asked).returncode == 3
    assert tanju(*asked, "--jurisdiction", "CN-AH", "--purpose", "procurement").returncode == 1


def test_pinned_to_a_block(tanju: Run, rpc: str, golden: GoldenWorld) -> None:
    head = golden.view().head()
    pinned = f"{golden.trust.ledger.chain_id}:{golden.trust.ledger.genesis}:{head.number}:{head.hash.hex()}"
    done = tanju("--rpc", rpc, "--pinned", pinned, "--json", *AS_OF)
    assert (done.returncode, json.loads(done.stdout)["against"]["kind"]) == (0, "chain endpoint at a pinned block")
    other = pinned[:-1] + ("0" if pinned[-1] != "0" else "1")
    refused = tanju("--rpc", rpc, "--pinned", other, "--json", *AS_OF)
    assert (refused.returncode, json.loads(refused.stdout)["verdict"]) == (3, "ERROR")


def test_offline_nothing_is_believed(tanju: Run) -> None:
    done = tanju("--offline", "--json")
    assert (done.returncode, json.loads(done.stdout)["verdict"]) == (3, "NOT_CHECKED")


def test_an_endpoint_that_is_down_is_an_error_and_no_verdict(tanju: Run) -> None:
    done = tanju("--rpc", "http://127.0.0.1:9", "--json")
    assert (done.returncode, json.loads(done.stdout)["verdict"]) == (3, "ERROR")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--offline", "--rpc", "http://127.0.0.1:9"],
        ["--rpc", "ftp://x"],
        ["--offline", "--profile", "finance"],
        ["--offline", "--valid-at", "yesterday"],
        ["--offline", "--lang", "fr"],
        ["--offline", "--pinned", "1:2:3"],
    ],
)
def test_usage_is_exit_2_with_one_line(tanju: Run, options: list[str]) -> None:
    done = tanju(*options)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""


def test_a_missing_file_or_trust_root_is_named(tanju: Run) -> None:
    done = tanju("--offline", file="absent.json")
    assert (done.returncode, "absent.json" in done.stderr) == (2, True)


def test_the_table_for_people_is_in_either_language(tanju: Run, rpc: str) -> None:
    chinese = tanju("--rpc", rpc, "--lang", "zh", *AS_OF)
    assert "证书状态" in chinese.stdout
    assert "VALID" in chinese.stdout
    assert "算术可复现，不等于数据真实" in chinese.stdout
