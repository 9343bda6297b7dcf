"""A newer official list: what it changes is shown first, and applied only when asked, with its source."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from etl import reference
from etl.cli.main import app
from etl.curation.check import check
from etl.curation.region_import import Change, differences, read_list, read_table
from etl.curation.region_lists import curated
from etl.errors import ReferenceDataError, UsageError

TODAY = {r.code: r.name for r in read_table(reference.HERE) if not r.valid_to and r.code[:2] == "33"}
NEWER = {
    **{c: n for c, n in TODAY.items() if c not in ("330122", "330212", "330723")},
    "330122": "桐庐市",  # another name
    "330119": "鄞江区",  # new
    "330790": "武义县",  # 330723 under another code
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "reference"
    shutil.copytree(reference.HERE, copy, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    return copy


def listed(path: Path, places: Mapping[str, str]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as f:
        out = csv.writer(f)
        out.writerow(["2025年某省县以上行政区划代码", "", ""])
        out.writerow(["序号", "行政区划代码", "单位名称"])
        out.writerows((i, code, f"  {name}") for i, (code, name) in enumerate(places.items(), start=1))
        out.writerow(["注：本表截至年底", "", ""])
    return path


def test_the_table_itself_changes_nothing(tmp_path: Path) -> None:
    found = read_list(listed(tmp_path / "same.csv", TODAY))
    assert (len(found.places), found.year) == (len(TODAY), "2025")
    assert differences(read_table(reference.HERE), found) == []


def test_differences(tmp_path: Path) -> None:
    found = differences(read_table(reference.HERE), read_list(listed(tmp_path / "newer.csv", NEWER)))
    assert [str(c) for c in found if c.kind != "abolished"] == [
        "+ 330119 鄞江区",
        "~ 330122 桐庐县 → 桐庐市",
        "> 330723 武义县 → 330790 武义县",
    ]
    (gone,) = [c for c in found if c.kind == "abolished"]
    assert (gone.code, gone.name) == ("330212", "鄞州区")


def test_likely_successors_are_ranked_not_chosen(tmp_path: Path) -> None:
    places = {c: n for c, n in TODAY.items() if c != "330127"} | {"330118": "千岛湖区", "330190": "淳安市"}
    found = differences(read_table(reference.HERE), read_list(listed(tmp_path / "a.csv", places)))
    assert [(c.kind, c.code) for c in found] == [("added", "330118"), ("moved", "330190")]
    places["330191"] = "淳安区"  # two of that name: nobody can tell which one it became
    (gone,) = [
        c
        for c in differences(read_table(reference.HERE), read_list(listed(tmp_path / "b.csv", places)))
        if c.kind == "abolished"
    ]
    assert [s.code for s in gone.successors] == ["330190", "330191", "330118"]


@pytest.mark.parametrize("width", [6, 12])
def test_spreadsheets_with_titles_numbers_and_townships(tmp_path: Path, width: int) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["某局统计用区划代码", None, None])
    sheet.append([None, "名称", "统计用区划代码"])
    for code, name in TODAY.items():
        sheet.append([None, name, int(code) if width == 6 else code.ljust(12, "0")])
        if width == 12:
            sheet.append([None, "某某街道", f"{code}001000"])
    book.save(tmp_path / "list-2026.xlsx")
    found = read_list(tmp_path / "list-2026.xlsx")
    assert found.places == TODAY
    assert found.year == "2026"
    assert found.smaller == (len(TODAY) if width == 12 else 0)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([["指标", "数值"], ["人口", "123"], ["户数", "45"]], "no column of six- or twelve-digit codes"),
        ([["代码", "名称"], ["330101", "甲区"], ["330101", "乙区"]], "is 甲区 and 乙区"),
    ],
)
def test_what_is_no_list(tmp_path: Path, rows: list[list[str]], message: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join(",".join(r) for r in rows), encoding="utf-8")
    with pytest.raises(ReferenceDataError, match=message):
        read_list(path)


def imported(*arguments: str) -> object:
    result = CliRunner().invoke(app, ["reference", "regions", "import", *arguments], standalone_mode=False)
    if result.exception:
        raise result.exception
    return result


def test_nothing_is_written_unless_asked(tmp_path: Path, folder: Path) -> None:
    before = {p.name: p.read_bytes() for p in folder.iterdir()}
    path = str(listed(tmp_path / "newer.csv", NEWER))
    result = imported(path, "--folder", str(folder))
    assert "> 330723 武义县 → 330790 武义县" in getattr(result, "stdout", "")
    with pytest.raises(UsageError, match="--source"):
        imported(path, "--folder", str(folder), "--apply")
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == before


def test_apply(tmp_path: Path, folder: Path) -> None:
    before = read_table(folder)
    path = str(listed(tmp_path / "newer.csv", NEWER))
    result = imported(path, "--folder", str(folder), "--apply", "--source", "某部门2025年代码表")
    assert getattr(result, "return_value", None) == 0
    assert check(folder) == []
    rows = {(r.code, r.name): r for r in read_table(folder)}
    assert rows["330122", "桐庐县"].valid_to == "2024"
    assert rows["330122", "桐庐市"].valid_from == "2025"
    assert (rows["330723", "武义县"].valid_to, rows["330723", "武义县"].successors) == ("2024", "330790")
    assert rows["330790", "武义县"].parent == "330700"
    assert (rows["330212", "鄞州区"].valid_to, rows["330212", "鄞州区"].successors) == ("2024", "")
    # a rebuild from the packages gives the same table, and the same list has nothing left to change
    lines = list(reference.numbered_rows(folder / "regions_curated.csv"))
    assert all(line["source"] for _, line in lines)
    assert curated(before, (line for _, line in lines)) == read_table(folder)
    assert differences(read_table(folder), read_list(Path(path))) == []


def test_a_province_that_is_not_listed_stays(tmp_path: Path) -> None:
    found = differences(read_table(reference.HERE), read_list(listed(tmp_path / "a.csv", TODAY | {"110000": "北京市"})))
    assert found == []
    assert not [c for c in found if isinstance(c, Change) and c.code.startswith("11")]
