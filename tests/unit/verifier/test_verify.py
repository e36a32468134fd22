"""The numbered checks over the golden evidence, on a real chain in process: what holds, and what each failure is
called.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scripts.golden import records
from scripts.golden.keys import BODY, MAKER, PLATFORM
from scripts.golden.world import JURISDICTION, PURPOSE, GoldenWorld
from verifier.canonical import canonicalise, parse
from verifier.case import Question
from verifier.codes import CODES
from verifier.credential import sign
from verifier.onchain import OnchainView
from verifier.profiles import ProfileError
from verifier.report import Report, Status, Verdict
from verifier.verify import verify

APPROVAL, SUSPEND = 1, 2
RECOGNITION: dict[str, Any] = {"profile": "procurement", "jurisdiction": JURISDICTION, "purpose": PURPOSE}


def statuses(report: Report) -> dict[int, str]:
    """The checks that are not VALID, by number."""
    for result in report.checks:
        assert result.code in CODES, result
        assert result.code != "INTERNAL", result
    return {result.check: result.code for result in report.checks if result.status is not Status.VALID}


def test_the_golden_evidence_is_valid_for_both_profiles(golden: GoldenWorld) -> None:
    data = golden.evidence()
    assert golden.verify(data).verdict is Verdict.VALID
    report = golden.verify(data, **RECOGNITION)
    assert report.verdict is Verdict.VALID
    assert statuses(report) == {}
    assert report.recalculated_by == "you"
    assert report.details["footprint"]["total"] == "123.6"


def test_offline_nothing_of_the_chain_is_believed(golden: GoldenWorld) -> None:
    report = golden.verify(golden.evidence(), offline=True)
    assert report.verdict is Verdict.NOT_CHECKED
    assert statuses(report) == {4: "OFFLINE", 5: "OFFLINE", 7: "OFFLINE", 8: "OFFLINE", 13: "NOT_ASKED"}


def test_status_is_told_in_two_times(world: GoldenWorld) -> None:
    early, before = world.evidence(), world.chain.now()
    world.change_status("suspend")
    now = world.verify(early, **RECOGNITION)
    assert statuses(now) == {8: "CERT_SUSPENDED", 13: "RECOGNITION_PAUSED"}
    assert world.verify(early, valid_at=before, known_at=before).verdict is Verdict.VALID
    later = world.evidence()
    assert statuses(world.verify(later))[8] == "CERT_SUSPENDED"
    world.change_status("restore")
    assert world.verify(early, **RECOGNITION).verdict is Verdict.VALID
    assert world.verify(later, **RECOGNITION).verdict is Verdict.VALID


def test_before_it_was_issued_and_after_it_expired(golden: GoldenWorld) -> None:
    data = golden.evidence()
    issued = golden.view().certificate(golden.key)
    assert issued is not None
    early = golden.verify(data, valid_at=issued.issued_at - 1, known_at=issued.issued_at - 1)
    assert statuses(early)[8] == "CERT_NOT_ISSUED_AS_KNOWN"
    assert statuses(golden.verify(data, valid_at=issued.valid_until))[8] == "CERT_EXPIRED"


def test_a_known_time_beyond_the_head_cannot_be_answered(golden: GoldenWorld) -> None:
    report = golden.verify(golden.evidence(), known_at=golden.chain.now() + 60)
    assert report.verdict is Verdict.ERROR
    assert report.check(8).code == "CHAIN_UNAVAILABLE"


def test_another_jurisdiction_or_purpose_is_not_recognised(golden: GoldenWorld) -> None:
    data = golden.evidence()
    for asked in ({**RECOGNITION, "jurisdiction": "CN-JS"}, {**RECOGNITION, "purpose": "finance"}):
        report = golden.verify(data, **asked)
        assert (report.verdict, statuses(report)) == (Verdict.INVALID, {13: "RECOGNITION_NONE"})


def test_the_core_is_the_same_for_two_verifiers(golden: GoldenWorld) -> None:
    data, now = golden.evidence(), golden.chain.now()
    first = golden.verify(data, valid_at=now, known_at=now, now=now)
    second = golden.verify(data, valid_at=now, known_at=now, now=now + 1000)
    assert first.digest() == second.digest()
    assert first.digest() != golden.verify(data, valid_at=now - 1, known_at=now).digest()


def test_a_profile_that_is_not_built_is_refused(golden: GoldenWorld) -> None:
    for profile in ("finance", "recognition", "none"):
        with pytest.raises(ProfileError):
            golden.verify(golden.evidence(), profile=profile)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", b'"x"', b'{"schema":"tanju/evidence/2"}', b"\xff" * 9])
def test_what_is_no_evidence_file_is_said_and_nothing_raised(golden: GoldenWorld, data: bytes) -> None:
    report = golden.verify(data)
    assert report.verdict in (Verdict.INVALID, Verdict.ERROR)
    assert report.check(9).code == "NOT_REACHED"
    assert report.recalculated_by == "nobody"


def test_an_unknown_version_cannot_be_judged(golden: GoldenWorld) -> None:
    document = parse(golden.evidence())
    document["records"][0]["document"]["schema"] = "tanju/certificate/2"
    assert golden.verify(canonicalise(document)).verdict is Verdict.ERROR


# -- a dishonest exporter: the file is changed, then signed again with a key that the ledger knows


def _resign(document: dict[str, Any], signer: Any) -> dict[str, Any]:
    created = document["proof"][0]["created"]
    unsigned = {key: value for key, value in document.items() if key != "proof"}
    return sign(unsigned, signer.key("assert"), did=document["issuer"], created=created)


def _entry(document: dict[str, Any], schema: str) -> dict[str, Any]:
    return next(entry for entry in document["records"] if entry["document"]["schema"] == schema)


def _certificate(document: dict[str, Any]) -> dict[str, Any]:
    return _entry(document, "tanju/certificate/1")


def _drop(document: dict[str, Any], schema: str) -> None:
    document["records"] = [entry for entry in document["records"] if entry["document"]["schema"] != schema]


def _set_value(document: dict[str, Any]) -> None:
    """The certified value is lowered and the certificate signed again by its own body."""
    entry = _certificate(document)
    entry["document"]["credentialSubject"]["value"]["value"] = "99.9"
    entry["document"] = _resign(entry["document"], BODY)
    document["certificate"] = records.digest(entry["document"])
    document["records"].sort(key=lambda item: records.digest(item["document"]))


def _swap_row(document: dict[str, Any]) -> None:
    rows = next(table for table in document["tables"] if table["name"] == "exchanges")["rows"]
    rows[1]["row"]["quantity"]["amount"] = "3.125"


def _drop_table(document: dict[str, Any]) -> None:
    document["tables"] = document["tables"][1:]


def _forge_history(document: dict[str, Any]) -> None:
    document["chain"]["history"][0]["reason"] = "0" * 64


def _foreign_checkpoint_key(document: dict[str, Any]) -> None:
    document["checkpoints"][0]["key"] = MAKER.multikey("assert")


def _foreign_exporter(document: dict[str, Any]) -> None:
    document["exporter"] = "did:web:nobody.example"


def _steal_place(document: dict[str, Any]) -> None:
    _certificate(document)["log"]["index"] = 0


def _other_ledger(document: dict[str, Any]) -> None:
    document["ledger"] = {**document["ledger"], "chainId": 1}


def _no_place(document: dict[str, Any]) -> None:
    _certificate(document)["log"] = None


def _unsorted(document: dict[str, Any]) -> None:
    document["records"].reverse()


def _doubled(document: dict[str, Any]) -> None:
    document["records"].append(document["records"][0])


def _drop_checkpoint(document: dict[str, Any]) -> None:
    document["checkpoints"] = document["checkpoints"][1:]


CASES: list[tuple[Callable[[dict[str, Any]], None], int, str]] = [
    (lambda d: _drop(d, "tanju/certificate/1"), 2, "REFERENCE_MISSING"),
    (lambda d: _drop(d, "tanju/footprint-statement/1"), 2, "REFERENCE_MISSING"),
    (lambda d: _drop(d, "tanju/inventory-record/1"), 2, "REFERENCE_MISSING"),
    (lambda d: _drop(d, "tanju/factor-dataset/1"), 2, "REFERENCE_MISSING"),
    (_unsorted, 2, "NOT_SORTED"),
    (_doubled, 1, "DUPLICATE_RECORD"),
    (_other_ledger, 1, "WRONG_LEDGER"),
    (_set_value, 6, "LOG_INCLUSION"),
    (_set_value, 8, "NOT_ISSUED"),
    (_steal_place, 6, "LOG_INCLUSION"),
    (_no_place, 6, "LOG_ENTRY_MISSING"),
    (_drop_checkpoint, 6, "CHECKPOINT_MISSING"),
    (_foreign_checkpoint_key, 7, "CHECKPOINT_SIGNATURE"),
    (_swap_row, 9, "TABLE"),
    (_drop_table, 9, "TABLES_NOT_DISCLOSED"),
    (_forge_history, 8, "EXPORT_STATE_DIFFERS"),
    (_foreign_exporter, 4, "DID_NOT_OF_INSTITUTION"),
]


@pytest.mark.parametrize(("changes", "check", "code"), CASES, ids=lambda item: getattr(item, "__name__", str(item)))
def test_a_dishonest_exporter_is_named(
    golden: GoldenWorld, changes: Callable[[dict[str, Any]], None], check: int, code: str
) -> None:
    report = golden.verify(golden.evidence(changes), **RECOGNITION)
    assert report.verdict is not Verdict.VALID
    assert statuses(report)[check] == code


def test_an_exporter_with_a_key_that_nobody_registered_is_refused(golden: GoldenWorld) -> None:
    document = golden.unsigned_evidence()
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    data = canonicalise(sign(document, stranger, did=document["exporter"], created=document["exportedAt"]))
    assert statuses(golden.verify(data)) == {4: "KEY_NOT_VALID", 13: "NOT_ASKED"}


def test_another_institution_may_export_what_it_received(golden: GoldenWorld) -> None:
    def changes(document: dict[str, Any]) -> None:
        document["exporter"] = PLATFORM.did

    assert golden.verify(golden.evidence(changes, exporter=PLATFORM)).verdict is Verdict.VALID


def test_a_revoked_key_no_longer_signs_but_what_it_signed_stands(world: GoldenWorld) -> None:
    data = world.evidence()
    digest = next(iter(world.chain.contract("InstitutionRegistry").functions.keys(BODY.id).call()))[0]
    world.chain.send(BODY.name, world.chain.contract("InstitutionRegistry").functions.revokeKey(BODY.id, digest, 1, 0))
    assert world.verify(data).verdict is Verdict.VALID
    assert statuses(world.verify(world.evidence()))[4] == "KEY_NOT_VALID"


def test_an_issuer_that_loses_its_approval_later_was_competent_at_issue(world: GoldenWorld) -> None:
    data, registry = world.evidence(), world.chain.contract("InstitutionRegistry").functions
    entry = world.view().certificate(world.key)
    assert entry is not None
    world.chain.send("cnca", registry.changeQualification(BODY.id, APPROVAL, entry.category, SUSPEND, 0))
    now = world.chain.now()
    assert not registry.competentAt(BODY.id, 1, entry.category, now, now).call()
    assert world.verify(data).verdict is Verdict.VALID


def test_a_chain_with_other_code_is_not_believed(golden: GoldenWorld) -> None:
    pinned = golden.trust.contracts[0].model_copy(update={"code_hash": "sha-256:" + "0" * 64})
    trust = golden.trust.model_copy(update={"contracts": [pinned, *golden.trust.contracts[1:]]})
    view = OnchainView(golden.chain.web3, trust, endpoint="another chain")
    report = verify(golden.evidence(), trust=trust, question=Question("document", golden.chain.now()), view=view)
    assert report.verdict is Verdict.ERROR
    assert report.against["kind"] == "unavailable"
    assert report.check(8).code == "CHAIN_UNAVAILABLE"
