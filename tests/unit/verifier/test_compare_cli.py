"""``tanju compare``: exit codes, JSON, both languages."""

import json

import pytest
from typer import Typer
from typer.testing import CliRunner

from verifier import compare_cli

app = Typer()
app.command("compare")(compare_cli.compare_command)


@app.callback()
def group():
    """Keep `compare` a command of its own."""


def quantity(amount, unit):
    return {"amount": amount, "unit": unit}


def boiler(methane):
    out = {"process": "boiler", "direction": "output"}
    return {
        "schema": "tanju/inventory/1",
        "product": {"name": {"en": "Steam", "zh": "蒸汽"}},
        "functionalUnit": {"quantity": quantity("1", "GJ")},
        "referenceFlow": {"process": "boiler", "flow": "steam", "quantity": quantity("1", "GJ")},
        "systemBoundary": "gate-to-gate",
        "period": {"from": "2025-01-01", "until": "2026-01-01"},
        "rules": {"gwp": "ipcc-ar6-gwp100"},
        "flows": [{"id": "steam", "kind": "product", "unit": "GJ"}],
        "processes": [{"id": "boiler", "stage": "production", "reference": "steam"}],
        "exchanges": [
            {"id": "1", **out, "kind": "product", "flow": "steam", "quantity": quantity("1", "GJ")},
            {"id": "2", **out, "kind": "emission", "flow": "ch4-fossil", "quantity": quantity(methane, "kg")},
        ],
    }


@pytest.fixture
def files(tmp_path):
    paths = []
    for name, methane in (("a", "1.00"), ("b", "1.50")):
        path = tmp_path / f"{name}.inventory.json"
        path.write_text(json.dumps(boiler(methane)), encoding="utf-8")
        paths.append(str(path))
    return paths


def call(*arguments):
    return CliRunner().invoke(app, ["compare", *arguments])


def test_different_is_1_and_the_row_is_named(files):
    done = call(*files, "--json")
    value = json.loads(done.stdout)
    assert done.exit_code == 1
    assert (value["difference"], value["equal"]) == ("14.9", False)
    assert [(row["exchange"]["a"], row["difference"]) for row in value["rows"]] == [("2", "14.9")]


def test_equal_is_0(files):
    assert call(files[0], files[0]).exit_code == 0


def test_one_file_under_two_gwp_sets(files):
    done = call(files[0], "--gwp-b", "ipcc-ar4-gwp100", "--json")
    value = json.loads(done.stdout)
    assert (done.exit_code, value["difference"]) == (1, "-4.8")
    assert value["b"]["gwp"] == "ipcc-ar4-gwp100"
    assert call(files[0], "--gwp-b", "ipcc-ar6-gwp100").exit_code == 0


def test_usage_is_2(files, tmp_path):
    assert call(files[0]).exit_code == 2
    assert call(files[0], str(tmp_path / "none.json")).exit_code == 2
    assert call(*files, "--gwp", "ar4").exit_code == 2
    assert call(*files, "--lang", "fr").exit_code == 2


def test_what_cannot_be_calculated_is_3(files, tmp_path):
    value = boiler("1.00")
    value["referenceFlow"]["flow"] = "other"
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps(value), encoding="utf-8")
    done = call(files[0], str(broken), "--json")
    assert done.exit_code == 3
    assert json.loads(done.stdout)["error"]["code"] == "REFERENCE_MISSING"


def test_a_result_stands_for_its_inventory(files, tmp_path):
    from verifier.footprint import DatasetFactors, recalculate, result_to_json
    from verifier.records.inventory import inventory_from_json

    result = tmp_path / "a.result.json"
    own = recalculate(inventory_from_json(boiler("1.00")), factors=DatasetFactors())
    result.write_text(json.dumps(result_to_json(own)), encoding="utf-8")
    assert call(str(result), files[0]).exit_code == 0
    assert call(str(result), files[1]).exit_code == 1
    assert call(str(result), files[1], "--gwp-a", "ipcc-ar4-gwp100").exit_code == 2


def test_tables_in_both_languages(files):
    english, chinese = call(*files), call(*files, "--lang", "zh")
    assert "Where the difference comes from" in english.stdout
    assert "different" in english.stdout
    assert "差异来自哪些行" in chinese.stdout
    assert "不相等" in chinese.stdout
    assert "equal in" in call(files[0], files[0]).stdout
