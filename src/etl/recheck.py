"""Apply today's rules to what is loaded and held, without reading files again.

Rows that no longer meet the rules go to quarantine, rows that meet them now are loaded, each file in one transaction.
What extraction decided (value, place, period, label) stays as it was: for that, there is the backfill.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import sqlalchemy as sa

from etl.check.frames import FileRows
from etl.check.gate import FileVerdict, check
from etl.check.reconcile import Evaluated
from etl.check.suites import Suite
from etl.model import Finding, Observation
from etl.review.standing import FileDecisions, Revised, revise, settle, stale
from etl.review.store import decisions_for, started_at
from etl.selection import StoredFile
from etl.warehouse.judgement import Changed, Judgement, evaluated_of, judge
from etl.warehouse.stored import StoredRow, relations_of, rows_of


@dataclass(frozen=True, slots=True)
class Rechecked:
    """What a recheck did, or would do, to one file."""

    name: str
    sha256: str
    rows: int
    released: int
    """Rows that left quarantine."""
    held: int
    """Rows that went there."""
    findings: tuple[Finding, ...] = ()
    error: str | None = None
    """Why the file was left as it was: a rule crashed or a file-wide rule failed."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The rows of one file, as stages pass them on."""

    file: StoredFile
    loaded: tuple[Observation, ...]
    held: tuple[Observation, ...]
    evaluated: tuple[Evaluated, ...]


@dataclass(frozen=True, slots=True)
class _Again:
    """One file with its rows as they were read and as decisions make them."""

    file: StoredFile
    rows: tuple[StoredRow, ...]
    decisions: FileDecisions
    revised: tuple[Revised, ...]
    evaluated: tuple[Evaluated, ...]


def recheck_batch(
    files: Sequence[StoredFile], engine: sa.Engine, run_id: str | None, suites: Sequence[Suite]
) -> tuple[Rechecked, ...]:
    """Check a batch of loaded files; ``run_id`` None tells what would happen and changes nothing."""
    versions = {rule.rule_id: rule.version for suite in suites for rule in suite.rules}
    with engine.connect().execution_options(readonly=True) as connection:
        at = started_at(connection, run_id) if run_id else datetime.now(UTC)
        decisions = decisions_for(connection, {f.sha256: () for f in files}, at)
        rows = rows_of(connection, {f.sha256: f.name for f in files})
        relations = relations_of(connection, [f.sha256 for f in files])
    again = []
    for f in files:
        sha, own = f.sha256, rows[f.sha256]
        revised = revise(decisions[sha], [row.reading for row in own], versions)
        evaluated = evaluated_of(relations[sha], sha, {r.observation.place: r.observation for r in revised})
        again.append(_Again(f, tuple(own), decisions[sha], revised, evaluated))
    checked = [FileRows(a.file.sha256, tuple(r.observation for r in a.revised), a.evaluated) for a in again]
    verdicts = check(checked, suites)
    return tuple(_apply(engine, run_id, a, v) for a, v in zip(again, verdicts, strict=True))


def _apply(engine: sa.Engine, run_id: str | None, again: _Again, verdict: FileVerdict) -> Rechecked:
    settled = settle(again.revised, verdict)
    pairs = tuple(zip(again.rows, settled, strict=True))
    to_hold = sum(row.is_loaded and not s.is_loaded for row, s in pairs)
    to_release = sum(s.is_loaded and not row.is_loaded for row, s in pairs)
    told = replace(verdict, findings=(*verdict.findings, *stale(again.decisions, again.revised)))
    name, sha256 = again.file.name, again.file.sha256
    if verdict.blocking:
        error = "；".join(f.message for f in verdict.blocking)
        return Rechecked(name, sha256, len(pairs), 0, 0, told.findings, error)
    if run_id is not None:
        judgement = Judgement(
            sha256, again.file.run_id, again.decisions.seen, pairs, is_whole=True, verdict=told,
            evaluated=again.evaluated,
        )  # fmt: skip
        try:
            judge(engine, run_id, judgement)
        except Changed as e:
            return Rechecked(name, sha256, len(pairs), 0, 0, told.findings, str(e))
    return Rechecked(name, sha256, len(pairs), to_release, to_hold, told.findings)


def stored_rows(connection: sa.Connection, files: Sequence[StoredFile]) -> tuple[Stored, ...]:
    """All that the warehouse holds of some files, with their relations judged anew."""
    rows = rows_of(connection, {f.sha256: f.name for f in files})
    relations = relations_of(connection, [f.sha256 for f in files])
    result = []
    for f in files:
        own = rows[f.sha256]
        evaluated = evaluated_of(relations[f.sha256], f.sha256, {r.observation.place: r.observation for r in own})
        loaded = tuple(r.observation for r in own if r.is_loaded)
        held = tuple(r.observation for r in own if not r.is_loaded)
        result.append(Stored(f, loaded, held, evaluated))
    return tuple(result)
