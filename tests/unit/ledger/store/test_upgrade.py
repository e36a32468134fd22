"""Migrations lead to exactly the tables that the code uses."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from ledger.errors import SchemaError
from ledger.store import Store, models
from ledger.store.base import Base
from ledger.store.engine import open_engine
from ledger.store.upgrade import current_revision, head_revision, upgrade
from tests.databases import Database


def test_migrations_and_models_agree(store: Store) -> None:
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_upgrading_again_changes_nothing(store: Store) -> None:
    before = inspect(store.engine).get_table_names()
    assert upgrade(store.engine) == head_revision()
    assert inspect(store.engine).get_table_names() == before


def test_every_model_has_a_table(store: Store) -> None:
    named = {getattr(models, name).__tablename__ for name in models.__all__ if name != "ChainRow"}
    assert named == set(inspect(store.engine).get_table_names()) - {"alembic_version"}


def test_a_database_without_tables_is_not_opened(database: Database) -> None:
    with pytest.raises(SchemaError, match="tanju db upgrade") as caught:
        Store.open(database.empty())
    assert (caught.value.found, caught.value.expected) == (None, head_revision())


def test_a_migration_that_fails_leaves_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_engine(database.empty())
    with monkeypatch.context() as patched:
        patched.setattr("alembic.runtime.migration.HeadMaintainer.update_to_step", _die)
        with pytest.raises(RuntimeError):
            upgrade(engine)
    assert inspect(engine).get_table_names() == []
    assert current_revision(engine) is None
    assert upgrade(engine) == head_revision()
    engine.dispose()


def _die(*_: object) -> None:
    raise RuntimeError("power cut")


def test_two_that_upgrade_at_once(database: Database) -> None:
    for _ in range(5):
        engines = [open_engine(url) for url in [database.empty()] * 2]
        with ThreadPoolExecutor() as pool:
            assert list(pool.map(upgrade, engines)) == [head_revision()] * 2
        for engine in engines:
            engine.dispose()
