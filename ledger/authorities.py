"""The authorities of a consortium: who they are, what they may grant, and their keys (a key file of the same form as a
node's).

The authorities act rarely and away from any node: their key file is opened to found a consortium, to accredit
institutions and to sign a version of the trust root, and lies apart otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ledger.errors import NotFoundError
from ledger.keys import InstitutionKeys, KeyFile
from verifier.identifiers import KINDS
from verifier.multikey import public_multikey

NATION: Final = "CN"


@dataclass(frozen=True, slots=True)
class AuthorityPlan:
    """An authority to be: its short name in the key file, its USCC, its names, where it acts, and which kinds it may
    grant.
    """

    name: str
    code: str
    zh: str
    en: str
    jurisdiction: str
    grants: tuple[str, ...] = ()

    @property
    def did(self) -> str:
        """Its DID, under a domain that RFC 2606 keeps for examples."""
        return f"did:web:{self.name}.example"

    @property
    def grant_mask(self) -> int:
        """The kinds of qualification it may grant, as the chain's bit mask ``1 << kind``."""
        return sum(1 << KINDS[kind] for kind in self.grants)


DEMONSTRATION: Final = (
    AuthorityPlan(
        "approval",
        "11100000TANJUA0162",
        "示范批准机关（虚构）",
        "Demonstration approval authority",
        NATION,
        ("approval",),
    ),
    AuthorityPlan(
        "accreditation",
        "11100000TANJUA024W",
        "示范认可机构（虚构）",
        "Demonstration accreditation body",
        NATION,
        ("accreditation",),
    ),
    AuthorityPlan(
        "pilot", "11100000TANJUA032P", "示范试点主管（虚构）", "Demonstration pilot authority", NATION, ("designation",)
    ),
    AuthorityPlan(
        "shanghai", "11310000TANJUA0404", "上海示范主管部门（虚构）", "Shanghai demonstration authority", "CN-SH"
    ),
    AuthorityPlan(
        "zhejiang", "11330000TANJUA0599", "浙江示范主管部门（虚构）", "Zhejiang demonstration authority", "CN-ZJ"
    ),
    AuthorityPlan(
        "jiangsu", "11320000TANJUA0670", "江苏示范主管部门（虚构）", "Jiangsu demonstration authority", "CN-JS"
    ),
    AuthorityPlan("anhui", "11340000TANJUA0753", "安徽示范主管部门（虚构）", "Anhui demonstration authority", "CN-AH"),
)
"""A consortium as the pilot would have it: three national authorities, each for one kind, and the four of the delta.
Nobody holds these codes.
"""


@dataclass(frozen=True, slots=True)
class Authority:
    """An authority with its keys: its account acts on chain, its assert key signs records and trust roots."""

    plan: AuthorityPlan
    keys: InstitutionKeys

    @property
    def address(self) -> str:
        """The checksum address of its account."""
        return str(self.keys.account.address)

    def entry(self) -> dict[str, Any]:
        """How a trust root names it."""
        return {
            "name": {"zh": self.plan.zh, "en": self.plan.en},
            "jurisdiction": self.plan.jurisdiction,
            "did": self.keys.did,
            "key": public_multikey(self.keys.assert_key.public_key()),
            "account": self.address.lower(),
            "grants": list(self.plan.grants),
        }


def open_authorities(
    path: Path, passphrase: str, plans: Sequence[AuthorityPlan], *, scrypt_n: int | None = None
) -> list[Authority]:
    """The authorities of a key file, which is made, with the keys that it lacks, where it does not exist.

    Raises KeyFileError, WrongPassphraseError.
    """
    if path.exists():
        file = KeyFile.open(path, passphrase)
    else:
        file = (
            KeyFile.create(path, passphrase)
            if scrypt_n is None
            else KeyFile.create(path, passphrase, scrypt_n=scrypt_n)
        )
    known = {keys.name for keys in file.institutions()}
    for plan in plans:
        if plan.name not in known:
            file.add_institution(plan.name, "uscc", plan.code, plan.did)
    return [Authority(plan, file.institution(plan.name)) for plan in plans]


def governing(authorities: Iterable[Authority], jurisdiction: str) -> Authority:
    """Who registers an institution there: the jurisdiction's own authority, else one of its country. Raises
    NotFoundError.
    """
    candidates = list(authorities)
    for place in (jurisdiction, jurisdiction[:2]):
        for authority in candidates:
            if authority.plan.jurisdiction == place:
                return authority
    raise NotFoundError("authority", f"for {jurisdiction}", next_step="name one in the plan of the consortium")


def granting(authorities: Iterable[Authority], kind: str) -> Authority:
    """Who grants this kind of qualification. Raises NotFoundError."""
    for authority in authorities:
        if kind in authority.plan.grants:
            return authority
    raise NotFoundError("authority", f"that grants {kind}", next_step="name one in the plan of the consortium")
