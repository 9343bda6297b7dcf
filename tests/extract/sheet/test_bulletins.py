"""Tables of bulletins, monthly reports and yearbooks: unit lines of several units, two totals of one city, periods in
a line of their own, censuses. Each sheet is of our own writing and small enough to be seen whole."""

from __future__ import annotations

import pytest

from etl.extract.sheet.timing import census_in_text, period_in_name, period_in_title, period_label
from etl.extract.sheet.workbook import extract_workbook
from tests.extract.sheet.building import Grid, book, by_cell, sheet
from tests.extract.sheet.test_yearbooks import check


def test_each_column_has_the_unit_of_the_line_that_its_noun_counts() -> None:
    rows: Grid = [
        ["3-4 各县（市）区户籍人口变动情况（2018年，徐州市）"],
        ["单位：户、人、人/户"],
        ["地区", "年末总户数", "户均人口", "本年出生", "自然增长", "迁出", ""],
        ["", "", "", "", "", "合计", "#迁往省外"],
        ["全市", 100, 4.1, 5, -1, 8, 3],
        ["丰县", 60, 4.2, 3, -1, 4, 1],
        ["沛县", 40, 4.0, 2, 0, 4, 2],
    ]
    check(
        rows,
        {
            "B5": ("320300", "年末总户数", "2018", "户"),
            "C6": ("320321", "户均人口", "2018", "人/户"),
            "D6": ("320321", "本年出生", "2018", "人"),
            "E5": ("320300", "自然增长", "2018", "人"),
            "G7": ("320322", "迁出合计|#迁往省外", "2018", "人"),
        },
    )


def test_rows_tell_the_units_where_columns_are_years() -> None:
    rows: Grid = [
        ["南召县社会保险情况"],
        ["单位：人、万元"],
        ["指标", "2019年", "2020年"],
        ["参保职工", 12000, 12500],
        ["基金收入", 5000, 5100],
    ]
    check(
        rows,
        {"B4": ("411321", "参保职工", "2019", "人"), "C5": ("411321", "基金收入", "2020", "元")},
    )


def test_a_noun_that_ends_in_the_word_for_unit_keeps_it() -> None:
    rows: Grid = [["2018年安顺市法人单位"], ["地区", "法人单位（个）"], ["西秀区", 200], ["平坝区", 100]]
    check(rows, {"B3": ("520402", "法人单位", "2018", "个")})


def test_two_totals_of_a_city_are_both_its_own() -> None:
    rows: Grid = [
        ["4-2 分区县户数与人口（2015年，阜阳市）"],
        ["地区", "户数（万户）", "人口（万人）"],
        ["全市常住人口", 90, 300],
        ["全市户籍人口", 80, 280],
        ["市辖区", 30, 100],
        ["#城三区", 20, 60],
        ["  颍州区", 10, 30],
        ["  颍东区", 10, 30],
        ["  颍泉区", 10, 40],
        ["县（市）", 50, 180],
        ["  临泉县", 30, 100],
        ["  太和县", 20, 80],
    ]
    check(
        rows,
        {
            "B3": ("341200", "户数|常住人口", "2015", "户"),
            "C4": ("341200", "人口|户籍人口", "2015", "人"),
            "B5": (None, "户数", "2015", "户"),
            "B6": (None, "户数", "2015", "户"),
            "B7": ("341202", "户数", "2015", "户"),
        },
    )
    extraction = extract_workbook(book(sheet(rows)), "年鉴.xlsx")
    assert by_cell(extraction)["B6"].area.name == "阜阳市|城三区"
    assert [f for f in extraction.flags if f.rule == "suspect_value"] == []


def test_a_bulletin_of_a_census_is_of_its_year_in_all_its_tables() -> None:
    rows: Grid = [
        ["黔南布依族苗族自治州第七次全国人口普查公报（第二号）"],
        ["——县（市）人口情况"],
        ["黔南州统计局"],
        ["2021年6月8日"],
        ["根据第七次全国人口普查结果，现将2020年11月1日零时全州常住人口公布如下："],
        ["表2-1 各县（市）人口"],
        ["单位：人、%"],
        ["地区", "人口数", "比重"],
        ["全州", 3494385, 100],
        ["都匀市", 529200, 15.1],
        ["福泉市", 300000, 8.6],
        [None],
        ["表2-2 各县（市）户别人口"],
        ["单位：户、人"],
        ["地区", "家庭户户数", "家庭户人口"],
        ["全州", 100, 300],
        ["都匀市", 50, 150],
    ]
    check(
        rows,
        {
            "B9": ("522700", "县（市）人口|人口数", "2020", "人"),
            "C10": ("522701", "县（市）人口|人口数|比重", "2020", "%"),
            "B16": ("522700", "家庭户户数", "2020", "户"),
            "C17": ("522701", "家庭户人口", "2020", "人"),
        },
    )


def test_stacked_tables_have_the_period_of_the_sheet() -> None:
    rows: Grid = [
        ["安顺市工业统计月报"],
        ["2022年度 3月"],
        ["表1 主要农产品产量"],
        ["产品", "产量（吨）"],
        ["粮食", 300],
        ["油料", 100],
        [None],
        ["表2 主要工业产品产量"],
        ["产品", "产量（吨）"],
        ["水泥", 200],
        ["化肥", 100],
    ]
    check(rows, {"B5": ("520400", "产量|粮食", "2022-03", "吨"), "B10": ("520400", "产量|水泥", "2022-03", "吨")})


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2021年度 3月", "2021-03"), ("2021年 1-6月", "2021-01/2021-06"), ("二〇二一年三月", "2021-03"),
        ("2021 年 第 3 季度", "2021-Q3"), ("2021年度第三季度", "2021-Q3"), ("2021年度（1—6月）", "2021-01/2021-06"),
        ("2021年一至六月", "2021-01/2021-06"), ("2021年1-3季度", "2021-Q1/2021-Q3"), ("二○一九年度", "2019"),
    ],
)  # fmt: skip
def test_months_of_business_years_and_years_in_words(text: str, iso: str) -> None:
    assert period_label(text) == iso
    assert period_in_title(f"毕节市{text}财政收支") == iso


def test_parts_of_a_year_behind_the_place_and_in_names() -> None:
    assert period_in_title("2021年毕节市1—9月主要经济指标") == "2021-01/2021-09"
    assert period_in_title("2021年毕节市上半年财政收支") == "2021-S1"
    assert period_in_title("2021年毕节市一般公共预算") == "2021"
    assert period_in_name("社会服务统计月报2021年3月.xls") == "2021-03"
    assert period_in_name("2021年6月8日公布的名录.xls") == "2021"
    assert period_in_name("某县七普各乡镇人口.csv") == "2020"


def test_censuses_in_titles() -> None:
    assert census_in_text("安顺市第四次全国经济普查公报（第二号）") == "2018"
    assert census_in_text("第六次和第七次全国人口普查主要数据对比") is None
    assert census_in_text("统一普查登记") is None
