"""SpreadsheetML 2003: the XML that Excel 2003 and many statistics portals write, often named .xls."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from etl.errors import LimitError, ReadError
from etl.model import Cell, CellValue, MergedRange, Sheet, Workbook
from etl.read import limits
from etl.read.cell_values import check_cells, plain, with_decimals, without_noise
from etl.read.number_formats import PLAIN, Shown, shown_by, shown_date

READER = "spreadsheet-xml/2"
_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
MAX_INDEX = 1_048_576
_NAMED = {"Percent": "0.00%", "Fixed": "0.00", "Standard": "#,##0.00"}


def read(path: Path) -> Workbook:
    """The workbook at ``path``, as its number formats show it.

    Raises LimitError or ReadError.
    """
    from lxml import etree

    where = str(path)
    limits.check_text_size(path, path.stat().st_size)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(path.read_bytes(), parser)
    except etree.XMLSyntaxError as error:
        raise ReadError(where, f"is no readable SpreadsheetML ({error})") from error
    styles = {style.get(f"{_SS}ID"): _shown(style) for style in root.iter(f"{_SS}Style")}
    sheets = []
    total = 0
    for worksheet in root.iter(f"{_SS}Worksheet"):
        sheet = _sheet(worksheet, styles, where)
        total += len(sheet.cells)
        check_cells(where, total)
        sheets.append(sheet)
    if not sheets:
        raise ReadError(where, "is SpreadsheetML without a worksheet")
    return Workbook(tuple(sheets), "xls", READER)


def _sheet(worksheet: Any, styles: dict[str | None, Shown], where: str) -> Sheet:
    cells: list[Cell] = []
    merged: list[MergedRange] = []
    r = -1
    for row in worksheet.iter(f"{_SS}Row"):
        r = _index(row, where) if row.get(f"{_SS}Index") else r + 1
        c = -1
        for cell in row.iterchildren(f"{_SS}Cell"):
            c = _index(cell, where) if cell.get(f"{_SS}Index") else c + 1
            across, down = int(cell.get(f"{_SS}MergeAcross") or 0), int(cell.get(f"{_SS}MergeDown") or 0)
            if across or down:
                merged.append(MergedRange(r, c, r + down, c + across))
            data = cell.find(f"{_SS}Data")
            if data is not None:
                value, text, is_percent = _value(data, styles.get(cell.get(f"{_SS}StyleID"), PLAIN))
                if value is not None and value != "":
                    cells.append(Cell(r, c, value, text, is_percent))
            c += across
    hidden = any(v.text not in (None, "SheetVisible") for v in worksheet.iter("{*}Visible"))
    return Sheet(worksheet.get(f"{_SS}Name", ""), tuple(cells), tuple(merged), hidden)


def _index(element: Any, where: str) -> int:
    raw = element.get(f"{_SS}Index")
    if not raw.isdigit() or int(raw) > MAX_INDEX:
        raise LimitError(where, f"a row or cell has the index {raw}")
    return int(raw) - 1


def _shown(style: Any) -> Shown:
    """What a style shows; a format can be named instead of written."""
    code = next((f.get(f"{_SS}Format") for f in style if f.get(f"{_SS}Format")), "")
    return shown_by(_NAMED.get(code, code))


def _value(data: Any, shown: Shown) -> tuple[CellValue, str, bool]:
    text = "".join(data.itertext())
    kind = data.get(f"{_SS}Type")
    if kind == "Number":
        try:
            number = plain(without_noise(Decimal(text)))
        except InvalidOperation:
            return text, text, False
        if shown.percent:
            number = plain(number * 100)
        number = with_decimals(number, shown.decimals)
        percent = shown.percent or shown.sign
        return number, f"{number:f}%" if percent else f"{number:f}", percent
    if kind == "DateTime":
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            return text, text, False
        day = moment.date()
        return day, shown_date(day, shown.dated) if shown.dated else day.isoformat(), False
    if kind == "Boolean":
        return text == "1", "TRUE" if text == "1" else "FALSE", False
    return text, text, False
