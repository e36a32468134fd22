"""The benchmarks run, compare like with like, and both sides come to the same numbers; no time is asserted."""

import importlib

import pytest

pytest.importorskip("bw2calc")


@pytest.fixture
def module():
    return lambda name: importlib.import_module(f"benchmarks.{name}")


@pytest.mark.filterwarnings("ignore")
def test_the_mathematics(module):
    rows = module("mathematics").measure(6, 3)
    assert [row.ratio == pytest.approx(row.peer / row.own) for row in rows] == [True, True]
    assert all(row.left_out and row.met == (row.reached >= 1) for row in rows)


@pytest.mark.filterwarnings("ignore")
def test_end_to_end(module):
    row = module("end_to_end").measure(40, 3, 2)
    assert row.to_json()["bar"] == "≥ 800/s"
    assert row.ratio == pytest.approx(row.own / row.peer)


@pytest.mark.filterwarnings("ignore")
def test_a_peer_that_does_not_agree_is_no_benchmark(module, monkeypatch):
    mathematics = module("mathematics")
    monkeypatch.setattr(mathematics, "score", lambda data: 1.0)
    with pytest.raises(AssertionError, match="do not agree"):
        mathematics.measure(6, 3)


def test_inventories_are_the_same_on_every_machine(module):
    systems = module("systems")
    from verifier.canonical import parse_canonical
    from verifier.footprint import DatasetFactors

    factors = DatasetFactors.of([systems.dataset()])
    first, second = (systems.inventories(2, 40, factors) for _ in range(2))
    assert first == second
    assert all(len(parse_canonical(data)["exchanges"]) == 40 for data in first)
