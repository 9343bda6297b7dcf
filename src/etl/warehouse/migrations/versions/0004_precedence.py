"""How each file stands in the order of precedence. Filled by etl.warehouse.precedence, as views are made: after this."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("reference_version", "name", comment="region, unit, indicator, file_precedence or views")
    op.create_table(
        "file_precedence",
        sa.Column("file_sha256", sa.String(64), nullable=False, comment="the file"),
        sa.Column("region_code", sa.String(12), nullable=True, comment="region the publisher speaks for"),
        sa.Column(
            "region_prefix", sa.String(12), nullable=True, comment="what the codes of the areas in it begin with"
        ),
        sa.Column("finality", sa.String(16), nullable=False, comment="final, bulletin, unmarked or provisional"),
        sa.Column(
            "publisher_class", sa.String(16), nullable=False, comment="statistics, government, unmarked or media"
        ),
        sa.Column("form", sa.String(16), nullable=False, comment="sheet or prose"),
        sa.Column(
            "rank_own", sa.BigInteger(), nullable=False, comment="rank of what it says of the publisher's own area"
        ),
        sa.Column("rank_above", sa.BigInteger(), nullable=False, comment="… of areas that lie in it"),
        sa.Column("rank_unknown", sa.BigInteger(), nullable=False, comment="… where it is not known whose area it is"),
        sa.Column("rank_other", sa.BigInteger(), nullable=False, comment="… of somebody else's area"),
        sa.ForeignKeyConstraint(["file_sha256"], ["source_file.sha256"], name=op.f("fk_file_precedence_file_sha256")),
        sa.PrimaryKeyConstraint("file_sha256", name=op.f("pk_file_precedence")),
        comment="How each file stands in the order of reference/source_precedence.yaml: of several mentions of a fact "
        "the one with the greatest rank is its current value.",
    )
