"""Check 10: the certified value follows from the disclosed inventory and the published factors (the ladder R0–R3).

The engine runs here, over the file's tables and the datasets that its rows cite. Nothing of the statement is taken
over: each of its numbers is compared with this calculation's. Findings of plausibility (10b) stand beside the result,
never a verdict.
"""

from __future__ import annotations

from typing import Final

from verifier.case import Case, SkippedError
from verifier.consistency import is_too_coarse, require_declared_unit
from verifier.errors import ProofError, VerifierError
from verifier.footprint import DatasetFactors, FootprintResult, LoadedDataset, load_gwp, recalculate
from verifier.footprint.conversion_basis import conversion_basis
from verifier.footprint.errors import FootprintError
from verifier.footprint.report import finding_to_json
from verifier.inventory_tables import TABLES, put_together, rule_set_digest
from verifier.records.certificate import CertificateBody
from verifier.records.factor_dataset import FactorDataset
from verifier.records.footprint_statement import FootprintStatement, FootprintStatementBody
from verifier.records.inventory import Inventory, inventory_from_json, inventory_to_json
from verifier.report import CheckResult, Status

NUMBER = 10
UNIT: Final = "kg CO2e"
UPSTREAM: Final = "UPSTREAM_NOT_CHECKED"
REPRODUCED: Final = frozenset({"R0", "R1", "NOT_DECLARED"})


class NotReproducedError(VerifierError):
    """A number of the statement is not what this calculation gives."""

    code = "NOT_REPRODUCED"


def run(case: Case) -> CheckResult:
    """Raises NotReproducedError, ProofError (RULE_SET_DIFFERS, STATEMENT_DIFFERS, DECLARED_UNIT); ERROR (CALCULATION);
    or skips.
    """
    certificate, statement = case.certificate()[1].credential_subject, case.footprint()[1]
    inventory = _inventory(case)
    if any(row.provider is not None and row.provider.certificate for row in inventory.exchanges):
        raise SkippedError("an input rests on another certificate, whose status check 11 will ask", code=UPSTREAM)
    _same_rules(statement, inventory)
    require_declared_unit(inventory.functional_unit, inventory.reference_flow)
    if certificate.value != statement.credential_subject.total:
        raise ProofError("the certificate states another value than the statement", code="STATEMENT_DIFFERS")
    result = _recalculate(case, inventory)
    _compare(result, inventory, statement.credential_subject)
    case.details["footprint"] = _summary(result)
    found = f"{result.verdict}: {result.total} {result.unit} per {result.per}"
    code = _code(result, certificate)
    if code != "OK":
        return CheckResult(NUMBER, Status.INVALID, code, found=found, expected=certificate.value.value)
    findings = tuple(finding_to_json(finding) for finding in result.findings)
    return CheckResult(NUMBER, Status.VALID, "OK", found=found, expected=certificate.value.value, findings=findings)


def _code(result: FootprintResult, certificate: CertificateBody) -> str:
    if result.verdict not in REPRODUCED:
        return "INPUTS_TOO_COARSE" if result.verdict == "INPUTS_TOO_COARSE" else "NOT_REPRODUCED"
    return "INPUTS_TOO_COARSE" if is_too_coarse(certificate.value.value) else "OK"


def _inventory(case: Case) -> Inventory:
    item, _ = case.inventory()
    disclosed = {table["name"]: table["rows"] for table in case.document["tables"] if table["record"] == item.id}
    missing = [name for name in TABLES if name not in disclosed]
    if missing:
        raise SkippedError(f"not disclosed: {', '.join(missing)}", code="TABLES_NOT_DISCLOSED")
    return inventory_from_json(put_together(item.document["credentialSubject"], disclosed))


def _recalculate(case: Case, inventory: Inventory) -> FootprintResult:
    """With the datasets that the record cites, by their record ids and no others."""
    cited = case.inventory()[1].credential_subject.factors
    datasets = [case.item(name, FactorDataset) for name in cited]
    loaded = [LoadedDataset(record.credential_subject, item.id) for item, record in datasets]
    try:
        return recalculate(inventory, factors=DatasetFactors(loaded))
    except FootprintError as error:
        raise VerifierError(f"{error.code}: {error.detail}", remedy=error.remedy, code="CALCULATION") from error


def _same_rules(statement: FootprintStatement, inventory: Inventory) -> None:
    gwp, body = load_gwp(inventory.rules.gwp), statement.credential_subject
    rules = inventory_to_json(inventory)["rules"]
    if (body.gwp, body.gwp_digest, statement.rule_set) != (gwp.name, gwp.digest, rule_set_digest(rules, gwp.digest)):
        raise ProofError("the statement was made under another rule set than the inventory's", code="RULE_SET_DIFFERS")


def _compare(result: FootprintResult, inventory: Inventory, statement: FootprintStatementBody) -> None:
    """Total, stages, groups, verdict and conversion basis of the statement are this calculation's, digit by digit."""
    if result.unit != UNIT:
        raise NotReproducedError(f"the footprint is stated in {result.unit}", remedy=f"state it in {UNIT}")
    basis = [item.model_dump(mode="json") for item in statement.conversion_basis]
    pairs = {
        "total": ((result.total, result.unit, result.per), tuple(statement.total.model_dump().values())),
        "stages": ([(s.key, s.value) for s in result.stages], [(s.stage, s.value) for s in statement.stages]),
        "groups": ([(s.key, s.value) for s in result.groups], [(s.group, s.value) for s in statement.groups]),
        "verdict": (result.verdict, statement.verdict),
        "conversion basis": (conversion_basis(inventory, result), basis),
    }
    for name, (found, stated) in pairs.items():
        if found != stated:
            raise NotReproducedError(f"{name}: recalculated {found}, stated {stated}"[:400])


def _summary(result: FootprintResult) -> dict[str, object]:
    return {
        "total": result.total,
        "unit": result.unit,
        "per": result.per,
        "verdict": result.verdict,
        "stages": [{"stage": share.key, "value": share.value} for share in result.stages],
        "groups": [{"group": share.key, "value": share.value} for share in result.groups],
    }
