"""The shipped factor datasets and the demo's two inventories: what they say, whence it comes, and that it adds up."""

import csv
import json
import runpy
import zipfile
from collections import Counter
from fractions import Fraction
from math import prod
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from verifier.decimals import round_half_even
from verifier.footprint import DatasetFactors, FootprintError, recalculate
from verifier.formats.openlca_inventory import import_openlca
from verifier.records.factors import load_factor_dataset
from verifier.records.inventory import inventory_bytes, inventory_from_json, load_inventory

REPO = Path(__file__).resolve().parents[3]
FACTORS = sorted((REPO / "verifier" / "data" / "factors").glob("*.factors.json"))
STEEL = REPO / "api" / "demo" / "data" / "steel-coil.inventory.json"
EXCERPT = REPO / "api" / "demo" / "data" / "electricity-us-2008.excerpt" / "uslci_olca1_5_0_json_ld.zip"
US_ELECTRICITY = "96bffbb9-b875-36cf-8a11-5723c9d239d9"
USLCI = Path("data") / "uslci" / "uslci_olca1_5_0_json_ld.zip"
CHINESE = ("cn-electricity-cfp@", "cn-grid-co2@", "cn-fuel-combustion@", "cn-purchased-heat-co2@")


@pytest.fixture(scope="module")
def datasets():
    bodies = {body.name: body for body in map(load_factor_dataset, FACTORS)}
    assert len(bodies) == len(FACTORS)
    return bodies


@pytest.fixture(scope="module")
def factors(datasets):
    return DatasetFactors.of(datasets.values())


@pytest.fixture(scope="module")
def document():
    return json.loads(STEEL.read_bytes())


@pytest.fixture(scope="module")
def result(factors):
    return recalculate(load_inventory(STEEL), factors=factors)


def script(name):
    return SimpleNamespace(**runpy.run_path(str(REPO / "scripts" / f"{name}.py")))


def rows(path):
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


# --- factor datasets ----------------------------------------------------------------------------------------------


def test_file_names_are_the_names_of_the_datasets(datasets):
    assert {path.name.removesuffix(".factors.json") for path in FACTORS} == set(datasets)


def test_the_two_electricity_numbers_are_of_different_kinds(datasets):
    footprint, grid = datasets["cn-electricity-cfp@2024"], datasets["cn-grid-co2@2023"]
    assert (footprint.kind, grid.kind) == ("life-cycle", "grid-co2")
    assert [entry.value for entry in footprint.entries if entry.id == "CN"] == ["0.5777"]
    assert [entry.value for entry in grid.entries if entry.id == "CN"] == ["0.5306"]
    assert [entry.value for entry in datasets["cn-electricity-cfp@2023"].entries if entry.id == "CN"] == ["0.6205"]


def test_every_electricity_row_is_carried_once_with_its_certainty(datasets, shared_dir):
    carried: Counter[tuple[str, ...]] = Counter()
    for series, unit in (("cn-electricity-cfp", "kgCO2e/kWh"), ("cn-grid-co2", "kgCO2/kWh")):
        for body in datasets.values():
            if body.series == series:
                for e in body.entries:
                    assert e.unit.replace(" ", "") == unit
                    carried[(e.name.zh, str(e.data_year), e.value, unit, e.certainty)] += 1
    wanted = rows(shared_dir / "data" / "cn_electricity_factors.csv")
    assert carried == Counter((r["name"], r["data_year"], r["value"], r["unit"], r["certainty"]) for r in wanted)


def test_fuel_factors_are_the_product_of_the_defaults_and_blanks_stay_blank(datasets, shared_dir):
    body = datasets["cn-fuel-combustion@1"]
    entries = {entry.name.zh: entry for entry in body.entries}
    for row in rows(shared_dir / "data" / "cn_fuel_defaults.csv"):
        parts = [row["NCV_GJ_per_unit"], row["carbon_content_tC_per_GJ"], row["oxidation_default"]]
        if not all(part and part[-1].isdigit() for part in parts):
            assert row["fuel"] not in entries
            assert row["fuel"] in body.notes or row["fuel"].startswith("外购热力")
            continue
        entry = entries.pop(row["fuel"])
        exact = prod(map(Fraction, parts)) * Fraction(44000, 12)
        assert list(entry.gases) == ["co2-fossil"]
        assert abs(Fraction(entry.gases["co2-fossil"]) / exact - 1) < Fraction(1, 10**11)
        assert (entry.unit, entry.certainty) == (
            f"kg CO2e/{'t' if row['per_unit'] == 't' else 'e4Nm3'}",
            row["certainty"],
        )
        assert not row["note"] or row["note"] in entry.notes
    assert not entries


def test_purchased_heat_is_direct_co2(datasets):
    (entry,) = datasets["cn-purchased-heat-co2@1"].entries
    assert (datasets["cn-purchased-heat-co2@1"].kind, entry.value, entry.unit) == ("grid-co2", "110", "kg CO2/GJ")


def test_the_chinese_datasets_are_what_their_generator_makes(shared_dir):
    generator = script("make_factors")
    made = {
        f"{body['series']}@{body['version']}": generator.dataset_bytes(body) for body in generator.datasets(shared_dir)
    }
    shipped = {path.name.removesuffix(".factors.json"): path.read_bytes() for path in FACTORS}
    assert made == {name: data for name, data in shipped.items() if name.startswith(CHINESE)}


def test_the_us_proxies_are_what_their_generator_makes(shared_dir):
    generator = script("make_uslci_factors")
    for body in generator.datasets(shared_dir / USLCI):
        path = generator.FACTORS / f"{body['series']}@{body['version']}.factors.json"
        assert path.read_bytes() == generator.dataset_bytes(body)


@pytest.mark.parametrize("name", ["uslci-upstream@2017", "uslci-transport@2017"])
def test_us_proxies_say_that_they_are_and_what_they_leave_out(datasets, name):
    for entry in datasets[name].entries:
        assert entry.gases
        assert entry.geography in {"US", "RNA", "GLO"}
        assert entry.certainty == "low"
        assert "not linked" in entry.notes
        assert "ch4" not in entry.gases
        assert "co2" not in entry.gases
        assert "MIT" in entry.licence.name


# --- the steel coil -----------------------------------------------------------------------------------------------


def test_the_declared_value_is_reproduced_exactly(result, document):
    assert result.verdict == "R0"
    assert result.total == document["declared"]["total"]["amount"]
    assert document["declared"]["total"]["unit"] == result.unit == "kg CO2e"
    assert Fraction(result.interval.relative) < Fraction(5, 1000)
    assert 1800 < Fraction(result.total) < 2600


def test_the_committed_inventory_is_what_its_generator_makes():
    assert script("make_steel_coil").document() == STEEL.read_bytes()


def test_it_is_large_enough_to_mean_something(document):
    assert len(document["processes"]) >= 8
    assert len(document["exchanges"]) >= 40
    assert {process["stage"] for process in document["processes"]} == {"raw-material-acquisition", "production"}


def test_stages_processes_and_rows_each_sum_to_the_total(result):
    total = Fraction(result.total)
    assert abs(sum(Fraction(share.value) for share in result.stages) - total) <= Fraction(1, 10)
    assert abs(sum(Fraction(process.direct) for process in result.processes) - total) < Fraction(1, 10)
    counted = (Fraction(row.value) for row in result.exchanges if row.additive and row.counted)
    assert abs(sum(counted) - total) < Fraction(1, 10)
    assert all(Fraction(share.value) > 0 for share in result.stages)


def test_nothing_is_left_out_silently(result):
    codes = {finding.code for finding in result.findings}
    assert codes == {"ALLOCATION_NONE", "CUT_OFF_DECLARED", "WASTE_INPUT_WITHOUT_BURDEN", "WASTE_TO_PROCESS_FREE"}


def test_the_furnace_lies_in_a_loop_through_the_power_station(document):
    suppliers: dict[str, set[str]] = {process["id"]: set() for process in document["processes"]}
    for row in document["exchanges"]:
        if row["direction"] == "input" and "process" in row.get("provider", {}):
            suppliers[row["process"]].add(row["provider"]["process"])

    def reached(start):
        seen: set[str] = set()
        todo = [start]
        while todo:
            new = suppliers[todo.pop()] - seen
            seen |= new
            todo += new
        return seen

    loop = {name for name in suppliers if "blast-furnace" in reached(name) and name in reached("blast-furnace")}
    assert {"blast-furnace", "hot-blast", "works-electricity", "power-station"} <= loop


def test_rolling_shares_are_the_masses(document, factors, result):
    without = json.loads(json.dumps(document))
    (rolling,) = (process for process in without["processes"] if process["id"] == "hot-rolling")
    assert rolling["allocation"]["method"] == "mass"
    rolling["allocation"]["method"] = "none"
    del without["declared"]
    alone = recalculate(inventory_from_json(without), factors=factors)
    products = {
        r["flow"]: r for r in document["exchanges"] if r["id"].startswith("hot-rolling.out") and r["kind"] == "product"
    }
    masses = [Fraction(products[flow]["quantity"]["amount"]) for flow in ("coil", "cut-strip")]
    share = masses[0] / sum(masses)
    assert abs(Fraction(alone.total) * share - Fraction(result.total)) < Fraction(1, 10)


def test_each_provider_resolves_and_us_ones_are_marked(document, datasets):
    known = {f"{name}#{entry.id}" for name, body in datasets.items() for entry in body.entries}
    products = {(r["process"], r["flow"]) for r in document["exchanges"] if r["direction"] == "output"}
    for row in document["exchanges"]:
        provider = row.get("provider", {})
        if "factor" in provider:
            assert provider["factor"] in known
            assert ("US proxy" in row.get("source", "")) == provider["factor"].startswith("uslci-")
        elif "process" in provider and row["direction"] == "input":
            assert (provider["process"], row["flow"]) in products
        references = [row["combustion"]["factor"]] if "combustion" in row else []
        assert known.issuperset(references + [leg["factor"] for leg in row.get("transport", [])])


def test_burnt_fuels_have_upstream_and_combustion(document):
    burnt = [row for row in document["exchanges"] if "combustion" in row]
    assert {row["flow"] for row in burnt} >= {
        "diesel",
        "natural-gas",
        "blast-furnace-gas",
        "coke-oven-gas",
        "converter-gas",
    }
    assert all(row["provider"] for row in burnt)


def test_a_grid_co2_factor_cannot_stand_for_the_footprint_factor(document, factors):
    wrong = json.loads(json.dumps(document).replace("cn-electricity-cfp@2024#CN", "cn-grid-co2@2023#CN-SH"))
    with pytest.raises(FootprintError) as caught:
        recalculate(inventory_from_json(wrong), factors=factors)
    assert (caught.value.code, caught.value.row) == ("FACTOR_KIND", "works-electricity.grid-electricity")


def test_the_page_states_the_numbers_that_the_engine_gives(result):
    page = (REPO / "docs" / "reference" / "demo-data.md").read_text("utf-8")
    assert f"**{result.total} kg CO2e per tonne**" in page
    for share in result.stages:
        assert share.value in page
    for process in result.processes:
        if Fraction(process.direct) > 15:
            assert f"| {round_half_even(Fraction(process.direct), 1)} |" in page
    basis: dict[str, Fraction] = {}
    for row in result.exchanges:
        if row.additive and row.counted:
            series = (row.provider or "carbon balance").partition("#")[0]
            basis[series] = basis.get(series, Fraction(0)) + Fraction(row.value)
    assert len(basis) == 5
    for value in basis.values():
        assert f"| {round_half_even(value, 1)} |" in page


def test_the_electricity_year_moves_the_total_by_what_is_bought(document, factors, result):
    older = json.loads(json.dumps(document).replace("cn-electricity-cfp@2024#CN", "cn-electricity-cfp@2023#CN"))
    changed = recalculate(inventory_from_json(older), factors=factors)
    (grid,) = (row for row in result.exchanges if row.exchange == "works-electricity.grid-electricity")
    moved = Fraction(grid.value) * (Fraction("0.6205") / Fraction("0.5777") - 1)
    assert changed.verdict == "R3"
    assert abs(Fraction(changed.total) - Fraction(result.total) - moved) <= Fraction(1, 10)


# --- its balances, read from the file alone ---------------------------------------------------------------------------


class Works:
    """How often each process runs for one run of rolling, solved from the rows without allocation."""

    def __init__(self, document):
        self.rows = document["exchanges"]
        names = [process["id"] for process in document["processes"]]
        reference = {process["reference"]: process["id"] for process in document["processes"]}
        matrix = np.zeros((len(names), len(names)))
        for row in self.rows:
            if row["kind"] == "product" and row["flow"] in reference:
                maker = names.index(reference[row["flow"]])
                sign = 1.0 if row["direction"] == "output" else -1.0
                if sign < 0 and row["provider"].get("process") != names[maker]:
                    continue
                matrix[maker, names.index(row["process"])] += sign * float(row["quantity"]["amount"])
        demand = np.zeros(len(names))
        demand[names.index("hot-rolling")] = 1.0
        self.runs = dict(zip(names, np.linalg.solve(matrix, demand), strict=True))

    def total(self, flow, direction, processes=None):
        return sum(
            self.runs[row["process"]] * float(row["quantity"]["amount"])
            for row in self.rows
            if row["flow"] == flow
            and row["direction"] == direction
            and (processes is None or row["process"] in processes)
        )


@pytest.fixture(scope="module")
def works(document):
    return Works(document)


@pytest.mark.parametrize(
    "flow",
    ["blast-furnace-gas", "converter-gas", "coke-oven-gas", "nitrogen", "argon", "dust", "mill-scale", "crop-scrap"],
)
def test_what_the_works_make_is_what_they_use(works, flow):
    assert works.total(flow, "input") == pytest.approx(works.total(flow, "output"), rel=2e-4)


def test_carbon_into_the_works_is_carbon_out(works, factors):
    """All carbon bought leaves as CO2, product or tar; gases burn with the published oxidation of 99 %."""
    carbon = {
        "injection-coal": 628.614,
        "natural-gas": 0.596423,
        "diesel": 861.570,
        "steel-scrap": 1.0,
        "coking-coal": 727.56,
    }
    bought = sum(
        per * works.total(flow, "input", works.runs.keys() - {f"{flow}-supply"}) for flow, per in carbon.items()
    )
    bought += works.total("limestone", "input", {"sintering", "lime-burning"}) * 420 * 12 / 44
    burnt = 0.0
    for row in works.rows:
        if "combustion" in row:
            entry = factors.resolve(row["combustion"]["factor"]).entry
            size = 10_000 if entry.unit.endswith("e4Nm3") else 1
            kilograms = float(entry.gases["co2-fossil"]) / size * float(row["quantity"]["amount"])
            burnt += kilograms * works.runs[row["process"]]
    leaving = (burnt + works.total("co2-fossil", "output")) * 12 / 44
    leaving += works.total("coal-tar", "output") * 735.966 + 0.4 * (1 + 0.016)
    assert leaving == pytest.approx(bought, rel=0.01)
    assert leaving < bought


def test_materials_lie_near_the_published_averages(works):
    """worldsteel, fact sheet Steel and raw materials: kg per tonne of crude steel by blast furnace and converter."""
    steel = works.runs["casting"]
    coal = works.total("coking-coal", "input", {"coking"}) + works.total("injection-coal", "input", {"blast-furnace"})
    used = {
        1370: works.total("iron-ore", "input", {"sintering", "blast-furnace"}),
        780: coal,
        270: works.total("limestone", "input", {"sintering", "lime-burning"}),
        125: works.total("steel-scrap", "input", {"steelmaking"}),
    }
    for published, tonnes in used.items():
        assert tonnes * 1000 / steel == pytest.approx(published, rel=0.15)


def test_rolled_steel_weighs_what_the_slabs_weighed(works):
    products = works.total("coil", "output") + works.total("cut-strip", "output")
    losses = sum(works.total(flow, "output", {"hot-rolling"}) for flow in ("crop-scrap", "mill-scale"))
    assert products + losses == pytest.approx(works.total("slab", "input"), rel=0.005)


# --- the excerpt of USLCI ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def electricity():
    return import_openlca(EXCERPT, US_ELECTRICITY)


def test_the_excerpt_is_the_whole_chain(electricity):
    inventory = electricity.inventory
    assert (len(inventory.processes), len(inventory.exchanges)) == (30, 897)
    assert inventory.product.name.en == "Electricity, at Grid, US, 2008"
    assert recalculate(inventory, factors=DatasetFactors()).verdict == "NOT_DECLARED"


def test_the_full_archive_gives_the_same_bytes_and_problems(electricity, shared_dir):
    full = import_openlca(shared_dir / USLCI, US_ELECTRICITY)
    assert inventory_bytes(full.inventory) == inventory_bytes(electricity.inventory)
    assert full.problems == electricity.problems


def test_its_co2_is_that_of_a_plain_solve_of_the_raw_rows(electricity):
    """Read and solved anew from the JSON: link by the only maker, unit by unit, with numpy."""
    with zipfile.ZipFile(EXCERPT) as archive:
        names = [name for name in archive.namelist() if name.startswith("processes/")]
        processes = [json.loads(archive.read(name)) for name in names]
    index = {process["@id"]: number for number, process in enumerate(processes)}
    makers: dict[str, set[str]] = {}
    for process in processes:
        for row in process["exchanges"]:
            if row["flow"]["flowType"] == "PRODUCT_FLOW" and not row.get("input"):
                makers.setdefault(row["flow"]["@id"], set()).add(process["@id"])
    matrix, direct = np.eye(len(processes)), np.zeros(len(processes))
    for process in processes:
        column = index[process["@id"]]
        for row in process["exchanges"]:
            found = makers.get(row["flow"]["@id"], set())
            if row.get("quantitativeReference"):
                matrix[column, column] += row["amount"] - 1
            elif row.get("input") and len(found) == 1:
                matrix[index[next(iter(found))], column] -= row["amount"]
            elif row["flow"]["name"].strip() == "Carbon dioxide, fossil":
                direct[column] += row["amount"]
    demand = np.zeros(len(processes))
    demand[index[US_ELECTRICITY]] = 1.0
    kilograms = float(direct @ np.linalg.solve(matrix, demand))
    result = recalculate(electricity.inventory, factors=DatasetFactors())
    (co2,) = (share for share in result.gases if share.key == "co2-fossil")
    assert float(co2.mass_kg or 0) == pytest.approx(kilograms, rel=1e-8)
    assert 0.6 < kilograms < 0.7
    assert float(result.total) == pytest.approx(0.69767, abs=5e-6)


def test_the_excerpt_is_what_its_generator_makes_and_carries_its_licence(shared_dir):
    generator = script("make_uslci_excerpt")
    files = generator.excerpt(shared_dir / USLCI, (shared_dir / generator.LICENCE).read_bytes())
    assert generator.read_zip(EXCERPT) == files
    assert b"Copyright (c) 2017 uslci-admin" in files["LICENSE"]
    assert not any(b'"description"' in data for data in files.values())
