"""The views: what analysts build on. Their names, columns and meanings are a contract (``docs/warehouse.md``).

They are made anew whenever their text differs from what the warehouse has, and are dropped before a migration runs:
a migration sees tables only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from etl.warehouse import schema

KEPT_AS = "views"
"""The row of ``reference_version`` that holds the hash of their text."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a view: its type is that of SQLAlchemy, its meaning is the analyst's documentation."""

    name: str
    type: Any
    meaning: str


@dataclass(frozen=True, slots=True)
class View:
    """A view, the same SQL on both databases; ``select`` gives its columns in this order."""

    name: str
    comment: str
    columns: tuple[Column, ...]
    select: str

    @property
    def ddl(self) -> str:
        return f"create view {self.name} as\n{self.select.strip()}"

    def table(self) -> sa.TableClause:
        """For queries: with the types of its columns."""
        return sa.table(self.name, *(sa.column(c.name, c.type) for c in self.columns))


def own(table: sa.Table, *, without: Iterable[str] = ()) -> tuple[Column, ...]:
    """The columns of a table as columns of a view."""
    left_out = frozenset(without)
    return tuple(Column(c.name, c.type, str(c.comment)) for c in table.columns if c.name not in left_out)


def listed(alias: str, columns: Sequence[Column]) -> str:
    """``o.observation_id, o.file_sha256, …``."""
    return ", ".join(f"{alias}.{c.name}" for c in columns)


READING = own(schema.observation, without=("version_from",))
"""What a figure was read as."""
TOLD = (
    Column("source", schema.Text(), "name of the file"),
    Column("source_title", schema.Text(), "its title, by manifest or metadata"),
    Column("publisher", schema.Text(), "who published it, by manifest"),
    Column("published_on", sa.String(10), "ISO 8601, as precisely as known, by manifest"),
)
"""What was told of its file."""

CURRENT_OBSERVATION = View(
    "current_observation",
    "Accepted observations of the files that are current (the latest content under at least one path): every mention "
    "of every fact.",
    (*own(schema.observation), *TOLD),
    f"""
select {listed("o", own(schema.observation))},
  f.name as source, f.title as source_title, f.publisher, f.published_on
from observation o
join source_file f on f.sha256 = o.file_sha256
where f.status = 'loaded'
  and exists (select 1 from file_arrival a where a.sha256 = f.sha256 and a.is_current)
""",  # noqa: S608 (names of our own)
)

OBSERVATION_AS_KNOWN = View(
    "observation_as_known",
    "What was known when: `where known_from <= D and (known_until is null or known_until > D)` gives the rows of "
    "current_observation as they were at time D, with `known_until is null` as they are now. An observation has a row "
    "for each time in which it, and what was told of its file, stayed the same.",
    (
        *READING,
        *TOLD,
        Column("version_from", sa.BigInteger(), "change with which it became known so"),
        Column("version_until", sa.BigInteger(), "change that ended it; null: it holds now"),
        Column("known_from", schema.UTC, "when it became known (UTC)"),
        Column("known_until", schema.UTC, "when it ceased to hold; null: it holds now"),
        Column(
            "ended_by",
            sa.String(16),
            "null: it holds now; file: other content took the file's path, or the manifest told otherwise of it; "
            "else as in observation_history",
        ),
    ),
    f"""
select {listed("k", (*READING, *TOLD))}, k.version_from, k.version_until,
  c.changed_at as known_from, u.changed_at as known_until,
  case when k.version_until is null then null when k.version_until = k.row_until then k.row_ended_by else 'file' end
    as ended_by
from (
  select {listed("r", READING)},
    e.name as source, e.title as source_title, e.publisher, e.published_on,
    case when e.version_from > r.version_from then e.version_from else r.version_from end as version_from,
    case when r.version_until is null then e.version_until
         when e.version_until is null or e.version_until > r.version_until then r.version_until
         else e.version_until end as version_until,
    r.version_until as row_until, r.ended_by as row_ended_by
  from (
    select {listed("o", READING)}, o.version_from,
      cast(null as bigint) as version_until, cast(null as varchar(16)) as ended_by
    from observation o
    union all
    select {listed("h", READING)}, h.version_from, h.version_until, h.ended_by
    from observation_history h
  ) r
  join file_edition e on e.file_sha256 = r.file_sha256
    and (e.version_until is null or e.version_until > r.version_from)
    and (r.version_until is null or r.version_until > e.version_from)
) k
join warehouse_change c on c.version = k.version_from
left join warehouse_change u on u.version = k.version_until
""",  # noqa: S608 (names of our own)
)

VIEWS = (CURRENT_OBSERVATION, OBSERVATION_AS_KNOWN)
"""In the order in which they are made: a view stands after those it uses."""


@cache
def _text_hash() -> str:
    return hashlib.sha256("\0".join(view.ddl for view in VIEWS).encode()).hexdigest()


def refresh(connection: sa.Connection) -> None:
    """Make the views anew when they are not those of this version."""
    version = schema.reference_version
    held = connection.execute(sa.select(version.c.content_hash).where(version.c.name == KEPT_AS)).scalar()
    if held == _text_hash():
        return
    drop(connection)
    for view in VIEWS:
        connection.exec_driver_sql(view.ddl)
    connection.execute(version.insert(), {"name": KEPT_AS, "content_hash": _text_hash()})


def drop(connection: sa.Connection) -> None:
    """Take the views away; nothing to do where an earlier version made them in its migrations."""
    if not sa.inspect(connection).has_table("reference_version"):
        return
    version = schema.reference_version
    if not connection.execute(version.delete().where(version.c.name == KEPT_AS)).rowcount:
        return
    for view in reversed(VIEWS):
        connection.exec_driver_sql(f"drop view if exists {view.name}")
