"""Bring the rows of one file to what was found: set by set, unchanged rows untouched, superseded ones to the history.

A file that the warehouse has no rows of is streamed straight into its table. Otherwise its rows go to a temporary
table, and the database compares.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from etl.warehouse import schema
from etl.warehouse.change import Change
from etl.warehouse.write import Columns, insert_columns, with_columns

STAMPS = ("run_id", "version_from")
"""Columns that tell when a row was written, not what it says."""
COLUMNS = tuple(c.name for c in schema.observation.columns)
SAYING = tuple(name for name in COLUMNS if name not in STAMPS)

incoming = sa.Table(
    "incoming_row",
    sa.MetaData(),
    *(sa.Column(c.name, c.type, primary_key=c.primary_key) for c in schema.observation.columns),
    prefixes=["temporary"],
)


def merge_held(connection: sa.Connection, ours: Change, batches: Iterable[Columns]) -> bool:
    """Make quarantine hold these rows of the file; those that stay keep their state and when they were first held.

    Tells whether anything but the time of the last look is otherwise than before.
    """
    q = schema.quarantine
    mine = q.c.file_sha256 == ours.sha256
    more = {"state": "open", "first_seen_at": ours.at, "last_seen_at": ours.at}
    if not _any(connection, q, mine):
        return insert_columns(connection, q, with_columns(batches, more)) > 0
    _stage(connection, batches)
    same = q.c.observation_id == incoming.c.observation_id
    gone = connection.execute(q.delete().where(mine, ~sa.exists().where(same))).rowcount
    connection.execute(q.update().where(mine).values(last_seen_at=ours.at))
    changed = connection.execute(q.update().values(_all_of_incoming()).where(mine, same, _differs(q))).rowcount
    new = _insert_new(connection, q, more)
    _unstage(connection)
    return bool(gone or changed or new)


def merge_loaded(connection: sa.Connection, ours: Change, batches: Iterable[Columns], *, gone: str) -> bool:
    """Make observation hold these rows of the file, after ``merge_held``; counts them in ``ours``.

    ``gone``: why rows that are neither loaded nor held any more went (``observation_history.ended_by``).
    """
    o = schema.observation
    mine = o.c.file_sha256 == ours.sha256
    if not _any(connection, o, mine):
        ours.added += insert_columns(connection, o, batches)
        return ours.added > 0
    _stage(connection, batches)
    same = o.c.observation_id == incoming.c.observation_id
    missing = ~sa.exists().where(same)
    is_held = sa.exists().where(schema.quarantine.c.observation_id == o.c.observation_id)
    keep(connection, ours, sa.and_(mine, missing), sa.case((is_held, "held"), else_=gone))
    keep(connection, ours, sa.and_(mine, sa.exists().where(same, _differs(o))), sa.literal("reread"))
    ours.removed += connection.execute(o.delete().where(mine, missing)).rowcount
    ours.changed += connection.execute(o.update().values(_all_of_incoming()).where(mine, same, _differs(o))).rowcount
    ours.added += _insert_new(connection, o, {})
    _unstage(connection)
    return bool(ours.added or ours.changed or ours.removed)


def keep(connection: sa.Connection, ours: Change, which: sa.ColumnElement[bool], ended_by: Any) -> None:
    """Copy observations to the history, before this change alters or removes them."""
    o, h = schema.observation, schema.observation_history
    ended = [sa.literal(ours.version, sa.BigInteger), sa.cast(ended_by, sa.String(16))]
    query = sa.select(*(o.c[name] for name in COLUMNS), *ended).where(which)
    connection.execute(h.insert().from_select([*COLUMNS, "version_until", "ended_by"], query))


def _any(connection: sa.Connection, table: sa.Table, which: sa.ColumnElement[bool]) -> bool:
    return connection.execute(sa.select(sa.literal(1)).select_from(table).where(which).limit(1)).first() is not None


def _stage(connection: sa.Connection, batches: Iterable[Columns]) -> None:
    incoming.create(connection)
    insert_columns(connection, incoming, batches)
    if connection.dialect.name == "postgresql":  # a temporary table has no statistics of its own accord
        connection.exec_driver_sql(f"analyze {incoming.name}")


def _unstage(connection: sa.Connection) -> None:
    incoming.drop(connection)


def _all_of_incoming() -> dict[str, Any]:
    return {name: incoming.c[name] for name in COLUMNS if name != "observation_id"}


def _differs(table: sa.Table) -> sa.ColumnElement[bool]:
    """Does the row say anything else? JSON is compared as text: it is always written the same way."""

    def plain(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
        return sa.cast(column, sa.Text) if isinstance(column.type, sa.JSON) else column

    return sa.or_(*(plain(table.c[name]).is_distinct_from(plain(incoming.c[name])) for name in SAYING))


def _insert_new(connection: sa.Connection, table: sa.Table, more: Mapping[str, Any]) -> int:
    there = sa.exists().where(table.c.observation_id == incoming.c.observation_id)
    values = [sa.literal(value, table.c[name].type) for name, value in more.items()]
    query = sa.select(*(incoming.c[name] for name in COLUMNS), *values).where(~there)
    statement = table.insert().from_select([*COLUMNS, *more], query)
    return connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount
