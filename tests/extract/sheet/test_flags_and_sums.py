from etl.extract.sheet import extract_workbook
from etl.model import CellRef, Extraction
from tests.extract.sheet.building import book, by_cell, sheet

HEAD = [["各区人口（2012年）"], ["单位：人"]]


def rules(extraction: Extraction) -> set[tuple[str, str]]:
    return {(f.place.cell, f.rule) for f in extraction.flags if isinstance(f.place, CellRef)}


def districts(total: int, name: str = "Sheet1", third: object = 300, label: str = "人口") -> Extraction:
    rows = [
        *HEAD, ["地区", label, "户数", "其他"],
        ["全市", total, 60, 6], ["  玄武区", 100, 10, 1], ["  秦淮区", 200, 20, 2], ["  建邺区", third, 30, 3],
    ]  # fmt: skip
    return extract_workbook(book(sheet(rows, name=name)), "x.xls")


def test_complete_lists_become_sums() -> None:
    extraction = districts(600)
    assert len(extraction.relations) == 3
    total = extraction.relations[0].members
    assert total.total == CellRef("Sheet1", "B4")
    assert total.parts == tuple(CellRef("Sheet1", f"B{r}") for r in (5, 6, 7))
    assert rules(extraction) == set()


def test_a_total_that_lost_a_digit_is_a_suspect_and_stays_as_printed() -> None:
    extraction = districts(60)
    assert rules(extraction) == {("B4", "suspect_value")}
    assert by_cell(extraction)["B4"].number == 60


def test_a_selection_of_places_is_no_sum() -> None:
    rows = [*HEAD, ["地区", "人口", "户数"], ["全市", 900, 90], ["# 玄武区", 100, 10], ["  秦淮区", 200, 20]]
    extraction = extract_workbook(book(sheet(rows)), "x.xls")
    assert extraction.relations == ()
    assert extraction.flags == ()


def test_the_cell_that_breaks_two_sums_is_the_suspect() -> None:
    rows = [
        ["指标", "单位", "全市", "惠城区", "惠阳区"],
        ["年末总人口", "人", 300, 290, 100], ["  男", "人", 160, 110, 50], ["  女", "人", 140, 90, 50],
        ["出生人数", "人", 30, 20, 10], ["死亡人数", "人", 20, 12, 8],
    ]  # fmt: skip
    extraction = extract_workbook(book(sheet([["惠州市2009年"], *rows])), "x.xls")
    assert rules(extraction) == {("D3", "suspect_value")}


def test_damage_is_named_at_its_cell() -> None:
    rows = [
        *HEAD, ["地区", "人口", "户数"],
        ["全市", "6 00", "60"], ["玄武区", "1,24", "-"], ["秦淮区", "10．5", "…"], ["建邺区", "7.8S", "30"],
    ]  # fmt: skip
    extraction = extract_workbook(book(sheet(rows)), "x.xls")
    assert rules(extraction) >= {
        ("B4", "space_in_number"), ("B5", "comma_for_point"), ("B6", "full_width"), ("B7", "unreadable_number"),
        ("C5", "not_a_number"), ("C6", "below_unit"),
    }  # fmt: skip


def test_blanks_that_group_all_large_numbers_are_a_style() -> None:
    rows = [*HEAD, ["地区", "人口"], ["全市", "977 584"], ["玄武区", "394 900"], ["秦淮区", "582 684"]]
    assert rules(extract_workbook(book(sheet(rows)), "x.xls")) == set()


def test_labels_that_contradict_the_title_and_places_that_no_longer_exist() -> None:
    rows = [["指标", "全市", "黄浦区", "徐汇区"], ["2009年平均人口(人)", 3, 2, 1], ["出生人数(人)", 3, 2, 1]]
    extraction = extract_workbook(book(sheet([["上海市2010年人口"], *rows])), "x.xls")
    assert ("A3", "label_year_conflict") in rules(extraction)
    assert by_cell(extraction)["B3"].period.iso == "2010"
    places = [["上海市各区人口（2012）"], ["单位：人"], ["地区", "人口"], ["黄浦区", 2], ["南汇区", 1], ["徐汇区", 4]]
    assert ("A5", "defunct_region") in rules(extract_workbook(book(sheet(places)), "x.xls"))


def series(year: int, label: str, *, other: bool = False) -> list[list[object]]:
    measures = ["迁入率", "净增率"] if other else [label, "年内出生人数"]
    return [
        [f"惠州市人口({year}年)"], ["单位：人"], ["指标", "全市", "惠城区", "惠阳区"],
        [measures[0], 3, 2, 1], [measures[1], 3, 2, 1],
    ]  # fmt: skip


def test_a_misread_label_is_settled_by_the_other_sheets() -> None:
    years = {2010: "年内迁出入数", 2011: "年内迁出人数", 2012: "年内迁出人数", 2013: "年内迁出人数"}
    workbook = book(*(sheet(series(y, label), name=str(y)) for y, label in years.items()))
    extraction = extract_workbook(workbook, "x.xlsx")
    assert by_cell(extraction, "2010")["B4"].label == "年内迁出人数"
    assert ("A4", "ocr_label") in rules(extraction)


def test_a_wrong_table_in_a_series_of_sheets_is_told() -> None:
    sheets = [sheet(series(y, "年内死亡人数", other=y == 2015), name=str(y)) for y in range(2011, 2017)]
    extraction = extract_workbook(book(*sheets), "x.xlsx")
    assert [(str(f.place), f.rule) for f in extraction.flags] == [("2015!A1", "wrong_table")]


def test_a_rate_that_lost_its_point_is_a_suspect() -> None:
    rows = [
        ["各区死亡率（2019年）"],
        ["单位：‰"],
        ["地区", "死亡率"],
        ["玄武区", 5.34],
        ["秦淮区", 681],
        ["建邺区", 4.6],
        ["鼓楼区", 6.1],
    ]
    assert rules(extract_workbook(book(sheet(rows)), "x.xls")) == {("B5", "suspect_value")}


def test_the_whole_of_shares_is_no_misprint() -> None:
    rows = [
        ["湖州市各年龄人口比重（2019年）"],
        ["单位：%"],
        ["年龄", "比重"],
        ["合计", 100],
        ["0岁", 1.12],
        ["1岁", 1.35],
        ["2岁", 0.98],
    ]
    assert rules(extract_workbook(book(sheet(rows)), "x.xls")) == set()


def test_a_part_above_its_whole_is_told() -> None:
    rows = [
        *HEAD,
        ["地区", "人口", "#女"],
        ["玄武区", 100, 50],
        ["建邺区", 100, 50],
        ["鼓楼区", 9, 5],
        ["秦淮区", 200, 210],
    ]
    extraction = extract_workbook(book(sheet(rows)), "x.xls")
    assert [r.kind for r in extraction.relations] == ["subset"] * 4
    assert rules(extraction) == {("C7", "suspect_value")}


def test_births_are_deaths_and_growth() -> None:
    rows = [
        ["汕头市各区县人口变动(2021年)"], ["单位:人、‰"],
        ["区 县", "年内出生", None, "年内死亡", None, "自然增长", None],
        [None, "人数", "出生率", "人数", "死亡率", "人数", "增长率"],
        ["全 市", 600, 11.5, 300, 5.5, 300, 6],
        ["金平区", 200, 10.5, 150, 7.5, 5, 3],
        ["龙湖区", 250, 11.5, 100, 4.5, 150, 7],
        ["澄海区", 150, 12.5, 50, 4.5, 100, 8],
    ]  # fmt: skip
    extraction = extract_workbook(book(sheet(rows, merged=[(2, 1, 2, 2), (2, 3, 2, 4), (2, 5, 2, 6)])), "x.xls")
    assert rules(extraction) == {("F6", "suspect_value")}
