"""Each named error: its code, the row it names, and a remedy."""

import json

import pytest

from verifier.errors import FormatError, VerifierError
from verifier.footprint import DatasetFactors, FootprintError, load_gwp
from verifier.records.inventory import inventory_from_json, parse_inventory


@pytest.fixture
def base(raw, row):
    return raw(
        {"p": "out", "q": "part"},
        {"out": "kg", "part": "kg", "el": "kWh"},
        [
            row("1", "p", "out", "out", "1 kg"),
            row("2", "p", "in", "part", "2 kg", provider={"process": "q"}),
            row("3", "q", "out", "part", "1 kg"),
            row("4", "q", "emission", "co2-fossil", "1 kg"),
        ],
        "1 kg",
    )


def change(value, row, **more):
    for exchange in value["exchanges"]:
        if exchange["id"] == row:
            exchange.update(more)


def quantity(amount, unit):
    return {"amount": amount, "unit": unit}


LOOP = {"process": "q", "direction": "input", "kind": "product", "flow": "out", "provider": {"process": "p"}}


@pytest.mark.parametrize(
    ("edit", "code", "where"),
    [
        (lambda v: v["exchanges"].append(v["exchanges"][0]), "ID_DUPLICATE", "1"),
        (lambda v: v["processes"].append(v["processes"][0]), "ID_DUPLICATE", "p"),
        (lambda v: v["flows"].append(v["flows"][0]), "ID_DUPLICATE", "out"),
        (lambda v: change(v, "2", process="nowhere"), "ID_UNKNOWN", "2"),
        (lambda v: change(v, "2", flow="nothing"), "ID_UNKNOWN", "2"),
        (lambda v: change(v, "2", provider={"process": "nowhere"}), "PROVIDER_UNKNOWN", "2"),
        (lambda v: change(v, "2", provider={"process": "p"}), "PROVIDER_LACKS_FLOW", "2"),
        (lambda v: change(v, "2", provider={"factor": "none@1#x"}), "FACTOR_UNKNOWN", "2"),
        (lambda v: change(v, "2", provider={"factor": "none"}), "FACTOR_UNKNOWN", "2"),
        (lambda v: change(v, "2", provider={"certificate": "sha-256:00"}), "CERTIFICATE_UNKNOWN", "2"),
        (lambda v: change(v, "2", quantity=quantity("2", "kWh")), "UNIT_NOT_CONVERTIBLE", "2"),
        (lambda v: change(v, "2", quantity=quantity("2", "stone")), "UNIT_UNKNOWN", "2"),
        (lambda v: change(v, "4", quantity=quantity("2", "m3")), "UNIT_NOT_CONVERTIBLE", "4"),
        (lambda v: change(v, "4", direction="input"), "ROW_DIRECTION", "4"),
        (lambda v: change(v, "1", provider={"process": "q"}), "PROVIDER_MISPLACED", "1"),
        (lambda v: change(v, "4", provider={"process": "q"}), "PROVIDER_MISPLACED", "4"),
        (lambda v: change(v, "4", combustion={"factor": "x@1#y"}), "PROVIDER_MISPLACED", "4"),
        (lambda v: change(v, "3", flow="out"), "REFERENCE_MISSING", "q"),
        (lambda v: change(v, "3", quantity=quantity("0", "kg")), "REFERENCE_MISSING", "q"),
        (lambda v: v["referenceFlow"].update(flow="part"), "REFERENCE_MISSING", "referenceFlow"),
        (lambda v: v["referenceFlow"].update(quantity=quantity("0", "kg")), "REFERENCE_MISSING", "referenceFlow"),
        (lambda v: v["referenceFlow"].update(quantity=quantity("1", "kWh")), "UNIT_NOT_CONVERTIBLE", "referenceFlow"),
        (lambda v: v.update(declared={"total": quantity("1", "kg")}), "FACTOR_UNIT", "declared"),
        (
            lambda v: v["exchanges"].append({"id": "5", "quantity": quantity("0.5", "kg")} | LOOP),
            "SYSTEM_SINGULAR",
            "p, q",
        ),
        (
            lambda v: v["exchanges"].append({"id": "5", "quantity": quantity("0.6", "kg")} | LOOP),
            "SYSTEM_NOT_PRODUCTIVE",
            "p, q",
        ),
        (lambda v: change(v, "2", quantity=quantity("-2", "kg")), "NEGATIVE_SUPPLY", "q"),
    ],
)
def test_errors_name_code_row_and_remedy(run, base, edit, code, where):
    edit(base)
    with pytest.raises(FootprintError) as caught:
        run(base)
    assert (caught.value.code, caught.value.row) == (code, where)
    assert caught.value.remedy


@pytest.mark.parametrize(
    "allocation",
    [
        {"method": "declared", "factors": {"out": "0.5"}},
        {"method": "declared", "factors": {"out": "0.33", "el": "0.66"}},
        {"method": "declared", "factors": {"out": "1.5", "el": "-0.5"}},
        {"method": "economic"},
    ],
)
def test_allocation_errors(run, base, row, allocation):
    base["processes"][0]["allocation"] = allocation
    base["exchanges"].append(row("5", "p", "out", "el", "3 kWh"))
    with pytest.raises(FootprintError) as caught:
        run(base)
    assert (caught.value.code, caught.value.row) == ("ALLOCATION", "p")


def test_mass_allocation_needs_a_mass(run, base, row):
    base["processes"][0]["allocation"] = {"method": "mass"}
    base["exchanges"].append(row("5", "p", "out", "el", "3 kWh"))
    with pytest.raises(FootprintError) as caught:
        run(base)
    assert (caught.value.code, caught.value.row) == ("UNIT_NOT_CONVERTIBLE", "p")


@pytest.mark.parametrize(
    ("kind", "use"),
    [
        ("grid-co2", {"provider": {"factor": "own@1#x"}}),
        ("combustion", {"provider": {"factor": "own@1#x"}}),
        ("treatment", {"provider": {"factor": "own@1#x"}}),
        ("life-cycle", {"combustion": {"factor": "own@1#x"}}),
        ("grid-co2", {"combustion": {"factor": "own@1#x"}}),
    ],
)
def test_a_factor_of_another_kind_cannot_stand(run, raw, row, factors, kind, use):
    """0.5366 kg CO2/kWh is not a footprint of electricity, whatever its unit looks like."""
    rows = [row("1", "p", "out", "out", "1 kg"), row("2", "p", "in", "el", "1 kWh", **use)]
    data = factors(kind, {"x": {"value": "0.5366", "unit": "kg CO2/kWh"}})
    with pytest.raises(FootprintError) as caught:
        run(raw({"p": "out"}, {"out": "kg", "el": "kWh"}, rows, "1 kg"), data)
    assert (caught.value.code, caught.value.row) == ("FACTOR_KIND", "2")


def test_licensed_background_is_asked_for(run, base):
    licensed = {"database": "d", "version": "1", "systemModel": "m", "datasetUuid": "u", "valueCommitment": "c"}
    change(base, "2", provider={"licensed": licensed})
    with pytest.raises(FootprintError) as caught:
        run(base)
    assert (caught.value.code, caught.value.row) == ("LICENSED_BACKGROUND", "2")


def test_two_datasets_of_one_name(factors):
    data = factors("life-cycle", {"x": {"value": "1", "unit": "kg CO2e/kg"}})
    with pytest.raises(FootprintError) as caught:
        DatasetFactors.of([data, data])
    assert caught.value.code == "FACTOR_DATASET_TWICE"


@pytest.mark.parametrize("unit", ["kg/kWh", "kg CO2e", "kWh CO2e/kg", "kg CO2e/stone", "kg N2O/kg"])
def test_factor_units(run, raw, row, factors, unit):
    rows = [row("1", "p", "out", "out", "1 kg"), row("2", "p", "in", "el", "1 kWh", provider={"factor": "own@1#x"})]
    with pytest.raises(FootprintError) as caught:
        run(
            raw({"p": "out"}, {"out": "kg", "el": "kWh"}, rows, "1 kg"),
            factors("life-cycle", {"x": {"value": "1", "unit": unit}}),
        )
    assert caught.value.code == "FACTOR_UNIT"


def test_unknown_gwp_set():
    with pytest.raises(FootprintError) as caught:
        load_gwp("ipcc-ar7-gwp100")
    assert caught.value.code == "GWP_UNKNOWN"


@pytest.mark.parametrize(
    ("edit", "place"),
    [
        (lambda v: v["exchanges"][1]["quantity"].update(amount=2), "exchanges[1] (2).quantity.amount"),
        (lambda v: v["exchanges"][1]["quantity"].update(amount="1e3"), "exchanges[1] (2).quantity.amount"),
        (lambda v: v["exchanges"][1].update(colour="red"), "exchanges[1] (2).colour"),
        (lambda v: v["exchanges"][1].update(provider={}), "exchanges[1] (2).provider"),
        (lambda v: v["exchanges"][1].update(provider={"process": "q", "factor": "x"}), "exchanges[1] (2).provider"),
        (lambda v: v["rules"].update(gwp="ar6"), "rules.gwp"),
        (lambda v: v["period"].update(until="2025-01-01"), "period"),
        (lambda v: v["processes"][0].update(stage="making"), "processes[0] (p).stage"),
    ],
)
def test_format_errors_name_the_place(base, edit, place):
    edit(base)
    with pytest.raises(FormatError) as caught:
        inventory_from_json(base)
    assert caught.value.code == "INVENTORY_FORMAT"
    assert place in caught.value.detail


def test_another_schema_and_a_key_twice():
    with pytest.raises(FormatError) as caught:
        parse_inventory(b'{"schema": "tanju/inventory/2"}')
    assert caught.value.code == "SCHEMA_UNKNOWN"
    with pytest.raises(FormatError):
        parse_inventory(b'{"schema": "tanju/inventory/1", "schema": "tanju/inventory/1"}')


def test_of_two_errors_the_same_is_named_whatever_the_order(run, base):
    change(base, "2", provider={"process": "nowhere"})
    change(base, "4", quantity=quantity("1", "stone"))
    rows = set()
    for _ in range(2):
        base["exchanges"].reverse()
        with pytest.raises(FootprintError) as caught:
            run(base)
        rows.add(caught.value.row)
    assert rows == {"2"}


@pytest.mark.parametrize("huge", ["9" * 18, "1" + "0" * 17])
@pytest.mark.parametrize("tiny", ["0." + "0" * 59 + "1", "0." + "0" * 30 + "1"])
def test_numbers_out_of_range_are_an_error_not_a_crash(run, base, huge, tiny):
    change(base, "2", quantity=quantity(huge, "kg"))
    change(base, "3", quantity=quantity(tiny, "kg"))
    change(base, "4", quantity=quantity(huge, "t"))
    with pytest.raises(FootprintError) as caught:
        run(base)
    assert caught.value.code == "OUT_OF_RANGE"


def test_floats_that_overflow_are_an_error_not_a_crash(run, raw, row):
    """Six processes that each take 1e78 of the next: beyond any float."""
    tiny, huge = "0." + "0" * 59 + "1 kg", "9" * 18 + " kg"
    rows, n = [], 6
    for k in range(n):
        rows.append(row(f"o{k}", f"p{k}", "out", f"f{k}", tiny))
        rows.append(row(f"e{k}", f"p{k}", "emission", "co2-fossil", "1 kg"))
        if k + 1 < n:
            rows.append(row(f"i{k}", f"p{k}", "in", f"f{k + 1}", huge, provider={"process": f"p{k + 1}"}))
    value = raw({f"p{k}": f"f{k}" for k in range(n)}, {f"f{k}": "kg" for k in range(n)}, rows, "1 kg")
    with pytest.raises(FootprintError) as caught:
        run(value)
    assert caught.value.code in {"OUT_OF_RANGE", "PRECISION"}


JUNK = [None, True, 7, "", "x", "0", "-1", [], {}, [1], {"amount": "0", "unit": "kg"}]


def places(value, path=()):
    """Every place in a JSON value."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*path, key))


def is_refused(run, value):
    try:
        run(value)
    except VerifierError:
        return True
    return False


@pytest.mark.parametrize("junk", JUNK, ids=repr)
def test_any_part_replaced_by_junk_is_a_named_error_or_a_result_never_a_crash(run, base, junk):
    original = json.dumps(base)
    refused = 0
    for place in [place for place in places(base) if place]:
        value = json.loads(original)
        inner = value
        for key in place[:-1]:
            inner = inner[key]
        inner[place[-1]] = junk
        refused += is_refused(run, value)
    assert refused > 20
