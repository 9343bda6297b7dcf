"""Cells, periods and rows of exports."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl.export import workbook
from etl.export.files import ParquetByYear, harmless
from etl.export.sdmx import sdmx_period
from etl.export.wide import ByYear
from etl.warehouse import schema
from etl.warehouse.views import Column


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("-3.2%", "-3.2%"),
        ("-1,200", "-1,200"),
        ("宜昌=1", "宜昌=1"),
        ("", ""),
    ],
)
def test_what_begins_like_a_formula_is_made_harmless(text: str, shown: str) -> None:
    assert harmless(text) == shown


@pytest.mark.parametrize(
    ("iso", "expected"),
    [
        ("2024", ("A", "2024")),
        ("2024-S1", ("S", "2024-S1")),
        ("2024-Q3", ("Q", "2024-Q3")),
        ("2024-06", ("M", "2024-06")),
        ("2024-06-24", ("D", "2024-06-24")),
        ("2021/2025", ("_O", "2021-01-01/P5Y")),
        ("2023-01/2023-09", ("_O", "2023-01-01/P9M")),
        ("2023-Q1/2023-Q3", ("_O", "2023-01-01/P9M")),
        ("2023-S1/2023-S2", ("_O", "2023-01-01/P1Y")),
        ("2024-02-28/2024-03-01", ("_O", "2024-02-28/P3D")),
    ],
)
def test_periods_of_sdmx(iso: str, expected: tuple[str, str]) -> None:
    assert sdmx_period(iso) == expected


def test_a_sheet_that_is_full_says_how_much_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from openpyxl import load_workbook

    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    path = tmp_path / "a.xlsx"
    row = {column: "x\x01y" for column, _ in workbook.SERIES_HEADS}
    with workbook.Workbook(path, ["2023"], 7) as book:
        book.series.write([row] * 5)
    about = {r[0]: r[1] for r in load_workbook(path)["说明"].iter_rows(values_only=True)}
    assert about["工作表“序列”"] == "2 行，另有 3 行未列，见同名 CSV"
    assert load_workbook(path)["序列"]["B2"].value == "xy"


def test_parts_of_parquet_are_complete_however_the_rows_come(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow.parquet as pq

    from etl.export import files

    monkeypatch.setattr(files, "MOST_WAITING", 3)
    columns = (Column("time_period", schema.Text(), "when"), Column("obs_value", schema.Exact(), "what"))
    periods = ["2023", None, "2021-06", "2023-Q1", "2021/2025", None]
    with ParquetByYear(tmp_path / "t.parquet", columns, 1) as parts:
        for n, period in enumerate(periods):
            parts.write([{"time_period": period, "obs_value": n}])
    table = pq.read_table(tmp_path / "t.parquet").to_pylist()
    assert sorted((str(r["time_period"]), r["obs_value"], r["year"]) for r in table) == sorted(
        (str(p), float(n), int(p[:4]) if p else None) for n, p in enumerate(periods)
    )  # fmt: skip


def test_series_that_lie_on_both_sides_of_a_batch_stay_one_row() -> None:
    given: list[dict[str, object]] = []

    class Kept:
        def write(self, rows: object) -> None:
            given.extend(rows)  # type: ignore[arg-type]

    blank = dict.fromkeys(("indicator", "label", "ref_area", "ref_area_name", "ref_entity", "breakdown", "unit", "kind",
                           "status", "time_type"))  # fmt: skip
    with ByYear(["2021", "2023"], [Kept()]) as wide:  # type: ignore[list-item]
        wide.write([blank | {"series_key": "a", "time_period": "2021", "obs_value": 1}])
        wide.write([blank | {"series_key": "a", "time_period": "2023", "obs_value": 2}])
        wide.write([blank | {"series_key": "b", "time_period": "2023-Q1", "obs_value": 3}])
        wide.write([blank | {"series_key": "c", "time_period": "2023", "obs_value": 4}])
    assert [(r["series_key"], r["y2021"], r["y2023"]) for r in given] == [("a", 1, 2), ("c", None, 4)]
