"""What changed where new content came under a known path: facts added, changed and gone."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from etl.report.data import FactChange, FileChange
from etl.warehouse import schema

EXAMPLES = 50
"""Facts listed for a file."""

Fact = tuple[str, str | None]
"""Series key and period."""


def of_run(connection: sa.Connection, run_id: str) -> tuple[FileChange, ...]:
    """The files of a run that replaced other content under the same path, by path.

    Facts are compared by series and period; a fact told several times is compared by all its values.
    """
    pairs = _replaced(connection, run_id)
    shas = {sha for _, old, new in pairs for sha in (old, new)}
    facts = _facts(connection, shas)
    return tuple(_compare(path, old, new, facts[old], facts[new]) for path, old, new in pairs)


def _replaced(connection: sa.Connection, run_id: str) -> list[tuple[str, str, str]]:
    """(path, old content, new content); of several earlier contents the one that came last."""
    new, old = schema.file_arrival.alias("new"), schema.file_arrival.alias("old")
    query = (
        sa.select(new.c.path, old.c.sha256, new.c.sha256)
        .join(old, (old.c.path == new.c.path) & (old.c.sha256 != new.c.sha256))
        .where(new.c.run_id == run_id, old.c.arrived_at <= new.c.arrived_at)
        .order_by(new.c.path, old.c.arrived_at)
    )
    latest = {path: (path, old_sha, new_sha) for path, old_sha, new_sha in connection.execute(query)}
    return list(latest.values())


def _facts(connection: sa.Connection, shas: set[str]) -> dict[str, dict[Fact, list[Any]]]:
    """Content → fact → rows of the facts that it states, loaded or held."""
    result: dict[str, dict[Fact, list[Any]]] = defaultdict(lambda: defaultdict(list))
    if not shas:
        return result
    for table in (schema.observation, schema.quarantine):
        c = table.c
        query = sa.select(
            c.file_sha256, c.series_key, c.time_period, c.label, c.ref_area_name, c.unit, c.obs_value
        ).where(c.file_sha256.in_(shas))
        for row in connection.execute(query):
            result[row.file_sha256][row.series_key, row.time_period].append(row)
    return result


def _compare(path: str, old: str, new: str, before: dict[Fact, list[Any]], after: dict[Fact, list[Any]]) -> FileChange:
    same = 0
    changed, gone, added = [], [], []
    for fact, rows in before.items():
        if fact not in after:
            gone.append(_change(path, rows[0], rows[0].obs_value, None))
        elif {r.obs_value for r in rows} == {r.obs_value for r in after[fact]}:
            same += 1
        else:
            changed.append(_change(path, after[fact][0], rows[0].obs_value, after[fact][0].obs_value))
    for fact, rows in after.items():
        if fact not in before:
            added.append(_change(path, rows[0], None, rows[0].obs_value))
    return FileChange(
        path=path,
        old_sha256=old,
        new_sha256=new,
        old_facts=len(before),
        same=same,
        added=len(added),
        changed=len(changed),
        gone=len(gone),
        examples=tuple((changed + gone + added)[:EXAMPLES]),
    )


def _change(path: str, row: Any, old: Decimal | None, new: Decimal | None) -> FactChange:
    return FactChange(path, row.label, row.ref_area_name, row.time_period, row.unit, old, new)
