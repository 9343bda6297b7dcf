"""Sheets made to be slow or to break things: everything stays bounded and every number accounted for."""

import pytest

from etl.extract.numeric_cells import count_numeric_cells
from etl.extract.sheet import extract_workbook
from tests.extract.sheet.building import book, sheet

Rows = list[list[object]]

PROSE: Rows = [*[[f"文字{i}"] for i in range(20_000)], ["北京", 1]]
PROSE_IN_COLUMNS: Rows = [*[[f"文字{i}", "乙", "丙"] for i in range(10_000)], ["北京", 1, 2]]
HOLES: Rows = [[j if i else f"头{j}" if j % 2 == 0 else None for j in range(1_000)] for i in range(10)]
LONG_CELLS: Rows = [["（" * 32_767, "a" * 32_767], ["中" + "a " * 16_000, "(" + "a" * 32_000], ["北京", 1], ["天津", 2]]
WIDE: Rows = [[f"指标{j}" for j in range(5_000)], ["北京", *range(4_999)], ["天津", *range(4_999)]]
TOTALS: Rows = [["地区", "人口（人）"], *[["合计", i] for i in range(3_000)]]
DEEP: Rows = [["地区", "人口（人）"], *[[" " * i + "北京", i] for i in range(1_000)]]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("rows", [PROSE, PROSE_IN_COLUMNS, HOLES, LONG_CELLS, WIDE, TOTALS, DEEP])
def test_hostile_sheets_take_bounded_time(rows: Rows) -> None:
    workbook = book(sheet(rows))
    extraction = extract_workbook(workbook, "x.xlsx")
    assert len(extraction.figures) + len(extraction.ignored) == len(count_numeric_cells(workbook))


def test_merged_ranges_may_overlap_and_reach_far_outside() -> None:
    merged = [(0, 0, 100_000, 16_000), (0, 1, 50, 50), (0, 1, 5, 5), (1, 0, 2, 0)]
    workbook = book(sheet([["地区", "甲（人）", "乙（人）"], ["北京", 1, 2], ["天津", 3, 4]], merged=merged))
    assert len(extract_workbook(workbook, "x.xlsx").figures) == 4
