"""What the verifier believes before it looks: ``trust-root.json``.

Chain id and genesis hash, the directory's address, the contracts' code hashes, authorities, witnesses and quorum. The
first version is signed by more than two thirds of its own authorities; each later one by more than two thirds of the
previous version's. Nothing that a server or a file says about where to look is believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import Field, ValidationError

from verifier.canonical import digest_of, parse_canonical
from verifier.credential import check_proofs, split_method
from verifier.errors import FormatError, ProofError, VerifierError
from verifier.records.envelope import Proof
from verifier.records.inventory import Names
from verifier.records.model import (
    Address,
    Did,
    DigestText,
    Jurisdiction,
    LedgerRef,
    Multikey,
    RecordModel,
    ShortText,
    Time,
)
from verifier.records.registry import describe

MAX_TRUST_ROOT_BYTES: Final = 1024 * 1024
CONTRACTS: Final = (
    "CertificateRegistry",
    "Consortium",
    "Directory",
    "InstitutionRegistry",
    "RecognitionRegistry",
    "RecordLog",
)


class TrustRootError(VerifierError):
    """A trust root that cannot be believed."""

    code = "TRUST_ROOT"


class PinnedContract(RecordModel):
    """A contract's name, address, SHA-256 of its code and the block from which it is in the directory."""

    name: ShortText
    address: Address
    code_hash: DigestText
    from_block: Annotated[int, Field(ge=0)]


class Authority(RecordModel):
    """A member of the consortium: its account on chain, its signing key and what it may grant."""

    name: Names
    jurisdiction: Jurisdiction
    did: Did
    key: Multikey
    account: Address
    grants: list[Literal["approval", "accreditation", "designation"]]


class TrustRoot(RecordModel):
    """One version of the trust root, as read from its file."""

    schema_: Annotated[Literal["tanju/trust-root/1"], Field(alias="schema")]
    version: Annotated[int, Field(ge=1)]
    previous: DigestText | None
    created: Time
    network: Literal["test", "production"]
    ledger: LedgerRef
    directory: Address
    contracts: Annotated[list[PinnedContract], Field(min_length=1)]
    authorities: Annotated[list[Authority], Field(min_length=1, max_length=256)]
    witnesses: list[Multikey]
    quorum: Annotated[int, Field(ge=0)]
    proof: Annotated[list[Proof], Field(min_length=1, max_length=256)]

    def contract(self, name: str) -> PinnedContract:
        """The pinned contract of that name. Raises TrustRootError."""
        for contract in self.contracts:
            if contract.name == name:
                return contract
        raise TrustRootError(f"the trust root pins no contract {name}")

    def authority_key(self, multikey: str) -> Authority | None:
        """The authority that signs with this key, if any."""
        return next((item for item in self.authorities if item.key == multikey), None)


def load_trust_root(path: Path, previous: Sequence[Path] = ()) -> TrustRoot:
    """Read and check a trust root file that the verifier's owner obtained and compared by other means.

    A later version is checked against the ``previous`` files, oldest first, from version 1 on: it is believed because
    their authorities signed it.

    Raises OSError, or a VerifierError (FORMAT, NOT_CANONICAL, TRUST_ROOT, SIGNATURE) that says what is wrong.
    """
    root: TrustRoot | None = None
    held: bytes | None = None
    for file in (*previous, path):
        data = file.read_bytes()
        root = read_trust_root(data, previous=root, previous_bytes=held)
        held = data
    assert root is not None
    return root


def read_trust_root(
    data: bytes, *, previous: TrustRoot | None = None, previous_bytes: bytes | None = None
) -> TrustRoot:
    """Check a trust root's form and signatures; with ``previous``, as its successor. Raises VerifierError."""
    document = parse_canonical(data, limit=MAX_TRUST_ROOT_BYTES)
    try:
        root = TrustRoot.model_validate(document, by_alias=True, by_name=False)
    except ValidationError as error:
        raise FormatError(describe(error), remedy="see tanju/trust-root/1 in docs/reference/formats.md") from None
    _check_members(root)
    if previous is None:
        if root.version != 1:
            raise TrustRootError(
                f"version {root.version} is signed by the authorities of version {root.version - 1}",
                remedy="give the versions before it, oldest first: --previous-trust-root FILE",
            )
        signers = root
    else:
        if previous_bytes is None or root.previous != digest_of(previous_bytes) or root.version != previous.version + 1:
            raise TrustRootError("it does not follow the version that you hold", remedy="fetch the versions in between")
        if root.ledger != previous.ledger:
            raise TrustRootError("it is of another ledger")
        signers = previous
    _check_quorum(document, signers)
    return root


def _check_members(root: TrustRoot) -> None:
    names = [contract.name for contract in root.contracts]
    if sorted(names) != sorted(CONTRACTS):
        raise TrustRootError(f"it pins {names}", remedy="each of " + ", ".join(CONTRACTS) + " once")
    if root.contract("Directory").address != root.directory:
        raise TrustRootError("the directory's address differs from the pinned contract's")
    for field in ("key", "account"):
        values = [getattr(authority, field) for authority in root.authorities]
        if len(set(values)) != len(values):
            raise TrustRootError(f"two authorities share one {field}")


def _check_quorum(document: dict[str, Any], signers: TrustRoot) -> None:
    known = {(authority.did, authority.key) for authority in signers.authorities}
    signed = {split_method(method) for method in check_proofs(document)}
    if not signed <= known:
        raise ProofError("a signature of someone who is not an authority", code="TRUST_ROOT")
    if 3 * len(signed) <= 2 * len(known):
        raise TrustRootError(
            f"signed by {len(signed)} of {len(known)} authorities", remedy="more than two thirds must sign"
        )
