"""The chain asked over JSON-RPC: the only module of the verifier that imports web3 (lazily, it takes a second).

The endpoint is believed for nothing that the trust root pins: chain id, genesis hash, contract addresses (from the
trust root, never from the endpoint) and the SHA-256 of their code are compared before the first question. All
questions are answered at one block: the finalised head, or the block that the verifier pinned, whose header is hashed
again. What the contracts hold at that block is the endpoint's word until state proofs exist.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

import contracts
from verifier.blockheader import MAX_EXTRA_DATA_BYTES, block_ref, block_time, encode_header
from verifier.canonical import digest_of
from verifier.chainview import (
    ACTIONS,
    CERTIFICATE_STATUSES,
    OWNERS,
    RECOGNITION_STATUSES,
    BlockRef,
    OnchainCertificate,
    OnchainChange,
    OnchainCheckpoint,
    OnchainDecision,
)
from verifier.errors import ChainUnavailableError, FormatError
from verifier.printable import printable
from verifier.trustroot import CONTRACTS, TrustRoot

if TYPE_CHECKING:
    from web3 import Web3
    from web3.contract import Contract
    from web3.providers.base import BaseProvider

    from verifier.jsonrpc import JsonRpcClient

TIMEOUT_SECONDS: Final = 15
"""For one answer as a whole."""
VIEW_SECONDS: Final = 180
"""For all answers to one view together."""
MAX_SHOWN: Final = 300
ZERO32: Final = bytes(32)
REHASHED: Final = "the block's header was hashed again; the endpoint is believed for the state (no state proofs yet)"
ECHOED: Final = "the header has consensus seals and was not hashed again: the endpoint is believed for time and state"
_PINNED: Final = re.compile(
    r"\A([1-9][0-9]{0,15}):(?:0x)?([0-9a-f]{64}):([0-9]{1,15}):(?:0x)?([0-9a-f]{64})\Z", re.ASCII
)


@dataclass(frozen=True, slots=True)
class PinnedHead:
    """``chainId:genesis:number:hash``: a block that the verifier's owner pinned by other means."""

    chain_id: int
    genesis: str
    number: int
    hash: bytes

    @classmethod
    def parse(cls, text: str) -> PinnedHead:
        """Read a HEAD. Raises FormatError."""
        found = _PINNED.match(text)
        if not found:
            raise FormatError(
                f"{text[:200]!r} is not a HEAD", remedy="chainId:genesis:number:hash, hashes in lower-case hex"
            )
        return cls(int(found[1]), found[2], int(found[3]), bytes.fromhex(found[4]))


class OnchainView:
    """A ``ChainView`` over a JSON-RPC endpoint."""

    def __init__(self, web3: Web3, trust: TrustRoot, *, endpoint: str, pinned: PinnedHead | None = None) -> None:
        """Connect and compare; the checks' own questions come later. Raises nothing: see ``connect``."""
        self._web3 = web3
        self._trust = trust
        self._endpoint = endpoint
        self._pinned = pinned
        self._head: BlockRef | None = None
        self._refused: ChainUnavailableError | None = None
        self._is_rehashed = False
        self._contracts: dict[str, type[Contract] | Contract] = {}
        self._answers: dict[tuple[Any, ...], Any] = {}
        self._blocks: dict[int, BlockRef] = {}

    def describe(self) -> dict[str, str]:
        """The endpoint, the block at which it was read and, where one was pinned, what that proves."""
        head = self.head()
        told = {
            "kind": "chain endpoint",
            "endpoint": self._endpoint,
            "head": f"{self._trust.ledger.chain_id}:{self._trust.ledger.genesis}:{head.number}:{head.hash.hex()}",
        }
        if self._pinned is None:
            return told
        return told | {"kind": "chain endpoint at a pinned block", "note": REHASHED if self._is_rehashed else ECHOED}

    def head(self) -> BlockRef:
        """The block at which all questions are answered; the first call compares the endpoint with the trust root."""
        if self._refused is not None:
            raise self._refused
        if self._head is None:
            try:
                self._head = self._ask(self._connect)
            except ChainUnavailableError as error:
                self._refused = error
                raise
        return self._head

    def institution_of_did(self, did_digest: bytes, valid_at: int, known_at: int) -> bytes | None:
        """The institution that had this DID."""
        return _known(self._call("InstitutionRegistry", "institutionOfDid", did_digest, valid_at, known_at))

    def block(self, number: int) -> BlockRef | None:
        """The block of that number, up to the head."""
        if not 0 <= number <= self.head().number:
            return None
        if number not in self._blocks:
            self._blocks[number] = self._ask(lambda: block_ref(self._block(number), number))
        return self._blocks[number]

    def roles(self, institution: bytes) -> int:
        """The bits of its roles; 0 for an unknown institution."""
        return int(self._institution(institution)[2])

    def profile_id(self, institution: bytes) -> bytes | None:
        """The record id of its profile."""
        return _known(self._institution(institution)[3])

    def qualification_records(self, institution: bytes, kind: int, category: bytes) -> frozenset[bytes]:
        """The record ids of all its qualifications of that kind and category, renewed ones included."""
        changes = self._call("InstitutionRegistry", "qualificationHistory", institution, kind, category)
        return frozenset(bytes(change[5]) for change in changes if any(bytes(change[5])))

    def key_valid_at(self, institution: bytes, key_digest: bytes, purpose: int, valid_at: int, known_at: int) -> bool:
        """Whether the key was that institution's for that purpose."""
        return bool(
            self._call("InstitutionRegistry", "keyValidAt", institution, key_digest, purpose, valid_at, known_at)
        )

    def competent_at(
        self, institution: bytes, document_type: int, category: bytes, valid_at: int, known_at: int
    ) -> bool:
        """Whether it held every qualification that the document type requires."""
        return bool(
            self._call("InstitutionRegistry", "competentAt", institution, document_type, category, valid_at, known_at)
        )

    def checkpoint_for(self, institution: bytes, epoch: int, index: int) -> OnchainCheckpoint | None:
        """The first checkpoint on chain that covers the leaf."""
        count = self._checkpoint_count(institution, epoch)
        position = self._first(count, lambda found: found.size > index, institution, epoch)
        return None if position == count else self._checkpoint(institution, epoch, position)

    def checkpoint_of_size(self, institution: bytes, epoch: int, size: int) -> OnchainCheckpoint | None:
        """The checkpoint of exactly that size."""
        count = self._checkpoint_count(institution, epoch)
        position = self._first(count, lambda found: found.size >= size, institution, epoch)
        found = None if position == count else self._checkpoint(institution, epoch, position)
        return found if found is not None and found.size == size else None

    def certificate(self, key: bytes) -> OnchainCertificate | None:
        """The certificate's entry; the record without an issue time is the chain's "there is none"."""
        if not self.history(key):
            return None
        entry = self._call("CertificateRegistry", "certificate", key)
        return OnchainCertificate(
            issuer=bytes(entry[0]),
            record_id=bytes(entry[1]),
            number_digest=bytes(entry[2]),
            document_type=int(entry[3]),
            category=bytes(entry[4]),
            pcr_id=bytes(entry[5]),
            origin=bytes(entry[6]),
            holder_commitment=bytes(entry[7]),
            valid_from=block_time(entry[9]),
            valid_until=block_time(entry[10]),
            issued_at=block_time(entry[12]),
        )

    def history(self, key: bytes) -> list[OnchainChange]:
        """Its whole history up to the head."""
        return [
            OnchainChange(
                action=_named(ACTIONS, action),
                owner=_named(OWNERS, owner),
                effective_from=block_time(effective),
                recorded_at=block_time(recorded),
                reason=bytes(reason),
            )
            for action, owner, _, effective, recorded, reason in self._call("CertificateRegistry", "history", key)
        ]

    def status_at(self, key: bytes, valid_at: int, known_at: int) -> str:
        """Its status (one of CERTIFICATE_STATUSES)."""
        return _named(CERTIFICATE_STATUSES, self._call("CertificateRegistry", "statusAt", key, valid_at, known_at))

    def recognition_at(
        self, key: bytes, jurisdiction: bytes, purpose: bytes, valid_at: int, known_at: int
    ) -> tuple[str, bytes]:
        """The effective recognition (one of RECOGNITION_STATUSES) and the decision's id on chain."""
        status, decision = self._call(
            "RecognitionRegistry", "effective", key, jurisdiction, purpose, valid_at, known_at
        )
        return _named(RECOGNITION_STATUSES, status), bytes(decision)

    def decision(self, decision: bytes) -> OnchainDecision:
        """A decision by its id on chain."""
        found = self._call("RecognitionRegistry", "decision", decision)
        return OnchainDecision(
            institution=bytes(found[3]),
            mode=int(found[4]),
            outcome=int(found[5]),
            record_id=bytes(found[6]),
            valid_until=block_time(found[7]),
            reasons=tuple(bytes(reason) for reason in found[8]),
        )

    def _institution(self, institution: bytes) -> Any:
        return self._call("InstitutionRegistry", "institution", institution)

    def _checkpoint_count(self, institution: bytes, epoch: int) -> int:
        return int(self._call("RecordLog", "checkpointCount", institution, epoch))

    def _checkpoint(self, institution: bytes, epoch: int, position: int) -> OnchainCheckpoint:
        size, recorded_at, root = self._call("RecordLog", "checkpointAt", institution, epoch, position)
        return OnchainCheckpoint(size=int(size), root=bytes(root), recorded_at=block_time(recorded_at))

    def _first(self, count: int, holds: Callable[[OnchainCheckpoint], bool], institution: bytes, epoch: int) -> int:
        """The first position (of growing sizes) at which ``holds``; ``count`` when nowhere (binary search)."""
        low, high = 0, count
        while low < high:
            middle = (low + high) // 2
            if holds(self._checkpoint(institution, epoch, middle)):
                high = middle
            else:
                low = middle + 1
        return low

    def _call(self, contract: str, function: str, *arguments: Any) -> Any:
        """Ask once: all answers are of one block, so that a second question has the same answer."""
        head, asked = self.head(), (contract, function, arguments)
        if asked not in self._answers:
            self._answers[asked] = self._ask(lambda: self._answer(contract, function, arguments, head.number))
        return self._answers[asked]

    def _answer(self, contract: str, function: str, arguments: tuple[Any, ...], number: int) -> Any:
        bound = self._contracts[contract].functions[function](*arguments)
        # CCIP read (EIP-3668) would fetch any address that the endpoint names.
        return bound.call(block_identifier=number, ccip_read_enabled=False)

    def _ask(self, question: Callable[[], Any]) -> Any:
        """Ask the endpoint; whatever goes wrong on the way is ChainUnavailableError, never an answer."""
        try:
            return question()
        except ChainUnavailableError:
            raise
        except Exception as error:  # what web3 and its decoders raise on a hostile answer is no closed list
            raise ChainUnavailableError(
                printable(f"{type(error).__name__}: {error}", limit=MAX_SHOWN),
                remedy=f"is the chain at {self._endpoint} up and on this ledger?",
            ) from error

    def _connect(self) -> BlockRef:
        ledger, pinned = self._trust.ledger, self._pinned
        if pinned is not None:
            known = f"{ledger.chain_id}:{ledger.genesis}"
            _equal("pinned ledger", f"{pinned.chain_id}:{pinned.genesis}", known)
        _equal("chain id", self._web3.eth.chain_id, ledger.chain_id)
        _equal("genesis hash", block_ref(self._block(0), 0).hash.hex(), ledger.genesis)
        head = block_ref(self._block("finalized"), None) if pinned is None else self._pinned_block(pinned)
        if head.time == 0:
            raise ChainUnavailableError("the head has no time", remedy="ask another endpoint")
        for name in CONTRACTS:
            self._contracts[name] = self._bind(name, head.number)
        return head

    def _pinned_block(self, pinned: PinnedHead) -> BlockRef:
        """The pinned block, its header hashed again: the hash alone would be an echo of the question."""
        block = self._block(pinned.number)
        head = block_ref(block, pinned.number)
        _equal(f"hash of block {pinned.number}", head.hash.hex(), pinned.hash.hex(), "you pinned")
        extra = block.get("proofOfAuthorityData", block.get("extraData"))
        if len(bytes(extra)) <= MAX_EXTRA_DATA_BYTES:
            own = bytes(self._web3.keccak(encode_header({**block, "extraData": extra})))
            _equal(f"header of block {pinned.number}, hashed,", own.hex(), pinned.hash.hex(), "you pinned")
            self._is_rehashed = True
        return head

    def _bind(self, name: str, number: int) -> Any:
        pinned = self._trust.contract(name)
        address = self._web3.to_checksum_address(pinned.address)
        code = bytes(self._web3.eth.get_code(address, block_identifier=number))
        _equal(f"code of {name}", digest_of(code), pinned.code_hash)
        return self._web3.eth.contract(address=address, abi=contracts.load(name).abi)

    def _block(self, which: Any) -> Any:
        return self._web3.eth.get_block(which)


def connect(rpc: str, trust: TrustRoot, *, pinned: PinnedHead | None = None) -> OnchainView:
    """A view over the endpoint ``rpc`` (http or https). Nothing is asked yet: an endpoint that is down is each
    check's ERROR. Raises FormatError for what is no HTTP address.
    """
    from verifier.jsonrpc import JsonRpcClient

    if not rpc.startswith(("http://", "https://")) or not (rpc.isascii() and rpc.isprintable()):
        raise FormatError(f"{rpc[:200]!r} is not an HTTP endpoint", remedy="http://host:port")
    client = JsonRpcClient(rpc, request_seconds=TIMEOUT_SECONDS, total_seconds=VIEW_SECONDS)
    return view_over(_provider(client), trust, endpoint=rpc, pinned=pinned)


def view_over(
    provider: BaseProvider, trust: TrustRoot, *, endpoint: str, pinned: PinnedHead | None = None
) -> OnchainView:
    """A view over any web3 provider: blocks with consensus seals are read, and no address in an answer is followed.

    Args:
        provider: asked by this view; its CCIP read is turned off.
        trust: the trust root with which the chain is compared.
        endpoint: what reports call the provider.
        pinned: the block to read at; by default the finalised head.
    """
    from web3 import Web3
    from web3.middleware import ExtraDataToPOAMiddleware

    provider.global_ccip_read_enabled = False
    web3 = Web3(provider)
    # QBFT, IBFT and Clique headers carry seals in extraData, longer than web3 otherwise reads.
    web3.middleware_onion.inject(ExtraDataToPOAMiddleware, layer=0)
    return OnchainView(web3, trust, endpoint=endpoint, pinned=pinned)


def _provider(client: JsonRpcClient) -> BaseProvider:
    """A web3 provider over the client; the class is made here because web3 is imported lazily."""
    from web3.providers.base import JSONBaseProvider
    from web3.types import RPCEndpoint, RPCResponse

    class ClientProvider(JSONBaseProvider):
        """Encodes as web3 does and asks the client."""

        def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
            """The answer to one request. Raises ChainUnavailableError."""
            return cast(RPCResponse, client.post(self.encode_rpc_request(method, params)))

    return ClientProvider()


def _equal(what: str, found: object, expected: object, expected_by: str = "the trust root says") -> None:
    if found != expected:
        raise ChainUnavailableError(
            f"{what} is {found}, {expected_by} {expected}", remedy="this is not the chain of your trust root"
        )


def _known(raw: Any) -> bytes | None:
    value = bytes(raw)
    return None if value == ZERO32 else value


def _named(names: tuple[str, ...], code: Any) -> str:
    number = int(code)
    if number >= len(names):
        raise ChainUnavailableError(f"the chain answers code {number}, which this version does not know")
    return names[number]
