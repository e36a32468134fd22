"""``tanju import`` and ``tanju recalculate``: shapes, exit codes, languages."""

import json

import pytest
from typer import Typer
from typer.testing import CliRunner

from verifier import calculation_inputs, recalculate_cli

app = Typer()
app.command("import")(recalculate_cli.import_command)
app.command("recalculate")(recalculate_cli.recalculate_command)


def quantity(amount, unit):
    return {"amount": amount, "unit": unit}


@pytest.fixture
def value():
    out = {"process": "boiler", "direction": "output"}
    return {
        "schema": "tanju/inventory/1",
        "product": {"name": {"en": "Steam", "zh": "蒸汽"}},
        "functionalUnit": {"quantity": quantity("1", "GJ")},
        "referenceFlow": {"process": "boiler", "flow": "steam", "quantity": quantity("1", "GJ")},
        "systemBoundary": "gate-to-gate",
        "period": {"from": "2025-01-01", "until": "2026-01-01"},
        "rules": {"gwp": "ipcc-ar6-gwp100"},
        "flows": [{"id": "steam", "kind": "product", "unit": "GJ"}, {"id": "el", "kind": "product", "unit": "kWh"}],
        "processes": [{"id": "boiler", "stage": "production", "reference": "steam"}],
        "exchanges": [
            {"id": "1", **out, "kind": "product", "flow": "steam", "quantity": quantity("1", "GJ")},
            {"id": "2", **out, "kind": "emission", "flow": "ch4-fossil", "quantity": quantity("1.00", "kg")},
            {
                "id": "3",
                "process": "boiler",
                "direction": "input",
                "kind": "product",
                "flow": "el",
                "quantity": quantity("10.000", "kWh"),
                "provider": {"factor": "own@1#grid"},
            },
        ],
    }


@pytest.fixture
def factor_file(tmp_path):
    includes = {"upstream": True, "combustion": True, "losses": True, "capital": False}
    entry = {
        "id": "grid",
        "name": {"en": "grid"},
        "value": "0.5",
        "unit": "kg CO2e/kWh",
        "gwp": "ipcc-ar6-gwp100",
        "source": "x",
        "certainty": "low",
        "licence": {"redistribution": "open"},
        "includes": includes,
    }
    body = {"schema": "tanju/factor-dataset/1", "series": "own", "version": "1", "kind": "life-cycle", "source": "x"}
    path = tmp_path / "own.factors.json"
    path.write_text(json.dumps(body | {"title": {"en": "own"}, "entries": [entry]}), encoding="utf-8")
    return path


@pytest.fixture
def call(value, tmp_path, factor_file):
    def run(*arguments, declared=None):
        if declared:
            value["declared"] = {"total": quantity(declared, "kg CO2e")}
        path = tmp_path / "x.inventory.json"
        path.write_text(json.dumps(value), encoding="utf-8")
        return CliRunner().invoke(app, ["recalculate", str(path), "--factors", str(factor_file), *arguments])

    return run


def test_json_has_the_shape_of_the_interface(call):
    done = call("--json")
    result = json.loads(done.stdout)
    assert done.exit_code == 0
    assert result["total"] == {"value": "34.8000000000", "unit": "kg CO2e", "per": "1 GJ"}
    assert result["verdict"] == "NOT_DECLARED"
    assert result["stages"] == [{"stage": "production", "value": "34.8000000000", "share": "1.000000"}]
    assert [gas["gas"] for gas in result["gases"]] == ["ch4-fossil", "unspecified"]
    assert [process["process"] for process in result["processes"]] == ["boiler"]
    assert [exchange["exchange"] for exchange in result["exchanges"]] == ["2", "3"]
    assert result["findings"] == []


@pytest.mark.parametrize(
    ("declared", "verdict", "code"),
    [("34.8", "R0", 0), ("34.91", "R1", 0), ("36.0", "R3", 1)],
)
def test_exit_codes_follow_the_verdict(call, declared, verdict, code):
    done = call("--json", declared=declared)
    assert json.loads(done.stdout)["verdict"] == verdict
    assert done.exit_code == code


def test_inputs_too_coarse_is_not_reproduced(call, value):
    value["exchanges"][1]["quantity"]["amount"] = "1"
    done = call("--json", declared="36.0")
    assert json.loads(done.stdout)["verdict"] == "INPUTS_TOO_COARSE"
    assert done.exit_code == 1


def test_the_gwp_set_can_be_named(call):
    assert json.loads(call("--json", "--gwp", "ipcc-ar4-gwp100").stdout)["total"]["value"] == "30.0000000000"
    assert call("--gwp", "ar4").exit_code == 2


def test_tables_in_both_languages(call):
    english, chinese = call(declared="34.8"), call("--lang", "zh", declared="34.8")
    assert "reproduced exactly" in english.stdout
    assert "By life-cycle stage" in english.stdout
    assert "精确复现" in chinese.stdout
    assert "蒸汽" in chinese.stdout
    assert "算术可复现，不等于数据真实" in chinese.stdout
    assert call("--lang", "fr").exit_code == 2


def test_what_cannot_be_calculated_exits_3_and_says_why(call, value):
    value["exchanges"][2]["provider"] = {"factor": "own@1#missing"}
    done = call("--json")
    error = json.loads(done.stdout)["error"]
    assert done.exit_code == 3
    assert (error["code"], error["row"]) == ("FACTOR_UNKNOWN", "3")
    assert error["nextStep"]
    assert "FACTOR_UNKNOWN" in done.stderr


def test_a_missing_file_is_a_matter_of_usage(tmp_path):
    assert CliRunner().invoke(app, ["recalculate", str(tmp_path / "none.json")]).exit_code == 2


def test_a_file_that_is_no_inventory(tmp_path):
    path = tmp_path / "x.json"
    path.write_text('{"schema": "other/1"}', encoding="utf-8")
    done = CliRunner().invoke(app, ["recalculate", str(path), "--json"])
    assert done.exit_code == 3
    assert json.loads(done.stdout)["error"]["code"] == "SCHEMA_UNKNOWN"


def test_import_checks_and_passes_on_an_inventory_file(tmp_path, value):
    source, target = tmp_path / "a.json", tmp_path / "b.json"
    source.write_text(json.dumps(value), encoding="utf-8")
    done = CliRunner().invoke(app, ["import", str(source), "-o", str(target), "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["problems"] == []
    assert json.loads(target.read_text(encoding="utf-8")) == value


def test_import_refuses_what_it_does_not_know(tmp_path):
    source = tmp_path / "a.xlsx"
    source.write_bytes(b"something else")
    done = CliRunner().invoke(app, ["import", str(source), "-o", str(tmp_path / "b.json")])
    assert done.exit_code == 3
    assert "IMPORT_FORMAT" in done.stderr


def test_a_signed_dataset_is_known_by_its_record_id_too(call, value, factor_file):
    """The row cites the record; the signature itself is a matter of `tanju verify`."""
    record = {"credentialSubject": json.loads(factor_file.read_text(encoding="utf-8")), "id": "x", "proof": []}
    factor_file.write_text(json.dumps(record), encoding="utf-8")
    loaded = calculation_inputs.load_dataset(factor_file)
    assert loaded.record_id is not None
    assert loaded.record_id.startswith("sha-256:")
    value["exchanges"][2]["provider"] = {"factor": f"{loaded.record_id}#grid"}
    result = json.loads(call("--json").stdout)
    assert result["total"]["value"] == "34.8000000000"
    assert result["factors"][0]["record"] == loaded.record_id


def test_a_named_file_stands_in_place_of_the_shipped_dataset_of_that_name(call, value, factor_file):
    body = json.loads(factor_file.read_text(encoding="utf-8")) | {"series": "cn-electricity-cfp", "version": "2024"}
    factor_file.write_text(json.dumps(body), encoding="utf-8")
    value["exchanges"][2]["provider"] = {"factor": "cn-electricity-cfp@2024#grid"}
    assert json.loads(call("--json").stdout)["total"]["value"] == "34.8000000000"


def test_the_shipped_datasets_load():
    names = [dataset.body.name for dataset in calculation_inputs.shipped_datasets()]
    assert len(names) == len(set(names))
    assert "cn-electricity-cfp@2024" in names


def test_nothing_slow_is_imported():
    """web3 and pandas stay out of an offline recalculation, scipy out of a small one."""
    import subprocess
    import sys

    code = "import sys, verifier.footprint; print([m for m in ('web3', 'pandas', 'scipy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- many -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(value, tmp_path):
    place = tmp_path / "many"
    place.mkdir()
    for name, declared in (("a", "34.8"), ("b", "36.0")):
        own = value | {"declared": {"total": quantity(declared, "kg CO2e")}}
        (place / f"{name}.json").write_text(json.dumps(own), encoding="utf-8")
    return place


def many(place, factor_file, *arguments):
    return CliRunner().invoke(app, ["recalculate", "--batch", str(place), "--factors", str(factor_file), *arguments])


def test_a_batch_prints_a_line_each_and_ends_with_the_worst(folder, factor_file):
    done = many(folder, factor_file, "--json")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 1
    assert [(line["inventory"], line["verdict"]) for line in lines[:-1]] == [("a.json", "R0"), ("b.json", "R3")]
    assert lines[-1]["summary"] == {"count": 2, "verdicts": {"R0": 1, "R3": 1}, "errors": {}, "exit": 1}
    assert "2 inventories: R0 1, R3 1" in done.stderr
    (folder / "c.json").write_text("{", encoding="utf-8")
    done = many(folder, factor_file, "--lang", "zh")
    assert done.exit_code == 3
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["R0", "R3", "ERROR"]
    assert "精确复现" in done.stdout


def test_a_batch_of_json_lines_with_whole_results(folder, factor_file, tmp_path):
    place = tmp_path / "many.jsonl"
    place.write_bytes(b"\n".join((folder / name).read_bytes() for name in ("a.json", "b.json")))
    done = many(place, factor_file, "--json", "--full")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["inventory"] for line in lines[:-1]] == ["many.jsonl:1", "many.jsonl:2"]
    assert lines[1]["result"]["diagnosis"]["gap"] == "1.2"


def test_usage_of_a_batch(folder, factor_file, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    assert many(empty, factor_file).exit_code == 2
    assert many(tmp_path / "none", factor_file).exit_code == 2
    assert many(folder, factor_file, "--full").exit_code == 2
    assert CliRunner().invoke(app, ["recalculate"]).exit_code == 2
    assert CliRunner().invoke(app, ["recalculate", "x.json", "--batch", str(folder)]).exit_code == 2


def test_what_is_not_reproduced_comes_with_its_diagnosis(call):
    done = call("--json", declared="5.0")
    diagnosis = json.loads(done.stdout)["diagnosis"]
    assert (diagnosis["candidates"][0]["change"], diagnosis["candidates"][0]["row"]) == ("left-out", "2")
    assert "row 2 left out" in call(declared="5.0").stdout
    assert "漏计行 2" in call("--lang", "zh", declared="5.0").stdout
