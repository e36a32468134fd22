"""The base of every record model and the value types that records share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic.alias_generators import to_camel

from verifier.canonical import DIGEST, TIME

MAX_TEXT: Final = 4000
MAX_LIST: Final = 1000


class RecordModel(BaseModel):
    """Closed and strict: camelCase keys, nothing unknown, nothing coerced, nothing changed later."""

    model_config = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
    )


def _time(text: str) -> str:
    if not TIME.match(text):
        raise ValueError("a time is YYYY-MM-DDThh:mm:ssZ")
    parse_time(text)
    return text


def parse_time(text: str) -> int:
    """Unix seconds of a canonical time. Raises ValueError for a date that does not exist or lies before 1970."""
    seconds = int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp())
    if seconds < 0:
        raise ValueError("a time lies in 1970 or later")
    return seconds


def format_time(seconds: int) -> str:
    """The canonical time of Unix seconds."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _digest(text: str) -> str:
    if not DIGEST.match(text) or not text.startswith("sha-256:"):
        raise ValueError("a digest is sha-256: and 64 lower-case hexadecimal digits")
    return text


Time = Annotated[str, AfterValidator(_time)]
DigestText = Annotated[str, AfterValidator(_digest)]
Hex32 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""32 bytes in lower-case hexadecimal (institution ids, roots, block hashes)."""
Salt = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
"""128 random bits in lower-case hexadecimal."""
Address = Annotated[str, StringConstraints(pattern=r"^0x[0-9a-f]{40}$")]
Did = Annotated[str, StringConstraints(pattern=r"^did:[a-z0-9]+:[A-Za-z0-9._:%-]{1,200}$")]
Multikey = Annotated[str, StringConstraints(pattern=r"^z6Mk[1-9A-HJ-NP-Za-km-z]{44}$")]
Jurisdiction = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
"""ISO 3166-1 alpha-2 or ISO 3166-2: CN, CN-SH, SG."""
Category = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,25}$")]
"""A product category; at most 26 ASCII characters, because the chain keeps it in 26 bytes."""
ShortText = Annotated[str, StringConstraints(min_length=1, max_length=200)]
LongText = Annotated[str, StringConstraints(max_length=MAX_TEXT)]
Count = Annotated[int, Field(ge=0, le=2**32)]


class LedgerRef(RecordModel):
    """The ledger that a record belongs to: it cannot be replayed on another one."""

    chain_id: Annotated[int, Field(ge=1, le=2**53 - 1)]
    genesis: Hex32


class TableRef(RecordModel):
    """A confidential table's Merkle root and number of rows, both signed."""

    root: Hex32
    count: Count
