"""Bring the rows of one file to what was found: set by set, unchanged rows untouched, superseded ones to the history.

A file that the warehouse has no rows of is streamed straight into its table. Otherwise its rows go to a temporary
table, and the database compares.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from etl.warehouse import schema
from etl.warehouse.change import Change

Row = dict[str, Any]
INSERT_ROWS = 5000
"""Rows given to the database at once, so that memory does not grow with the file."""

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


def merge_held(connection: sa.Connection, ours: Change, rows: Iterable[Row]) -> bool:
    """Make quarantine hold these rows of the file; those that stay keep their state and when they were first held.

    Tells whether anything but the time of the last look is otherwise than before.
    """
    q = schema.quarantine
    mine = q.c.file_sha256 == ours.sha256
    more = {"state": "open", "first_seen_at": ours.at, "last_seen_at": ours.at}
    if not _any(connection, q, mine):
        return insert(connection, q, (row | more for row in rows)) > 0
    _stage(connection, rows)
    same = q.c.observation_id == incoming.c.observation_id
    gone = connection.execute(q.delete().where(mine, ~sa.exists().where(same))).rowcount
    connection.execute(q.update().where(mine).values(last_seen_at=ours.at))
    changed = connection.execute(q.update().values(_all_of_incoming()).where(mine, same, _differs(q))).rowcount
    new = _insert_new(connection, q, more)
    _unstage(connection)
    return bool(gone or changed or new)


def merge_loaded(connection: sa.Connection, ours: Change, rows: Iterable[Row], *, gone: str) -> bool:
    """Make observation hold these rows of the file, after ``merge_held``; counts them in ``ours``.

    ``gone``: why rows that are neither loaded nor held any more went (``observation_history.ended_by``).
    """
    o = schema.observation
    mine = o.c.file_sha256 == ours.sha256
    if not _any(connection, o, mine):
        ours.added += insert(connection, o, rows)
        return ours.added > 0
    _stage(connection, rows)
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


def insert(connection: sa.Connection, table: sa.Table, rows: Iterable[Row]) -> int:
    """Stream complete rows into a table: COPY on PostgreSQL, one prepared statement on SQLite. Gives their number."""
    dialect = connection.dialect
    columns = [c.name for c in table.columns]
    to_write = [(n, p) for n, c in enumerate(table.columns) if (p := _processor(c, dialect))]
    pick = itemgetter(*columns)
    values = (_written(pick(row), to_write) for row in rows)
    names = ", ".join(columns)
    written = 0
    if dialect.name == "postgresql":
        cursor: Any = connection.connection.cursor()
        with cursor, cursor.copy(f"copy {table.name} ({names}) from stdin") as copy:
            for value in values:
                copy.write_row(value)
                written += 1
        return written
    statement = f"insert into {table.name} ({names}) values ({', '.join('?' * len(columns))})"  # noqa: S608
    while batch := list(itertools.islice(values, INSERT_ROWS)):
        connection.exec_driver_sql(statement, batch)
        written += len(batch)
    return written


def _processor(column: sa.Column[Any], dialect: sa.Dialect) -> Callable[[Any], Any] | None:
    """What makes the driver's value of ours; None: nothing is to be done."""
    process: Callable[[Any], Any] | None = column.type.dialect_impl(dialect).bind_processor(dialect)
    if process is None or not isinstance(column.type, sa.JSON):
        return process
    empty: dict[type, Any] = {list: process([]), dict: process({})}
    return lambda value: process(value) if value or value is None else empty.get(type(value)) or process(value)


def _written(values: tuple[Any, ...], to_write: Sequence[tuple[int, Callable[[Any], Any]]]) -> tuple[Any, ...]:
    changed = list(values)
    for position, process in to_write:
        changed[position] = process(changed[position])
    return tuple(changed)


def _any(connection: sa.Connection, table: sa.Table, which: sa.ColumnElement[bool]) -> bool:
    return connection.execute(sa.select(sa.literal(1)).select_from(table).where(which).limit(1)).first() is not None


def _stage(connection: sa.Connection, rows: Iterable[Row]) -> None:
    incoming.create(connection)
    insert(connection, incoming, rows)
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


def _insert_new(connection: sa.Connection, table: sa.Table, more: Row) -> int:
    there = sa.exists().where(table.c.observation_id == incoming.c.observation_id)
    values = [sa.literal(value, table.c[name].type) for name, value in more.items()]
    query = sa.select(*(incoming.c[name] for name in COLUMNS), *values).where(~there)
    statement = table.insert().from_select([*COLUMNS, *more], query)
    return connection.execute(statement, execution_options={"preserve_rowcount": True}).rowcount
