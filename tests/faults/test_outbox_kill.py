"""`kill -9` of a node at each named point: after a restart nothing is lost, nothing is doubled, and fsck is clean.

The chain is a process of its own that goes on; the node is a process that dies where TANJU_CRASH_AT says, and is
started again.
"""

import itertools
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from eth_account import Account

from ledger.chain import outbox
from ledger.chain.client import ChainClient
from ledger.chain.deploy import AuthorityGrant, Manifest, deploy
from ledger.chain.endpoint import Endpoint
from ledger.chain.indexer import Indexer
from ledger.chain.sender import Sender
from ledger.crash import CRASH_POINTS
from ledger.fsck import check_chain, check_store
from ledger.keys import InstitutionKeys, KeyFile
from ledger.store import Store, institutions, leaves
from ledger.store import outbox as actions
from ledger.store.engine import open_engine
from ledger.store.outbox import State
from ledger.store.upgrade import current_revision, upgrade
from verifier.identifiers import bytes32_text, did_digest

pytestmark = pytest.mark.faults

AUTHORITY = Account.from_key(b"\x11" * 32)
PASSPHRASE = "a passphrase"
RECORDS = 3
POINTS = sorted(CRASH_POINTS - {"while_migrating"})

# One node: records, log leaves and an action in one transaction, then the three loops until everything is on chain.
NODE = """
import pickle, sys, time
from pathlib import Path
from ledger.chain import outbox
from ledger.chain.client import ChainClient
from ledger.chain.guard import check_start
from ledger.chain.indexer import Indexer
from ledger.chain.sender import Sender
from ledger.keys import KeyFile
from ledger.log import Sequencer, append_record
from ledger.store import Store, checkpoints, records
from ledger.store import outbox as actions
from ledger.store.outbox import State
from ledger.store.records import Record
from verifier.canonical import canonicalise
from verifier.credential import record_id, sign

folder, rpc, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
body = KeyFile.open(folder / "node.keys", "a passphrase").institution("cb")
client = ChainClient.connect(rpc, pickle.loads((folder / "pins").read_bytes()))
with Store.open(f"sqlite:///{folder}/node.db") as store:
    check_start(store, client, [body.id])
    with store.writing() as session:
        for number in range(count):
            document = sign({"number": number}, body.assert_key, did=body.did, created="2026-01-01T00:00:00Z")
            data = canonicalise(document)
            records.add(session, Record(record_id(document), "Inventory", body.id, data, True, "own", 1))
            append_record(session, body.id, data)
        decider = [body.id, body.person("li").account.address]
        outbox.enqueue(
            session, sender_account=body.account.address, contract="InstitutionRegistry", function="addDecider",
            args=decider, action_id="decider/li",
        )
        session.commit()
    sequencer = Sequencer(store, [body])
    sender, indexer = Sender(store, client, {body.account.address: body.account}), Indexer(store, client)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        indexer.step() + sequencer.step() + sender.step()
        with store.reading() as session:
            anchored = checkpoints.last_anchored(session, body.id, 0)
            settled = set(actions.count_by_state(session)) <= {State.FINAL}
        if anchored is not None and anchored.size == count and settled:
            print("settled")
            break
        time.sleep(0.05)
client.close()
"""


def lei(number: int) -> str:
    """The legal entity identifier with a number, with its two check digits (ISO 17442, ISO 7064 MOD 97-10)."""
    stem = f"TANJU0000000{number:06d}"
    digits = "".join(str(int(character, 36)) for character in stem + "00")
    return f"{stem}{98 - int(digits) % 97:02d}"


@dataclass(slots=True)
class Ledger:
    """A running chain with the contracts on it."""

    rpc: str
    manifest: Manifest


@pytest.fixture(scope="module")
def ledger(repo_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    folder = tmp_path_factory.mktemp("chain")
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ledger.embedded", "--data", str(folder / "data"), "--port", "0"],
            cwd=repo_root, stdout=subprocess.PIPE, stderr=log, text=True,
        )  # fmt: skip
    assert process.stdout is not None
    rpc = process.stdout.readline().split()[2]
    endpoint = Endpoint(rpc)
    yield Ledger(rpc, deploy(endpoint, AUTHORITY, [AuthorityGrant(AUTHORITY.address, "CN", 0b1110)]))
    endpoint.close()
    process.terminate()
    process.wait()
    process.stdout.close()


NUMBERS = itertools.count(1)


@pytest.fixture
def body(ledger: Ledger, tmp_path: Path) -> InstitutionKeys:
    """A node's folder with an institution that the chain knows and the node has read about."""
    number = next(NUMBERS)
    keys = KeyFile.create(tmp_path / "node.keys", PASSPHRASE, scrypt_n=2**14)
    body = keys.add_institution("cb", "lei", lei(number), f"did:web:n{number}.example", ["li"])
    engine = open_engine(f"sqlite:///{tmp_path}/node.db")
    upgrade(engine)
    engine.dispose()
    (tmp_path / "pins").write_bytes(pickle.dumps(ledger.manifest.pins()))
    client = ChainClient.connect(ledger.rpc, ledger.manifest.pins())
    with Store.open(f"sqlite:///{tmp_path}/node.db") as store:
        registration = {
            "scheme": "lei", "code": body.code, "jurisdiction": bytes32_text("CN-SH"), "account": body.account.address,
            "roles": 2, "profileId": b"\x01" * 32, "didDigest": did_digest(body.did), "endpoint": "http://node",
        }  # fmt: skip
        with store.writing() as session:
            outbox.enqueue(
                session, sender_account=AUTHORITY.address, contract="InstitutionRegistry", function="register",
                args=[registration], action_id="register",
            )  # fmt: skip
            session.commit()
        sender, indexer = Sender(store, client, {AUTHORITY.address: AUTHORITY}), Indexer(store, client)
        while not _registered(store, body):
            sender.step()
            indexer.step()
    client.close()
    return body


def _registered(store: Store, body: InstitutionKeys) -> bool:
    with store.reading() as session:
        action = actions.find(session, "register")
        assert action is not None
        return action.state is State.FINAL and institutions.find(session, body.id) is not None


def run_node(repo_root: Path, folder: Path, ledger: Ledger, crash_at: str | None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "TANJU_CRASH_AT"}
    if crash_at:
        environment["TANJU_CRASH_AT"] = crash_at
    return subprocess.run(
        [sys.executable, "-c", NODE, str(folder), ledger.rpc, str(RECORDS)],
        cwd=repo_root, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("point", POINTS)
def test_a_node_killed_at(point: str, repo_root: Path, tmp_path: Path, ledger: Ledger, body: InstitutionKeys) -> None:
    died = run_node(repo_root, tmp_path, ledger, point)
    assert died.returncode == -signal.SIGKILL, died.stderr
    restarted = run_node(repo_root, tmp_path, ledger, None)
    assert (restarted.returncode, restarted.stdout) == (0, "settled\n"), restarted.stderr
    check_nothing_lost_nothing_doubled(tmp_path, ledger, body)


@pytest.mark.slow
def test_a_node_killed_again_and_again(repo_root: Path, tmp_path: Path, ledger: Ledger, body: InstitutionKeys) -> None:
    for point in POINTS:
        run_node(repo_root, tmp_path, ledger, point)
    restarted = run_node(repo_root, tmp_path, ledger, None)
    assert (restarted.returncode, restarted.stdout) == (0, "settled\n"), restarted.stderr
    check_nothing_lost_nothing_doubled(tmp_path, ledger, body)


def check_nothing_lost_nothing_doubled(folder: Path, ledger: Ledger, body: InstitutionKeys) -> None:
    client = ChainClient.connect(ledger.rpc, ledger.manifest.pins())
    with Store.open(f"sqlite:///{folder}/node.db") as store:
        assert [*check_store(store), *check_chain(store, client)] == []
        with store.reading() as session:
            assert leaves.size(session, body.id, 0) == RECORDS
            own = [action for action in actions.in_states(session, set(State)) if action.sender == body.account.address]
    head = client.log.head(body.id, 0)
    assert head is not None
    assert head.size == RECORDS
    assert client.institutions.is_decider(body.id, body.person("li").account.address)
    assert {action.state for action in own} == {State.FINAL}
    assert client.log.checkpoint_count(body.id, 0) == len([a for a in own if a.function == "append"])
    assert client.endpoint.transaction_count(body.account.address) == len(own)
    assert sorted(action.nonce for action in own if action.nonce is not None) == list(range(len(own)))
    client.close()


def test_a_migration_that_is_killed(repo_root: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/node.db"
    program = (
        "import sys; from ledger.store.engine import open_engine; from ledger.store.upgrade import upgrade;"
        " upgrade(open_engine(sys.argv[1]))"
    )
    died = subprocess.run(
        [sys.executable, "-c", program, url], cwd=repo_root, env=os.environ | {"TANJU_CRASH_AT": "while_migrating"},
        capture_output=True, check=False,
    )  # fmt: skip
    assert died.returncode == -signal.SIGKILL, died.stderr
    engine = open_engine(url)
    assert current_revision(engine) is None
    upgrade(engine)
    engine.dispose()
    Store.open(url).close()
