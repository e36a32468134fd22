"""The demo's three nodes: settings, database and clients written, then each served by a process of its own."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from api.auth import new_client
from api.demo.actors import ACTORS, CLIENTS, NODES
from api.demo.client import NodeClient
from api.demo.consortium import Founded
from api.demo.layout import Layout
from api.demo.ports import LOOPBACK
from api.demo.processes import Processes
from ledger.node import Node
from ledger.services.accredit import adopt
from ledger.settings import NodeSettings
from ledger.store import clients
from ledger.store.engine import open_engine
from ledger.store.upgrade import upgrade

PASSPHRASE: Final = "TANJU_PASSPHRASE"  # noqa: S105 - the name of the variable
SETTINGS_FILE: Final = "node.toml"


@dataclass(frozen=True, slots=True)
class Ready:
    """The nodes' addresses, and the secrets of their clients, by the clients' names."""

    addresses: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)

    def clients(self) -> dict[str, NodeClient]:
        """Each actor's way into its node."""
        node_of = {actor.name: actor.node for actor in ACTORS}
        return {
            client.name: NodeClient(self.addresses[node_of[client.actor]], client.name, self.secrets[client.name])
            for client in CLIENTS
        }


def make_nodes(layout: Layout, rpc: str, founded: Founded, addresses: Mapping[str, str]) -> Ready:
    """Write each node's settings and database; have it read the chain, keep the authorities' records, and know its
    clients. Raises LedgerError or VerifierError.
    """
    secrets: dict[str, str] = {}
    for name in NODES:
        settings = _write_settings(layout, name, rpc, addresses[name], founded)
        engine = open_engine(settings.database_url)
        upgrade(engine)
        engine.dispose()
        with Node.open(settings) as node:
            while node.indexer().step():
                pass
            for document in founded.documents:
                adopt(node, document)
            secrets |= _add_clients(node, name)
    return Ready(addresses, secrets)


def serve_nodes(layout: Layout, processes: Processes, ready: Ready, founded: Founded) -> None:
    """Start every node and wait until each says that it is ready. Raises DemoError."""
    running = {
        name: processes.start(
            name,
            [sys.executable, "-m", "api", "--settings", str(layout.node(name) / SETTINGS_FILE)],
            environment={PASSPHRASE: founded.passphrase},
        )
        for name in NODES
    }
    for name, process in running.items():
        asking = NodeClient(ready.addresses[name])
        try:
            processes.wait_until(process, asking.answers)
        finally:
            asking.close()


def _write_settings(layout: Layout, name: str, rpc: str, address: str, founded: Founded) -> NodeSettings:
    path = layout.node(name) / SETTINGS_FILE
    port = address.rpartition(":")[2]
    lines = [
        f'name = "{name}"',
        'database_url = "sqlite:///node.db"',
        'key_file = "node.keys"',
        'trust_root = "../trust-root.json"',
        f'chain_rpc = "{rpc}"',
        f'host = "{LOOPBACK}"',
        f"port = {port}",
        f'public_url = "{address}"',
        "test_network = true",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return NodeSettings.load(path).model_copy(update={"passphrase": founded.secret()})


def _add_clients(node: Node, name: str) -> dict[str, str]:
    """The node's clients with fresh secrets, which only this process holds."""
    own = {actor.name for actor in ACTORS if actor.node == name}
    secrets = {}
    with node.store.writing() as session:
        for planned in CLIENTS:
            if planned.actor in own:
                client, secrets[planned.name] = new_client(
                    planned.name,
                    role=planned.role,
                    institution=planned.actor,
                    person=planned.person,
                    now=int(time.time()),
                )
                clients.add(session, client)
        session.commit()
    return secrets
