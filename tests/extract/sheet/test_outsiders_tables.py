"""Layouts that tables of other hands have: months as Excel prints them, yearbooks' numbers in file names, notes that
tell the period. Each sheet is of our own writing and small enough to be seen whole."""

from __future__ import annotations

import pytest

from etl.extract.sheet.subjects import subject_of
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


def test_english_below_each_label() -> None:
    """Labels in two languages one below the other: the English rows are neither sections nor labels of their own."""
    rows: Grid = [
        ["9-3  按类别分医疗卫生机构数"],
        ["Number of Health Care Institutions by Category"],
        ["单位：个"],
        ["类  别\nCategory", 2010, 2015, 2020],
        ["总  计", 512, 540, 566],
        ["Total"],
        ["按类别分"],
        ["by Category"],
        ["　医院", 61, 72, 80],
        ["  Hospitals"],
        ["　基层医疗卫生机构", 440, 455, 470],
        ["  Grass-root Health Care", None, None],
        ["  Institutions"],
        ["按登记注册类型分"],
        ["by Status of Registration"],
        ["　公立", 300, 310, 312],
        ["  Public"],
        ["　非公立", 212, 230, 254],
        ["  Non-public"],
    ]
    said: dict[str, Said] = {
        "B5": ("630100", "医疗卫生机构数|总计", "2010", "个"),
        "B9": ("630100", "医疗卫生机构数|按类别分|医院", "2010", "个"),
        "D11": ("630100", "医疗卫生机构数|按类别分|基层医疗卫生机构", "2020", "个"),
        "C18": ("630100", "医疗卫生机构数|按登记注册类型分|非公立", "2015", "个"),
    }
    check(rows, said, "西宁.xlsx")


def test_numbers_beside_the_english_below_each_label() -> None:
    rows: Grid = [
        ["泸州市公路运输线路里程（公里）"],
        ["项目", 2018, 2019],
        ["等级公路"],
        ["Highways with Classification", 13021, 13110],
        ["　高速公路"],
        ["　Expressway", 492, 503],
        ["　一级公路"],
        ["　First Class", 310, 322],
        ["等外公路"],
        ["Highways below Classes", 811, 760],
    ]
    check(
        rows,
        {
            "B4": ("510500", "等级公路", "2018", "公里"),
            "C6": ("510500", "等级公路|高速公路", "2019", "公里"),
            "B10": ("510500", "等外公路", "2018", "公里"),
        },
    )


def test_divisions_of_the_count_above_them() -> None:
    """按…分 divides the row above: its unit is theirs; what stands in line with it again is none of its parts."""
    rows: Grid = [
        ["淮南市2016年教育主要指标"],
        ["指标", "2016年", "2015年", "2016年为2015年%", "2016年比2010年增长(%)"],
        ["学校数(所)", 512, 520, 98.5, -11.0],
        ["在校学生(人)", 310200, 308100, 100.7, 3.1],
        ["按城乡分："],
        ["　　城镇", 201300, 195200, 103.1, 9.4],
        ["　　乡村", 108900, 112900, 96.5, -6.6],
        ["按性别分："],
        ["　　男", 161100, 160300, 100.5, 2.9],
        ["　　女", 149100, 147800, 100.9, 3.4],
        ["升学率(%)", 95.1, 94.8, 100.3, None],
        ["专任教师(人)", 18120, 18010, 100.6, 4.0],
        ["按职称分："],
        ["高级", 5210, 5100, 102.2, None],
        ["中级", 7120, 7000, 101.7, None],
        ["校舍面积(平方米)", 812000, 801000, 101.4, None],
    ]
    check(
        rows,
        {
            "B6": ("340400", "在校学生|按城乡分|城镇", "2016", "人"),
            "D7": ("340400", "在校学生|按城乡分|乡村|2016年为2015年", "2016", "%"),
            "C9": ("340400", "在校学生|按性别分|男", "2015", "人"),
            "E10": ("340400", "在校学生|按性别分|女|2016年比2010年增长", "2016", "%"),
            "B11": ("340400", "升学率", "2016", "%"),
            "B12": ("340400", "专任教师", "2016", "人"),
            "C15": ("340400", "专任教师|按职称分|中级", "2015", "人"),
            "B16": ("340400", "校舍面积", "2016", "平方米"),
        },
    )


def test_a_rate_is_not_what_a_division_divides() -> None:
    rows: Grid = [
        ["孝感市2019年主要指标"],
        ["指标", "2019年"],
        ["人口密度(人/平方公里)", 552],
        ["按经济类型分"],
        ["　国有", 12],
        ["　非国有", 30],
    ]
    check(rows, {"B5": ("420900", "按经济类型分|国有", "2019", None)}, "1.xlsx")


def test_places_behind_a_mark_and_before_a_zone() -> None:
    rows: Grid = [
        ["遵义市2018年各区县诊所数[2]"],
        ["单位：个"],
        ["地区", "诊所数[2]", "门诊部数"],
        ["全市", 812, 3100],
        ["红花岗", 301, 900],
        ["其中：汇川", 120, 400],
        ["播州(苟江经开区)", 92, 310],
    ]
    check(
        rows,
        {
            "B4": ("520300", "诊所数", "2018", "个"),
            "B6": ("520303", "诊所数", "2018", "个"),
            "C7": ("520304", "门诊部数", "2018", "个"),
        },
    )
