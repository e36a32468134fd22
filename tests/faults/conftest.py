"""The embedded chain as a process of its own, started, asked, stopped and killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from web3 import HTTPProvider, Web3


@dataclass(slots=True)
class ChainProcess:
    """One run of `python -m ledger.embedded` on a free port; `line` is what it said when it was ready."""

    process: subprocess.Popen[str]
    line: str

    @property
    def url(self) -> str:
        return self.line.split()[2]

    @property
    def web3(self) -> Web3:
        return Web3(HTTPProvider(self.url))

    def kill(self) -> None:
        """As a power cut would: no handler runs."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """As an operator would; the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


@pytest.fixture
def start_chain(repo_root: Path, tmp_path: Path) -> Iterator[Callable[..., ChainProcess]]:
    """Start a chain in the test's directory; whatever still runs at the end of the test is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(*options: str, program: tuple[str, ...] = ("-m", "ledger.embedded"), **environment: str) -> ChainProcess:
        with (tmp_path / "chain.log").open("a") as log:
            process = subprocess.Popen(
                [sys.executable, *program, "--data", str(tmp_path / "chain"), "--port", "0", *options],
                cwd=repo_root, env=os.environ | environment, stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip
        started.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("listening on "), (tmp_path / "chain.log").read_text()
        return ChainProcess(process, line)

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


@pytest.fixture
def recorder_code() -> bytes:
    """Creation code of a contract that stores its word of calldata in slot 0 and logs it with the topic 0x7e57."""
    runtime = bytes.fromhex("6000 35 80 6000 55 6000 52 617e57 6020 6000 a1 00")
    return bytes.fromhex(f"60{len(runtime):02x} 600c 6000 39 60{len(runtime):02x} 6000 f3") + runtime


def signed(account: Any, chain_id: int, nonce: int, **fields: Any) -> bytes:
    transaction = {"nonce": nonce, "gas": 200_000, "gasPrice": 0, "value": 0, "data": b"", "chainId": chain_id}
    return bytes(account.sign_transaction(transaction | fields).raw_transaction)


@pytest.fixture
def sign() -> Callable[..., bytes]:
    """Sign a free transaction: account, chain id, nonce, and fields."""
    return signed
