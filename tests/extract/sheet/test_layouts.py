import yaml

from etl.extract.sheet.layouts import Layout, differences, find_layouts
from tests.extract.sheet.building import book, sheet


def layout(year: int, columns: list[str], *, unit: str = "单位：万平方米") -> Layout:
    rows = [
        [f"各区房屋（{year}）"],
        [unit],
        ["地区", *columns],
        ["玄武区", *range(len(columns))],
        ["秦淮区", *range(len(columns))],
    ]
    (found,) = find_layouts(book(sheet(rows)), "南京.xls")
    return found


def test_a_layout_tells_what_stands_where() -> None:
    found = layout(2012, ["公寓", "联列住宅"])
    assert (found.regions_in, found.region, found.region_basis) == ("rows", "320100", "file")
    assert (found.period, found.period_basis, found.units) == ("2012", "title", ("万平方米",))
    assert [(c.column, c.role, c.label) for c in found.columns] == [
        ("A", "region", "地区"), ("B", "value", "公寓"), ("C", "value", "联列住宅"),
    ]  # fmt: skip
    assert (found.header_rows, found.first_row, found.last_row) == ((3,), 4, 5)


def test_the_same_shape_fits_whatever_the_year() -> None:
    saved = yaml.safe_load(yaml.safe_dump(layout(2012, ["公寓", "联列住宅"]).as_dict(), allow_unicode=True))
    assert differences(saved, layout(2017, ["公寓", "联列住宅"])) == []


def test_swapped_added_renamed_columns_and_units_are_told() -> None:
    saved = layout(2012, ["公寓", "联列住宅", "办公楼"]).as_dict()
    swapped = differences(saved, layout(2017, ["联列住宅", "公寓", "办公楼"]))
    assert [p.split("：")[0] for p in swapped] == ["列次序改变", "列次序改变"]
    renamed = differences(saved, layout(2017, ["公寓", "联列住宅", "办公建筑"]))
    assert renamed == ["缺少列：办公楼", "新增列：办公建筑（D）"]
    assert differences(saved, layout(2017, ["公寓", "联列住宅", "办公楼"], unit="单位：平方米"))[0].startswith(
        "表的单位改变"
    )
