"""Bringing a database to this version's tables (Alembic, migrations inside the package)."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from ledger.crash import crash_point
from ledger.errors import SchemaError
from ledger.store import locks
from ledger.store.engine import WRITE_OPTION
from ledger.store.failures import naming_failures


def upgrade(engine: Engine) -> str:
    """Run the missing migrations in one transaction (killed half-way, nothing of them happened); return the revision
    reached. Of two that start at once the second finds nothing to do. Raises DatabaseError.
    """
    config = _config()
    with naming_failures(), engine.execution_options(**{WRITE_OPTION: True}).begin() as connection:
        locks.hold(connection, "upgrade")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        crash_point("while_migrating")
    return head_revision()


def head_revision() -> str:
    """The revision this version needs."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise SchemaError(None, "a migration in ledger/store/migrations")
    return head


def current_revision(engine: Engine) -> str | None:
    """The revision a database is at; None for an empty one. Raises DatabaseError."""
    with naming_failures(), engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def check_revision(engine: Engine) -> None:
    """Raise SchemaError unless the database is at this version's revision."""
    found, expected = current_revision(engine), head_revision()
    if found != expected:
        raise SchemaError(found, expected)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config
