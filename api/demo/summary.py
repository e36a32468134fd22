"""What stays of a demo: demo.json, and the lines that say where everything is and how to check it oneself."""

from __future__ import annotations

import json
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.markup import escape

from api.demo.layout import Layout
from api.demo.progress import Progress
from api.demo.stage import Stage
from api.demo.words import say


@dataclass(frozen=True, slots=True)
class Result:
    """A finished demo: the story's steps, the chain (endpoint, how to reopen it, head) and the nodes' addresses."""

    progress: Progress
    stage: Stage
    chain_start: str
    head: str
    nodes: dict[str, str]

    def document(self) -> dict[str, Any]:
        """The content of demo.json; paths are relative to the current directory."""
        return {
            "steps": [
                {
                    "step": told.step,
                    "status": told.outcome.status,
                    "verdict": told.outcome.verdict,
                    "profile": told.outcome.profile,
                }
                for told in self.progress.told
            ],
            "chain": {"rpc": self.stage.rpc, "start": self.chain_start},
            "head": self.head,
            "trustRoot": self.stage.layout.shown(self.stage.layout.trust_root),
            "evidence": list(self.stage.evidence_paths),
            "inventories": list(self.stage.inventory_paths),
            "nodes": dict(self.nodes),
        }

    def write(self, path: Path) -> None:
        """Write demo.json. Raises OSError."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.document(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

    def verify_command(self) -> str:
        """The command that checks the steel coil's evidence against the chain, on nobody's word."""
        document = self.document()
        command = [own_command(self.stage.layout), "verify", document["evidence"][0]]
        return shlex.join([*command, "--trust-root", document["trustRoot"], "--rpc", self.stage.rpc])

    def show(self, *, stays_up: bool) -> None:
        """Print the table, the places and the commands."""
        words, show = self.progress.language, self.progress.console.print
        document = self.document()
        show()
        show(self.progress.table())
        lines = [(say("pages", words), page) for page in self._pages()] if stays_up else []
        lines += [(say("evidence", words), path) for path in document["evidence"]]
        lines += [(say("inventories", words), path) for path in document["inventories"]]
        lines += [
            (say("trust_root", words), document["trustRoot"]),
            (say("chain", words), document["chain"]["rpc"]),
            (say("head", words), document["head"]),
            (say("logs", words), self.stage.layout.shown(self.stage.layout.logs)),
        ]
        for what, where in lines:
            show(f"[bold]{what}[/bold] {escape(where)}", soft_wrap=True)
        if not stays_up:
            show(f"\n{say('reopen', words)}")
            show("  " + escape(self.chain_start), soft_wrap=True)
        show(f"\n{say('verify', words)}")
        show("  " + escape(self.verify_command()), soft_wrap=True)

    def _pages(self) -> list[str]:
        """The first pages of the nodes, and each certificate's page."""
        pages = list(self.nodes.values())
        certifying = self.nodes["shanghai"]
        return pages + [f"{certifying}/c/{subject.certificate_id}" for subject in self.stage.subjects]


def own_command(layout: Layout) -> str:
    """How the reader starts `tanju`: the command beside the Python that runs this, else the module."""
    beside = Path(sys.executable).with_name("tanju")
    return layout.shown(beside) if beside.exists() else "tanju"
