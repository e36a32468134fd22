"""A chain in this process with the contracts on it, and one node beside it, under a clock that moves when told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_account.signers.local import LocalAccount
from web3.providers.base import JSONBaseProvider
from web3.types import RPCEndpoint, RPCResponse

from ledger.chain import outbox
from ledger.chain.client import ChainClient
from ledger.chain.deploy import AuthorityGrant, Manifest, deploy
from ledger.chain.endpoint import Endpoint
from ledger.chain.indexer import Indexer
from ledger.chain.sender import Sender
from ledger.embedded.chain import EmbeddedChain
from ledger.embedded.clock import ManualClock
from ledger.embedded.config import ChainConfig
from ledger.embedded.provider import EmbeddedProvider
from ledger.keys import InstitutionKeys, KeyFile
from ledger.log import append_record
from ledger.store import Session, Store, records
from ledger.store import outbox as actions
from ledger.store.outbox import Action
from ledger.store.records import Record
from tests.databases import Database
from verifier.canonical import canonicalise
from verifier.credential import record_id, sign
from verifier.identifiers import bytes32_text, did_digest, number_digest

START = 1_800_000_000
ALL_KINDS = 0b1110
CERTIFICATION_BODY, PLATFORM = 1 << 1, 1 << 6
AUTHORITY = Account.from_key(b"\x11" * 32)

Fault = Callable[[str, Any], None]


class Wire(JSONBaseProvider):
    """The connection to a chain: another chain can be put behind it, it can fail before or after a request, and it can
    say that it took a transaction that it did not.
    """

    def __init__(self, chain: EmbeddedChain, *, auto_seal: bool = True) -> None:
        super().__init__()
        self.inner = EmbeddedProvider(chain, auto_seal=auto_seal)
        self.before: Fault | None = None
        self.after: Fault | None = None
        self.swallow_sends = 0

    def put_behind(self, chain: EmbeddedChain) -> None:
        """Answer from another chain from now on."""
        self.inner = EmbeddedProvider(chain, auto_seal=self.inner.auto_seal)

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:
        if self.before is not None:
            self.before(str(method), params)
        if self.swallow_sends and method == "eth_sendRawTransaction":
            self.swallow_sends -= 1
            return {"jsonrpc": "2.0", "id": 1, "result": "0x" + "ab" * 32}
        answer = self.inner.make_request(method, params)
        if self.after is not None:
            self.after(str(method), params)
        return answer


def new_chain(folder: Path | None = None) -> EmbeddedChain:
    return EmbeddedChain(folder, ChainConfig(timestamp=START), clock=ManualClock(START))


def advance(chain: EmbeddedChain, seconds: int = 1) -> None:
    assert isinstance(chain.clock, ManualClock)
    chain.clock.advance(seconds)


@dataclass
class World:
    """One node on one chain."""

    folder: Path
    database: Database
    chain: EmbeddedChain
    wire: Wire
    manifest: Manifest
    client: ChainClient
    store: Store
    keys: KeyFile
    body: InstitutionKeys
    finality_blocks: int = 0
    extra: dict[str, LocalAccount] = field(default_factory=dict)

    def sender(self, store: Store | None = None) -> Sender:
        accounts = {**self.keys.accounts(), AUTHORITY.address: AUTHORITY}
        return Sender(
            store or self.store, self.client, accounts, finality_blocks=self.finality_blocks, now=lambda: START
        )

    def indexer(self, store: Store | None = None) -> Indexer:
        return Indexer(store or self.store, self.client, finality_blocks=self.finality_blocks)

    def seal_block(self) -> None:
        advance(self.chain)
        self.chain.seal()

    def settle(self, steps: int = 12) -> None:
        """Sender and indexer in turn, until nothing moves."""
        sender, indexer = self.sender(), self.indexer()
        for _ in range(steps):
            if sender.step() + indexer.step() == 0:
                return
        raise AssertionError("it does not settle")

    def enqueue(self, action_id: str, contract: str, function: str, args: list[Any], **fields: Any) -> int:
        options: dict[str, Any] = {"sender_account": self.body.account.address, "now": START} | fields
        with self.store.writing() as session:
            row = outbox.enqueue(
                session, contract=contract, function=function, args=args, action_id=action_id, **options
            )
            session.commit()
        return row

    def register(
        self, keys: InstitutionKeys | None = None, roles: int = CERTIFICATION_BODY, where: str = "CN-SH"
    ) -> int:
        keys = keys or self.body
        registration = {
            "scheme": keys.scheme, "code": keys.code, "jurisdiction": bytes32_text(where),
            "account": keys.account.address, "roles": roles, "profileId": b"\x01" * 32,
            "didDigest": did_digest(keys.did), "endpoint": "http://node",
        }  # fmt: skip
        return self.enqueue(
            f"register/{keys.name}", "InstitutionRegistry", "register", [registration], sender_account=AUTHORITY.address
        )

    def qualify(self, category: str = "steel") -> None:
        for kind in (1, 2, 3):
            args = [self.body.id, kind, bytes32_text(category), bytes([kind]) * 32, 0, 0]
            self.enqueue(f"grant/{kind}", "InstitutionRegistry", "grant", args, sender_account=AUTHORITY.address)

    def issue(self, number: int, record: bytes | None = None) -> dict[str, Any]:
        """The argument of ``issue`` for the certificate with a number."""
        return {
            "issuer": self.body.id, "recordId": record or number.to_bytes(32, "big"), "documentType": 1,
            "numberDigest": number_digest(f"No {number}"), "category": bytes32_text("steel"), "pcrId": bytes(32),
            "origin": bytes32_text("CN-SH"), "holderCommitment": b"\x05" * 32, "capacityId": bytes(32),
            "validFrom": START, "validUntil": START + 10**8, "supersedes": bytes(32),
        }  # fmt: skip

    def keep(self, session: Session, number: int) -> bytes:
        """Store and log the signed record with a number; its id."""
        document = sign({"number": number}, self.body.assert_key, did=self.body.did, created="2026-01-01T00:00:00Z")
        data, identity = canonicalise(document), record_id(document)
        records.add(session, Record(identity, "Inventory", self.body.id, data, True, "own", START))
        append_record(session, self.body.id, data)
        return identity

    def action(self, action_id: str) -> Action:
        with self.store.reading() as session:
            found = actions.find(session, action_id)
        assert found is not None
        return found


def open_world(folder: Path, database: Database, chain: EmbeddedChain, *, finality_blocks: int = 0) -> World:
    wire = Wire(chain)
    endpoint = Endpoint(wire)
    manifest = deploy(endpoint, AUTHORITY, [AuthorityGrant(AUTHORITY.address, "CN", ALL_KINDS)])
    keys = KeyFile.create(folder / "node.keys", "a passphrase", scrypt_n=2**14)
    body = keys.add_institution("cb", "uscc", "91310000631696382C", "did:web:cb.example", ["li", "wang"])
    client = ChainClient.connect(wire, manifest.pins())
    store = Store.open(database.url)
    return World(folder, database, chain, wire, manifest, client, store, keys, body, finality_blocks)


@pytest.fixture
def world(tmp_path: Path, database: Database) -> Iterator[World]:
    with new_chain() as chain:
        opened = open_world(tmp_path, database, chain)
        yield opened
        opened.store.close()
