"""The content of a warehouse without what depends on when and by which run it was written."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from etl.warehouse import schema

VOLATILE = {"run_id", "started_at", "finished_at", "read_at", "arrived_at", "first_seen_at", "last_seen_at", "seconds"}
VERSIONS = {"version_from", "version_until"}
"""Numbers of changes: they follow the order in which files were loaded, which is nobody's promise."""
CONTENT = (schema.source_file, schema.file_arrival, *schema.FILE_TABLES)
HISTORY = (schema.observation_history, schema.file_edition)


def content(engine: sa.Engine) -> dict[str, list[str]]:
    """Table → its rows as sorted JSON lines, the same on every database: what is known now."""
    return _lines(engine, CONTENT)


def history(engine: sa.Engine) -> dict[str, list[str]]:
    """The same for what was known once: equal where the same files came in the same order."""
    return _lines(engine, HISTORY)


def _lines(engine: sa.Engine, tables: Sequence[sa.Table]) -> dict[str, list[str]]:
    return {table.name: sorted(_rows(engine, table)) for table in tables}


def differences(one: sa.Engine, other: sa.Engine) -> list[str]:
    """The first rows of what is known in one warehouse and not in the other, marked - and +; holds no more than a
    digest of each row."""
    found: list[str] = []
    for table in CONTENT:
        surplus = Counter(map(_digest, _rows(one, table)))
        surplus.subtract(map(_digest, _rows(other, table)))
        for sign, engine, odd in (("-", one, +surplus), ("+", other, -surplus)):
            if odd:
                rows = (f"{sign} {table.name} {row}" for row in _rows(engine, table) if _digest(row) in odd)
                found += itertools.islice(rows, 3)
    return found


def _digest(row: str) -> bytes:
    return hashlib.blake2b(row.encode(), digest_size=16).digest()


def _rows(engine: sa.Engine, table: sa.Table) -> Iterator[str]:
    with engine.connect() as connection:
        rows = connection.execution_options(yield_per=10_000).execute(sa.select(table))
        yield from map(_line, rows.mappings())


def _line(row: Any) -> str:
    kept = {k: v for k, v in row.items() if k not in VOLATILE | VERSIONS}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True, default=_plain)


def _plain(value: Any) -> str:
    return format(value.normalize(), "f")


def accounting(engine: sa.Engine) -> list[tuple[str, int, int]]:
    """Per loaded file: name, numerals seen, numerals loaded + held + ignored."""
    f = schema.source_file.c
    parts = f.numerals_loaded + f.numerals_held + f.numerals_ignored
    query = sa.select(f.name, f.numerals, parts).where(f.status == "loaded").order_by(f.name)
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]
