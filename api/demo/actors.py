"""Who takes part: fictitious institutions, three nodes, and the authorities of the demonstration consortium.

The unified social credit codes have right check characters (GB 32100-2015, GB 11714) and spell TANJU where a real one
has the organisation's number: nobody holds them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

STEEL: Final = "steel-bf-bof"
ELECTRICITY: Final = "electricity"
CATEGORIES: Final = (STEEL, ELECTRICITY)


@dataclass(frozen=True, slots=True)
class Actor:
    """An institution of the demo: its short name in its node's key file, and what its authority registers."""

    name: str
    node: str
    jurisdiction: str
    code: str
    zh: str
    en: str
    roles: tuple[str, ...]
    persons: tuple[str, ...] = ()

    @property
    def did(self) -> str:
        """Its DID, under a domain that RFC 2606 keeps for examples."""
        return f"did:web:{self.name}.example"


@dataclass(frozen=True, slots=True)
class Client:
    """An API client of the demo: for which institution, in which role, as which person."""

    name: str
    actor: str
    role: str
    person: str | None = None


CERTIFIER: Final = Actor(
    "sh-cb",
    "shanghai",
    "CN-SH",
    "91310000TANJU0019C",
    "示范认证有限公司（虚构）",
    "Demonstration Certification (fictitious)",
    ("certification-body",),
    ("evaluator", "decider"),
)
MAKER: Final = Actor(
    "maker",
    "shanghai",
    "CN-SH",
    "91310000TANJU00277",
    "示范钢铁有限公司（虚构）",
    "Demonstration Steel (fictitious)",
    ("enterprise",),
)
PUBLISHER: Final = Actor(
    "publisher",
    "shanghai",
    "CN-SH",
    "91310000TANJU00352",
    "示范因子发布中心（虚构）",
    "Demonstration Factors (fictitious)",
    ("factor-publisher",),
)
PLATFORM: Final = Actor(
    "zj-platform",
    "zhejiang",
    "CN-ZJ",
    "91330000TANJU00435",
    "浙江示范互认平台（虚构）",
    "Zhejiang Demonstration Platform (fictitious)",
    ("platform",),
    ("first", "second"),
)
BANK: Final = Actor(
    "bank",
    "bank",
    "CN-JS",
    "91320000TANJU0051U",
    "示范银行（虚构）",
    "Demonstration Bank (fictitious)",
    ("relying-institution",),
)
ACTORS: Final = (CERTIFIER, MAKER, PUBLISHER, PLATFORM, BANK)
NODES: Final = ("shanghai", "zhejiang", "bank")
CLIENTS: Final = (
    Client("publisher", "publisher", "publisher"),
    Client("maker", "maker", "enterprise"),
    Client("certifier", "sh-cb", "certifier"),
    Client("first-reviewer", "zj-platform", "reviewer", "first"),
    Client("second-reviewer", "zj-platform", "reviewer", "second"),
    Client("bank", "bank", "relying"),
)
