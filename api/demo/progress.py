"""What the demo shows while it runs: one line a step on standard error, then a table; in Chinese or English."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from api.demo.errors import DemoError
from api.demo.stage import Outcome
from api.demo.words import SIGNED_BY_DEMO_KEYS, say, say_step

SIGNING_STEPS: Final = (
    "trust-root",
    "publish",
    "disclose",
    "recalculate",
    "certify",
    "recognise",
    "suspend",
    "restore",
)
"""Steps in which a demo key signs: each says what that is not."""
STYLES: Final = {"VALID": "green", "INVALID": "yellow", "R0": "green"}


@dataclass(frozen=True, slots=True)
class Told:
    """A step that was told: its outcome and how long it took."""

    step: str
    outcome: Outcome
    seconds: float


@dataclass(slots=True)
class Progress:
    """The console and what was told so far."""

    language: str
    console: Console = field(default_factory=lambda: Console(stderr=True, highlight=False))
    told: list[Told] = field(default_factory=list)

    def title(self) -> None:
        """The first two lines."""
        self.console.print(f"[bold]{say('title', self.language)}[/bold]")
        self.console.print(f"[yellow]⚠ {say('test_network', self.language)}[/yellow]")

    @contextmanager
    def doing(self, what: str) -> Iterator[None]:
        """Show that something is going on; a line with its time once it is done."""
        started = time.monotonic()
        with self.console.status(escape(what)):
            yield
        self.console.print(f"[green]✔[/green] {escape(what)} [dim]{time.monotonic() - started:.1f} s[/dim]")

    @contextmanager
    def step(self, name: str) -> Iterator[list[Outcome]]:
        """Tell a step; its outcome is put into the list that is given."""
        started = time.monotonic()
        outcomes: list[Outcome] = []
        words = say_step(name, self.language)
        with self.console.status(f"{name}: {escape(words)}"):
            yield outcomes
        told = Told(name, outcomes[0], time.monotonic() - started)
        self.told.append(told)
        self._line(told, words)

    def failed(self, error: DemoError) -> None:
        """Say what went wrong and what to do."""
        self.console.print(f"[red bold]✘ {say('failed', self.language)}:[/red bold] {escape(error.detail)}")
        self.console.print(f"  {say('next', self.language)}: {escape(error.next_step)}")
        if error.log is not None:
            self.console.print(f"  {say('log', self.language)}: {escape(str(error.log))}")

    def table(self) -> Table:
        """All steps with their verdicts."""
        words = self.language
        table = Table(title=say("title", words), title_justify="left")
        for key in ("step", "what", "status", "verdict", "seconds"):
            table.add_column(say(key, words), no_wrap=key != "what", justify="right" if key == "seconds" else "left")
        for told in self.told:
            verdict = told.outcome.verdict
            table.add_row(
                told.step,
                say_step(told.step, words),
                told.outcome.status,
                f"[{STYLES.get(verdict, 'default')}]{verdict}[/]",
                f"{told.seconds:.1f}",
            )
        return table

    def _line(self, told: Told, words: str) -> None:
        outcome = told.outcome
        profile = f" ({outcome.profile})" if outcome.profile else ""
        style = STYLES.get(outcome.verdict, "default")
        self.console.print(
            f"[green]✔[/green] [bold]{told.step}[/bold] {escape(words)} · {outcome.status} · "
            f"[{style}]{outcome.verdict}[/]{profile} [dim]{told.seconds:.1f} s[/dim]"
        )
        if outcome.note:
            self.console.print(f"  [dim]{escape(outcome.note)}[/dim]")
        if told.step in SIGNING_STEPS:
            self.console.print(f"  [dim]⚠ {SIGNED_BY_DEMO_KEYS[self.language]}[/dim]")

    def ended(self) -> None:
        """Say that everything was stopped."""
        self.console.print(say("ended", self.language))
