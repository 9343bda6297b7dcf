"""Recompute what the warehouse claims: counts, hashes, references, the accounting; find what belongs to nothing.

Reads only. Whatever is stored twice, or derived from something that is kept, is compared with its source.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from etl import verify_history
from etl.archive import digest
from etl.contract import place_list, place_of
from etl.errors import ReadError, WarehouseError
from etl.warehouse import schema
from etl.warehouse.engine import no_tables

EXAMPLES = 5
"""Cases that are named of each kind of fault."""
_ARCHIVED = re.compile(r"([0-9a-f]{64})(?:\.[0-9a-z]+)?")


@dataclass(frozen=True, slots=True)
class Check:
    """What one check looked at and found."""

    name: str
    meaning: str
    looked_at: int
    faults: int
    examples: tuple[str, ...]
    """The first few, each with where and what."""


def verify(engine: sa.Engine, archive_dir: Path, *, hashes: bool = True) -> tuple[Check, ...]:
    """All checks, in a transaction that reads. ``hashes``: read the archive's bytes again, not only its names.

    Raises WarehouseError when the warehouse is away or has no schema.
    """
    try:
        with engine.connect().execution_options(readonly=True) as connection:
            if not sa.inspect(connection).has_table(schema.source_file.name):
                raise no_tables(engine)
            return tuple(_checks(connection, archive_dir, hashes=hashes))
    except sa.exc.DBAPIError as e:
        raise WarehouseError(
            engine.url.render_as_string(hide_password=True),
            f"can't be read ({str(e.orig).strip().splitlines()[0]})",
            next_step="`etl doctor` tells whether its schema is that of this version; `etl run` upgrades it.",
        ) from e


def _checks(connection: sa.Connection, archive_dir: Path, *, hashes: bool) -> Iterator[Check]:
    files = _rows(connection, schema.source_file)
    yield _found("archive", "every file of the warehouse lies in the archive, whole", files,
                 _missing(connection, archive_dir, hashes=hashes))  # fmt: skip
    yield _found("orphans", "every file of the archive belongs to one of the warehouse", *_orphans(
        connection, archive_dir))  # fmt: skip
    yield _found("counts", "rows_loaded and rows_held are the rows there are", files, _counts(connection))
    yield _found("accounting", "numerals = loaded + held + ignored, for every loaded file", files,
                 _accounting(connection))  # fmt: skip
    yield _found("arrivals", "each file came under a path, each path has one current content", files,
                 _arrivals(connection))  # fmt: skip
    yield _found("references", "every reference of one table to another leads somewhere", *_references(connection))
    yield _found("findings", "every finding about a row has its row", *_findings(connection))
    yield _found("relations", "every member of a relation is a row of its file", *_relations(connection))
    yield _found("history", "readings of a figure follow one another, as many as the changes tell",
                 _rows(connection, schema.observation_history), verify_history.history(connection))  # fmt: skip
    yield _found("editions", "a file that lies under a path has one open edition, as its row tells",
                 _rows(connection, schema.file_edition), verify_history.editions(connection))  # fmt: skip
    yield _found("review", "held figures wait for reviewers in the state they are in, loaded ones don't",
                 _rows(connection, schema.review_item), verify_history.review(connection))  # fmt: skip


def _rows(connection: sa.Connection, table: sa.Table) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def _found(name: str, meaning: str, looked_at: int, faults: Iterator[str]) -> Check:
    examples, count = [], 0
    for fault in faults:
        count += 1
        if count <= EXAMPLES:
            examples.append(fault)
    return Check(name, meaning, looked_at, count, tuple(examples))


def _missing(connection: sa.Connection, archive_dir: Path, *, hashes: bool) -> Iterator[str]:
    f = schema.source_file.c
    names: dict[str, list[Path]] = {}
    for row in connection.execute(sa.select(f.sha256, f.name, f.size).order_by(f.sha256)):
        folder = row.sha256[:2]
        if folder not in names:
            names = {folder: sorted((archive_dir / folder).glob("*"))}  # one folder at a time: memory stays flat
        copies = [p for p in names[folder] if p.name.startswith(row.sha256)]
        if not copies:
            yield f"{row.name} ({row.sha256[:12]}…): is not in {archive_dir}"
            continue
        for copy in copies:
            try:
                sha256, size = digest(copy) if hashes else (row.sha256, copy.stat().st_size)
            except (OSError, ReadError) as e:
                yield f"{row.name}: {copy}: {e}"
                continue
            if size != row.size:
                yield f"{row.name}: {copy} has {size:,} bytes, the file had {row.size:,}"
            elif sha256 != row.sha256:
                yield f"{row.name}: {copy} is altered: its bytes have the hash {sha256[:12]}…"


def _orphans(connection: sa.Connection, archive_dir: Path) -> tuple[int, Iterator[str]]:
    known = sa.select(schema.source_file.c.sha256)
    paths = [p for p in archive_dir.rglob("*") if p.is_file()] if archive_dir.is_dir() else []

    def faults() -> Iterator[str]:
        for path in sorted(paths):
            match = _ARCHIVED.fullmatch(path.name)
            if match is None:
                what = "left by a run that was killed" if path.name.startswith(".incoming-") else "is no archived file"
                yield f"{path}: {what}; it may be removed"
            elif connection.execute(known.where(schema.source_file.c.sha256 == match[1])).first() is None:
                yield f"{path}: no file of the warehouse; run again over its source, or remove it"

    return len(paths), faults()


def _counts(connection: sa.Connection) -> Iterator[str]:
    f = schema.source_file
    for column, table in (("rows_loaded", schema.observation), ("rows_held", schema.quarantine)):
        rows = sa.func.count(table.c.observation_id)
        query = (
            sa.select(f.c.name, f.c.sha256, f.c[column], rows)
            .select_from(f.outerjoin(table, table.c.file_sha256 == f.c.sha256))
            .group_by(f.c.sha256, f.c.name, f.c[column])
            .having(f.c[column] != rows)
        )
        for name, sha256, claimed, there in connection.execute(query):
            yield f"{name} ({sha256[:12]}…): {column} is {claimed}, {table.name} holds {there}"


def _accounting(connection: sa.Connection) -> Iterator[str]:
    f = schema.source_file.c
    parts = f.numerals_loaded + f.numerals_held + f.numerals_ignored
    query = sa.select(f.name, f.numerals, parts).where(f.status == "loaded", f.numerals != parts)
    for name, numerals, accounted in connection.execute(query):
        yield f"{name}: {numerals} numerals, {accounted} accounted for"
    with_rows = sa.select(f.name, f.status).where(f.status != "loaded", f.rows_loaded > 0)
    for name, status in connection.execute(with_rows):
        yield f"{name}: is {status}, and has rows"


def _arrivals(connection: sa.Connection) -> Iterator[str]:
    f, a = schema.source_file, schema.file_arrival
    never = sa.select(f.c.name, f.c.sha256).where(~sa.exists().where(a.c.sha256 == f.c.sha256))
    for name, sha256 in connection.execute(never):
        yield f"{name} ({sha256[:12]}…): came under no path"
    several = sa.select(a.c.path, sa.func.count()).where(a.c.is_current).group_by(a.c.path).having(sa.func.count() > 1)
    for path, count in connection.execute(several):
        yield f"{path}: has {count} current contents"


def _references(connection: sa.Connection) -> tuple[int, Iterator[str]]:
    """Foreign keys, which SQLite does not watch over when another program writes."""
    keys = [(t, key) for t in schema.metadata.sorted_tables for key in t.foreign_keys]

    def faults() -> Iterator[str]:
        for table, key in keys:
            parent = key.column.table.alias("parent")
            there = sa.exists().where(parent.c[key.column.name] == key.parent)
            query = sa.select(key.parent, sa.func.count()).where(key.parent.is_not(None), ~there).group_by(key.parent)
            for value, rows in connection.execute(query):
                yield f"{table.name}.{key.parent.name} {value}: {rows} rows, not in {key.column.table.name}"

    return len(keys), faults()


def _findings(connection: sa.Connection) -> tuple[int, Iterator[str]]:
    f, o, q = schema.finding.c, schema.observation.c, schema.quarantine.c
    about = sa.select(sa.func.count()).where(f.observation_id.is_not(None))
    query = sa.select(f.rule_id, f.observation_id, f.message).where(
        f.observation_id.is_not(None),
        ~sa.exists().where(o.observation_id == f.observation_id),
        ~sa.exists().where(q.observation_id == f.observation_id),
    )
    rows = connection.execute(query)
    return connection.execute(about).scalar_one(), (f"{r[0]} about {r[1]}, which is nowhere: {r[2][:60]}" for r in rows)


def _relations(connection: sa.Connection) -> tuple[int, Iterator[str]]:
    r = schema.relation.c
    count = connection.execute(sa.select(sa.func.count()).select_from(schema.relation)).scalar_one()

    def faults() -> Iterator[str]:
        file, places = "", set[tuple[object, ...]]()
        query = sa.select(r.relation_id, r.file_sha256, r.kind, r.members).order_by(r.file_sha256)
        for row in connection.execute(query):
            if row.file_sha256 != file:
                file, places = row.file_sha256, set(_places(connection, row.file_sha256))
            lost = [m for m in _members(row.members) if m not in places]
            if lost:
                yield f"{row.kind} {row.relation_id} of {file[:12]}…: no row at {lost[0]}"

    return count, faults()


def _places(connection: sa.Connection, sha256: str) -> Iterator[tuple[object, ...]]:
    for table in (schema.observation, schema.quarantine):
        columns = (table.c[name] for name in ("char_start", "char_end", "sheet", "cell"))
        for row in connection.execute(sa.select(*columns).where(table.c.file_sha256 == sha256)).mappings():
            yield tuple(place_list(place_of(dict(row))))


def _members(members: dict[str, object]) -> Iterator[tuple[object, ...]]:
    """The places in whatever depth of lists: a place is a list of two that are no lists."""

    def walk(value: object) -> Iterator[tuple[object, ...]]:
        if not isinstance(value, list):
            return
        if len(value) == 2 and not any(isinstance(v, list) for v in value):
            yield tuple(value)
            return
        for inner in value:
            yield from walk(inner)

    for value in members.values():
        yield from walk(value)
