"""The calculation end to end: closed cases, loops, allocation, providers, groups, findings."""

from fractions import Fraction

import pytest

from verifier.footprint import CertifiedValue, load_gwp


@pytest.fixture
def electricity(raw, row):
    """Heijungs & Suh's electricity (2002, chapter 2) as an inventory."""
    return raw(
        {"power": "el", "refinery": "fuel"},
        {
            "el": "kWh",
            "fuel": "l",
            "crude": {"kind": "elementary", "unit": "l"},
            "so2": {"kind": "elementary", "unit": "kg"},
        },
        [
            row("1", "power", "out", "el", "10 kWh"),
            row("2", "power", "in", "fuel", "2 l", provider={"process": "refinery"}),
            row("3", "power", "emission", "co2-fossil", "1 kg"),
            row("4", "power", "emission", "so2", "0.1 kg"),
            row("5", "refinery", "out", "fuel", "100 l"),
            row("6", "refinery", "resource", "crude", "50 l"),
            row("7", "refinery", "emission", "co2-fossil", "10 kg"),
            row("8", "refinery", "emission", "so2", "2 kg"),
        ],
        "1000 kWh",
    )


def test_heijungs_and_suh(run, electricity, codes):
    result = run(electricity)
    assert result.total == "120.000000000"
    assert (result.unit, result.per, result.verdict) == ("kg CO2e", "1000 kWh", "NOT_DECLARED")
    assert {p.id: (p.runs, p.direct, p.cumulative) for p in result.processes} == {
        "power": ("100.000000", "100.000000", "120.000000"),
        "refinery": ("2.00000000", "20.0000000", "20.0000000"),
    }
    assert [(e.exchange, e.value, e.additive) for e in result.exchanges] == [
        ("3", "100.000000", True),
        ("7", "20.0000000", True),
        ("2", "20.0000000", False),
    ]
    assert codes(result) == {"FLOW_NOT_CHARACTERISED"}


def test_a_loop_and_a_self_loop(run, electricity, row):
    """The refinery takes 1 kWh per run and the power plant a tenth of its own electricity: s solved by hand."""
    electricity["exchanges"] += [
        row("9", "refinery", "in", "el", "1 kWh", provider={"process": "power"}),
        row("10", "power", "in", "el", "1 kWh", provider={"process": "power"}),
    ]
    # 9 p − r = 1000, 2 p = 100 r  ⇒  r = p/50, p = 1000/(9 − 1/50) = 50000/449
    power = Fraction(50_000, 449)
    total = power + 10 * power / 50
    assert Fraction(run(electricity).total) == pytest.approx(total, rel=1e-11)


def test_units_convert_along_the_way(run, electricity):
    electricity["exchanges"][1]["quantity"] = {"amount": "0.002", "unit": "m3"}
    electricity["exchanges"][0]["quantity"] = {"amount": "36", "unit": "MJ"}
    electricity["referenceFlow"]["quantity"] = {"amount": "3.6", "unit": "GJ"}
    electricity["exchanges"][2]["quantity"] = {"amount": "0.001", "unit": "t"}
    assert run(electricity).total == "120.000000000"


def test_a_property_converts_litres_to_tonnes(run, raw, row, factors):
    """2 l of diesel at 0.84 kg/l and 42 GJ/t burn to 0.07056 GJ: 74.1 kg CO2/GJ."""
    value = raw(
        {"p": "product"},
        {
            "product": "kg",
            "diesel": {
                "unit": "l",
                "properties": {"density": {"amount": "0.84", "unit": "kg/l"}, "ncv": {"amount": "42", "unit": "GJ/t"}},
            },
        },
        [
            row("1", "p", "out", "product", "1 kg"),
            row("2", "p", "in", "diesel", "2 l", combustion={"factor": "own@1#diesel"}),
        ],
        "1 kg",
    )
    result = run(value, factors("combustion", {"diesel": {"unit": "kg CO2/GJ", "gases": {"co2-fossil": "74.1"}}}))
    assert result.total == "5.22849600000"


@pytest.mark.parametrize(
    ("allocation", "share"),
    [
        ({"method": "mass"}, Fraction(30, 40)),
        ({"method": "energy"}, Fraction(30 * 10, 30 * 10 + 10 * 2)),
        ({"method": "economic"}, Fraction(30 * 5, 30 * 5 + 10 * 50)),
        ({"method": "declared", "factors": {"main": "0.9", "side": "0.1"}}, Fraction(9, 10)),
        ({"method": "none"}, Fraction(1)),
        (None, Fraction(1)),
    ],
)
def test_allocation(run, raw, row, allocation, share, codes):
    """30 kg of the main and 10 kg of a side product; both are taken, so the parts must add up to the whole."""
    process = {"reference": "main"} | ({"allocation": allocation} if allocation else {})
    properties = {
        "main": {"ncv": {"amount": "10", "unit": "MJ/kg"}, "price": {"amount": "5", "unit": "CNY/kg"}},
        "side": {"ncv": {"amount": "2", "unit": "MJ/kg"}, "price": {"amount": "50000", "unit": "CNY/t"}},
    }
    rows = [
        row("1", "p", "out", "main", "30 kg"),
        row("2", "p", "out", "side", "10 kg"),
        row("3", "p", "emission", "co2-fossil", "100 kg"),
    ]
    flows = {name: {"unit": "kg", "properties": value} for name, value in properties.items()}
    value = raw({"p": process}, flows, rows, "30 kg")
    main = run(value)
    value["referenceFlow"] = {"process": "p", "flow": "side", "quantity": {"amount": "10", "unit": "kg"}}
    side = run(value)
    assert Fraction(main.total) == pytest.approx(100 * share, rel=1e-11)
    assert Fraction(main.total) + Fraction(side.total) == pytest.approx(100, rel=1e-11)
    expected = {None: "ALLOCATION_MISSING", "none": "ALLOCATION_NONE"}.get(allocation and allocation["method"])
    assert (expected in codes(main)) if expected else not codes(main)


def test_both_products_of_one_process_share_its_runs(run, raw, row):
    """A process that takes main and side from one plant: the plant runs once, not twice."""
    value = raw(
        {"use": "out", "plant": {"reference": "main", "allocation": {"method": "mass"}}},
        {"out": "kg", "main": "kg", "side": "kg"},
        [
            row("1", "use", "out", "out", "1 kg"),
            row("2", "use", "in", "main", "30 kg", provider={"process": "plant"}),
            row("3", "use", "in", "side", "10 kg", provider={"process": "plant"}),
            row("4", "plant", "out", "main", "30 kg"),
            row("5", "plant", "out", "side", "10 kg"),
            row("6", "plant", "emission", "co2-fossil", "100 kg"),
        ],
        "1 kg",
    )
    result = run(value)
    assert result.total == "100.000000000"
    assert {p.id: p.runs for p in result.processes}["plant"] == "1.00000000"


def test_waste_treatment_as_a_service(run, raw, row):
    """2 kg of waste go to a landfill that emits 0.5 kg CH4 per 10 kg treated."""
    value = raw(
        {"p": "out", "landfill": {"reference": "rubbish", "stage": "end-of-life"}},
        {"out": "kg", "rubbish": "kg"},
        [
            row("1", "p", "out", "out", "1 kg"),
            row("2", "p", "waste-out", "rubbish", "2 kg", provider={"process": "landfill"}),
            row("3", "landfill", "waste-in", "rubbish", "10 kg"),
            row("4", "landfill", "emission", "ch4-biogenic", "0.5 kg"),
        ],
        "1 kg",
    )
    result = run(value)
    assert result.total == "2.70000000000"
    assert [(s.key, s.value) for s in result.stages] == [("end-of-life", "2.70000000000")]
    assert [(g.key, g.value) for g in result.groups] == [("biogenic", "2.70000000000")]


def test_groups_and_the_biogenic_rule(run, raw, row):
    rows = [
        row("1", "p", "out", "out", "1 kg"),
        row("2", "p", "emission", "co2-fossil", "10 kg"),
        row("3", "p", "emission", "co2-biogenic", "4 kg"),
        row("4", "p", "removal", "co2-biogenic", "5 kg"),
        row("5", "p", "emission", "co2-land-use-change", "2 kg"),
        row("6", "p", "emission", "ch4-biogenic", "1 kg"),
        row("7", "p", "emission", "ch4-fossil", "1 kg"),
    ]
    value = raw({"p": "out"}, {"out": "kg"}, rows, "1 kg")
    counted = {g.key: Fraction(g.value) for g in run(value).groups}
    assert counted == {"fossil": Fraction("39.8"), "biogenic": 31, "removal": -5, "land-use-change": 2}
    value["rules"]["biogenic"] = "0/0"
    result = run(value)
    assert {g.key: Fraction(g.value) for g in result.groups} == {
        "fossil": Fraction("39.8"),
        "biogenic": 27,
        "removal": 0,
        "land-use-change": 2,
    }
    assert {g.key: g.mass_kg for g in result.gases}["co2-biogenic"] == "-1.00000000"


def test_a_removal_that_is_not_biogenic_stays_outside(run, raw, row, codes):
    rows = [
        row("1", "p", "out", "out", "1 kg"),
        row("2", "p", "emission", "co2-fossil", "10 kg"),
        row("3", "p", "removal", "co2-fossil", "9 kg"),
    ]
    result = run(raw({"p": "out"}, {"out": "kg"}, rows, "1 kg"))
    assert result.total == "10.0000000000"
    assert "REMOVAL_OUTSIDE_TOTAL" in codes(result)
    assert [(e.exchange, e.value, e.counted) for e in result.exchanges if not e.counted] == [
        ("3", "-9.00000000", False)
    ]


def test_avoided_products_count_only_under_substitution(run, raw, row, factors, codes):
    grid = factors("life-cycle", {"grid": {"value": "0.5", "unit": "kg CO2e/kWh"}})
    rows = [
        row("1", "p", "out", "out", "1 kg"),
        row("2", "p", "emission", "co2-fossil", "10 kg"),
        row("3", "p", "avoided", "el", "4 kWh", provider={"factor": "own@1#grid"}),
        row("4", "p", "avoided", "heat", "2 MJ", provider={"process": "boiler"}),
        row("5", "boiler", "out", "heat", "1 MJ"),
        row("6", "boiler", "emission", "co2-fossil", "0.1 kg"),
    ]
    value = raw({"p": "out", "boiler": "heat"}, {"out": "kg", "el": "kWh", "heat": "MJ"}, rows, "1 kg")
    outside = run(value, grid)
    assert (outside.total, outside.avoided) == ("10.0000000000", "-2.20000000")
    assert "AVOIDED_OUTSIDE_TOTAL" in codes(outside)
    value["rules"]["endOfLife"] = "substitution"
    inside = run(value, grid)
    assert (inside.total, inside.avoided) == ("7.80000000000", None)


def test_transport_is_mass_times_distance_times_factor(run, raw, row, factors, codes):
    legs = [
        {
            "mass": {"amount": "2000", "unit": "kg"},
            "distance": {"amount": "50", "unit": "km"},
            "mode": "road",
            "factor": "own@1#truck",
        },
        {"mass": {"amount": "2", "unit": "t"}, "distance": {"amount": "9", "unit": "km"}, "mode": "sea"},
    ]
    rows = [
        row("1", "p", "out", "out", "1 kg"),
        row(
            "2",
            "p",
            "in",
            "ore",
            "2 t",
            provider={"estimate": {"value": "1", "unit": "kg CO2e/t", "reason": "x"}},
            transport=legs,
        ),
    ]
    truck = factors("transport", {"truck": {"value": "0.1", "unit": "kg CO2e/t*km"}})
    result = run(raw({"p": "out"}, {"out": "kg", "ore": "t"}, rows, "1 kg"), truck)
    assert result.total == "12.0000000000"
    assert {e.part: e.value for e in result.exchanges} == {"transport": "10.0000000", "provider": "2.00000000"}
    assert {"TRANSPORT_WITHOUT_FACTOR", "ESTIMATED_INPUT"} <= codes(result)


def test_a_certificate_stands_as_background(run, raw, row, codes):
    rows = [
        row("1", "p", "out", "out", "1 t"),
        row("2", "p", "in", "slab", "1.1 t", provider={"certificate": "sha-256:ab"}),
    ]
    value = raw({"p": "out"}, {"out": "t", "slab": "t"}, rows, "1 t")
    certified = {"sha-256:ab": CertifiedValue("sha-256:ab", "2000", "kg CO2e/t", "ipcc-ar5-gwp100")}
    result = run(value, certified=certified)
    assert result.total == "2200.00000000"
    assert "VALUE_GWP_MISMATCH" in codes(result)
    assert {e.provider for e in result.exchanges} == {"sha-256:ab"}


def test_the_gwp_set_can_be_overridden(run, raw, row, factors, codes):
    """A split by gas follows the set in force; a bare value cannot, and says so."""
    entries = {
        "split": {"unit": "kg CO2e/kg", "gases": {"ch4-fossil": "1", "n2o": "1"}},
        "bare": {"unit": "kg CO2e/kg", "value": "7"},
    }
    rows = [
        row("1", "p", "out", "out", "1 kg"),
        row("2", "p", "in", "a", "1 kg", provider={"factor": "own@1#split"}),
        row("3", "p", "in", "b", "1 kg", provider={"factor": "own@1#bare"}),
    ]
    value = raw({"p": "out"}, {"out": "kg", "a": "kg", "b": "kg"}, rows, "1 kg")
    data = factors("life-cycle", entries)
    assert Fraction(run(value, data).total) == Fraction("29.8") + 273 + 7
    old = run(value, data, gwp=load_gwp("ipcc-ar4-gwp100"))
    assert Fraction(old.total) == 25 + 298 + 7
    assert old.gwp_set == "ipcc-ar4-gwp100"
    assert "FACTOR_GWP_MISMATCH" in codes(old)
    assert "FACTOR_GWP_MISMATCH" not in codes(run(value, data))


def test_findings_of_what_is_missing(run, raw, row, factors, codes):
    rows = [
        row("1", "p", "out", "out", "1 kg"),
        row("2", "p", "in", "bolts", "1 kg"),
        row("3", "p", "in", "grease", "1 kg"),
        row("4", "p", "in", "coal", "1 kg", combustion={"factor": "own@1#coal"}),
        row("5", "p", "waste-out", "slag", "1 kg"),
        row("6", "p", "emission", "ch4", "1 kg"),
        row("7", "p", "emission", "hfe7200", "1 kg"),
        row("8", "p", "emission", "fairy-dust", "1 kg"),
        row("9", "p", "emission", "n2o", "-1 kg"),
    ]
    cut_off = [
        {"flow": "grease", "estimate": "0.02", "reason": "small"},
        {"flow": "rope", "estimate": "0", "reason": "none"},
    ]
    value = raw(
        {"p": "out", "idle": "other"},
        {"out": "kg", "bolts": "kg", "grease": "kg", "coal": "kg", "slag": "kg", "other": "kg"},
        [*rows, row("10", "idle", "out", "other", "1 kg")],
        "1 kg",
        cutOff=cut_off,
        rules={"cutOff": {"criterion": "mass", "single": "0.01", "total": "0.015"}},
    )
    result = run(value, factors("combustion", {"coal": {"unit": "kg CO2/kg", "gases": {"co2-fossil": "2"}}}))
    found = {finding.code: finding.rows for finding in result.findings}
    assert found == {
        "INPUT_UNLINKED": ("2",),
        "CUT_OFF_DECLARED": ("3",),
        "CUT_OFF_SINGLE_EXCEEDED": ("grease",),
        "CUT_OFF_TOTAL_EXCEEDED": ("cutOff",),
        "CUT_OFF_UNUSED": ("rope",),
        "UPSTREAM_MISSING": ("4",),
        "WASTE_WITHOUT_TREATMENT": ("5",),
        "CH4_WITHOUT_ORIGIN": ("6",),
        "GAS_WITHOUT_FACTOR": ("7",),
        "FLOW_UNKNOWN": ("8",),
        "NEGATIVE_AMOUNT": ("9",),
        "PROCESS_UNUSED": ("idle",),
    }
    assert Fraction(result.total) == 2 + Fraction("29.8") - 273


def test_methane_without_origin_takes_the_higher_value_never_the_average(run, raw, row):
    rows = [row("1", "p", "out", "out", "1 kg"), row("2", "p", "emission", "ch4", "1 kg")]
    assert run(raw({"p": "out"}, {"out": "kg"}, rows, "1 kg")).total == "29.8000000000"


def test_combustion_counted_twice_is_seen(run, raw, row, factors, codes):
    included = {"upstream": True, "combustion": True, "losses": False, "capital": False}
    upstream = factors("life-cycle", {"d": {"value": "3", "unit": "kg CO2e/kg", "includes": included}})
    burnt = factors("combustion", {"d": {"gases": {"co2-fossil": "3"}, "unit": "kg CO2/kg"}}, series="burn")
    fuel = {"provider": {"factor": "own@1#d"}, "combustion": {"factor": "burn@1#d"}}
    rows = [row("1", "p", "out", "out", "1 kg"), row("2", "p", "in", "d", "1 kg", **fuel)]
    result = run(raw({"p": "out"}, {"out": "kg", "d": "kg"}, rows, "1 kg"), upstream, burnt)
    assert "COMBUSTION_COUNTED_TWICE" in codes(result)
    assert result.total == "6.00000000000"
    assert [(e.part, e.provider) for e in result.exchanges] == [("combustion", "burn@1#d"), ("provider", "own@1#d")]


def test_waste_used_inside_the_system_is_free_and_said(run, raw, row, codes):
    rows = [
        row("1", "roll", "out", "coil", "1 kg"),
        row("2", "roll", "in", "ore", "1 kg", provider={"process": "sinter"}),
        row("3", "roll", "waste-out", "scale", "1 kg", provider={"process": "sinter"}),
        row("4", "sinter", "out", "ore", "1 kg"),
        row("5", "sinter", "waste-in", "scale", "1 kg"),
        row("6", "sinter", "emission", "co2-fossil", "1 kg"),
    ]
    result = run(raw({"roll": "coil", "sinter": "ore"}, {"coil": "kg", "ore": "kg", "scale": "kg"}, rows, "1 kg"))
    assert result.total == "1.00000000000"
    assert codes(result) == {"WASTE_TO_PROCESS_FREE", "WASTE_INPUT_WITHOUT_BURDEN"}


def test_the_factors_used_are_named_with_their_dataset(run, raw, row, factors):
    rows = [
        row("1", "p", "out", "out", "1 kg"),
        row("2", "p", "in", "el", "1 kWh", provider={"factor": "own@1#grid"}),
    ]
    data = factors("life-cycle", {"grid": {"value": "0.5777", "unit": "kg CO2e/kWh", "dataYear": 2024}})
    result = run(raw({"p": "out"}, {"out": "kg", "el": "kWh"}, rows, "1 kg"), data)
    (used,) = result.factors_used
    assert (used.reference, used.series, used.version, used.kind) == ("own@1#grid", "own", "1", "life-cycle")
    assert (used.value, used.data_year, used.certainty, used.record_id) == ("0.5777", 2024, "high", None)
    assert [(g.key, g.value) for g in result.gases] == [("unspecified", "0.577700000000")]


def test_declared_factors_that_miss_one_by_their_rounding(run, raw, row, codes):
    """0.3333 + 0.6666 is used as declared, and said; 0.33 + 0.66 is refused (test_errors)."""
    process = {"reference": "a", "allocation": {"method": "declared", "factors": {"a": "0.3333", "b": "0.6666"}}}
    rows = [
        row("1", "p", "out", "a", "1 kg"),
        row("2", "p", "out", "b", "1 kg"),
        row("3", "p", "emission", "co2-fossil", "1 kg"),
    ]
    result = run(raw({"p": process}, {"a": "kg", "b": "kg"}, rows, "1 kg"))
    assert result.total == "0.333300000000"
    assert codes(result) == {"ALLOCATION_SUM"}


def test_transport_of_the_product_itself_counts(run, raw, row, factors):
    leg = {"mass": {"amount": "1", "unit": "t"}, "distance": {"amount": "10", "unit": "km"}, "mode": "road"}
    rows = [row("1", "p", "out", "out", "1 t", transport=[leg | {"factor": "own@1#truck"}])]
    truck = factors("transport", {"truck": {"value": "0.1", "unit": "kg CO2e/t*km"}})
    assert run(raw({"p": "out"}, {"out": "t"}, rows, "1 t"), truck).total == "1.00000000000"


def test_an_instrument_is_said_not_to_change_the_factor(run, raw, row, factors, codes):
    instrument = {"type": "绿证", "serials": ["1"], "quantity": {"amount": "1", "unit": "kWh"}}
    rows = [
        row("1", "p", "out", "out", "1 t"),
        row("2", "p", "in", "el", "1 kWh", provider={"factor": "own@1#grid"}, instrument=instrument),
    ]
    grid = factors("life-cycle", {"grid": {"value": "0.5", "unit": "kg CO2e/kWh"}})
    result = run(raw({"p": "out"}, {"out": "t", "el": "kWh"}, rows, "1 t"), grid)
    assert (result.total, codes(result)) == ("0.500000000000", {"INSTRUMENT_NOT_APPLIED"})


def test_co_products_share_what_lies_upstream_too(run, raw, row):
    """30 kg of 40 kg take three quarters of the plant's electricity, and of the power plant's emissions."""
    value = raw(
        {"plant": {"reference": "main", "allocation": {"method": "mass"}}, "power": "el"},
        {"main": "kg", "side": "kg", "el": "kWh"},
        [
            row("1", "plant", "out", "main", "30 kg"),
            row("2", "plant", "out", "side", "10 kg"),
            row("3", "plant", "in", "el", "100 kWh", provider={"process": "power"}),
            row("4", "power", "out", "el", "1 kWh"),
            row("5", "power", "emission", "co2-fossil", "0.8 kg"),
            row("6", "power", "in", "side", "0.01 kg", provider={"process": "plant"}),
        ],
        "30 kg",
    )
    # per run of the plant y = 1 and side product z: power = 75 y + 25 z, z = 0.01 power / 10
    side = Fraction(75, 1000) / (1 - Fraction(25, 1000))
    power = 75 + 25 * side
    assert Fraction(run(value).total) == pytest.approx(power * Fraction("0.8"), rel=1e-11)
