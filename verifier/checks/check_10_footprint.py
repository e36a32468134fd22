"""Check 10: the certified value follows from the disclosed inventory and the published factors (the ladder R0–R3).

The engine runs here, over the file's tables and factor datasets; nothing of the statement is taken over but to be
compared. Findings of plausibility (10b) stand beside the result and are never a verdict.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from verifier.canonical import tag_sha256
from verifier.case import Case, SkippedError
from verifier.credential import record_id
from verifier.decimals import decimals_of, half_unit_in_last_place, round_half_even, to_fraction
from verifier.errors import ProofError, VerifierError
from verifier.footprint import DatasetFactors, FootprintResult, LoadedDataset, load_gwp, recalculate
from verifier.footprint.errors import FootprintError
from verifier.footprint.report import finding_to_json
from verifier.inventory_tables import TABLES, put_together, rule_set_digest
from verifier.records.factor_dataset import FactorDataset
from verifier.records.footprint_statement import FootprintStatement, FootprintStatementBody
from verifier.records.inventory import Declared, Inventory, Quantity, inventory_from_json, inventory_to_json
from verifier.report import CheckResult, Status

NUMBER = 10
UPSTREAM: Final = "UPSTREAM_NOT_CHECKED"
REPRODUCED: Final = frozenset({"R0", "R1"})


class NotReproducedError(VerifierError):
    """The recalculated value is not the certified one (R3)."""

    code = "NOT_REPRODUCED"


def run(case: Case) -> CheckResult:
    """Raises NotReproducedError, ProofError (RULE_SET_DIFFERS, STATEMENT_DIFFERS); ERROR (CALCULATION); or skips."""
    certificate = case.certificate()[1].credential_subject
    statement = case.footprint()[1]
    inventory = _inventory(case)
    _same_rules(statement, inventory)
    _same_value(certificate.value.value, statement.credential_subject.total.value)
    if (certificate.value.unit, certificate.value.per) != (
        statement.credential_subject.total.unit,
        statement.credential_subject.total.per,
    ):
        raise ProofError("certificate and statement state different units", code="STATEMENT_DIFFERS")
    if any(row.provider is not None and row.provider.certificate for row in inventory.exchanges):
        raise SkippedError("an input rests on another certificate, whose status check 11 will ask", code=UPSTREAM)
    declared = Declared(total=Quantity(amount=certificate.value.value, unit=certificate.value.unit))
    result = _recalculate(case, inventory.model_copy(update={"declared": declared}))
    _compare(result, statement.credential_subject, certificate.value.per)
    case.details["footprint"] = _summary(result)
    found = f"{result.verdict}: {result.total} {result.unit} per {result.per}"
    expected = f"{certificate.value.value} {certificate.value.unit} per {certificate.value.per}"
    if result.verdict == "INPUTS_TOO_COARSE":
        return CheckResult(NUMBER, Status.INVALID, "INPUTS_TOO_COARSE", found=found, expected=expected)
    if result.verdict not in REPRODUCED:
        return CheckResult(NUMBER, Status.INVALID, "NOT_REPRODUCED", found=found, expected=expected)
    return CheckResult(NUMBER, Status.VALID, "OK", found=found, expected=expected, findings=_findings(result))


def _inventory(case: Case) -> Inventory:
    item, _ = case.inventory()
    disclosed = {table["name"]: table["rows"] for table in case.document["tables"] if table["record"] == item.id}
    missing = [name for name in TABLES if name not in disclosed]
    if missing:
        raise SkippedError(f"not disclosed: {', '.join(missing)}", code="TABLES_NOT_DISCLOSED")
    return inventory_from_json(put_together(item.document["credentialSubject"], disclosed))


def _recalculate(case: Case, inventory: Inventory) -> FootprintResult:
    datasets = [
        LoadedDataset(item.record.credential_subject, tag_sha256(record_id(item.document)))
        for item in case.items.values()
        if isinstance(item.record, FactorDataset)
    ]
    try:
        return recalculate(inventory, factors=DatasetFactors(datasets))
    except FootprintError as error:
        raise VerifierError(f"{error.code}: {error.detail}", remedy=error.remedy, code="CALCULATION") from error


def _same_rules(statement: FootprintStatement, inventory: Inventory) -> None:
    gwp, body = load_gwp(inventory.rules.gwp), statement.credential_subject
    rules = inventory_to_json(inventory)["rules"]
    if (body.gwp, body.gwp_digest, statement.rule_set) != (gwp.name, gwp.digest, rule_set_digest(rules, gwp.digest)):
        raise ProofError("the statement was made under another rule set than the inventory's", code="RULE_SET_DIFFERS")


def _same_value(certified: str, stated: str) -> None:
    """The certificate states the statement's total, at its own digits."""
    if round_half_even(to_fraction(stated), decimals_of(certified)) != certified:
        raise ProofError(f"the certificate says {certified}, the statement {stated}", code="STATEMENT_DIFFERS")


def _compare(result: FootprintResult, statement: FootprintStatementBody, per: str) -> None:
    """Stage and group totals of the statement follow from the rows as the total does."""
    if result.per != per or result.unit != statement.total.unit:
        raise NotReproducedError(f"recalculated in {result.unit} per {result.per}, certified per {per}")
    pairs: list[tuple[dict[str, str], dict[str, str]]] = [
        (
            {share.key: share.value for share in result.stages},
            {str(item.stage): item.value for item in statement.stages},
        ),
        (
            {share.key: share.value for share in result.groups},
            {str(item.group): item.value for item in statement.groups},
        ),
    ]
    width = to_fraction(result.interval.half_width) if result.interval else Fraction(0)
    for found, stated in pairs:
        for key in sorted({*found, *stated}):
            own, other = to_fraction(found.get(key, "0")), stated.get(key, "0")
            if abs(own - to_fraction(other)) > width + 2 * half_unit_in_last_place(other):
                raise NotReproducedError(f"{key}: recalculated {found.get(key, '0')}, stated {other}")


def _summary(result: FootprintResult) -> dict[str, object]:
    return {
        "total": result.total,
        "unit": result.unit,
        "per": result.per,
        "verdict": result.verdict,
        "stages": [{"stage": share.key, "value": share.value} for share in result.stages],
        "groups": [{"group": share.key, "value": share.value} for share in result.groups],
    }


def _findings(result: FootprintResult) -> tuple[dict[str, object], ...]:
    return tuple(finding_to_json(finding) for finding in result.findings)
