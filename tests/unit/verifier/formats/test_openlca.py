"""The openLCA reader: linking, units, amounts, compartments, co-products, both spellings."""

import json
from fractions import Fraction

import pytest

from verifier.errors import VerifierError
from verifier.footprint import DatasetFactors, load_gwp, recalculate
from verifier.formats.openlca import OpenLcaError, exact_number
from verifier.formats.openlca_inventory import exact_decimal, import_openlca
from verifier.formats.problems import ImportFormatError
from verifier.records.inventory import inventory_bytes, parse_inventory

ENERGY, MJ, KWH, LB = "p-energy", "u-mj", "u-kwh", "u-lb"


@pytest.fixture(params=[False, True], ids=["old spelling", "new spelling"])
def steel(request, database):
    """Steel from power and ore; two plants make slag, nobody makes flux; power feeds on itself through the mine."""
    db = database(new_spelling=request.param)
    for name in ("steel", "ore", "flux", "slag"):
        db.flow(name)
    db.flow("power", prop=ENERGY)
    db.flow("co2", "ELEMENTARY", "Carbon dioxide, fossil ", "c-low")
    db.flow("ch4", "ELEMENTARY", "Methane", "c-air", cas="000074-82-8")
    db.flow("tree", "ELEMENTARY", "Carbon dioxide, in air", "c-res")
    db.flow("so2", "ELEMENTARY", "Sulfur dioxide", "c-air")
    db.flow("ash", "WASTE")
    db.process(
        "mill",
        db.row("steel", 2.0, out=True, ref=True),
        db.row("power", 5.0, unit=KWH, prop=ENERGY),
        db.row("ore", 3.0),
        db.row("flux", 1.0),
        db.row("slag", 0.5),
        db.row("ash", 0.25, out=True),
        db.row("co2", 1.5e-20, out=True),
        db.row("so2", 1.0, out=True),
        db.row("tree", 0.5),
    )
    db.process(
        "plant",
        db.row("power", 1.0, out=True, ref=True, unit=MJ, prop=ENERGY),
        db.row("co2", 0.2, out=True),
        db.row("ore", 0.01),
    )
    db.process(
        "mine",
        db.row("ore", 1.0, out=True, ref=True),
        db.row("power", 0.5, unit=MJ, prop=ENERGY),
        db.row("ch4", 0.001, out=True),
    )
    for name in ("a", "b"):
        db.process(name, db.row("slag", 1.0, out=True, ref=True))
    return db


def codes(imported):
    return {(problem.code, problem.row) for problem in imported.problems}


def total(imported):
    return recalculate(imported.inventory, factors=DatasetFactors(), gwp=load_gwp("ipcc-ar4-gwp100")).total


def test_linking_and_result(steel, tmp_path):
    imported = import_openlca(steel.write(tmp_path / "x.zip", top="db/"), "mill")
    found = {code for code, _ in codes(imported)}
    assert found == {
        "INPUT_WITHOUT_PRODUCER",
        "INPUT_WITH_SEVERAL_PRODUCERS",
        "WASTE_WITHOUT_TREATMENT",
        "STAGES_ASSUMED",
    }
    # y_power = 9 + 0.5 y_ore, y_ore = 1.5 + 0.01 y_power (MJ and kg per kg of steel)
    ore = (Fraction("1.5") + Fraction("0.09")) / (1 - Fraction("0.005"))
    power = 9 + ore / 2
    expected = power * Fraction("0.2") + ore * Fraction("0.001") * 25
    assert Fraction(total(imported)) == pytest.approx(expected, rel=1e-11)
    assert imported.inventory.functional_unit.quantity.unit == "kg"
    assert {p.id for p in imported.inventory.processes} == {"mill", "plant", "mine"}


def test_the_problems_name_their_rows(steel, tmp_path):
    imported = import_openlca(steel.write(tmp_path / "x.zip"), "mill")
    rows = {problem.code: problem for problem in imported.problems}
    assert rows["INPUT_WITHOUT_PRODUCER"].detail == "flux"
    assert rows["INPUT_WITH_SEVERAL_PRODUCERS"].detail == "slag: 2 processes"
    expected = "mill/4" if steel.new else "mill-4"
    assert rows["INPUT_WITHOUT_PRODUCER"].row == expected


def test_the_written_file_is_an_inventory(steel, tmp_path):
    imported = import_openlca(steel.write(tmp_path / "x.zip"), "mill")
    again = parse_inventory(inventory_bytes(imported.inventory))
    assert again == imported.inventory
    assert again.period.model_dump(by_alias=True) == {"from": "2020-01-01", "until": "2022-01-01"}


def test_rows_keep_amounts_and_known_units(steel, tmp_path):
    imported = import_openlca(steel.write(tmp_path / "x.zip"), "mill")
    rows = {(e.process, e.flow): e for e in imported.inventory.exchanges}
    assert rows["mill", "power"].quantity.model_dump() == {"amount": "5", "unit": "kWh"}
    assert rows["mill", "co2-fossil"].quantity.amount == "0.000000000000000000015"
    assert (rows["mill", "co2-biogenic"].kind, rows["mill", "so2"].kind) == ("removal", "emission")
    assert "Carbon dioxide, fossil" in (rows["mill", "co2-fossil"].source or "")
    assert rows["mine", "ch4"].kind == "emission"


def test_a_unit_of_the_archives_own_size_is_converted_by_the_archive(database, tmp_path):
    """The archive says 1 lb av = 0.45 kg: that is what its author calculated with, and it is listed."""
    db = database()
    db.flow("x")
    db.flow("co2", "ELEMENTARY", "Carbon dioxide, fossil", "c-air")
    db.process("p", db.row("x", 1.0, out=True, ref=True), db.row("co2", 10.0, out=True, unit=LB))
    imported = import_openlca(db.write(tmp_path / "x.zip"))
    assert total(imported) == "4.50000000000"
    assert ("UNIT_FACTOR_DIFFERS", "p-2") in codes(imported)


def test_a_named_provider_wins(steel, tmp_path):
    steel.files["processes/mill.json"]["exchanges"][4]["defaultProvider"] = {"@id": "b"}
    imported = import_openlca(steel.write(tmp_path / "x.zip"), "mill")
    assert "b" in {p.id for p in imported.inventory.processes}
    steel.files["processes/mill.json"]["exchanges"][4]["defaultProvider"] = {"@id": "mine"}
    imported = import_openlca(steel.write(tmp_path / "y.zip"), "mill")
    assert {"PROVIDER_NOT_IN_FILE", "INPUT_WITH_SEVERAL_PRODUCERS"} <= {code for code, _ in codes(imported)}


def test_co_products_come_free_unless_the_archive_allocates(database, tmp_path):
    db = database()
    for name in ("main", "side", "user"):
        db.flow(name)
    db.flow("co2", "ELEMENTARY", "Carbon dioxide, fossil", "c-air")
    rows = [db.row("main", 3.0, out=True, ref=True), db.row("side", 1.0, out=True), db.row("co2", 8.0, out=True)]
    db.process("plant", *rows)
    db.process("user", db.row("user", 1.0, out=True, ref=True), db.row("side", 1.0))
    path = db.write(tmp_path / "x.zip")
    assert Fraction(total(import_openlca(path, "plant"))) == pytest.approx(Fraction(8, 3), rel=1e-11)
    free = import_openlca(path, "user")
    assert total(free) == "0"
    assert ("CO_PRODUCTS_UNALLOCATED", "") in codes(free)
    factors = [
        {"allocationType": "PHYSICAL_ALLOCATION", "product": {"@id": name}, "value": value}
        for name, value in (("main", 0.75), ("side", 0.25))
    ]
    db.process("plant", *rows, allocationFactors=factors, defaultAllocationMethod="PHYSICAL_ALLOCATION")
    allocated = import_openlca(db.write(tmp_path / "y.zip"), "user")
    assert total(allocated) == "2.00000000000"
    db.process("plant", *rows, allocationFactors=factors[:1], defaultAllocationMethod="PHYSICAL_ALLOCATION")
    unused = import_openlca(db.write(tmp_path / "z.zip"), "user")
    assert {"ALLOCATION_FACTORS_UNUSED", "CO_PRODUCTS_UNALLOCATED"} <= {code for code, _ in codes(unused)}


def test_waste_goes_to_the_only_process_that_treats_it(steel, tmp_path):
    db = steel
    db.process("landfill", db.row("ash", 1.0, ref=True), db.row("ch4", 1.0, out=True))
    imported = import_openlca(db.write(tmp_path / "x.zip"), "mill")
    assert "landfill" in {p.id for p in imported.inventory.processes}
    assert "WASTE_WITHOUT_TREATMENT" not in {code for code, _ in codes(imported)}


def test_an_avoided_product_is_credited_as_openlca_does(steel, tmp_path):
    key = "isAvoidedProduct" if steel.new else "avoidedProduct"
    before = import_openlca(steel.write(tmp_path / "x.zip"), "mill")
    steel.files["processes/mill.json"]["exchanges"][2][key] = True
    after = import_openlca(steel.write(tmp_path / "y.zip"), "mill")
    assert after.inventory.rules.end_of_life == "substitution"
    assert Fraction(total(after)) < Fraction(total(before))


def test_gases_count_to_air_only(database, tmp_path):
    db = database()
    db.flow("x")
    db.files["categories/c-water.json"] = {"@id": "c-water", "name": "water"}
    db.flow("wet", "ELEMENTARY", "Methane, fossil", "c-water")
    db.flow("nowhere", "ELEMENTARY", "Methane, fossil", "")
    db.flow("air-in", "ELEMENTARY", "Methane, bromotrifluoro-, Halon 1301", "c-air")
    db.process(
        "p",
        db.row("x", 1.0, out=True, ref=True),
        db.row("wet", 1.0, out=True),
        db.row("nowhere", 2.0, out=True),
        db.row("air-in", 1.0),
    )
    imported = import_openlca(db.write(tmp_path / "x.zip"))
    assert total(imported) == "50.0000000000"
    assert {("COMPARTMENT_NOT_STATED", "p-3"), ("EMISSION_AS_INPUT", "p-4")} <= codes(imported)


def test_amounts_at_the_edge_of_the_grammar(database, tmp_path):
    db = database()
    db.flow("x")
    db.flow("co2", "ELEMENTARY", "Carbon dioxide, fossil", "c-air")
    db.process(
        "p",
        db.row("x", 1, out=True, ref=True),
        db.row("co2", 1e-62, out=True),
        db.row("co2", 1e18, out=True, amountFormula="a*b"),
        db.row("co2", 1.2345e-49, out=True),
    )
    imported = import_openlca(db.write(tmp_path / "x.zip"))
    assert {("AMOUNT_ROUNDED", "p-2"), ("AMOUNT_OMITTED", "p-3"), ("FORMULA_NOT_EVALUATED", "p-3")} <= codes(imported)
    amounts = [e.quantity.amount for e in imported.inventory.exchanges]
    assert amounts == ["1", "0." + "0" * 60, "0." + "0" * 48 + "12345"]


def test_a_period_without_a_date_is_assumed_and_said(database, tmp_path):
    db = database()
    db.flow("x")
    documentation = {"validFrom": "9999-01-01", "validUntil": "9999-01-01"}
    db.process("p", db.row("x", 1.0, out=True, ref=True), processDocumentation=documentation, lastChange="2015-09-17")
    imported = import_openlca(db.write(tmp_path / "x.zip"))
    assert imported.inventory.period.from_ == "2015-01-01"
    assert ("PERIOD_ASSUMED", "") in codes(imported)


@pytest.mark.parametrize(
    ("edit", "process", "code"),
    [
        (lambda db: None, None, "PROCESS_UNKNOWN"),
        (lambda db: None, "nobody", "PROCESS_UNKNOWN"),
        (lambda db: db.files.pop("flows/steel.json"), "mill", "OPENLCA_FORMAT"),
        (lambda db: db.files.pop("unit_groups/g-mass.json"), "mill", "OPENLCA_FORMAT"),
        (lambda db: db.files["processes/mill.json"]["exchanges"].pop(0), "mill", "OPENLCA_FORMAT"),
        (lambda db: db.files["processes/mill.json"]["exchanges"][0].update(amount="2"), "mill", "OPENLCA_FORMAT"),
        (lambda db: db.files["flows/steel.json"].update(flowProperties=[]), "mill", "OPENLCA_FORMAT"),
        (lambda db: db.files["flows/steel.json"].update(flowType="GAS"), "mill", "OPENLCA_FORMAT"),
        (lambda db: db.files.update({"processes/x.json": [1]}), "mill", "OPENLCA_FORMAT"),
        (
            lambda db: [db.files.pop(name) for name in list(db.files) if name.startswith("processes")],
            None,
            "OPENLCA_FORMAT",
        ),
    ],
)
def test_archives_that_cannot_be_read(steel, tmp_path, edit, process, code):
    edit(steel)
    with pytest.raises(ImportFormatError) as caught:
        import_openlca(steel.write(tmp_path / "x.zip"), process)
    assert caught.value.code == code
    assert caught.value.remedy


def test_two_imports_give_the_same_bytes(steel, tmp_path):
    path = steel.write(tmp_path / "x.zip")
    assert inventory_bytes(import_openlca(path, "mill").inventory) == inventory_bytes(
        import_openlca(path, "mill").inventory
    )


JUNK = [None, True, 7, -1.5, "", "x", [], {}, [1], {"@id": 1}, {"@id": "kg"}]


def places(value, path=()):
    """Every place in a JSON value."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*path, key))


def is_refused(path):
    try:
        import_openlca(path, "mill")
    except VerifierError:
        return True
    return False


def test_any_part_replaced_by_junk_is_an_error_or_another_inventory_never_a_crash(steel, tmp_path):
    """Each place of the archive in turn, with junk of each kind by turns."""
    found = [(name, place) for name, value in sorted(steel.files.items()) for place in places(value) if place]
    original = {name: json.dumps(value) for name, value in steel.files.items()}
    refused = 0
    for number, (name, place) in enumerate(found):
        value = json.loads(original[name])
        inner = value
        for key in place[:-1]:
            inner = inner[key]
        inner[place[-1]] = JUNK[number % len(JUNK)]
        steel.files[name] = value
        refused += is_refused(steel.write(tmp_path / "x.zip"))
        steel.files[name] = json.loads(original[name])
    assert refused > 50


@pytest.mark.parametrize("value", [True, "1", None, float("nan"), float("inf")])
def test_what_is_no_number(value):
    with pytest.raises(OpenLcaError):
        exact_number(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [(Fraction(1, 8), "0.125"), (Fraction(1, 3), None), (Fraction(5), "5"), (Fraction(1, 2**61), None)],
)
def test_exact_decimals(value, text):
    assert exact_decimal(value) == text
