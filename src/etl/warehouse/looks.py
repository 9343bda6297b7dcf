"""What files looked like when their bytes were last hashed, so that unchanged ones need not be hashed again.

A hint, never the identity: that is the hash. Size, both times and the inode of a path are remembered only when the
file had rested for a while as it was hashed; a file that was written in the same moment is hashed again, because a
second writing within the granularity of its times would not show in them.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

REST = 2_000_000_000
"""Nanoseconds without a change: FAT, the coarsest file system, keeps times to two seconds."""


def stat_key(stat: os.stat_result) -> str:
    """What changes with a file's content, in one text."""
    return f"{stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns} {stat.st_ino}"


def has_rested(stat: os.stat_result, now_ns: int) -> bool:
    """Was the file left alone long enough, that a later change must show?"""
    return now_ns - max(stat.st_mtime_ns, stat.st_ctime_ns) > REST


_SEEN = """
select l.path, l.stat, f.status, f.reader, f.extractor, f.context_key
from file_look l
join source_file f on f.sha256 = l.sha256
join file_arrival a on a.path = l.path and a.sha256 = l.sha256 and a.is_current
where l.path {within}
"""
_WITHIN = _SEEN.format(within="between ? and ? limit ?")
_AMONG = {
    "sqlite": _SEEN.format(within="in (select value from json_each(?))"),
    "postgresql": _SEEN.format(within="= any(%s)"),
}
_WORTH_SKIPPING = 2
"""SQLite reads a range of its index twice as fast as it finds as many paths one by one."""
_REMEMBER = sa.text(
    "insert into file_look (path, stat, sha256) values (:path, :stat, :sha256) "
    "on conflict (path) do update set stat = excluded.stat, sha256 = excluded.sha256"
)


def seen(connection: sa.Connection, paths: Sequence[str]) -> dict[str, Sequence[Any]]:
    """Of those paths whose content, when it was hashed last, is in the warehouse as the one that lies there: path →
    (path, stat_key, status, reader, extractor, context_key)."""
    if not paths:
        return {}
    dialect = connection.dialect.name
    if dialect == "sqlite":
        most = _WORTH_SKIPPING * len(paths)
        rows = _tuples(connection, _WITHIN, (min(paths), max(paths), most))
        if len(rows) < most:  # others that lie between do no harm, as long as they are few
            return {row[0]: row for row in rows}
    given: Any = json.dumps(paths, ensure_ascii=False) if dialect == "sqlite" else list(paths)
    return {row[0]: row for row in _tuples(connection, _AMONG[dialect], (given,))}


def _tuples(connection: sa.Connection, query: str, given: tuple[Any, ...]) -> Sequence[Sequence[Any]]:
    """Rows as the driver gives them: to wrap each one takes as long as to find it."""
    result = connection.exec_driver_sql(query, given)
    assert result.cursor is not None
    try:
        return result.cursor.fetchall()
    finally:
        result.close()


def remember(engine: sa.Engine, looks: Iterable[tuple[str, str, str]]) -> None:
    """Keep (path, stat_key, sha256) of files just hashed."""
    rows = [{"path": path, "stat": stat, "sha256": sha256} for path, stat, sha256 in sorted(looks)]
    if rows:  # sorted, so that two ingests never wait for each other in a circle
        with engine.begin() as connection:
            connection.execute(_REMEMBER, rows)
