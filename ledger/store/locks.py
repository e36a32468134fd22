"""Locks by name, for what has no row to lock.

On PostgreSQL an advisory lock that ends with its transaction, so it cannot outlive a killed process or leak through a
connection pool. On SQLite nothing is needed: a writing transaction is alone from its beginning.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, text


def hold(connection: Connection, name: str) -> None:
    """Wait until nobody else holds the name, then hold it until this transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _key(name)})


def try_hold(connection: Connection, name: str) -> bool:
    """Hold the name until this transaction ends if nobody else does; False at once otherwise (never on SQLite)."""
    if connection.dialect.name != "postgresql":
        return True
    return bool(connection.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _key(name)}).scalar_one())


def _key(name: str) -> int:
    """PostgreSQL names advisory locks by 64-bit numbers."""
    return int.from_bytes(hashlib.sha256(b"tanju/lock/" + name.encode()).digest()[:8], "big", signed=True)
