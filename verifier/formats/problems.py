"""What a reader could not carry over as it stood, by row: listed, never dropped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

from verifier.errors import VerifierError

ProblemSeverity = Literal["info", "warning", "error"]


class ProblemKind(NamedTuple):
    """Severity and title of a problem code."""

    severity: ProblemSeverity
    zh: str
    en: str


PROBLEMS: Final[dict[str, ProblemKind]] = {
    "INPUT_WITHOUT_PRODUCER": ProblemKind(
        "warning", "文件中没有工序产出该输入，未链接", "no process of the file makes this input: left unlinked"
    ),
    "INPUT_WITH_SEVERAL_PRODUCERS": ProblemKind(
        "warning", "多个工序产出该输入，未链接", "several processes make this input: left unlinked"
    ),
    "PROVIDER_NOT_IN_FILE": ProblemKind(
        "warning",
        "指定的来源工序不在文件中或不产出该流",
        "the named provider is not in the file or does not make the flow",
    ),
    "WASTE_WITHOUT_TREATMENT": ProblemKind(
        "info",
        "文件中没有唯一的工序处理该废物，未链接",
        "no single process of the file treats this waste: left unlinked",
    ),
    "CO_PRODUCTS_UNALLOCATED": ProblemKind(
        "warning",
        "多产品工序没有可用的分配系数，基准产品承担全部",
        "several products without usable allocation factors: the reference product carries all",
    ),
    "ALLOCATION_FACTORS_UNUSED": ProblemKind(
        "info",
        "文件含分配系数但未指定方法或不完整，未采用",
        "allocation factors without a chosen method, or incomplete: not used",
    ),
    "UNIT_FACTOR_DIFFERS": ProblemKind(
        "info",
        "文件的单位换算与定义不同，按文件换算",
        "the file's conversion of this unit differs from its definition: the file's was applied",
    ),
    "UNIT_NOT_KNOWN": ProblemKind(
        "info", "单位不在单位清单中，按原名保留", "unit outside the list of units: kept under its own name"
    ),
    "AMOUNT_ROUNDED": ProblemKind(
        "warning", "数值小数超过 60 位，已舍入", "amount with more than 60 decimals: rounded"
    ),
    "AMOUNT_OMITTED": ProblemKind(
        "error", "数值超出 18 位整数，未导入", "amount beyond 18 integer digits: row not imported"
    ),
    "FORMULA_NOT_EVALUATED": ProblemKind(
        "info", "数量由公式给出，采用文件中的数值", "amount given by a formula: the file's number was taken"
    ),
    "COMPARTMENT_NOT_STATED": ProblemKind(
        "info", "排放介质未说明，按排入大气计", "emission without a compartment: counted as to air"
    ),
    "EMISSION_AS_INPUT": ProblemKind(
        "warning", "排放流作为输入，按清除记录", "emission flow as an input: recorded as a removal"
    ),
    "PERIOD_ASSUMED": ProblemKind(
        "warning",
        "文件未给出数据年份，按最后修改年份",
        "no data period in the file: the year of the last change was taken",
    ),
    "STAGES_ASSUMED": ProblemKind(
        "info",
        "文件没有生命周期阶段：被导入的工序为生产，上游为原材料获取",
        "no life-cycle stages in the file: the imported process is production, all upstream raw-material acquisition",
    ),
}
"""Every problem code of the readers (version 1)."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One problem: its code, the process and row (exchange id) it is about, and what was found."""

    code: str
    process: str
    row: str
    detail: str

    @property
    def severity(self) -> ProblemSeverity:
        """``info``, ``warning`` or ``error`` (an error: something was left out)."""
        return PROBLEMS[self.code].severity

    def title(self, language: str = "en") -> str:
        """Return the problem's title in ``"zh"`` or ``"en"``."""
        kind = PROBLEMS[self.code]
        return kind.zh if language == "zh" else kind.en


class ImportFormatError(VerifierError):
    """A foreign file that cannot be read at all."""

    code = "IMPORT_FORMAT"


def problem_to_json(problem: Problem) -> dict[str, Any]:
    """Return one problem as JSON."""
    return {
        "code": problem.code,
        "severity": problem.severity,
        "title": {"zh": problem.title("zh"), "en": problem.title("en")},
        "process": problem.process,
        "row": problem.row,
        "detail": problem.detail,
    }
