"""Earlier and later values of the facts in doubt."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from etl.report.data import SeriesPoint
from etl.warehouse import schema

MOST = 200_000
"""Points read at most: beyond that some series have no chart."""
PERIOD = re.compile(r"(\d{4})(?:-(?:(\d{2})(?:-(\d{2}))?|Q([1-4])|S([12])))?(?:/.+)?")
DIGIT = re.compile(r"\d")


def of_doubtful(
    connection: sa.Connection, shas: sa.Select[Any], current: sa.Select[Any]
) -> Mapping[str, tuple[SeriesPoint, ...]]:
    """Series key → its points, by period, of every series with a held row or a loaded row with a finding.

    ``shas``: the files of the report; ``current``: the files whose values make up the series.
    """
    o, q, f = schema.observation, schema.quarantine, schema.finding.c
    found = sa.select(f.observation_id).where(f.file_sha256.in_(shas), f.observation_id.is_not(None))
    keys = sa.union(
        sa.select(q.c.series_key).where(q.c.file_sha256.in_(shas)),
        sa.select(o.c.series_key).where(o.c.observation_id.in_(found)),
    ).subquery()
    series: dict[str, dict[tuple[str, Any], SeriesPoint]] = defaultdict(dict)
    for table in (o, q):
        c = table.c
        query = (
            sa.select(c.series_key, c.time_period, c.obs_value, c.observation_id)
            .where(
                c.series_key.in_(sa.select(keys.c.series_key)),
                c.time_period.is_not(None),
                c.file_sha256.in_(shas) | c.file_sha256.in_(current),
            )
            .order_by(c.series_key, c.time_period, c.observation_id)
            .limit(MOST)
        )
        for key, period, value, observation_id in connection.execute(query):
            point = SeriesPoint(period, value, observation_id, table is q)
            series[key].setdefault((period, value), point)
    return {key: tuple(sorted(points.values(), key=lambda p: p.period)) for key, points in series.items()}


def shape(period: str) -> str:
    """Years go with years, months with months: ``2024-06`` → ``0000-00``."""
    return DIGIT.sub("0", period)


def year_of(period: str) -> float | None:
    """Where a period begins, in years; None for what is no period."""
    found = PERIOD.fullmatch(period)
    if not found:
        return None
    year, month, day, quarter, half = (int(g) if g else 1 for g in found.groups())
    return year + (month - 1) / 12 + (day - 1) / 366 + (quarter - 1) / 4 + (half - 1) / 2
