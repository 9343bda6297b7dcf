"""Reads a report's data from the warehouse: one query for each kind of thing, never one per row."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from etl.errors import WarehouseError
from etl.report import arrivals, changes, difference, issues, runs, series
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


def load_report_data(engine: sa.Engine, run_id: str | None, limit: int | None = issues.LIMIT) -> ReportData:
    """Everything about one run, the latest for None, read in one transaction.

    Beyond ``limit`` findings each rule of each file gives a sample; None: all of them, however many.

    Raises UsageError when the warehouse has no such run (``run_id`` may be a unique prefix of 4 or more characters),
    WarehouseError when there is no warehouse.
    """
    try:
        with engine.connect().execution_options(readonly=True) as connection:
            return _load(connection, run_id, limit)
    except (sa.exc.OperationalError, sa.exc.ProgrammingError) as e:
        where = engine.url.render_as_string(hide_password=True)
        reason = str(e.orig).strip().splitlines()[0]
        raise WarehouseError(where, f"can't be read ({reason})", next_step="Run `etl run` or `etl doctor`.") from None


def _load(connection: sa.Connection, run_id: str | None, limit: int | None) -> ReportData:
    run = runs.find_run(connection, run_id)
    past = runs.recent(connection, run)
    totals = past[0].totals
    previous = runs.previous(past, run)
    scope: Scope = "run" if totals.files else "warehouse"
    shas = _files_in_scope(scope, run.run_id)
    counts = issues.count_findings(connection, shas)
    found = issues.load_issues(connection, shas, counts, limit)
    files = _files(connection, shas, run, counts)
    unmapped, unmapped_labels, unmapped_rows = _unmapped(connection, shas)
    return ReportData(
        run=run,
        scope=scope,
        totals=totals,
        previous=previous.run if previous else None,
        previous_totals=previous.totals if previous else Totals(),
        warehouse=runs.sum_of_files(connection, schema.source_file.c.sha256.in_(_current_files())),
        warehouse_after=past[0].warehouse,
        warehouse_before=next((p.warehouse for p in past[1:] if p.warehouse), None),
        files=files,
        counts=counts,
        held=found.held,
        warned=found.warned,
        relations=found.relations,
        loose=found.loose,
        is_complete=found.is_complete,
        warned_rows=found.warned_rows,
        rules=_rules(connection, shas, runs.history(past), counts),
        crashed=_crashed(connection, shas),
        unmapped=unmapped,
        unmapped_labels=unmapped_labels,
        unmapped_rows=unmapped_rows,
        ignored=_ignored(connection, shas),
        changes=changes.of_run(connection, run.run_id),
        difference=difference.of_run(connection, run),
        held_before=_held_before(connection, run.run_id) if scope == "run" else 0,
        read_later=max(0, totals.files - len(files)) if scope == "run" else 0,
        series=series.of_doubtful(connection, shas, _current_files()),
        is_latest=runs.is_latest(connection, run),
        overdue=arrivals.overdue(connection, run.finished_at or datetime.now(UTC)),
        by_sha={f.sha256: f for f in files},
    )


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
    connection: sa.Connection,
    shas: sa.Select[Any],
    history: Mapping[str, tuple[RulePoint, ...]],
    counts: Iterable[FindingCount],
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
