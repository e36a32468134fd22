"""Many inventories: each its line, whatever the others are."""

import gc
import io
import json
import tracemalloc

import pytest

from verifier.footprint import BatchSummary, DatasetFactors, line_to_json, recalculate_many
from verifier.footprint import batch as batch_module
from verifier.footprint.batch import inventories_in, inventory_lines
from verifier.records.inventory import inventory_from_json


@pytest.fixture
def value(raw, row):
    def inventory(declared=None, flow="out"):
        rows = [row("1", "p", "out", "out", "1 t"), row("2", "p", "emission", "co2-fossil", "1.50 kg")]
        more = {"declared": {"total": {"amount": declared, "unit": "kg CO2e"}}} if declared else {}
        made = raw({"p": "out"}, {"out": "t"}, rows, "1 t", **more)
        made["referenceFlow"]["flow"] = flow
        return made

    return inventory


def encoded(value):
    return json.dumps(value).encode()


def test_every_inventory_gets_its_line_whatever_the_others_are(value, tmp_path):
    items = [
        ("good", encoded(value("1.5"))),
        ("no json", b"{"),
        ("read", inventory_from_json(value())),
        ("no footprint", encoded(value(flow="other"))),
        ("no file", tmp_path / "none.json"),
        ("wrong", encoded(value("9.9"))),
    ]
    lines = list(recalculate_many(items, factors=DatasetFactors()))
    assert [line.name for line in lines] == [name for name, _ in items]
    assert [line.exit_code for line in lines] == [0, 3, 0, 3, 3, 1]
    assert [line.error.code if line.error else line.result and line.result.verdict for line in lines] == [
        "R0", "FORMAT", "NOT_DECLARED", "REFERENCE_MISSING", "FILE_UNREADABLE", "R3",
    ]  # fmt: skip
    summary = BatchSummary()
    for line in lines:
        summary.add(line)
    assert summary.to_json() == {
        "count": 6,
        "verdicts": {"NOT_DECLARED": 1, "R0": 1, "R3": 1},
        "errors": {"FILE_UNREADABLE": 1, "FORMAT": 1, "REFERENCE_MISSING": 1},
        "exit": 3,
    }


def test_it_streams(value):
    """Nothing is read ahead: a line comes before the next inventory is asked for."""
    asked = []

    def source():
        for number in range(3):
            asked.append(number)
            yield str(number), encoded(value())

    lines = recalculate_many(source(), factors=DatasetFactors())
    assert asked == []
    next(lines)
    assert asked == [0]
    next(lines)
    assert asked == [0, 1]


def test_memory_does_not_grow_with_the_number_of_inventories(value):
    many = value()
    many["exchanges"] += [many["exchanges"][1] | {"id": f"e{number}"} for number in range(150)]
    data = encoded(many)

    def peak(count):
        gc.collect()
        tracemalloc.start()
        for _ in recalculate_many((("x", data) for _ in range(count)), factors=DatasetFactors()):
            pass
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(1)
    assert peak(40) < 2 * peak(4)


def test_a_diagnosis_only_where_asked_for(value):
    def lines(**more):
        return list(recalculate_many([("x", encoded(value("9.9")))], factors=DatasetFactors(), **more))

    assert lines()[0].result.diagnosis is None
    assert lines(diagnosed=True)[0].result.diagnosis is not None


def test_json_lines_and_their_numbers(value):
    text = b"\n".join([encoded(value()), b"", encoded(value("1.5")) + b"\r", b"not json"])
    lines = list(recalculate_many(inventory_lines(io.BytesIO(text), "x.jsonl"), factors=DatasetFactors()))
    assert [(line.name, line.exit_code) for line in lines] == [("x.jsonl:1", 0), ("x.jsonl:3", 0), ("x.jsonl:4", 3)]


def test_a_line_that_is_too_long_fails_alone(value, monkeypatch):
    limit = len(encoded(value())) + 10
    monkeypatch.setattr(batch_module, "MAX_INVENTORY_BYTES", limit)
    monkeypatch.setattr("verifier.records.inventory.MAX_INVENTORY_BYTES", limit)
    text = b"\n".join([b"[" * (limit + 3000), encoded(value())])
    lines = list(recalculate_many(inventory_lines(io.BytesIO(text), "x"), factors=DatasetFactors()))
    assert [line.error.code if line.error else "" for line in lines] == ["TOO_LARGE", ""]
    assert lines[1].name == "x:2"


def test_the_files_of_a_folder_in_order(value, tmp_path):
    (tmp_path / "b").mkdir()
    for name in ("c.json", "a.inventory.json", "b/1.json"):
        (tmp_path / name).write_bytes(encoded(value()))
    (tmp_path / "notes.txt").write_text("x")
    assert [name for name, _ in inventories_in(tmp_path)] == ["a.inventory.json", "b/1.json", "c.json"]
    with pytest.raises(OSError, match="none"):
        inventories_in(tmp_path / "none")


def test_lines_as_json(value):
    good, bad = recalculate_many([("a", encoded(value("1.5"))), ("b", b"{")], factors=DatasetFactors())
    own = line_to_json(good)
    assert (own["inventory"], own["exit"], own["verdict"]) == ("a", 0, "R0")
    assert own["total"] == {"value": "1.5", "unit": "kg CO2e", "per": "1 t"}
    assert line_to_json(good, full=True)["result"]["exchanges"]
    assert line_to_json(bad)["error"]["code"] == "FORMAT"
