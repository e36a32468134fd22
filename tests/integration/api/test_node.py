"""One node on a real chain, asked over HTTP. Its loops are driven by hand, so that what lies between is seen."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import anyio
import httpx2
import pytest

from api.app import create_app
from api.demo.consortium import Founded, found
from api.demo.layout import Layout, prepared
from api.demo.nodes import PASSPHRASE, SETTINGS_FILE, make_nodes
from api.demo.ports import LOOPBACK, free_ports
from api.demo.processes import Processes, Running
from api.demo.run import start_chain
from api.demo.subjects import Subject, application, dataset_files, load_subjects
from ledger.node import Node
from ledger.settings import NodeSettings
from verifier.canonical import canonicalise
from verifier.evidence import read_evidence
from verifier.records.model import format_time

Answer = httpx2.Response
JSON = {"Content-Type": "application/json"}


@dataclass
class Place:
    """A founded consortium on a running chain, and the Shanghai node opened in this process."""

    layout: Layout
    founded: Founded
    node: Node
    secrets: dict[str, str]
    processes: Processes
    ports: list[int]
    subject: Subject
    tokens: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, **options: Any) -> Answer:
        """One request to the node's application."""
        app = create_app(self.node, public_url="https://node.example")

        async def send() -> Answer:
            transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
            async with httpx2.AsyncClient(transport=transport, base_url="https://node.example", timeout=60) as client:
                return await client.request(method, path, **options)

        return anyio.run(send)

    def bearer(self, client: str) -> dict[str, str]:
        """The header with a token of one of the demo's clients."""
        if client not in self.tokens:
            grant = {"data": {"grant_type": "client_credentials"}, "auth": (client, self.secrets[client])}
            self.tokens[client] = self.ask("POST", "/auth/token", **grant).json()["access_token"]
        return {"Authorization": f"Bearer {self.tokens[client]}"}

    def write(self, client: str, path: str, body: Any) -> Answer:
        """A POST as one of the demo's clients."""
        content = body if isinstance(body, bytes) else canonicalise(body)
        return self.ask("POST", path, content=content, headers={**JSON, **self.bearer(client)})

    def evidence(self, certificate: str) -> bytes:
        """The evidence file with its rows, as the certification body gets it."""
        path = f"/v1/certificates/{certificate}/evidence"
        return self.ask("GET", path, params={"rows": "true"}, headers=self.bearer("certifier")).content

    def settle(self) -> None:
        """Do what the loops would do, until nothing is left to do."""
        sequencer, sender, indexer = self.node.sequencer(), self.node.sender(), self.node.indexer()
        quiet = 0
        while quiet < 3:
            worked = sequencer.step() + sender.step() + indexer.step()
            quiet = 0 if worked else quiet + 1
            time.sleep(0.4)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with ExitStack() as stack:
        layout = stack.enter_context(prepared(tmp_path_factory.mktemp("node") / "demo"))
        processes = stack.enter_context(Processes(layout))
        chain_port, *ports = free_ports(4, None)
        addresses = dict(zip(("shanghai", "zhejiang", "bank"), (f"http://{LOOPBACK}:{p}" for p in ports), strict=True))
        rpc = start_chain(layout, processes, chain_port)
        founded = found(layout, rpc, addresses)
        ready = make_nodes(layout, rpc, founded, addresses)
        settings = NodeSettings.load(layout.node("shanghai") / SETTINGS_FILE)
        node = stack.enter_context(Node.open(settings.model_copy(update={"passphrase": founded.secret()})))
        yield Place(layout, founded, node, dict(ready.secrets), processes, ports, load_subjects(None)[0])


def test_a_fresh_node_is_ready_and_says_what_it_is(place: Place) -> None:
    assert place.ask("GET", "/healthz").json() == {"status": "ok"}
    assert place.ask("GET", "/readyz").json() == {"status": "ok", "failing": []}
    assert place.ask("GET", "/v1/trust-root").content == place.layout.trust_root.read_bytes()
    about = place.ask("GET", "/index.json").json()
    assert (about["node"]["name"], about["node"]["network"], about["certificates"]) == ("shanghai", "test", [])
    assert place.ask("GET", "/").status_code == 200


def test_the_description_is_served_and_nothing_comes_from_elsewhere(place: Place) -> None:
    assert place.ask("GET", "/openapi.json").json()["info"]["title"] == "Tanju"
    assert place.ask("GET", "/docs").status_code == 404
    page = place.ask("GET", "/").text
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    sheet = place.ask("GET", page.split('rel="stylesheet" href="')[1].split('"')[0])
    assert (sheet.status_code, sheet.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert "immutable" in sheet.headers["cache-control"]


def test_what_is_not_there_is_a_problem_for_machines_and_a_page_for_people(place: Place) -> None:
    unknown = "sha-256:" + "0" * 64
    for path in (f"/v1/records/{unknown}", f"/v1/certificates/{unknown}", f"/v1/certificates/{unknown}/evidence"):
        answer = place.ask("GET", path)
        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND"), path
    page = place.ask("GET", f"/c/{unknown}", headers={"Accept": "text/html"})
    assert page.status_code == 404
    assert "<html" in page.text
    assert place.ask("GET", f"/v1/logs/{'0' * 64}/0/checkpoint").status_code == 404
    assert place.ask("GET", f"/v1/logs/{'0' * 64}/0/proofs/inclusion?index=0&size=1").status_code == 404


def test_publishing_twice_is_one_record_and_roles_are_kept_apart(place: Place) -> None:
    for path in dataset_files([place.subject]):
        first = place.write("publisher", "/v1/factor-datasets", path.read_bytes())
        again = place.write("publisher", "/v1/factor-datasets", path.read_bytes())
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json()["recordId"] == again.json()["recordId"]
        record = place.ask("GET", first.headers["location"])
        assert record.headers["etag"] == f'"{first.json()["recordId"]}"'
    refused = place.write("maker", "/v1/factor-datasets", path.read_bytes())
    assert (refused.status_code, refused.json()["code"]) == (403, "SCOPE_MISSING")


def test_an_inventory_that_is_wrong_is_refused_with_its_row(place: Place) -> None:
    inventory = place.subject.inventory
    row = {**inventory["exchanges"][0], "quantity": {"amount": "1,5", "unit": "t"}}
    wrong = place.write("maker", "/v1/inventories", {**inventory, "exchanges": [row, *inventory["exchanges"][1:]]})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "INVENTORY_FORMAT")
    assert row["id"] in wrong.json()["detail"]
    lost = {**inventory["exchanges"][0], "id": "lost", "direction": "input", "provider": {"factor": "no-such@1#x"}}
    unknown = place.write("maker", "/v1/inventories", {**inventory, "exchanges": [*inventory["exchanges"], lost]})
    assert (unknown.status_code, unknown.json()["code"]) == (409, "FACTOR_UNKNOWN")
    missing = place.write("certifier", "/v1/footprints", {"inventory": "sha-256:" + "0" * 64})
    assert (missing.status_code, missing.json()["code"]) == (404, "NOT_FOUND")
    assert place.write("certifier", "/v1/footprints", {"inventory": 1}).json()["code"] == "FORMAT"


@pytest.fixture(scope="module")
def certificate(place: Place) -> str:
    """A certificate that was signed and not sent to the chain yet."""
    subject = place.subject
    subject.inventory_id = place.write("maker", "/v1/inventories", subject.inventory).json()["recordId"]
    footprint = place.write("certifier", "/v1/footprints", {"inventory": subject.inventory_id}).json()
    subject.footprint_id, subject.total, subject.reproduced = (
        footprint["recordId"],
        footprint["total"],
        footprint["verdict"],
    )
    assert footprint["notTheTruth"]["zh"] == "算术可复现，不等于数据真实"
    early = place.write("certifier", "/v1/certificates", stated(subject))
    assert (early.status_code, early.json()["code"]) == (409, "NOT_ANCHORED")
    place.settle()
    certified = place.write("certifier", "/v1/certificates", stated(subject))
    assert certified.status_code == 201, certified.text
    subject.certificate_id = certified.json()["recordId"]
    return subject.certificate_id


def stated(subject: Subject, **changes: Any) -> dict[str, Any]:
    now = int(time.time())
    until = format_time(now + 10**7)
    return {**application(subject, today="2026-01-01", valid_from=format_time(now), valid_until=until), **changes}


def test_before_the_chain_has_it_the_page_says_so_and_nothing_is_claimed(place: Place, certificate: str) -> None:
    page = place.ask("GET", f"/c/{certificate}", params={"lang": "zh"})
    assert page.status_code == 200
    assert "已签名，尚未上链" in page.text
    assert "CertificateRegistry.issue" in page.text
    evidence = place.ask("GET", f"/v1/certificates/{certificate}/evidence")
    assert (evidence.status_code, evidence.json()["code"]) == (409, "NOT_ANCHORED")
    state = place.ask("GET", f"/v1/certificates/{certificate}").json()
    assert (state["status"], state["issuedAt"]) == (None, None)


def test_what_may_not_be_certified_is_a_conflict(place: Place, certificate: str) -> None:
    subject = place.subject
    same_person = stated(subject, number="DEMO-X")
    same_person["dossier"]["decider"] = same_person["dossier"]["evaluator"]
    higher = stated(subject, number="DEMO-X", value={**subject.total, "value": "1.0"})
    for body, code in (
        (same_person, "SAME_PERSON"),
        (higher, "VALUE_DIFFERS"),
        (stated(subject), "NUMBER_TAKEN"),
        (stated(subject, number="DEMO-X", category="cement"), "ISSUER_NOT_COMPETENT"),
    ):
        answer = place.write("certifier", "/v1/certificates", body)
        assert (answer.status_code, answer.json()["code"]) == (409, code)
    unknown = place.write("certifier", "/v1/certificates", {**stated(subject), "extra": 1})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "FORMAT")


def test_on_chain_it_is_found_shown_and_verified_in_every_way(place: Place, certificate: str) -> None:
    place.settle()
    actions = place.ask("GET", "/v1/actions", params={"record": certificate}).json()["actions"]
    assert [item["state"] for item in actions] == ["FINAL"]
    number = {"number": place.subject.number}
    assert place.ask("GET", "/v1/certificates", params=number).json()["certificates"][0]["id"] == certificate
    other = place.ask("GET", "/v1/certificates", params={**number, "issuer": "did:web:nobody.example"})
    assert other.json() == {"certificates": []}
    data = place.evidence(certificate)
    assert read_evidence(json.loads(data)).certificate == certificate
    as_body = place.ask("POST", "/v1/verifications", content=data, headers=JSON)
    as_file = place.ask("POST", "/v1/verifications", files={"file": ("x.evidence.json", data, "application/json")})
    assert as_body.json()["verdict"] == as_file.json()["verdict"] == "VALID"
    broken = place.ask("POST", "/v1/verifications", content=data[:-2] + b" }", headers=JSON)
    assert (broken.status_code, broken.json()["verdict"]) == (200, "INVALID")
    unbuilt = place.ask("POST", "/v1/verifications?profile=finance", content=data, headers=JSON)
    assert (unbuilt.status_code, unbuilt.json()["code"]) == (422, "PROFILE")
    assert (
        place.ask("POST", "/v1/verifications", content=data, headers={"Content-Type": "text/plain"}).status_code == 415
    )
    assert place.ask("POST", "/v1/verifications", data={"other": "x"}, files={}).status_code in (415, 422)


def test_the_rows_are_activity_data_and_not_public(place: Place, certificate: str) -> None:
    path = f"/v1/certificates/{certificate}/evidence"
    public = place.ask("GET", path)
    assert read_evidence(public.json()).tables == []
    report = place.ask("POST", "/v1/verifications", content=public.content, headers=JSON).json()
    assert (report["verdict"], report["checks"][8]["code"]) == ("NOT_CHECKED", "TABLES_NOT_DISCLOSED")
    refused = place.ask("GET", path, params={"rows": "true"})
    assert (refused.status_code, refused.json()["code"]) == (401, "TOKEN_MISSING")
    changed = place.ask("GET", path, params={"rows": "true"}, headers={"Authorization": "Bearer x"})
    assert (changed.status_code, changed.json()["code"]) == (401, "TOKEN_INVALID")


def test_a_file_as_of_another_time_verifies_too(place: Place, certificate: str) -> None:
    path = f"/v1/certificates/{certificate}/evidence"
    asked = {"rows": "true", "validAt": "2020-01-01T00:00:00Z"}
    data = place.ask("GET", path, params=asked, headers=place.bearer("certifier")).content
    assert place.ask("POST", "/v1/verifications", content=data, headers=JSON).json()["verdict"] == "VALID"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_shows_what_its_json_says(place: Place, certificate: str, language: str) -> None:
    facts = place.ask("GET", f"/c/{certificate}.json").json()
    page = place.ask("GET", f"/c/{certificate}", params={"lang": language})
    assert page.headers["content-language"] == {"zh": "zh-CN", "en": "en"}[language]
    assert f'<html lang="{page.headers["content-language"]}">' in page.text
    assert facts["verdict"] == "VALID"
    assert facts["network"] == "test"
    for row in facts["checks"]:
        assert f"{row['check']}. {row['question'][language]}".replace("'", "&#39;") in page.text
    assert facts["notTheTruth"][language][1:] in page.text
    assert facts["certificate"]["number"] in page.text
    assert "https://node.example" not in page.text.split("<svg")[0]
    assert "<script" not in page.text
    assert " style=" not in page.text
    assert {"zh": "测试网络：不是证书", "en": "Test network: not a certificate"}[language] in page.text


def test_a_page_answers_for_the_time_that_was_asked(place: Place, certificate: str) -> None:
    before = place.ask("GET", f"/c/{certificate}.json", params={"validAt": "2020-01-01T00:00:00Z"}).json()
    assert before["band"]["headline"] == "CERT_NOT_YET_VALID"
    after = place.ask("GET", f"/c/{certificate}.json", params={"validAt": "2099-01-01T00:00:00Z"}).json()
    assert after["band"]["headline"] == "CERT_EXPIRED"
    unknown = place.ask("GET", f"/c/{certificate}.json", params={"knownAt": "2020-01-01T00:00:00Z"}).json()
    assert unknown["verdict"] == "INVALID"
    future = place.ask("GET", f"/c/{certificate}.json", params={"knownAt": "2099-01-01T00:00:00Z"}).json()
    assert future["verdict"] == "ERROR"


def test_what_is_suspended_and_what_cannot_be(place: Place, certificate: str) -> None:
    why = {"findings": "test", "legalBasis": "test", "dates": ["2026-01-01"]}
    restored = place.write("certifier", f"/v1/certificates/{certificate}/restorations", why)
    assert (restored.status_code, restored.json()["code"]) == (409, "ILLEGAL_STATUS_CHANGE")
    assert place.write("certifier", f"/v1/certificates/{certificate}/suspensions", why).status_code == 201
    place.settle()
    history = place.ask("GET", f"/v1/certificates/{certificate}/history").json()["history"]
    assert [entry["action"] for entry in history] == ["ISSUE", "SUSPEND"]
    page = place.ask("GET", f"/c/{certificate}", params={"lang": "en"})
    assert "The certificate is suspended" in page.text


def command(place: Place, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, PASSPHRASE: place.founded.passphrase}
    settings = str(place.layout.node("shanghai") / SETTINGS_FILE)
    code = "from api.cli import app; app()"
    full = [sys.executable, "-c", code, *arguments, "--settings", settings]
    return subprocess.run(full, capture_output=True, text=True, check=False, timeout=60, env=environment)


def test_clients_are_added_listed_and_revoked_at_the_command_line(place: Place) -> None:
    added = command(place, "client", "add", "night-shift", "--role", "certifier", "--as", "sh-cb")
    assert added.returncode == 0, added.stderr
    secret = json.loads(added.stdout)["client_secret"]
    grant = {"data": {"grant_type": "client_credentials"}, "auth": ("night-shift", secret)}
    assert place.ask("POST", "/auth/token", **grant).status_code == 200
    assert command(place, "client", "add", "night-shift", "--role", "certifier", "--as", "sh-cb").returncode == 2
    assert command(place, "client", "add", "x", "--role", "certifier", "--as", "nobody").returncode == 3
    assert command(place, "client", "add", "x", "--role", "reviewer", "--as", "sh-cb", "--person", "z").returncode == 3
    assert command(place, "client", "add", "x", "--role", "king", "--as", "sh-cb").returncode == 3
    listed = [json.loads(line) for line in command(place, "client", "list").stdout.splitlines()]
    assert {"client_id": "night-shift", "role": "certifier", "as": "sh-cb", "person": None, "revoked": False} in listed
    assert secret not in str(listed)
    assert command(place, "client", "revoke", "night-shift").returncode == 0
    assert place.ask("POST", "/auth/token", **grant).status_code == 401


def served(place: Place, wanted: Callable[[httpx2.Response], bool]) -> Running:
    """The node in a process of its own, once /readyz answers as wanted."""
    settings = str(place.layout.node("shanghai") / SETTINGS_FILE)
    running = place.processes.start(
        "served", [sys.executable, "-m", "api", "--settings", settings],
        environment={PASSPHRASE: place.founded.passphrase},
    )  # fmt: skip
    place.processes.wait_until(running, lambda: ready(place, wanted))
    return running


def ready(place: Place, wanted: Callable[[httpx2.Response], bool]) -> bool:
    try:
        return wanted(httpx2.get(f"http://{LOOPBACK}:{place.ports[0]}/readyz", trust_env=False))
    except httpx2.TransportError:
        return False


def test_a_served_node_ends_in_order_and_says_when_its_chain_is_gone(place: Place) -> None:
    """The last test: it ends the chain."""
    first = served(place, lambda answer: answer.status_code == 200)
    first.process.send_signal(signal.SIGTERM)
    assert first.process.wait(30) == 0
    second = served(place, lambda answer: answer.status_code == 200)
    chain = place.processes.named("chain")
    chain.process.terminate()
    chain.process.wait(30)
    assert ready(place, lambda answer: answer.status_code == 503)
    answer = httpx2.get(f"http://{LOOPBACK}:{place.ports[0]}/readyz", trust_env=False).json()
    assert [item["code"] for item in answer["failing"]] == ["CHAIN_UNAVAILABLE"]
    assert httpx2.get(f"http://{LOOPBACK}:{place.ports[0]}/healthz", trust_env=False).status_code == 200
    second.process.terminate()
    assert second.process.wait(30) == 0
