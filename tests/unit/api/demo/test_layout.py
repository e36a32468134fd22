import json
import subprocess
import sys
from pathlib import Path

import pytest

from api.demo.errors import DemoError
from api.demo.layout import MARKER, PIDS, prepared


def test_a_second_run_wipes_what_the_first_left(tmp_path: Path) -> None:
    root = tmp_path / "demo"
    with prepared(root) as layout:
        (layout.root / "chain").mkdir()
        (layout.chain / "chain.db").write_text("old")
        layout.trust_root.write_text("old")
    with prepared(root) as layout:
        assert not layout.chain.exists()
        assert not layout.trust_root.exists()
        assert layout.logs.is_dir()


def test_a_folder_of_somebody_else_is_never_wiped(tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(DemoError, match="not a folder of the demo"), prepared(tmp_path):
        pass
    assert (tmp_path / "thesis.docx").read_text() == "years of work"
    assert not (tmp_path / MARKER).exists()


def test_two_demos_do_not_share_a_folder(tmp_path: Path) -> None:
    with prepared(tmp_path / "demo"), pytest.raises(DemoError, match="another demo"), prepared(tmp_path / "demo"):
        pass


def test_links_are_removed_and_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    with prepared(tmp_path / "demo") as layout:
        (layout.root / "link").symlink_to(outside)
    with prepared(tmp_path / "demo") as layout:
        assert not (layout.root / "link").exists()
    assert (outside / "kept").exists()


def test_what_a_killed_demo_left_running_is_ended_and_nothing_else(tmp_path: Path) -> None:
    with prepared(tmp_path / "demo") as layout:
        folder = layout.root
    sleep = "import sys, time; time.sleep(60)"
    mine = subprocess.Popen([sys.executable, "-c", sleep, str(folder / "shanghai")])
    other = subprocess.Popen([sys.executable, "-c", sleep, "somewhere else"])
    try:
        (folder / PIDS).write_text(json.dumps([mine.pid, other.pid, 2**22 - 1, "no pid"]))
        with prepared(folder):
            assert mine.wait(10) != 0
            assert other.poll() is None
    finally:
        for process in (mine, other):
            process.kill()
            process.wait()


def test_paths_are_shown_relative_to_the_current_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with prepared(tmp_path / "var" / "demo") as layout:
        assert layout.shown(layout.trust_root) == "var/demo/trust-root.json"
        assert layout.shown(Path("/elsewhere")) == "/elsewhere"
