from __future__ import annotations

import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from etl.errors import EncryptedFileError, LimitError, ReadError
from etl.model import Cell, Workbook
from etl.read import cell_values, excel


def cells(workbook: Workbook, sheet: int = 0) -> dict[str, Cell]:
    return {c.address: c for c in workbook.sheets[sheet].cells}


def write_xlsx(path: Path) -> Path:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "表1 人口"
    sheet.merge_cells("A1:C1")
    sheet["A1"] = "各区人口（2020年）"
    sheet["A3"], sheet["B3"], sheet["C3"] = "玄武区", 53.8, 0.362
    sheet["C3"].number_format = "0.0%"
    sheet["A4"] = "区内"
    sheet["A4"].alignment = openpyxl.styles.Alignment(indent=2)
    sheet["B4"], sheet["D4"] = date(2020, 11, 1), "=1/0"
    hidden = book.create_sheet("CNKI")
    hidden["A1"], hidden.sheet_state = "http://www.cnki.net/", "hidden"
    book.save(path)
    return path


def test_xlsx_values_formats_merges_and_hidden_sheets(tmp_path: Path) -> None:
    workbook = excel.read(write_xlsx(tmp_path / "a.xlsx"), "xlsx")
    found = cells(workbook)
    assert [s.name for s in workbook.sheets] == ["表1 人口", "CNKI"]
    assert [s.hidden for s in workbook.sheets] == [False, True]
    assert found["B3"].value == Decimal("53.8")
    assert (found["C3"].value, found["C3"].percent, found["C3"].text) == (Decimal("36.2"), True, "36.2%")
    assert found["A4"].indent == 2
    assert found["B4"].value == date(2020, 11, 1)
    merged = workbook.sheets[0].merged[0]
    assert (merged.first_row, merged.first_col, merged.last_row, merged.last_col) == (0, 0, 0, 2)
    assert "D4" not in found


def test_xls_percent_and_numbers(tmp_path: Path) -> None:
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    sheet.write(0, 0, "同比")
    sheet.write(1, 0, 0.054, xlwt.easyxf(num_format_str="0.0%"))
    sheet.write(2, 0, 0.054)
    sheet.write(3, 0, 503.991699999999)
    sheet.write_merge(4, 5, 0, 1, "合并")
    path = tmp_path / "a.xls"
    book.save(str(path))
    workbook = excel.read(path)
    found = cells(workbook)
    assert (found["A2"].value, found["A2"].percent) == (Decimal("5.4"), True)
    assert (found["A3"].value, found["A3"].percent) == (Decimal("0.054"), False)
    assert found["A4"].value == Decimal("503.991699999999")
    assert workbook.sheets[0].merged[0].last_row == 5
    assert workbook.format == "xls"


def test_ods_percent_merges_and_repeats(tmp_path: Path) -> None:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    book = OpenDocumentSpreadsheet()
    table = Table(name="表")
    row = TableRow()
    title = TableCell(valuetype="string", numbercolumnsspanned=3, numberrowsspanned=1)
    title.addElement(P(text="各区人口"))
    row.addElement(title)
    table.addElement(row)
    table.addElement(TableRow(numberrowsrepeated=1_000_000))
    row = TableRow()
    share = TableCell(valuetype="percentage", value="0.362")
    share.addElement(P(text="36.2%"))
    row.addElement(share)
    row.addElement(TableCell(valuetype="float", value="7", numbercolumnsrepeated=2))
    row.addElement(TableCell(numbercolumnsrepeated=16_000))
    table.addElement(row)
    book.spreadsheet.addElement(table)
    path = tmp_path / "a.ods"
    book.save(str(path))
    workbook = excel.read(path, "ods")
    found = cells(workbook)
    assert (found["A1000002"].value, found["A1000002"].percent) == (Decimal("36.2"), True)
    assert found["C1000002"].value == Decimal(7)
    assert workbook.sheets[0].merged[0].last_col == 2
    assert len(found) == 4


def encrypted(path: Path, password: str) -> Path:
    from msoffcrypto.format.ooxml import OOXMLFile

    plain = write_xlsx(path.with_suffix(".plain.xlsx"))
    with plain.open("rb") as source, path.open("wb") as target:
        OOXMLFile(source).encrypt(password, target)
    return path


def test_the_default_password_of_excel_is_opened(tmp_path: Path) -> None:
    workbook = excel.read(encrypted(tmp_path / "a.xlsx", "VelvetSweatshop"))
    assert cells(workbook)["A3"].value == "玄武区"
    assert any("密码" in w for w in workbook.warnings)


def test_a_real_password_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncryptedFileError, match="password"):
        excel.read(encrypted(tmp_path / "a.xlsx", "geheim"))


def rewritten(source: Path, target: Path, edit: dict[str, bytes | None]) -> Path:
    """A copy of a zip container with members replaced (or dropped: None)."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = edit.get(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
        for name in edit.keys() - set(old.namelist()):
            if (data := edit[name]) is not None:
                new.writestr(name, data)
    return target


def test_a_missing_drawing_does_not_matter(tmp_path: Path) -> None:
    import openpyxl
    from openpyxl.chart import BarChart

    book = openpyxl.Workbook()
    book.active["A1"] = 0.5
    book.active["A1"].number_format = "0%"
    book.active.add_chart(BarChart(), "C3")
    book.save(tmp_path / "a.xlsx")
    path = rewritten(tmp_path / "a.xlsx", tmp_path / "b.xlsx", {"xl/drawings/drawing1.xml": None})
    assert cells(excel.read(path))["A1"].value == Decimal(50)


def test_a_stray_cell_far_outside_is_refused_before_a_grid_is_laid_out(tmp_path: Path) -> None:
    source = write_xlsx(tmp_path / "a.xlsx")
    with zipfile.ZipFile(source) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml")
    far = xml.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')
    path = rewritten(source, tmp_path / "b.xlsx", {"xl/worksheets/sheet1.xml": far})
    with pytest.raises(LimitError, match="columns"):
        excel.read(path)


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    path = rewritten(write_xlsx(tmp_path / "a.xlsx"), tmp_path / "b.xlsx", {"xl/bomb.xml": b"0" * (40 * 1024 * 1024)})
    with pytest.raises(LimitError, match="bomb"):
        excel.read(path)


def test_too_many_cells_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cell_values, "MAX_CELLS", 3)
    with pytest.raises(LimitError, match="cells"):
        excel.read(write_xlsx(tmp_path / "a.xlsx"))


@pytest.mark.parametrize(
    "data", [b"PK\x03\x04garbage", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, b"plain text"]
)
def test_damaged_files_raise_read_errors(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.xls"
    path.write_bytes(data)
    with pytest.raises(ReadError):
        excel.read(path)


def test_numbers_keep_their_shortest_form() -> None:
    shown = {5.0: "5", 0.1: "0.1", 1e15: "1000000000000000", 1e-7: "0.0000001", 2418.33: "2418.33"}
    assert {n: f"{cell_values.decimal_of(n):f}" for n in shown} == shown
    assert cell_values.typed_cell(0, 0, float("nan")).error == "nan"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        (13.352600000000001, "13.3526"),
        (1000179.9999999999, "1000180"),
        (0.30000000000000004, "0.3"),
        (-2418.3299999999999, "-2418.33"),
        (1.905817520314897, "1.9058175203149"),
        (1e-7, "0.0000001"),
        (123456789012.25, "123456789012.25"),
        (5.0, "5"),
    ],
)
def test_stored_floats_are_read_to_the_digits_that_excel_shows(stored: float, shown: str) -> None:
    assert f"{cell_values.decimal_of(stored):f}" == shown


def test_a_damaged_sheet_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    for name in ("a", "b"):
        sheet = book.create_sheet(name)
        for n in range(40):
            sheet.append(["芙蓉区", n])
    book.remove(book["Sheet"])
    book.save(tmp_path / "whole.xlsx")
    part = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(tmp_path / "whole.xlsx") as archive:
        cut = archive.read(part)[:-300]
    found = excel.read(rewritten(tmp_path / "whole.xlsx", tmp_path / "cut.xlsx", {part: cut}))
    assert [s.name for s in found.sheets] == ["b"]
    assert any("工作表 a" in w for w in found.warnings)
    both = rewritten(tmp_path / "whole.xlsx", tmp_path / "both.xlsx", {part: cut, "xl/worksheets/sheet2.xml": cut})
    with pytest.raises(ReadError, match="no sheet that can be read"):
        excel.read(both)


def test_a_panic_of_the_reader_is_an_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class PanicException(BaseException):
        pass

    def panic(*_: object) -> Workbook:
        raise PanicException("range start index 116 out of range")

    monkeypatch.setattr(excel, "_workbook", panic)
    with pytest.raises(ReadError, match="damaged inside"):
        excel.read(write_xlsx(tmp_path / "a.xlsx"), "xlsx")
