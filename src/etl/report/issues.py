"""The rows, relations and files that did not meet a rule, as many of them as a person can page through."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from etl.contract import place_of
from etl.model import CellRef, Place, Span
from etl.report.data import SEVERITY_ORDER, FigureRow, FindingCount, FindingLine, RelationIssue, RowIssue
from etl.review.model import STALE, STATE_ZH, State
from etl.warehouse import schema

LIMIT = 50_000
"""Findings that a report holds one by one. Beyond that each rule of each file gives a sample; counts stay exact."""


@dataclass(frozen=True, slots=True)
class Issues:
    held: tuple[RowIssue, ...]
    warned: tuple[RowIssue, ...]
    relations: tuple[RelationIssue, ...]
    loose: tuple[FindingLine, ...]
    warned_rows: int
    """Loaded rows with a finding, all of them."""
    is_complete: bool
    """False: samples only."""


def count_findings(connection: sa.Connection, shas: sa.Select[Any]) -> tuple[FindingCount, ...]:
    """Findings per file, rule and severity."""
    t = schema.finding.c
    keys = (t.file_sha256, t.rule_id, t.severity)
    query = sa.select(*keys, sa.func.count()).where(t.file_sha256.in_(shas)).group_by(*keys).order_by(*keys)
    return tuple(FindingCount(*row) for row in connection.execute(query))


def load_issues(
    connection: sa.Connection, shas: sa.Select[Any], counts: Sequence[FindingCount], limit: int | None = LIMIT
) -> Issues:
    """Held rows, loaded rows with warnings, failing relations, and findings that belong to none of these.

    A row always comes with all of its findings, the gravest first. ``limit`` None: all, no sample.
    """
    o, q, f = schema.observation, schema.quarantine, schema.finding.c
    sample = None if limit is None else sample_size([c.findings for c in counts], limit)
    in_scope = f.file_sha256.in_(shas)
    if sample is None:
        wanted: sa.ColumnElement[bool] = in_scope
        row_ids = sa.select(f.observation_id).where(in_scope, f.observation_id.is_not(None))
        held_rows = q.c.file_sha256.in_(shas)
    else:
        number = sa.func.row_number().over(partition_by=(f.file_sha256, f.rule_id, f.severity), order_by=f.finding_id)
        numbered = sa.select(f.finding_id, f.observation_id, number.label("number")).where(in_scope).subquery()
        picked = sa.select(numbered.c.finding_id, numbered.c.observation_id).where(numbered.c.number <= sample).cte()
        row_ids = sa.select(picked.c.observation_id).where(picked.c.observation_id.is_not(None))
        wanted = f.observation_id.in_(row_ids) | (
            f.observation_id.is_(None) & f.finding_id.in_(sa.select(picked.c.finding_id))
        )
        held_rows = q.c.observation_id.in_(row_ids)
    findings = [*_findings(connection, wanted), *_reviewed(connection, shas, limit)]
    held = _figures(connection, q, held_rows)
    warned = _figures(connection, o, o.c.observation_id.in_(row_ids))
    return Issues(
        *_sorted_out(findings, held, warned, _failing_relations(connection, shas, limit)),
        warned_rows=len(warned) if sample is None else _warned_rows(connection, shas),
        is_complete=sample is None,
    )


def sample_size(counts: Iterable[int], limit: int) -> int | None:
    """The greatest number that each group may give so that all together stay within the limit; None: no need."""
    left, rest = limit, sorted(counts)
    if sum(rest) <= limit:
        return None
    for position, count in enumerate(rest):
        share = left // (len(rest) - position)
        if count > share:
            return max(share, 1)
        left -= count
    return None


def _findings(connection: sa.Connection, wanted: sa.ColumnElement[bool]) -> list[FindingLine]:
    t = schema.finding.c
    columns = [t[field.name] for field in fields(FindingLine)]
    query = sa.select(*columns).where(wanted).order_by(t.file_sha256, t.finding_id)
    found = [FindingLine(*row) for row in connection.execute(query)]
    return sorted(found, key=lambda f: (SEVERITY_ORDER.get(f.severity, 9), f.rule_id))


def _reviewed(connection: sa.Connection, shas: sa.Select[Any], limit: int | None) -> list[FindingLine]:
    """What reviewers decided on rows, and which decisions no longer stand, as one more line of each row."""
    i, d, f = schema.review_item.c, schema.decision.c, schema.finding.c
    is_told = sa.exists().where(f.observation_id == i.observation_id, f.rule_id == STALE)
    query = (
        sa.select(i.observation_id, i.file_sha256, i.state, i.note, d.decided_by, d.decided_at, d.reason)
        .outerjoin(schema.decision, d.decision_id == i.decision_id)
        .where(i.file_sha256.in_(shas), i.decision_id.is_not(None) | (i.note != "") & (i.state == "open") & ~is_told)
        .order_by(i.file_sha256, i.observation_id)
        .limit(limit)
    )
    return [
        FindingLine(f"review-{id_}", sha, id_, "REVIEW", "warn", _reviewed_zh(state, note, by, at, reason), "", "")
        for id_, sha, state, note, by, at, reason in connection.execute(query)
    ]


def _reviewed_zh(state: State, note: str, by: str | None, at: datetime | None, reason: str | None) -> str:
    told = f"复核：{STATE_ZH[state]}"
    if by and at:
        told += f"（{by}，{at:%Y-%m-%d}）：{reason}"
    return f"{told}；{note}" if note else told


def _warned_rows(connection: sa.Connection, shas: sa.Select[Any]) -> int:
    o, f = schema.observation.c, schema.finding.c
    with_findings = sa.select(f.observation_id).where(f.file_sha256.in_(shas))
    query = sa.select(sa.func.count()).where(o.file_sha256.in_(shas), o.observation_id.in_(with_findings))
    return int(connection.scalar(query) or 0)


_FIGURE_COLUMNS = [field.name for field in fields(FigureRow) if field.name != "place"]
_PLACE_COLUMNS = ["char_start", "char_end", "sheet", "cell"]


def _figures(connection: sa.Connection, table: sa.Table, condition: sa.ColumnElement[bool]) -> dict[str, FigureRow]:
    columns = [table.c[name] for name in (*_FIGURE_COLUMNS, *_PLACE_COLUMNS)]
    return {
        row["observation_id"]: FigureRow(**{name: row[name] for name in _FIGURE_COLUMNS}, place=place_of(dict(row)))
        for row in connection.execute(sa.select(*columns).where(condition)).mappings()
    }


def _sorted_out(
    findings: Iterable[FindingLine],
    held: Mapping[str, FigureRow],
    warned: Mapping[str, FigureRow],
    relations: Sequence[RelationIssue],
) -> tuple[tuple[RowIssue, ...], tuple[RowIssue, ...], tuple[RelationIssue, ...], tuple[FindingLine, ...]]:
    # A finding about a relation names no row; its evidence is the arithmetic of the relation.
    by_arithmetic = {(r.file_sha256, r.arithmetic): r.relation_id for r in relations}
    of_row: dict[str, list[FindingLine]] = defaultdict(list)
    of_relation: dict[str, list[FindingLine]] = defaultdict(list)
    loose: list[FindingLine] = []
    for finding in findings:
        relation_id = by_arithmetic.get((finding.file_sha256, finding.evidence))
        row_id = finding.observation_id
        if row_id is not None and (row_id in held or row_id in warned):
            of_row[row_id].append(finding)
        elif row_id is None and relation_id:
            of_relation[relation_id].append(finding)
        else:
            loose.append(finding)
    failing = (replace(r, findings=tuple(of_relation.get(r.relation_id, ()))) for r in relations)
    return _row_issues(held, of_row), _row_issues(warned, of_row), tuple(failing), tuple(loose)


def _row_issues(rows: Mapping[str, FigureRow], of_row: Mapping[str, list[FindingLine]]) -> tuple[RowIssue, ...]:
    issues = [RowIssue(row, tuple(of_row.get(row.observation_id, ()))) for row in rows.values()]
    return tuple(sorted(issues, key=lambda i: (i.row.file_sha256, _place_key(i.row.place))))


def _place_key(place: Place) -> tuple[Any, ...]:
    """In reading order: reports by offset, sheets by sheet, row and column."""
    if isinstance(place, Span):
        return ("", place.start, 0, "")
    letters = place.cell.rstrip("0123456789")
    return (place.sheet, int(place.cell[len(letters) :] or 0), len(letters), letters)


def _failing_relations(connection: sa.Connection, shas: sa.Select[Any], limit: int | None) -> tuple[RelationIssue, ...]:
    t = schema.relation.c
    query = (
        sa.select(t.relation_id, t.file_sha256, t.kind, t.members, t.arithmetic, t.computed_low, t.computed_high)
        .where(t.file_sha256.in_(shas), t.verdict == "fails")
        .order_by(t.file_sha256, t.relation_id)
        .limit(limit)
    )
    return tuple(
        RelationIssue(
            relation_id=row.relation_id,
            file_sha256=row.file_sha256,
            kind=row.kind,
            members=tuple(_members(row.members)),
            arithmetic=row.arithmetic,
            computed_low=row.computed_low,
            computed_high=row.computed_high,
        )
        for row in connection.execute(query)
    )


def _members(members: Mapping[str, Any]) -> Iterable[tuple[str, Place]]:
    """(role, place) of every member; the JSON holds places as two-element lists, nested for parts and terms."""
    for role, value in members.items():
        for first, second in _pairs(value):
            yield role, Span(first, second) if isinstance(first, int) else CellRef(first, second)


def _pairs(value: list[Any]) -> Iterable[tuple[Any, Any]]:
    if len(value) == 2 and not isinstance(value[0], list):
        yield value[0], value[1]
    else:
        for inner in value:
            yield from _pairs(inner)
