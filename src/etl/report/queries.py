"""Reads a report's data from the warehouse: one query for each kind of thing, never one per row."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from etl.errors import UsageError
from etl.report import changes, issues
from etl.report.data import (
    SEVERITY_ORDER,
    CrashedRule,
    FileLine,
    FindingCount,
    LabelLine,
    ReportData,
    RuleLine,
    RulePoint,
    RunLine,
    Scope,
    Totals,
)
from etl.warehouse import schema

LABELS = 300
"""Unmapped labels shown: the mapping queue itself is in the warehouse."""
HISTORY = 12
"""Runs in the small chart of a rule."""


def load_report_data(engine: sa.Engine, run_id: str) -> ReportData:
    """Everything about one run, read in one transaction.

    Raises UsageError when the warehouse has no such run (``run_id`` may be a unique prefix of 4 or more characters).
    """
    with engine.connect().execution_options(readonly=True) as connection:
        run = _run(connection, run_id)
        previous = _previous(connection, run)
        by_run = _totals_by_run(connection, [run.run_id] + ([previous.run_id] if previous else []))
        totals = by_run.get(run.run_id, Totals())
        scope: Scope = "run" if totals.files else "warehouse"
        shas = _files_in_scope(scope, run.run_id)
        counts = issues.count_findings(connection, shas)
        found = issues.load_issues(connection, shas, counts)
        files = _files(connection, shas, run, counts)
        unmapped, unmapped_labels, unmapped_rows = _unmapped(connection, shas)
        return ReportData(
            run=run,
            scope=scope,
            totals=totals,
            previous=previous,
            previous_totals=by_run.get(previous.run_id, Totals()) if previous else Totals(),
            warehouse=_warehouse_totals(connection),
            files=files,
            counts=counts,
            held=found.held,
            warned=found.warned,
            relations=found.relations,
            loose=found.loose,
            is_complete=found.is_complete,
            warned_rows=found.warned_rows,
            rules=_rules(connection, shas, run, counts),
            crashed=_crashed(connection, shas),
            unmapped=unmapped,
            unmapped_labels=unmapped_labels,
            unmapped_rows=unmapped_rows,
            ignored=_ignored(connection, shas),
            changes=changes.of_run(connection, run.run_id),
            held_before=_held_before(connection, run.run_id) if scope == "run" else 0,
            by_sha={f.sha256: f for f in files},
        )


def latest_run(engine: sa.Engine) -> str | None:
    """The id of the run that started last; None in an empty warehouse."""
    r = schema.ingest_run.c
    with engine.connect().execution_options(readonly=True) as connection:
        return connection.scalar(sa.select(r.run_id).order_by(r.started_at.desc(), r.run_id).limit(1))


def _run(connection: sa.Connection, run_id: str) -> RunLine:
    r = schema.ingest_run.c
    pattern = r.run_id.startswith(run_id, autoescape=True) if 4 <= len(run_id) < 36 else r.run_id == run_id
    found = connection.execute(sa.select(schema.ingest_run).where(pattern).limit(2)).mappings().all()
    if len(found) != 1:
        latest = connection.scalars(sa.select(r.run_id).order_by(r.started_at.desc()).limit(5)).all()
        raise UsageError(
            f"run {run_id}",
            "several runs begin like that" if found else "the warehouse has no such run",
            known=latest,
            next_step="Give the id of one of the latest runs." if latest else "Run `etl run PATH` first.",
        )
    return _run_line(found[0])


def _run_line(row: Mapping[Any, Any]) -> RunLine:
    return RunLine(
        run_id=row["run_id"],
        started_at=_utc(row["started_at"]),
        finished_at=_utc(row["finished_at"]) if row["finished_at"] else None,
        status=row["status"],
        version=row["version"],
        files_seen=row["files_seen"],
        files_known=row["files_known"],
        problems=tuple(str(p) for p in row["problems"] or ()),
    )


def _utc(value: datetime) -> datetime:
    """SQLite gives times back without their zone; all of ours are UTC."""
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _previous(connection: sa.Connection, run: RunLine) -> RunLine | None:
    table = schema.ingest_run
    query = (
        sa.select(table)
        .where(table.c.status == "completed", table.c.started_at < run.started_at, table.c.run_id != run.run_id)
        .order_by(table.c.started_at.desc())
        .limit(1)
    )
    row = connection.execute(query).mappings().first()
    return _run_line(row) if row else None


def _sums() -> list[sa.ColumnElement[Any]]:
    f = schema.source_file.c

    def of_status(status: str) -> sa.ColumnElement[Any]:
        return sa.func.sum(sa.case((f.status == status, 1), else_=0)).label(f"files_{status}")

    summed = [
        sa.func.sum(f[field.name]).label(field.name) for field in fields(Totals) if not field.name.startswith("files")
    ]
    return [sa.func.count().label("files"), *map(of_status, ("loaded", "blocked", "failed")), *summed]


def _totals(row: Mapping[Any, Any]) -> Totals:
    return Totals(**{field.name: row[field.name] or 0 for field in fields(Totals)})


def _totals_by_run(connection: sa.Connection, run_ids: list[str]) -> dict[str, Totals]:
    f = schema.source_file.c
    query = sa.select(f.run_id, *_sums()).where(f.run_id.in_(run_ids)).group_by(f.run_id)
    return {row["run_id"]: _totals(row) for row in connection.execute(query).mappings()}


def _warehouse_totals(connection: sa.Connection) -> Totals:
    query = sa.select(*_sums()).where(schema.source_file.c.sha256.in_(_current_files()))
    return _totals(connection.execute(query).mappings().one())


def _current_files() -> sa.Select[Any]:
    a = schema.file_arrival.c
    return sa.select(a.sha256).where(a.is_current)


def _files_in_scope(scope: Scope, run_id: str) -> sa.Select[Any]:
    f = schema.source_file.c
    condition = f.run_id == run_id if scope == "run" else f.sha256.in_(_current_files())
    return sa.select(f.sha256).where(condition)


def _files(
    connection: sa.Connection, shas: sa.Select[Any], run: RunLine, counts: Iterable[FindingCount]
) -> tuple[FileLine, ...]:
    """The files of the report: those that need a person first, then by name."""
    table, a = schema.source_file, schema.file_arrival.c
    paths: dict[str, list[str]] = defaultdict(list)
    earlier: set[str] = set()
    for sha256, path, arrived_in in connection.execute(
        sa.select(a.sha256, a.path, a.run_id).where(a.sha256.in_(shas)).order_by(a.is_current.desc(), a.path)
    ):
        paths[sha256].append(path)
        if arrived_in != run.run_id:
            earlier.add(sha256)
    of_file: Counter[str] = Counter()
    for count in counts:
        of_file[count.file_sha256] += count.findings
    own = {"paths", "findings", "is_reread"}
    names = [field.name for field in fields(FileLine) if field.name not in own]
    rows = connection.execute(sa.select(*(table.c[n] for n in names)).where(table.c.sha256.in_(shas))).mappings()
    lines = [
        FileLine(
            **dict(row),
            paths=tuple(paths[row["sha256"]]),
            findings=of_file[row["sha256"]],
            is_reread=row["sha256"] in earlier,
        )
        for row in rows
    ]
    rank = {"failed": 0, "blocked": 1, "loaded": 2}
    return tuple(sorted(lines, key=lambda f: (rank.get(f.status, 3), f.name, f.sha256)))


def _rules(
    connection: sa.Connection, shas: sa.Select[Any], run: RunLine, counts: Iterable[FindingCount]
) -> tuple[RuleLine, ...]:
    """Each rule over all files of the report, those with findings first."""
    t = schema.quality_check.c

    def files_with(status: str) -> sa.ColumnElement[Any]:
        return sa.func.sum(sa.case((t.status == status, 1), else_=0))

    query = (
        sa.select(
            t.rule_id,
            sa.func.min(t.severity),
            sa.func.sum(t.candidates),
            sa.func.sum(t.evaluated),
            sa.func.sum(t.failed),
            files_with("failed"),
            files_with("error"),
            files_with("not_applicable"),
        )
        .where(t.file_sha256.in_(shas))
        .group_by(t.rule_id)
    )
    of_rule: Counter[str] = Counter()
    severities: dict[str, str] = {}
    for count in counts:
        of_rule[count.rule_id] += count.findings
        severities[count.rule_id] = count.severity
    history = _history(connection, run)
    lines = []
    for row in connection.execute(query):
        rule_id, severity, candidates, evaluated, failed, in_failed, in_error, in_none = row
        lines.append(
            RuleLine(
                rule_id, severity, candidates, evaluated, failed, in_failed, in_error, in_none,
                findings=of_rule[rule_id], history=history.get(rule_id, ()),
            )
        )  # fmt: skip
    checked = {line.rule_id for line in lines}
    lines += [
        RuleLine(rule_id, severities[rule_id], 0, 0, 0, 0, 0, 0, findings=n)
        for rule_id, n in of_rule.items()
        if rule_id not in checked
    ]
    return tuple(sorted(lines, key=lambda r: (-r.findings, SEVERITY_ORDER.get(r.severity, 9), r.rule_id)))


def _history(connection: sa.Connection, run: RunLine) -> dict[str, tuple[RulePoint, ...]]:
    """Each rule over the latest runs that read something, up to this one. A file counts for its latest run."""
    t, r = schema.quality_check.c, schema.ingest_run.c
    recent = (
        sa.select(r.run_id, r.started_at)
        .where(r.started_at <= run.started_at, r.run_id.in_(sa.select(t.run_id)))
        .order_by(r.started_at.desc())
        .limit(HISTORY)
        .subquery()
    )
    query = (
        sa.select(
            t.rule_id,
            recent.c.run_id,
            recent.c.started_at,
            sa.func.sum(t.candidates),
            sa.func.sum(t.evaluated),
            sa.func.sum(t.failed),
        )
        .join(recent, recent.c.run_id == t.run_id)
        .group_by(t.rule_id, recent.c.run_id, recent.c.started_at)
        .order_by(recent.c.started_at)
    )
    points: dict[str, list[RulePoint]] = defaultdict(list)
    for rule_id, run_id, started_at, candidates, evaluated, failed in connection.execute(query):
        points[rule_id].append(RulePoint(run_id, _utc(started_at), candidates, evaluated, failed))
    return {rule_id: tuple(found) for rule_id, found in points.items()}


def _crashed(connection: sa.Connection, shas: sa.Select[Any]) -> tuple[CrashedRule, ...]:
    t = schema.quality_check.c
    query = (
        sa.select(t.file_sha256, t.rule_id, t.message)
        .where(t.file_sha256.in_(shas), t.status == "error")
        .order_by(t.rule_id, t.file_sha256)
    )
    return tuple(CrashedRule(*row) for row in connection.execute(query))


def _unmapped(connection: sa.Connection, shas: sa.Select[Any]) -> tuple[tuple[LabelLine, ...], int, int]:
    o = schema.observation.c
    rows = sa.func.count().label("n")
    per_label = (
        sa.select(o.label, rows, sa.func.count(o.file_sha256.distinct()))
        .where(o.file_sha256.in_(shas), o.indicator.is_(None))
        .group_by(o.label)
    )
    lines = [LabelLine(*row) for row in connection.execute(per_label.order_by(rows.desc(), o.label))]
    return tuple(lines[:LABELS]), len(lines), sum(line.rows for line in lines)


def _ignored(connection: sa.Connection, shas: sa.Select[Any]) -> tuple[tuple[str, int], ...]:
    t = schema.ignored_numeral.c
    number = sa.func.count().label("n")
    query = sa.select(t.reason, number).where(t.file_sha256.in_(shas)).group_by(t.reason)
    return tuple((row[0], row[1]) for row in connection.execute(query.order_by(number.desc(), t.reason)))


def _held_before(connection: sa.Connection, run_id: str) -> int:
    q = schema.quarantine.c
    read_now = sa.select(schema.source_file.c.sha256).where(schema.source_file.c.run_id == run_id)
    query = sa.select(sa.func.count()).where(q.file_sha256.in_(_current_files()), q.file_sha256.not_in(read_now))
    return int(connection.scalar(query) or 0)
