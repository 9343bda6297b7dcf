"""What a run added to the warehouse, and where its files contradict others that are current."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from etl.report.data import Difference, Revision, RunLine
from etl.warehouse import schema

MOST = 1000
"""Revisions read; a page lists fewer."""


def of_run(connection: sa.Connection, run: RunLine) -> Difference:
    """Facts of files that a run brought first, their contradictions, and rows that a recheck moved."""
    run_id, new = run.run_id, _new_files(run.run_id)
    o = schema.observation.c
    distinct = sa.select(o.series_key, o.time_period).where(o.file_sha256.in_(new)).distinct().subquery()
    revisions = _revisions(connection, run, new)
    return Difference(
        new_files=int(connection.scalar(sa.select(sa.func.count()).select_from(new.subquery())) or 0),
        new_facts=int(connection.scalar(sa.select(sa.func.count()).select_from(distinct)) or 0),
        revisions=tuple(revisions[:MOST]),
        is_complete=len(revisions) <= MOST,
        released=_moved(connection, schema.observation, run_id),
        newly_held=_moved(connection, schema.quarantine, run_id),
    )


def _new_files(run_id: str) -> sa.Select[Any]:
    """Content that no earlier run had seen anywhere."""
    a = schema.file_arrival.c
    elsewhere = sa.select(a.sha256).where(a.run_id != run_id)
    return sa.select(a.sha256).where(a.run_id == run_id, a.sha256.not_in(elsewhere)).distinct()


def _revisions(connection: sa.Connection, run: RunLine, new: sa.Select[Any]) -> list[Revision]:
    """Facts to which a file that was there before gives a value outside of what the print allows: 7.6万 and 76,012
    agree, an open end contradicts nothing."""
    a = schema.file_arrival.c
    before = sa.select(a.sha256).where(a.is_current, a.arrived_at < run.started_at)
    n, o, f = schema.observation.alias("n"), schema.observation.alias("o"), schema.source_file.c
    query = (
        sa.select(
            n.c.label, n.c.ref_area_name, n.c.time_period, n.c.unit,
            o.c.obs_value.label("old"), n.c.obs_value.label("new"),
            o.c.file_sha256.label("old_sha256"), n.c.file_sha256.label("new_sha256"), f.name.label("old_file"),
        )
        .join(o, (o.c.series_key == n.c.series_key) & (o.c.time_period == n.c.time_period))
        .join(f.sha256.table, f.sha256 == o.c.file_sha256)
        .where(
            n.c.file_sha256.in_(new),
            o.c.file_sha256.in_(before),
            (n.c.obs_low > o.c.obs_high) | (n.c.obs_high < o.c.obs_low),
        )
        .order_by(n.c.file_sha256, n.c.label, n.c.time_period, n.c.observation_id)
        .limit(MOST + 1)
    )  # fmt: skip
    return [
        Revision(
            label=row.label,
            area=row.ref_area_name,
            time_period=row.time_period,
            unit=row.unit,
            old=row.old,
            new=row.new,
            old_file=row.old_file,
            new_sha256=row.new_sha256,
        )
        for row in connection.execute(query)
    ]


def _moved(connection: sa.Connection, table: sa.Table, run_id: str) -> int:
    """Rows that this run put there without reading their file."""
    change = schema.warehouse_change.c
    moves = sa.select(change.version).where(change.run_id == run_id, change.action != "read")
    return int(connection.scalar(sa.select(sa.func.count()).where(table.c.version_from.in_(moves))) or 0)
