"""Nothing is overwritten any more: numbered changes, earlier readings, and when each file was current.

What a warehouse of an earlier schema knows of the past is kept: when each content came under each path, and when each
file was last read. Readings that were overwritten then are lost.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

UTC = sa.DateTime(timezone=True)
CAME = "change (table warehouse_change) with which this row came"


def upgrade() -> None:
    op.execute("drop view current_observation")  # from here on, views are made by etl.warehouse.views
    if op.get_bind().dialect.name == "postgresql":
        _comments()
    _tables()
    for table in ("observation", "quarantine"):
        column = sa.Column("version_from", sa.BigInteger(), nullable=False, server_default="0", comment=CAME)
        op.add_column(table, column)
    _history()


def _comments() -> None:
    op.create_table_comment(
        "reference_version",
        "Which state of the reference data the tables region, unit and indicator hold, and which views there are.",
    )
    op.alter_column("reference_version", "name", comment="region, unit, indicator or views")
    op.alter_column(
        "reference_version", "content_hash", comment="hash of the reference data, or of the text of the views"
    )


def _tables() -> None:
    op.create_table(
        "warehouse_change",
        sa.Column(
            "version",
            sa.BigInteger(),
            autoincrement=False,
            nullable=False,
            comment="number of the change: without gaps, in the order in which changes became visible",
        ),
        sa.Column("changed_at", UTC, nullable=False, comment="when (UTC); never earlier than the change before"),
        sa.Column(
            "action",
            sa.String(16),
            nullable=False,
            comment="read, arrival, recheck, decision, or upgrade (of the schema)",
        ),
        sa.Column("file_sha256", sa.String(64), nullable=True, comment="file it is about; null: several"),
        sa.Column("run_id", sa.String(36), nullable=True, comment="run that made it"),
        sa.Column("reader", sa.String(32), nullable=True, comment="reader and version, of a file that was read"),
        sa.Column("extractor", sa.String(32), nullable=True, comment="extractor and version, of a file that was read"),
        sa.Column("added", sa.Integer(), nullable=False, comment="observations that came"),
        sa.Column(
            "changed", sa.Integer(), nullable=False, comment="observations that were superseded by another reading"
        ),
        sa.Column("removed", sa.Integer(), nullable=False, comment="observations that went"),
        sa.ForeignKeyConstraint(["run_id"], ["ingest_run.run_id"], name=op.f("fk_warehouse_change_run_id")),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_warehouse_change")),
        comment="Every change of what is known, one transaction each: the clock of the warehouse. Its greatest version "
        "is the version of the warehouse.",
    )
    op.create_index("ix_warehouse_change_file_sha256", "warehouse_change", ["file_sha256"])
    op.create_table(
        "file_edition",
        sa.Column("file_sha256", sa.String(64), nullable=False, comment="the file"),
        sa.Column("version_from", sa.BigInteger(), autoincrement=False, nullable=False, comment="change that began it"),
        sa.Column("version_until", sa.BigInteger(), nullable=True, comment="change that ended it; null: it holds now"),
        sa.Column("name", sa.Text(), nullable=False, comment="name of the file"),
        sa.Column("title", sa.Text(), nullable=True, comment="title by manifest or metadata, as told then"),
        sa.Column("publisher", sa.Text(), nullable=True, comment="publisher by manifest, as told then"),
        sa.Column("region_code", sa.String(12), nullable=True, comment="region the publisher speaks for, as told then"),
        sa.Column("published_on", sa.String(10), nullable=True, comment="date of publication, as told then"),
        sa.ForeignKeyConstraint(["file_sha256"], ["source_file.sha256"], name=op.f("fk_file_edition_file_sha256")),
        sa.PrimaryKeyConstraint("file_sha256", "version_from", name=op.f("pk_file_edition")),
        comment="When each file was current, and what was told of it then: a file without an open edition is current "
        "under no path.",
    )
    op.create_table(
        "observation_history",
        sa.Column(
            "observation_id", sa.String(24), nullable=False, comment="derived from the file's hash and the place"
        ),
        sa.Column("file_sha256", sa.String(64), nullable=False, comment="the file"),
        sa.Column(
            "char_start",
            sa.Integer(),
            nullable=True,
            comment="reports: first character of the figure in the text as read; null for sheets",
        ),
        sa.Column(
            "char_end", sa.Integer(), nullable=True, comment="reports: one past the last character; null for sheets"
        ),
        sa.Column(
            "sheet",
            sa.Text(),
            nullable=True,
            comment="sheets: name of the sheet (csv for a csv file); null for reports",
        ),
        sa.Column(
            "cell",
            sa.String(16),
            nullable=True,
            comment="sheets: A1 address (csv: column letter and record number); null for reports",
        ),
        sa.Column("text", sa.Text(), nullable=False, comment="the figure exactly as printed"),
        sa.Column(
            "obs_value", sa.Numeric(), nullable=False, comment="the number in the base unit; of a range its lower end"
        ),
        sa.Column("unit", sa.Text(), nullable=True, comment="base unit in Chinese (人, 元, %, 百分点, 平方米)"),
        sa.Column("unit_measure", sa.String(32), nullable=True, comment="code of that unit in table unit"),
        sa.Column(
            "printed_mult", sa.Integer(), nullable=False, comment="power of ten of the printed multiplier (万: 4)"
        ),
        sa.Column("printed_decimals", sa.Integer(), nullable=False, comment="digits printed after the point"),
        sa.Column(
            "qualifier",
            sa.String(8),
            nullable=False,
            comment="eq, approx, gt (余/多/超), ge (以上), lt (近), le (以内)",
        ),
        sa.Column("obs_low", sa.Numeric(), nullable=True, comment="least value the print allows; null: open"),
        sa.Column("obs_high", sa.Numeric(), nullable=True, comment="greatest value the print allows; null: open"),
        sa.Column(
            "kind",
            sa.String(16),
            nullable=False,
            comment="count, money, share, growth, pp_change, rate, ratio, index, multiple, rank, duration, area, other",
        ),
        sa.Column("direction", sa.String(8), nullable=True, comment="down for 下降/减少; the value stays as printed"),
        sa.Column(
            "status",
            sa.String(16),
            nullable=False,
            comment="observed, target (plan) or standard (threshold, tariff)",
        ),
        sa.Column("time_type", sa.String(16), nullable=False, comment="point, period or cumulative"),
        sa.Column(
            "ref_area",
            sa.String(12),
            nullable=True,
            comment="GB/T 2260 code (9 digits: township; 100000: country); null: none or unknown",
        ),
        sa.Column("ref_area_name", sa.Text(), nullable=True, comment="the most specific place name the text supports"),
        sa.Column(
            "ref_entity",
            sa.Text(),
            nullable=True,
            comment="organisation or site, when the figure is not about the whole area",
        ),
        sa.Column(
            "time_period",
            sa.String(32),
            nullable=True,
            comment="ISO 8601 / SDMX: 2024, 2024-06, 2024-Q1, 2021/2025; null: unknown",
        ),
        sa.Column(
            "area_basis",
            sa.String(16),
            nullable=True,
            comment="what settled the area: text, section, article, publisher, manifest …",
        ),
        sa.Column("area_printed", sa.Text(), nullable=True, comment="the place as printed (全省, 盛泽镇)"),
        sa.Column(
            "area_unresolved", sa.Boolean(), nullable=False, comment="a place was printed that could not be resolved"
        ),
        sa.Column(
            "area_candidates",
            sa.JSON(),
            nullable=False,
            comment="ranked readings of an unresolved place: code, name, score, reason",
        ),
        sa.Column("period_basis", sa.String(16), nullable=True, comment="what settled the period"),
        sa.Column(
            "label",
            sa.Text(),
            nullable=False,
            comment="what is measured, in Chinese; for sheets the header path joined with a bar",
        ),
        sa.Column("breakdown", sa.JSON(), nullable=False, comment="sex, age, ownership and the like as an object"),
        sa.Column("indicator", sa.String(64), nullable=True, comment="code in table indicator; null: not yet mapped"),
        sa.Column(
            "series_key",
            sa.String(24),
            nullable=False,
            comment="what, where, whom, unit, kind; with time_period it names a fact",
        ),
        sa.Column("evidence", sa.Text(), nullable=False, comment="the sentence, or the row and column headers"),
        sa.Column("obs_status", sa.String(4), nullable=False, comment="SDMX CL_OBS_STATUS (A: normal)"),
        sa.Column("steps", sa.JSON(), nullable=False, comment="how the reading came about, one clause each"),
        sa.Column(
            "layout_confidence",
            sa.Float(),
            nullable=False,
            comment="sheets: how sure the roles of its table are, 0 to 1",
        ),
        sa.Column("run_id", sa.String(36), nullable=False, comment="run that wrote the row"),
        sa.Column("version_from", sa.BigInteger(), autoincrement=False, nullable=False, comment=CAME),
        sa.Column(
            "decision_id",
            sa.String(24),
            nullable=True,
            comment="the reviewer's decision (table decision) that made it so; null: the rules",
        ),
        sa.Column("version_until", sa.BigInteger(), nullable=False, comment="change that ended this reading"),
        sa.Column(
            "ended_by",
            sa.String(16),
            nullable=False,
            comment="reread: another reading of the place; gone: no figure there any more; held: a rule or a reviewer "
            "holds it; blocked, failed: its file; decision: a reviewer changed it",
        ),
        sa.ForeignKeyConstraint(
            ["file_sha256"], ["source_file.sha256"], name=op.f("fk_observation_history_file_sha256")
        ),
        sa.ForeignKeyConstraint(["run_id"], ["ingest_run.run_id"], name=op.f("fk_observation_history_run_id")),
        sa.PrimaryKeyConstraint("observation_id", "version_from", name=op.f("pk_observation_history")),
        comment="Readings that were accepted once and are no more, as they were. Nothing is ever overwritten.",
    )
    op.create_index("ix_observation_history_file_sha256", "observation_history", ["file_sha256"])
    op.create_index(
        "ix_observation_history_series_key_time_period", "observation_history", ["series_key", "time_period"]
    )


def _history() -> None:
    """Each content that came and each file that was read is a change, in their order in time."""
    connection = op.get_bind()
    came = "select arrived_at, 'arrival', sha256, path, run_id, is_current from file_arrival"
    read = "select read_at, 'read', sha256, run_id, reader, extractor, rows_loaded from source_file"
    events = sorted((tuple(row) for query in (came, read) for row in connection.execute(sa.text(query))), key=_order)
    changes: list[dict[str, Any]] = []
    arrivals: list[dict[str, Any]] = []
    read_in: list[dict[str, Any]] = []
    none = {"changed": 0, "removed": 0}
    for version, (at, action, sha256, *more) in enumerate(events, start=1):
        change = {"version": version, "changed_at": at, "action": action, "file_sha256": sha256}
        if action == "arrival":
            path, run_id, is_current = more
            changes.append(change | {"run_id": run_id, "reader": None, "extractor": None, "added": 0} | none)
            arrivals.append(
                {
                    "path": path,
                    "sha256": sha256,
                    "run_id": run_id,
                    "arrived_at": at,
                    "is_current": bool(is_current),
                    "version_from": version,
                    "version_until": None,
                }
            )
        else:
            run_id, reader, extractor, added = more
            by = {"run_id": run_id, "reader": reader, "extractor": extractor, "added": added}
            changes.append(change | by | none)
            read_in.append({"sha256": sha256, "version": version})
    _end(arrivals, last=len(events))
    if events:
        connection.execute(_table("warehouse_change", changes), changes)
        for table in ("observation", "quarantine"):
            t = sa.table(table, sa.column("version_from"), sa.column("file_sha256"))
            stamp = t.update().where(t.c.file_sha256 == sa.bindparam("sha256"))
            connection.execute(stamp.values(version_from=sa.bindparam("version")), read_in)
    _replace_arrivals(arrivals)
    _editions(arrivals)


def _order(event: tuple[Any, ...]) -> tuple[Any, str, str]:
    return event[0], event[1], event[2]


def _end(arrivals: list[dict[str, Any]], *, last: int) -> None:
    """Content that is no longer current ended when the next content came under its path."""
    by_path: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for arrival in arrivals:
        by_path[arrival["path"]].append(arrival)
    for own in by_path.values():
        for arrival, following in zip(own, [*own[1:], None], strict=True):
            if not arrival["is_current"]:
                arrival["version_until"] = following["version_from"] if following else last


def _replace_arrivals(arrivals: list[dict[str, Any]]) -> None:
    op.drop_table("file_arrival")
    op.create_table(
        "file_arrival",
        sa.Column("path", sa.Text(), nullable=False, comment="path as found"),
        sa.Column("sha256", sa.String(64), nullable=False, comment="content found there"),
        sa.Column("run_id", sa.String(36), nullable=False, comment="run that first saw it"),
        sa.Column("arrived_at", UTC, nullable=False, comment="when it was first seen"),
        sa.Column(
            "is_current", sa.Boolean(), nullable=False, comment="false once other content came under the same path"
        ),
        sa.Column(
            "version_from", sa.BigInteger(), autoincrement=False, nullable=False, comment="change with which it came"
        ),
        sa.Column(
            "version_until",
            sa.BigInteger(),
            nullable=True,
            comment="change with which other content took its path; null: current",
        ),
        sa.ForeignKeyConstraint(["run_id"], ["ingest_run.run_id"], name=op.f("fk_file_arrival_run_id")),
        sa.ForeignKeyConstraint(["sha256"], ["source_file.sha256"], name=op.f("fk_file_arrival_sha256")),
        sa.PrimaryKeyConstraint("path", "sha256", "version_from", name=op.f("pk_file_arrival")),
        comment="Under which names which content came and when. The same bytes under two names are two rows here, one "
        "file there; content that comes back after other content is another row.",
    )
    op.create_index("ix_file_arrival_sha256", "file_arrival", ["sha256"])
    if arrivals:
        op.get_bind().execute(_table("file_arrival", arrivals), arrivals)


def _editions(arrivals: list[dict[str, Any]]) -> None:
    """A file was current from its first arrival to the end of its last."""
    times: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for arrival in arrivals:
        times[arrival["sha256"]].append(arrival)
    insert = sa.text(
        "insert into file_edition "
        "select sha256, cast(:version_from as bigint), cast(:version_until as bigint), name, title, publisher, "
        "region_code, published_on from source_file where sha256 = :sha256"
    )
    for sha256, own in times.items():
        ends = [a["version_until"] for a in own]
        edition = {
            "sha256": sha256,
            "version_from": min(a["version_from"] for a in own),
            "version_until": None if None in ends else max(ends),
        }
        op.get_bind().execute(insert, edition)


def _table(name: str, rows: list[dict[str, Any]]) -> sa.Insert:
    return sa.table(name, *(sa.column(column) for column in rows[0])).insert()
