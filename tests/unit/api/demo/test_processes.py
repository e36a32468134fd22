import os
import sys
from pathlib import Path

import pytest

from api.demo.errors import DemoError
from api.demo.layout import Layout
from api.demo.processes import Processes


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path)
    layout.logs.mkdir()
    return layout


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_leaving_ends_every_process_even_one_that_does_not_listen(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.demo.processes.END_SECONDS", 0.5)
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(60)"
    )
    with Processes(layout) as processes:
        polite = processes.start("polite", python("import time; time.sleep(60)"))
        stubborn = processes.start("stubborn", python(deaf))
        processes.wait_until(stubborn, lambda: "ready" in stubborn.log.read_text())
    for running in (polite, stubborn):
        assert running.process.returncode is not None
        with pytest.raises(ProcessLookupError):
            os.kill(running.process.pid, 0)


def test_a_process_that_dies_is_told_with_the_end_of_its_log(layout: Layout) -> None:
    with Processes(layout) as processes:
        dying = processes.start("dying", python("raise SystemExit('no such chain')"))
        with pytest.raises(DemoError, match="no such chain") as caught:
            processes.wait_until(dying, lambda: False)
    assert caught.value.log == layout.log("dying")


def test_waiting_ends(layout: Layout) -> None:
    with Processes(layout) as processes:
        silent = processes.start("silent", python("import time; time.sleep(60)"))
        with pytest.raises(DemoError, match="did not answer"):
            processes.wait_until(silent, lambda: False, seconds=0.2)


def test_a_later_death_is_noticed(layout: Layout) -> None:
    with Processes(layout) as processes:
        short = processes.start("short", python(""))
        short.process.wait(10)
        with pytest.raises(DemoError, match="ended with exit code 0"):
            processes.check_all()
