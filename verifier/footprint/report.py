"""The result as JSON, in the shape that ``tanju recalculate --json`` prints."""

from __future__ import annotations

from typing import Any

from verifier.footprint.findings import Finding
from verifier.footprint.model import Diagnosis, ExchangeResult, FactorUsed, FootprintResult, ProcessResult, Share


def result_to_json(result: FootprintResult) -> dict[str, Any]:
    """Return the JSON value of a result; every number in it is a decimal string."""
    return {
        "total": {"value": result.total, "unit": result.unit, "per": result.per},
        "verdict": result.verdict,
        "declared": result.declared,
        "interval": _interval(result),
        "stages": [_share(share, "stage") for share in result.stages],
        "groups": [_share(share, "group") for share in result.groups],
        "gases": [_share(share, "gas") for share in result.gases],
        "processes": [_process(process) for process in result.processes],
        "exchanges": [_exchange(exchange) for exchange in result.exchanges],
        "avoided": result.avoided,
        "findings": [finding_to_json(finding) for finding in result.findings],
        "factors": [_factor(factor) for factor in result.factors_used],
        "gwp": {"set": result.gwp_set, "digest": result.gwp_digest},
        "method": result.method,
        "diagnosis": None if result.diagnosis is None else diagnosis_to_json(result.diagnosis),
    }


def diagnosis_to_json(diagnosis: Diagnosis) -> dict[str, Any]:
    """Return the changes that would explain a declared value, and the rows by leverage."""
    return {
        "gap": diagnosis.gap,
        "candidates": [
            {
                "change": candidate.change,
                "row": candidate.row,
                "to": candidate.to,
                "wouldBe": candidate.would_be,
                "remaining": candidate.remaining,
                "verdict": candidate.verdict,
                "explains": candidate.explains,
                "text": {"zh": candidate.zh, "en": candidate.en},
            }
            for candidate in diagnosis.candidates
        ],
        "leverage": [
            {
                "exchange": row.exchange,
                "process": row.process,
                "flow": row.flow,
                "value": row.value,
                "needed": row.needed,
            }
            for row in diagnosis.leverage
        ],
        "considered": diagnosis.considered,
        "tried": diagnosis.tried,
    }


def finding_to_json(finding: Finding) -> dict[str, Any]:
    """Return one finding with its title in both languages and the next step."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "title": {"zh": finding.title("zh"), "en": finding.title("en")},
        "detail": finding.detail,
        "rows": list(finding.rows),
        "count": finding.count,
        "nextStep": finding.next_step,
    }


def _interval(result: FootprintResult) -> dict[str, Any] | None:
    if result.interval is None:
        return None
    interval = result.interval
    return {
        "lower": interval.lower,
        "upper": interval.upper,
        "halfWidth": interval.half_width,
        "relative": interval.relative,
    }


def _share(share: Share, name: str) -> dict[str, Any]:
    value: dict[str, Any] = {name: share.key, "value": share.value, "share": share.share}
    if share.mass_kg is not None:
        value["massKg"] = share.mass_kg
    return value


def _process(process: ProcessResult) -> dict[str, Any]:
    return {
        "process": process.id,
        "name": process.name,
        "stage": process.stage,
        "runs": process.runs,
        "direct": process.direct,
        "cumulative": process.cumulative,
        "share": process.share,
    }


def _exchange(exchange: ExchangeResult) -> dict[str, Any]:
    return {
        "exchange": exchange.exchange,
        "process": exchange.process,
        "flow": exchange.flow,
        "part": exchange.part,
        "provider": exchange.provider,
        "value": exchange.value,
        "share": exchange.share,
        "additive": exchange.additive,
        "counted": exchange.counted,
    }


def _factor(factor: FactorUsed) -> dict[str, Any]:
    return {
        "reference": factor.reference,
        "series": factor.series,
        "version": factor.version,
        "kind": factor.kind,
        "record": factor.record_id,
        "entry": factor.entry,
        "value": factor.value,
        "unit": factor.unit,
        "gwp": factor.gwp,
        "dataYear": factor.data_year,
        "geography": factor.geography,
        "certainty": factor.certainty,
        "source": factor.source,
    }
