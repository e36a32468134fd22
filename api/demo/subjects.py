"""The two records whose lives are told: their inventories, what the certification body states about them, and their
ids so far.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from api.demo.actors import CERTIFIER, ELECTRICITY, MAKER, STEEL
from api.demo.errors import DemoError
from verifier.canonical import parse
from verifier.formats.openlca_inventory import import_openlca
from verifier.records.inventory import inventory_to_json

ELECTRICITY_PROCESS: Final = "96bffbb9-b875-36cf-8a11-5723c9d239d9"
"""'Electricity, at Grid, US, 2008' in the USLCI database of 2017."""
STANDARD: Final = "ISO 14067:2018"
USLCI: Final = Path("data", "uslci", "uslci_olca1_5_0_json_ld.zip")
NATIONAL_RULE: Final = "demo: pilot rule for product carbon-footprint label certification"


@dataclass(slots=True)
class Subject:
    """One product system on its way: what it is, and the ids that it collects."""

    key: str
    category: str
    number: str
    inventory: dict[str, Any]
    source: str
    goes_all_the_way: bool
    inventory_id: str = ""
    footprint_id: str = ""
    total: dict[str, str] = field(default_factory=dict)
    reproduced: str = ""
    certificate_id: str = ""
    evidence: bytes = b""

    @property
    def names(self) -> dict[str, str]:
        """The product's name in the languages that it has."""
        found: dict[str, str] = self.inventory["product"]["name"]
        return found

    def cited_datasets(self) -> Iterator[str]:
        """The names (``series@version``) of the factor datasets that the rows cite."""
        for row in self.inventory["exchanges"]:
            for part in (row.get("provider"), row.get("combustion"), *(row.get("transport") or [])):
                reference = (part or {}).get("factor")
                if reference:
                    yield reference.partition("#")[0]


def load_subjects(shared: Path | None) -> list[Subject]:
    """The steel coil of the project's own data, and USLCI's electricity: from the whole database where it is, else
    from the excerpt.
    """
    steel = _data("steel-coil.inventory.json").read_bytes()
    archive, source = _archive(shared)
    imported = import_openlca(archive, ELECTRICITY_PROCESS)
    return [
        Subject("steel-coil", STEEL, "DEMO-PCF-2026-0001", parse(steel), "api/demo/data", goes_all_the_way=True),
        Subject(
            "us-electricity",
            ELECTRICITY,
            "DEMO-PCF-2026-0002",
            _completed(inventory_to_json(imported.inventory)),
            source,
            goes_all_the_way=False,
        ),
    ]


def _completed(inventory: dict[str, Any]) -> dict[str, Any]:
    """The imported inventory with what its maker states and the archive does not say: category and standard."""
    product = {**inventory["product"], "category": ELECTRICITY}
    return {**inventory, "product": product, "rules": {**inventory["rules"], "standard": STANDARD}}


def _data(*parts: str) -> Path:
    return Path(str(files("api.demo").joinpath("data", *parts)))


def _archive(shared: Path | None) -> tuple[Path, str]:
    whole = shared / USLCI if shared else None
    if whole is not None and whole.is_file():
        return whole, "USLCI 2017, the whole database"
    excerpt = _data("electricity-us-2008.excerpt", USLCI.name)
    if not excerpt.is_file():
        raise DemoError(f"{excerpt} is missing", next_step="install the project again")
    return excerpt, "USLCI 2017, the excerpt that the project ships"


def application(subject: Subject, *, today: str, valid_from: str, valid_until: str) -> dict[str, Any]:
    """What the certification body states: a minimal dossier with an evaluator and another decider. All of it is
    fictitious and says so.
    """
    pcr = subject.inventory["rules"].get("pcr")
    party = {"name": {"zh": MAKER.zh, "en": MAKER.en}, "code": MAKER.code, "address": None}
    return {
        "number": subject.number,
        "category": subject.category,
        "schemeLevel": "provincial",
        "origin": CERTIFIER.jurisdiction,
        "client": party,
        "maker": party,
        "factory": party,
        "product": {"name": subject.names, "model": None, "unitOfCertification": subject.total["per"]},
        "implementingRule": {"name": NATIONAL_RULE, "id": None},
        "standard": {"name": subject.inventory["rules"]["standard"], "id": None},
        "pcr": {"name": pcr, "id": None} if pcr else None,
        "value": subject.total,
        "certifiedVolume": None,
        "validity": {"from": valid_from, "until": valid_until},
        "assurance": {"type": "certification", "level": "reasonable"},
        "continuousReduction": "demo: none stated",
        "inventory": subject.inventory_id,
        "footprint": subject.footprint_id,
        "dossier": _dossier(subject, today),
        "supersedes": None,
    }


def _dossier(subject: Subject, today: str) -> dict[str, Any]:
    """A minimal dossier: an evaluator, another decider, and a cross-check that was really made."""
    checked = f"{subject.reproduced}: recalculated from the disclosed rows"
    return {
        "contract": f"DEMO-{subject.number}",
        "impartialityCheck": "demo: no consultancy for the client; evaluator and decider are two keys",
        "team": ["demo evaluator", "demo decider"],
        "documentFindings": [],
        "siteVisit": {"dates": [today], "places": ["demo: no site was visited"], "sampling": "demo: none"},
        "nonconformities": [],
        "crossChecks": [{"subject": "recalculation", "finding": checked, "closed": True}],
        "evaluator": CERTIFIER.persons[0],
        "decider": CERTIFIER.persons[1],
        "reductionPlan": "demo: none",
        "surveillancePlan": "demo: yearly",
    }


def save_inventory(subject: Subject, folder: Path) -> Path:
    """Write the inventory that was disclosed, for `tanju recalculate`."""
    path = folder / f"{subject.key}.inventory.json"
    path.write_text(json.dumps(subject.inventory, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path


def dataset_files(subjects: list[Subject]) -> list[Path]:
    """The factor datasets that the subjects cite, as they are shipped. Raises DemoError for one that is not."""
    folder = Path(str(files("verifier").joinpath("data", "factors")))
    found = []
    for name in sorted({name for subject in subjects for name in subject.cited_datasets()}):
        path = folder / f"{name}.factors.json"
        if not path.is_file():
            raise DemoError(f"the dataset {name} is not shipped", next_step="this is a fault of the demo's data")
        found.append(path)
    return found
