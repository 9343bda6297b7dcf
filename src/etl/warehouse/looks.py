"""What files looked like when their bytes were last hashed, so that unchanged ones need not be hashed again.

A hint, never the identity: that is the hash. Size, both times and the inode of a path are remembered only when the
file had rested for a while as it was hashed; a file that was written in the same moment is hashed again, because a
second writing within the granularity of its times would not show in them.
"""

from __future__ import annotations

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
where l.path {among}
"""
_AMONG = {"sqlite": "in (select value from json_each(:paths))", "postgresql": "= any(:paths)"}
_REMEMBER = sa.text(
    "insert into file_look (path, stat, sha256) values (:path, :stat, :sha256) "
    "on conflict (path) do update set stat = excluded.stat, sha256 = excluded.sha256"
)


def seen(connection: sa.Connection, paths: Sequence[str]) -> dict[str, sa.Row[Any]]:
    """Of those paths whose content, when it was hashed last, is in the warehouse as the one that lies there: path →
    (path, stat_key, status, reader, extractor, context_key)."""
    dialect = connection.dialect.name
    given: Any = list(paths)
    if dialect == "sqlite":
        import json

        given = json.dumps(given, ensure_ascii=False)
    rows = connection.execute(sa.text(_SEEN.format(among=_AMONG[dialect])), {"paths": given})
    return {row[0]: row for row in rows.all()}


def remember(engine: sa.Engine, looks: Iterable[tuple[str, str, str]]) -> None:
    """Keep (path, stat_key, sha256) of files just hashed."""
    rows = [{"path": path, "stat": stat, "sha256": sha256} for path, stat, sha256 in sorted(looks)]
    if rows:  # sorted, so that two ingests never wait for each other in a circle
        with engine.begin() as connection:
            connection.execute(_REMEMBER, rows)
