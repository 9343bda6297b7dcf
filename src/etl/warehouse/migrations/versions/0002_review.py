"""Decisions of reviewers, and what became of every figure that was held."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

VIEW = """
create view current_observation as
select o.*, f.name as source, f.title as source_title, f.publisher, f.published_on
from observation o
join source_file f on f.sha256 = o.file_sha256
where f.status = 'loaded'
  and exists (select 1 from file_arrival a where a.sha256 = f.sha256 and a.is_current)
"""
APPEND_ONLY = ("decision", "decision_target")


def upgrade() -> None:
    op.execute("drop view current_observation")
    for table in ("observation", "quarantine"):
        comment = "the reviewer's decision (table decision) that made it so; null: the rules"
        op.add_column(table, sa.Column("decision_id", sa.String(24), nullable=True, comment=comment))
    op.execute(VIEW)
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("quarantine", "state", comment="open: waits for a reviewer; rejected: kept out by one")
    _tables()
    for table in APPEND_ONLY:
        _append_only(table)
    _items_of_held_rows()


def _tables() -> None:
    utc = sa.DateTime(timezone=True)
    op.create_table(
        "decision",
        sa.Column(
            "seq",
            sa.Integer(),
            autoincrement=True,
            nullable=False,
            comment="order in which decisions were written here",
        ),
        sa.Column(
            "decision_id",
            sa.String(24),
            nullable=False,
            comment="derived from its content: the same when replayed elsewhere",
        ),
        sa.Column("kind", sa.String(16), nullable=False, comment="accept, correct, reject, map or undo"),
        sa.Column(
            "scope",
            sa.String(16),
            nullable=False,
            comment="row, rule (in a file), column (of a sheet), mapping or undo",
        ),
        sa.Column("decided_by", sa.Text(), nullable=False, comment="who"),
        sa.Column("decided_at", utc, nullable=False, comment="when"),
        sa.Column("reason", sa.Text(), nullable=False, comment="why"),
        sa.Column("expires_at", utc, nullable=True, comment="from when on it no longer counts; null: never"),
        sa.Column("undoes", sa.String(24), nullable=True, comment="undo: the decision it takes back"),
        sa.Column(
            "change",
            sa.JSON(),
            nullable=False,
            comment="correct, map: what is set, {value, unit, region, period, kind, indicator}",
        ),
        sa.Column(
            "mapping", sa.JSON(), nullable=False, comment="map: which figures, {what, printed, files}; else empty"
        ),
        sa.Column(
            "shown", sa.JSON(), nullable=False, comment="what the reviewer was shown: counts and a sample of lines"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_decision")),
        sa.UniqueConstraint("decision_id", name=op.f("uq_decision_decision_id")),
        comment="What reviewers decided. Rows are only ever added: triggers refuse changes.",
    )
    op.create_table(
        "decision_target",
        sa.Column("decision_id", sa.String(24), nullable=False, comment="the decision"),
        sa.Column("observation_id", sa.String(24), nullable=False, comment="the figure"),
        sa.Column("file_sha256", sa.String(64), nullable=False, comment="its file"),
        sa.Column("source", sa.Text(), nullable=False, comment="name of that file"),
        sa.Column("place", sa.Text(), nullable=False, comment="where it stands in it"),
        sa.Column("text", sa.Text(), nullable=False, comment="the figure exactly as printed"),
        sa.Column("label", sa.Text(), nullable=False, comment="what is measured"),
        sa.Column("rules", sa.JSON(), nullable=False, comment="fingerprint: rules that held it, {rule id: version}"),
        sa.Column("series_key", sa.String(24), nullable=False, comment="fingerprint: its series"),
        sa.Column("time_period", sa.String(32), nullable=True, comment="fingerprint: its period"),
        sa.Column("obs_value", sa.Numeric(), nullable=False, comment="fingerprint: its value"),
        sa.Column("unit", sa.Text(), nullable=True, comment="fingerprint: its unit"),
        sa.Column(
            "covers",
            sa.JSON(),
            nullable=False,
            comment="correct: rules that it does not meet once corrected, as shown",
        ),
        sa.ForeignKeyConstraint(["decision_id"], ["decision.decision_id"], name=op.f("fk_decision_target_decision_id")),
        sa.PrimaryKeyConstraint("decision_id", "observation_id", name=op.f("pk_decision_target")),
        comment="The figures that a decision is about, as they were then. It stands while they still are so.",
    )
    op.create_index("ix_decision_target_file_sha256", "decision_target", ["file_sha256"])
    op.create_index("ix_decision_target_observation_id", "decision_target", ["observation_id"])
    op.create_table(
        "review_item",
        sa.Column("observation_id", sa.String(24), nullable=False, comment="the figure, in observation or quarantine"),
        sa.Column("file_sha256", sa.String(64), nullable=False, comment="the file"),
        sa.Column("state", sa.String(16), nullable=False, comment="open, accepted, corrected, rejected or fixed"),
        sa.Column("rules", sa.JSON(), nullable=False, comment="rules that hold it, or would, {rule id: version}"),
        sa.Column("decision_id", sa.String(24), nullable=True, comment="the standing decision; null: none"),
        sa.Column(
            "lapsed_id", sa.String(24), nullable=True, comment="an earlier decision that no longer stands; null: none"
        ),
        sa.Column("note", sa.Text(), nullable=False, comment="why it is open again, or how it was fixed, in Chinese"),
        sa.Column(
            "reading",
            sa.JSON(),
            nullable=False,
            comment="the columns that a decision changed, as they were read; empty: none",
        ),
        sa.Column("first_seen_at", utc, nullable=False, comment="when it was first held or decided on"),
        sa.Column("last_seen_at", utc, nullable=False, comment="when it was last found again"),
        sa.Column("changed_at", utc, nullable=False, comment="since when it is in this state"),
        sa.ForeignKeyConstraint(["file_sha256"], ["source_file.sha256"], name=op.f("fk_review_item_file_sha256")),
        sa.PrimaryKeyConstraint("observation_id", name=op.f("pk_review_item")),
        comment="Every figure that was ever held or decided on, and what became of it. It outlives a new reading.",
    )
    op.create_index("ix_review_item_file_sha256", "review_item", ["file_sha256"])
    op.create_index("ix_review_item_decision_id", "review_item", ["decision_id"])


def _append_only(table: str) -> None:
    """The database itself refuses to change or delete what was decided."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"create function {table}_append_only() returns trigger language plpgsql as "
            f"$$ begin raise exception 'table {table} is append-only'; end $$"
        )
        op.execute(
            f"create trigger {table}_append_only before update or delete on {table} "
            f"for each row execute function {table}_append_only()"
        )
        return
    for event in ("update", "delete"):
        op.execute(
            f"create trigger {table}_no_{event} before {event} on {table} "
            f"begin select raise(abort, 'table {table} is append-only'); end"
        )


def _items_of_held_rows() -> None:
    """Rows that an earlier version held are open."""
    connection = op.get_bind()
    rules: dict[str, dict[str, str]] = {}
    held_by = sa.text(
        "select f.observation_id, f.rule_id, c.rule_version from finding f "
        "join quality_check c on c.file_sha256 = f.file_sha256 and c.rule_id = f.rule_id "
        "where f.severity = 'quarantine' and f.observation_id is not null"
    )
    for observation_id, rule_id, version in connection.execute(held_by):
        rules.setdefault(observation_id, {})[rule_id] = version
    connection.execute(
        sa.text(
            "insert into review_item (observation_id, file_sha256, state, rules, note, reading, first_seen_at, "
            "last_seen_at, changed_at) select observation_id, file_sha256, 'open', '{}', '', '{}', first_seen_at, "
            "last_seen_at, first_seen_at from quarantine"
        )
    )
    update = sa.text("update review_item set rules = :rules where observation_id = :id").bindparams(
        sa.bindparam("rules", type_=sa.JSON())
    )
    if rules:
        connection.execute(update, [{"id": i, "rules": r} for i, r in rules.items()])
