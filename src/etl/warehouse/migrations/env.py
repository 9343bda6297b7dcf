"""Alembic's entry: runs on the connection that ``etl.warehouse.engine.upgrade`` opened."""

from __future__ import annotations

from alembic import context

from etl.warehouse.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=False,  # the caller's transaction holds
)
context.run_migrations()
