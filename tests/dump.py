"""The content of a warehouse without what depends on when and by which run it was written."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa

from etl.warehouse import schema

VOLATILE = {"run_id", "started_at", "finished_at", "read_at", "arrived_at", "first_seen_at", "last_seen_at", "seconds"}
CONTENT = (schema.source_file, schema.file_arrival, *schema.FILE_TABLES)


def content(engine: sa.Engine) -> dict[str, list[str]]:
    """Table → its rows as sorted JSON lines, the same on every database."""
    with engine.connect() as connection:
        return {
            table.name: sorted(_line(row) for row in connection.execute(sa.select(table)).mappings())
            for table in CONTENT
        }


def _line(row: Any) -> str:
    kept = {k: v for k, v in row.items() if k not in VOLATILE}
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
