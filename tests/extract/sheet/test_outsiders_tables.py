"""Layouts that tables of other hands have: months as Excel prints them, yearbooks' numbers in file names, notes that
tell the period. Each sheet is of our own writing and small enough to be seen whole."""

from __future__ import annotations

import pytest

from etl.extract.sheet.tables import subject_of
from etl.extract.sheet.timing import period_in_name, period_in_note
from tests.extract.sheet.building import Grid
from tests.extract.sheet.test_yearbooks import Said, check


def test_october_without_its_zero() -> None:
    """Excel prints 2021.10 as 2021.1: the months around it tell which it is."""
    head: list[object] = ["地区", *(f"2021.{m:02d}".removesuffix("0") for m in range(1, 13))]
    rows: Grid = [
        ["新生儿疾病筛查率（%）"],
        [head[0], *(float(str(m)) for m in head[1:])],
        ["兰州市", *(97.1 + m / 10 for m in range(12))],
        ["天水市", *(95.3 + m / 10 for m in range(12))],
    ]
    check(
        rows,
        {
            "B3": ("620100", "新生儿疾病筛查率", "2021-01", "%"),
            "K3": ("620100", "新生儿疾病筛查率", "2021-10", "%"),
            "M4": ("620500", "新生儿疾病筛查率", "2021-12", "%"),
        },
    )


def test_months_down_the_stub() -> None:
    """The same in a column of months, here without January, for which nothing is published."""
    months = [2022.02, 2022.03, 2022.04, 2022.05, 2022.06, 2022.07, 2022.08, 2022.09, 2022.1, 2022.11]
    rows: Grid = [
        ["贵阳市港口货物吞吐量"],
        ["月份", "吞吐量（万吨）"],
        *([m, 31.2 + n] for n, m in enumerate(months)),
    ]
    check(rows, {"B3": ("520100", "吞吐量", "2022-02", "吨"), "B11": ("520100", "吞吐量", "2022-10", "吨")})


def test_numbers_like_months_are_values() -> None:
    """Values between 1900 and 2100 with a decimal are no months."""
    rows: Grid = [
        ["2019年南宁市各区诊疗人次（万人次）"],
        ["地区", "甲级", "乙级"],
        ["青秀区", 2016.1, 2016.2],
        ["兴宁区", 2001.5, 1999.4],
    ]
    check(rows, {"B3": ("450103", "甲级", "2019", "人次"), "C4": ("450102", "乙级", "2019", "人次")})


def test_years_that_are_not_even_head_columns() -> None:
    """Selected years below a title, beside a stub whose name is no usual one."""
    rows: Grid = [
        ["5-7 按专业分执业医师数"],
        ["单位：人"],
        ["专业 Speciality", 2004, 2008, 2015, 2020, 2021],
        ["内科", 812, 934, 1210, 1502, 1533],
        ["外科", 402, 431, 566, 640, 671],
    ]
    check(
        rows,
        {"B4": ("360100", "内科", "2004", "人"), "F5": ("360100", "外科", "2021", "人")},
        "南昌统计年鉴2022_0507.xlsx",
    )


@pytest.mark.parametrize(
    ("name", "period"),
    [
        ("贵州统计年鉴2019_0612.xlsx", None),
        ("2019年贵州统计年鉴.xls", None),
        ("中国卫生健康统计年鉴—2020.xls", None),
        ("中国经济普查年鉴2008_2-11.htm", "2008"),
        ("贵州2019.xls", "2019"),
        ("20190612.csv", "2019-06-12"),
        ("2019_0612.csv", "2019"),
    ],
)
def test_the_number_of_a_yearbook_is_no_period(name: str, period: str | None) -> None:
    assert period_in_name(name) == period


def test_a_note_tells_the_period() -> None:
    rows: Grid = [
        ["4-6  各地区6岁以下儿童计划免疫情况"],
        ["本表是2003年国家卫生服务调查数据。"],
        ["地区", "接种儿童（人）", "接种率（%）"],
        ["全国", 5210, 97.1],
        ["山西", 211, 96.4],
        ["青海", 98, 95.0],
    ]
    said: dict[str, Said] = {"B4": ("100000", "接种儿童", "2003", "人"), "C6": ("630000", "接种率", "2003", "%")}
    check(rows, said, "卫生年鉴2004.xls")
    below: Grid = [rows[0], *rows[2:], ["注：1.本表数据为2003年国家卫生服务调查数。"]]
    check(below, {"B3": ("100000", "接种儿童", "2003", "人")}, "卫生年鉴2004.xls")


@pytest.mark.parametrize(
    ("note", "period"),
    [
        ("本表为1990年1%人口抽样调查数据", "1990"),
        ("注：本表系2005年1-6月快报数", "2005-01/2005-06"),
        ("本表为按2010年不变价格计算的产值", None),
        ("本表数据为2008年以前的口径", None),
        ("本表数据来自《江西统计年鉴2013》", None),
        ("本表不含2012年撤销的机构", None),
    ],
)
def test_notes_that_tell_a_period(note: str, period: str | None) -> None:
    assert period_in_note(note) == period


@pytest.mark.parametrize(
    ("title", "subject"),
    [
        ("各省份季度数据-医疗保健类", "医疗保健类"),
        ("各市场主体登记情况", "各市场主体登记"),
        ("2020年各市市场主体登记情况", "市场主体登记"),
        ("部分市县化肥施用量", "部分市县化肥施用量"),
        ("全国性社会团体数", "全国性社会团体数"),
        ("各区域性银行存款余额", "各区域性银行存款余额"),
    ],
)
def test_noise_of_titles_is_cut_by_whole_words(title: str, subject: str) -> None:
    assert subject_of(title, None) == subject
