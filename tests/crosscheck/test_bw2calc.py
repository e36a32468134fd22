"""Every linked USLCI process with a loop or a chain against bw2calc (Brightway), to 1e-9.

The technosphere and the emissions are built here from the archive's JSON, by this file alone: one column for each
product, the reference product carrying all burdens of its process and the other products none; bw2calc solves it.
"""

import re
from collections import defaultdict

import numpy as np
import pytest

from verifier.footprint import DatasetFactors, load_gwp, recalculate
from verifier.formats.openlca import _gas_tables

bw2calc = pytest.importorskip("bw2calc")
bw_processing = pytest.importorskip("bw_processing")

RELATIVE = 1e-9
DIMENSION = 30
"""Systems of at least so many processes are compared."""
MAX_COMPARED = 60


class Plain:
    """The whole database as one system, read straight from JSON."""

    def __init__(self, raw):
        self.processes, self.flows, self.categories, self.units = (
            raw[name] for name in ("processes", "flows", "categories", "units")
        )
        self.reference = {
            key: next(row for row in value["exchanges"] if row.get("quantitativeReference"))
            for key, value in self.processes.items()
        }
        self.makers = defaultdict(set)
        for key, value in self.processes.items():
            for row in value["exchanges"]:
                if self.is_product(row) and not row["input"]:
                    self.makers[row["flow"]["@id"]].add(key)
        self.activities = sorted(
            {
                (key, row["flow"]["@id"])
                for key, p in self.processes.items()
                for row in p["exchanges"]
                if self.makes(row)
            }
        )
        self.index = {activity: i + 1 for i, activity in enumerate(self.activities)}

    @staticmethod
    def is_product(row):
        return row["flow"]["flowType"] == "PRODUCT_FLOW"

    def makes(self, row):
        return self.is_product(row) and not row["input"]

    def amount(self, row):
        return row["amount"] * self.units[row["unit"]["@id"]]

    def compartment(self, flow):
        names, category = [], flow.get("category")
        while category:
            own = self.categories[category["@id"]]
            names.append(own["name"].lower())
            category = own.get("category")
        return "/".join(reversed(names))

    def weight(self, flow_id, gwp):
        """Kilograms of CO2e per kilogram for what goes to air (or says no compartment), else zero."""
        flow, (names, numbers) = self.flows[flow_id], _gas_tables()
        gas = names.get(flow["name"].partition(" [")[0].strip().lower()) or numbers.get(
            (flow.get("cas") or "").lstrip("0")
        )
        where = self.compartment(flow)
        outside = "resource" in where or (
            not re.search(r"\bair\b|atmosphere", where) and re.search("water|soil|ground|deposited|waste", where)
        )
        if gas is None or gas == "co2-biogenic" or outside:
            return 0.0
        return float(gwp.factor(gas) or 0)

    def upstream(self, key):
        """How many processes the links reach."""
        seen, queue = {key}, [key]
        for process in queue:
            for row in self.processes[process]["exchanges"]:
                makers = self.makers.get(row["flow"]["@id"], ()) if self.is_product(row) and row["input"] else ()
                for maker in makers if len(makers) == 1 else ():
                    if maker not in seen:
                        seen.add(maker)
                        queue.append(maker)
        return len(seen)

    def matrices(self, gwp):
        """Technosphere entries (row, column, value, flip) and one emission, CO2e, by column."""
        entries, emissions = [], []
        for (key, flow), column in self.index.items():
            made = sum(
                self.amount(row)
                for row in self.processes[key]["exchanges"]
                if self.makes(row) and row["flow"]["@id"] == flow
            )
            entries.append((column, column, made, False))
            if flow != self.reference[key]["flow"]["@id"]:
                continue
            co2e = 0.0
            for row in self.processes[key]["exchanges"]:
                taken = row["flow"]["@id"]
                if self.is_product(row) and row["input"] and len(self.makers.get(taken, ())) == 1:
                    (maker,) = self.makers[taken]
                    entries.append((self.index[maker, taken], column, self.amount(row), True))
                elif row["flow"]["flowType"] == "ELEMENTARY_FLOW" and not row["input"]:
                    co2e += self.amount(row) * self.weight(taken, gwp)
            emissions.append((column, co2e))
        return entries, emissions


def package(entries, emissions):
    """Write the matrices as a data package for bw2calc; the biosphere has one flow, id 1, characterised with 1."""
    made = bw_processing.create_datapackage()
    both = bw_processing.INDICES_DTYPE
    made.add_persistent_vector(
        matrix="technosphere_matrix",
        indices_array=np.array([entry[:2] for entry in entries], dtype=both),
        data_array=np.array([entry[2] for entry in entries]),
        flip_array=np.array([entry[3] for entry in entries]),
    )
    made.add_persistent_vector(
        matrix="biosphere_matrix",
        indices_array=np.array([(1, column) for column, _ in emissions], dtype=both),
        data_array=np.array([value for _, value in emissions]),
    )
    made.add_persistent_vector(
        matrix="characterization_matrix", indices_array=np.array([(1, 1)], dtype=both), data_array=np.array([1.0])
    )
    return made


@pytest.fixture(scope="module")
def plain(raw):
    return Plain(raw)


@pytest.fixture(scope="module")
def deep(plain):
    """Processes whose systems are large enough, an even choice among them in order of UUID."""
    found = sorted(key for key in plain.processes if plain.upstream(key) >= DIMENSION)
    step = max(1, len(found) // MAX_COMPARED)
    return found[::step]


@pytest.mark.filterwarnings("ignore")
def test_at_least_fifty_linked_processes_agree(plain, deep, reader):
    gwp = load_gwp("ipcc-ar4-gwp100")
    lca, compared = None, 0
    data = [package(*plain.matrices(gwp))]
    worst = (0.0, "")
    for key in deep:
        imported = reader.read(key)
        own = float(recalculate(imported.inventory, factors=DatasetFactors(), gwp=gwp).total)
        reference = plain.reference[key]
        column = plain.index[key, reference["flow"]["@id"]]
        demand = {column: plain.units[reference["unit"]["@id"]]}
        if lca is None:
            lca = bw2calc.LCA(demand=demand, data_objs=data)
            lca.lci(factorize=True)
            lca.lcia()
        else:
            lca.lcia(demand)
        if lca.score:
            worst = max(worst, (abs(own / lca.score - 1), plain.processes[key]["name"]))
            compared += 1
        else:
            assert own == 0
    assert compared >= 50
    assert worst[0] <= RELATIVE, worst


def test_the_choice_is_deep(plain, deep):
    assert len(deep) >= 50
    assert max(plain.upstream(key) for key in deep) > 100
