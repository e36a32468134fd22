"""Migrations lead to exactly the tables that the code uses."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from ledger.errors import SchemaError
from ledger.store import Store, models
from ledger.store.base import Base
from ledger.store.engine import open_engine
from ledger.store.upgrade import current_revision, head_revision, upgrade


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


def test_a_database_without_tables_is_not_opened(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/empty.db"
    with pytest.raises(SchemaError, match="tanju db upgrade") as caught:
        Store.open(url)
    assert (caught.value.found, caught.value.expected) == (None, head_revision())


def test_a_migration_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/half.db")
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


@pytest.mark.parametrize("table", sorted(Base.metadata.tables))
def test_every_table_can_be_written_for_postgresql(table: str) -> None:
    statement = str(CreateTable(Base.metadata.tables[table]).compile(dialect=postgresql.dialect()))
    assert f"CREATE TABLE {table}" in statement
