"""Complete rows into a table on the fastest path of each database: COPY of ready text on PostgreSQL, one prepared
statement on SQLite.

Values become what the database takes column by column: what is to be done is asked once for hundreds of them, and most
columns need nothing at all.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from etl.warehouse.schema import SIGNIFICANT, Exact, Text

Row = Mapping[str, Any]
Values = Sequence[Any]
"""What stands in one column, row after row."""
Columns = Mapping[str, Values]
"""Name → values, all of the same length: every column of a table."""

BATCH_ROWS = 500
"""Rows given to the database at once: few enough that it takes them in while we write the next ones."""

_NULL = r"\N"
_TO_ESCAPE = re.compile(r"[\\\n\r\t]")
_ESCAPES = {"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"}


def insert(connection: sa.Connection, table: sa.Table, rows: Iterable[Row]) -> int:
    """Stream rows, each with all columns of the table. Gives their number."""
    return insert_columns(connection, table, _turned(table, rows))


def insert_columns(connection: sa.Connection, table: sa.Table, batches: Iterable[Columns]) -> int:
    """The same with batches of columns."""
    names = [c.name for c in table.columns]
    listed = ", ".join(names)
    written = 0
    if connection.dialect.name == "postgresql":
        encoders = [_copy_encoder(c) for c in table.columns]
        cursor: Any = connection.connection.cursor()
        with _errors_of_sqlalchemy(connection), cursor, cursor.copy(f"copy {table.name} ({listed}) from stdin") as copy:
            for batch in batches:
                columns = [encode(batch[name]) for name, encode in zip(names, encoders, strict=True)]
                lines = list(map("\t".join, zip(*columns, strict=True)))
                if lines:
                    copy.write("\n".join(lines) + "\n")
                    written += len(lines)
        return written
    binders = [_binder(c, connection.dialect) for c in table.columns]
    statement = f"insert into {table.name} ({listed}) values ({', '.join('?' * len(names))})"  # noqa: S608
    for batch in batches:
        columns = [bind(batch[name]) for name, bind in zip(names, binders, strict=True)]
        rows = list(zip(*columns, strict=True))
        if rows:
            connection.exec_driver_sql(statement, rows)
            written += len(rows)
    return written


@contextmanager
def _errors_of_sqlalchemy(connection: sa.Connection) -> Iterator[None]:
    """COPY goes past SQLAlchemy, and so would its errors: past the retries, and past what tells of them in a line."""
    driver: Any = connection.dialect.dbapi
    try:
        yield
    except driver.Error as e:
        raise sa.exc.DBAPIError.instance(None, None, e, driver.Error, dialect=connection.dialect) from e


def with_columns(batches: Iterable[Columns], more: Mapping[str, Any]) -> Iterator[Columns]:
    """The batches with further columns, whose value is the same in all rows."""
    for batch in batches:
        rows = len(next(iter(batch.values())))
        yield {**batch, **{name: [value] * rows for name, value in more.items()}}


def _turned(table: sa.Table, rows: Iterable[Row]) -> Iterator[Columns]:
    names = [c.name for c in table.columns]
    pick = itemgetter(*names)
    waiting = iter(rows)
    while batch := list(map(pick, itertools.islice(waiting, BATCH_ROWS))):
        yield dict(zip(names, zip(*batch, strict=True), strict=True))


# ---------------------------------------------------------------- SQLite


def _binder(column: sa.Column[Any], dialect: sa.Dialect) -> Callable[[Values], Values]:
    """What makes the driver's values of ours."""
    if isinstance(column.type, Text):
        return _without_nul
    if isinstance(column.type, sa.JSON):
        return _as_json
    if isinstance(column.type, Exact):
        return _decimals
    process: Callable[[Any], Any] | None = column.type.dialect_impl(dialect).bind_processor(dialect)
    return (lambda values: list(map(process, values))) if process else (lambda values: values)


def _without_nul(values: Values) -> Values:
    if "\0" not in "".join(filter(None, values)):
        return values
    return [v.replace("\0", "\ufffd") if v else v for v in values]


def _as_json(values: Values) -> list[str]:
    """An object that stands in several rows is written once."""
    texts: dict[int, str] = {}  # by identity: ``values`` keeps every object alive
    for value in values:
        if id(value) not in texts:
            texts[id(value)] = json.dumps(value)
    return [texts[id(value)] for value in values]


def _decimals(values: Values) -> list[str | None]:
    """Decimals as text, never with an exponent, of as many digits as the warehouse keeps.

    Of short ones Python's own text is that already, and made several times faster, but for exponents and signed zeros.
    """
    texts = [None if v is None else str(v) for v in values]
    printed = list(filter(None, texts))
    together = " ".join(printed)
    if "E" in together or "-0" in together or max(map(len, printed), default=0) > SIGNIFICANT.prec:
        return [None if v is None else format(SIGNIFICANT.plus(v), "f") for v in values]
    return texts


# ---------------------------------------------------------------- PostgreSQL


def _copy_encoder(column: sa.Column[Any]) -> Callable[[Values], Iterable[str]]:
    """What makes fields of COPY's text format of our values."""
    kind = column.type
    if isinstance(kind, Text):
        return lambda values: _escaped(_without_nul(values))
    if isinstance(kind, sa.String):
        return _escaped
    if isinstance(kind, sa.JSON):
        return lambda values: [v.replace("\\", r"\\") for v in _as_json(values)]
    if isinstance(kind, Exact):
        return lambda values: _nulls(_decimals(values))
    for types, encode in _PLAIN:
        if isinstance(kind, types):
            return _each(encode)
    raise TypeError(f"no way is known to copy {column} of type {kind!r}")


def _escaped(values: Values) -> Values:
    if _TO_ESCAPE.search("".join(filter(None, values))):
        values = [v and _TO_ESCAPE.sub(lambda m: _ESCAPES[m[0]], v) for v in values]
    return _nulls(values)


def _nulls(values: Values) -> Values:
    return [_NULL if v is None else v for v in values] if None in values else values


def _each(encode: Callable[[Any], str]) -> Callable[[Values], Iterable[str]]:
    return lambda values: [_NULL if v is None else encode(v) for v in values]


_PLAIN: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (sa.Boolean, lambda value: "t" if value else "f"),
    (sa.Integer, str),
    (sa.Float, repr),
    (sa.DateTime, datetime.isoformat),
)
