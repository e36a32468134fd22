"""A fresh database at this version's tables, on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest

from ledger.store import Store
from tests.databases import Database


@pytest.fixture
def database_url(database: Database) -> str:
    return database.url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with Store.open(database_url) as opened:
        yield opened
