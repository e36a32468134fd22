"""``tanju verify``: check an evidence file against a trust root that the verifier holds, and against a chain."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn

import typer

from verifier.blockheader import LAST_SECOND
from verifier.case import Question
from verifier.chainview import ChainView
from verifier.checks import CHECKS
from verifier.codes import say
from verifier.errors import VerifierError
from verifier.evidence import MAX_EVIDENCE_BYTES
from verifier.identifiers import bytes32_text
from verifier.printable import printable
from verifier.records.model import parse_time
from verifier.report import NOT_THE_TRUTH, REPORT_SCHEMA, Report, Verdict
from verifier.trustroot import TrustRoot, load_trust_root
from verifier.verify import verify

EXIT: Final = {Verdict.VALID: 0, Verdict.INVALID: 1, Verdict.ERROR: 3, Verdict.NOT_CHECKED: 3}
USAGE: Final = 2
FINDING_ROWS_SHOWN: Final = 4
MARKS: Final = {"VALID": "✔", "INVALID": "✘", "ERROR": "!", "SKIPPED": "–", "NOT_APPLICABLE": "·"}


def verify_command(
    file: Annotated[Path, typer.Argument(help="the evidence file (*.evidence.json)")],
    trust_root: Annotated[Path, typer.Option(help="the trust root that you hold (trust-root.json)")],
    previous_trust_root: Annotated[
        list[Path] | None, typer.Option(help="a version before it; repeat, oldest first, from version 1 on")
    ] = None,
    rpc: Annotated[str | None, typer.Option(help="ask this chain endpoint (http://…)")] = None,
    pinned: Annotated[str | None, typer.Option(help="HEAD chainId:genesis:number:hash that you pinned")] = None,
    offline: Annotated[bool, typer.Option("--offline", help="ask no chain: its checks are SKIPPED")] = False,
    profile: Annotated[str, typer.Option(help="which checks the job requires: document, procurement")] = "document",
    valid_at: Annotated[str | None, typer.Option(help="as of this time (2026-01-31T00:00:00Z or a date)")] = None,
    known_at: Annotated[str | None, typer.Option(help="as known at this time; default: the block read")] = None,
    jurisdiction: Annotated[str | None, typer.Option(help="recognised here? for example CN-ZJ")] = None,
    purpose: Annotated[str | None, typer.Option(help="recognised for what? for example procurement")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print the report as JSON")] = False,
    lang: Annotated[str, typer.Option(help="zh or en")] = "en",
) -> None:
    """Check every step of a certificate without trusting whoever shows it. Exit 0 VALID, 1 INVALID, 2 usage, 3 could
    not check.
    """
    _check_options(rpc=rpc, pinned=pinned, offline=offline, lang=lang)
    try:
        data, trust = _read(file), load_trust_root(trust_root, previous=previous_trust_root or [])
        question = Question(
            profile=profile,
            now=int(time.time()),
            valid_at=_moment(valid_at),
            known_at=_moment(known_at),
            jurisdiction=_name(jurisdiction),
            purpose=_name(purpose),
        )
        report = verify(data, trust=trust, question=question, view=_view(rpc, pinned, trust))
    except OSError as error:
        _usage(f"{error.filename}: {error.strerror}")
    except VerifierError as error:
        _usage(str(error))
    if as_json:
        typer.echo(json.dumps(report_json(report, lang), ensure_ascii=False, indent=1))
    else:
        _print(report, lang)
    raise typer.Exit(EXIT[report.verdict])


def report_json(report: Report, lang: str = "en") -> dict[str, Any]:
    """The report as JSON (docs/reference/formats.md, tanju/report/1); ``digest`` is of its core."""
    titles = {check.number: check for check in CHECKS}
    return {
        "schema": REPORT_SCHEMA,
        "verdict": str(report.verdict),
        "profile": report.profile,
        "subject": report.subject,
        "validAt": report.valid_at,
        "knownAt": report.known_at,
        "jurisdiction": report.jurisdiction,
        "purpose": report.purpose,
        "against": dict(report.against),
        "network": report.network,
        "recalculatedBy": report.recalculated_by,
        "notice": NOT_THE_TRUTH[lang],
        "digest": report.digest(),
        "checks": [
            {
                "check": result.check,
                "status": str(result.status),
                "title": getattr(titles[result.check], lang),
                "code": result.code,
                "meaning": say(result.code, lang),
                "found": result.found,
                "expected": result.expected,
                "nextStep": result.next_step,
                "findings": [dict(finding) for finding in result.findings],
            }
            for result in report.checks
        ],
        "details": dict(report.details),
    }


def _check_options(*, rpc: str | None, pinned: str | None, offline: bool, lang: str) -> None:
    if lang not in ("zh", "en"):
        _usage(f"--lang {lang}: zh or en")
    if rpc and offline:
        _usage("--rpc and --offline contradict each other")
    if not (rpc or offline or pinned):
        _usage("say what to check against: --rpc URL, or --offline to ask no chain")


def _view(rpc: str | None, pinned: str | None, trust: TrustRoot) -> ChainView | None:
    from verifier.onchain import PinnedHead, connect

    head = PinnedHead.parse(pinned) if pinned else None
    return connect(rpc, trust, pinned=head) if rpc else None


def _read(file: Path) -> bytes:
    """The file, or one byte more than check 1 allows: a larger one need not be read to be refused."""
    with file.open("rb") as stream:
        return stream.read(MAX_EVIDENCE_BYTES + 1)


def _name(text: str | None) -> str | None:
    """A jurisdiction or purpose as the chain can hold it. Raises FormatError."""
    if text is not None:
        bytes32_text(text)
    return text


def _moment(text: str | None) -> int | None:
    """Unix seconds of a canonical time, or of a date's first second in Asia/Shanghai (legal dates)."""
    if text is None:
        return None
    try:
        if len(text) == len("2026-01-31"):
            seconds = int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) - 8 * 3600
        else:
            seconds = parse_time(text)
    except ValueError:
        _usage(f"{text!r} is not a time: write 2026-01-31T00:00:00Z or 2026-01-31")
    if not 0 <= seconds <= LAST_SECOND:
        _usage(f"{text!r} is not between 1970 and 9999, where a chain has times")
    return seconds


def _usage(message: str) -> NoReturn:
    typer.echo(f"tanju verify: {printable(message)}", err=True)
    raise typer.Exit(USAGE)


def _finding_lines(report: Report, lang: str) -> list[str]:
    """The plausibility findings (10b) by code, with the first rows that each is about; --json has them all."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for result in report.checks:
        for finding in result.findings:
            groups.setdefault(finding["code"], []).append(finding)
    lines = []
    for code, findings in groups.items():
        rows = [row for finding in findings for row in finding["rows"]]
        named = ", ".join(rows[:FINDING_ROWS_SHOWN]) + (" …" if len(rows) > FINDING_ROWS_SHOWN else "")
        lines.append(f"10b {code} ×{len(findings)}: {findings[0]['title'][lang]}" + (f" ({named})" if named else ""))
    return lines


def _print(report: Report, lang: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    table = Table(show_edge=False, pad_edge=False)
    for heading in ("", "", "问题" if lang == "zh" else "question", "结果" if lang == "zh" else "result"):
        table.add_column(heading)
    titles = {check.number: check for check in CHECKS}
    for result in report.checks:
        said = say(result.code, lang) if result.code != "OK" else ""
        lines = [part for part in (said, result.found, result.next_step and f"→ {result.next_step}") if part]
        question = getattr(titles[result.check], lang)
        answer = printable(f"{result.status} " + "; ".join(lines))
        table.add_row(str(result.check), MARKS[result.status], Text(question), Text(answer))
    console.print(table)
    for line in _finding_lines(report, lang):
        console.print(Text(printable(line), style="dim"))
    console.print()
    console.print(Text(printable(f"{report.verdict}  {report.profile}  {report.subject}"), style="bold"))
    for line in _last_lines(report, lang):
        console.print(Text(printable(line)))


def _last_lines(report: Report, lang: str) -> list[str]:
    """As of when, against what, by whom: without these a verdict says nothing."""
    against = " ".join(report.against.get(part, "") for part in ("kind", "head", "detail")).strip()
    note = report.against.get("note")
    return [
        f"as of {report.valid_at}, as known at {report.known_at or '—'}; against {against}",
        *([f"({note})"] if note else []),
        f"recalculated by {report.recalculated_by}; {NOT_THE_TRUTH[lang]}; network: {report.network}",
    ]
