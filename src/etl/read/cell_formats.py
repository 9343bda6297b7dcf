"""Percent formats and indentation of cells, read only when the workbook's styles have any."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field

PERCENT_BUILTINS = frozenset({9, 10})
_XF_BLOCK = re.compile(rb"<cellXfs\b.*?</cellXfs>", re.DOTALL)
_FORMAT_ID = re.compile(rb'numFmtId="(\d+)"')
_CUSTOM = re.compile(rb'<numFmt\b[^>]*?numFmtId="(\d+)"[^>]*?formatCode="([^"]*)"')
_CUSTOM_REVERSED = re.compile(rb'<numFmt\b[^>]*?formatCode="([^"]*)"[^>]*?numFmtId="(\d+)"')
_INDENT = re.compile(rb'\bindent="[1-9]')


@dataclass(frozen=True, slots=True)
class CellFormats:
    """Of one sheet, by 0-based (row, column)."""

    percent: frozenset[tuple[int, int]] = frozenset()
    indents: Mapping[tuple[int, int], int] = field(default_factory=dict)

    @property
    def any(self) -> bool:
        return bool(self.percent or self.indents)


def xlsx_formats(archive: zipfile.ZipFile) -> tuple[dict[str, CellFormats], tuple[str, ...]]:
    """Formats by sheet name, and in Chinese what was damaged. Empty when no style has a percent format or indent."""
    try:
        styles = archive.read("xl/styles.xml")
    except (KeyError, zipfile.BadZipFile, OSError, EOFError):
        return {}, ()
    if not _needs_formats(styles):
        return {}, ()
    from openpyxl import load_workbook

    archive.fp.seek(0)  # type: ignore[union-attr]
    try:
        book = load_workbook(io.BytesIO(archive.fp.read()), read_only=True)  # type: ignore[union-attr]
        return {sheet.title: _sheet_formats(sheet) for sheet in book.worksheets}, ()
    except Exception as error:  # openpyxl raises anything from KeyError to TypeError on damaged parts
        return {}, (f"单元格格式无法读取（{type(error).__name__}），百分比格式可能丢失",)


def _needs_formats(styles: bytes) -> bool:
    custom = {int(i) for i, code in _CUSTOM.findall(styles) if b"%" in code}
    custom |= {int(i) for code, i in _CUSTOM_REVERSED.findall(styles) if b"%" in code}
    block = _XF_BLOCK.search(styles)
    if block is None:
        return False
    used = {int(i) for i in _FORMAT_ID.findall(block.group())}
    return bool(used & (custom | PERCENT_BUILTINS)) or bool(_INDENT.search(block.group()))


def _sheet_formats(sheet: object) -> CellFormats:
    percent: set[tuple[int, int]] = set()
    indents: dict[tuple[int, int], int] = {}
    for row in sheet.iter_rows():  # type: ignore[attr-defined]
        for cell in row:
            if cell.value is None:
                continue
            place = (cell.row - 1, cell.column - 1)
            if cell.data_type == "n" and "%" in (cell.number_format or ""):
                percent.add(place)
            elif cell.data_type != "n" and cell.alignment is not None and cell.alignment.indent:
                indents[place] = int(cell.alignment.indent)
    return CellFormats(frozenset(percent), indents)


def xls_formats(data: bytes) -> dict[str, CellFormats]:
    """Formats of a BIFF workbook by sheet name; empty when no cell style has a percent format or indent.

    Sheets are only parsed when the styles, at the head of the file, make it necessary.
    """
    if not _xls_needs_formats(data):
        return {}
    import xlrd

    try:
        book = xlrd.open_workbook(file_contents=data, formatting_info=True, on_demand=True, logfile=io.StringIO())
    except Exception:  # xlrd raises anything on encrypted or odd files; calamine then says what is wrong
        return {}
    wanted = {i for i, xf in enumerate(book.xf_list) if not xf.is_style and _has_percent(book, xf.format_key)}
    indented = {i: xf.alignment.indent_level for i, xf in enumerate(book.xf_list) if not xf.is_style}
    indented = {i: level for i, level in indented.items() if level}
    if not wanted and not indented:
        return {}
    found = {}
    for name in book.sheet_names():
        try:
            sheet = book.sheet_by_name(name)
        except Exception:  # noqa: S112  as above: no formats for a sheet that xlrd can't parse
            continue
        percent: set[tuple[int, int]] = set()
        indents: dict[tuple[int, int], int] = {}
        for r in range(sheet.nrows):
            for c, (kind, xf) in enumerate(zip(sheet.row_types(r), sheet._cell_xf_indexes[r], strict=False)):
                if kind == xlrd.XL_CELL_NUMBER and xf in wanted:
                    percent.add((r, c))
                elif kind == xlrd.XL_CELL_TEXT and xf in indented:
                    indents[r, c] = indented[xf]
        found[name] = CellFormats(frozenset(percent), indents)
    return found


_BOF, _EOF, _FILEPASS, _XF, _FORMAT = 0x0809, 0x000A, 0x002F, 0x00E0, 0x041E
_BIFF8 = 0x0600


def _xls_needs_formats(data: bytes) -> bool:
    """Whether a style of the workbook has a percent format or indent, by a walk over the records at its head.

    True also where that can't be told; xlrd, which takes as long for styles as calamine for all cells, decides then.
    """
    try:
        from xlrd.compdoc import CompDoc

        container = CompDoc(data, logfile=io.StringIO())
        stream, at, _ = container.locate_named_stream("Workbook")
        if stream is None or struct.unpack_from("<HHH", stream, at)[::2] != (_BOF, _BIFF8):
            return True
        custom: set[int] = set()
        used: set[int] = set()
        while True:
            kind, size = struct.unpack_from("<HH", stream, at)
            at += 4
            if kind == _EOF:
                return bool(used & (custom | PERCENT_BUILTINS))
            if kind == _FILEPASS:
                return False  # what follows is encrypted: the plain bytes come in a second call
            if kind == _FORMAT and b"%" in stream[at + 2 : at + size]:
                custom.add(struct.unpack_from("<H", stream, at)[0])
            elif kind == _XF:
                _, key, flags, _, _, alignment = struct.unpack_from("<HHHBBB", stream, at)
                if not flags & 4:  # a cell's format, not a named style
                    used.add(key)
                    if alignment & 15:
                        return True
            at += size
    except Exception:  # a damaged container or record: any error of struct, of the library
        return True


def _has_percent(book: object, key: int) -> bool:
    if key in PERCENT_BUILTINS:
        return True
    known = book.format_map.get(key)  # type: ignore[attr-defined]
    return known is not None and "%" in known.format_str
