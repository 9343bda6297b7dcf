"""Files of the warehouse by name, publisher or date: what backfill and recheck work on."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from etl.archive import archived_path
from etl.errors import UsageError
from etl.ingest import context_key
from etl.model import ManifestEntry, SourceFile
from etl.warehouse import schema
from etl.warehouse.load import KnownFile


@dataclass(frozen=True, slots=True)
class Selection:
    """All conditions must hold; an empty one holds for every file."""

    names: tuple[str, ...] = ()
    """Names, paths or patterns (``*`` matches any characters, slashes too)."""
    publishers: tuple[str, ...] = ()
    """Publisher by manifest, exactly or as a pattern."""
    published_from: date | None = None
    published_to: date | None = None
    """Inclusive. A file dated 2024 or 2024-06 is taken when a day of that time lies between the two."""

    def __post_init__(self) -> None:
        if self.published_from and self.published_to and self.published_from > self.published_to:
            raise UsageError(f"published from {self.published_from} to {self.published_to}", "ends before it begins")

    @property
    def is_everything(self) -> bool:
        return not any(getattr(self, f.name) for f in fields(self))

    def as_json(self) -> dict[str, Any]:
        """The conditions that are set, as recorded with a run."""
        plain = {
            "names": list(self.names),
            "publishers": list(self.publishers),
            "published_from": self.published_from and self.published_from.isoformat(),
            "published_to": self.published_to and self.published_to.isoformat(),
        }
        return {name: value for name, value in plain.items() if value}


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A current file of the warehouse."""

    known: KnownFile
    name: str
    path: Path
    """One of the paths under which it is current."""
    size: int
    title: str | None
    publisher: str | None
    region_code: str | None
    published_on: str | None
    run_id: str
    numerals_loaded: int
    numerals_held: int

    @property
    def sha256(self) -> str:
        return self.known.sha256

    def source(self, archive_dir: Path) -> SourceFile:
        """The file as it arrived, to be read from the archive. Raises ReadError when it isn't there."""
        archived = archived_path(self.sha256, archive_dir)
        return SourceFile(self.path, self.name, self.sha256, self.size, self._manifest(), archived)

    def _manifest(self) -> ManifestEntry | None:
        """The manifest line it was read with. The title kept may be the document's own: the line's hash decides."""
        line = ManifestEntry(self.path.name, self.title, self.publisher, self.region_code, self.published_on)
        for told in (None, line, replace(line, title=None)):
            if context_key(told) == self.known.context_key:
                return told
        return line


def select(connection: sa.Connection, selection: Selection) -> tuple[StoredFile, ...]:
    """The current files that meet the selection, by path. Content that a later edition replaced is left alone."""
    return tuple(f for f in _current(connection) if _meets(f, selection))


def _current(connection: sa.Connection) -> Iterator[StoredFile]:
    f, a = schema.source_file.c, schema.file_arrival.c
    paths: dict[str, set[str]] = {}
    for sha256, path in connection.execute(sa.select(a.sha256, a.path).where(a.is_current)):
        paths.setdefault(sha256, set()).add(path)
    rows = {
        row.sha256: row
        for row in connection.execute(
            sa.select(schema.source_file).where(f.sha256.in_(sa.select(a.sha256).where(a.is_current)))
        )
    }
    for sha256, own in sorted(paths.items(), key=lambda item: min(item[1])):
        row = rows[sha256]
        known = KnownFile(sha256, row.reader, row.extractor, row.context_key, row.status, frozenset(own))
        yield StoredFile(
            known,
            row.name,
            Path(min(own)),
            row.size,
            row.title,
            row.publisher,
            row.region_code,
            row.published_on,
            row.run_id,
            row.numerals_loaded,
            row.numerals_held,
        )


def _meets(file: StoredFile, selection: Selection) -> bool:
    names = {file.name, *file.known.paths, *(Path(p).name for p in file.known.paths)}
    if selection.names and not any(fnmatchcase(name, wanted) for name in names for wanted in selection.names):
        return False
    if selection.publishers and not any(fnmatchcase(file.publisher or "", wanted) for wanted in selection.publishers):
        return False
    if selection.published_from or selection.published_to:
        if not file.published_on:
            return False
        first, last = _days(file.published_on)
        return first <= (selection.published_to or date.max) and last >= (selection.published_from or date.min)
    return True


def _days(iso: str) -> tuple[date, date]:
    """First and last day of ``2024``, ``2024-06`` or ``2024-06-24``."""
    year, month, day = ([int(part) for part in iso.split("-")] + [0, 0])[:3]
    last_month = month or 12
    last_day = day or calendar.monthrange(year, last_month)[1]
    return date(year, month or 1, day or 1), date(year, last_month, last_day)
