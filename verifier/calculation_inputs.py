"""What the commands of the calculation share: factor datasets, GWP set, options, and how they end.

Exit 0 reproduced or nothing declared, 1 not reproduced or different, 2 usage, 3 could not calculate.
"""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn

import typer

from verifier.errors import VerifierError

if TYPE_CHECKING:
    from verifier.footprint import DatasetFactors, GwpSet, LoadedDataset

OK: Final = 0
NOT_REPRODUCED: Final = 1
USAGE: Final = 2
NOT_CALCULATED: Final = 3
LANGUAGES: Final = ("zh", "en")

Language = Annotated[str, typer.Option("--lang", help="zh or en")]
AsJson = Annotated[bool, typer.Option("--json", help="print JSON on standard output")]


def shipped_datasets() -> list[LoadedDataset]:
    """Return the factor datasets that come with the verifier."""
    from verifier.footprint import LoadedDataset
    from verifier.records.factors import parse_factor_dataset

    folder = resources.files("verifier").joinpath("data", "factors")
    files = sorted((item for item in folder.iterdir() if item.name.endswith(".json")), key=lambda item: item.name)
    return [LoadedDataset(parse_factor_dataset(item.read_bytes())) for item in files]


def load_dataset(path: Path) -> LoadedDataset:
    """Read a factor dataset from a plain file or from a signed record (whose signature ``tanju verify`` checks).

    Raises:
        OSError: the file cannot be read.
        VerifierError: it is no factor dataset.
    """
    from verifier.canonical import parse, tag_sha256
    from verifier.credential import record_id
    from verifier.footprint import LoadedDataset
    from verifier.records.factors import MAX_DATASET_BYTES, factor_dataset_from_json

    value = parse(path.read_bytes(), limit=MAX_DATASET_BYTES)
    if isinstance(value, dict) and "credentialSubject" in value:
        return LoadedDataset(factor_dataset_from_json(value["credentialSubject"]), tag_sha256(record_id(value)))
    return LoadedDataset(factor_dataset_from_json(value))


def factor_source(paths: list[Path]) -> DatasetFactors:
    """Return the shipped datasets, those of the same name replaced by the named files."""
    from verifier.footprint import DatasetFactors

    own = [load_dataset(path) for path in paths]
    replaced = {dataset.body.name for dataset in own}
    return DatasetFactors([*own, *(dataset for dataset in shipped_datasets() if dataset.body.name not in replaced)])


def chosen_gwp(name: str | None) -> GwpSet | None:
    """Return the named GWP set, None for none; an unknown one ends the command with exit 2."""
    from verifier.footprint import FootprintError, load_gwp

    try:
        return load_gwp(name) if name else None
    except FootprintError as error:
        usage(str(error))


# --- answers ------------------------------------------------------------------------------------------------------


def check_language(lang: str) -> None:
    """Refuse a language that there is no text in."""
    if lang not in LANGUAGES:
        usage(f"--lang {lang}: zh or en")


def usage(message: str) -> NoReturn:
    """Say what is wrong with the command and end with exit 2."""
    typer.echo(f"tanju: {message}", err=True)
    raise typer.Exit(USAGE)


def fail(error: VerifierError, *, as_json: bool) -> NoReturn:
    """Say what could not be calculated and end with exit 3."""
    if as_json:
        value: dict[str, Any] = {"code": error.code, "detail": error.detail, "nextStep": error.remedy}
        value["row"] = getattr(error, "row", None)
        typer.echo(json.dumps({"error": value}, ensure_ascii=False, indent=1))
    typer.echo(f"tanju: {error}", err=True)
    raise typer.Exit(NOT_CALCULATED)
