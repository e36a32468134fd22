"""Alembic's environment: always runs on the connection that `ledger.store.upgrade` hands over, in its transaction."""

from alembic import context

from ledger.store import models  # noqa: F401  fills the metadata
from ledger.store.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
