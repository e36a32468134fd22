"""Input that costs more than it weighs, or that speaks to a terminal, is refused or made harmless."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from scripts.golden.world import GoldenWorld
from verifier import verify as verifying
from verifier.canonical import MAX_DEPTH, MAX_SHOWN, canonicalise, check_depth, parse
from verifier.case import Question
from verifier.checks import CHECKS
from verifier.cli import app
from verifier.credential import split_method
from verifier.errors import FormatError, ProofError, VerifierError
from verifier.evidence import MAX_HISTORY, MAX_ITEMS, MAX_MEMBERS, MAX_RECOGNITIONS, MAX_TABLES, read_evidence
from verifier.printable import printable
from verifier.report import CheckResult, Report, Status, Verdict
from verifier.units import UnitError, parse_unit
from verifier.verify import UNFORESEEN, verify
from verifier.verify_cli import _print, report_json

CPU_SECONDS = 20
MEMORY_BYTES = 1_500 * 1024 * 1024
CLEAR_SCREEN = "\x1b[2J\x1b[H\x1b[32mVALID\x9b0m\n\u202e"


def limited(code: str) -> None:
    """Run in a process that the system ends when it takes too much: the limit is no assertion about this machine."""

    def limits() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))

    source = "from verifier.errors import VerifierError\n" + code
    root = str(Path(verifying.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", source], preexec_fn=limits, cwd=root, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "refused\n"), done.stderr[-300:]


REFUSED = "try: {0}\nexcept VerifierError: print('refused')"


@pytest.mark.parametrize(
    "data",
    [
        r"""b'{"a":[' + b'[],' * 33 + b'"' + b'\\"' * 300_000""",  # each quote began a string anew
        """b'{"a":[' + b'[],' * 40 + b'"' + b'a' * 20_000_000 + b'"'""",  # 120 bytes a character
        """('{' + ','.join(f'"{i}":0' for i in range(70_000)) + ',"69999":0}').encode()""",  # each key counted
        """b'{"' + b'k' * 1_000_000 + b'":[' + b'"\\u00e9",' * 100_000 + b'"\\u0065\\u0301"]}'""",  # a place per item
    ],
    ids=["quotes", "long string", "keys", "long key"],
)
def test_a_document_costs_no_more_than_its_length(data: str) -> None:
    limited("from verifier.canonical import parse\n" + REFUSED.format(f"parse({data})"))


def test_form_errors_are_not_gathered_without_bound() -> None:
    for part in ("{'tables': [0] * 2_000_000}", "dict.fromkeys(map(str, range(2_000_000)))"):
        wrong = f"read_evidence({{'schema': 'tanju/evidence/1'}} | {part})"
        limited("from verifier.evidence import read_evidence\n" + REFUSED.format(wrong))


# -- nesting


JSON_VALUES = st.recursive(
    st.none() | st.text(st.sampled_from('[]{}"\\aé\n'), max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('[{"\\', max_size=3), inner, max_size=3),
    max_leaves=20,
)


def depth_of(value: Any) -> int:
    if isinstance(value, dict | list):
        return 1 + max((depth_of(item) for item in (value.values() if isinstance(value, dict) else value)), default=0)
    return 0


@given(JSON_VALUES, st.integers(0, MAX_DEPTH + 2))
def test_depth_is_counted_outside_of_strings_only(value: Any, more: int) -> None:
    for _ in range(more):
        value = [value, '[[{\\"[']
    data = json.dumps(value, ensure_ascii=False).encode()
    if depth_of(value) <= MAX_DEPTH:
        assert parse(data) == value
        check_depth(data)
    elif data.count(b"[") + data.count(b"{") > MAX_DEPTH:
        with pytest.raises(FormatError, match="nested deeper"):
            check_depth(data)


def test_brackets_in_strings_do_not_count() -> None:
    check_depth(b'{"a":"' + b"[" * 1000 + b'\\"' + b"{" * 1000 + b'\\\\"}')


@given(st.text(st.sampled_from("e\u0301é\u1100\u1161가a")))
def test_text_that_is_not_nfc_is_found_as_it_is_or_escaped(text: str) -> None:
    is_normal = unicodedata.is_normalized("NFC", text)
    for escaped in (False, True):
        data = json.dumps({"a": ["x", text]}, ensure_ascii=escaped).encode()
        if is_normal:
            assert parse(data) == {"a": ["x", text]}
        else:
            with pytest.raises(FormatError, match=r"\$\.a\[1\]: text not in Unicode NFC"):
                parse(data)


@pytest.mark.parametrize("data", [b"1." + b"0" * 10_000, b"9" * 10_000, b'{"' + b"k" * 10_000 + b'":"\\ud800"}'])
def test_a_message_repeats_little_of_the_input(data: bytes) -> None:
    with pytest.raises(FormatError) as refused:
        parse(data)
    assert len(str(refused.value)) < 4 * MAX_SHOWN


# -- the evidence file's sizes


@pytest.mark.parametrize(
    ("place", "item", "limit"),
    [
        (("tables",), {"record": "", "name": "", "rows": []}, MAX_TABLES),
        (("chain", "history"), {}, MAX_HISTORY),
        (("chain", "recognitions"), {}, MAX_RECOGNITIONS),
        (("records",), {"document": {"x": []}, "log": None}, 1000),
    ],
)
def test_no_list_is_without_end(golden: GoldenWorld, place: tuple[str, ...], item: Any, limit: int) -> None:
    document = parse(golden.evidence())
    holder = document
    for step in place[:-1]:
        holder = holder[step]
    good = holder[place[-1]]
    holder[place[-1]] = (good * (limit + 1))[: limit + 1] if good else [item] * (limit + 1)
    with pytest.raises(FormatError, match=f"at most {limit} items"):
        read_evidence(document)


@pytest.mark.parametrize("where", ["document", "top"])
def test_objects_and_arrays_are_counted_before_they_are_read(golden: GoldenWorld, where: str) -> None:
    for large in (dict.fromkeys(map(str, range(MAX_MEMBERS + 1))), [0] * (MAX_ITEMS + 1)):
        document = parse(golden.evidence())
        (document if where == "top" else document["records"][0]["document"])["more"] = [{"deep": large}]
        with pytest.raises(FormatError) as refused:
            read_evidence(document)
        assert refused.value.code == "TOO_LARGE"


@pytest.mark.parametrize("document", [None, 1, "x", []])
def test_what_is_no_object_is_refused(document: Any) -> None:
    with pytest.raises(FormatError):
        read_evidence(document)


# -- units


@pytest.mark.parametrize("name", ["1e9", "10", "2", "1_000", "nan", "inf", "kg/9e9", "kilokg", "ms", "kgs", "ts"])
def test_only_names_of_the_definition_file_are_units(name: str) -> None:
    with pytest.raises(UnitError) as refused:
        parse_unit(name)
    assert refused.value.code == "UNIT_UNKNOWN"


def test_names_and_aliases_of_the_definition_file_are_units() -> None:
    for name in ("kilogram", "kg", "l", "L", "items", "e4Nm3", "m2", "1/kg", "kg*1", "kW.h"):
        assert parse_unit(name).scale > 0


@pytest.mark.parametrize("name", ["9e99999999", "kg/e999999999"])
def test_a_unit_of_many_digits_is_not_evaluated(name: str) -> None:
    limited("from verifier.units import parse_unit\n" + REFUSED.format(f"parse_unit({name!r})"))


# -- verify raises nothing, and what it prints is text


def ask(golden: GoldenWorld, **question: Any) -> Report:
    asked = Question(profile="document", **{"now": golden.chain.now(), **question})
    return verify(golden.evidence(), trust=golden.trust, question=asked, view=golden.view())


@pytest.mark.parametrize("time", [-(10**12), -1, 2**40, 2**64, 10**30])
def test_no_time_makes_it_raise(golden: GoldenWorld, time: int) -> None:
    for question in ({"valid_at": time}, {"known_at": time}, {"now": time}):
        report = ask(golden, **question)
        assert report.verdict is not Verdict.VALID
        assert all(result.code != "INTERNAL" for result in report.checks), report.checks
        report.digest()


def test_a_view_that_fails_in_its_own_way_is_unavailable(golden: GoldenWorld) -> None:
    class Broken:
        def __getattr__(self, name: str) -> Any:
            raise LookupError(f"{name}\x1b[2J")

    asked = Question(profile="document", now=golden.chain.now())
    view: Any = Broken()
    report = verify(golden.evidence(), trust=golden.trust, question=asked, view=view)
    assert (report.verdict, report.against["kind"], report.known_at) == (Verdict.ERROR, "unavailable", "")
    assert report.against["detail"].isprintable()
    faults = [result for result in report.checks if result.code == "INTERNAL"]
    assert faults
    assert {result.found for result in faults} == {UNFORESEEN}
    assert all("LookupError" in result.next_step for result in faults)


def test_a_verification_method_that_is_not_ascii_is_a_signature_that_does_not_hold(golden: GoldenWorld) -> None:
    with pytest.raises(ProofError):
        split_method("did:web:mäker.example#z6Mk")

    def changes(document: dict[str, Any]) -> None:
        proof = document["records"][0]["document"]["proof"][0]
        proof["verificationMethod"] = "did:web:mäker.example#" + proof["verificationMethod"].partition("#")[2]

    report = golden.verify(golden.evidence(changes))
    assert report.verdict is Verdict.INVALID
    assert all(result.code != "INTERNAL" for result in report.checks), report.checks


def test_the_table_for_people_holds_no_terminal_commands(capsys: pytest.CaptureFixture[str]) -> None:
    finding = {
        "code": "X" + CLEAR_SCREEN,
        "rows": [CLEAR_SCREEN],
        "title": {"en": CLEAR_SCREEN, "zh": ""},
        "detail": "",
    }
    results = tuple(
        CheckResult(check.number, Status.INVALID, "FORMAT", CLEAR_SCREEN, CLEAR_SCREEN, CLEAR_SCREEN, (finding,))
        for check in CHECKS
    )
    against = {"kind": CLEAR_SCREEN, "head": CLEAR_SCREEN, "detail": CLEAR_SCREEN, "note": CLEAR_SCREEN}
    report = Report(Verdict.INVALID, "document", CLEAR_SCREEN, "", "", against, results, CLEAR_SCREEN, "test")
    _print(report, "en")
    printed = capsys.readouterr().out
    assert "\\x1b[2J" in printed
    assert not {"\x1b", "\x9b", "\u202e"} & set(printed)
    assert report_json(report)["checks"][0]["found"] == CLEAR_SCREEN


def test_printable_text_stays_as_it_is() -> None:
    assert printable("钢卷 ✔ – é\u3000CO₂") == "钢卷 ✔ – é\u3000CO₂"
    assert printable("a\tb\r\n\x00\x7f\x85\u2028\u200b\ud800\U000e0001").isascii()
    assert printable("abc\n", limit=3) == "abc"


# -- the command


@pytest.fixture(scope="module")
def folder(golden: GoldenWorld, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("limits")
    (made / "coil.evidence.json").write_bytes(golden.evidence())
    (made / "trust-root.json").write_bytes(golden.trust_bytes)
    return made


def run(folder: Path, *options: str, file: str = "coil.evidence.json") -> tuple[int, str, str]:
    command = ["verify", str(folder / file), "--trust-root", str(folder / "trust-root.json"), "--offline", *options]
    done = CliRunner().invoke(app, command)
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.parametrize(
    "options",
    [
        ("--valid-at", "0001-01-01"),
        ("--valid-at", "1969-12-31T23:59:59Z"),
        ("--valid-at", "1970-01-01"),  # Asia/Shanghai
        ("--known-at", "2026-99-01"),
        ("--known-at", "\udcff26-01-01"),
        ("--jurisdiction", "中国"),
        ("--purpose", "x" * 32),
        ("--purpose", ""),
        ("--profile", "\x1b[2J"),
        ("--previous-trust-root", "absent.json"),
    ],
)
def test_a_wrong_option_is_exit_2_and_one_printable_line(folder: Path, options: tuple[str, ...]) -> None:
    code, out, err = run(folder, *options)
    assert (code, out) == (2, "")
    assert err.removesuffix("\n").isprintable()


def test_the_first_and_last_second_are_times(folder: Path) -> None:
    for time in ("1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
        code, out, _ = run(folder, "--valid-at", time, "--json")
        assert (code, json.loads(out)["validAt"]) == (3, time)


def test_earlier_trust_roots_are_passed_on_in_order(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    passed: list[Any] = []

    def load(path: Path, previous: list[Path]) -> Any:
        passed.append((path.name, [item.name for item in previous]))
        raise VerifierError("enough")

    monkeypatch.setattr("verifier.verify_cli.load_trust_root", load)
    run(folder, "--previous-trust-root", "one.json", "--previous-trust-root", "two.json")
    run(folder)
    assert passed == [("trust-root.json", ["one.json", "two.json"]), ("trust-root.json", [])]


def test_a_file_is_read_no_further_than_it_may_be_long(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("verifier.verify_cli.MAX_EVIDENCE_BYTES", 10)
    (folder / "short.json").write_bytes(canonicalise({"a": "b" * 100}))
    code, out, _ = run(folder, "--json", file="short.json")
    assert (code, json.loads(out)["checks"][0]["code"]) == (1, "FORMAT")
