"""Layouts of our own in the style of yearbooks: what stands where must be found from the structure."""

import pytest

from etl.extract.confidence import ENOUGH
from etl.extract.sheet import extract_workbook
from etl.model import ManifestEntry
from tests.extract.sheet.building import area_of_cell, book, by_cell, row_of, sheet


def test_regions_in_rows_units_in_columns_and_a_part_that_inherits() -> None:
    workbook = book(
        sheet(
            [
                ["表3.1 各区土地面积和人口（2015）"],
                [],
                ["地  区", "土地面积", "年末常住人口", "其  中", "人口密度"],
                [None, "（平方公里）", "（万人）", "外来人口", "（人/平方公里）"],
                ["全  市", 100.5, 90.5, 20.5, 9005],
                ["  玄武区", 60.5, 50.25, 10.25, 8306],
                ["  秦淮区", 40, 40.25, 10.25, 10063],
            ]
        )
    )
    cells = by_cell(extract_workbook(workbook, "表3.xls"))
    assert row_of(cells["C5"]) == ("320100", "年末常住人口", "2015", "905000", "人")
    assert row_of(cells["D6"]) == ("320102", "年末常住人口|其中|外来人口", "2015", "102500", "人")
    assert row_of(cells["E7"]) == ("320104", "人口密度", "2015", "10063", "人/平方公里")
    assert row_of(cells["B7"]) == ("320104", "土地面积", "2015", "40", "平方公里")


def test_words_split_over_rows_are_joined_and_groups_are_not() -> None:
    workbook = book(
        sheet(
            [
                ["表1 2019年苏州市教育"],
                ["地区", "在校", "毕业生", None],
                [None, "学生数", "小学", "初中"],
                [None, "（人）", "（人）", "（人）"],
                ["姑苏区", 10, 3, 2],
                ["虎丘区", 20, 6, 5],
            ]
        )
    )
    cells = by_cell(extract_workbook(workbook, "x.xls"))
    assert [cells[c].label for c in ("B5", "C5", "D5")] == ["在校学生数", "毕业生|小学", "毕业生|初中"]


def test_bilingual_headers_lose_their_english_but_not_their_meaning() -> None:
    workbook = book(
        sheet(
            [
                ["2-6 各区人口变动(2014年)"],
                ["单位:人、‰"],
                ["地区", "District", "年平均人数\nAverage", "出生\nBirth", None],
                [None, None, None, "人数\nPopulation", "出生率\nRate"],
                ["全市", "Total", "1000", "20", "20.00"],
                ["  荔湾区", "  Liwan", "400", "8", "20.00"],
                ["  越秀区", "  Yuexiu", "600", "12", "20.00"],
            ],
            merged=[(2, 3, 2, 4)],
        )
    )
    cells = by_cell(extract_workbook(workbook, "x.xlsx"))
    assert row_of(cells["C5"]) == ("440100", "年平均人数", "2014", "1000", "人")
    assert row_of(cells["E6"]) == ("440103", "出生|出生率", "2014", "20", "‰")


def test_indicators_in_rows_regions_in_columns() -> None:
    workbook = book(
        sheet(
            [
                ["4-1 人口主要指标"],
                ["(2016 年)"],
                ["指标名称", "单位", "全市", "惠城区", "惠阳区", "比上年+、-%"],
                ["户籍人口情况"],
                ["  年末总人口", "(万人)", 36.25, 20.25, 16, 1.5],
                ["    男", "(万人)", 18.25, 10.25, 8, 1.2],
                ["    女", "(万人)", 18, 10, 8, 1.8],
                ["出生率", "%0", 13.65, 13.9, 13.2, None],
            ],
            name="2016",
        )
    )
    extraction = extract_workbook(workbook, "惠州市人口.xlsx")
    cells = by_cell(extraction, "2016")
    assert row_of(cells["C5"]) == ("441300", "户籍人口情况|年末总人口", "2016", "362500", "人")
    assert row_of(cells["E6"]) == ("441303", "户籍人口情况|年末总人口|男", "2016", "80000", "人")
    assert cells["F5"].unit == "%"
    assert cells["F5"].kind == "growth"
    assert row_of(cells["D8"])[4] == "‰"
    assert ("B8", "ocr_unit") in {(f.place.cell, f.rule) for f in extraction.flags}  # type: ignore[union-attr]


def test_units_glued_to_labels() -> None:
    rows = [["指标", "全市", "香洲区", "斗门区"], ["常住人口万人", 3, 2, 1], ["男人", 30, 20, 10], ["出生率‰", 9, 9, 9]]
    cells = by_cell(extract_workbook(book(sheet([["珠海市2010年"], *rows])), "x.xlsx"))
    assert row_of(cells["B3"]) == ("440400", "常住人口", "2010", "30000", "人")
    assert row_of(cells["C5"])[3:] == ("9", "‰")


def test_year_over_indicator_and_indicator_over_year() -> None:
    over = sheet(
        [
            ["各区户籍人口迁移（2016～2017）"],
            ["单位：人"],
            ["地区", 2016.0, None, 2017.0, None],
            [None, "迁入", "迁出", "迁入", "迁出"],
            ["黄浦区", 3065, 744, 2990, 692],
            ["徐汇区", 4065, 844, 3990, 792],
        ],
        merged=[(2, 1, 2, 2), (2, 3, 2, 4)],
    )
    cells = by_cell(extract_workbook(book(over), "x.xls"))
    assert row_of(cells["C5"])[1:3] == ("迁出", "2016")
    assert row_of(cells["D6"])[1:3] == ("迁入", "2017")
    under = sheet(
        [
            ["地区", "生产总值（亿元）", None, "人口（万人）", None],
            [None, "2019年", "2020年", "2019年", "2020年"],
            ["南京市", 14030, 14818, 850, 931],
            ["无锡市", 11852, 12370, 659, 746],
        ]
    )
    cells = by_cell(extract_workbook(book(under), "江苏.xls"))
    assert row_of(cells["C3"]) == ("320100", "生产总值", "2020", "1481800000000", "元")
    assert row_of(cells["D4"]) == ("320200", "人口", "2019", "6590000", "人")


def test_several_tables_on_a_sheet_stacked_and_side_by_side() -> None:
    workbook = book(
        sheet(
            [
                ["表1 各区人口（2021年）", None, None, None, "表1 续表"],
                ["单位：万人", None, None, None, None, "单位：‰"],
                ["地区", "常住人口", None, None, "地区", "出生率"],
                ["玄武区", 50.2, None, None, "玄武区", 8.2],
                ["秦淮区", 50.3, None, None, "秦淮区", 8.1],
                ["建邺区", 40.3, None, None, "建邺区", 8.0],
                ["注：常住人口为年末数。"],
                [],
                ["续表"],
                ["地区", "户数（户）"],
                ["玄武区", 100],
                ["秦淮区", 200],
            ]
        )
    )
    cells = by_cell(extract_workbook(workbook, "x.xls"))
    assert row_of(cells["B4"]) == ("320102", "常住人口", "2021", "502000", "人")
    assert row_of(cells["F5"]) == ("320104", "出生率", "2021", "8.1", "‰")
    assert row_of(cells["B12"]) == ("320104", "户数", "2021", "200", "户")


def test_an_export_with_metadata_lines() -> None:
    workbook = book(
        sheet(
            [
                ["数据库：分省年度数据"],
                ["指标：私营企业就业人员(万人)"],
                ["时间：最近3年"],
                ["地区", "2019年", "2018年"],
                ["北京市", "1187.5", "1202.4"],
                ["河北省", "1427.0", ""],
                ["注：2018年为推算数。"],
                ["数据来源：国家统计局"],
            ],
            name="csv",
        ),
        format="csv",
    )
    extraction = extract_workbook(workbook, "分省年度数据.csv")
    cells = by_cell(extraction, "csv")
    assert row_of(cells["B5"]) == ("110000", "私营企业就业人员", "2019", "11875000", "人")
    assert row_of(cells["B6"])[0] == "130000"
    assert [(f.place.cell, f.rule) for f in extraction.flags] == [("A7", "note")]  # type: ignore[union-attr]


def test_a_downloaded_series_with_its_statistics() -> None:
    head = [
        ["", "人口"],
        ["区域", "中国"],
        ["频率", "年"],
        ["单位", "百万人"],
        ["数据来源", "国家统计局"],
        ["首次观测日期", "1999"],
    ]
    rows = [*head, ["平均 MEAN", "20.5"], ["1999", "10"], ["2000", "20"], ["2001", "30"]]
    extraction = extract_workbook(book(sheet(rows, name="csv"), format="csv"), "人口.csv")
    cells = by_cell(extraction, "csv")
    assert row_of(cells["B8"]) == ("100000", "人口", "1999", "10000000", "人")
    assert {i.place.cell: i.reason for i in extraction.ignored}["B7"] == "not_a_table"  # type: ignore[union-attr]


def test_header_rows_that_name_their_roles() -> None:
    rows = [
        ["指标", "产值_累计", "产量_当期"], ["地区", "全国", "全国"], ["频度", "季", "月"], ["单位", "亿元", "万吨"],
        ["2018-05", None, 5], ["2018-06", 9, 6],
    ]  # fmt: skip
    cells = by_cell(extract_workbook(book(sheet(rows)), "月度数据.xls"))
    assert row_of(cells["B6"]) == ("100000", "产值_累计", "2018-Q2", "900000000", "元")
    assert row_of(cells["C5"]) == ("100000", "产量_当期", "2018-05", "50000", "吨")


def test_long_tables_and_code_columns() -> None:
    rows = [
        ["区划代码", "地区", "年份", "指标", "数值", "单位"],
        ["320102", "玄武区", "2020", "常住人口", "53.8", "万人"],
        ["320104", "秦淮区", "2020", "常住人口", "74.1", "万人"],
        ["320105", "建邺区", "2020", "常住人口", "53.3", "万人"],
    ]
    extraction = extract_workbook(book(sheet(rows, name="csv"), format="csv"), "long.csv")
    cells = by_cell(extraction, "csv")
    assert row_of(cells["E2"])[:3] == ("320102", "常住人口", "2020")
    assert {i.reason for i in extraction.ignored} == {"code", "header"}


def test_age_by_sex_with_a_part_of_the_year_and_counted_columns() -> None:
    rows = [
        ["3-1 浙江省分年龄、性别的人口（2020年）"], [None, None, None, "单位：人"],
        ["年龄", "合计", "城市", None], [None, None, "男", "女"], ["甲", 1, 2, 3],
        ["总计", 100, 60, 40], ["0-4岁", 10, 6, 4], ["5-9岁", 90, 54, 36],
    ]  # fmt: skip
    extraction = extract_workbook(book(sheet(rows)), "x.xls")
    cells = by_cell(extraction)
    assert row_of(cells["C7"])[0] == "330000"
    assert cells["C7"].label.endswith("城市|男|0-4岁")
    assert cells["D8"].unit == "人"
    assert {i.place.cell for i in extraction.ignored} == {"B5", "C5", "D5"}  # type: ignore[union-attr]
    months = [["2023年宁波市分月产值"], ["月份", "产值(亿元)"], ["1-2月", 100], ["3月", 60]]
    cells = by_cell(extract_workbook(book(sheet(months)), "x.xls"))
    assert [cells[c].period.iso for c in ("B3", "B4")] == ["2023-01/2023-02", "2023-03"]


def test_places_without_a_code_and_names_that_changed() -> None:
    rows = [
        ["肇庆市各县（市、区）出生人数（2013年）"], ["单位：人"], ["县(市、区)", "出生人数"],
        ["全市合计", 100], ["端  州", 40], ["鼎  湖", 20], ["高  要", 30], ["高新区", 10],
    ]  # fmt: skip
    extraction = extract_workbook(book(sheet(rows)), "x.xls")
    assert [area_of_cell(extraction, f"B{r}").code for r in (4, 5, 7)] == ["441200", "441202", "441283"]
    zone = area_of_cell(extraction, "B8")
    assert (zone.code, zone.name, zone.unresolved) == (None, "肇庆市|高新区", False)


def test_provinces_in_a_flat_list_are_not_districts_of_the_city_above() -> None:
    rows = [
        ["各地区产量（2020年）"],
        ["单位：万吨"],
        ["地区", "产量"],
        ["全国", 10],
        ["北京", 1],
        ["天津", 2],
        ["河北", 3],
        ["山西", 4],
    ]
    extraction = extract_workbook(book(sheet(rows)), "x.xls")
    assert [area_of_cell(extraction, f"B{r}").code for r in range(4, 9)] == [
        "100000", "110000", "120000", "130000", "140000",
    ]  # fmt: skip


def test_the_manifest_tells_the_place_that_nothing_else_does() -> None:
    rows = [["年份", "出生率(‰)"], ["2019年", 8.1], ["2020年", 7.9], ["2021年", 7.1]]
    entry = ManifestEntry("a.csv", region_code="320500")
    told = area = area_of_cell(extract_workbook(book(sheet(rows)), "a.xls", entry), "B2")
    assert (told.code, area.basis) == ("320500", "manifest")
    untold = area_of_cell(extract_workbook(book(sheet(rows)), "a.xls"), "B2")
    assert untold.unresolved


def test_a_unit_that_nothing_states_stays_open() -> None:
    rows = [["地区", "经费", "强度"], ["北京", 2629.3, 6.53], ["天津", 574.3, 3.66], ["河北", 745.5, 1.85]]
    cells = by_cell(extract_workbook(book(sheet(rows)), "2021.xlsx"))
    assert cells["B2"].unit is None
    assert cells["B2"].period.iso == "2021"
    assert cells["B2"].period.basis == "file"


def test_what_is_no_table_is_ignored() -> None:
    years_only = sheet([[2019, 2020, 2021], [1.5, 1.6, 1.7], [2.5, 2.6, 2.7]], name="a")
    names = sheet(
        [["名单"], ["序号", "学校名称", "标识码"], [1, "甲大学", 4111010001], [2, "乙大学", 4111010002]], name="b"
    )
    mark = sheet([["http://www.cnki.net/"]], name="CNKI")
    extraction = extract_workbook(book(years_only, names, mark), "x.xls")
    assert extraction.figures == ()
    assert {i.reason for i in extraction.ignored} <= {"not_a_table", "code", "ordinal"}
    assert [f.rule for f in extraction.flags] == ["watermark_sheet"]


def test_an_unsure_table_is_flagged_for_review() -> None:
    extraction = extract_workbook(book(sheet([["项目", "甲"], ["a", 1], ["b", 2]])), "x.xls")
    assert ENOUGH > 0
    assert "low_confidence" in {f.rule for f in extraction.flags}


def test_years_growth_and_districts_in_one_header() -> None:
    rows = [
        ["各区户籍人口变动情况"], ["指标", "单位", "2021年", "2020年", "增减%", "禅城区", "南海区", "顺德区"],
        ["年末总户数", "户", 60, 50, 20, 20, 21, 19], ["年末户籍人口", "人", 600, 500, 20, 200, 210, 190],
    ]  # fmt: skip
    cells = by_cell(extract_workbook(book(sheet(rows)), "佛山市人口.xlsx"))
    assert row_of(cells["D3"]) == ("440600", "年末总户数", "2020", "50", "户")
    assert (cells["E4"].kind, cells["E4"].unit, cells["E4"].area.code) == ("growth", "%", "440600")
    assert row_of(cells["H4"]) == ("440606", "年末户籍人口", "2021", "190", "人")


def test_groups_stand_once_before_several_rows() -> None:
    rows = [
        ["地区", "年份", "生产总值（亿元）"], ["南京市", "2019", 14030], [None, "2020", 14818],
        ["无锡市", "2019", 11852], [None, "2020", 12370],
    ]  # fmt: skip
    cells = by_cell(extract_workbook(book(sheet(rows)), "江苏.xls"))
    assert row_of(cells["C3"])[:3] == ("320100", "生产总值", "2020")
    assert row_of(cells["C5"])[:3] == ("320200", "生产总值", "2020")


def test_parts_in_rows_take_over_the_unit_but_rates_do_not() -> None:
    rows = [
        ["绍兴市人口（2018年）"], ["指标", "全市", "越城区", "柯桥区"],
        ["一、年末总人口（万人）", 30, 20, 10], ["  其中：男性", 15, 10, 5], ["        女性", 15, 10, 5],
        ["二、自然变动", None, None, None], ["  出生人数（人）", 3, 2, 1], ["  出生率", 8.8, 8, 9],
    ]  # fmt: skip
    cells = by_cell(extract_workbook(book(sheet(rows)), "x.xls"))
    assert row_of(cells["B5"])[3:] == ("150000", "人")
    assert row_of(cells["C4"])[3:] == ("100000", "人")
    assert cells["B8"].unit is None
    assert cells["B8"].label == "二、自然变动|出生率"


def test_parts_whose_text_stands_in_line_behind_a_mark_are_parts_of_one_whole() -> None:
    rows = [
        ["湖州市卫生（2019年）"], ["指标", "全市", "吴兴区", "南浔区"],
        ["床位（张）", 90, 60, 30], ["#医院", 50, 30, 20], [" 卫生院", 20, 15, 5], [" 门诊部", 9, 6, 3],
        ["诊疗人次（人次）", 900, 600, 300], ["  其中：门诊", 500, 300, 200], ["    普通门诊", 300, 200, 100],
        ["\u3000\u3000\u3000\u3000急诊", 200, 150, 50],
    ]  # fmt: skip
    cells = by_cell(extract_workbook(book(sheet(rows)), "x.xls"))
    labels = [cells[f"B{n}"].label for n in range(4, 11)]
    assert labels == [
        "床位|#医院", "床位|卫生院", "床位|门诊部", "诊疗人次",
        "诊疗人次|其中：门诊", "诊疗人次|其中：门诊|普通门诊", "诊疗人次|急诊",
    ]  # fmt: skip
    assert {cells[f"B{n}"].unit for n in (5, 6)} == {"张"}


@pytest.mark.parametrize("names", [("各县人口（城市）", "各县人口（镇）"), ("各县人口", "各县人口")])
def test_tables_that_differ_in_whom_they_count_have_labels_that_differ(names: tuple[str, str]) -> None:
    def rows(title: str, n: int) -> list[list[object]]:
        head: list[list[object]] = [[f"表{n} 嘉兴市{title}（2020年）"], ["地区", "合计（人）", "男（人）"]]
        return [*head, ["嘉善县", 9, 5], ["海盐县", 8, 4], ["海宁市", 7, 3]]

    first, second = (
        sheet(rows(title, n), name) for n, (title, name) in enumerate(zip(names, ("城市", "镇"), strict=True))
    )
    found = extract_workbook(book(first, second), "x.xls")
    labels = [{f.label for f in by_cell(found, name).values()} for name in ("城市", "镇")]
    assert not labels[0] & labels[1]
    assert all(label.startswith("镇|") for label in labels[1])


def test_labels_headers_and_titles_that_speak_of_a_day() -> None:
    rows = [
        ["台州市教育（2019年）"], ["地区", "年末教师（人）", "毕业生（人）", "教师比上年末增长（%）"],
        ["椒江区", 9, 5, 1.5], ["黄岩区", 8, 4, 2.5],
    ]  # fmt: skip
    cells = by_cell(extract_workbook(book(sheet(rows)), "x.xls"))
    assert [cells[f"{c}3"].period.time_type for c in "BCD"] == ["point", "period", "period"]
    rows[0] = ["台州市教育（2019年底）"]
    cells = by_cell(extract_workbook(book(sheet(rows)), "x.xls"))
    assert [cells[f"{c}3"].period.time_type for c in "BC"] == ["point", "point"]


def test_shares_that_add_up_to_a_hundred_are_percentages() -> None:
    rows = [
        ["各地区人口年龄构成（2020年）"], ["地区", "比重", None, None], [None, "0—14岁", "15—59岁", "60岁及以上"],
        ["北京", 11.84, 68.53, 19.63], ["天津", 13.47, 64.87, 21.66], ["河北", 20.22, 59.92, 19.86],
    ]  # fmt: skip
    cells = by_cell(extract_workbook(book(sheet(rows)), "x.csv"))
    assert {f.unit for f in cells.values()} == {"%"}
    assert {f.kind for f in cells.values()} == {"share"}


def test_zones_that_the_total_needs_are_known_parts() -> None:
    rows = [
        ["惠州市2015年"], ["指标", "单位", "全市", "惠城区", "惠阳区", "大亚湾区"],
        ["户数", "户", 60, 30, 20, 10], ["人口", "人", 600, 300, 200, 100], ["出生人数", "人", 6, 3, 2, 1],
    ]  # fmt: skip
    area = area_of_cell(extract_workbook(book(sheet(rows)), "x.xls"), "F3")
    assert (area.code, area.name, area.unresolved) == (None, "惠州市|大亚湾区", False)


def test_a_period_with_a_unit_heads_a_column_as_a_period() -> None:
    rows = [
        ["长沙市各区（县）户籍人口"],
        ["地区", "2021年（万人）", "2022年（万人）", "比2021年增长（%）"],
        ["芙蓉区", 50.1, 52.2, 4.2],
        ["天心区", 60, 61, 1.7],
    ]
    found = by_cell(extract_workbook(book(sheet(rows)), "a.xlsx"))
    assert row_of(found["B3"]) == ("430102", "户籍人口", "2021", "501000", "人")
    assert row_of(found["C4"]) == ("430103", "户籍人口", "2022", "610000", "人")
    assert found["D3"].period.iso == "2022"


def test_a_day_before_the_words_of_a_column_is_its_period() -> None:
    rows = [["区县", "2020年11月1日常住人口", "2022年上半年新增就业（人）"], ["芙蓉区", 5.1, 20], ["天心区", 6.2, 31]]
    found = by_cell(extract_workbook(book(sheet(rows)), "长沙.xlsx"))
    assert row_of(found["B2"])[:3] == ("430102", "常住人口", "2020-11-01")
    assert row_of(found["C3"]) == ("430103", "新增就业", "2022-S1", "31", "人")
