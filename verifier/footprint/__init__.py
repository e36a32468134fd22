"""The footprint calculation: an inventory, factors and a GWP set in, a checked result out.

``recalculate`` is the one entry; the other names are its arguments and its answer.
"""

from __future__ import annotations

from verifier.footprint.engine import recalculate
from verifier.footprint.errors import FootprintError
from verifier.footprint.factors import DatasetFactors, FactorCatalogue, FactorSource, LoadedDataset, ResolvedFactor
from verifier.footprint.findings import FINDINGS, Finding
from verifier.footprint.gwp import GwpSet, load_gwp
from verifier.footprint.model import (
    Candidate,
    CertifiedValue,
    Diagnosis,
    ExchangeResult,
    FactorUsed,
    FootprintResult,
    Interval,
    Leverage,
    ProcessResult,
    Share,
    Verdict,
)
from verifier.footprint.report import result_to_json

__all__ = [
    "FINDINGS",
    "Candidate",
    "CertifiedValue",
    "DatasetFactors",
    "Diagnosis",
    "ExchangeResult",
    "FactorCatalogue",
    "FactorSource",
    "FactorUsed",
    "Finding",
    "FootprintError",
    "FootprintResult",
    "GwpSet",
    "Interval",
    "Leverage",
    "LoadedDataset",
    "ProcessResult",
    "ResolvedFactor",
    "Share",
    "Verdict",
    "load_gwp",
    "recalculate",
    "result_to_json",
]
