"""Make ``api/demo/data/steel-coil.inventory.json``: a hot-rolled steel coil by blast furnace and converter.

A WORKED EXAMPLE.  The activity data are illustrative: no mill reported them.  They are chosen so that iron, carbon and
process gases balance, and lie near published averages (worldsteel, fact sheet "Steel and raw materials": per tonne of
crude steel 1 370 kg iron ore, 780 kg metallurgical coal, 270 kg limestone, 125 kg recycled steel).  What a balance
determines is computed here, not typed: process CO2 from carbon, the power station from the gas that is left, the
shares of own and grid electricity from the site's demand.  Emission factors come only from the datasets of
``verifier/data/factors``.

Run ``python scripts/make_steel_coil.py [--check]``.  Deterministic; the output is committed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from verifier.decimals import decimals_for_significant, round_half_even
from verifier.footprint.engine import recalculate
from verifier.footprint.factors import DatasetFactors
from verifier.records.factors import load_factor_dataset
from verifier.records.inventory import inventory_from_json

ROOT: Final = Path(__file__).resolve().parent.parent
TARGET: Final = ROOT / "api" / "demo" / "data" / "steel-coil.inventory.json"
FACTORS: Final = ROOT / "verifier" / "data" / "factors"
DIGITS: Final = 5
"""Significant digits of an amount that a balance determines."""
CO2_PER_CARBON: Final = Fraction(44, 12)

FUELS: Final[Mapping[str, tuple[str, str, str]]] = {
    "coke": ("t", "28.435", "0.02942"),
    "injection-coal": ("t", "22.867", "0.02749"),
    "coal-tar": ("t", "33.453", "0.02200"),
    "diesel": ("t", "42.652", "0.02020"),
    "natural-gas": ("e4Nm3", "389.31", "0.01532"),
    "blast-furnace-gas": ("e4Nm3", "33.0", "0.07080"),
    "converter-gas": ("e4Nm3", "84.0", "0.04960"),
    "coke-oven-gas": ("e4Nm3", "173.854", "0.01210"),
}
"""Unit, net calorific value (GJ per unit) and carbon (t per GJ): the default values of cn_fuel_defaults.csv."""
COKING_COAL_CARBON: Final = Fraction("28.2") * Fraction("0.0258")
"""t of carbon per t: IPCC 2006, volume 2, tables 1.2 and 1.3; the Chinese default is blank (sources conflict)."""
HOT_METAL_CARBON: Final = Fraction("0.045")
SCRAP_CARBON: Final = Fraction("0.001")
STEEL_CARBON: Final = Fraction("0.0004")
DUST_CARBON: Final = Fraction("0.30")
CARBONATE_CO2: Final = Fraction("0.42")
"""Tonnes of CO2 bound in a tonne of limestone: 44/100 of 95.5 % CaCO3."""
RESIDUAL_CO2: Final = Fraction("0.02")
"""Tonnes of CO2 left in a tonne of burnt lime; the converter sets it free."""
POWER_EFFICIENCY: Final = Fraction("0.34")
NETWORK_LOSS: Final = Fraction("0.03")
KWH_PER_GJ: Final = Fraction(10000, 36)

RUNS: Final[Mapping[str, Mapping[str, str]]] = {
    "coking": {"coking-coal": "1.3400", "blast-furnace-gas": "600.0", "coke-oven-gas": "80.00", "electricity": "60.00"},
    "sintering": {
        "iron-ore": "0.8950", "limestone": "0.0900", "lime": "0.03500", "coke": "0.04800",
        "coke-oven-gas": "4.000", "electricity": "45.00",
    },
    "lime-burning": {"limestone": "1.7800", "natural-gas": "105.0", "electricity": "45.00"},
    "air-separation": {"electricity": "590.0"},
    "hot-blast": {"blast-furnace-gas": "560.0", "electricity": "92.00"},
    "blast-furnace": {
        "sinter": "1.3650", "iron-ore": "0.2700", "coke": "0.37200", "injection-coal": "0.15500",
        "hot-blast": "1000.0", "oxygen": "0.05000", "nitrogen": "0.04500", "electricity": "45.00",
    },
    "steelmaking": {
        "hot-metal": "0.92000", "steel-scrap": "0.12500", "lime": "0.06000", "oxygen": "0.07700",
        "nitrogen": "0.03000", "argon": "0.001500", "aluminium": "0.001800", "coke-oven-gas": "3.000",
        "natural-gas": "2.000", "electricity": "52.00", "diesel": "0.0005000",
    },
    "casting": {
        "liquid-steel": "1.0280", "oxygen": "0.002000", "argon": "0.0002000", "coke-oven-gas": "1.500",
        "electricity": "15.00",
    },
    "hot-rolling": {
        "slab": "1.0300", "blast-furnace-gas": "100.0", "coke-oven-gas": "45.00", "converter-gas": "15.00",
        "natural-gas": "2.000", "electricity": "112.0", "diesel": "0.0004000",
    },
}  # fmt: skip
"""Inputs of one run of each process: t, Nm3 or kWh for 1 t of its product (hot blast: for 1 000 Nm3)."""
OUTPUTS: Final[Mapping[str, Mapping[str, str]]] = {
    "coking": {"coke": "1", "coke-oven-gas": "420.0", "coal-tar": "0.05600"},
    "sintering": {"sinter": "1"},
    "lime-burning": {"lime": "1"},
    "air-separation": {"oxygen": "1", "nitrogen": "0.5714", "argon": "0.01356"},
    "hot-blast": {"hot-blast": "1000"},
    "blast-furnace": {"hot-metal": "1", "blast-furnace-gas": "1520.0", "blast-furnace-slag": "0.3200"},
    "steelmaking": {"liquid-steel": "1", "converter-gas": "92.00", "converter-slag": "0.1050"},
    "casting": {"slab": "1"},
    "hot-rolling": {"coil": "1", "cut-strip": "0.01600"},
}
WASTES: Final[Mapping[str, Mapping[str, str]]] = {
    "blast-furnace": {"dust": "0.01200"},
    "casting": {"crop-scrap": "0.02000", "mill-scale": "0.006000"},
    "hot-rolling": {"crop-scrap": "0.007500", "mill-scale": "0.008500"},
}
RECEIVERS: Final = {"dust": "sintering", "mill-scale": "sintering", "crop-scrap": "steelmaking"}
CHAIN: Final = (
    "hot-rolling", "casting", "steelmaking", "blast-furnace", "hot-blast", "sintering", "coking", "lime-burning",
)  # fmt: skip
"""The processes in an order in which each comes after all users of its product."""
GASES: Final = ("blast-furnace-gas", "converter-gas", "coke-oven-gas")


def significant(value: Fraction, digits: int = DIGITS) -> str:
    """Return `value` rounded half to even to `digits` significant digits, trailing zeros kept."""
    return round_half_even(value, decimals_for_significant(value, digits))


def per_unit(fuel: str) -> tuple[Fraction, Fraction]:
    """Return GJ and kilograms of carbon in a tonne or normal cubic metre of a fuel."""
    unit, heat, carbon = FUELS[fuel]
    size = Fraction(1) if unit == "t" else Fraction(10000)
    return Fraction(heat) / size, Fraction(heat) * Fraction(carbon) * 1000 / size


class Site:
    """The physical balance of the works behind one tonne of coil: how often each process runs, and what that leaves."""

    def __init__(self) -> None:
        self.runs: dict[str, Fraction] = {"hot-rolling": Fraction(1)}
        for process in CHAIN[1:]:
            product, amount = next(iter(OUTPUTS[process].items()))
            self.runs[process] = self.used(product) / Fraction(amount)
        self.runs["air-separation"] = self.used("oxygen")
        self.surplus = {gas: self.made(gas) - self.used(gas) for gas in GASES}
        heat = sum((amount * per_unit(gas)[0] for gas, amount in self.surplus.items()), Fraction(0))
        self.own_kwh = heat * POWER_EFFICIENCY * KWH_PER_GJ
        self.demand_kwh = self.used("electricity") / (1 - NETWORK_LOSS)

    def used(self, flow: str) -> Fraction:
        """Return how much of `flow` the processes scaled so far take in."""
        return self._sum(RUNS, flow)

    def made(self, flow: str) -> Fraction:
        """Return how much of `flow` the processes scaled so far put out as a product."""
        return self._sum(OUTPUTS, flow)

    def wasted(self, flow: str) -> Fraction:
        """Return how much of a waste the processes scaled so far put out."""
        return self._sum(WASTES, flow)

    def _sum(self, table: Mapping[str, Mapping[str, str]], flow: str) -> Fraction:
        scaled = ((self.runs[name], row) for name, row in table.items() if flow in row and name in self.runs)
        return sum((runs * Fraction(row[flow]) for runs, row in scaled), Fraction(0))


def process_co2(site: Site) -> dict[str, dict[str, Fraction]]:
    """Return kilograms of CO2 per run that no combustion row carries, by process and cause, from its carbon balance."""

    def take(process: str, flow: str) -> Fraction:
        return Fraction(RUNS[process][flow])

    def give(process: str, flow: str) -> Fraction:
        return Fraction(OUTPUTS[process][flow])

    coke, tar, coal = per_unit("coke")[1], per_unit("coal-tar")[1], per_unit("injection-coal")[1]
    blast_gas, converter_gas, oven_gas = (per_unit(gas)[1] for gas in GASES)
    dust = received(site, "dust") * DUST_CARBON * 1000
    coking = take("coking", "coking-coal") * COKING_COAL_CARBON * 1000 - coke
    coking -= give("coking", "coke-oven-gas") * oven_gas + give("coking", "coal-tar") * tar
    furnace = take("blast-furnace", "coke") * coke + take("blast-furnace", "injection-coal") * coal
    furnace -= HOT_METAL_CARBON * 1000 + give("blast-furnace", "blast-furnace-gas") * blast_gas
    furnace -= Fraction(WASTES["blast-furnace"]["dust"]) * DUST_CARBON * 1000
    scrap = take("steelmaking", "steel-scrap") + received(site, "crop-scrap")
    converter = (take("steelmaking", "hot-metal") * HOT_METAL_CARBON + scrap * SCRAP_CARBON - STEEL_CARBON) * 1000
    converter -= give("steelmaking", "converter-gas") * converter_gas
    calcined = take("lime-burning", "limestone") * CARBONATE_CO2 - RESIDUAL_CO2
    return {
        "coking": {"losses": coking * CO2_PER_CARBON},
        "sintering": {
            "coke-breeze": (take("sintering", "coke") * coke + dust) * CO2_PER_CARBON,
            "limestone": take("sintering", "limestone") * CARBONATE_CO2 * 1000,
        },
        "lime-burning": {"limestone": calcined * 1000},
        "blast-furnace": {"bled-gas": furnace * CO2_PER_CARBON},
        "steelmaking": {
            "unrecovered-gas": converter * CO2_PER_CARBON,
            "lime": take("steelmaking", "lime") * RESIDUAL_CO2 * 1000,
        },
    }


def received(site: Site, waste: str) -> Fraction:
    """Return how much of an internal waste one run of its receiving process takes back."""
    return site.wasted(waste) / site.runs[RECEIVERS[waste]]


UPSTREAM: Final = "uslci-upstream@2017#"
TRANSPORT: Final = "uslci-transport@2017#"
COMBUSTION: Final = "cn-fuel-combustion@1#"
GRID: Final = "cn-electricity-cfp@2024#CN"
PROXY: Final = "US proxy (USLCI 2017), for want of a published Chinese factor"
RAW: Final = "raw-material-acquisition"
SITE: Final = "CN-SH"
MAKERS: Final = {flow: process for process, row in OUTPUTS.items() for flow in row} | {
    "electricity": "works-electricity", "iron-ore": "ore-supply", "coking-coal": "coking-coal-supply",
    "injection-coal": "injection-coal-supply", "limestone": "limestone-supply", "steel-scrap": "scrap-supply",
    "natural-gas": "natural-gas-supply",
}  # fmt: skip
"""The process that supplies each flow made inside the system."""

NAMES: Final = {
    "iron-ore": ("铁矿石", "iron ore"), "coking-coal": ("炼焦煤", "coking coal"),
    "injection-coal": ("喷吹煤", "injection coal"), "limestone": ("石灰石", "limestone"),
    "steel-scrap": ("外购废钢", "purchased steel scrap, delivered"),
    "old-scrap": ("社会废钢", "old steel scrap, at collection"), "natural-gas": ("天然气", "natural gas"),
    "diesel": ("柴油", "diesel"), "coke": ("焦炭", "coke"), "coke-oven-gas": ("焦炉煤气", "coke-oven gas"),
    "coal-tar": ("煤焦油及粗苯", "coal tar with light oils"), "sinter": ("烧结矿", "sinter"),
    "lime": ("石灰", "burnt lime"), "oxygen": ("氧气", "oxygen"), "nitrogen": ("氮气", "nitrogen"),
    "argon": ("氩气", "argon"), "hot-blast": ("热风", "hot blast"), "hot-metal": ("铁水", "hot metal"),
    "blast-furnace-gas": ("高炉煤气", "blast-furnace gas"), "blast-furnace-slag": ("高炉渣", "blast-furnace slag"),
    "liquid-steel": ("钢水", "liquid steel"), "converter-gas": ("转炉煤气", "converter gas"),
    "converter-slag": ("转炉渣", "converter slag"), "slab": ("板坯", "slab"),
    "coil": ("热轧卷板", "hot-rolled coil"), "cut-strip": ("非定尺带钢", "strip outside the order's dimensions"),
    "electricity": ("厂内电力", "electricity of the works' network"),
    "own-electricity": ("自发电", "electricity of the power station"),
    "grid-electricity": ("外购电力", "grid electricity"), "aluminium": ("脱氧铝", "deoxidation aluminium"),
    "dust": ("高炉灰", "blast-furnace dust and sludge"), "mill-scale": ("氧化铁皮", "mill scale"),
    "crop-scrap": ("切头切尾废钢", "crop scrap"), "ferro-alloys": ("铁合金", "ferro-alloys"),
    "refractories": ("耐火材料", "refractories"), "casting-powder": ("保护渣", "casting powder"),
    "rolls": ("轧辊", "rolls"), "lubricants": ("润滑油", "lubricants and hydraulic oil"),
    "river-water": ("河水", "river water"),
}  # fmt: skip
UNITS: Final = dict.fromkeys((*GASES, "natural-gas", "hot-blast"), "Nm3") | {
    "electricity": "kWh", "own-electricity": "kWh", "grid-electricity": "kWh", "river-water": "m3",
}  # fmt: skip
"""Units of flows that are not counted in tonnes."""
PROPERTIES: Final = {
    "natural-gas": {"volume-at-15-degrees": ("1.0549", "m3/Nm3"), "density": ("0.7174", "kg/Nm3")},
}
"""Ratios beside the calorific values: 288.15 K / 273.15 K, and the density of methane at 0 °C and 101.325 kPa."""
NO_FACTOR: Final = "no factor in the Chinese sets at hand nor in USLCI"
CUT_OFFS: Final = {
    "ferro-alloys": ("steelmaking", "0.01000", f"{NO_FACTOR}; by carbon it weighs more than by mass"),
    "refractories": ("steelmaking", "0.01000", NO_FACTOR),
    "casting-powder": ("casting", "0.0005000", "no factor; small"),
    "rolls": ("hot-rolling", "0.0006000", "worn mass only, returned as scrap"),
    "lubricants": ("hot-rolling", "0.0002000", "no factor; small"),
}  # fmt: skip
"""Flows left out: process, tonnes per run, reason.  The estimate is the share of the mass of all material inputs."""

SEA_COAL: Final = (("1.0000", "750.0", "rail", "train"), ("1.0000", "1300", "sea", "ocean-freighter"))
SUPPLIES: Final = {
    "ore-supply": (
        "iron-ore", "1.0050", "bauxite-ore", "AU", "铁矿石开采与运输", "Iron ore, mined and shipped",
        (("1.0000", "6100", "sea", "ocean-freighter"), ("1.0000", "40.00", "inland-water", "barge")),
    ),
    "coking-coal-supply": (
        "coking-coal", "1.0050", "bituminous-coal", "CN", "炼焦煤开采与运输", "Coking coal, mined and shipped",
        SEA_COAL,
    ),
    "injection-coal-supply": (
        "injection-coal", "1.0050", "bituminous-coal", "CN", "喷吹煤开采与运输",
        "Injection coal, mined and shipped", SEA_COAL,
    ),
    "limestone-supply": (
        "limestone", "1.0050", "limestone", "CN", "石灰石开采与运输", "Limestone, quarried and shipped",
        (("1.0000", "350.0", "inland-water", "barge"),),
    ),
    "natural-gas-supply": (
        "natural-gas", "1000.0", "natural-gas", "CN", "天然气开采与输送", "Natural gas, produced and piped",
        (("0.71740", "1500", "pipeline", "natural-gas-pipeline"),),
    ),
}  # fmt: skip
"""Raw materials: flow, amount at the source for 1 t or 1 000 Nm3 delivered (half a per cent of solids is lost in
handling), entry of the US proxy, geography, names, legs (tonnes, km, mode, entry)."""
PROCESS_NAMES: Final = {
    "scrap-supply": ("废钢收集运输", "Steel scrap, collected and delivered"), "coking": ("炼焦", "Coking"),
    "sintering": ("烧结", "Sintering"), "lime-burning": ("石灰焙烧", "Lime burning"),
    "air-separation": ("空分制氧", "Air separation"),
    "hot-blast": ("鼓风与热风炉", "Blower and hot stoves"), "blast-furnace": ("高炉炼铁", "Blast furnace"),
    "steelmaking": ("转炉炼钢与精炼", "Converter and secondary metallurgy"), "casting": ("连铸", "Continuous casting"),
    "hot-rolling": ("热轧", "Hot rolling"), "power-station": ("煤气发电", "Power station on process gases"),
    "works-electricity": ("厂内电网", "Electricity network of the works"),
}  # fmt: skip
GAS_IS_FREE: Final = "slag and gas leave free of burden, and the gas's carbon counts where it is burnt"
ALLOCATIONS: Final[Mapping[str, tuple[str, str]]] = {
    "coking": ("energy", "coke, gas and tar are fuels: by net calorific value"),
    "air-separation": ("mass", "one separation yields all three gases"),
    "blast-furnace": ("none", f"hot metal carries all: {GAS_IS_FREE}"),
    "steelmaking": ("none", f"liquid steel carries all: {GAS_IS_FREE}"),
    "hot-rolling": ("mass", "coil and cut strip are the same steel, rolled alike"),
}  # fmt: skip


def quantity(amount: str, unit: str) -> dict[str, str]:
    """Return a quantity of the inventory format."""
    return {"amount": amount, "unit": unit}


def row(process: str, direction: str, kind: str, flow: str, amount: str, **more: Any) -> dict[str, Any]:
    """Return one exchange; its id is ``process.flow``, for an output ``process.out.flow``."""
    out = "out." if direction == "output" else ""
    unit = "kg" if kind == "emission" else UNITS.get(flow, "t")
    return {
        "id": f"{process}.{out}{flow}", "process": process, "direction": direction, "kind": kind, "flow": flow,
        "quantity": quantity(amount, unit), **more,
    }  # fmt: skip


def leg(mass: str, distance: str, mode: str, entry: str) -> dict[str, Any]:
    """Return one transport leg under a US transport factor."""
    return {
        "mass": quantity(mass, "t"), "distance": quantity(distance, "km"), "mode": mode, "factor": TRANSPORT + entry,
    }  # fmt: skip


def input_row(process: str, flow: str, amount: str) -> dict[str, Any]:
    """Return an input of a works process: from its maker, with combustion where a fuel gas or diesel is burnt."""
    burnt = {"combustion": {"factor": COMBUSTION + flow}} if flow in {*GASES, "natural-gas", "diesel"} else {}
    if flow in MAKERS:
        return row(process, "input", "product", flow, amount, provider={"process": MAKERS[flow]}, **burnt)
    entry = {"diesel": "refinery-product", "aluminium": "aluminium-secondary-ingot"}[flow]
    return row(process, "input", "product", flow, amount, provider={"factor": UPSTREAM + entry}, **burnt, source=PROXY)


def supply_rows() -> list[dict[str, Any]]:
    """Return the rows of the raw materials' supply: what is taken from the background, and how it travels."""
    rows = []
    for process, (flow, amount, entry, _, _, _, legs) in SUPPLIES.items():
        rows.append(row(process, "output", "product", flow, "1000" if flow == "natural-gas" else "1"))
        taken = row(process, "input", "product", flow, amount, provider={"factor": UPSTREAM + entry}, source=PROXY)
        rows.append(taken | {"transport": [leg(*one) for one in legs]})
    rows.append(row("scrap-supply", "output", "product", "steel-scrap", "1"))
    scrap = row("scrap-supply", "input", "waste", "old-scrap", "1.0000", source="enters free of burden (cut-off)")
    return [*rows, scrap | {"transport": [leg("1.0000", "60.00", "road", "truck")]}]


def works_rows(site: Site) -> list[dict[str, Any]]:
    """Return the rows of the works: products, inputs, wastes taken in and given out, cut-offs, and process CO2."""
    rows = []
    emissions = process_co2(site)
    for process, inputs in RUNS.items():
        rows += [row(process, "output", "product", flow, amount) for flow, amount in OUTPUTS[process].items()]
        rows += [input_row(process, flow, amount) for flow, amount in inputs.items()]
        for waste in (name for name, receiver in RECEIVERS.items() if receiver == process):
            rows.append(row(process, "input", "waste", waste, significant(received(site, waste))))
        for flow, (user, amount, _) in CUT_OFFS.items():
            if user == process:
                rows.append(row(process, "input", "product", flow, amount))
        for waste, amount in WASTES.get(process, {}).items():
            rows.append(row(process, "output", "waste", waste, amount, provider={"process": RECEIVERS[waste]}))
        for cause, kilograms in emissions.get(process, {}).items():
            emitted = row(process, "output", "emission", "co2-fossil", significant(kilograms))
            rows.append(emitted | {"id": f"{process}.co2.{cause}", "source": f"carbon balance: {cause}"})
    rows.append(row("steelmaking", "input", "resource", "river-water", "3.000"))
    return rows


def power_rows(site: Site) -> list[dict[str, Any]]:
    """Return the rows of the power station and of the works' network, for 1 000 kWh each."""
    station, network = "power-station", "works-electricity"
    per_station = {gas: significant(site.surplus[gas] * 1000 / site.own_kwh) for gas in GASES}
    own = site.own_kwh / site.used("electricity")
    bought = 1 / (1 - NETWORK_LOSS) - own
    from_station, from_grid = {"process": station}, {"factor": GRID}
    return [
        row(station, "output", "product", "own-electricity", "1000"),
        *(input_row(station, gas, amount) for gas, amount in per_station.items()),
        row(network, "output", "product", "electricity", "1000"),
        row(network, "input", "product", "own-electricity", significant(own * 1000), provider=from_station),
        row(network, "input", "product", "grid-electricity", significant(bought * 1000), provider=from_grid),
    ]


def flow_list() -> list[dict[str, Any]]:
    """Return the flows with their names, units and conversion properties."""
    flows = []
    wastes = {*RECEIVERS, "old-scrap"}
    for flow, (zh, en) in NAMES.items():
        kind = "waste" if flow in wastes else "elementary" if flow == "river-water" else "product"
        value: dict[str, Any] = {"id": flow, "kind": kind, "unit": UNITS.get(flow, "t"), "name": {"zh": zh, "en": en}}
        properties = {name: quantity(*ratio) for name, ratio in PROPERTIES.get(flow, {}).items()}
        if flow in FUELS:
            unit, heat, _ = FUELS[flow]
            properties["ncv"] = quantity(heat, f"GJ/{unit}")
            value["source"] = "net calorific value: Chinese default value (cn_fuel_defaults.csv)"
        flows.append(value | ({"properties": properties} if properties else {}))
    return flows


def process_list() -> list[dict[str, Any]]:
    """Return the unit processes: raw-material supply first, then the works."""
    processes = []
    for process, (flow, _, _, geography, zh, en, _) in SUPPLIES.items():
        processes.append(process_entry(process, (zh, en), RAW, geography, flow))
    references = {name: next(iter(row)) for name, row in OUTPUTS.items()} | {
        "scrap-supply": "steel-scrap", "power-station": "own-electricity", "works-electricity": "electricity",
    }  # fmt: skip
    for process, names in PROCESS_NAMES.items():
        if process == "scrap-supply":
            processes.append(process_entry(process, names, RAW, SITE, references[process]))
            continue
        value = process_entry(process, names, "production", SITE, references[process]) | {"site": SITE}
        if process in ALLOCATIONS:
            method, reason = ALLOCATIONS[process]
            value["allocation"] = {"method": method, "reason": reason}
        processes.append(value)
    return processes


def process_entry(process: str, names: tuple[str, str], stage: str, geography: str, reference: str) -> dict[str, Any]:
    """Return a process of the inventory format, without site and allocation."""
    return {
        "id": process, "name": {"zh": names[0], "en": names[1]}, "stage": stage, "geography": geography,
        "reference": reference,
    }  # fmt: skip


def cut_off_list(site: Site) -> list[dict[str, str]]:
    """Return the flows left out, each with its share of the mass of all material inputs."""
    materials = ("iron-ore", "coking-coal", "injection-coal", "limestone", "steel-scrap", "aluminium", "diesel")
    cut = {flow: site.runs[process] * Fraction(amount) for flow, (process, amount, _) in CUT_OFFS.items()}
    total = sum((site.used(flow) for flow in materials), Fraction(0)) + sum(cut.values(), Fraction(0))
    shares = {flow: round_half_even(mass / total, 5) for flow, mass in cut.items()}
    return [
        {"flow": flow, "estimate": shares[flow], "proxy": "share of the mass of inputs", "reason": reason}
        for flow, (_, _, reason) in CUT_OFFS.items()
    ]


def inventory() -> dict[str, Any]:
    """Return the inventory without its declared value."""
    site = Site()
    return {
        "schema": "tanju/inventory/1",
        "product": {
            "name": {"zh": "热轧卷板（示例）", "en": "Hot-rolled coil (worked example)"}, "category": "steel-bf-bof",
        },
        "functionalUnit": {"quantity": quantity("1", "t")},
        "referenceFlow": {"process": "hot-rolling", "flow": "coil", "quantity": quantity("1", "t")},
        "systemBoundary": "cradle-to-gate",
        "period": {"from": "2025-01-01", "until": "2026-01-01"},
        "rules": {
            "standard": "GB/T 24067-2024", "gwp": "ipcc-ar6-gwp100", "endOfLife": "cut-off", "biogenic": "-1/+1",
            "electricity": "location", "decimals": 1,
            "cutOff": {"criterion": "mass", "single": "0.01", "total": "0.05"},
        },
        "flows": flow_list(),
        "processes": process_list(),
        "exchanges": [*supply_rows(), *works_rows(site), *power_rows(site)],
        "cutOff": cut_off_list(site),
        "source": "Worked example with illustrative activity data: no mill reported them. Published Chinese factors "
        "for electricity and burnt fuels; every other background value is a US proxy (USLCI 2017) or declared as cut "
        "off. Capital goods, packaging and delivery are outside; so are CH4 and N2O of combustion. See "
        "docs/reference/demo-data.md.",
    }  # fmt: skip


def shipped_factors() -> DatasetFactors:
    """Return every factor dataset that the project ships."""
    return DatasetFactors.of(load_factor_dataset(path) for path in sorted(FACTORS.glob("*.factors.json")))


def document() -> bytes:
    """Return the inventory's readable bytes, with the value that the engine calculates as the declared one."""
    value = inventory()
    decimals = value["rules"]["decimals"]
    result = recalculate(inventory_from_json(value), factors=shipped_factors())
    total = round_half_even(Fraction(result.total), decimals)
    value["declared"] = {"total": quantity(total, result.unit)}
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def main() -> int:
    """Write or check the file; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare with the committed file instead of writing")
    data = document()
    if not parser.parse_args().check:
        TARGET.parent.mkdir(parents=True, exist_ok=True)
        TARGET.write_bytes(data)
        return 0
    same = TARGET.is_file() and TARGET.read_bytes() == data
    print(f"{TARGET.name}: {'as committed' if same else 'differs'}")
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
