"""``tanju demo`` as its reader runs it: a command, a folder, a file with what happened, and nothing left running."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

STEPS = [
    ("trust-root", "DONE", "VALID", None),
    ("publish", "DONE", "VALID", None),
    ("disclose", "DONE", "VALID", None),
    ("recalculate", "DONE", "R0", None),
    ("certify", "DONE", "VALID", None),
    ("anchor", "VALID", "VALID", "document"),
    ("check", "NONE", "INVALID", "procurement"),
    ("recognise", "FULL", "VALID", None),
    ("check-again", "FULL", "VALID", "procurement"),
    ("receive", "VALID", "VALID", "document"),
    ("suspend", "SUSPENDED", "VALID", None),
    ("recognition-paused", "PAUSED", "INVALID", "procurement"),
    ("bank-now", "SUSPENDED", "INVALID", "document"),
    ("bank-as-of", "VALID", "VALID", "document"),
    ("restore", "VALID", "VALID", None),
    ("check-restored", "FULL", "VALID", "procurement"),
]
pytestmark = pytest.mark.timeout(600)


MAIN = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell ignores it for what it starts in the background
from verifier.cli import main
main()
"""


def tanju(folder: Path, *arguments: str, **options: Any) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", MAIN, *arguments]
    return subprocess.Popen(command, cwd=folder, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def answers(url: str) -> bool:
    try:
        httpx2.post(url, json={}, trust_env=False, timeout=5)
    except httpx2.TransportError:
        return False
    return True


def wait_for(path: Path, process: subprocess.Popen[str]) -> dict[str, Any]:
    """The content of demo.json, once it is there."""
    while not path.exists() or not path.read_text():
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.2)
    found: dict[str, Any] = json.loads(path.read_text())
    return found


@contextmanager
def reopened(folder: Path, told: dict[str, Any]) -> Iterator[None]:
    """The chain, reopened with the command that demo.json gives."""
    program, *arguments = shlex.split(told["chain"]["start"])
    assert Path(program).name == "tanju"
    chain = tanju(folder, *arguments)
    try:
        while not answers(told["chain"]["rpc"]):
            assert chain.poll() is None, chain.communicate()[1]
            time.sleep(0.1)
        yield
    finally:
        chain.terminate()
        chain.communicate(timeout=30)


def check_what_was_told(folder: Path, told: dict[str, Any]) -> None:
    assert [(item["step"], item["status"], item["verdict"], item["profile"]) for item in told["steps"]] == STEPS
    for name in [told["trustRoot"], *told["evidence"], *told["inventories"]]:
        assert not Path(name).is_absolute()
        assert (folder / name).is_file()
    assert set(told["nodes"]) == {"shanghai", "zhejiang", "bank"}
    for url in [told["chain"]["rpc"], *told["nodes"].values()]:
        assert not answers(url), f"{url} still answers"
    with reopened(folder, told):
        for name in told["evidence"]:
            arguments = ["--trust-root", told["trustRoot"], "--rpc", told["chain"]["rpc"], "--pinned", told["head"]]
            done = tanju(folder, "verify", name, *arguments, "--json")
            output, _ = done.communicate(timeout=120)
            assert (done.returncode, json.loads(output)["verdict"]) == (0, "VALID")
    for name in told["inventories"]:
        done = tanju(folder, "recalculate", name, "--json")
        output, problems = done.communicate(timeout=120)
        assert done.returncode == 0, problems


def test_the_pages_stay_up_until_somebody_ends_them(tmp_path: Path) -> None:
    demo = tanju(tmp_path, "demo", "--json", "out/demo.json", "--dir", "var/demo", "--lang", "en")
    told = wait_for(tmp_path / "out" / "demo.json", demo)
    for url in told["nodes"].values():
        page = httpx2.get(url, params={"lang": "zh"}, trust_env=False, timeout=30)
        assert "测试网络：不是证书" in page.text
    demo.send_signal(signal.SIGINT)
    _, words = demo.communicate(timeout=60)
    assert demo.returncode == 130, words
    assert "demo keys are not a reliable electronic signature" in words
    assert "tanju verify var/demo/evidence/steel-coil.evidence.json" in words
    check_what_was_told(tmp_path, told)


@pytest.mark.slow
def test_it_runs_twice_in_a_row_in_one_folder(tmp_path: Path) -> None:
    for _ in range(2):
        demo = tanju(tmp_path, "demo", "--once", "--json", "demo.json", env={**os.environ, "LANG": "zh_CN.UTF-8"})
        _, words = demo.communicate(timeout=300)
        assert demo.returncode == 0, words
        assert "演示密钥不是可靠电子签名" in words
        check_what_was_told(tmp_path, json.loads((tmp_path / "demo.json").read_text()))


def test_a_port_that_is_taken_is_said_before_anything_is_started(tmp_path: Path) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        demo = tanju(tmp_path, "demo", "--once", "--port-base", str(min(port, 65532)))
        _, words = demo.communicate(timeout=60)
    assert demo.returncode == 3
    assert "--port-base" in words
    assert not (tmp_path / "var" / "demo" / "chain").exists()
