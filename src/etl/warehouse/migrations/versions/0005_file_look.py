"""How files looked when they were hashed last: a run with nothing new need not hash them again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "file_look",
        sa.Column("path", sa.Text(), nullable=False, comment="path as found"),
        sa.Column(
            "stat",
            sa.Text(),
            nullable=False,
            comment="size, times of change (ns) and inode when the bytes were hashed",
        ),
        sa.Column("sha256", sa.String(64), nullable=False, comment="hash of the bytes then"),
        sa.PrimaryKeyConstraint("path", name="pk_file_look"),
        comment="How files looked when they were hashed last, so that unchanged ones need not be hashed again. A hint: "
        "the table may be emptied at any time.",
    )
