"""Published test keys, derived from their names: never use them for anything else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from eth_account import Account

from verifier.canonical import sha256
from verifier.credential import verification_method
from verifier.identifiers import institution_id
from verifier.multikey import public_multikey


def signing_key(name: str) -> Ed25519PrivateKey:
    """The Ed25519 test key of that name."""
    return Ed25519PrivateKey.from_private_bytes(sha256(b"tanju/test-key/ed25519/" + name.encode()))


def account(name: str) -> Any:
    """The secp256k1 test account of that name."""
    return Account.from_key(sha256(b"tanju/test-key/secp256k1/" + name.encode()))


@dataclass(frozen=True, slots=True)
class GoldenAuthority:
    """An authority of the golden consortium."""

    name: str
    zh: str
    en: str
    jurisdiction: str
    grants: tuple[str, ...]

    @property
    def did(self) -> str:
        """Its DID."""
        return f"did:web:{self.name}.authority.example"


@dataclass(frozen=True, slots=True)
class GoldenInstitution:
    """An institution of the golden world; ``persons`` are those who sign and decide for it."""

    name: str
    zh: str
    en: str
    code: str
    jurisdiction: str
    roles: tuple[str, ...]
    persons: tuple[str, ...] = ()

    @property
    def did(self) -> str:
        """Its DID."""
        return f"did:web:{self.name}.golden.example"

    @property
    def id(self) -> bytes:
        """Its institution id."""
        return institution_id("uscc", self.code)

    def key(self, purpose: str) -> Ed25519PrivateKey:
        """Its test key for a purpose, or of a person."""
        return signing_key(f"{self.name}/{purpose}")

    def multikey(self, purpose: str) -> str:
        """The public multikey of that key."""
        return public_multikey(self.key(purpose).public_key())

    def method(self, purpose: str) -> str:
        """The verification method of that key."""
        return verification_method(self.did, self.multikey(purpose))


AUTHORITIES = (
    GoldenAuthority("cnca", "国家认证认可监督管理委员会（测试）", "CNCA (test)", "CN", ("approval",)),
    GoldenAuthority("cnas", "中国合格评定国家认可委员会（测试）", "CNAS (test)", "CN", ("accreditation",)),
    GoldenAuthority("shanghai", "上海主管部门（测试）", "Authority of Shanghai (test)", "CN-SH", ("designation",)),
    GoldenAuthority("zhejiang", "浙江主管部门（测试）", "Authority of Zhejiang (test)", "CN-ZJ", ("designation",)),
)
MAKER = GoldenInstitution("maker", "测试钢铁厂", "Test Steelworks", "91310000MA1TTTT07N", "CN-SH", ("enterprise",))
PUBLISHER = GoldenInstitution(
    "publisher", "测试因子发布机构", "Test Factor Publisher", "91310000MA1TTTT15H", "CN-SH", ("factor-publisher",)
)
BODY = GoldenInstitution(
    "body",
    "测试认证机构",
    "Test Certification Body",
    "91310000MA1TTTT23C",
    "CN-SH",
    ("certification-body",),
    ("evaluator", "decider"),
)
PLATFORM = GoldenInstitution(
    "platform",
    "浙江测试平台",
    "Zhejiang Test Platform",
    "91330000MA1TTTT31F",
    "CN-ZJ",
    ("platform",),
    ("first", "second"),
)
INSTITUTIONS = (MAKER, PUBLISHER, BODY, PLATFORM)
