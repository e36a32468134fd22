"""The real USLCI database, read once by the project and once by nobody's code but this file's."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from verifier.formats.archive import Archive
from verifier.formats.openlca import OpenLcaArchive
from verifier.formats.openlca_inventory import OpenLcaReader


@pytest.fixture(scope="session")
def uslci(shared_dir: Path) -> Path:
    """The archive of the U.S. Life Cycle Inventory, 2017."""
    return shared_dir / "data" / "uslci" / "uslci_olca1_5_0_json_ld.zip"


@pytest.fixture(scope="session")
def reader(uslci: Path) -> Iterator[OpenLcaReader]:
    with Archive(uslci) as archive:
        yield OpenLcaReader(OpenLcaArchive(archive), uslci.name)


@pytest.fixture(scope="session")
def raw(uslci: Path) -> dict[str, dict[str, Any]]:
    """Processes, flows, categories and unit factors straight from the JSON, without the project's reader."""
    found: dict[str, dict[str, Any]] = {"processes": {}, "flows": {}, "categories": {}, "units": {}}
    with zipfile.ZipFile(uslci) as archive:
        for name in archive.namelist():
            folder = name.split("/")[1] if name.endswith(".json") and name.count("/") == 2 else ""
            if folder in ("processes", "flows", "categories", "unit_groups"):
                value = json.loads(archive.read(name))
                if folder == "unit_groups":
                    found["units"] |= {unit["@id"]: unit["conversionFactor"] for unit in value["units"]}
                else:
                    found[folder][value["@id"]] = value
    return found
