"""RFC 8785 bytes, tagged digests and the canonical strings of Tanju.

A document is identified by the digest of the *bytes received*, which must equal their own JCS (RFC 8785): a re-dump of
a parsed model is never what is hashed. JSON floats do not exist here; every amount is a decimal string.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections import Counter
from typing import Any, Final, NewType

import rfc8785
from cryptography.hazmat.primitives import hashes

from verifier.errors import CanonicalError, FormatError

Digest = NewType("Digest", str)
"""A tagged digest: ``sha-256:`` or ``sm3:`` followed by 64 lower-case hexadecimal digits."""

MAX_DOCUMENT_BYTES: Final = 64 * 1024 * 1024
MAX_DEPTH: Final = 32
MAX_SHOWN: Final = 80
"""Characters of the input that a message repeats."""
MAX_SAFE_INTEGER: Final = 2**53 - 1
"""RFC 8785 section 3.2.2.3: integers beyond this have no exact interoperable form."""

TIME: Final = re.compile(r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z\Z", re.ASCII)
_NOT_STRUCTURE: Final = bytes(set(range(256)) - set(b'[]{}"'))
_STRING: Final = re.compile(rb'"[^"]*+(?:"|\Z)')
_STEP: Final = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
DIGEST: Final = re.compile(r"\A(sha-256|sm3):[0-9a-f]{64}\Z", re.ASCII)


def canonicalise(value: Any) -> bytes:
    """Return the RFC 8785 (JCS) bytes of a JSON value.

    Raises CanonicalError for what JCS cannot express: floats that are not finite, integers beyond 2^53, lone
    surrogates, or a value that is not JSON.
    """
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError) as error:
        raise CanonicalError(f"no canonical form: {error}") from error


def parse(data: bytes, *, limit: int = MAX_DOCUMENT_BYTES) -> Any:
    """Parse strict JSON: UTF-8, no duplicate keys, no floats, safe integers, NFC strings, at most ``MAX_DEPTH`` deep.

    Raises FormatError naming the place and what would be right.
    """
    if len(data) > limit:
        raise FormatError(f"{len(data)} bytes", remedy=f"at most {limit} bytes", code="TOO_LARGE")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise FormatError(f"not UTF-8 at byte {error.start}", remedy="save the file as UTF-8 without BOM") from error
    check_depth(data)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_float=_refuse_float,
            parse_int=_safe_integer,
            parse_constant=_refuse_float,
        )
    except json.JSONDecodeError as error:
        raise FormatError(f"not JSON at line {error.lineno}, column {error.colno}: {error.msg}") from error
    if not _is_plain(text):
        _check_values(value)
    return value


def parse_canonical(data: bytes, *, limit: int = MAX_DOCUMENT_BYTES) -> Any:
    """Parse ``data`` and require that it equals its own canonical form, byte for byte (check 2).

    Raises FormatError as ``parse`` does, CanonicalError naming the first byte that differs.
    """
    value = parse(data, limit=limit)
    own = canonicalise(value)
    if own != data:
        at = next((i for i, (a, b) in enumerate(zip(own, data, strict=False)) if a != b), min(len(own), len(data)))
        raise CanonicalError(f"byte {at} differs from the canonical form", remedy="store and send the RFC 8785 bytes")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        double = next(key for key, times in Counter(key for key, _ in pairs).items() if times > 1)
        raise FormatError(f"the key {double[:MAX_SHOWN]!r} stands twice in one object", remedy="keep one of them")
    return result


def _refuse_float(literal: str) -> Any:
    shown = literal[:MAX_SHOWN]
    raise FormatError(f"the JSON number {shown}", remedy=f'write amounts as decimal strings: "{shown}"')


def _safe_integer(literal: str) -> int:
    value = int(literal) if len(literal) <= len(str(MAX_SAFE_INTEGER)) + 1 else MAX_SAFE_INTEGER + 1
    if abs(value) > MAX_SAFE_INTEGER or literal == "-0":
        shown = literal[:MAX_SHOWN]
        raise FormatError(f"the integer {shown}", remedy="integers lie within ±(2^53−1) and zero has no sign")
    return value


def check_depth(data: bytes) -> None:
    """Refuse JSON text nested deeper than ``MAX_DEPTH`` before a parser recurses: where a library has raised the
    recursion limit, the interpreter would crash. Time and memory grow with the length only. Raises FormatError.

    In JSON a backslash stands inside strings alone; where it does not, the parser stops there, before it nests on.
    """
    if data.count(b"[") + data.count(b"{") <= MAX_DEPTH:
        return
    unescaped = data.replace(b"\\\\", b"").replace(b'\\"', b"")
    depth = 0
    for bracket in _STRING.sub(b"", unescaped.translate(None, _NOT_STRUCTURE)):
        depth += _STEP[bracket]
        if depth > MAX_DEPTH:
            raise FormatError(f"nested deeper than {MAX_DEPTH} levels")


def _is_plain(text: str) -> bool:
    """Tell whether no string of this JSON text can offend: it is NFC as a whole, so each part is (UAX #15 section 1.3,
    closed under substrings), and no escape spells a character.
    """
    return "\\u" not in text and unicodedata.is_normalized("NFC", text)


def _check_values(value: Any, *place: str | int) -> None:
    """Check each string; ``place`` is spelled only where one offends, since a key may be as long as the document."""
    if isinstance(value, str):
        _check_string(value, place)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_string(key, place)
            if isinstance(item, str | dict | list):
                _check_values(item, *place, key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if isinstance(item, str | dict | list):
                _check_values(item, *place, index)


def _check_string(text: str, place: tuple[str | int, ...]) -> None:
    if text.isascii():
        return
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise FormatError(f"{_spell(place)}: a lone surrogate", remedy="text is well-formed Unicode")
    if not unicodedata.is_normalized("NFC", text):
        raise FormatError(f"{_spell(place)}: text not in Unicode NFC", remedy="normalise text to NFC")


def _spell(place: tuple[str | int, ...]) -> str:
    """``$.records[0].document``."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step[:MAX_SHOWN]}" for step in place)


def sha256(data: bytes) -> bytes:
    """SHA-256 (FIPS 180-4), 32 bytes."""
    return hashlib.sha256(data).digest()


def sm3(data: bytes) -> bytes:
    """SM3 (GB/T 32905-2016), 32 bytes."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


def tag_sha256(raw: bytes) -> Digest:
    """Write 32 raw SHA-256 bytes as a tagged digest."""
    return Digest("sha-256:" + raw.hex())


def digest_of(data: bytes) -> Digest:
    """The tagged SHA-256 digest of ``data``."""
    return tag_sha256(sha256(data))


def raw_digest(digest: str) -> bytes:
    """The 32 bytes of a tagged SHA-256 digest, as the chain knows them. Raises FormatError for anything else."""
    if not DIGEST.match(digest) or not digest.startswith("sha-256:"):
        raise FormatError(
            f"{digest[:80]!r} is not a tagged SHA-256 digest", remedy="sha-256: and 64 lower-case hex digits"
        )
    return bytes.fromhex(digest.removeprefix("sha-256:"))
