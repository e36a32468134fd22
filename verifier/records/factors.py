"""The body of a factor dataset: published emission factors with what is needed to judge them.

A factor's value is an exact decimal string with a unit of the form ``kg CO2e/kWh`` (or ``kg CO2/kWh`` for the kind
``grid-co2``).  Where ``gases`` is given it is the complete split, in kilograms of each gas per unit of the denominator,
and the engine characterises it with the GWP set in force; without it the value stands only for the entry's own set.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, StringConstraints, ValidationError, model_validator

from verifier.canonical import parse
from verifier.decimals import DecimalString
from verifier.errors import FormatError
from verifier.records.inventory import CalendarDate, GwpName, Names, Text, UnitName
from verifier.records.lists import GASES, codes
from verifier.records.model import RecordModel

FACTOR_DATASET_SCHEMA: Final = "tanju/factor-dataset/1"
MAX_FACTOR_ENTRIES: Final = 100_000
MAX_DATASET_BYTES: Final = 64 * 1024 * 1024

Series = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?$")]
"""A dataset's name, unique per publisher; lower-case ASCII with hyphens, so that ``name@version#entry`` parses."""
Version = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]([A-Za-z0-9.\-]{0,38}[A-Za-z0-9])?$")]
EntryId = Annotated[str, StringConstraints(pattern=r"^[^\s#@]{1,120}$")]
FactorKind = Literal["life-cycle", "combustion", "grid-co2", "residual", "treatment", "transport"]
_GASES: Final = codes(GASES)


class Includes(RecordModel):
    """What a factor's value contains."""

    upstream: bool
    combustion: bool
    losses: bool
    capital: bool


class Licence(RecordModel):
    """Under which licence an entry stands and whether its value may be passed on."""

    redistribution: Literal["none", "static-result", "open"]
    name: Text | None = None
    url: Text | None = None


class ApplicablePeriod(RecordModel):
    """The half-open interval of days in which an entry is meant to be applied; open ended without ``until``."""

    from_: Annotated[CalendarDate, Field(alias="from")]
    until: CalendarDate | None = None


class FactorUncertainty(RecordModel):
    """The publisher's statement of uncertainty."""

    distribution: Literal["lognormal", "normal", "triangular", "uniform"]
    parameters: dict[str, DecimalString]


class FactorEntry(RecordModel):
    """One emission factor.

    At least one of ``value`` and ``gases`` is present.  ``geography`` is an ISO 3166 code or a named grid; ``dataYear``
    the year that the data describe; ``certainty`` how sure the transcription of the source is.
    """

    id: EntryId
    name: Names
    value: DecimalString | None = None
    unit: UnitName
    gases: dict[str, DecimalString] | None = None
    geography: Text | None = None
    data_year: Annotated[int, Field(ge=1900, le=2200)] | None = None
    applicable_period: ApplicablePeriod | None = None
    technology: Text | None = None
    boundary: Text | None = None
    includes: Includes
    system_model: Text | None = None
    gwp: GwpName | None = None
    source: Text
    certainty: Literal["high", "medium", "low"]
    licence: Licence
    uncertainty: FactorUncertainty | None = None
    quality: Annotated[list[Annotated[int, Field(ge=1, le=5)]], Field(min_length=5, max_length=5)] | None = None
    notes: Text | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.value is None and not self.gases:
            raise ValueError("a factor needs a value or a split by gas")
        unknown = sorted(set(self.gases or {}) - _GASES)
        if unknown:
            raise ValueError(f"unknown gases {unknown}: the closed list of gases names them in lower case")
        return self


class FactorDatasetBody(RecordModel):
    """What a FactorDataset record says, or the same as a plain file."""

    schema_: Annotated[Literal["tanju/factor-dataset/1"], Field(alias="schema")]
    series: Series
    version: Version
    kind: FactorKind
    title: Names
    publisher: Text | None = None
    source: Text
    notes: Text | None = None
    entries: Annotated[list[FactorEntry], Field(min_length=1, max_length=MAX_FACTOR_ENTRIES)]

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        seen: set[str] = set()
        for entry in self.entries:
            if entry.id in seen:
                raise ValueError(f"the entry id {entry.id!r} stands twice")
            seen.add(entry.id)
            if self.kind != "grid-co2" and entry.gases is None and entry.gwp is None:
                raise ValueError(f"entry {entry.id!r} has no split by gas: name the GWP set of its value")
        return self

    @property
    def name(self) -> str:
        """The name by which input files refer to the dataset: ``series@version``."""
        return f"{self.series}@{self.version}"


def parse_factor_dataset(data: bytes) -> FactorDatasetBody:
    """Read the bytes of a factor dataset file; raises :class:`FormatError` naming the entries that are wrong."""
    return factor_dataset_from_json(parse(data, limit=MAX_DATASET_BYTES))


def factor_dataset_from_json(value: Any) -> FactorDatasetBody:
    """Build a dataset from parsed JSON; raises :class:`FormatError`."""
    try:
        return FactorDatasetBody.model_validate(value, by_alias=True, by_name=False)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise FormatError(
            f"{place}: {first['msg']} ({error.error_count()} problem(s))",
            remedy="correct the named entry",
            code="FACTOR_DATASET_FORMAT",
        ) from None


def load_factor_dataset(path: Path) -> FactorDatasetBody:
    """Read a factor dataset from disk; raises ``OSError`` or :class:`FormatError`."""
    return parse_factor_dataset(path.read_bytes())
