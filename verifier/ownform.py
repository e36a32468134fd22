"""A fast road to what :func:`verifier.canonical.parse_canonical` gives, taken only where it is provably the same.

orjson writes keys sorted by their UTF-8 bytes and strings with the escapes of RFC 8785; both differ from it only for
keys beyond the basic plane (RFC 8785 sorts UTF-16) and for floats.  A document that orjson reads and writes back to the
very same bytes has no key twice and no space, so what is left to ask is: no number with point or exponent, no character
beyond the basic plane, NFC, and the depth.  Whatever does not pass goes the slow road, which says what is wrong.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any, Final

import orjson

from verifier.canonical import MAX_DEPTH, MAX_DOCUMENT_BYTES, parse_canonical

_OPTIONS: Final = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
_FLOAT: Final = re.compile(rb"[0-9][.eE]")
_BEYOND_BASIC_PLANE: Final = re.compile(rb"[\xf0-\xf4]")
_STRING: Final = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_NO_BRACKETS: Final = bytes(set(range(256)) - set(b"[]{}"))


def parse_own_form(data: bytes, *, limit: int = MAX_DOCUMENT_BYTES) -> Any:
    """Return what ``parse_canonical(data, limit=limit)`` returns, and raise what it raises."""
    if len(data) <= limit and _is_plain(data):
        try:
            value = orjson.loads(data)
            if orjson.dumps(value, option=_OPTIONS) == data:
                return value
        except (orjson.JSONDecodeError, orjson.JSONEncodeError):
            pass
    return parse_canonical(data, limit=limit)


def _is_plain(data: bytes) -> bool:
    """Tell whether the bytes have nothing that the two roads could read in different ways."""
    outside = _outside_strings(data)
    if _FLOAT.search(outside) or not _is_shallow(outside):
        return False
    if data.isascii():
        return True
    if _BEYOND_BASIC_PLANE.search(data):
        return False
    try:
        return unicodedata.is_normalized("NFC", data.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _outside_strings(data: bytes) -> bytes:
    """Return what stands outside the strings of a JSON text."""
    return _STRING.sub(b"", data) if b"\\" in data else b"".join(data.split(b'"')[::2])


def _is_shallow(outside: bytes) -> bool:
    """Tell whether brackets nest no deeper than ``MAX_DEPTH``: each round takes away the innermost pairs."""
    brackets = outside.translate(None, _NO_BRACKETS)
    for _ in range(MAX_DEPTH):
        if not brackets:
            return True
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return not brackets
