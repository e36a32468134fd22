"""Three nodes and a consortium on one embedded chain, all in this process, under a clock that only moves when told."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest
from pydantic import SecretStr

from ledger.bootstrap import (
    Accession,
    Consortium,
    accredit_institutions,
    found_consortium,
)
from ledger.embedded.chain import EmbeddedChain
from ledger.embedded.clock import ManualClock
from ledger.embedded.config import ChainConfig
from ledger.embedded.provider import EmbeddedProvider
from ledger.keys import MIN_SCRYPT_N, KeyFile
from ledger.node import Node
from ledger.services import accredit
from ledger.services.accredit import InstitutionPlan, QualificationPlan
from ledger.services.certify import CertificationApplication, Certified, certify
from ledger.services.disclose import disclose
from ledger.services.lookup import require, subject_of
from ledger.services.publish import publish
from ledger.services.recalculate import Recalculated, recalculate
from ledger.settings import NodeSettings
from ledger.store import audit, outbox, records
from ledger.store.engine import open_engine
from ledger.store.upgrade import upgrade

START: Final = 1_768_000_000
"""2026-01-09T23:06:40Z."""
PASSPHRASE: Final = "correct horse battery"
CATEGORY: Final = "steel-bf-bof"
NODES: Final[dict[str, dict[str, tuple[str, str, tuple[str, ...], tuple[str, ...]]]]] = {
    "shanghai": {
        "sh-cb": ("91310000TANJU0019C", "CN-SH", ("certification-body",), ("evaluator", "decider")),
        "maker": ("91310000TANJU00277", "CN-SH", ("enterprise",), ()),
        "publisher": ("91310000TANJU00352", "CN-SH", ("factor-publisher",), ()),
    },
    "zhejiang": {
        "zj-platform": ("91330000TANJU00435", "CN-ZJ", ("platform",), ("first", "second", "outsider")),
        "zj-cb": ("91330000TANJU00611", "CN-ZJ", ("certification-body",), ("evaluator", "decider")),
        "zj-maker": ("91330000TANJU0070Y", "CN-ZJ", ("enterprise",), ()),
    },
    "bank": {"bank": ("91320000TANJU0051U", "CN-JS", ("relying-institution",), ())},
}


@dataclass
class World:
    """Everything at hand: the chain and its clock, the consortium, the nodes by name."""

    folder: Path
    clock: ManualClock
    provider: EmbeddedProvider
    consortium: Consortium
    nodes: dict[str, Node]
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __getattr__(self, name: str) -> Node:
        if name in NODES:
            return self.nodes[name]
        raise AttributeError(name)

    def now(self) -> int:
        return int(self.clock.now)

    def wait(self, seconds: int) -> int:
        """Let time pass on the chain too, and return what it is then."""
        self.clock.advance(seconds)
        self.provider.chain.seal()
        return self.now()

    def settle(self, *, seals: bool = True) -> None:
        """Drive every node's loops by hand until nothing moves; without ``seals`` no log is sealed."""
        nodes = self.nodes.values()
        loops = [step for node in nodes for step in (node.sender().step, node.indexer().step)]
        loops += [node.sequencer().step for node in nodes if seals]
        while sum(step() for step in loops):
            pass

    def counted(self) -> tuple[int, int, int]:
        """Records, actions and audit entries of the Shanghai node."""
        with self.nodes["shanghai"].store.reading() as session:
            actions = sum(outbox.count_by_state(session).values())
            return len(records.ids(session)), actions, len(audit.listing(session))

    def publish(self, body: dict[str, Any]) -> str:
        return publish(self.nodes["shanghai"], "publisher", body).record_id

    def calculated(
        self, inventory: dict[str, Any], *, discloser: str = "maker", calculator: str = "maker"
    ) -> tuple[str, Recalculated]:
        """Disclosed and calculated, in the logs but not on chain."""
        disclosed = disclose(self.nodes["shanghai"], discloser, inventory)
        return disclosed.record_id, recalculate(self.nodes["shanghai"], calculator, disclosed.record_id)

    def anchored(self, inventory: dict[str, Any], **by: str) -> tuple[str, Recalculated]:
        """Disclosed and calculated, final on chain: what a certificate may rest on."""
        calculated = self.calculated(inventory, **by)
        self.settle()
        return calculated

    def application(
        self, inventory_id: str, statement: Recalculated, *, node: str = "shanghai", **changed: Any
    ) -> CertificationApplication:
        """An application that says what the inventory says, but for what is changed."""
        with self.nodes[node].store.reading() as session:
            inventory = subject_of(require(session, inventory_id, "Inventory"))
        stated = application(f"TANJU-{next(self.numbers):04}", inventory_id, inventory, statement)
        return CertificationApplication.model_validate(stated | changed)

    def certified(self, inventory: dict[str, Any], **changed: Any) -> Certified:
        """A certificate of this inventory, final on chain."""
        identity, statement = self.anchored(inventory)
        done = certify(self.nodes["shanghai"], "sh-cb", self.application(identity, statement, **changed))
        self.settle()
        return done


def application(number: str, inventory_id: str, inventory: dict[str, Any], statement: Recalculated) -> dict[str, Any]:
    """A complete application as JSON, about the inventory with this subject."""
    rules = inventory["rules"]
    pcr = rules.get("pcr")
    maker = {"name": {"zh": "示范钢铁有限公司（虚构）"}, "code": "91310000TANJU00277", "address": None}
    return {
        "number": number,
        "category": CATEGORY,
        "schemeLevel": "national",
        "origin": "CN-SH",
        "client": maker,
        "maker": maker,
        "factory": maker,
        "product": {"name": inventory["product"]["name"], "model": None, "unitOfCertification": "1 t"},
        "implementingRule": {"name": "IR-DEMO-2026", "id": None},
        "standard": {"name": rules["standard"], "id": None},
        "pcr": {"name": pcr, "id": None} if pcr else None,
        "value": {"value": statement.total, "unit": statement.unit, "per": statement.per},
        "certifiedVolume": {"amount": "1000", "unit": "t"},
        "validity": {"from": "2026-01-01T00:00:00Z", "until": "2028-01-01T00:00:00Z"},
        "assurance": {"type": "certification", "level": "reasonable"},
        "continuousReduction": "2 % a year",
        "inventory": inventory_id,
        "footprint": statement.record_id,
        "dossier": {
            "contract": "C-2026-1",
            "impartialityCheck": "no consulting for the client in two years",
            "team": ["A", "B"],
            "documentFindings": [],
            "siteVisit": {"dates": ["2026-01-05"], "places": ["Baoshan"], "sampling": "all electricity meters"},
            "nonconformities": [],
            "crossChecks": [{"subject": "electricity", "finding": "meter and invoice agree", "closed": True}],
            "evaluator": "evaluator",
            "decider": "decider",
            "reductionPlan": "heat recovery",
            "surveillancePlan": "yearly",
        },
    }


@pytest.fixture(scope="session")
def make_inventory() -> Callable[..., dict[str, Any]]:
    return small_inventory


def small_inventory(electricity: str = "110", **changed: Any) -> dict[str, Any]:
    """One process that draws electricity; its content differs by the amount."""
    quantity = {"amount": "1", "unit": "t"}
    electric = {"amount": electricity, "unit": "kWh"}
    rolling = {"process": "rolling", "kind": "product"}
    provider = {"factor": "cn-electricity-cfp@2024#CN"}
    return {
        "schema": "tanju/inventory/1",
        "product": {"name": {"en": "Hot-rolled coil"}, "category": CATEGORY},
        "functionalUnit": {"quantity": quantity},
        "referenceFlow": {"process": "rolling", "flow": "coil", "quantity": quantity},
        "systemBoundary": "gate-to-gate",
        "period": {"from": "2025-01-01", "until": "2026-01-01"},
        "rules": {"standard": "GB/T 24067-2024", "pcr": "GB/T 47064-2026", "gwp": "ipcc-ar6-gwp100", "decimals": 2},
        "flows": [{"id": "coil", "kind": "product", "unit": "t"}, {"id": "power", "kind": "product", "unit": "kWh"}],
        "processes": [{"id": "rolling", "stage": "production", "reference": "coil"}],
        "exchanges": [
            {"id": "e1", "direction": "output", "flow": "coil", "quantity": quantity} | rolling,
            {"id": "e2", "direction": "input", "flow": "power", "quantity": electric, "provider": provider} | rolling,
        ],
    } | changed


@pytest.fixture(scope="session")
def datasets(repo_root: Path) -> dict[str, dict[str, Any]]:
    """The factor datasets that the project ships, by series@version."""
    folder = repo_root / "verifier" / "data" / "factors"
    return {
        path.name.removesuffix(".factors.json"): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("*.factors.json"))
    }


def _open(world: Path, name: str, consortium: Consortium, clock: ManualClock, provider: EmbeddedProvider) -> Node:
    folder = world / name
    settings = NodeSettings(
        name=name,
        database_url=f"sqlite:///{folder}/node.db",
        key_file=folder / "node.keys",
        passphrase=SecretStr(PASSPHRASE),
        chain_rpc="http://127.0.0.1:1",
        trust_root=consortium.folder / "trust-root.json",
    )
    upgrade(open_engine(settings.database_url))
    return Node.open(settings, provider=provider, clock=lambda: int(clock.now))


def _accessions(world: Path) -> list[Accession]:
    """Every institution with fresh keys in its node's key file; only the certification bodies are qualified."""
    accessions = []
    for node, institutions in NODES.items():
        (world / node).mkdir()
        keys = KeyFile.create(world / node / "node.keys", PASSPHRASE, scrypt_n=MIN_SCRYPT_N)
        for name, (code, jurisdiction, roles, persons) in institutions.items():
            own = keys.add_institution(name, "uscc", code, f"did:web:{name}.example", persons)
            plan = InstitutionPlan(
                f"{name}（虚构）", f"{name} (fictitious)", jurisdiction, roles, f"http://127.0.0.1/{node}"
            )
            kinds = ("approval", "accreditation", "designation") if "certification-body" in roles else ()
            qualified = tuple(
                QualificationPlan(kind, CATEGORY, "2030-01-01T00:00:00Z", "pilot notice") for kind in kinds
            )
            accessions.append(Accession(own, plan, qualified))
    return accessions


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, datasets: dict[str, dict[str, Any]]) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("world")
    clock = ManualClock(START)
    chain = EmbeddedChain(None, ChainConfig(timestamp=START), clock)
    provider = EmbeddedProvider(chain, auto_seal=True)
    consortium = found_consortium(
        provider, folder / "consortium", PASSPHRASE, now=lambda: int(clock.now), scrypt_n=MIN_SCRYPT_N
    )
    documents = accredit_institutions(consortium, _accessions(folder))
    nodes = {name: _open(folder, name, consortium, clock, provider) for name in NODES}
    found = World(folder, clock, provider, consortium, nodes)
    for document in documents:
        accredit.adopt(found.shanghai, document)
    found.settle()
    found.publish(datasets["cn-electricity-cfp@2024"])
    yield found
    for node in nodes.values():
        node.close()
    consortium.close()
    chain.close()
