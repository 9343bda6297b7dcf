"""Runs show that they are alive, so that one that was killed can be told from one that still runs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    process = sa.Column("process", sa.String(96), comment="process that runs it: boot and container, number, start")
    op.add_column("ingest_run", process)
    seen = "its last sign of life, by the clock of the database (UTC)"
    op.add_column("ingest_run", sa.Column("alive_at", sa.DateTime(timezone=True), comment=seen))
    if op.get_bind().dialect.name == "postgresql":
        status = "running, completed, failed, or interrupted: stopped or killed"
        op.alter_column("ingest_run", "status", comment=status)
