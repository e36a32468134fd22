"""The result as tables for people, in Chinese or English."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from verifier.footprint.model import Diagnosis, FootprintResult, Share
from verifier.records.inventory import Inventory
from verifier.records.lists import GAS_GROUPS, GASES, STAGES, VERDICTS, Term, label

MAX_ROWS: Final = 20
MAX_LEVERAGES_SHOWN: Final = 8
MAX_SHOWN_ID: Final = 16
"""A longer id of a row (a UUID) is left to ``--json``; the flow's and process's names stand instead."""
_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "total": ("总值", "Total"),
    "declared": ("声明值", "Declared"),
    "verdict": ("结论", "Verdict"),
    "interval": ("输入位数区间", "Interval of the inputs' digits"),
    "gwp": ("GWP 集合", "GWP set"),
    "avoided": ("避免的负担（不计入总值）", "Avoided burden (outside the total)"),
    "notice": ("说明", "Notice"),
    "truth": ("算术可复现，不等于数据真实", "reproducible arithmetic is not the truth of the data"),
    "stages": ("按生命周期阶段", "By life-cycle stage"),
    "groups": ("按组", "By group"),
    "gases": ("按气体", "By gas"),
    "processes": ("按单元过程", "By process"),
    "exchanges": ("按输入/输出流", "By exchange"),
    "findings": ("发现", "Findings"),
    "share": ("占比", "Share"),
    "direct": ("直接", "Direct"),
    "cumulative": ("累积", "Cumulative"),
    "part": ("部分", "Part"),
    "provider": ("来源", "Provider"),
    "rows": ("行", "Rows"),
    "code": ("代码", "Code"),
    "meaning": ("含义", "Meaning"),
    "diagnosis": ("差距 {gap}：可能的原因", "Gap {gap}: what may explain it"),
    "no-diagnosis": (
        "差距 {gap}：没有单一的变动可以解释",
        "Gap {gap}: no single change explains it",
    ),
    "change": ("变动", "Change"),
    "would-be": ("则为", "Would be"),
    "remaining": ("余差", "Remaining"),
    "leverage": ("按影响力排列的行", "Rows by leverage"),
    "needed": ("单独弥合所需倍数", "Factor that alone would close it"),
}


def result_tables(inventory: Inventory, result: FootprintResult, language: str) -> Iterator[RenderableType]:
    """Yield the tables of a result: headline, stages, groups, gases, processes, exchanges, findings."""
    yield _headline(inventory, result, language)
    if result.diagnosis is not None:
        yield _diagnosis(result, result.diagnosis, language)
        yield _leverage(result.diagnosis, result.unit, language)
    yield _share_table("stages", result.stages, STAGES, result.unit, language)
    yield _share_table("groups", result.groups, GAS_GROUPS, result.unit, language)
    yield _share_table("gases", result.gases, GASES, result.unit, language)
    yield _processes(inventory, result, language)
    yield _exchanges(inventory, result, language)
    if result.findings:
        yield _findings(result, language)


def _word(name: str, language: str) -> str:
    chinese, english = _WORDS[name]
    return chinese if language == "zh" else english


def _percent(share: str | None) -> str:
    return "" if share is None else f"{float(share) * 100:.2f} %"


def _headline(inventory: Inventory, result: FootprintResult, language: str) -> Table:
    table = Table(title=inventory.product.name.first(language), show_header=False, title_justify="left")
    rows = [("total", f"{result.total} {result.unit} / {result.per}")]
    if result.declared is not None:
        rows.append(("declared", f"{result.declared} {result.unit}"))
    rows.append(("verdict", f"{result.verdict}: {label(VERDICTS, result.verdict, language)}"))
    if result.interval is not None:
        rows.append(
            ("interval", f"{result.interval.lower} … {result.interval.upper} (±{_percent(result.interval.relative)})")
        )
    if result.avoided is not None:
        rows.append(("avoided", f"{result.avoided} {result.unit}"))
    rows += [("gwp", result.gwp_set), ("notice", _word("truth", language))]
    for name, text in rows:
        table.add_row(_word(name, language), Text(text))
    return table


def _share_table(name: str, shares: Iterable[Share], terms: tuple[Term, ...], unit: str, language: str) -> Table:
    table = Table(title=_word(name, language), title_justify="left")
    table.add_column("")
    table.add_column(unit, justify="right")
    table.add_column(_word("share", language), justify="right")
    known = {term.code for term in terms}
    for share in shares:
        text = label(terms, share.key, language) if share.key in known else share.key
        table.add_row(Text(text), share.value, _percent(share.share))
    return table


def _names(inventory: Inventory, language: str) -> dict[str, str]:
    """Return the processes' names in the language, by id."""
    return {process.id: process.name.first(language) for process in inventory.processes if process.name}


def _processes(inventory: Inventory, result: FootprintResult, language: str) -> Table:
    names = _names(inventory, language)
    table = Table(title=_word("processes", language), title_justify="left")
    table.add_column("")
    for name in ("direct", "share", "cumulative"):
        table.add_column(_word(name, language), justify="right")
    for row in result.processes[:MAX_ROWS]:
        table.add_row(Text(names.get(row.id, row.id)), row.direct, _percent(row.share), row.cumulative)
    return _with_rest(table, len(result.processes))


def _exchanges(inventory: Inventory, result: FootprintResult, language: str) -> Table:
    flows = {flow.id: flow.name.first(language) for flow in inventory.flows if flow.name}
    flows |= {gas.code: gas.zh if language == "zh" else gas.en for gas in GASES}
    processes = _names(inventory, language)
    table = Table(title=_word("exchanges", language), title_justify="left")
    table.add_column("")
    table.add_column(_word("part", language))
    table.add_column(_word("provider", language))
    table.add_column(result.unit, justify="right")
    table.add_column(_word("share", language), justify="right")
    additive = [row for row in result.exchanges if row.additive]
    for row in additive[:MAX_ROWS]:
        name = f"{flows.get(row.flow, row.flow)} · {processes.get(row.process, row.process)}"
        shown = f"{row.exchange} {name}" if len(row.exchange) <= MAX_SHOWN_ID else name
        table.add_row(Text(shown), row.part, Text(row.provider or ""), row.value, _percent(row.share))
    return _with_rest(table, len(additive))


def _findings(result: FootprintResult, language: str) -> Table:
    table = Table(title=_word("findings", language), title_justify="left")
    for name in ("code", "meaning", "rows"):
        table.add_column(_word(name, language))
    for finding in result.findings[:MAX_ROWS]:
        rows = ", ".join(finding.rows[:3]) + (f" … ({finding.count})" if finding.count > len(finding.rows[:3]) else "")
        detail = f" ({finding.detail})" if finding.detail else ""
        table.add_row(finding.code, Text(finding.title(language) + detail), Text(rows))
    return _with_rest(table, len(result.findings))


def _diagnosis(result: FootprintResult, diagnosis: Diagnosis, language: str) -> Table:
    """Show the changes that explain the gap, those that reproduce the declared value first."""
    explained = any(candidate.explains for candidate in diagnosis.candidates)
    title = _word("diagnosis" if explained else "no-diagnosis", language).format(gap=f"{diagnosis.gap} {result.unit}")
    table = Table(title=title, title_justify="left")
    table.add_column(_word("change", language))
    for name in ("would-be", "remaining", "verdict"):
        table.add_column(_word(name, language), justify="right")
    for candidate in diagnosis.candidates:
        table.add_row(Text(candidate.text(language)), candidate.would_be, candidate.remaining, candidate.verdict)
    return table


def _leverage(diagnosis: Diagnosis, unit: str, language: str) -> Table:
    """Show the rows whose amounts move the total most."""
    table = Table(title=_word("leverage", language), title_justify="left")
    table.add_column("")
    table.add_column(unit, justify="right")
    table.add_column(_word("needed", language), justify="right")
    for row in diagnosis.leverage[:MAX_LEVERAGES_SHOWN]:
        table.add_row(Text(f"{row.exchange} {row.flow} · {row.process}"), row.value, f"× {row.needed}")
    return table


def _with_rest(table: Table, count: int) -> Table:
    """Say how many rows a table leaves out (`--json` has them all)."""
    if count > MAX_ROWS:
        table.caption = f"+ {count - MAX_ROWS} (--json)"
    return table
