"""Strict JSON, canonical bytes and tagged digests."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.canonical import (
    MAX_DEPTH,
    canonicalise,
    digest_of,
    parse,
    parse_canonical,
    raw_digest,
    sha256,
    sm3,
    tag_sha256,
)
from verifier.errors import CanonicalError, FormatError

TEXT = st.text(max_size=4).map(lambda text: unicodedata.normalize("NFC", text))
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xff{}", "not UTF-8 at byte 0"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b'{"a":1,"a":2}', "'a' stands twice"),
        (b'{"a":1.5}', "the JSON number 1.5"),
        (b'{"a":1e3}', "the JSON number 1e3"),
        (b'{"a":NaN}', "NaN"),
        (b'{"a":-Infinity}', "Infinity"),
        (b'{"a":9007199254740992}', "integer"),
        (b'{"a":-0}', "integer"),
        (b'{"a":"e\\u0301"}', "NFC"),
        (b'{"a":"\\ud800"}', "surrogate"),
        (b'{"a":', "line 1"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "deeper"),
        (b"[" * 100_000, "deeper"),
        (b"1" * 5000, "integer"),
    ],
)
def test_what_is_not_strict_json_is_refused_with_its_reason(data: bytes, says: str) -> None:
    with pytest.raises(FormatError, match=says):
        parse(data)


def test_a_document_over_the_limit_is_refused_before_it_is_parsed() -> None:
    with pytest.raises(FormatError) as refused:
        parse(b"[" * 11, limit=10)
    assert refused.value.code == "TOO_LARGE"


def test_bytes_must_equal_their_own_canonical_form() -> None:
    assert parse_canonical(b'{"a":1,"b":[]}') == {"a": 1, "b": []}
    for other in (b'{"b":[],"a":1}', b'{"a":1, "b":[]}', b'{"a":1,"b":[]}\n', b'{"\\u0061":1,"b":[]}'):
        with pytest.raises(CanonicalError):
            parse_canonical(other)


@given(JSON_VALUES)
def test_canonical_form_is_a_fixed_point_of_parsing(value: object) -> None:
    data = canonicalise(value)
    assert parse_canonical(data) == value
    assert json.loads(data) == value


@pytest.mark.parametrize("value", [float("nan"), 2**53, "\ud800", {1: 2}, object()])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(CanonicalError):
        canonicalise(value)


def test_digests_are_those_of_the_standards() -> None:
    # FIPS 180-4 and GB/T 32905-2016 appendix A.1, both of "abc"
    assert sha256(b"abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert raw_digest(digest_of(b"abc")) == sha256(b"abc")


@pytest.mark.parametrize("text", ["sm3:" + "0" * 64, "sha-256:" + "0" * 63, "sha-256:" + "A" * 64, "0" * 64, ""])
def test_only_a_tagged_sha256_digest_has_raw_bytes(text: str) -> None:
    with pytest.raises(FormatError):
        raw_digest(text)
    assert raw_digest(tag_sha256(bytes(32))) == bytes(32)
