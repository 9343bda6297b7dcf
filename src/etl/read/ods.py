"""OpenDocument spreadsheets. calamine loses percent formats and merged ranges of ods, so content.xml is read here."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from etl.errors import EncryptedFileError, LimitError, ReadError, TruncatedFileError
from etl.model import Cell, CellValue, MergedRange, Sheet, Workbook
from etl.read.cell_values import MAX_CELLS, check_cells, plain, with_decimals, without_noise

READER = "ods/2"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_MANIFEST = b"manifest:encryption-data"
_DECIMALS = re.compile(r"^[-+\d, ]*\.(\d{1,10})\s*%?$")
"""Of a number as displayed."""
MAX_CONTENT = 400 * 1024 * 1024
"""Bytes of content.xml, unpacked."""


def read(path: Path) -> Workbook:
    """The workbook at ``path``. Repeated cells are expanded only where they hold something.

    Raises EncryptedFileError, LimitError, TruncatedFileError or ReadError.
    """
    from lxml import etree

    where = str(path)
    try:
        with zipfile.ZipFile(path) as archive:
            if _MANIFEST in _part(archive, "META-INF/manifest.xml"):
                raise EncryptedFileError(
                    where, "is protected by a password", next_step="Save a copy without a password and load that."
                )
            if archive.getinfo("content.xml").file_size > MAX_CONTENT:
                raise LimitError(where, "content.xml is too large", next_step="Split the workbook.")
            with archive.open("content.xml") as content:
                sheets = tuple(_sheets(content, where))
    except (zipfile.BadZipFile, EOFError) as error:
        raise TruncatedFileError(where, "is a damaged ods archive", next_step="Fetch the file again.") from error
    except (KeyError, etree.XMLSyntaxError) as error:
        raise ReadError(where, f"is no readable OpenDocument spreadsheet ({error})") from error
    return Workbook(sheets, "ods", READER)


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        return archive.read(name)
    except KeyError:
        return b""


def _sheets(content: Any, where: str) -> Iterator[Sheet]:
    from lxml import etree

    total = 0
    events = etree.iterparse(
        content, events=("end",), tag=f"{_TABLE}table", resolve_entities=False, no_network=True, huge_tree=False
    )
    for _, table in events:
        cells, merged = _table(table, where)
        total += len(cells)
        check_cells(where, total)
        yield Sheet(table.get(f"{_TABLE}name", ""), tuple(cells), tuple(merged))
        table.clear()


def _table(table: Any, where: str) -> tuple[list[Cell], list[MergedRange]]:
    cells: list[Cell] = []
    merged: list[MergedRange] = []
    r = 0
    for row in table.iter(f"{_TABLE}table-row"):
        repeat = _count(row, "number-rows-repeated")
        filled = list(_row(row, merged, r))
        if filled and len(cells) + repeat * len(filled) > MAX_CELLS:
            raise LimitError(where, f"holds more than {MAX_CELLS:,} cells", next_step="Split the workbook.")
        for offset in range(repeat if filled else 0):
            cells.extend(Cell(r + offset, c, value, text, percent) for c, value, text, percent in filled)
        r += repeat
    return cells, merged


def _row(row: Any, merged: list[MergedRange], r: int) -> Iterator[tuple[int, CellValue, str, bool]]:
    c = 0
    for cell in row:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        repeat = _count(cell, "number-columns-repeated")
        value, text, percent = _value(cell)
        wide, high = _count(cell, "number-columns-spanned"), _count(cell, "number-rows-spanned")
        if wide > 1 or high > 1:
            merged.append(MergedRange(r, c, r + high - 1, c + wide - 1))
        if value is not None:
            for offset in range(min(repeat, 16_384)):
                yield c + offset, value, text, percent
        c += repeat


def _count(element: Any, name: str) -> int:
    raw = element.get(f"{_TABLE}{name}", "1")
    return max(1, min(int(raw), 1 << 21)) if raw.isdigit() else 1


def _value(cell: Any) -> tuple[CellValue, str, bool]:
    """Value, text as displayed, and whether the cell is a percentage."""
    text = "\n".join("".join(p.itertext()) for p in cell.iterchildren(f"{_TEXT}p"))
    kind = cell.get(f"{_OFFICE}value-type")
    if kind in ("float", "currency", "percentage"):
        try:
            number = Decimal(cell.get(f"{_OFFICE}value", ""))
        except InvalidOperation:
            return (text or None), text, False
        if not number.is_finite():
            return (text or None), text, False
        shown = _DECIMALS.search(text)
        decimals = len(shown[1]) if shown else 0
        number = plain(without_noise(number))
        if kind == "percentage":
            number = with_decimals(plain(number * 100), decimals)
            return number, text or f"{number:f}%", True
        return with_decimals(number, decimals), text or f"{number:f}", False
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value") == "true", text, False
    if kind == "date":
        return _date(cell.get(f"{_OFFICE}date-value", "")) or text, text, False
    return (text or None), text, False


def _date(raw: str) -> date | datetime | None:
    try:
        moment = datetime.fromisoformat(raw)
    except ValueError:
        return None
    return moment if "T" in raw else moment.date()
