"""Headers broken over rows, titles in one cell with the number of the table, titles that speak of a part of a city."""

from __future__ import annotations

import pytest

from etl.extract.sheet.places import clean_place
from etl.extract.sheet.subjects import subject_of
from etl.extract.sheet.wording import choose_unit, parse_unit
from etl.extract.sheet.workbook import extract_workbook
from tests.extract.sheet.building import Grid, book, by_cell, row_of, sheet


def _read(rows: Grid) -> dict[str, tuple[str | None, str, str | None, str | None]]:
    figures = by_cell(extract_workbook(book(sheet(rows)), "年鉴.xlsx"))
    return {cell: (region, label, period, unit) for cell, (region, label, period, _, unit) in
            ((cell, row_of(figure)) for cell, figure in figures.items())}  # fmt: skip


def test_units_and_words_broken_over_header_rows_are_read_whole() -> None:
    found = _read([
        ["表5 烟台市历年医疗情况"],
        ["年份", "门诊人", "用电量", "人均产", "住院死亡", "门诊死亡"],
        [None, "数(万人次)", "(万千瓦", "值(万元/", "率(‰)", "率(‰)"],
        [None, None, "时)", "人)", None, None],
        [2018, 120.1, 300, 5.1, 3.2, 0.2],
        [2019, 125.3, 310, 5.3, 3.1, 0.3],
    ])  # fmt: skip
    assert [found[f"{c}5"][1:4:2] for c in "BCDEF"] == [
        ("门诊人数", "人次"),
        ("用电量", "千瓦时"),
        ("人均产值", "元/人"),
        ("住院死亡率", "‰"),
        ("门诊死亡率", "‰"),
    ]


def test_a_title_of_the_urban_part_of_a_city_is_not_of_the_city() -> None:
    table: Grid = [["年份", "床位(张)"], [2018, 1200], [2019, 1250]]
    assert _read([["历年绍兴市区医院床位"], *table])["B3"][0] is None
    assert _read([["历年绍兴市医院床位"], *table])["B3"][0] == "330600"


@pytest.mark.parametrize(
    ("title", "subject"),
    [
        ("第三次全国农业普查公报（第4号） 表4-2 各县区耕地面积", "耕地面积"),
        ("附表3 各县区学校情况", "学校"),
        ("续表2-1b 各市在校学生", "在校学生"),
    ],
)
def test_what_stands_before_the_number_of_a_table_is_the_documents(title: str, subject: str) -> None:
    assert subject_of(title, None) == subject


@pytest.mark.parametrize(
    ("label", "place"),
    [
        ("萧山区（含大江东）", "萧山区"),
        ("西湖区（含景区、之江度假区）", "西湖区"),
        ("滨江区（含萧山）", "滨江区（含萧山）"),
        ("余杭区（不含临平）", "余杭区（不含临平）"),
    ],
)
def test_what_holds_a_zone_is_its_place_and_two_places_are_none(label: str, place: str) -> None:
    assert clean_place(label) == place


def test_averages_have_the_unit_per_what_they_are_an_average_of() -> None:
    units = tuple(u for u in map(parse_unit, ("户", "人", "人/户")) if u)
    chosen = [choose_unit(units, label) for label in ("家庭户人口", "平均每个家庭户的人口")]
    assert [u.symbol for u in chosen if u] == ["人", "人/户"]
