"""Which sources are overdue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from etl.model import ManifestEntry
from etl.report.arrivals import last_day, overdue, pattern, usual_interval
from etl.report.data import OverdueSource
from etl.warehouse import schema
from tests.report.conftest import Builder

NOW = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


@pytest.fixture
def builder(warehouse_url: str, tmp_path: Path) -> Iterator[Builder]:
    made = Builder(tmp_path, warehouse_url)
    yield made
    made.engine.dispose()


def arrive(
    builder: Builder, name: str, at: datetime, publisher: str | None = None, published: str | None = None
) -> None:
    """A file without figures that came at a moment."""
    run_id = builder.run()
    manifest = ManifestEntry(name, None, publisher, None, published)
    record = builder.put(run_id, name, name, manifest=manifest, status="failed", error_code="nothing_found", error="x")
    table = schema.file_arrival
    with builder.engine.begin() as connection:
        connection.execute(table.update().where(table.c.sha256 == record.sha256).values(arrived_at=at))


def late(builder: Builder, at: datetime = NOW) -> tuple[OverdueSource, ...]:
    with builder.engine.connect() as connection:
        return overdue(connection, at)


def test_a_monthly_publisher_that_stopped_is_overdue(builder: Builder) -> None:
    for month in (5, 6, 7, 8, 9):
        arrive(builder, f"简报{month}.txt", NOW, "柳河县统计局", f"2026-{month:02d}")

    (source,) = late(builder)

    assert (source.name, source.kind, source.basis) == ("柳河县统计局", "publisher", "published")
    assert (source.arrivals, source.interval_days) == (5, 31)
    assert (source.last_seen, source.expected) == (date(2026, 9, 30), date(2026, 10, 31))
    assert (source.missed, source.is_lapsed) == (1, False)


def test_files_of_like_names_are_a_source_where_no_publisher_is_known(builder: Builder) -> None:
    for week in range(4):
        arrive(builder, f"周报{week}.xls", NOW - timedelta(days=28 + 7 * week))

    (source,) = late(builder)

    assert source.kind == "path"
    assert source.basis == "arrived"
    assert source.name.endswith("周报#.xls")
    assert source.example.endswith("周报0.xls")
    assert (source.interval_days, source.missed) == (7, 4)


@pytest.mark.parametrize(
    ("days_ago", "why"),
    [
        ((40, 10), "two arrivals tell no interval"),
        ((70, 40, 10), "in time"),
        ((97, 67, 33), "a few days late are no news"),
        ((1, 1, 1), "a backfill on one day is one arrival"),
    ],
)
def test_not_overdue(builder: Builder, days_ago: tuple[int, ...], why: str) -> None:
    for i, days in enumerate(days_ago):
        arrive(builder, f"月报{i}.txt", NOW - timedelta(days=days))
    assert late(builder) == (), why


def test_a_source_long_silent_has_probably_ended(builder: Builder) -> None:
    for year in (1998, 1999, 2000):
        arrive(builder, f"年鉴{year}.xls", NOW, "旧统计局", str(year))
    (source,) = late(builder)
    assert source.is_lapsed
    assert source.last_seen == date(2000, 12, 31)


def test_an_undated_file_of_a_dated_publisher_counts_when_it_came(builder: Builder) -> None:
    for month in (5, 6, 7, 8):
        arrive(builder, f"简报{month}.txt", NOW, "柳河县统计局", f"2026-{month:02d}")
    assert late(builder)
    arrive(builder, "补充.txt", NOW - timedelta(days=2), "柳河县统计局")
    assert late(builder) == ()


def test_only_what_had_come_by_then_counts(builder: Builder) -> None:
    for days in (120, 90, 60, 1):
        arrive(builder, f"月报{days}.txt", NOW - timedelta(days=days))
    assert late(builder) == ()
    assert late(builder, NOW - timedelta(days=10))


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        ("2024", date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 29)),
        ("2024-06-24", date(2024, 6, 24)),
        ("2024-13", None),
        ("0000", None),
        ("不详", None),
        (None, None),
    ],
)
def test_a_date_means_its_last_day(published: str | None, expected: date | None) -> None:
    assert last_day(published) == expected


def test_patterns_and_intervals() -> None:
    assert pattern("in/2024/月报202401-2.xlsx") == "in/2024/月报#-#.xlsx"
    assert usual_interval([date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1), date(2025, 1, 1)]).days == 31
