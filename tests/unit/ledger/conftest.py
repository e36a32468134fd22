"""A fresh database at this version's tables."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.store import Store
from ledger.store.engine import open_engine
from ledger.store.upgrade import upgrade


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/tanju.db"
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
    return url


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with Store.open(database_url) as opened:
        yield opened
