"""The declarative base and the column types that mean the same on SQLite and PostgreSQL.

There are no relationships: repositories join by key, so nothing is loaded lazily behind a caller's back.
"""

from __future__ import annotations

from typing import Annotated

from sqlalchemy import BigInteger, Integer, LargeBinary, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, mapped_column

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

String = Annotated[str, mapped_column(Text)]
"""Text of any length."""

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
