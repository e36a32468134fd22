"""The footprint calculation: an inventory, factors and a GWP set in, a checked result out.

``recalculate`` is the one entry; the other names are its arguments and its answer.
"""

from __future__ import annotations

from verifier.footprint.engine import recalculate
from verifier.footprint.errors import FootprintError
from verifier.footprint.factors import DatasetFactors, FactorSource, LoadedDataset, ResolvedFactor
from verifier.footprint.findings import FINDINGS, Finding
from verifier.footprint.gwp import GwpSet, load_gwp
from verifier.footprint.model import (
    CertifiedValue,
    ExchangeResult,
    FactorUsed,
    FootprintResult,
    Interval,
    ProcessResult,
    Share,
    Verdict,
)
from verifier.footprint.report import result_to_json

__all__ = [
    "FINDINGS",
    "CertifiedValue",
    "DatasetFactors",
    "ExchangeResult",
    "FactorSource",
    "FactorUsed",
    "Finding",
    "FootprintError",
    "FootprintResult",
    "GwpSet",
    "Interval",
    "LoadedDataset",
    "ProcessResult",
    "ResolvedFactor",
    "Share",
    "Verdict",
    "load_gwp",
    "recalculate",
    "result_to_json",
]
