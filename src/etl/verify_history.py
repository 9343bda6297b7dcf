"""Checks of what the warehouse tells of its past and of its reviewers; each yields what does not agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import sqlalchemy as sa

from etl.review.model import State
from etl.warehouse import schema

ENDED_BY = ("reread", "gone", "held", "blocked", "failed", "decision")
_HOLDING = ("open", "rejected")
"""States in which a figure is not loaded."""


def history(connection: sa.Connection) -> Iterator[str]:
    """Every reading of a figure ends before the next one begins; each change made as many rows as it says."""
    o, h, c = schema.observation.c, schema.observation_history, schema.warehouse_change
    last, count = connection.execute(sa.select(sa.func.max(c.c.version), sa.func.count())).one()
    if count and last != count:
        yield f"warehouse_change: the newest version is {last}, there are {count}"
    for row in connection.execute(
        sa.select(h.c.observation_id, h.c.version_from, h.c.version_until, h.c.ended_by).where(
            sa.or_(
                h.c.version_from >= h.c.version_until, h.c.version_until > (last or 0), h.c.ended_by.not_in(ENDED_BY)
            )
        )
    ):
        yield f"{row[0]}: was known from version {row[1]} to {row[2]} of {last}, ended by {row[3]}"
    before = sa.func.lag(h.c.version_until).over(partition_by=h.c.observation_id, order_by=h.c.version_from)
    spans = sa.select(h.c.observation_id, h.c.version_from, before.label("before")).subquery()
    for row in connection.execute(sa.select(spans).where(spans.c.before > spans.c.version_from)):
        yield f"{row[0]}: known twice at version {row[1]}, the reading before ended with {row[2]}"
    current = sa.select(o.observation_id, o.version_from, h.c.version_until).where(
        h.c.observation_id == o.observation_id, h.c.version_until > o.version_from
    )
    for row in connection.execute(current):
        yield f"{row[0]}: is current since version {row[1]}, and in the history until {row[2]}"
    ended = sa.select(h.c.version_until.label("version"), sa.func.count().label("rows")).group_by(h.c.version_until)
    ends = ended.subquery()
    claimed = c.c.changed + c.c.removed
    there = sa.func.coalesce(ends.c.rows, 0)
    told = sa.select(c.c.version, claimed, there).select_from(c.outerjoin(ends, ends.c.version == c.c.version))
    for version, rows, found in connection.execute(told.where(claimed != there)):
        yield f"change {version}: {rows} readings were superseded, the history has {found}"


def editions(connection: sa.Connection) -> Iterator[str]:
    """A file that lies under a path has one open edition, which tells what the file's row does; another has none."""
    e, a, f = schema.file_edition.c, schema.file_arrival.c, schema.source_file.c
    told = ("name", "title", "publisher", "region_code", "published_on")
    is_open = sa.and_(e.file_sha256 == f.sha256, e.version_until.is_(None))
    opened: Any = sa.select(sa.func.count()).select_from(schema.file_edition).where(is_open).scalar_subquery()
    lies = sa.exists().where(a.sha256 == f.sha256, a.is_current)
    wrong = sa.select(f.name, f.sha256, opened, lies).where(opened != sa.case((lies, 1), else_=0))
    for name, sha256, count, is_current in connection.execute(wrong):
        yield f"{name} ({sha256[:12]}…): {count} open editions, and {'a' if is_current else 'no'} path has it"
    differs = sa.or_(*(e[column].is_distinct_from(f[column]) for column in told))
    for name, sha256 in connection.execute(sa.select(f.name, f.sha256).where(is_open, differs)):
        yield f"{name} ({sha256[:12]}…): its open edition tells otherwise than its row"
    before = sa.func.lag(sa.func.coalesce(e.version_until, e.version_from + 1)).over(
        partition_by=e.file_sha256, order_by=e.version_from
    )
    spans = sa.select(e.file_sha256, e.version_from, e.version_until, before.label("before")).subquery()
    overlap = sa.or_(spans.c.before > spans.c.version_from, spans.c.version_until <= spans.c.version_from)
    for row in connection.execute(sa.select(spans).where(overlap)):
        yield f"{row[0][:12]}…: edition from version {row[1]} to {row[2]}, the one before ended with {row[3]}"


def review(connection: sa.Connection) -> Iterator[str]:
    """Each held figure is known to the reviewers in the same state, none that is loaded waits for them, and decisions
    that rows name are in the log."""
    i, o, q, d = schema.review_item, schema.observation, schema.quarantine, schema.decision.c
    unknown = sa.select(i.c.observation_id, i.c.state).where(i.c.state.not_in(get_args(State)))
    for row in connection.execute(unknown):
        yield f"{row[0]}: state {row[1]!r} is none of {', '.join(get_args(State))}"
    pairs = q.outerjoin(i, i.c.observation_id == q.c.observation_id)
    held = sa.select(q.c.observation_id, q.c.state, i.c.state).select_from(pairs)
    for row in connection.execute(
        held.where(sa.or_(i.c.state.is_distinct_from(q.c.state), q.c.state.not_in(_HOLDING)))
    ):
        yield f"{row[0]}: is held as {row[1]!r}, for the reviewers it is {row[2]!r}"
    waits = sa.select(o.c.observation_id, i.c.state).where(
        i.c.observation_id == o.c.observation_id, i.c.state.in_(_HOLDING)
    )
    for row in connection.execute(waits):
        yield f"{row[0]}: is loaded, for the reviewers it is {row[1]!r}"
    for column in (o.c.decision_id, q.c.decision_id, i.c.decision_id, i.c.lapsed_id):
        lost = sa.select(column.table.c.observation_id, column).where(
            column.is_not(None), ~sa.exists().where(d.decision_id == column)
        )
        for row in connection.execute(lost):
            yield f"{column.table.name}.{column.name} of {row[0]}: no decision {row[1]}"
