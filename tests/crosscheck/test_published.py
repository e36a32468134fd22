"""Five results that others published for USLCI, to every digit, through the two commands."""

import json

import pytest
from typer import Typer
from typer.testing import CliRunner

from verifier.recalculate_cli import import_command, recalculate_command

PUBLISHED = {
    "Steel, stainless 304, scrap": ("34897ebd-aa3d-347c-91ee-876c3f835fdb", "6.4097"),
    "Aluminum, hot rolling, at plant": ("381d3e3d-29ae-3101-a95b-56a4cec08486", "3.9307"),
    "Aluminum, cold rolling, at plant": ("2b196386-eb1a-352a-aeda-4d003144f6df", "5.3242"),
    "Corn steep liquor": ("68f4d066-5043-34cc-a944-5041732f8e7a", "0.0089742"),
    "Enzyme, Cellulase, Novozyme Celluclast": ("3dd59224-ecba-3fb1-a2c9-9c01947b08b1", "4.0894"),
}
"""TRACI 2.1 global warming (AR4 GWP100), kg CO2e per kg, five significant digits, calculated with openLCA."""
US_GRID = "96bffbb9-b875-36cf-8a11-5723c9d239d9"

app = Typer()
app.command("import")(import_command)
app.command("recalculate")(recalculate_command)


@pytest.fixture
def calculate(uslci, tmp_path):
    def run(process, *arguments):
        target = tmp_path / f"{process}.inventory.json"
        done = CliRunner().invoke(app, ["import", str(uslci), "--process", process, "-o", str(target)])
        assert done.exit_code == 0, done.output
        done = CliRunner().invoke(app, ["recalculate", str(target), "--gwp", "ipcc-ar4-gwp100", "--json", *arguments])
        assert done.exit_code == 0, done.output
        return json.loads(target.read_text("utf-8")), json.loads(done.stdout)

    return run


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_results_to_every_digit(calculate, name):
    process, published = PUBLISHED[name]
    inventory, result = calculate(process)
    assert inventory["product"]["name"]["en"] == name
    assert (result["total"]["unit"], result["total"]["per"]) == ("kg CO2e", "1 kg")
    assert f"{float(result['total']['value']):#.5g}" == f"{float(published):#.5g}"


def test_the_deep_one(calculate):
    """'Electricity, at Grid, US, 2008': 30 linked processes, 897 rows, a loop of 21; every unlinked input is listed."""
    inventory, result = calculate(US_GRID)
    assert (len(inventory["processes"]), len(inventory["exchanges"])) == (30, 897)
    assert result["total"]["per"] == "1 kWh"
    assert 0.6 < float(result["total"]["value"]) < 0.8
    unlinked = [finding for finding in result["findings"] if finding["code"] == "INPUT_UNLINKED"]
    without_provider = [
        row["id"]
        for row in inventory["exchanges"]
        if (row["kind"], row["direction"]) == ("product", "input") and "provider" not in row
    ]
    assert sum(finding["count"] for finding in unlinked) == len(without_provider) > 0
