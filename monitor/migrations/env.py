"""Run by Alembic with the connection, and so the transaction, of monitor.migrations.upgrade."""

from __future__ import annotations

from alembic import context

from monitor.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # Alembic takes SQLite for a database without transactional DDL; a kill would leave half a migration.
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
