"""What the story's steps share: the nodes as their actors see them, the two subjects, and what a step's outcome is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from api.demo.client import NodeClient
from api.demo.errors import DemoError
from api.demo.layout import Layout
from api.demo.subjects import Subject
from verifier.canonical import canonicalise, parse_canonical, tag_sha256
from verifier.credential import check_proofs, record_id
from verifier.records.registry import read_record
from verifier.trustroot import TrustRoot

ZHEJIANG: Final = "CN-ZJ"
PURPOSE: Final = "procurement"
LEGAL_TIME: Final = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step came to: a status (of the certificate, the recognition, or DONE), a verdict, and the profile that
    was asked for.
    """

    status: str
    verdict: str
    profile: str | None = None
    note: str = ""


@dataclass(slots=True)
class Stage:
    """The demo in progress. ``clients`` are by the names of ``actors.CLIENTS``; ``drawdown`` is when the bank paid
    out.
    """

    layout: Layout
    trust: TrustRoot
    rpc: str
    clients: Mapping[str, NodeClient]
    subjects: list[Subject]
    drawdown: str = ""
    evidence_paths: list[str] = field(default_factory=list)
    inventory_paths: list[str] = field(default_factory=list)

    def client(self, name: str) -> NodeClient:
        """One actor's client."""
        return self.clients[name]

    @property
    def leading(self) -> Subject:
        """The subject that goes all the way: the steel coil."""
        return next(subject for subject in self.subjects if subject.goes_all_the_way)


def today() -> str:
    """Today's legal date."""
    return datetime.now(LEGAL_TIME).date().isoformat()


def body(value: Any) -> bytes:
    """A request body."""
    return canonicalise(value)


def check_record(client: NodeClient, identity: str) -> str:
    """Read a record back from the node and check it with the verifier: own canonical bytes, id, form, signatures.
    Raises DemoError.
    """
    document = parse_canonical(client.read(f"/v1/records/{identity}"))
    read_record(document)
    check_proofs(document)
    if tag_sha256(record_id(document)) != identity:
        raise DemoError(f"the node gave another record than {identity}", next_step="read the node's log")
    return "VALID"


def expect(found: Outcome, *, status: str, verdict: str) -> Outcome:
    """The outcome, if it is the one that the story needs. Raises DemoError."""
    if (found.status, found.verdict) != (status, verdict):
        raise DemoError(
            f"{status} and {verdict} were expected, {found.status} and {found.verdict} were found: {found.note}",
            next_step="this is a fault of the project: report it with the logs",
        )
    return found


def verification(client: NodeClient, evidence: bytes, *, valid_at: str | None = None) -> Outcome:
    """A node's check of an evidence file, profile ``document``: the certificate's status and the verdict."""
    report = client.ask("/v1/verifications", evidence, profile="document", validAt=valid_at)
    return Outcome(report["details"].get("status", "UNKNOWN"), report["verdict"], "document", _wrong(report))


def recognition_check(client: NodeClient, evidence: bytes) -> Outcome:
    """Zhejiang's check, profile ``procurement``: the recognition's status and the verdict; ``note`` names what does
    not hold.
    """
    report = client.ask("/v1/verifications", evidence, profile="procurement", jurisdiction=ZHEJIANG, purpose=PURPOSE)
    status = report["details"].get("recognition", {}).get("status", "UNKNOWN")
    return Outcome(status, report["verdict"], "procurement", _wrong(report))


def _wrong(report: dict[str, Any]) -> str:
    return ", ".join(
        f"{item['check']} {item['code']}" for item in report["checks"] if item["status"] in ("INVALID", "ERROR")
    )
