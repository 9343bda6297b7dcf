"""What a run did, and which of its critical findings nobody has been told of yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from etl.errors import GongbaoError
from etl.ingest import FileSummary
from etl.warehouse import schema

CRITICAL = ("block", "quarantine")
"""Severities that keep a row or a file out of the warehouse."""


@dataclass(frozen=True, slots=True, order=True)
class CriticalFinding:
    """A finding that holds a row or blocks a file, without ids: the same trouble in a new edition is no news."""

    file: str
    rule_id: str
    message: str


@dataclass(frozen=True, slots=True)
class RuleCount:
    """Findings of one rule in the files that a run read."""

    rule_id: str
    severity: str
    findings: int


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run did, for the command line, the run page and notifications."""

    run_id: str
    files: tuple[FileSummary, ...]
    known: int
    problems: tuple[str, ...]
    unreadable: int
    report: Path
    new_critical: tuple[CriticalFinding, ...] = ()
    rules: tuple[RuleCount, ...] = ()

    @property
    def failed(self) -> int:
        """Files that were blocked or could not be read."""
        return self.unreadable + sum(f.status != "loaded" for f in self.files)


class FilesFailedError(GongbaoError):
    """A run that did all it could, and had files that it could not load; ``outcome`` tells what it did."""

    code = "files_failed"

    def __init__(self, where: str, what: str, *, outcome: Any, next_step: str = "") -> None:
        super().__init__(where, what, next_step=next_step)
        self.outcome = outcome


def told_before(engine: sa.Engine) -> frozenset[CriticalFinding]:
    """Critical findings as of the last run that ended: those of a run that was killed have been told to nobody."""
    run, file = schema.ingest_run.c, schema.source_file.c
    last = sa.select(sa.func.max(run.started_at)).where(run.finished_at.is_not(None)).scalar_subquery()
    read_by = sa.select(run.run_id).where(run.started_at <= last)
    with engine.connect().execution_options(readonly=True) as connection:
        return frozenset(_critical(connection, file.run_id.in_(read_by)))


def critical_of(engine: sa.Engine, run_id: str, before: frozenset[CriticalFinding]) -> tuple[CriticalFinding, ...]:
    """Critical findings that came with this run or with runs killed since the last one that ended; sorted."""
    run, file = schema.ingest_run.c, schema.source_file.c
    ended = sa.select(sa.func.max(run.started_at)).where(run.finished_at.is_not(None)).scalar_subquery()
    since = sa.select(run.run_id).where(sa.or_(run.run_id == run_id, run.started_at > ended, ended.is_(None)))
    with engine.connect().execution_options(readonly=True) as connection:
        return tuple(sorted(_critical(connection, file.run_id.in_(since)) - before))


def all_critical(engine: sa.Engine) -> frozenset[CriticalFinding]:
    """Critical findings of all files."""
    with engine.connect().execution_options(readonly=True) as connection:
        return frozenset(_critical(connection, sa.true()))


def rules_of(engine: sa.Engine, run_id: str) -> tuple[RuleCount, ...]:
    """Findings by rule in the files that a run read, the gravest and most frequent first."""
    finding, file = schema.finding.c, schema.source_file.c
    count = sa.func.count()
    query = (
        sa.select(finding.rule_id, finding.severity, count)
        .join(schema.source_file, file.sha256 == finding.file_sha256)
        .where(file.run_id == run_id)
        .group_by(finding.rule_id, finding.severity)
    )
    order = {"block": 0, "quarantine": 1, "warn": 2}
    with engine.connect().execution_options(readonly=True) as connection:
        found = [RuleCount(*row) for row in connection.execute(query)]
    return tuple(sorted(found, key=lambda r: (order[r.severity], -r.findings, r.rule_id)))


def grouped(findings: Iterable[CriticalFinding]) -> list[tuple[str, str, int, str]]:
    """(file, rule, number of findings, the first message), the largest groups first."""
    groups: dict[tuple[str, str], list[str]] = {}
    for f in findings:
        groups.setdefault((f.file, f.rule_id), []).append(f.message)
    ordered = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
    return [(file, rule, len(messages), messages[0]) for (file, rule), messages in ordered]


def _critical(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> set[CriticalFinding]:
    finding, file = schema.finding.c, schema.source_file.c
    query = (
        sa.select(file.name, finding.rule_id, finding.message)
        .join(schema.source_file, file.sha256 == finding.file_sha256)
        .where(finding.severity.in_(CRITICAL), condition)
    )
    return {CriticalFinding(*row) for row in connection.execute(query)}
