"""What number formats show of stored values: their digits are the printed ones, and so is the rest of a date."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from etl.read import cell_formats, excel, spreadsheet_xml
from etl.read.cell_values import typed_cell
from etl.read.number_formats import Shown, shown_by


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("General", Shown()),
        ("0", Shown()),
        ("0.00_ ", Shown(decimals=2)),
        ("#,##0.0;[Red]-#,##0.0", Shown(decimals=1)),
        ('_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', Shown(decimals=2)),
        ("0.0#", Shown(decimals=1)),
        ("0.00,", Shown()),
        ("0.00E+00", Shown()),
        ("0.0%", Shown(percent=True, decimals=1)),
        ('0.0"%"', Shown(sign=True, decimals=1)),
        ('yyyy"年"m"月";@', Shown(dated="年月")),
        ('[$-804]yyyy"年"', Shown(dated="年")),
        ("yyyy\\-mm", Shown(dated="ym")),
        ('yyyy"年"m"月"d"日"', Shown()),
        ("yyyy/m/d h:mm", Shown()),
    ],
)
def test_what_a_format_shows(code: str, shown: Shown) -> None:
    assert shown_by(code) == shown


def test_a_stored_number_keeps_what_it_has_beyond_the_digits_shown() -> None:
    texts = {0.5: "0.50", 104: "104.00", 590.1357244683633: "590.135724468363", 123456789012345: "123456789012345"}
    for stored, text in texts.items():
        cell = typed_cell(0, 0, stored, Shown(decimals=2))
        assert cell is not None
        assert (cell.text, cell.value) == (text, Decimal(text))


@pytest.mark.parametrize("suffix", ["xlsx", "xls"])
def test_formats_of_excel(tmp_path: Path, suffix: str) -> None:
    rows = [
        ("0.0", 104, "104.0"),
        ('yyyy"年"m"月"', date(2023, 3, 31), "2023年3月"),
        ('0.0"%"', 7.5, "7.5%"),
        ("0.00%", 0.075, "7.50%"),
        ("General", 12.5, "12.5"),
    ]
    path = tmp_path / f"a.{suffix}"
    (_write_xlsx if suffix == "xlsx" else _write_xls)(path, rows)
    workbook = excel.read(path)
    assert [s.name for s in workbook.sheets] == ["说明", "数据"]
    cells = workbook.sheets[1].cells
    assert [c.text for c in cells] == [text for _, _, text in rows]
    assert [c.percent for c in cells] == [False, False, True, True, False]


def _write_xlsx(path: Path, rows: list[tuple[str, object, str]]) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = "说明"
    sheet = book.create_sheet("数据")
    for n, (code, value, _) in enumerate(rows, 1):
        sheet.cell(n, 2, value).number_format = code
    book.save(path)


def _write_xls(path: Path, rows: list[tuple[str, object, str]]) -> None:
    import xlwt

    book = xlwt.Workbook()
    book.add_sheet("说明")
    sheet = book.add_sheet("数据")
    for n, (code, value, _) in enumerate(rows):
        sheet.write(n, 1, value, xlwt.easyxf(num_format_str=code))
    book.save(str(path))


def test_formats_of_spreadsheet_xml(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_text(
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Styles>'
        '<Style ss:ID="a"><NumberFormat ss:Format="0.0"/></Style><Style ss:ID="b"><NumberFormat ss:Format="Fixed"/>'
        '</Style><Style ss:ID="c"><NumberFormat ss:Format="yyyy&quot;年&quot;m&quot;月&quot;"/></Style></Styles>'
        '<Worksheet ss:Name="S"><Table><Row><Cell ss:StyleID="a"><Data ss:Type="Number">104</Data></Cell>'
        '<Cell ss:StyleID="b"><Data ss:Type="Number">5.25</Data></Cell>'
        '<Cell ss:StyleID="c"><Data ss:Type="DateTime">2023-03-31T00:00:00.000</Data></Cell></Row></Table></Worksheet>'
        "</Workbook>",
        encoding="utf-8",
    )
    assert [c.text for c in spreadsheet_xml.read(path).sheets[0].cells] == ["104.0", "5.25", "2023年3月"]


def test_damaged_styles_are_told_and_do_no_harm(tmp_path: Path) -> None:
    import zipfile

    whole = tmp_path / "a.xlsx"
    _write_xlsx(whole, [("0.0", 104, "")])
    damaged = tmp_path / "b.xlsx"
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(damaged, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(b"<numFmt ", b"<numFmt <") if name == "xl/styles.xml" else data)
    workbook = excel.read(damaged)
    assert [c.text for c in workbook.sheets[1].cells] == ["104"]
    assert workbook.warnings


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_styles_spread_too_far_are_told_and_do_no_harm(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"a.{kind}"
    (_write_xlsx if kind == "xlsx" else _write_xls)(path, [("0.0", 104, "")] * 3)
    monkeypatch.setattr(cell_formats, "MOST_PLACES", 6)  # two columns in each of three rows
    assert [c.text for c in excel.read(path).sheets[1].cells] == ["104.0"] * 3
    monkeypatch.setattr(cell_formats, "MOST_PLACES", 5)
    workbook = excel.read(path)
    assert [c.text for c in workbook.sheets[1].cells] == ["104"] * 3
    assert workbook.warnings == ("单元格格式铺得过开，未读取，百分比格式可能丢失",)
