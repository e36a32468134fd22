"""The declarative base and the column types that mean the same on SQLite and PostgreSQL.

There are no relationships: repositories join by key, so nothing is loaded lazily behind a caller's back.
"""

from __future__ import annotations

from typing import Annotated, Final

from sqlalchemy import BigInteger, Dialect, Integer, LargeBinary, MetaData, Text, TypeDecorator
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.orm import DeclarativeBase, mapped_column

from verifier.errors import FormatError

MAX_NUMBER: Final = 2**63 - 1
"""The largest number of a column."""


class UnstorableTextError(FormatError, DontWrapMixin):
    """Text that not every database can keep: with a NUL character, or with half of a surrogate pair."""

    def __init__(self) -> None:
        super().__init__("a text has a character that is none (NUL or a lone surrogate)", remedy="remove it")


class PlainText(TypeDecorator[str]):
    """Text of any length. Refuses everywhere what PostgreSQL would refuse: UnstorableTextError."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text as it is. Raises UnstorableTextError."""
        if value is None:
            return None
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise UnstorableTextError
        return value


Hash = Annotated[bytes, mapped_column(LargeBinary(32))]
"""32 raw bytes: a record id, an institution id, a tree hash, a transaction or block hash."""

Number = Annotated[int, mapped_column(BigInteger)]
"""A 64-bit whole number."""

Time = Annotated[int, mapped_column(BigInteger)]
"""Unix seconds, UTC."""

Serial = Annotated[
    int, mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)
]
"""A row number given by the database (SQLite counts only plain INTEGER keys by itself)."""

String = Annotated[str, mapped_column(PlainText)]
"""Text of any length, without NUL."""

Blob = Annotated[bytes, mapped_column(LargeBinary)]
"""Bytes of any length."""


class Base(DeclarativeBase):
    """Base of all tables; constraint names are fixed, so that migrations can name them on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
