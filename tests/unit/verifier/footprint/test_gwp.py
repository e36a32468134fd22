"""The GWP sets: their numbers, their digests, and the table they come from."""

import json
import subprocess
import sys
from fractions import Fraction
from importlib import resources

import pytest

from verifier.canonical import digest_of
from verifier.footprint import FootprintError, load_gwp
from verifier.records.lists import GASES, GWP_SETS, codes

NAMES = sorted(codes(GWP_SETS))


@pytest.mark.parametrize(
    ("name", "gas", "factor"),
    [
        ("ipcc-ar4-gwp100", "ch4-fossil", "25"),
        ("ipcc-ar4-gwp100", "ch4-biogenic", "25"),
        ("ipcc-ar4-gwp100", "n2o", "298"),
        ("ipcc-ar4-gwp100", "cf4", "7390"),
        ("ipcc-ar5-gwp100", "ch4-fossil", "28"),
        ("ipcc-ar5-gwp100", "n2o", "265"),
        ("ipcc-ar5-feedback-gwp100", "ch4-fossil", "34"),
        ("ipcc-ar6-gwp100", "ch4-fossil", "29.8"),
        ("ipcc-ar6-gwp100", "ch4-biogenic", "27"),
        ("ipcc-ar6-gwp100", "n2o", "273"),
        ("ipcc-ar6-gwp100", "sf6", "25200"),
        ("ipcc-ar6-gwp100", "nf3", "17400"),
        ("ipcc-ar6-gwp100", "co2-land-use-change", "1"),
    ],
)
def test_published_values(name, gas, factor):
    assert load_gwp(name).factor(gas) == Fraction(factor)


@pytest.mark.parametrize("name", NAMES)
def test_every_set_of_the_closed_list_is_shipped_with_its_digest(name):
    gwp = load_gwp(name)
    data = resources.files("verifier").joinpath("data", "gwp", f"{name}.json").read_bytes()
    assert gwp.digest == digest_of(data)
    assert set(gwp.factors) <= codes(GASES)
    assert gwp.source


def test_methane_without_origin_is_never_the_average():
    assert load_gwp("ipcc-ar6-gwp100").factor("ch4") == Fraction("29.8")
    assert load_gwp("ipcc-ar6-gwp100").factor("co2") == 1
    assert load_gwp("ipcc-ar6-gwp100").factor("hfe7200") is None


def test_a_changed_set_is_refused(monkeypatch, tmp_path):
    folder = tmp_path / "data" / "gwp"
    folder.mkdir(parents=True)
    real = resources.files("verifier").joinpath("data", "gwp")
    (folder / "digests.json").write_bytes(real.joinpath("digests.json").read_bytes())
    changed = json.loads(real.joinpath("ipcc-ar6-gwp100.json").read_bytes())
    changed["factors"]["n2o"] = "1"
    (folder / "ipcc-ar6-gwp100.json").write_text(json.dumps(changed), encoding="utf-8")
    monkeypatch.setattr("verifier.footprint.gwp.resources.files", lambda _: tmp_path)
    with pytest.raises(FootprintError) as caught:
        load_gwp.__wrapped__("ipcc-ar6-gwp100")
    assert caught.value.code == "GWP_UNKNOWN"


def test_the_sets_follow_from_the_table(repo_root, shared_dir):
    command = [sys.executable, "scripts/make_gwp.py", str(shared_dir / "data" / "gwp100.csv"), "--check"]
    done = subprocess.run(
        command, cwd=repo_root, env={"PYTHONPATH": str(repo_root)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
