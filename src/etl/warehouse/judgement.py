"""Write what a recheck decided about one file: rows change places, findings and checks are replaced, all at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

import sqlalchemy as sa

from etl.check.gate import FileVerdict
from etl.check.reconcile import Evaluated
from etl.model import RelationKind
from etl.warehouse import schema
from etl.warehouse.change import Change, change
from etl.warehouse.load import check_rows, finding_id, finding_rows, members_json, relation_id
from etl.warehouse.merge import STAMPS, insert, keep

CHUNK = 500
"""Ids in one statement."""


class Changed(Exception):  # noqa: N818 (no error: the file is simply left for the next time)
    """The file was read or judged by somebody else meanwhile."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What today's rules say of one file; tuples of observation ids."""

    sha256: str
    read_by: str
    """Run that had read the file when its rows were looked at."""
    hold: tuple[str, ...]
    """Loaded rows that go to quarantine."""
    release: tuple[str, ...]
    """Held rows that are loaded."""
    keep: tuple[str, ...]
    """Held rows that stay."""
    numerals_to_hold: int
    """Numerals that move with the rows from loaded to held; negative: the other way."""
    verdict: FileVerdict
    evaluated: tuple[Evaluated, ...]


def relation_order(sha256: str, rows: Iterable[Mapping[Any, Any]]) -> Sequence[Mapping[Any, Any]]:
    """The relations of a file in the order in which they were extracted, which their ids are derived from."""
    by_id = {row["relation_id"]: row for row in rows}
    positions = {
        relation_id(sha256, kind, position): position
        for position in range(len(by_id))
        for kind in get_args(RelationKind)
    }
    return [by_id[i] for i in sorted(by_id, key=lambda i: (positions.get(i, len(by_id)), i))]


def judge(engine: sa.Engine, run_id: str, j: Judgement) -> None:
    """Apply it in one transaction. Raises Changed, and changes nothing, when its rows are no longer where they were."""
    with engine.begin() as connection, change(connection, "recheck", run_id, j.sha256) as ours:
        _unchanged(connection, j)
        seen = sa.literal(ours.at, schema.UTC)
        held: dict[str, sa.ColumnElement[Any]] = {
            "state": sa.literal("open"),
            "first_seen_at": seen,
            "last_seen_at": seen,
        }
        for ids in _chunks(j.hold):
            keep(connection, ours, schema.observation.c.observation_id.in_(ids), sa.literal("held"))
        ours.removed += move(connection, ours, schema.observation, schema.quarantine, j.hold, held)
        ours.added += move(connection, ours, schema.quarantine, schema.observation, j.release, {})
        q = schema.quarantine
        for ids in _chunks(j.keep):
            connection.execute(q.update().where(q.c.observation_id.in_(ids)).values(last_seen_at=ours.at))
        remarks = _remarks(connection, j)
        for table in (schema.finding, schema.quality_check):
            connection.execute(table.delete().where(table.c.file_sha256 == j.sha256))
        insert(connection, schema.finding, finding_rows(j.sha256, j.verdict.findings))
        insert(connection, schema.finding, remarks)
        insert(connection, schema.quality_check, check_rows(j.sha256, j.verdict, run_id))
        _relations(connection, j)
        _counts(connection, j)


def _unchanged(connection: sa.Connection, j: Judgement) -> None:
    f = schema.source_file.c
    read_by = connection.execute(sa.select(f.run_id).where(f.sha256 == j.sha256)).scalar_one_or_none()
    loaded = _present(connection, schema.observation, j.hold)
    held = _present(connection, schema.quarantine, (*j.release, *j.keep))
    if read_by != j.read_by or loaded < len(j.hold) or held < len(j.release) + len(j.keep):
        raise Changed("another run changed it meanwhile; check it again")


def _remarks(connection: sa.Connection, j: Judgement) -> list[dict[str, Any]]:
    """Findings that are none of the gate's (of the reader, of the extractor): they stay. They follow the gate's, and
    the ids of those about the whole file are derived from their position, which moves with the number before them."""
    check, finding = schema.quality_check, schema.finding
    judged = {r.rule_id for r in j.verdict.results}
    judged.update(connection.execute(sa.select(check.c.rule_id).where(check.c.file_sha256 == j.sha256)).scalars())
    rows = connection.execute(sa.select(finding).where(finding.c.file_sha256 == j.sha256)).mappings().all()
    remarks = [dict(row) for row in rows if row["rule_id"] not in judged]
    moved = len(j.verdict.findings) - (len(rows) - len(remarks))
    for row in remarks:
        if row["observation_id"] is None and moved:
            ids = (finding_id(j.sha256, row["rule_id"], position) for position in range(len(rows)))
            position = next((n for n, known in enumerate(ids) if known == row["finding_id"]), None)
            if position is not None:
                row["finding_id"] = finding_id(j.sha256, row["rule_id"], position + moved)
    return remarks


def _present(connection: sa.Connection, table: sa.Table, ids: Sequence[str]) -> int:
    count = sa.select(sa.func.count()).select_from(table)
    return sum(connection.execute(count.where(table.c.observation_id.in_(c))).scalar_one() for c in _chunks(ids))


def move(
    connection: sa.Connection,
    ours: Change,
    source: sa.Table,
    target: sa.Table,
    ids: Sequence[str],
    more: Mapping[str, sa.ColumnElement[Any]],
) -> int:
    """Take rows from one table to the other, stamped with this change; gives their number. ``more``: columns that
    only the target has. Rows that leave ``observation`` must have been kept in the history."""
    shared = [c.name for c in schema.observation.columns if c.name not in STAMPS]
    stamps = [sa.literal(ours.run_id), sa.literal(ours.version, sa.BigInteger)]
    moved = 0
    for chunk in _chunks(ids):
        rows = source.c.observation_id.in_(chunk)
        values: list[Any] = [*(source.c[name] for name in shared), *stamps, *more.values()]
        query = sa.select(*values).where(rows)
        connection.execute(target.insert().from_select([*shared, *STAMPS, *more], query))
        moved += connection.execute(source.delete().where(rows)).rowcount
    return moved


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
    held = max(0, min(both, held + j.numerals_to_hold))
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


def _chunks(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[i : i + CHUNK] for i in range(0, len(ids), CHUNK)]
