"""Findings: what can be calculated but must be seen.  Codes are stable; titles are in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

Severity = Literal["info", "warning", "error"]
MAX_ROWS_NAMED: Final = 20


class FindingKind(NamedTuple):
    """Title, severity and next step of a finding code."""

    severity: Severity
    zh: str
    en: str
    next_step: str


FINDINGS: Final[dict[str, FindingKind]] = {
    "INPUT_UNLINKED": FindingKind(
        "warning",
        "输入没有来源，未计入",
        "input without a provider: not counted",
        "name a provider, or declare the flow under cutOff with an estimate and a reason",
    ),
    "CUT_OFF_DECLARED": FindingKind(
        "info",
        "声明取舍的输入，未计入",
        "input declared as cut off: not counted",
        "see its estimate against the rule's limits",
    ),
    "CUT_OFF_SINGLE_EXCEEDED": FindingKind(
        "warning", "单项取舍超过限值", "one cut-off exceeds the rule's single limit", "include the flow"
    ),
    "CUT_OFF_TOTAL_EXCEEDED": FindingKind(
        "warning",
        "取舍合计超过限值",
        "the cut-offs together exceed the rule's total limit",
        "include more of the flows",
    ),
    "CUT_OFF_UNUSED": FindingKind(
        "info",
        "取舍清单中的流没有对应的未计入行",
        "cut-off entry whose flow no uncounted row carries",
        "check the flow's name",
    ),
    "UPSTREAM_MISSING": FindingKind(
        "warning",
        "燃料仅有燃烧因子，缺上游",
        "burnt fuel with a combustion factor but no upstream provider",
        "add the provider of the fuel's extraction, refining and delivery",
    ),
    "COMBUSTION_COUNTED_TWICE": FindingKind(
        "warning",
        "上游因子已含燃烧，又另计燃烧",
        "the provider's factor already contains combustion and combustion is added",
        "use an upstream factor without combustion, or leave the combustion row out",
    ),
    "WASTE_WITHOUT_TREATMENT": FindingKind(
        "warning", "废物没有处理去向，未计入", "waste without a treatment: not counted", "name the treatment's provider"
    ),
    "WASTE_INPUT_WITHOUT_BURDEN": FindingKind(
        "info",
        "废物作为输入，不带负担",
        "waste taken in without burden (cut-off)",
        "none, if the end-of-life model is cut-off",
    ),
    "WASTE_TO_PROCESS_FREE": FindingKind(
        "info",
        "废物送入系统内的工序，不带负担",
        "waste sent to a process of the system without burden",
        "none, if the receiving process uses it as a material",
    ),
    "GAS_WITHOUT_FACTOR": FindingKind(
        "warning",
        "该气体在所用 GWP 集合中没有数值，未计入",
        "gas without a value in the GWP set: not counted",
        "state the gas's share, or use a set that covers it",
    ),
    "CH4_WITHOUT_ORIGIN": FindingKind(
        "warning",
        "甲烷来源未说明，按较高的数值计",
        "methane without origin: counted with the higher value",
        "say ch4-fossil or ch4-biogenic",
    ),
    "CO2_WITHOUT_ORIGIN": FindingKind(
        "info",
        "二氧化碳来源未说明，按化石源计",
        "carbon dioxide without origin: counted as fossil",
        "say co2-fossil, co2-biogenic or co2-land-use-change",
    ),
    "FLOW_NOT_CHARACTERISED": FindingKind(
        "info",
        "非温室气体基本流，不影响结果",
        "elementary flow that the characterisation does not know: not counted",
        "none, if it is no greenhouse gas",
    ),
    "FLOW_UNKNOWN": FindingKind(
        "warning",
        "排放流既不在气体清单也未在 flows 中声明，未计入",
        "emission of a flow that is neither in the list of gases nor declared: not counted",
        "use a name of the list of gases",
    ),
    "REMOVAL_OUTSIDE_TOTAL": FindingKind(
        "warning",
        "非生物源清除不计入总值",
        "removal that is not biogenic CO2: outside the total",
        "report it apart from the footprint",
    ),
    "AVOIDED_OUTSIDE_TOTAL": FindingKind(
        "info",
        "避免的负担单列，不计入总值",
        "avoided burden: reported apart, outside the total",
        "none, unless the rule's end-of-life model is substitution",
    ),
    "AVOIDED_WITHOUT_PROVIDER": FindingKind(
        "info", "避免的产品没有来源，不计", "avoided product without a provider: not credited", "name a provider"
    ),
    "ALLOCATION_MISSING": FindingKind(
        "warning",
        "多产品工序未说明分配，基准产品承担全部",
        "several products and no allocation stated: the reference product carries all",
        "state the method and its reason",
    ),
    "ALLOCATION_NONE": FindingKind(
        "info",
        "多产品工序不分配，基准产品承担全部",
        "several products, none allocated to: the reference product carries all",
        "none, if the rule allows it",
    ),
    "ALLOCATION_SUM": FindingKind(
        "warning",
        "声明的分配系数之和因舍入不为 1",
        "declared allocation factors sum to one only but for their rounding",
        "state them with more digits",
    ),
    "INSTRUMENT_NOT_APPLIED": FindingKind(
        "info",
        "记录了电力凭证，但不改变该行的因子",
        "electricity instrument recorded; it does not change the row's factor",
        "under a market-based rule, give the covered kilowatt-hours a row and factor of their own",
    ),
    "FACTOR_GWP_MISMATCH": FindingKind(
        "warning",
        "因子的 GWP 集合与所用集合不同",
        "factor made with another GWP set than the one in force",
        "use an entry with a split by gas, or of the same set",
    ),
    "FACTOR_SPLIT_MISMATCH": FindingKind(
        "warning",
        "因子数值与其分气体数值不符",
        "factor whose value does not follow from its split by gas",
        "ask the publisher",
    ),
    "VALUE_GWP_MISMATCH": FindingKind(
        "warning",
        "供应商数值的 GWP 集合不同",
        "supplier's value made with another GWP set",
        "ask for a value under this set",
    ),
    "SUPPLIER_NOT_VERIFIED": FindingKind(
        "warning",
        "供应商数值未经核查",
        "supplier's value without verification",
        "ask for a verified value or a certificate",
    ),
    "ESTIMATED_INPUT": FindingKind(
        "warning", "估算值", "input counted with an estimate", "replace it by a published factor"
    ),
    "TRANSPORT_WITHOUT_FACTOR": FindingKind(
        "warning", "运输段没有因子，未计入", "transport leg without a factor: not counted", "name a transport factor"
    ),
    "NEGATIVE_AMOUNT": FindingKind(
        "warning", "数量为负", "negative amount", "write it as an avoided product or a removal"
    ),
    "PROCESS_UNUSED": FindingKind(
        "info", "工序对功能单位没有贡献", "process that the functional unit does not need", "check the links"
    ),
}
"""Every finding code of the calculation (version 1)."""


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One finding: code, the rows it is about (exchange, process or flow ids, sorted) and a detail in words."""

    code: str
    rows: tuple[str, ...]
    detail: str
    count: int

    @property
    def severity(self) -> Severity:
        """``info``, ``warning`` or ``error``."""
        return FINDINGS[self.code].severity

    @property
    def next_step(self) -> str:
        """What to do about it."""
        return FINDINGS[self.code].next_step

    def title(self, language: str = "en") -> str:
        """Return the finding's title in ``"zh"`` or ``"en"``."""
        kind = FINDINGS[self.code]
        return kind.zh if language == "zh" else kind.en


class FindingLog:
    """Collects findings while rows are read and groups those that say the same of several rows.

    ``noted`` counts them, so that a reader knows whether a step had anything to remark.
    """

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], list[str]] = {}
        self.noted = 0

    def add(self, code: str, row: str, detail: str = "") -> None:
        """Note `code` for `row`; rows with the same code and detail become one finding."""
        if code not in FINDINGS:
            raise KeyError(code)
        self._rows.setdefault((code, detail), []).append(row)
        self.noted += 1

    def sorted(self) -> tuple[Finding, ...]:
        """Return the findings, the severe ones first, in an order that does not depend on the rows' order."""
        rank = {"error": 0, "warning": 1, "info": 2}
        found = [_finding(code, detail, rows) for (code, detail), rows in self._rows.items()]
        return tuple(sorted(found, key=lambda f: (rank[f.severity], f.code, f.detail, f.rows)))


def _finding(code: str, detail: str, rows: Iterable[str]) -> Finding:
    distinct = sorted(set(rows))
    return Finding(code, tuple(distinct[:MAX_ROWS_NAMED]), detail, len(distinct))
