"""The footprint calculation: an inventory, factors and a GWP set in, a checked result out.

``recalculate`` is the entry for one inventory, ``compare`` for two; the other names are their arguments and answers.
"""

from __future__ import annotations

from verifier.footprint.batch import BatchLine, BatchSummary, line_to_json, recalculate_many
from verifier.footprint.comparison import (
    Compared,
    Comparison,
    NotComparableError,
    RowDifference,
    compare,
    compare_inventories,
    comparison_to_json,
)
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
from verifier.footprint.slips import Trial

__all__ = [
    "FINDINGS",
    "BatchLine",
    "BatchSummary",
    "Candidate",
    "CertifiedValue",
    "Compared",
    "Comparison",
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
    "NotComparableError",
    "ProcessResult",
    "ResolvedFactor",
    "RowDifference",
    "Share",
    "Trial",
    "Verdict",
    "compare",
    "compare_inventories",
    "comparison_to_json",
    "line_to_json",
    "load_gwp",
    "recalculate",
    "recalculate_many",
    "result_to_json",
]
