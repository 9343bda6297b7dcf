"""Runs: which one is asked for, which came before, what each brought, and how each rule fared in the latest ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from etl.errors import UsageError
from etl.report.data import RulePoint, RunLine, Totals
from etl.warehouse import schema
from etl.warehouse.totals import COUNTED, file_sums, plain_numbers, rule_sums

HISTORY = 12
"""Runs in the small charts of a rule."""
LOOK_BACK = 60
"""Runs among which these are looked for: many runs find nothing new."""


@dataclass(frozen=True, slots=True)
class Past:
    """A run with what it left, read from the totals it wrote at its end, or summed now while it has none."""

    run: RunLine
    totals: Totals
    warehouse: Totals | None
    """Of all files that were current when it ended; None for one that did not."""
    rules: Mapping[str, Mapping[str, int]]


def find_run(connection: sa.Connection, run_id: str | None) -> RunLine:
    """The run with this id or the only one whose id begins so; None: the latest.

    Raises UsageError when the warehouse has no such run; a prefix needs 4 characters.
    """
    r = schema.ingest_run.c
    query = sa.select(schema.ingest_run).order_by(r.started_at.desc(), r.run_id)
    if run_id is None:
        found = connection.execute(query.limit(1)).mappings().all()
    else:
        matches = r.run_id.startswith(run_id, autoescape=True) if 4 <= len(run_id) < 36 else r.run_id == run_id
        found = connection.execute(query.where(matches).limit(2)).mappings().all()
    if len(found) == 1:
        return _run_line(found[0])
    latest = connection.scalars(sa.select(r.run_id).order_by(r.started_at.desc()).limit(5)).all()
    what = "the warehouse has no such run"
    if found:
        what = "begins the id of more than one run"
    elif run_id and len(run_id) < 4:
        what = "is too short, give at least 4 characters of the id"
    raise UsageError(
        f"run {run_id}" if run_id else "latest run",
        what if run_id else "the warehouse has no run yet",
        known=[f["run_id"] for f in found] or latest,
        next_step="Give the id of one of them." if latest else "Run `etl run PATH` first.",
    )


def is_latest(connection: sa.Connection, run: RunLine) -> bool:
    """No other run started after it."""
    newest = connection.scalar(sa.select(sa.func.max(schema.ingest_run.c.started_at)))
    return newest is None or run.started_at >= utc(newest)


def recent(connection: sa.Connection, run: RunLine) -> tuple[Past, ...]:
    """The run itself and those before it, the latest first."""
    table = schema.ingest_run
    query = (
        sa.select(table)
        .where((table.c.started_at < run.started_at) | (table.c.run_id == run.run_id))
        .order_by((table.c.run_id != run.run_id), table.c.started_at.desc(), table.c.run_id)
        .limit(LOOK_BACK)
    )
    rows = connection.execute(query).mappings().all()
    # A run that was killed never wrote its totals, one that still runs has yet to.
    untold = [row["run_id"] for row in rows if not row["totals"]]
    files, rules = _live_files(connection, untold), _live_rules(connection, untold)
    past = []
    for row in rows:
        told = row["totals"] or {"files": files.get(row["run_id"], {}), "rules": rules.get(row["run_id"], {})}
        warehouse = _totals(told["warehouse"]) if "warehouse" in told else None
        past.append(Past(_run_line(row), _totals(told["files"]), warehouse, told["rules"]))
    return tuple(past)


def previous(past: Sequence[Past], run: RunLine) -> Past | None:
    """The latest run before this one that ended and had something to read."""
    return next((p for p in past if p.run.run_id != run.run_id and p.run.finished_at and p.totals.files), None)


def history(past: Sequence[Past]) -> dict[str, tuple[RulePoint, ...]]:
    """Each rule over the latest runs that evaluated rules, the oldest first."""
    points: dict[str, list[RulePoint]] = defaultdict(list)
    checked = [p for p in past if p.rules][:HISTORY]
    for p in reversed(checked):
        for rule_id, counts in p.rules.items():
            points[rule_id].append(RulePoint(p.run.run_id, p.run.started_at, **{n: int(counts[n]) for n in COUNTED}))
    return {rule_id: tuple(found) for rule_id, found in points.items()}


def sum_of_files(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> Totals:
    """Totals over the files of a condition, as they are now."""
    row = connection.execute(sa.select(*file_sums()).where(condition)).mappings().one()
    return _totals(plain_numbers(row))


def _live_files(connection: sa.Connection, run_ids: Sequence[str]) -> dict[str, dict[str, int | float]]:
    f = schema.source_file.c
    query = sa.select(f.run_id, *file_sums()).where(f.run_id.in_(run_ids)).group_by(f.run_id)
    rows = [dict(row) for row in connection.execute(query).mappings()]
    return {row.pop("run_id"): plain_numbers(row) for row in rows}


def _live_rules(connection: sa.Connection, run_ids: Sequence[str]) -> dict[str, dict[str, dict[str, int | float]]]:
    q = schema.quality_check.c
    query = sa.select(q.run_id, q.rule_id, *rule_sums()).where(q.run_id.in_(run_ids)).group_by(q.run_id, q.rule_id)
    found: dict[str, dict[str, dict[str, int | float]]] = defaultdict(dict)
    for row in connection.execute(query).mappings():
        found[row["run_id"]][row["rule_id"]] = plain_numbers({name: row[name] for name in COUNTED})
    return found


def _totals(sums: Mapping[str, Any]) -> Totals:
    return Totals(**{field.name: sums.get(field.name, 0) for field in fields(Totals)})


def _run_line(row: Mapping[Any, Any]) -> RunLine:
    return RunLine(
        run_id=row["run_id"],
        started_at=utc(row["started_at"]),
        finished_at=utc(row["finished_at"]) if row["finished_at"] else None,
        status=row["status"],
        version=row["version"],
        files_seen=row["files_seen"],
        files_known=row["files_known"],
        problems=tuple(str(p) for p in row["problems"] or ()),
        is_recheck="recheck" in (row["arguments"] or {}),
    )


def utc(value: datetime) -> datetime:
    """SQLite gives times back without their zone; all of ours are UTC."""
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
