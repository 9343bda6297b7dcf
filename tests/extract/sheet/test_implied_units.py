"""Units that no cell states: settled only where labels and numbers leave one reading."""

from __future__ import annotations

import pytest

from etl.extract.sheet import extract_workbook
from tests.extract.sheet.building import book, by_cell, sheet


@pytest.mark.parametrize(
    ("label", "numbers", "unit"),
    [
        ("常住人口", (21893095, 13866009, 74610235), "人"),
        ("家庭户户数", (8230792, 4867116, 25429609), "户"),
        ("就业人员", (40152, 38000, 41200), None),  # ten thousands of persons as well
        ("常住人口", (2189.31, 1386.6, 7461.02), None),
        ("人口密度", (21893095, 13866009, 74610235), None),
        ("地区生产总值", (36102600, 14083700, 36206900), None),
    ],
)
def test_counts_without_a_unit(label: str, numbers: tuple[float, ...], unit: str | None) -> None:
    rows: list[list[object]] = [["地区", label]]
    rows += [[place, number] for place, number in zip(("北京市", "天津市", "河北省"), numbers, strict=True)]
    found = by_cell(extract_workbook(book(sheet(rows)), "2020.xlsx"))
    assert {f.unit for f in found.values()} == {unit}


def test_a_stated_unit_is_left_alone() -> None:
    rows: list[list[object]] = [
        ["单位：万人", None],
        ["地区", "人口"],
        ["北京市", 21893095],
        ["天津市", 13866009],
        ["河北省", 74610235],
    ]
    found = by_cell(extract_workbook(book(sheet(rows)), "2020.xlsx"))
    assert {f.multiplier for f in found.values()} == {4}
