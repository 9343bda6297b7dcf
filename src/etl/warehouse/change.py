"""The clock of the warehouse: every transaction that changes what is known is a numbered change.

One writer at a time, on every database, so that the numbers have no gaps and become visible in their order: who has
seen version 41 has seen all of 1 to 41, and asks for what came after.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from etl.warehouse import schema

WRITERS = 723512
"""Key of the lock on PostgreSQL that a writer holds to the end of its transaction."""


@dataclass(slots=True)
class Change:
    """A change while it is made. It is recorded when ``is_new`` is set, or rows came, changed or went."""

    version: int
    at: datetime
    action: str
    run_id: str
    sha256: str | None
    reader: str | None = None
    extractor: str | None = None
    is_new: bool = False
    """Something besides the rows changed: currency of a file, what is told of it, what is held."""
    added: int = 0
    changed: int = 0
    removed: int = 0


def now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def change(connection: sa.Connection, action: str, run_id: str, sha256: str | None) -> Iterator[Change]:
    """A change inside the caller's transaction: waits for other writers, and leaves no trace when nothing changed."""
    table = schema.warehouse_change
    if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        connection.execute(sa.text("select pg_advisory_xact_lock(:key)"), {"key": WRITERS})
    last = connection.execute(
        sa.select(table.c.version, table.c.changed_at).order_by(table.c.version.desc()).limit(1)
    ).one_or_none()
    at = now()
    if last is not None:  # a clock that was set back must not put this change before the last
        at = max(at, last.changed_at if last.changed_at.tzinfo else last.changed_at.replace(tzinfo=UTC))
    ours = Change(last.version + 1 if last else 1, at, action, run_id, sha256)
    yield ours
    if ours.is_new or ours.added or ours.changed or ours.removed:
        row = {
            "version": ours.version,
            "changed_at": ours.at,
            "action": ours.action,
            "file_sha256": ours.sha256,
            "run_id": ours.run_id,
            "reader": ours.reader,
            "extractor": ours.extractor,
            "added": ours.added,
            "changed": ours.changed,
            "removed": ours.removed,
        }
        connection.execute(table.insert(), row)


def arrive(connection: sa.Connection, ours: Change, path: Path) -> bool:
    """The content that ``ours`` is about came under a path: what lay there before is no longer current.

    Tells whether anything is otherwise than before.
    """
    a = schema.file_arrival
    here = sa.and_(a.c.path == str(path), a.c.is_current)
    there = set(connection.execute(sa.select(a.c.sha256).where(here)).scalars())
    replaced = there - {ours.sha256}
    if replaced:
        ended = {"is_current": False, "version_until": ours.version}
        connection.execute(a.update().where(here, a.c.sha256.in_(replaced)).values(ended))
    if ours.sha256 not in there:
        row = {
            "path": str(path),
            "sha256": ours.sha256,
            "run_id": ours.run_id,
            "arrived_at": ours.at,
            "is_current": True,
            "version_from": ours.version,
        }
        connection.execute(a.insert(), row)
    editions = [_edition(connection, sha256, ours.version) for sha256 in sorted({*replaced, str(ours.sha256)})]
    return bool(replaced) or ours.sha256 not in there or any(editions)


def _edition(connection: sa.Connection, sha256: str, version: int) -> bool:
    """Begin or end the file's edition as its arrivals and its description say; tells whether there was need to."""
    e, a, f = schema.file_edition, schema.file_arrival.c, schema.source_file.c
    told = ("name", "title", "publisher", "region_code", "published_on")
    is_open = sa.and_(e.c.file_sha256 == sha256, e.c.version_until.is_(None))
    was = connection.execute(sa.select(*(e.c[name] for name in told)).where(is_open)).one_or_none()
    is_current = sa.exists().where(a.sha256 == sha256, a.is_current)
    shall = connection.execute(sa.select(*(f[name] for name in told)).where(f.sha256 == sha256, is_current))
    be = shall.one_or_none()
    if was == be:
        return False
    if was is not None:
        connection.execute(e.update().where(is_open).values(version_until=version))
    if be is not None:
        connection.execute(e.insert(), {"file_sha256": sha256, "version_from": version, **be._asdict()})
    return True
