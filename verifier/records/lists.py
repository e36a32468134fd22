"""The closed lists of the record formats, with their labels in Chinese and English.

A list belongs to the schema version that uses it: a code is added or removed only together with a
new :data:`LISTS_VERSION`.  The gases are the eight with names of their own followed by the gases of
the characterisation tables in lower case; ``ch4`` and ``co2`` without an origin are accepted as input
and reported as a finding, because their origin decides the factor or the group.
"""

from __future__ import annotations

from typing import Final, NamedTuple

LISTS_VERSION: Final = "1"


class Term(NamedTuple):
    """One code of a closed list with its labels."""

    code: str
    zh: str
    en: str


def codes(terms: tuple[Term, ...]) -> frozenset[str]:
    """Return the codes of a closed list."""
    return frozenset(term.code for term in terms)


def label(terms: tuple[Term, ...], code: str, language: str) -> str:
    """Return the label of `code` in ``"zh"`` or ``"en"``; raise ``KeyError`` for an unknown code."""
    for term in terms:
        if term.code == code:
            return term.zh if language == "zh" else term.en
    raise KeyError(code)


STAGES: Final = (
    Term("raw-material-acquisition", "原材料获取", "raw-material acquisition"),
    Term("production", "生产", "production"),
    Term("distribution", "分销", "distribution"),
    Term("use", "使用", "use"),
    Term("end-of-life", "生命末期", "end of life"),
)

SYSTEM_BOUNDARIES: Final = (
    Term("cradle-to-gate", "从摇篮到大门", "cradle to gate"),
    Term("cradle-to-grave", "从摇篮到坟墓", "cradle to grave"),
    Term("gate-to-gate", "从大门到大门", "gate to gate"),
)

GWP_SETS: Final = (
    Term("ipcc-ar4-gwp100", "IPCC 第四次评估报告 GWP100", "IPCC AR4 GWP100"),
    Term("ipcc-ar5-gwp100", "IPCC 第五次评估报告 GWP100", "IPCC AR5 GWP100"),
    Term("ipcc-ar5-feedback-gwp100", "IPCC 第五次评估报告 GWP100（含气候碳反馈）", "IPCC AR5 GWP100 with feedback"),
    Term("ipcc-ar6-gwp100", "IPCC 第六次评估报告 GWP100", "IPCC AR6 GWP100"),
)

_NAMED_GASES: Final = (
    Term("co2-fossil", "化石源二氧化碳", "carbon dioxide, fossil"),
    Term("co2-biogenic", "生物源二氧化碳", "carbon dioxide, biogenic"),
    Term("co2-land-use-change", "土地利用变化二氧化碳", "carbon dioxide, land-use change"),
    Term("ch4-fossil", "化石源甲烷", "methane, fossil"),
    Term("ch4-biogenic", "生物源甲烷", "methane, biogenic"),
    Term("n2o", "氧化亚氮", "nitrous oxide"),
    Term("sf6", "六氟化硫", "sulphur hexafluoride"),
    Term("nf3", "三氟化氮", "nitrogen trifluoride"),
    Term("co2", "二氧化碳（来源未说明）", "carbon dioxide, origin not stated"),
    Term("ch4", "甲烷（来源未说明）", "methane, origin not stated"),
)

_FORMULA_GASES: Final = (
    "cfc11 cfc12 cfc13 cfc113 cfc114 cfc115 halon1301 halon1211 halon2402 halon1202 ccl4 ch3br ch2br2 chbrf2 "
    "ch3ccl3 hcfc21 hcfc22 hcfc123 hcfc124 hcfc141b hcfc142b hcfc225ca hcfc225cb hfc23 hfc32 hfc41 hfc125 hfc134 "
    "hfc134a hfc143 hfc143a hfc152 hfc152a hfc161 hfc227ea hfc236cb hfc236ea hfc236fa hfc245ca hfc245fa hfc365mfc "
    "hfc4310mee so2f2 cf4 c2f6 c3f8 cc4f8 c4f10 c5f12 c6f14 c7f16 c8f18 c10f18 sf5cf3 cc3f6 hfe125 hfe134 hfe143a "
    "hcfe235da2 hfe245cb2 hfe245fa2 hfe254cb2 hfe347mcc3 hfe347pcf2 hfe356pcc3 hfe569sf2 hfe4310pccc124 hfe236ca12 "
    "hfe338pcc13 hfe227ea hfe236ea2 hfe236fa hfe245fa1 hfe263fb2 hfe329mcc2 hfe338mcf2 hfe347mcf2 hfe356mec3 "
    "hfe356pcf2 hfe356pcf3 hfe365mcf3 hfe374pc2 hfe7100 hfe7200 pfpmie chcl3 ch2cl2 ch3cl halon1201 ch3och3 "
    "(cf3)2cfoch3 cf3ch2oh cf3cf2ch2oh (cf3)2choh (cf3)2chochf2 (cf3)2choch3 hgalden1040x hg10 hg01 cf3i "
    "-(cf2)4ch(oh)-"
)

GASES: Final = _NAMED_GASES + tuple(Term(formula, formula, formula) for formula in _FORMULA_GASES.split())

GAS_GROUPS: Final = (
    Term("fossil", "化石源排放", "fossil emissions"),
    Term("biogenic", "生物源排放", "biogenic emissions"),
    Term("removal", "生物源清除", "biogenic removals"),
    Term("land-use-change", "土地利用变化", "land-use change"),
    Term("unspecified", "未拆分的二氧化碳当量", "carbon dioxide equivalents without a split by gas"),
)

FLOW_KINDS: Final = (
    Term("product", "产品流", "product flow"),
    Term("waste", "废物流", "waste flow"),
    Term("elementary", "基本流", "elementary flow"),
)

EXCHANGE_KINDS: Final = (
    Term("product", "产品", "product"),
    Term("waste", "废物", "waste"),
    Term("avoided", "避免的产品", "avoided product"),
    Term("emission", "排放", "emission"),
    Term("removal", "清除", "removal"),
    Term("resource", "自然资源", "resource from nature"),
)

DIRECTIONS: Final = (Term("input", "输入", "input"), Term("output", "输出", "output"))

ALLOCATION_METHODS: Final = (
    Term("none", "不分配（基准产品承担全部）", "none: the reference product carries all"),
    Term("mass", "按质量", "by mass"),
    Term("energy", "按能量", "by energy"),
    Term("economic", "按经济价值", "by economic value"),
    Term("declared", "声明的分配系数", "declared factors"),
)

END_OF_LIFE_MODELS: Final = (
    Term("cut-off", "截断", "cut-off"),
    Term("substitution", "替代", "substitution"),
    Term("cff", "循环足迹公式", "circular footprint formula"),
)

BIOGENIC_RULES: Final = (
    Term("-1/+1", "清除计 −1、排放计 +1", "removal −1, emission +1"),
    Term("0/0", "清除和排放均计 0", "removal 0, emission 0"),
)

ELECTRICITY_RULES: Final = (
    Term("location", "基于位置", "location-based"),
    Term("market", "基于市场", "market-based"),
)

CUT_OFF_CRITERIA: Final = (
    Term("mass", "质量", "mass"),
    Term("energy", "能量", "energy"),
    Term("environmental", "环境影响", "environmental significance"),
)

FACTOR_KINDS: Final = (
    Term("life-cycle", "生命周期因子", "life-cycle factor"),
    Term("combustion", "燃烧因子", "combustion factor"),
    Term("grid-co2", "电网二氧化碳排放因子", "grid CO2 emission factor"),
    Term("residual", "剩余电力组合因子", "residual-mix factor"),
    Term("treatment", "废物处理因子", "waste-treatment factor"),
    Term("transport", "运输因子", "transport factor"),
)

REDISTRIBUTION: Final = (
    Term("none", "不得再分发", "none"),
    Term("static-result", "仅限静态结果", "static results only"),
    Term("open", "开放", "open"),
)

CERTAINTY: Final = (Term("high", "高", "high"), Term("medium", "中", "medium"), Term("low", "低", "low"))

TRANSPORT_MODES: Final = (
    Term("road", "公路", "road"),
    Term("rail", "铁路", "rail"),
    Term("inland-water", "内河", "inland water"),
    Term("sea", "海运", "sea"),
    Term("air", "航空", "air"),
    Term("pipeline", "管道", "pipeline"),
)

VERDICTS: Final = (
    Term("R0", "精确复现", "reproduced exactly"),
    Term("R1", "在输入数据位数内复现", "reproduced within the digits of the inputs"),
    Term("INPUTS_TOO_COARSE", "输入数据过粗", "inputs too coarse to tell"),
    Term("R3", "未复现", "not reproduced"),
    Term("NOT_DECLARED", "未声明数值", "no declared value to compare with"),
)

PURPOSES: Final = (
    Term("procurement", "采购", "procurement"),
    Term("state-enterprise-procurement", "国企采购", "state-enterprise procurement"),
    Term("brand", "品牌评价", "brand scheme"),
    Term("finance", "绿色金融", "green finance"),
    Term("subsidy", "补贴", "subsidy"),
    Term("admission", "准入", "admission"),
    Term("label-display", "标识展示", "label display"),
)

ROLES: Final = (
    Term("enterprise", "企业", "enterprise"),
    Term("certification-body", "认证机构", "certification body"),
    Term("programme-operator", "项目运营方", "programme operator"),
    Term("verification-body", "核查机构", "verification body"),
    Term("factor-publisher", "因子发布机构", "factor publisher"),
    Term("rule-steward", "规则管理方", "rule steward"),
    Term("platform", "平台", "platform"),
    Term("authority", "主管部门", "authority"),
    Term("relying-institution", "采信机构", "relying institution"),
    Term("registrar", "登记机构", "registrar"),
    Term("auditor", "审计员", "auditor"),
)
