"""One run of the demo: the folder, the chain, the consortium, the nodes, the story, and the end of them all."""

from __future__ import annotations

import os
import shlex
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from api.demo.actors import NODES
from api.demo.consortium import Founded, found
from api.demo.errors import DemoError
from api.demo.layout import Layout, prepared
from api.demo.nodes import Ready, make_nodes, serve_nodes
from api.demo.ports import LOOPBACK, free_ports
from api.demo.processes import Processes
from api.demo.progress import Progress
from api.demo.stage import Stage
from api.demo.story import STORY
from api.demo.subjects import load_subjects
from api.demo.summary import Result, own_command
from api.demo.words import say
from ledger.chain.endpoint import Endpoint
from ledger.errors import LedgerError
from verifier.errors import VerifierError
from verifier.onchain import connect

SHARED: Final = "TANJU_SHARED"


def run_demo(progress: Progress, folder: Path, *, once: bool, json_file: Path | None, port_base: int | None) -> None:
    """Run it. Raises DemoError for whatever stops it; KeyboardInterrupt passes, after everything was ended."""
    progress.title()
    try:
        with ExitStack() as stack:
            layout = stack.enter_context(prepared(folder))
            processes = stack.enter_context(Processes(layout))
            result = _told(progress, layout, processes, stack, port_base)
            if json_file is not None:
                result.write(json_file)
            result.show(stays_up=not once)
            if not once:
                _stay_up(progress, processes)
    except (LedgerError, VerifierError) as error:
        step = error.next_step if isinstance(error, LedgerError) else error.remedy
        raise DemoError(str(error), next_step=step or "read the logs") from error
    except OSError as error:
        raise DemoError(str(error), next_step="check the disk and the permissions of the demo's folder") from error


def _told(progress: Progress, layout: Layout, processes: Processes, stack: ExitStack, port_base: int | None) -> Result:
    """Start everything and tell the story to its end."""
    chain_port, *node_ports = free_ports(1 + len(NODES), port_base)
    addresses = {name: f"http://{LOOPBACK}:{port}" for name, port in zip(NODES, node_ports, strict=True)}
    with progress.doing(say("starting", progress.language)):
        rpc = start_chain(layout, processes, chain_port)
        founded = found(layout, rpc, addresses)
        ready = make_nodes(layout, rpc, founded, addresses)
        serve_nodes(layout, processes, ready, founded)
    stage = _stage(layout, rpc, founded, ready, stack)
    for step in STORY:
        processes.check_all()
        with progress.step(step.name) as outcomes:
            outcomes.append(step.run(stage))
    head = connect(rpc, founded.trust).describe()["head"]
    return Result(progress, stage, _chain_command(layout, chain_port), head, addresses)


def start_chain(layout: Layout, processes: Processes, port: int) -> str:
    """The embedded chain, answering; its address."""
    rpc = f"http://{LOOPBACK}:{port}"
    command = [sys.executable, "-m", "ledger.embedded", "--data", str(layout.chain), "--port", str(port)]
    running = processes.start("chain", command)
    processes.wait_until(running, lambda: _answers(rpc))
    return rpc


def _answers(rpc: str) -> bool:
    endpoint = Endpoint(rpc, timeout_s=2.0)
    try:
        endpoint.chain_id()
    except LedgerError:
        return False
    finally:
        endpoint.close()
    return True


def _chain_command(layout: Layout, port: int) -> str:
    """The command that reopens the chain."""
    return shlex.join([own_command(layout), "chain", "--data", layout.shown(layout.chain), "--port", str(port)])


def _stage(layout: Layout, rpc: str, founded: Founded, ready: Ready, stack: ExitStack) -> Stage:
    clients = ready.clients()
    for client in clients.values():
        stack.callback(client.close)
    shared = os.environ.get(SHARED)
    folder = Path(shared) if shared else Path(__file__).resolve().parents[2].parent / "shared"
    return Stage(layout, founded.trust, rpc, clients, load_subjects(folder))


def _stay_up(progress: Progress, processes: Processes) -> None:
    """Wait until somebody presses Ctrl-C, or a process dies."""
    progress.console.print(f"\n[bold]{say('up', progress.language)}[/bold]")
    while True:
        time.sleep(1.0)
        processes.check_all()
