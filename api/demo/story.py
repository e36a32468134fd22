"""The story: sixteen steps in the life of two records, each told by what the actors do over HTTP and checked as it
happens.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from api.demo.client import POLL_SECONDS
from api.demo.errors import DemoError
from api.demo.stage import (
    PURPOSE,
    Outcome,
    Stage,
    body,
    check_record,
    expect,
    recognition_check,
    today,
    verification,
)
from api.demo.subjects import Subject, application, dataset_files, save_inventory
from verifier.canonical import parse
from verifier.records.model import format_time, parse_time
from verifier.trustroot import read_trust_root

TWO_YEARS: Final = 2 * 365 * 86_400
ONE_YEAR: Final = 365 * 86_400
CERTIFIABLE: Final = ("R0", "R1", "NOT_DECLARED")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: its name in demo.json and what is done."""

    name: str
    run: Callable[[Stage], Outcome]


def trust_root(stage: Stage) -> Outcome:
    """Every node holds the same trust root, byte for byte, signed by more than two thirds of its authorities."""
    own = stage.layout.trust_root.read_bytes()
    read_trust_root(own)
    for name, client in stage.clients.items():
        if client.read("/v1/trust-root") != own:
            raise DemoError(f"the node of {name} holds another trust root", next_step="read its log")
    return Outcome("DONE", "VALID", note=f"{len(stage.trust.authorities)} authorities")


def publish(stage: Stage) -> Outcome:
    """The publisher signs each dataset that the inventories cite."""
    client, paths = stage.client("publisher"), dataset_files(stage.subjects)
    for path in paths:
        check_record(client, client.write("/v1/factor-datasets", path.read_bytes())["recordId"])
    return Outcome("DONE", "VALID", note=", ".join(path.name.removesuffix(".factors.json") for path in paths))


def disclose(stage: Stage) -> Outcome:
    """The maker signs the inventories; what it disclosed is kept beside as a file."""
    client = stage.client("maker")
    for subject in stage.subjects:
        subject.inventory_id = client.write("/v1/inventories", body(subject.inventory))["recordId"]
        check_record(client, subject.inventory_id)
        stage.inventory_paths.append(stage.layout.shown(save_inventory(subject, stage.layout.inventories)))
    counts = [f"{len(item.inventory['processes'])}/{len(item.inventory['exchanges'])}" for item in stage.subjects]
    return Outcome("DONE", "VALID", note="processes/rows " + ", ".join(counts))


def recalculate(stage: Stage) -> Outcome:
    """The certification body calculates from the rows and signs what it found."""
    client = stage.client("certifier")
    for subject in stage.subjects:
        answer = client.write("/v1/footprints", body({"inventory": subject.inventory_id}))
        subject.footprint_id, subject.total, subject.reproduced = answer["recordId"], answer["total"], answer["verdict"]
        if subject.reproduced not in CERTIFIABLE:
            raise DemoError(f"{subject.key} is {subject.reproduced}", next_step="this is a fault of the demo's data")
        check_record(client, subject.footprint_id)
    totals = [f"{item.total['value']} {item.total['unit']} per {item.total['per']}" for item in stage.subjects]
    return Outcome("DONE", stage.leading.reproduced, note="; ".join(totals))


def certify(stage: Stage) -> Outcome:
    """A minimal dossier, two persons, one certificate each; as soon as what they rest on is anchored."""
    client, now = stage.client("certifier"), int(time.time())
    for subject in stage.subjects:
        stated = application(
            subject, today=today(), valid_from=format_time(now), valid_until=format_time(now + TWO_YEARS)
        )
        answer = client.write("/v1/certificates", body(stated), while_code="NOT_ANCHORED")
        subject.certificate_id = answer["recordId"]
        check_record(client, subject.certificate_id)
    return Outcome("DONE", "VALID", note=", ".join(item.number for item in stage.subjects))


def anchor(stage: Stage) -> Outcome:
    """Wait until the chain has log and issue, export the evidence, check it."""
    client = stage.client("certifier")
    outcome = Outcome("UNKNOWN", "ERROR")
    for subject in stage.subjects:
        client.wait_final(subject.certificate_id)
        subject.evidence = _evidence(stage, subject)
        outcome = expect(verification(client, subject.evidence), status="VALID", verdict="VALID")
    return outcome


def check(stage: Stage) -> Outcome:
    """Zhejiang takes the evidence in and asks whether it may be used for procurement: only the recognition is
    missing.
    """
    client = stage.client("first-reviewer")
    outcome = Outcome("UNKNOWN", "ERROR")
    for subject in stage.subjects:
        client.write("/v1/evidence", subject.evidence)
        outcome = expect(recognition_check(client, subject.evidence), status="NONE", verdict="INVALID")
        if outcome.note != "13 RECOGNITION_NONE":
            raise DemoError(f"more than the recognition does not hold: {outcome.note}", next_step="read the report")
    return outcome


def recognise(stage: Stage) -> Outcome:
    """The first reviewer proposes, the second confirms; each with an account of their own."""
    first, second = stage.client("first-reviewer"), stage.client("second-reviewer")
    for subject in stage.subjects:
        proposal = first.write("/v1/recognitions", body(recognition_of(subject)))["proposalId"]
        second.write(f"/v1/recognitions/{proposal}/confirmations")
        first.wait_final(proposal)
        check_record(second, proposal)
    return Outcome("FULL", "VALID")


def check_again(stage: Stage) -> Outcome:
    """The same question, now that there is a decision."""
    client = stage.client("first-reviewer")
    outcomes = [recognition_check(client, subject.evidence) for subject in stage.subjects]
    return [expect(outcome, status="FULL", verdict="VALID") for outcome in outcomes][-1]


def receive(stage: Stage) -> Outcome:
    """The bank keeps the files that it was sent, and pays out at this time."""
    client = stage.client("bank")
    outcome = Outcome("UNKNOWN", "ERROR")
    for subject in stage.subjects:
        report = client.write("/v1/evidence", subject.evidence)["report"]
        outcome = expect(
            Outcome(report["details"]["status"], report["verdict"], "document"), status="VALID", verdict="VALID"
        )
        path = stage.layout.evidence / f"{subject.key}.evidence.json"
        path.write_bytes(subject.evidence)
        stage.evidence_paths.append(stage.layout.shown(path))
    stage.drawdown = format_time(int(time.time()))
    return outcome


def suspend(stage: Stage) -> Outcome:
    """The certification body's surveillance finds something, at least a second after the bank paid out: the chain
    counts in seconds, and within one second a certificate would be both.
    """
    while int(time.time()) <= parse_time(stage.drawdown):
        time.sleep(POLL_SECONDS)
    return _change_status(stage, "suspensions", "demo: meter records missing for one month", "SUSPENDED")


def recognition_paused(stage: Stage) -> Outcome:
    """Zhejiang's recognition cannot outlive the certificate: nobody had to do anything."""
    outcome = recognition_check(stage.client("first-reviewer"), stage.leading.evidence)
    return expect(outcome, status="PAUSED", verdict="INVALID")


def bank_now(stage: Stage) -> Outcome:
    """The bank asks again with the file it kept."""
    outcome = verification(stage.client("bank"), stage.leading.evidence)
    return expect(outcome, status="SUSPENDED", verdict="INVALID")


def bank_as_of(stage: Stage) -> Outcome:
    """The same file, asked as of the day of the loan."""
    outcome = verification(stage.client("bank"), stage.leading.evidence, valid_at=stage.drawdown)
    return expect(outcome, status="VALID", verdict="VALID")


def restore(stage: Stage) -> Outcome:
    """What was missing was found."""
    return _change_status(stage, "restorations", "demo: the records were found", "VALID")


def check_restored(stage: Stage) -> Outcome:
    """Zhejiang and the bank, with the files that they have; and the file as it is exported now, its whole history in
    it.
    """
    subject = stage.leading
    expect(verification(stage.client("bank"), subject.evidence), status="VALID", verdict="VALID")
    outcome = recognition_check(stage.client("first-reviewer"), subject.evidence)
    path = stage.layout.evidence / f"{subject.key}.after.evidence.json"
    path.write_bytes(_evidence(stage, subject))
    stage.evidence_paths.append(stage.layout.shown(path))
    return expect(outcome, status="FULL", verdict="VALID")


STORY: Final = (
    Step("trust-root", trust_root),
    Step("publish", publish),
    Step("disclose", disclose),
    Step("recalculate", recalculate),
    Step("certify", certify),
    Step("anchor", anchor),
    Step("check", check),
    Step("recognise", recognise),
    Step("check-again", check_again),
    Step("receive", receive),
    Step("suspend", suspend),
    Step("recognition-paused", recognition_paused),
    Step("bank-now", bank_now),
    Step("bank-as-of", bank_as_of),
    Step("restore", restore),
    Step("check-restored", check_restored),
)


def _evidence(stage: Stage, subject: Subject) -> bytes:
    """The evidence file with the inventory's rows from the node that certified, which only its own clients get."""
    path = f"/v1/certificates/{subject.certificate_id}/evidence"
    return stage.client("certifier").read_own(path, while_code="NOT_ANCHORED", rows="true")


def recognition_of(subject: Subject) -> dict[str, object]:
    """What the first reviewer states: a unilateral reference, for a year."""
    return {
        "certificate": subject.certificate_id,
        "purpose": PURPOSE,
        "nature": "platform-reference",
        "outcome": "FULL",
        "valueConverted": None,
        "factors": None,
        "validUntil": format_time(int(time.time()) + ONE_YEAR),
        "legalBasis": "demo: none; a unilateral reference of the demonstration platform",
        "timeLimit": "demo: none",
        "publication": "demo: this ledger",
        "reasons": [],
        "conditions": [],
        "appeal": "demo: to the platform",
    }


def _change_status(stage: Stage, noun: str, findings: str, status: str) -> Outcome:
    """Post the surveillance, wait for the chain, and ask the chain what the status is now."""
    client, subject = stage.client("certifier"), stage.leading
    stated = {"findings": findings, "legalBasis": "demo: certification contract", "dates": [today()]}
    recorded = client.write(f"/v1/certificates/{subject.certificate_id}/{noun}", body(stated))
    client.wait_final(recorded["recordId"])
    verdict = check_record(client, recorded["recordId"])
    now = parse(client.read(f"/c/{subject.certificate_id}.json"))["statusNow"]
    return expect(Outcome(now, verdict), status=status, verdict="VALID")
