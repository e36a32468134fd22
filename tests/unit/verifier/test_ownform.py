"""The fast road gives what the slow one gives, value and error alike."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from verifier import ownform
from verifier.canonical import MAX_DEPTH, canonicalise, parse_canonical
from verifier.errors import VerifierError
from verifier.ownform import parse_own_form


def outcome(read, data):
    try:
        return read(data)
    except VerifierError as error:
        return type(error).__name__, error.code, str(error)


def nested(depth):
    return b"[" * depth + b"]" * depth


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1}',
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b"1.5",
        b"[1.0]",
        b"[1e3]",
        b'["1.5",":1.5"]',
        b"[-0]",
        b"[9007199254740991]",
        b"[9007199254740992]",
        b"[-9007199254740992]",
        b'["\\u001f\\b\\t\\n\\f\\r\\"\\\\/\x7f"]',
        b'["\\u001F"]',
        b'["\\/"]',
        b'"\\ud800"',
        b'["\xff"]',
        '["é"]'.encode(),
        '["e\u0301"]'.encode(),
        '{"\u0301":"x"}'.encode(),
        '{"\ue000":1,"\U0001f600":2}'.encode(),
        '{"\U0001f600":2,"\ue000":1}'.encode(),
        '["\U0001f600"]'.encode(),
        b"",
        b"[",
        b"nan",
        b"[NaN]",
        b"\xef\xbb\xbf[]",
        nested(MAX_DEPTH),
        nested(MAX_DEPTH + 1),
        b'["' + b"[" * 100 + b'"]',
        b'["\\"[[",[]]',
    ],
)
def test_both_roads_lead_to_the_same(data):
    assert outcome(parse_own_form, data) == outcome(parse_canonical, data)


def test_the_limit_is_kept():
    data = canonicalise(["x" * 100])
    assert outcome(lambda d: parse_own_form(d, limit=50), data) == outcome(lambda d: parse_canonical(d, limit=50), data)


def test_the_fast_road_is_taken(monkeypatch):
    data = canonicalise({"名": ["1.50", 7, None, True, {"b": "x", "a": "y"}]})
    monkeypatch.setattr(ownform, "parse_canonical", None)
    assert parse_own_form(data) == json.loads(data)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False),
    lambda own: st.lists(own, max_size=4) | st.dictionaries(st.text(), own, max_size=4),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(values, st.sampled_from(["canonical", "sorted", "as it is", "ascii"]))
def test_any_json_goes_the_same_way_on_both(value, form):
    try:
        data = {
            "canonical": lambda: canonicalise(value),
            "sorted": lambda: json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(),
            "as it is": lambda: json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode(),
            "ascii": lambda: json.dumps(value).encode(),
        }[form]()
    except (VerifierError, UnicodeEncodeError):
        return
    assert outcome(parse_own_form, data) == outcome(parse_canonical, data)
