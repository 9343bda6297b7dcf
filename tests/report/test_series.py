"""A figure in doubt beside the earlier and later values of its series."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from etl.model import Finding, Period
from etl.report.build import render
from etl.report.charts import series_chart
from etl.report.data import SeriesPoint
from etl.report.queries import load_report_data
from etl.report.series import shape, year_of
from tests.report.conftest import Builder, figure, observation, span


@pytest.fixture
def builder(warehouse_url: str, tmp_path: Path) -> Iterator[Builder]:
    made = Builder(tmp_path, warehouse_url)
    yield made
    made.engine.dispose()


def yearly(builder: Builder, run_id: str, year: int, value: str, *, held: bool = False) -> str:
    """A file with one year's value; gives the observation's id."""
    body = f"{year}年困难职工{value}户。"
    text = f"{value}户"
    row = observation(
        span(body, text), text, source=str(year), obs_value=Decimal(value), series_key="s",
        period=Period(str(year), "text"), evidence=body,
    )  # fmt: skip
    found = (Finding("OBS-MAGNITUDE", "quarantine", "数量级可疑", row.observation_id, body),)
    builder.put(
        run_id,
        f"{year}.txt",
        body,
        numerals=1,
        numerals_held=int(held),
        numerals_loaded=int(not held),
        held=(row,) if held else (),
        loaded=() if held else (row,),
        findings=found if held else (),
    )
    return row.observation_id


def test_a_held_value_is_shown_among_its_series(builder: Builder) -> None:
    first = builder.run()
    for year, value in ((2020, "400"), (2021, "410"), (2023, "430")):
        yearly(builder, first, year, value)
    builder.finish(first)
    second = builder.run()
    held = yearly(builder, second, 2022, "4200", held=True)
    builder.finish(second)

    data = load_report_data(builder.engine, second)

    assert [(p.period, p.value, p.is_held) for p in data.series["s"]] == [
        ("2020", Decimal(400), False),
        ("2021", Decimal(410), False),
        ("2022", Decimal(4200), True),
        ("2023", Decimal(430), False),
    ]
    assert data.series["s"][2].observation_id == held
    page = render(data, builder.archive_dir)
    assert "同一指标：2021：410 → 2022：4,200 → 2023：430（共 4 期）" in page
    assert page.count('<circle class="main"') == 1
    assert page.count("<circle") == 4


def test_series_of_rows_nobody_doubts_are_not_read(builder: Builder) -> None:
    run_id = builder.run()
    for year in (2020, 2021, 2022):
        yearly(builder, run_id, year, "400")
    assert load_report_data(builder.engine, run_id).series == {}


def point(period: str, value: str, observation_id: str = "x") -> SeriesPoint:
    return SeriesPoint(period, Decimal(value), observation_id, False)


def test_only_like_periods_are_compared() -> None:
    row = figure(span("12户", "12户"), "12户", time_period="2022", series_key="s", observation_id="me")
    ours = point("2022", "12", "me")
    months = [point(f"2021-{m:02d}", "1") for m in range(1, 13)]
    assert series_chart([*months, ours], [row]) is None
    assert series_chart([point("2020", "9"), ours], [row]) is None, "one other value tells no course"
    chart = series_chart([*months, point("2020", "9"), point("2021", "10"), ours], [row])
    assert chart is not None
    assert len(chart.dots) == 2
    assert len(chart.doubtful) == 1


def test_equal_values_and_long_series_can_be_drawn() -> None:
    row = figure(span("1", "1"), "1", time_period="1950", observation_id="me", series_key="s")
    series = [point(str(y), "0", "me" if y == 1950 else "x") for y in range(1800, 2020)]
    chart = series_chart(series, [row])
    assert chart is not None
    assert len(chart.doubtful) == 1
    assert len(chart.dots) < 70
    assert "nan" not in chart.line


@pytest.mark.parametrize(
    ("period", "year", "kind"),
    [
        ("2024", 2024, "0000"),
        ("2024-07", 2024.5, "0000-00"),
        ("2024-Q3", 2024.5, "0000-Q0"),
        ("2024-S2", 2024.5, "0000-S0"),
        ("2021/2025", 2021, "0000/0000"),
        ("2024-06-24/2024-07-01", 2024 + 5 / 12 + 23 / 366, "0000-00-00/0000-00-00"),
        ("不明", None, "不明"),
    ],
)
def test_periods_on_a_line(period: str, year: float | None, kind: str) -> None:
    assert year_of(period) == (pytest.approx(year) if year is not None else None)
    assert shape(period) == kind
