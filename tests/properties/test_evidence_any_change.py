"""Any changed byte of an evidence file, and any part left out, gives no VALID and no traceback."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, Final

from scripts.golden.world import GoldenWorld
from verifier.canonical import canonicalise, parse
from verifier.report import Report, Verdict

CHANGED_BYTES: Final = 2_500
SEED: Final = 20_260_101


def _refused(report: Report) -> bool:
    assert all(result.code != "INTERNAL" for result in report.checks), report
    return report.verdict is not Verdict.VALID


def test_no_changed_byte_is_valid(golden: GoldenWorld) -> None:
    """Offline the chain cannot speak, so what refuses is the file itself: INVALID or ERROR, not merely NOT_CHECKED."""
    data = golden.evidence()
    draw = random.Random(SEED)
    for _ in range(CHANGED_BYTES):
        position, flip = draw.randrange(len(data)), draw.randrange(1, 256)
        changed = data[:position] + bytes([data[position] ^ flip]) + data[position + 1 :]
        report = golden.verify(changed, offline=True)
        assert _refused(report)
        assert report.verdict in (Verdict.INVALID, Verdict.ERROR), (position, flip)


def test_no_changed_byte_is_valid_against_the_chain(golden: GoldenWorld) -> None:
    data = golden.evidence()
    draw = random.Random(SEED + 1)
    for _ in range(100):
        position = draw.randrange(len(data))
        assert _refused(golden.verify(data[:position] + b"0" + data[position + 1 :])) or data[position] == ord("0")


def test_no_truncation_or_addition_is_valid(golden: GoldenWorld) -> None:
    data = golden.evidence()
    for length in range(0, len(data), 97):
        assert _refused(golden.verify(data[:length], offline=True))
    for more in (b"\n", b" ", b"{}", b"\0"):
        assert _refused(golden.verify(data + more))
        assert _refused(golden.verify(more + data))


def _without_each(value: Any) -> Iterator[Any]:
    """The value without each of its members in turn, at every depth."""
    if isinstance(value, dict):
        for key in value:
            yield {name: item for name, item in value.items() if name != key}
            for smaller in _without_each(value[key]):
                yield {**value, key: smaller}
    elif isinstance(value, list):
        for index in range(len(value)):
            yield value[:index] + value[index + 1 :]
            for smaller in _without_each(value[index]):
                yield [*value[:index], smaller, *value[index + 1 :]]


def test_no_file_without_one_of_its_parts_is_valid(golden: GoldenWorld) -> None:
    document = parse(golden.evidence())
    count = 0
    for smaller in _without_each(document):
        assert _refused(golden.verify(canonicalise(smaller), offline=True))
        count += 1
    assert count > 900


def test_a_part_left_out_and_signed_over_is_never_valid(golden: GoldenWorld) -> None:
    """The exporter itself leaves a top-level part, a record, a table or a checkpoint out, and signs what remains."""
    document = golden.unsigned_evidence()
    needed = 0
    for key in document:
        for smaller in [{k: v for k, v in document.items() if k != key}, *_shorter(document, key)]:
            report = golden.verify(
                golden.sign_evidence(smaller), profile="procurement", jurisdiction="CN-ZJ", purpose="procurement"
            )
            assert all(result.code != "INTERNAL" for result in report.checks), report
            needed += report.verdict is not Verdict.VALID
            if report.verdict is Verdict.VALID:
                assert key == "records", key
                assert _dispensable(document, smaller)
    assert needed > 20


def _shorter(document: dict[str, Any], key: str) -> Iterator[dict[str, Any]]:
    if isinstance(document[key], list):
        for index in range(len(document[key])):
            yield {**document, key: document[key][:index] + document[key][index + 1 :]}


def _dispensable(document: dict[str, Any], smaller: dict[str, Any]) -> bool:
    """Only records on which the certificate does not rest may be absent: what they say stands on chain."""
    left = [entry for entry in document["records"] if entry not in smaller["records"]]
    schemas = {entry["document"]["schema"] for entry in left}
    return schemas <= {"tanju/institution-profile/1", "tanju/qualification/1", "tanju/recognition-decision/1"}
