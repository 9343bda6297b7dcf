from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from etl.errors import LayoutError
from etl.extract.sheet.layout_files import Correction, Corrections, Sample, SavedTable, dump, load_layouts
from etl.extract.sheet.layouts import Layout, differences, stated_by
from etl.extract.sheet.workbook import extract_workbook, inspect_workbook
from etl.model import Workbook
from tests.extract.sheet.building import book, by_cell, sheet

NAME = "南京2012.xls"


def housing(year: int, columns: list[str], *, unit: str | None = "单位：万平方米", title: str = "各区房屋") -> Workbook:
    rows = [
        [f"{title}（{year}）"],
        [unit],
        ["地区", *columns],
        ["玄武区", *range(10, 10 + len(columns))],
        ["秦淮区", *range(20, 20 + len(columns))],
    ]
    return book(sheet(rows))


def form(year: int, rows: list[str], *, title: str = "主要指标") -> Workbook:
    """Measures in rows, years in columns."""
    body: list[list[object]] = [[label, 100 + n, 200 + n] for n, label in enumerate(rows)]
    return book(sheet([[f"苏州市{title}"], ["指标", f"{year - 1}年", f"{year}年"], *body]))


def samples(workbook: Workbook, name: str = NAME, corrections: Corrections | None = None) -> list[Sample]:
    found = []
    for read in inspect_workbook(workbook, name, shapes=True).sheets:
        for (_, table), known in zip(read.tables, read.fits, strict=True):
            assert known is not None
            rows = (table.block.data[0] + 1, table.block.data[-1] + 1)
            found.append(
                Sample(
                    table.block.sheet,
                    rows,
                    known.layout,
                    stated_by(table),
                    table.confidence,
                    tuple(table.steps),
                    corrections or Corrections(),
                )
            )
    return found


def layout(workbook: Workbook, name: str = NAME) -> Layout:
    (found,) = samples(workbook, name)
    return found.layout


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def save(
    folder: Path, workbook: Workbook, corrections: dict[str, Any] | None = None, name: str = NAME
) -> tuple[SavedTable, ...]:
    """The layouts of a workbook after a person has edited the file."""
    text = dump(name, samples(workbook, name))
    if corrections is not None:
        plain = yaml.safe_load(text)
        plain["tables"][0]["corrections"] = corrections
        text = yaml.safe_dump(plain, allow_unicode=True)
    (folder / f"{name}.yaml").write_text(text, "utf-8")
    return load_layouts(folder)


def test_a_layout_tells_what_stands_where() -> None:
    (found,) = samples(housing(2012, ["公寓", "联列住宅"]))
    assert (found.layout.title, found.layout.regions_in, found.layout.units) == ("房屋", "rows", ("万平方米",))
    assert [(c.column, c.role, c.label) for c in found.layout.columns] == [
        ("A", "region", "地区"),
        ("B", "value", "公寓"),
        ("C", "value", "联列住宅"),
    ]
    assert (found.stated.region, found.stated.period, found.stated.period_basis) == ("320100", "2012", "title")
    assert found.rows == (4, 5)


@pytest.mark.parametrize(
    "workbook",
    [housing(2012, ["公寓", "联列住宅"]), form(2020, ["户籍人口（人）", "GDP（亿元）"])],
    ids=["places in rows", "measures in rows"],
)
def test_what_is_written_is_what_was_found(folder: Path, workbook: Workbook) -> None:
    (saved,) = save(folder, workbook)
    assert saved.layout == layout(workbook)
    assert saved.corrections == Corrections()


def test_the_file_is_for_people(folder: Path) -> None:
    text = dump(NAME, samples(housing(2012, ["公寓"])))
    assert text.startswith("# 版式：")
    assert "- {role: value, label: 公寓}" in text
    assert "工作表 Sheet1，数据在第 4–5 行" in text


def test_the_same_shape_fits_whatever_year_and_places() -> None:
    later = book(
        sheet(
            [["各区房屋（2019）"], ["单位：万平方米"], ["地区", "公寓", "联列住宅"], ["江宁区", 1, 2], ["浦口区", 3, 4]]
        )
    )
    assert differences(layout(housing(2012, ["公寓", "联列住宅"])), layout(later)) == ()


def test_more_years_and_more_places_are_no_other_shape() -> None:
    rows = ["户籍人口", "出生人口"]
    longer = book(sheet([["苏州市主要指标"], ["指标", "2019年", "2020年", "2021年"], *([r, 1, 2, 3] for r in rows)]))
    assert differences(layout(form(2020, rows)), layout(longer)) == ()
    wide = [["房屋竣工面积（2012）"], ["指标", "玄武区", "秦淮区"], ["公寓", 1, 2], ["办公楼", 3, 4]]
    wider = [["房屋竣工面积（2013）"], ["指标", "玄武区", "秦淮区", "江宁区"], ["公寓", 1, 2, 3], ["办公楼", 3, 4, 5]]
    assert differences(layout(book(sheet(wide))), layout(book(sheet(wider)))) == ()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (housing(2017, ["联列住宅", "公寓", "办公楼"]), "列次序改变：公寓 原在第 2 位，现在第 3 位"),
        (housing(2017, ["公寓", "联列住宅", "办公建筑"]), "新增列：办公建筑（D）"),
        (housing(2017, ["公寓", "联列住宅", "办公楼", "厂房"]), "新增列：厂房（E）"),
        (housing(2017, ["公寓", "联列住宅"]), "缺少列：办公楼"),
        (
            housing(2017, ["公寓", "联列住宅", "办公楼"], unit="单位：平方米"),
            "表的单位改变：原为 万平方米，现为 平方米",
        ),
        (housing(2017, ["公寓", "联列住宅", "办公楼(幢)"]), "单位改变：办公楼 原为 无，现为 幢"),
        (housing(2017, ["公寓", "联列住宅", "办公楼"], title="各区已售房屋"), "标题改变：原为 房屋，现为 已售房屋"),
    ],
)
def test_a_table_that_no_longer_fits_is_held_back_with_a_diff(folder: Path, changed: Workbook, told: str) -> None:
    saved = save(folder, housing(2012, ["公寓", "联列住宅", "办公楼"]))
    with pytest.raises(LayoutError) as e:
        extract_workbook(changed, "南京2017.xls", layouts=saved)
    assert told in str(e.value)
    assert e.value.code == "layout"
    assert "第 1 行起的表不再符合版式 南京2012.xls#1" in str(e.value)


def test_a_row_of_a_form_that_was_renamed_is_told(folder: Path) -> None:
    saved = save(folder, form(2020, ["户籍人口", "出生人口", "死亡人口"]))
    with pytest.raises(LayoutError, match="缺少行：死亡人口；新增行：死亡人数"):
        extract_workbook(form(2021, ["户籍人口", "出生人口", "死亡人数"]), NAME, layouts=saved)


@pytest.mark.parametrize(
    "other",
    [
        housing(2017, ["男", "女", "合计"], title="各区人口"),
        housing(2017, ["公寓", "联列住宅", "办公楼"], title="商业网点分布及从业情况"),
        form(2020, ["户籍人口", "出生人口"]),
    ],
    ids=["other columns", "same columns under another title", "other structure"],
)
def test_other_tables_are_read_as_if_nothing_were_saved(folder: Path, other: Workbook) -> None:
    saved = save(folder, housing(2012, ["公寓", "联列住宅", "办公楼"]), {"unit": "公顷"})
    assert extract_workbook(other, "别的.xls", layouts=saved) == extract_workbook(other, "别的.xls")


def test_a_column_s_unit_is_corrected_in_later_files_by_its_name(folder: Path) -> None:
    saved = save(folder, housing(2012, ["公寓", "户数"]), {"columns": {"户数": {"unit": "万户"}}})
    cells = by_cell(extract_workbook(housing(2018, ["公寓", "户数"]), "南京2018.xls", layouts=saved))
    assert (cells["B4"].unit, cells["B4"].multiplier) == ("平方米", 4)
    assert (cells["C4"].unit, cells["C4"].multiplier, cells["C4"].kind) == ("户", 4, "count")
    assert "layout 南京2012.xls#1: unit 万户 instead of 10^4 平方米" in cells["C4"].steps
    assert not any("unit 万户" in step for step in cells["B4"].steps)
    assert all("layout 南京2012.xls#1 fits" in c.steps for c in cells.values())


def test_the_unit_of_a_whole_table(folder: Path) -> None:
    saved = save(folder, housing(2012, ["公寓"], unit=None), {"unit": "公顷"})
    cells = by_cell(extract_workbook(housing(2018, ["公寓"], unit=None), "南京2018.xls", layouts=saved))
    assert cells["B4"].unit == "公顷"


def test_rows_and_columns_left_out_are_accounted_for(folder: Path) -> None:
    corrections = {"columns": {"公寓": {"role": "ignore"}}, "rows": {"秦淮区": {"role": "ignore"}}}
    saved = save(folder, housing(2012, ["公寓", "别墅"]), corrections)
    found = extract_workbook(housing(2013, ["公寓", "别墅"]), NAME, layouts=saved)
    assert set(by_cell(found)) == {"C4"}
    left_out = {i.place.cell: i.reason for i in found.ignored if i.reason == "layout"}  # type: ignore[union-attr]
    assert left_out == {"B4": "layout", "B5": "layout", "C5": "layout"}


def unplaced(year: str = "") -> Workbook:
    return book(sheet([[f"{year}房屋情况"], ["类别", "面积(平方米)", "套数(套)"], ["公寓", 1, 2], ["别墅", 3, 4]]))


def test_region_and_period_of_a_table_come_from_the_layout(folder: Path) -> None:
    saved = save(folder, unplaced(), {"region": 320100, "period": 2020}, name="房屋.xls")
    (figure, *_) = extract_workbook(unplaced(), "房屋.xls", layouts=saved).figures
    assert (figure.area.code, figure.area.basis) == ("320100", "layout")
    assert (figure.period.iso, figure.period.basis) == ("2020", "layout")
    assert figure.confidence == 1.0


def test_a_period_given_by_hand_is_that_of_one_file_only(folder: Path) -> None:
    saved = save(folder, unplaced(), {"region": "320100", "period": "2020"}, name="房屋.xls")
    (figure, *_) = extract_workbook(unplaced(), "房屋（新）.xls", layouts=saved).figures
    assert (figure.area.code, figure.period.iso) == ("320100", None)


def test_a_region_given_by_hand_is_never_put_on_another_place(folder: Path) -> None:
    saved = save(folder, unplaced(), {"region": "320100"}, name="房屋.xls")
    with pytest.raises(LayoutError, match="地区更正不适用：版式将 未写明 更正为 320100，本表为 330100"):
        extract_workbook(unplaced("杭州市2021年"), "房屋.xls", layouts=saved)


def test_a_row_taken_for_data_becomes_header(folder: Path) -> None:
    def odd(n: int) -> Workbook:
        return book(
            sheet(
                [["南京市2020年人口"], ["地区", "城镇", "乡村"], ["列号", 11, 25], ["玄武区", n, 2], ["秦淮区", 3, 4]]
            )
        )

    assert "B3" in by_cell(extract_workbook(odd(1), NAME))
    saved = save(folder, odd(1), {"rows": {"列号": {"role": "note"}}, "unit": "人"})
    found = extract_workbook(odd(7), NAME, layouts=saved)
    assert set(by_cell(found)) == {"B4", "C4", "B5", "C5"}
    assert {i.place.cell for i in found.ignored} == {"B3", "C3"}  # type: ignore[union-attr]


def test_the_role_of_a_stub_column_is_corrected(folder: Path) -> None:
    def firms() -> Workbook:
        return book(sheet([["2020年用工人数"], ["所在", "人数(人)"], ["甲厂", 5], ["乙厂", 6], ["丙厂", 7]]))

    saved = save(folder, firms(), {"columns": {"所在": {"role": "region"}}}, name="用工.xls")
    figure = by_cell(extract_workbook(firms(), "用工.xls", layouts=saved))["B3"]
    assert figure.area.name == "甲厂"


@pytest.mark.parametrize(
    ("corrections", "told"),
    [
        ({"columns": {"公屋": {"unit": "人"}}}, "corrects a column '公屋' that it has not"),
        ({"columns": {"公寓": {"unit": "箩筐"}}}, "'箩筐' is no known unit"),
        ({"region": "999999"}, "region '999999' is no code of a region"),
        ({"period": "去年"}, "corrections.period"),
        ({"colums": {}}, "corrections.colums"),
        ({"rows": {"玄武区": {"role": "total"}}}, "rows.玄武区.role"),
    ],
)
def test_a_mistake_in_a_layout_file_is_told_with_its_place(
    folder: Path, corrections: dict[str, Any], told: str
) -> None:
    with pytest.raises(LayoutError, match=NAME) as e:
        save(folder, housing(2012, ["公寓"]), corrections)
    assert told in str(e.value)


@pytest.mark.parametrize("text", ["tables: [", "", "- 1", "source: x\ntables: []\n", "a: \x00"])
def test_a_file_that_is_no_layout(folder: Path, text: str) -> None:
    (folder / "坏.yaml").write_text(text, "utf-8")
    with pytest.raises(LayoutError, match=r"坏\.yaml"):
        load_layouts(folder)


def test_two_layouts_of_one_shape_are_refused(folder: Path) -> None:
    save(folder, housing(2012, ["公寓"]))
    with pytest.raises(LayoutError, match="describes the same table as"):
        save(folder, housing(2013, ["公寓"]), name="南京2013.xls")


def test_corrections_survive_when_a_layout_is_written_again() -> None:
    by_hand = Corrections("320100", None, "公顷", {"公寓": Correction(unit="万户")}, {"其他": Correction("ignore")})
    (sample,) = samples(housing(2012, ["公寓"]))
    plain = yaml.safe_load(dump(NAME, [replace(sample, corrections=by_hand)]))
    assert plain["tables"][0]["corrections"] == {
        "region": "320100",
        "unit": "公顷",
        "columns": {"公寓": {"unit": "万户"}},
        "rows": {"其他": {"role": "ignore"}},
    }


def test_no_folder_means_no_layouts(tmp_path: Path) -> None:
    assert load_layouts(tmp_path / "none") == ()


def test_empty_cells_and_markers_are_counted_with_their_status() -> None:
    rows = [
        ["南京市2020年人口（人）"],
        ["地区", "城镇", "乡村"],
        ["玄武区", 1, "…"],
        ["秦淮区", None, "—"],
        ["江宁区", None, 5],
    ]
    found = extract_workbook(book(sheet(rows)), NAME)
    assert [(str(m.place), m.text, m.obs_status, m.cells) for m in found.missing] == [
        ("Sheet1!C3", "…", "N", 1),
        ("Sheet1!C4", "—", "M", 1),
        ("Sheet1!B4", "", "O", 2),
    ]
