"""What stands in paths and queries: record ids, institution ids, times; each refused with what would be right."""

from __future__ import annotations

import re
from typing import Annotated, Final

from fastapi import Path, Query

from verifier.canonical import Digest
from verifier.errors import FormatError
from verifier.records.model import parse_time
from verifier.records.recognition import Purpose

_HEX32: Final = re.compile(r"\A[0-9a-f]{64}\Z", re.ASCII)

RecordId = Annotated[
    str, Path(description="record id: `sha-256:` and 64 hexadecimal digits, or the digits alone", max_length=80)
]
InstitutionId = Annotated[str, Path(description="institution id: 64 hexadecimal digits", max_length=64)]
ValidAt = Annotated[
    str | None, Query(alias="validAt", description="valid time, YYYY-MM-DDThh:mm:ssZ; default: now", max_length=20)
]
Rows = Annotated[bool, Query(description="with the inventory's rows: only for clients of this node")]
KnownAt = Annotated[
    str | None,
    Query(
        alias="knownAt", description="known time, YYYY-MM-DDThh:mm:ssZ; default: the block that was read", max_length=20
    ),
]
JurisdictionAsked = Annotated[
    str | None, Query(alias="jurisdiction", pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$", description="for example CN-ZJ")
]
PurposeAsked = Annotated[Purpose | None, Query(alias="purpose")]


def record_digest(text: str) -> Digest:
    """The tagged digest of a record id in a path. Raises FormatError."""
    digits = text.removeprefix("sha-256:")
    if not _HEX32.match(digits):
        raise FormatError(f"{text[:80]!r} is not a record id", remedy="sha-256: and 64 lower-case hexadecimal digits")
    return Digest("sha-256:" + digits)


def institution_bytes(text: str) -> bytes:
    """The 32 bytes of an institution id in a path. Raises FormatError."""
    if not _HEX32.match(text):
        raise FormatError(f"{text[:80]!r} is not an institution id", remedy="64 lower-case hexadecimal digits")
    return bytes.fromhex(text)


def seconds(text: str | None) -> int | None:
    """Unix seconds of a canonical time; None stays None, and so does an empty field of a form. Raises FormatError."""
    if not text:
        return None
    try:
        return parse_time(text)
    except ValueError:
        raise FormatError(f"{text[:40]!r} is not a time", remedy="YYYY-MM-DDThh:mm:ssZ, in UTC") from None
