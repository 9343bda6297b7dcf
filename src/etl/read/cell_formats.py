"""What cell styles show beyond plain values: percent signs, digits after the point, parts of dates, indentation.

Read from the parts of the workbook themselves, only when a style shows any of this: libraries that read formats take
longer than all the rest of reading.
"""

from __future__ import annotations

import functools
import io
import re
import struct
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from etl.read import limits
from etl.read.number_formats import BUILTIN, PLAIN, Shown, shown_by

MOST = 255
"""Different styles of a workbook that are told apart: one byte each."""
MOST_PLACES = 100_000_000
"""Places of all rows of a workbook together, each up to its last style that shows something: one byte each. A style far
right in each of a million rows, empty cells for the most part, would take 16 GB."""


TOO_MANY_PLACES = "单元格格式铺得过开，未读取，百分比格式可能丢失"


class _TooManyPlacesError(Exception):
    """Styles are spread over more places than ``MOST_PLACES``."""


@dataclass(frozen=True, slots=True)
class CellFormats:
    """The styles of one sheet."""

    rows: Mapping[int, Sequence[int]] = field(default_factory=dict)
    """By row, for each column the number of its style; 0 and what is left out: nothing to tell."""
    styles: Sequence[Shown] = (PLAIN,)


class _Placing:
    """Collects the styles of the cells of a workbook, a sheet at a time; ``wanted`` are those that show something."""

    def __init__(self, wanted: Mapping[Any, int]) -> None:
        self.wanted = wanted
        self.rows: dict[int, bytearray] = {}
        self._left = MOST_PLACES

    def begin_sheet(self) -> None:
        self.rows = {}

    def put(self, row: int, col: int, style: object) -> None:
        number = self.wanted.get(style)
        if number is None:
            return
        numbers = self.rows.get(row)
        if numbers is None:
            numbers = self.rows[row] = bytearray()
        missing = col + 1 - len(numbers)
        if missing > 0:
            self._left -= missing
            if self._left < 0:
                raise _TooManyPlacesError
            numbers.extend(bytes(missing))
        numbers[col] = number


def _numbered(shown: Sequence[Shown]) -> tuple[dict[int, int], tuple[Shown, ...]]:
    """(number of each style that shows something, the styles by number)."""
    numbers: dict[Shown, int] = {PLAIN: 0}
    wanted = {}
    for n, style in enumerate(shown):
        if style != PLAIN and (style in numbers or len(numbers) <= MOST):
            wanted[n] = numbers.setdefault(style, len(numbers))
    return wanted, tuple(numbers)


# ---------------------------------------------------------------- xlsx

_CELL = re.compile(
    rb'<(?:\w+:)?c\s(?:r="([A-Z]{1,3})(\d{1,7})"\s+s="(\d+)"'
    rb'|(?=[^>]*?\br="([A-Z]{1,3})(\d{1,7})")[^>]*?\bs="(\d+)")'
)  # fmt: skip
"""Place and style of a cell; the second half for writers that order attributes otherwise."""


def xlsx_formats(archive: zipfile.ZipFile) -> tuple[dict[str, CellFormats], tuple[str, ...]]:
    """Formats by sheet name, and in Chinese what was damaged. Empty when no style shows more than plain values."""
    try:
        styles = archive.read("xl/styles.xml")
    except (KeyError, zipfile.BadZipFile, OSError, EOFError):
        return {}, ()
    try:
        wanted, by_number = _numbered(_xlsx_styles(styles))
        if not wanted:
            return {}, ()
        placing = _Placing({str(n).encode(): number for n, number in wanted.items()})
        return {name: CellFormats(_xlsx_cells(archive, part, placing), by_number) for name, part in _parts(archive)}, ()
    except _TooManyPlacesError:
        return {}, (TOO_MANY_PLACES,)
    except Exception as error:  # lxml, zipfile and struct raise many things on damaged parts
        return {}, (f"单元格格式无法读取（{type(error).__name__}），百分比格式可能丢失",)


def _xml(data: bytes) -> Any:
    from lxml import etree

    return etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _xlsx_styles(data: bytes) -> list[Shown]:
    root = _xml(data)
    codes = dict(BUILTIN)
    codes.update({int(f.get("numFmtId")): f.get("formatCode") or "" for f in root.iterfind(".//{*}numFmts/{*}numFmt")})
    found = []
    for xf in root.iterfind("{*}cellXfs/{*}xf"):
        alignment = xf.find("{*}alignment")
        indent = int(alignment.get("indent") or 0) if alignment is not None else 0
        found.append(shown_by(codes.get(int(xf.get("numFmtId") or 0), ""), indent))
    return found


_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_RELATION = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """(name, part of the archive) of each sheet."""
    targets = {r.get("Id"): r.get("Target") or "" for r in _xml(archive.read("xl/_rels/workbook.xml.rels"))}
    for sheet in _xml(archive.read("xl/workbook.xml")).iterfind("{*}sheets/{*}sheet"):
        target = targets.get(sheet.get(_RELATION) or sheet.get(_STRICT_RELATION), "")
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if "worksheets/" in part:
            yield sheet.get("name") or "", part


def _xlsx_cells(archive: zipfile.ZipFile, part: str, placing: _Placing) -> dict[int, bytearray]:
    placing.begin_sheet()
    wanted = placing.wanted
    if archive.getinfo(part).file_size <= limits.LIMITS.zip_member_bytes:
        for letters, row, style, *otherwise in _CELL.findall(archive.read(part)):
            if not letters:
                letters, row, style = otherwise
            if style in wanted:
                placing.put(int(row) - 1, _column(letters), style)
    return placing.rows


@functools.lru_cache(maxsize=20_000)
def _column(letters: bytes) -> int:
    n = 0
    for letter in letters:
        n = n * 26 + letter - 64
    return n - 1


# ---------------------------------------------------------------- xls

_BOF, _EOF, _FILEPASS, _XF, _FORMAT, _BOUNDSHEET = 0x0809, 0x000A, 0x002F, 0x00E0, 0x041E, 0x0085
_MULRK = 0x00BD
_CELLS = frozenset({0x0203, 0x027E, 0x0006, 0x0206, 0x0406, 0x00FD, 0x0204, 0x00D6})
"""Records of one cell: NUMBER, RK, FORMULA, LABELSST, LABEL, RSTRING. They open with row, column and style."""
_BIFF5, _BIFF8 = 0x0500, 0x0600


def xls_formats(data: bytes) -> tuple[dict[str, CellFormats], tuple[str, ...]]:
    """Formats of a BIFF workbook by sheet name, and in Chinese what was left out. Empty when no style shows more than
    plain values.

    Sheets are only walked when the styles, at the head of the file, make it necessary.
    """
    try:
        return _xls_formats(data), ()
    except _TooManyPlacesError:
        return {}, (TOO_MANY_PLACES,)
    except Exception:  # a damaged container or record: any error of struct, of the library; calamine says what is wrong
        return {}, ()


def _xls_formats(data: bytes) -> dict[str, CellFormats]:
    from xlrd.compdoc import CompDoc

    container = CompDoc(data, logfile=io.StringIO())
    for name in ("Workbook", "Book"):
        stream, start, length = container.locate_named_stream(name)
        if stream is not None:
            break
    else:
        return {}
    kind, _, version = struct.unpack_from("<HHH", stream, start)
    if kind != _BOF or version not in (_BIFF5, _BIFF8):
        return {}
    codes = dict(BUILTIN)
    keys: list[tuple[int, int]] = []
    sheets: list[tuple[str, int]] = []
    for kind, at, size in _records(stream, start, start + length):
        if kind == _FILEPASS:
            return {}  # what follows is encrypted: the plain bytes come in a second call
        if kind == _FORMAT:
            codes[struct.unpack_from("<H", stream, at)[0]] = _text(stream[at + 2 : at + size], version, wide=2)
        elif kind == _XF:
            indent = stream[at + 8] & 15 if version == _BIFF8 else 0
            keys.append((struct.unpack_from("<H", stream, at + 2)[0], indent))
        elif kind == _BOUNDSHEET:
            name = _text(stream[at + 6 : at + size], version, wide=1)
            sheets.append((name, start + struct.unpack_from("<I", stream, at)[0]))
    wanted, by_number = _numbered([shown_by(codes.get(key, ""), indent) for key, indent in keys])
    if not wanted:
        return {}
    placing = _Placing(wanted)
    return {name: CellFormats(_xls_cells(stream, at, start + length, placing), by_number) for name, at in sheets}


def _text(raw: bytes, version: int, *, wide: int) -> str:
    """A string of BIFF behind its length, which takes two bytes in the formats of BIFF8."""
    if version != _BIFF8:
        return raw[1:].decode("gb18030", "replace")
    return raw[wide + 1 :].decode("utf-16-le" if raw[wide] & 1 else "latin-1", "replace")


def _records(stream: bytes, at: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(kind, place, size) of the records from a BOF to its EOF; those of charts inside are passed over."""
    depth = 0
    unpack = struct.Struct("<HH").unpack_from
    while at + 4 <= end:
        kind, size = unpack(stream, at)
        at += 4
        if kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, at, size
        at += size


def _xls_cells(stream: bytes, at: int, end: int, placing: _Placing) -> dict[int, bytearray]:
    """The styles of the cells of one sheet. A large one has a record for each of its cells: one call a record."""
    placing.begin_sheet()
    wanted = placing.wanted
    unpack = struct.Struct("<HHHHH").unpack_from
    depth = 0
    while at + 10 <= end:
        kind, size, row, col, style = unpack(stream, at)
        at += 4
        if kind in _CELLS:
            if style in wanted and depth == 1:
                placing.put(row, col, style)
        elif kind == _MULRK:
            if depth == 1:
                for n in range((size - 6) // 6):
                    placing.put(row, col + n, struct.unpack_from("<H", stream, at + 4 + 6 * n)[0])
        elif kind == _BOF:
            depth += 1
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                break
        at += size
    return placing.rows


__all__ = ["CellFormats", "xls_formats", "xlsx_formats"]
