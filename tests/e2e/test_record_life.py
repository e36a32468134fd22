"""The life of two records, on real processes: a chain, three nodes, HTTP between them and their users.

The tests stand in the story's order and share one stage: each is a step that the steps after it need. What a step
finds is asserted by the demo itself; here it is looked at again, by other means.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.demo import story
from api.demo.actors import NODES
from api.demo.consortium import found
from api.demo.errors import DemoError
from api.demo.layout import prepared
from api.demo.nodes import make_nodes, serve_nodes
from api.demo.ports import LOOPBACK, free_ports
from api.demo.processes import Processes
from api.demo.run import start_chain
from api.demo.stage import PURPOSE, ZHEJIANG, Outcome, Stage
from api.demo.subjects import load_subjects
from verifier.canonical import canonicalise, parse
from verifier.merkle import check_consistency
from verifier.onchain import PinnedHead, connect
from verifier.records.model import parse_time

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A fresh chain, a founded consortium, three nodes that answer, and their clients."""
    with ExitStack() as stack:
        layout = stack.enter_context(prepared(tmp_path_factory.mktemp("life") / "demo"))
        processes = stack.enter_context(Processes(layout))
        chain_port, *ports = free_ports(1 + len(NODES), None)
        addresses = {name: f"http://{LOOPBACK}:{port}" for name, port in zip(NODES, ports, strict=True)}
        rpc = start_chain(layout, processes, chain_port)
        founded = found(layout, rpc, addresses)
        ready = make_nodes(layout, rpc, founded, addresses)
        serve_nodes(layout, processes, ready, founded)
        clients = ready.clients()
        for client in clients.values():
            stack.callback(client.close)
        yield Stage(layout, founded.trust, rpc, clients, load_subjects(None))
        processes.check_all()


def tanju(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The verifier's own command, in a process of its own."""
    command = [sys.executable, "-c", "from verifier.cli import main; main()", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


def verified(stage: Stage, evidence: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """What a stranger finds who has the file, the trust root and the chain's address, and none of the nodes."""
    trust = ["--trust-root", str(stage.layout.trust_root)]
    done = tanju("verify", str(evidence), *trust, "--json", *arguments)
    return done.returncode, json.loads(done.stdout)


def steel(stage: Stage) -> Path:
    return stage.layout.evidence / "steel-coil.evidence.json"


def page(stage: Stage, node: str, **query: str) -> Any:
    """The facts of the steel coil's page at a node."""
    return stage.client(node).read_json(f"/c/{stage.leading.certificate_id}.json", **query)


def test_the_authorities_sign_one_trust_root_and_every_node_holds_it(stage: Stage) -> None:
    assert story.trust_root(stage) == Outcome("DONE", "VALID", note="7 authorities")


def test_the_publisher_publishes_what_the_inventories_cite(stage: Stage) -> None:
    assert story.publish(stage).verdict == "VALID"
    published = stage.client("bank").read_json("/v1/factor-datasets")["factorDatasets"]
    assert published == []
    known = stage.client("publisher").read_json("/v1/factor-datasets")["factorDatasets"]
    assert {item["name"] for item in known} == {name for one in stage.subjects for name in one.cited_datasets()}


def test_the_maker_discloses_and_its_rows_stay_with_it(stage: Stage) -> None:
    story.disclose(stage)
    for subject in stage.subjects:
        record = stage.client("maker").read_json(f"/v1/records/{subject.inventory_id}")["credentialSubject"]
        assert record["tables"]["exchanges"]["count"] == len(subject.inventory["exchanges"])
        assert "exchanges" not in record


def test_the_certification_body_recalculates_to_the_digit(stage: Stage) -> None:
    assert story.recalculate(stage).verdict == "R0"
    coil, electricity = stage.subjects
    declared = coil.inventory["declared"]["total"]
    assert coil.total == {"value": declared["amount"], "unit": declared["unit"], "per": "1 t"}
    assert electricity.total["per"] == "1 kWh"


def test_two_persons_sign_and_nobody_certifies_without_a_token(stage: Stage) -> None:
    story.certify(stage)
    url = stage.client("certifier").url
    refused = httpx2.post(f"{url}/v1/certificates", json={}, trust_env=False)
    assert (refused.status_code, refused.json()["code"]) == (401, "TOKEN_MISSING")
    certificate = stage.client("maker").read_json(f"/v1/records/{stage.leading.certificate_id}")
    dossier = certificate["credentialSubject"]["dossier"]
    assert dossier["evaluator"] != dossier["decider"]
    hidden = httpx2.get(f"{url}/v1/records/{dossier['id']}", trust_env=False)
    assert hidden.status_code == 404


def test_it_is_anchored_and_a_stranger_finds_it_valid_against_the_chain(stage: Stage) -> None:
    story.anchor(stage)
    for subject in stage.subjects:
        path = stage.layout.evidence / f"{subject.key}.stranger.json"
        path.write_bytes(subject.evidence)
        code, report = verified(stage, path, "--rpc", stage.rpc)
        assert (code, report["verdict"]) == (0, "VALID")
        assert {item["check"]: item["status"] for item in report["checks"]}[10] == "VALID"


def test_zhejiang_finds_everything_but_a_recognition(stage: Stage) -> None:
    outcome = story.check(stage)
    assert (outcome.status, outcome.verdict, outcome.note) == ("NONE", "INVALID", "13 RECOGNITION_NONE")


def test_one_person_alone_recognises_nothing(stage: Stage) -> None:
    first, subject = stage.client("first-reviewer"), stage.leading
    proposal = first.write("/v1/recognitions", canonicalise(story.recognition_of(subject)))["proposalId"]
    with pytest.raises(DemoError, match="SAME_PERSON"):
        first.write(f"/v1/recognitions/{proposal}/confirmations")
    first.wait_final(proposal)
    assert page(stage, "first-reviewer", jurisdiction=ZHEJIANG, purpose=PURPOSE)["verdict"] == "INVALID"


def test_two_persons_recognise_and_the_same_question_has_another_answer(stage: Stage) -> None:
    story.recognise(stage)
    assert story.check_again(stage) == Outcome("FULL", "VALID", "procurement")
    facts = page(stage, "first-reviewer", jurisdiction=ZHEJIANG, purpose=PURPOSE)
    assert facts["verdict"] == "VALID"
    assert [(item["jurisdiction"], item["status"]) for item in facts["recognitions"]] == [(ZHEJIANG, "FULL")]


def test_the_bank_takes_the_files_in_and_refuses_a_changed_one(stage: Stage) -> None:
    story.receive(stage)
    value = stage.leading.total["value"]
    lower = str(int(value[0]) - 1) + value[1:]
    changed = stage.leading.evidence.replace(f'"{value}"'.encode(), f'"{lower}"'.encode(), 1)
    assert changed != stage.leading.evidence
    with pytest.raises(DemoError, match="EVIDENCE_REFUSED"):
        stage.client("bank").write("/v1/evidence", changed)
    code, report = verified(stage, steel(stage), "--offline")
    assert (code, report["verdict"]) == (3, "NOT_CHECKED")


def test_a_suspension_reaches_everybody_who_relied_on_it(stage: Stage) -> None:
    assert story.suspend(stage).status == "SUSPENDED"
    assert story.recognition_paused(stage).status == "PAUSED"
    assert story.bank_now(stage).status == "SUSPENDED"
    code, report = verified(stage, steel(stage), "--rpc", stage.rpc)
    assert (code, report["verdict"]) == (1, "INVALID")
    assert page(stage, "bank")["band"] == {"state": "warning", "headline": "CERT_SUSPENDED"}


def test_what_was_valid_when_the_bank_paid_out_stays_valid_as_of_then(stage: Stage) -> None:
    assert story.bank_as_of(stage) == Outcome("VALID", "VALID", "document")
    code, _ = verified(stage, steel(stage), "--rpc", stage.rpc, "--valid-at", stage.drawdown)
    assert code == 0
    history = page(stage, "bank")["history"]
    assert [entry["action"] for entry in history] == ["ISSUE", "SUSPEND"]
    assert parse_time(stage.drawdown) < parse_time(history[1]["effectiveFrom"])


def test_restored_it_is_valid_again_and_nothing_was_forgotten(stage: Stage) -> None:
    before = connect(stage.rpc, stage.trust).describe()["head"]
    story.restore(stage)
    assert story.check_restored(stage) == Outcome("FULL", "VALID", "procurement")
    after = stage.layout.evidence / "steel-coil.after.evidence.json"
    assert verified(stage, after, "--rpc", stage.rpc)[0] == 0
    assert [entry["action"] for entry in parse(after.read_bytes())["chain"]["history"]] == [
        "ISSUE",
        "SUSPEND",
        "RESTORE",
    ]
    pinned = ["--rpc", stage.rpc, "--pinned", before]
    assert PinnedHead.parse(before).number > 0
    assert verified(stage, steel(stage), *pinned)[1]["checks"][7]["code"] == "CERT_SUSPENDED"


def test_every_log_was_only_ever_added_to(stage: Stage) -> None:
    """The checkpoints that the bank got with its file are consistent with the newest ones of their logs."""
    client = stage.client("certifier")
    for entry in parse(steel(stage).read_bytes())["checkpoints"]:
        origin, size, *_ = entry["note"].split("\n")
        _, institution, epoch = origin.split("/")
        newest = client.read(f"/v1/logs/{institution}/{epoch}/checkpoint").decode().split("\n")
        assert int(newest[1]) >= int(size)
        query = {"first": size, "second": newest[1]}
        proof = client.read_json(f"/v1/logs/{institution}/{epoch}/proofs/consistency", **query)
        path = [bytes.fromhex(part) for part in proof["path"]]
        first, second = (bytes.fromhex(root) for root in proof["roots"])
        check_consistency(size1=int(size), size2=int(newest[1]), root1=first, root2=second, proof=path)
