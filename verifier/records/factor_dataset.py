"""FactorDataset: published emission factors, signed by their publisher."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from verifier.records.envelope import Record
from verifier.records.factors import FactorDatasetBody


class FactorDataset(Record):
    """The record around a ``FactorDatasetBody``; its record id is what other records cite."""

    schema_: Annotated[Literal["tanju/factor-dataset/1"], Field(alias="schema")]
    credential_subject: FactorDatasetBody
