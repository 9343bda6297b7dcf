"""Sources that used to arrive at some interval and are overdue."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from math import ceil
from pathlib import PurePath
from statistics import median
from typing import Literal

import sqlalchemy as sa

from etl.report.data import OverdueSource
from etl.report.runs import utc
from etl.report.wording import SHANGHAI
from etl.warehouse import schema

ENOUGH = 3
"""Arrivals on different days from which an interval can be told."""
GRACE = 0.25
"""Part of the usual interval that a source may be late, at least LEAST_GRACE."""
LEAST_GRACE = timedelta(days=3)
LAPSED = 6
"""Arrivals missed in a row after which a source has probably ended."""
DAY = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")
DIGITS = re.compile(r"\d+")

Basis = Literal["published", "arrived"]


@dataclass(slots=True)
class _Seen:
    published: set[date] = field(default_factory=set)
    arrived: set[date] = field(default_factory=set)
    """Of files without a date of publication."""
    all_arrived: set[date] = field(default_factory=set)
    example: str = ""


def overdue(connection: sa.Connection, at: datetime) -> tuple[OverdueSource, ...]:
    """Sources from which more should have come by a moment, those that missed least first.

    A source is a publisher or, where the manifest names none, files whose paths differ in their digits only.
    """
    a, f = schema.file_arrival.c, schema.source_file.c
    query = (
        sa.select(a.path, a.arrived_at, f.publisher, f.published_on)
        .join(f.sha256.table, f.sha256 == a.sha256)
        .where(a.arrived_at <= at)
        .order_by(a.arrived_at, a.path)
    )
    seen: dict[tuple[str, str], _Seen] = {}
    for path, arrived_at, publisher, published_on in connection.execute(query):
        source = ("publisher", publisher) if publisher else ("path", pattern(path))
        of_source = seen.setdefault(source, _Seen())
        arrived = utc(arrived_at).astimezone(SHANGHAI).date()
        published = last_day(published_on)
        of_source.all_arrived.add(arrived)
        if published:
            of_source.published.add(published)
        else:
            of_source.arrived.add(arrived)
        of_source.example = path
    today = at.astimezone(SHANGHAI).date()
    late = (_late(name, kind, found, today) for (kind, name), found in seen.items())
    return tuple(sorted((s for s in late if s), key=lambda s: (s.missed, -s.arrivals, s.name)))


def _late(name: str, kind: str, seen: _Seen, today: date) -> OverdueSource | None:
    """None: in time, or too few arrivals to tell."""
    basis: Basis = "published" if len(seen.published) >= ENOUGH else "arrived"
    days = sorted(seen.published if basis == "published" else seen.all_arrived)
    if len(days) < ENOUGH:
        return None
    interval = usual_interval(days)
    last = max([days[-1], *seen.arrived])
    expected = last + interval
    if today <= expected + max(LEAST_GRACE, interval * GRACE):
        return None
    missed = (today - last) // interval
    return OverdueSource(name, kind, basis, len(days), interval.days, last, expected, missed, missed >= LAPSED,
                         seen.example)  # fmt: skip


def usual_interval(days: Sequence[date]) -> timedelta:
    """The median of the gaps between ascending days, at least one day."""
    gaps = [(b - a).days for a, b in pairwise(days)]
    return timedelta(days=max(1, ceil(median(gaps))))


def last_day(published_on: str | None) -> date | None:
    """The last day of a year, month or day in ISO 8601: nothing is late before what it may mean has passed."""
    found = DAY.match(published_on or "")
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    try:
        whole_month = month or 12
        return date(year or 0, whole_month, day or calendar.monthrange(year or 0, whole_month)[1])
    except (ValueError, calendar.IllegalMonthError):
        return None


def pattern(path: str) -> str:
    """The path with the digits of its file name as ``#``: 月报202401.xlsx and 月报202402.xlsx are one source."""
    pure = PurePath(path)
    return str(pure.with_name(DIGITS.sub("#", pure.name))) if pure.name else path


def shown(sources: Iterable[OverdueSource]) -> tuple[list[OverdueSource], list[OverdueSource]]:
    """Those that are late, and those that have probably ended."""
    every = list(sources)
    return [s for s in every if not s.is_lapsed], [s for s in every if s.is_lapsed]
