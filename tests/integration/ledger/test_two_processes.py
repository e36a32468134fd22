"""Two processes send for one account out of one database, at the same time, to a chain that is a third process."""

import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ledger.chain import outbox
from ledger.chain.client import ChainClient
from ledger.chain.deploy import AuthorityGrant, Manifest, deploy
from ledger.chain.endpoint import Endpoint
from ledger.keys import InstitutionKeys, KeyFile
from ledger.store import Store
from ledger.store import outbox as actions
from ledger.store.outbox import State
from tests.databases import Database, only_postgresql
from tests.integration.ledger.conftest import AUTHORITY
from verifier.identifiers import bytes32_text, did_digest

ACTIONS = 24
PASSPHRASE = "a passphrase"

# Waits for a line on stdin, then steps until everything is final; answers with what it sent, in order.
SENDER = """
import contextlib, json, pickle, sys, time
from pathlib import Path
from ledger.chain.client import ChainClient
from ledger.chain.endpoint import Endpoint
from ledger.chain.sender import Sender
from ledger.keys import KeyFile
from ledger.store import Store
from ledger.store import outbox as actions
from ledger.store.outbox import State
from verifier.canonical import sha256

folder, rpc, url, turns = Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
sent, send = [], Endpoint.send_raw
def send_and_note(self, raw):
    sent.append(sha256(raw).hex())
    return send(self, raw)
Endpoint.send_raw = send_and_note
if turns == "nobody waits":
    Store.turn = lambda self, name: contextlib.nullcontext(True)
body = KeyFile.open(folder / "node.keys", "a passphrase").institution("cb")
client = ChainClient.connect(rpc, pickle.loads((folder / "pins").read_bytes()))
with Store.open(url) as store:
    sender = Sender(store, client, {body.account.address: body.account})
    print("ready", flush=True)
    sys.stdin.readline()
    moved, deadline = 0, time.monotonic() + 120
    while time.monotonic() < deadline:
        moved += sender.step()
        with store.reading() as session:
            if set(actions.count_by_state(session)) == {State.FINAL}:
                break
        time.sleep(0.01)
client.close()
print(json.dumps({"sent": sent, "moved": moved}))
"""


@dataclass
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


LEIS = iter(("5493001KJTIIGC8Y1R12", "529900T8BM49AURSDO55", "INR2EJN1ERAN0W5ZP974"))


@pytest.fixture
def body(ledger: Ledger, tmp_path: Path, database: Database) -> InstitutionKeys:
    """An institution that the chain knows, with actions waiting in its node's database."""
    (tmp_path / "pins").write_bytes(pickle.dumps(ledger.manifest.pins()))
    keys = KeyFile.create(tmp_path / "node.keys", PASSPHRASE, scrypt_n=2**14)
    lei = next(LEIS)
    body = keys.add_institution("cb", "lei", lei, f"did:web:{lei.lower()}.example")
    registration = {
        "scheme": "lei", "code": lei, "jurisdiction": bytes32_text("CN-SH"), "account": body.account.address,
        "roles": 2, "profileId": b"\x01" * 32, "didDigest": did_digest(body.did), "endpoint": "http://node",
    }  # fmt: skip
    client = ChainClient.connect(ledger.rpc, ledger.manifest.pins())
    to, data = client.encode_call("InstitutionRegistry", "register", [registration])
    transaction = {
        "chainId": ledger.manifest.chain_id, "nonce": client.endpoint.transaction_count(AUTHORITY.address),
        "gas": 2_000_000, "gasPrice": 0, "value": 0, "to": to, "data": data,
    }  # fmt: skip
    signed = AUTHORITY.sign_transaction(transaction)
    client.endpoint.send_raw(bytes(signed.raw_transaction))
    while client.endpoint.receipt(bytes(signed.hash)) is None:
        pass
    client.close()
    with Store.open(database.url) as store, store.writing() as session:
        for number in range(ACTIONS):
            outbox.enqueue(
                session, sender_account=body.account.address, contract="InstitutionRegistry", function="addDecider",
                args=[body.id, f"0x{number + 1:040x}"], action_id=f"decider/{number}",
            )  # fmt: skip
        session.commit()
    return body


def run_both(repo_root: Path, folder: Path, ledger: Ledger, url: str, turns: str) -> list[dict[str, list[str]]]:
    """Start two senders, let them go together, and return what each one says that it sent."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", SENDER, str(folder), ledger.rpc, url, turns],
            cwd=repo_root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(2)
    ]  # fmt: skip
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=180)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0]
    return [json.loads(answer) for answer in answers]


def check_each_once(ledger: Ledger, database: Database, body: InstitutionKeys, sent: list[str]) -> None:
    """Every action final in a transaction of its own, no nonce given twice, nothing on chain but them."""
    with Store.open(database.url) as store, store.reading() as session:
        own = actions.in_states(session, set(State))
    assert {action.state for action in own} == {State.FINAL}
    assert sorted(action.nonce for action in own if action.nonce is not None) == list(range(ACTIONS))
    assert len({action.tx_hash for action in own}) == ACTIONS
    assert len(set(sent)) == ACTIONS, "another transaction was signed for an action, or a nonce was used twice"
    endpoint = Endpoint(ledger.rpc)
    assert endpoint.transaction_count(body.account.address) == ACTIONS
    endpoint.close()


def test_two_senders_at_once(
    repo_root: Path, tmp_path: Path, ledger: Ledger, database: Database, body: InstitutionKeys
) -> None:
    answers = run_both(repo_root, tmp_path, ledger, database.url, "in turn")
    sent = [raw for answer in answers for raw in answer["sent"]]
    check_each_once(ledger, database, body, sent)
    if database.kind == "postgresql":
        assert len(sent) == ACTIONS, "two processes served one account at once"


@only_postgresql
def test_two_senders_that_lost_their_turns(
    repo_root: Path, tmp_path: Path, ledger: Ledger, database: Database, body: InstitutionKeys
) -> None:
    answers = run_both(repo_root, tmp_path, ledger, database.url, "nobody waits")
    assert all(answer["moved"] for answer in answers), "one of them had nothing to do: this shows nothing"
    check_each_once(ledger, database, body, [raw for answer in answers for raw in answer["sent"]])
