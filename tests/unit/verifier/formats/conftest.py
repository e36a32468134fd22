"""A small openLCA archive in memory, in the old or the new spelling of the format."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

KG, MJ, KWH, LB, MASS, ENERGY = "u-kg", "u-mj", "u-kwh", "u-lb", "p-mass", "p-energy"


class Database:
    """Collects entries and writes them as a zip archive."""

    def __init__(self, *, new_spelling: bool = False) -> None:
        self.new = new_spelling
        self.files: dict[str, Any] = {}
        self._units()

    def _units(self) -> None:
        reference = "isRefUnit" if self.new else "referenceUnit"
        groups = {
            "g-mass": [(KG, "kg", 1.0, True), (LB, "lb av", 0.45, False)],
            "g-energy": [(MJ, "MJ", 1.0, True), (KWH, "kWh", 3.6, False)],
        }
        for group, units in groups.items():
            listed = [
                {"@id": u, "name": n, "conversionFactor": f} | ({reference: True} if r else {}) for u, n, f, r in units
            ]
            self.files[f"unit_groups/{group}.json"] = {"@id": group, "name": group, "units": listed}
        for prop, group in ((MASS, "g-mass"), (ENERGY, "g-energy")):
            self.files[f"flow_properties/{prop}.json"] = {"@id": prop, "name": prop, "unitGroup": {"@id": group}}
        for uuid, name, parent in (
            ("c-air", "air", None),
            ("c-low", "low population", "c-air"),
            ("c-res", "resource", None),
        ):
            category: dict[str, Any] = {"@id": uuid, "name": name}
            if parent:
                category["category"] = {"@id": parent}
            self.files[f"categories/{uuid}.json"] = category

    def flow(
        self, uuid: str, kind: str = "PRODUCT", name: str = "", category: str = "", prop: str = MASS, **more: Any
    ) -> None:
        key = "isRefFlowProperty" if self.new else "referenceFlowProperty"
        properties = [{"flowProperty": {"@id": prop}, "conversionFactor": 1.0, key: True}]
        where: Any = {"c-air": "air", "c-low": "air/low population", "c-res": "resource"}.get(category, category)
        if not self.new:
            where = {"@id": category} if category else None
        value = {
            "@id": uuid,
            "name": name or uuid,
            "flowType": f"{kind}_FLOW",
            "category": where,
            "flowProperties": properties,
        }
        self.files[f"flows/{uuid}.json"] = value | more

    def row(
        self,
        flow: str,
        amount: Any,
        *,
        out: bool = False,
        ref: bool = False,
        unit: str = KG,
        prop: str = MASS,
        **more: Any,
    ):
        names = ("isInput", "isQuantitativeReference") if self.new else ("input", "quantitativeReference")
        value = {"flow": {"@id": flow}, "amount": amount, "unit": {"@id": unit}, "flowProperty": {"@id": prop}}
        return value | dict(zip(names, (not out, ref), strict=True)) | more

    def process(self, uuid: str, *rows: dict[str, Any], **more: Any) -> None:
        listed = [row | ({"internalId": i} if self.new else {"@id": f"{uuid}-{i}"}) for i, row in enumerate(rows, 1)]
        documentation = {"validFrom": "2020-01-01", "validUntil": "2021-12-31"}
        value = {"@id": uuid, "name": uuid, "processDocumentation": documentation, "exchanges": listed}
        self.files[f"processes/{uuid}.json"] = value | more

    def write(self, path: Path, *, top: str = "") -> Path:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, value in self.files.items():
                archive.writestr(top + name, json.dumps(value))
        return path


@pytest.fixture
def database():
    return Database
