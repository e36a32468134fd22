"""Alembic's environment and the migrations, embedded in the package so that an installed node can upgrade itself."""
