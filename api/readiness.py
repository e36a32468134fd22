"""What a node needs to do its work, asked each time: its database, its chain, its loops."""

from __future__ import annotations

from api.loops import Loops
from ledger.errors import LedgerError
from ledger.node import Node
from ledger.store import clients
from verifier.errors import VerifierError


def failing(node: Node, loops: Loops) -> list[dict[str, str]]:
    """The parts that do not work, each with code and detail; empty when the node is ready."""
    problems = [{"part": f"loop {name}", "code": "LOOP_STOPPED", "detail": detail} for name, detail in loops.failures()]
    try:
        with node.store.reading() as session:
            clients.find(session, "")
    except LedgerError as error:
        problems.append({"part": "database", "code": error.code, "detail": error.detail})
    try:
        node.view().head()
    except (LedgerError, VerifierError) as error:
        problems.append({"part": "chain", "code": error.code, "detail": error.detail})
    return problems
