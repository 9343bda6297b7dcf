"""Write what a recheck decided about one file: rows change places, findings and checks are replaced, all at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, get_args

import sqlalchemy as sa

from etl.check.gate import FileVerdict
from etl.check.reconcile import Evaluated, evaluate
from etl.extract.numerals import count_numerals
from etl.model import CellRef, Observation, Place, Relation, RelationKind
from etl.review.model import STALE
from etl.review.standing import Settled
from etl.review.store import newest, write_items
from etl.warehouse import schema
from etl.warehouse.change import Change, change
from etl.warehouse.load import (
    check_rows,
    finding_id,
    finding_rows,
    members_json,
    relation_id,
)
from etl.warehouse.merge import keep
from etl.warehouse.rows import observation_batches
from etl.warehouse.stored import StoredRow, chunks, members_of, rows_of
from etl.warehouse.write import Columns, insert, insert_columns


class Changed(Exception):  # noqa: N818 (no error: the file is simply left for the next time)
    """The file was read or judged by somebody else meanwhile, or a reviewer decided."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What rules and reviewers say of the rows of one file."""

    sha256: str
    read_by: str
    """Run that had read the file when its rows were looked at."""
    seen: int | None
    """The newest decision that was known then; None: the caller has looked after that."""
    rows: tuple[tuple[StoredRow, Settled], ...]
    """Rows as they are, and as they shall be: all of the file, or some of them."""
    is_whole: bool
    verdict: FileVerdict | None
    """What the gate said; None: findings and checks stay as they are."""
    evaluated: tuple[Evaluated, ...] = ()


def relation_order(sha256: str, rows: Iterable[Mapping[Any, Any]]) -> Sequence[Mapping[Any, Any]]:
    """The relations of a file in the order in which they were extracted, which their ids are derived from."""
    by_id = {row["relation_id"]: row for row in rows}
    positions = {
        relation_id(sha256, kind, position): position
        for position in range(len(by_id))
        for kind in get_args(RelationKind)
    }
    return [by_id[i] for i in sorted(by_id, key=lambda i: (positions.get(i, len(by_id)), i))]


def evaluated_of(
    stored: Sequence[Mapping[Any, Any]], sha256: str, by_place: Mapping[Place, Observation]
) -> tuple[Evaluated, ...]:
    """The stored relations of a file, judged over these figures."""
    ordered = relation_order(sha256, stored)
    return tuple(evaluate(Relation(r["kind"], members_of(r["members"])), by_place) for r in ordered)


def judge(engine: sa.Engine, run_id: str, j: Judgement) -> None:
    """Apply a recheck in one transaction. Raises Changed, and changes nothing, when its rows are no longer as they
    were looked at."""
    with engine.begin() as connection, change(connection, "recheck", run_id, j.sha256) as ours:
        settle_file(connection, ours, j)


def settle_file(connection: sa.Connection, ours: Change, j: Judgement) -> None:
    """Bring rows, findings, relations and counts of a file to what was judged. Raises Changed."""
    _unchanged(connection, j)
    moved = [(row, s) for row, s in j.rows if differs(row, s)]
    _place(connection, ours, j.sha256, [(row, s) for row, s in moved if _row_differs(row, s)])
    q = schema.quarantine
    if j.is_whole:
        connection.execute(q.update().where(q.c.file_sha256 == j.sha256).values(last_seen_at=ours.at))
    write_items(connection, j.sha256, [s for _, s in j.rows], ours.at, is_whole=j.is_whole)
    ours.is_new = ours.is_new or bool(moved)
    if j.verdict is not None:
        remarks = _remarks(connection, j.sha256, j.verdict)
        for table in (schema.finding, schema.quality_check):
            connection.execute(table.delete().where(table.c.file_sha256 == j.sha256))
        insert(connection, schema.finding, finding_rows(j.sha256, j.verdict.findings))
        insert(connection, schema.finding, remarks)
        insert(connection, schema.quality_check, check_rows(j.sha256, j.verdict, ours.run_id))
        _relations(connection, j)
    _counts(connection, j)


def _unchanged(connection: sa.Connection, j: Judgement) -> None:
    f = schema.source_file.c
    read_by = connection.execute(sa.select(f.run_id).where(f.sha256 == j.sha256)).scalar_one_or_none()
    names = {j.sha256: ""}
    ids = None if j.is_whole else [row.observation.observation_id for row, _ in j.rows]
    there = {
        row.observation.observation_id: (row.is_loaded, row.decision_id, row.state, row.lapsed_id)
        for row in rows_of(connection, names, ids)[j.sha256]
    }
    then = {
        row.observation.observation_id: (row.is_loaded, row.decision_id, row.state, row.lapsed_id) for row, _ in j.rows
    }
    if read_by != j.read_by or there != then or j.seen not in (None, newest(connection)):
        raise Changed("another run or a reviewer changed it meanwhile; check it again")


def differs(row: StoredRow, s: Settled) -> bool:
    """Will the warehouse say anything else of it?"""
    state = s.state or ("fixed" if row.state else None)
    return _row_differs(row, s) or (row.state, row.lapsed_id, row.settled_by) != (state, s.lapsed_id, s.decision_id)


def _row_differs(row: StoredRow, s: Settled) -> bool:
    return (
        row.is_loaded != s.is_loaded
        or row.decision_id != s.decision_id
        or (not s.is_loaded and row.state != s.state)
        or as_kept(row.observation) != as_kept(s.observation)
    )


def as_kept(o: Observation) -> Observation:
    """As the warehouse keeps it: decimals of 15 digits, nothing of how the period was printed."""
    low, high = (None if end is None else schema.SIGNIFICANT.plus(end) for end in (o.obs_low, o.obs_high))
    period = replace(o.period, printed=None)
    return replace(o, obs_value=schema.SIGNIFICANT.plus(o.obs_value), obs_low=low, obs_high=high, period=period)


def _place(connection: sa.Connection, ours: Change, sha256: str, rows: Sequence[tuple[StoredRow, Settled]]) -> None:
    """Write rows into the table they belong to; what leaves ``observation`` or changes in it goes to the history."""
    o, q = schema.observation, schema.quarantine
    loaded = [(r, s) for r, s in rows if r.is_loaded]
    for chunk in chunks([r.observation.observation_id for r, s in loaded if not s.is_loaded]):
        keep(connection, ours, o.c.observation_id.in_(chunk), sa.literal("held"))
    for chunk in chunks([r.observation.observation_id for r, s in loaded if s.is_loaded]):
        keep(connection, ours, o.c.observation_id.in_(chunk), sa.literal("decision"))
    for chunk in chunks([r.observation.observation_id for r, _ in loaded]):
        connection.execute(o.delete().where(o.c.observation_id.in_(chunk)))
    first: dict[str, datetime] = {}
    for chunk in chunks([r.observation.observation_id for r, _ in rows if not r.is_loaded]):
        held = q.c.observation_id.in_(chunk)
        first.update(connection.execute(sa.select(q.c.observation_id, q.c.first_seen_at).where(held)).tuples().all())
        connection.execute(q.delete().where(held))
    owner = {"file_sha256": sha256, "run_id": ours.run_id, "version_from": ours.version}
    by = {s.observation.observation_id: s.decision_id for _, s in rows}
    insert_columns(connection, o, observation_batches((s.observation for _, s in rows if s.is_loaded), owner, by))
    to_hold = observation_batches((s.observation for _, s in rows if not s.is_loaded), owner, by)
    state = {s.observation.observation_id: s.state for _, s in rows}
    insert_columns(connection, q, (_held(batch, state, first, ours.at) for batch in to_hold))
    ours.added += sum(s.is_loaded and not r.is_loaded for r, s in rows)
    ours.removed += sum(r.is_loaded and not s.is_loaded for r, s in rows)
    ours.changed += sum(r.is_loaded and s.is_loaded for r, s in rows)


def _held(batch: Columns, state: Mapping[str, Any], first: Mapping[str, datetime], at: datetime) -> Columns:
    """Columns of observations as those of quarantine."""
    ids = batch["observation_id"]
    return {
        **batch,
        "state": [state[i] for i in ids],
        "first_seen_at": [first.get(i, at) for i in ids],
        "last_seen_at": [at] * len(ids),
    }


def _remarks(connection: sa.Connection, sha256: str, verdict: FileVerdict) -> list[dict[str, Any]]:
    """Findings that are none of the gate's (of the reader, of the extractor): they stay. They follow the gate's, and
    the ids of those about the whole file are derived from their position, which moves with the number before them."""
    check, finding = schema.quality_check, schema.finding
    judged = {STALE, *(r.rule_id for r in verdict.results)}
    judged.update(connection.execute(sa.select(check.c.rule_id).where(check.c.file_sha256 == sha256)).scalars())
    rows = connection.execute(sa.select(finding).where(finding.c.file_sha256 == sha256)).mappings().all()
    remarks = [dict(row) for row in rows if row["rule_id"] not in judged]
    moved = len(verdict.findings) - (len(rows) - len(remarks))
    for row in remarks:
        if row["observation_id"] is None and moved:
            ids = (finding_id(sha256, row["rule_id"], position) for position in range(len(rows)))
            position = next((n for n, known in enumerate(ids) if known == row["finding_id"]), None)
            if position is not None:
                row["finding_id"] = finding_id(sha256, row["rule_id"], position + moved)
    return remarks


def _relations(connection: sa.Connection, j: Judgement) -> None:
    """Verdicts that today's arithmetic sees otherwise."""
    table = schema.relation
    rows = connection.execute(sa.select(table).where(table.c.file_sha256 == j.sha256)).mappings().all()
    for row, e in zip(relation_order(j.sha256, rows), j.evaluated, strict=True):
        if (row["verdict"], row["arithmetic"]) != (e.verdict, e.arithmetic) and row["members"] == members_json(
            e.relation.members
        ):
            changed = {
                "verdict": e.verdict,
                "arithmetic": e.arithmetic,
                "computed_low": e.computed_low,
                "computed_high": e.computed_high,
            }
            connection.execute(table.update().where(table.c.relation_id == row["relation_id"]).values(changed))


def _counts(connection: sa.Connection, j: Judgement) -> None:
    """The accounting of the file: what was loaded and held together stays the same."""
    table = schema.source_file
    this = table.c.sha256 == j.sha256
    both, held = connection.execute(
        sa.select(table.c.numerals_loaded + table.c.numerals_held, table.c.numerals_held).where(this)
    ).one()
    count = {
        t: connection.execute(sa.select(sa.func.count()).select_from(t).where(t.c.file_sha256 == j.sha256)).scalar_one()
        for t in (schema.observation, schema.quarantine)
    }
    to_hold = sum(numerals_in(r.observation) for r, s in j.rows if r.is_loaded and not s.is_loaded)
    to_load = sum(numerals_in(r.observation) for r, s in j.rows if s.is_loaded and not r.is_loaded)
    held = max(0, min(both, held + to_hold - to_load))
    if not count[schema.quarantine]:
        held = 0
    elif not count[schema.observation]:
        held = both
    connection.execute(
        table.update()
        .where(this)
        .values(
            numerals_loaded=both - held,
            numerals_held=held,
            rows_loaded=count[schema.observation],
            rows_held=count[schema.quarantine],
        )
    )


def numerals_in(o: Observation) -> int:
    """Numerals inside a figure, as the accounting counts them."""
    return 1 if isinstance(o.place, CellRef) else len(count_numerals(o.text))
