"""What is exported: views of the warehouse, streamed in a fixed order from one look at it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa

from etl.warehouse import schema, views
from etl.warehouse.views import Column, View

BATCH = 5000
Row = dict[str, Any]
Kind = Literal["number", "integer", "boolean", "object", "datetime", "string"]

LEFT_OUT = frozenset({"run_id", "steps", "layout_confidence", "area_unresolved", "area_candidates"})
"""Columns that only serve the pipeline."""


@dataclass(frozen=True, slots=True)
class Table:
    """An exported view with the columns that are exported."""

    view: View
    columns: tuple[Column, ...]
    order: tuple[str, ...]
    """Columns that give its rows one order."""

    @property
    def name(self) -> str:
        return self.view.name


def _exported(view: View, *order: str) -> Table:
    return Table(view, tuple(c for c in view.columns if c.name not in LEFT_OUT), order)


MENTIONS = _exported(views.CURRENT_OBSERVATION, "source", "file_sha256", "char_start", "sheet", "observation_id")
FACTS = _exported(views.FACT, "series_key", "time_period", "observation_id")
SERIES = _exported(views.SERIES, "series_key", "frequency")
CONTRADICTIONS = _exported(views.CONTRADICTION, "series_key", "time_period", "higher_id", "lower_id")


def kind_of(column: Column) -> Kind:
    """The kind of a column, as Frictionless names it. JSON comes as its text."""
    kinds: tuple[tuple[type[Any], Kind], ...] = (
        (schema.Exact, "number"),
        (sa.Boolean, "boolean"),
        (sa.Integer, "integer"),
        (sa.JSON, "object"),
        (sa.DateTime, "datetime"),
    )
    kind = column.type if isinstance(column.type, sa.types.TypeEngine) else column.type()
    return next((name for of, name in kinds if isinstance(kind, of)), "string")


@contextmanager
def one_look(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection on which all queries see the same state of the warehouse."""
    options: dict[str, Any] = {"readonly": True}
    if engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    with engine.connect().execution_options(**options) as connection:
        yield connection


def version_of(connection: sa.Connection) -> int:
    """The version of the warehouse: 0 when it is empty."""
    return int(connection.execute(sa.select(views.WAREHOUSE_VERSION.table().c.version)).scalar_one())


def rows_of(connection: sa.Connection, table: Table) -> Iterator[list[Row]]:
    """Batches of rows of a table. Memory stays bounded."""
    view = table.view.table()
    query = sa.select(*(view.c[c.name] for c in table.columns)).order_by(*(view.c[name] for name in table.order))
    return batches(connection, query, table.columns)


def batches(connection: sa.Connection, query: sa.Select[Any], columns: Sequence[Column]) -> Iterator[list[Row]]:
    """Batches of the query's rows; decimals as Decimal, JSON as its text."""
    json_columns = [c.name for c in columns if kind_of(c) == "object"]
    streamed = connection.execution_options(stream_results=True, yield_per=BATCH).execute(query)
    for batch in streamed.mappings().partitions(BATCH):
        yield [{**row, **{c: _text(row[c]) for c in json_columns if c in row}} for row in batch]


def _text(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, sort_keys=True)
