"""One institution's node, wired: settings, database, keys, trust root and chain, opened and closed as a whole."""

from __future__ import annotations

import contextlib
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from web3.providers.base import BaseProvider

from ledger.chain.client import ChainClient
from ledger.chain.guard import check_start
from ledger.chain.indexer import Indexer
from ledger.chain.pins import ChainPins
from ledger.chain.sender import Sender
from ledger.errors import NotFoundError, SettingsError
from ledger.keys import InstitutionKeys, KeyFile
from ledger.log import Sequencer
from ledger.settings import NodeSettings
from ledger.store import Store
from verifier.onchain import OnchainView, connect, view_over
from verifier.trustroot import TrustRoot, read_trust_root

SALT_BYTES: Final = 16
"""A record's salt has 128 bits."""

Clock = Callable[[], int]
"""Answers Unix time in whole seconds."""

Entropy = Callable[[int], bytes]
"""Answers that many random bytes."""

Loop = Callable[[threading.Event], None]
"""Runs until the event is set."""


def wall_clock() -> int:
    """The system's Unix time in whole seconds."""
    return int(time.time())


@dataclass(frozen=True, slots=True)
class Node:
    """Everything a service needs. Open it with `open`, close it with `close` or ``with``.

    Attributes:
        settings: as loaded.
        store: the database.
        keys: the opened key file.
        trust: the checked trust root; ``trust_bytes`` its file, byte for byte.
        chain: the chain, compared with the trust root.
        clock, entropy: where `now`, `random` and `salt` come from.
        provider: the web3 provider given instead of ``settings.chain_rpc``, or None.
    """

    settings: NodeSettings
    store: Store
    keys: KeyFile
    trust: TrustRoot
    trust_bytes: bytes
    chain: ChainClient
    clock: Clock = wall_clock
    entropy: Entropy = secrets.token_bytes
    provider: BaseProvider | None = None

    @classmethod
    def open(
        cls,
        settings: NodeSettings,
        *,
        provider: BaseProvider | None = None,
        clock: Clock = wall_clock,
        entropy: Entropy = secrets.token_bytes,
        guard: bool = True,
    ) -> Self:
        """Open database, key file and trust root, connect to the chain, and compare them (unless ``guard`` is False).

        Raises a LedgerError or VerifierError that says what is wrong: SchemaError, KeyFileError, SettingsError,
        ChainMismatchError, ChainRolledBackError, DatabaseBehindError, ChainUnavailableError, TrustRootError, …
        """
        trust_bytes = _read_trust_root(settings)
        trust = read_trust_root(trust_bytes)
        keys = KeyFile.open(settings.key_file, _passphrase(settings))
        with contextlib.ExitStack() as on_failure:
            store = Store.open(settings.database_url)
            on_failure.callback(store.close)
            chain = ChainClient.connect(provider or settings.chain_rpc, ChainPins.from_trust_root(trust))
            on_failure.callback(chain.close)
            node = cls(settings, store, keys, trust, trust_bytes, chain, clock, entropy, provider)
            own = [institution.id for institution in node.institutions()]
            if guard:
                check_start(store, chain, own, finality_blocks=settings.finality_blocks)
            on_failure.pop_all()
        return node

    @property
    def name(self) -> str:
        """The node's name."""
        return self.settings.name

    @property
    def token_secret(self) -> bytes:
        """Signs the API's tokens: the settings' secret, else the key file's own."""
        given = self.settings.token_secret
        return given.get_secret_value().encode() if given is not None else self.keys.token_secret

    def institutions(self) -> list[InstitutionKeys]:
        """The institutions that this node serves. Raises NotFoundError for a name that the key file does not have."""
        names = self.settings.institutions
        return [self.keys.institution(name) for name in names] if names else self.keys.institutions()

    def institution(self, name: str) -> InstitutionKeys:
        """The keys of an institution that this node serves. Raises NotFoundError."""
        if self.settings.institutions and name not in self.settings.institutions:
            served = ", ".join(self.settings.institutions)
            raise NotFoundError("institution", name, next_step=f"this node serves: {served}")
        return self.keys.institution(name)

    def now(self) -> int:
        """Unix seconds."""
        return self.clock()

    def random(self, count: int) -> bytes:
        """That many unpredictable bytes."""
        return self.entropy(count)

    def salt(self) -> str:
        """A fresh salt: 32 lower-case hex digits."""
        return self.random(SALT_BYTES).hex()

    def view(self) -> OnchainView:
        """A fresh view of the chain for the verifier's checks, at the chain's head of now."""
        if self.provider is not None:
            return view_over(self.provider, self.trust, endpoint=self.settings.chain_rpc)
        return connect(self.settings.chain_rpc, self.trust)

    def sender(self) -> Sender:
        """The loop that sends this node's actions."""
        accounts = self.keys.accounts()
        return Sender(self.store, self.chain, accounts, finality_blocks=self.settings.finality_blocks, now=self.clock)

    def indexer(self) -> Indexer:
        """The loop that copies the chain into the database."""
        return Indexer(self.store, self.chain, finality_blocks=self.settings.finality_blocks)

    def sequencer(self) -> Sequencer:
        """The loop that seals the logs."""
        return Sequencer(self.store, self.institutions(), now=self.clock)

    def loops(self) -> dict[str, Loop]:
        """The background loops by name, each to be run in a thread or process of its own."""
        return {"sender": self.sender().run, "indexer": self.indexer().run, "sequencer": self.sequencer().run}

    def close(self) -> None:
        """Close the chain's connections and the database."""
        self.chain.close()
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _read_trust_root(settings: NodeSettings) -> bytes:
    try:
        return settings.trust_root.read_bytes()
    except OSError as error:
        raise SettingsError(f"trust root: {error}", next_step="set TANJU_TRUST_ROOT to the trust root file") from error


def _passphrase(settings: NodeSettings) -> str:
    if settings.passphrase is None:
        raise SettingsError("no passphrase for the key file", next_step="set TANJU_PASSPHRASE")
    return settings.passphrase.get_secret_value()
