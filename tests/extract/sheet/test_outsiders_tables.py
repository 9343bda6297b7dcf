"""Layouts that tables of other hands have: months as Excel prints them, yearbooks' numbers in file names, notes that
tell the period. Each sheet is of our own writing and small enough to be seen whole."""

from __future__ import annotations

from decimal import Decimal

import pytest

from etl.extract.sheet.subjects import subject_of
from etl.extract.sheet.timing import period_in_name, period_in_note
from etl.extract.sheet.workbook import extract_workbook
from tests.extract.sheet.building import Grid, book, by_cell, sheet
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


def test_a_bare_multiplier_scales_what_the_label_counts() -> None:
    rows: Grid = [
        [
            "年份",
            "住院人数(万)",
            "医院总收入(亿)",
            "诊所（家）",
            "床位使用率(%)",
            "器械产量（万）",
            "男女比(以女性为100)",
        ],
        [2011, 1203.5, 88.1, 4120, 81.2, 3.1, 101.2],
        [2012, 1310.2, 95.4, 4231, 82.0, 3.4, 101.4],
        [2013, 1402.8, 101.0, 4309, 83.1, 3.3, 101.3],
    ]
    check(
        rows,
        {
            "B2": ("410100", "住院人数", "2011", "人"),
            "C2": ("410100", "医院总收入", "2011", "元"),
            "D3": ("410100", "诊所", "2012", "家"),
            "E3": ("410100", "床位使用率", "2012", "%"),
            "F4": ("410100", "器械产量", "2013", "万"),  # of what it is a multiple, a person must say
            "G4": ("410100", "男女比", "2013", "女=100"),
        },
        "郑州.csv",
    )
    values = {
        cell: f.number.scaleb(f.multiplier)
        for cell, f in by_cell(extract_workbook(book(sheet(rows)), "郑州.csv")).items()
    }
    assert (values["B2"], values["C2"], values["F4"]) == (12_035_000, 8_810_000_000, Decimal("3.3"))


def test_a_unit_line_of_a_bare_multiplier() -> None:
    rows: Grid = [
        ["银川市各区参加医疗保险人数"],
        ["单位：万"],
        ["地区", "参保人数", "#职工"],
        ["兴庆区", 61.2, 20.1],
        ["金凤区", 40.8, 15.3],
    ]
    check(rows, {"B4": ("640104", "参保人数", None, "人"), "C5": ("640106", "参保人数|#职工", None, "人")})


def test_measures_of_the_country_tell_the_place() -> None:
    named: Grid = [
        ["年份", "中国护士总数(万人)", "全国药师总数(万人)", "医院数(所)"],
        [2015, 324.1, 42.3, 27587],
        [2016, 350.7, 43.9, 29140],
    ]
    check(named, {"D2": ("100000", "医院数", "2015", "所")}, "1.csv")
    one: Grid = [["年份", "中国传统村落(个)", "医院数(所)"], [2015, 3, 87], [2016, 4, 91]]
    check(one, {"C2": (None, "医院数", "2015", "所")}, "1.csv")
    only: Grid = [
        ["指标", "2018年", "2019年"],
        ["国民总收入(亿元)", 915243.5, 983751.2],
        ["第一产业(亿元)", 64745.2, 70473.6],
    ]
    check(only, {"C3": ("100000", "第一产业", "2019", "元")}, "1.csv")
    others: Grid = [["年份", "中国医生数(万人)", "美国医生数(万人)"], [2015, 303.9, 81.2], [2016, 319.1, 82.0]]
    check(others, {"B2": (None, "中国医生数", "2015", "人"), "C2": (None, "美国医生数", "2015", "人")}, "1.csv")


PARTS: Grid = [
    ["6-8 各地区参加失业保险人数 (2013年)"],
    ["地 区", "参保人数", None, None, None, None, "领取人数"],
    [None, "(年末)", "国有单位", None, "其他单位", None, "(人)"],
    [None, "(万人)", "人数", "比重(%)", "人数", "比重(%)", None],
    ["全国", 16416.8, 9120.44, 55.6, 7296.36, 44.4, 1970000],
    ["辽宁", 655.1, 401.2, 61.2, 253.9, 38.8, 81000],
    ["吉林", 250.22, 160.02, 64.0, 90.2, 36.0, 30500],
    ["甘肃", 161.9, 120.9, 74.7, 41.0, 25.3, 12100],
]


def test_columns_that_add_up_to_a_whole_have_its_unit() -> None:
    """The unit stands below the header of the whole alone; without it its parts are 10,000 times too small."""
    workbook = book(sheet(PARTS, merged=((1, 1, 1, 5), (2, 2, 2, 3), (2, 4, 2, 5))))
    found = by_cell(extract_workbook(workbook, "1.xlsx"))
    said = {cell: (f.label, f.number.scaleb(f.multiplier), f.unit) for cell, f in found.items()}
    assert said["C5"] == ("参保人数|国有单位|人数", Decimal(91204400), "人")
    assert said["E8"] == ("参保人数|其他单位|人数", Decimal(410000), "人")
    assert said["D5"][2] == "%"


def test_columns_that_do_not_add_up_state_no_unit() -> None:
    """One of two parts is given, or they are parts of something else: whoever reads it is asked."""
    rows: Grid = [
        ["2013年各市药品销售情况"],
        ["地区", "销售额(万元)", "甲类", "乙类"],
        ["株洲市", 5120, 3010, 1400],
        ["湘潭市", 4230, 2600, 1250],
        ["衡阳市", 6100, 2950, 2208],
    ]
    check(rows, {"B3": ("430200", "销售额", "2013", "元"), "C3": ("430200", "甲类", "2013", None)})


def test_rows_that_add_up_to_the_row_above_have_its_unit() -> None:
    rows: Grid = [
        ["芜湖市主要年份农业指标"],
        ["指标", "2010年", "2015年", "2020年"],
        ["粮食产量（万吨）", 120.42, 131.57, 128.9],
        ["夏粮", 40.11, 45.3, 44.25],
        ["秋粮", 80.31, 86.27, 84.65],
        ["单产（公斤/亩）", 410, 422, 431],
        ["水产品", 12.1, 15.2, 19.9],
    ]
    check(
        rows,
        {
            "B4": ("340200", "粮食产量|夏粮", "2010", "吨"),
            "D5": ("340200", "粮食产量|秋粮", "2020", "吨"),
            "B7": ("340200", "水产品", "2010", None),
        },
    )


def test_a_count_below_the_header_of_its_whole() -> None:
    """Women are not all students and add up to nothing, but stand below 在校学生 and are persons as these are."""
    rows: Grid = [
        ["2016年永州市各县教育情况"],
        ["地区", "在校学生", None, None, "升学率"],
        [None, "合计(万人)", "女生人数", "女生比例", None],
        ["零陵区", 8.21, 3.91, 47.6, 93.1],
        ["冷水滩区", 7.95, 3.8, 47.8, 95.2],
        ["祁阳县", 12.4, 5.87, 47.3, 92.8],
    ]
    workbook = book(sheet(rows, merged=((1, 1, 1, 3),)))
    found = by_cell(extract_workbook(workbook, "1.xlsx"))
    assert (found["C4"].label, found["C4"].unit, found["C4"].multiplier) == ("在校学生|女生人数", "人", 4)
    assert (found["D4"].unit, found["E4"].unit) == (None, None)


def test_years_that_figures_are_compared_with() -> None:
    """Below 2017年为下列各年% the years are bases: the figures are those of 2017. Spans keep their years."""
    rows: Grid = [
        ["1-2  娄底市卫生事业发展速度"],
        ["指标", "绝对数", None, None, "2017年为下列各年%", None, "平均每年增长(%)", "2011-2017年平均增长(%)"],
        [None, 2000, 2010, 2017, 2000, 2010, "2001-2017", None],
        ["医院床位(张)", 5120, 8010, 15210, 297.1, 189.9, 6.6, 9.6],
        ["执业医师(人)", 3010, 4200, 6010, 199.7, 143.1, 4.2, 5.3],
    ]
    workbook = book(sheet(rows, merged=((1, 1, 1, 3), (1, 4, 1, 5))))
    found = by_cell(extract_workbook(workbook, "1.xlsx"))
    said = {cell: (f.label, f.period.iso, f.unit, f.kind) for cell, f in found.items()}
    assert said["B4"] == ("医院床位|绝对数", "2000", "张", "count")
    assert said["E4"] == ("医院床位|2017年为下列各年|2000", "2017", "%", "index")
    assert said["F5"] == ("执业医师|2017年为下列各年|2010", "2017", "%", "index")
    assert said["G4"] == ("医院床位|平均每年增长", "2001/2017", "%", "growth")
    assert said["H4"] == ("医院床位|2011-2017年平均增长", "2011/2017", "%", "growth")


def test_a_breakdown_with_a_unit_of_its_own_is_no_part_of_another_count() -> None:
    rows: Grid = [
        ["淮北市农村情况"],
        ["项目", "2012年", "2013年"],
        ["乡村户数(万户)", 41.2, 41.9],
        ["乡村人口(万人)", 150.1, 151.0],
        ["按性别分"],
        ["男性", 77.0, 77.5],
        ["女性", 73.1, 73.5],
        ["有效灌溉面积(公顷)", 12010, 12100],
    ]
    check(
        rows,
        {
            "B4": ("340600", "乡村人口", "2012", "人"),
            "C6": ("340600", "乡村人口|按性别分|男性", "2013", "人"),
            "B8": ("340600", "有效灌溉面积", "2012", "公顷"),
        },
    )


def test_divisions_over_columns_and_marked_years() -> None:
    """比重 between two parts of a division stands in no one's way; 2014① has a note and is 2014."""
    rows: Grid = [
        ["历年卫生人员"],
        ["年份", "卫生人员\n(万人)", "按城乡分", None, None, None],
        [None, None, "城市", None, "农村", None],
        [None, None, "人数", "比重(%)", "人数", "比重(%)"],
        ["2014①", 20.0, 12.0, 60.0, 8.0, 40.0],
        ["2015", 21.0, 12.6, 60.0, 8.4, 40.0],
        ["2016", 22.5, 13.5, 60.0, 9.0, 40.0],
        ["①2014年起含村卫生室。"],
    ]
    merged = ((1, 2, 1, 5), (2, 2, 2, 3), (2, 4, 2, 5))
    found = by_cell(extract_workbook(book(sheet(rows, merged=merged)), "海东.xlsx"))
    said = {cell: (f.label, f.period.iso, f.unit) for cell, f in found.items()}
    assert said["C5"] == ("卫生人员|按城乡分|城市|人数", "2014", "人")
    assert said["E5"] == ("卫生人员|按城乡分|农村|人数", "2014", "人")
    assert said["F7"] == ("卫生人员|按城乡分|农村|比重", "2016", "%")


def test_another_unit_ends_a_division() -> None:
    rows: Grid = [
        ["滁州市残疾人工作"],
        ["项目", "单位", "2019", "2020"],
        ["持证残疾人", "万人", 11.1, 11.3],
        ["按性别分"],
        ["男", "万人", 6.2, 6.3],
        ["女", "万人", 4.9, 5.0],
        ["康复机构", "个", 12, 13],
    ]
    check(rows, {"D6": ("341100", "持证残疾人|按性别分|女", "2020", "人"), "C7": ("341100", "康复机构", "2019", "个")})


def test_ordinals_of_a_lower_kind_nest() -> None:
    rows: Grid = [
        ["鹤壁市医疗保障"],
        ["指标名称", "2019年", "2020年"],
        ["一、职工医保"],
        ["(一)参保人数(万人)", 30.2, 31.1],
        ["1.在职", 22.1, 22.5],
        ["2.退休", 8.1, 8.6],
        ["(二)定点机构(家)", 210, 222],
        ["1.医院", 40, 41],
        ["二、居民医保"],
        ["(一)参保人数(万人)", 120.1, 119.8],
    ]
    check(
        rows,
        {
            "B5": ("410600", "一、职工医保|(一)参保人数|1.在职", "2019", "人"),
            "C8": ("410600", "一、职工医保|(二)定点机构|1.医院", "2020", "家"),
            "B10": ("410600", "二、居民医保|(一)参保人数", "2019", "人"),
        },
    )


def test_columns_beside_the_months_of_a_title() -> None:
    rows: Grid = [
        ["2021年1-4月临汾市医保基金运行情况"],
        ["指标名称", "本月", "本月止累计", "去年同期", "上年末", "累计同比增长%"],
        ["基金支出（万元）", 5120, 20210, 18010, None, 12.2],
        ["基金结余（万元）", None, 91010, 80120, 88210, 13.6],
    ]
    check(
        rows,
        {
            "B3": ("141000", "基金支出|本月", "2021-04", "元"),
            "C3": ("141000", "基金支出|本月止累计", "2021-01/2021-04", "元"),
            "D3": ("141000", "基金支出|去年同期", "2020-01/2020-04", "元"),
            "E4": ("141000", "基金结余|上年末", "2020", "元"),
            "F4": ("141000", "基金结余|累计同比增长", "2021-01/2021-04", "%"),
        },
    )


def test_rows_in_line_behind_a_division_that_adds_up() -> None:
    """Parts marked # in line with their whole, and a division that is over once its parts add up to what it divides."""
    rows: Grid = [
        ["淮安市主要指标"],
        ["指标名称", "计量单位", "2013年", "2014年"],
        ["一、卫生"],
        ["卫生人员", "万人", 3.21, 3.35],
        ["#医师", "万人", 1.1, 1.2],
        ["#护士", "万人", 1.3, 1.4],
        ["二、林业"],
        ["木材产量", "万立方米", 120.1, 131.2],
        ["按树种分"],
        ["杨木", "万立方米", 110.1, 120.0],
        ["其他", "万立方米", 10.0, 11.2],
        ["竹材产量", "万立方米", 5.1, 5.2],
    ]
    check(
        rows,
        {
            "C6": ("320800", "一、卫生|卫生人员|#护士", "2013", "人"),
            "D11": ("320800", "二、林业|木材产量|按树种分|其他", "2014", "立方米"),
            "D12": ("320800", "二、林业|竹材产量", "2014", "立方米"),
        },
    )


def test_months_of_six_digits() -> None:
    rows: Grid = [
        ["衢州市各县用水量（万吨）"],
        ["县区", 202001, 202002, 202003, 202004],
        ["柯城区", 31.2, 28.1, 30.0, 30.8],
        ["龙游县", 11.2, 10.1, 10.9, 11.0],
    ]
    check(rows, {"B3": ("330802", "用水量", "2020-01", "吨"), "E4": ("330825", "用水量", "2020-04", "吨")})


def test_a_bare_multiplier_of_a_whole_is_that_of_its_parts() -> None:
    rows: Grid = [
        ["年份", "接待游客(万)", "境外", "境内"],
        [2011, 1203.5, 3.1, 1200.4],
        [2012, 1310.2, 3.4, 1306.8],
        [2013, 1402.8, 3.3, 1399.5],
    ]
    check(rows, {"C2": ("640500", "境外", "2011", "人次"), "D4": ("640500", "境内", "2013", "人次")}, "中卫.csv")
