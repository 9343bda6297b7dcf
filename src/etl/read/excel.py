"""Excel and OpenDocument workbooks: values by calamine, shown as their number formats do.

Workbooks "encrypted" with Excel's own default password (a protected structure, nothing secret) are opened;
any other password raises EncryptedFileError.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from math import isfinite
from pathlib import Path

from etl.errors import EncryptedFileError, LimitError, ReadError, TruncatedFileError
from etl.model import Cell, MergedRange, Sheet, Workbook
from etl.read import limits
from etl.read.cell_formats import CellFormats, xls_formats, xlsx_formats
from etl.read.cell_values import LARGE, check_cells, check_grid, digits_of, padded, typed_cell
from etl.read.number_formats import PLAIN

READER = "excel/2"
DEFAULT_PASSWORD = "VelvetSweatshop"  # noqa: S105  Excel writes it into every such file; it is no secret
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OPEN_AND_SAVE = "Open it in Excel or WPS and save it again."


def read(path: Path, format: str | None = None) -> Workbook:
    """The workbook at ``path``; ``format`` is xlsx, xls (also et), ods, or None to tell it from the bytes.

    Raises EncryptedFileError, LimitError, TruncatedFileError or ReadError.
    """
    with path.open("rb") as f:
        head = f.read(8)
    limits.check_size(path, path.stat().st_size)
    if head.startswith(OLE_MAGIC):
        return _read_ole(path)
    if head.startswith(b"PK"):
        names = limits.check_zip(path)
        if format == "ods" or "content.xml" in names:
            from etl.read import ods

            return ods.read(path)
        data = path.read_bytes()
        return _read_xlsx(data, str(path), ())
    raise ReadError(str(path), "is neither an Excel nor an OpenDocument workbook", next_step=_OPEN_AND_SAVE)


def _read_ole(path: Path) -> Workbook:
    """A BIFF workbook (xls, et), or an OLE container around an encrypted one of either kind."""
    from python_calamine import CalamineError, PasswordError

    data = path.read_bytes()
    try:
        return _read_xls(data, str(path), ())
    except PasswordError:
        pass
    except LimitError:
        raise
    except CalamineError as error:
        if not _is_encrypted(data):
            raise ReadError(str(path), f"can't be opened as xls ({error})", next_step=_OPEN_AND_SAVE) from error
    plain = _decrypted(data, str(path))
    note = ("工作簿以 Excel 默认密码保护，已直接打开",)
    if plain.startswith(b"PK"):
        return _read_xlsx(plain, str(path), note)
    try:
        return _read_xls(plain, str(path), note)
    except CalamineError as error:
        raise ReadError(str(path), f"can't be opened as xls ({error})", next_step=_OPEN_AND_SAVE) from error


def _read_xls(data: bytes, where: str, warnings: tuple[str, ...]) -> Workbook:
    formats, damage = xls_formats(data)
    return _read_with_calamine(data, where, "xls", warnings + damage, formats)


def _is_encrypted(data: bytes) -> bool:
    import msoffcrypto

    try:
        return bool(msoffcrypto.OfficeFile(io.BytesIO(data)).is_encrypted())
    except Exception:  # any parse failure of the library means: no known encryption
        return False


def _decrypted(data: bytes, where: str) -> bytes:
    import msoffcrypto

    plain = io.BytesIO()
    try:
        office = msoffcrypto.OfficeFile(io.BytesIO(data))
        office.load_key(password=DEFAULT_PASSWORD)
        office.decrypt(plain)
    except Exception as error:  # the library raises its own, struct and assertion errors alike on a wrong key
        raise EncryptedFileError(
            where, "is protected by a password", next_step="Save a copy without a password and load that."
        ) from error
    return plain.getvalue()


def _read_xlsx(data: bytes, where: str, warnings: tuple[str, ...]) -> Workbook:
    from python_calamine import CalamineError

    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except zipfile.BadZipFile as error:
        raise TruncatedFileError(where, "is a damaged xlsx archive", next_step="Fetch the file again.") from error
    with archive:
        _check_extent(archive, where)
        formats, damage = xlsx_formats(archive)
    try:
        return _read_with_calamine(data, where, "xlsx", warnings + damage, formats)
    except CalamineError as error:
        raise ReadError(where, f"can't be opened as xlsx ({error})", next_step=_OPEN_AND_SAVE) from error


_ROW = re.compile(rb'<(?:\w+:)?row\b[^>]*?\br="(\d{1,7})"')
_WIDE = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{3})\d')
_THREE_LETTERS = re.compile(rb'"[A-Z]{3}\d')
"""What _WIDE can't do without, and quick to look for."""
_COLUMN = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})\d')


def _check_extent(archive: zipfile.ZipFile, where: str) -> None:
    """Refuse a sheet whose far corner would make calamine lay out a grid of millions of empty cells.

    Only the last row is looked at, and the columns only when rows × 702 (columns of up to two letters) is too much.
    """
    for name in archive.namelist():
        if not (name.startswith("xl/worksheets/") and name.endswith(".xml")):
            continue
        if archive.getinfo(name).file_size > limits.LIMITS.zip_member_bytes:
            raise LimitError(where, f"{name} is too large", next_step="Split the workbook.")
        try:
            xml = archive.read(name)
        except (zipfile.BadZipFile, EOFError, OSError):
            continue  # calamine says what is wrong with it
        rows = max((int(r) for r in _ROW.findall(xml[-200_000:])), default=0)
        if rows > 10_000:
            rows = max(rows, max((int(r) for r in _ROW.findall(xml)), default=0))
        cols = 702
        if rows * 16_384 > 8_000_000 and _THREE_LETTERS.search(xml) and _WIDE.search(xml):
            cols = 16_384
        if rows * cols > 8_000_000:
            cols = max((_column_number(c) for c in set(_COLUMN.findall(xml))), default=1)
        check_grid(where, name, rows, cols)


def _column_number(letters: bytes) -> int:
    n = 0
    for letter in letters:
        n = n * 26 + letter - 64
    return n


def _read_with_calamine(
    data: bytes, where: str, format: str, warnings: tuple[str, ...], formats: Mapping[str, CellFormats]
) -> Workbook:
    try:
        return _workbook(data, where, format, warnings, formats)
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # Rust's panics are no Exception, and their class has no module
            raise
        raise ReadError(where, f"is damaged inside ({error})", next_step=_OPEN_AND_SAVE) from error


def _workbook(
    data: bytes, where: str, format: str, warnings: tuple[str, ...], formats: Mapping[str, CellFormats]
) -> Workbook:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum, WorksheetNotFound, XmlError

    sheets: list[Sheet] = []
    notes = list(warnings)
    broken: list[str] = []
    total = 0
    workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for number, meta in enumerate(workbook.sheets_metadata):
        if meta.typ not in (SheetTypeEnum.WorkSheet, SheetTypeEnum.MacroSheet):
            continue
        try:
            source = workbook.get_sheet_by_index(number)
        except (WorksheetNotFound, XmlError) as error:
            broken.append(f"{meta.name}: {error}")
            notes.append(f"工作表 {meta.name} 无法读取：{error}")
            continue
        check_grid(where, meta.name, source.total_height, source.total_width)
        rows = source.to_python(skip_empty_area=False)
        of_sheet = formats.get(meta.name)
        cells = tuple(_cells(rows, of_sheet) if of_sheet and of_sheet.rows else _plain_cells(rows))
        del rows
        total += len(cells)
        check_cells(where, total)
        merged = tuple(
            MergedRange(first[0], first[1], last[0], last[1]) for first, last in source.merged_cell_ranges or ()
        )
        hidden = meta.visible != SheetVisibleEnum.Visible
        sheets.append(Sheet(meta.name, cells, merged, hidden))
    if broken and not sheets:
        raise ReadError(where, f"has no sheet that can be read ({broken[0]})", next_step=_OPEN_AND_SAVE)
    return Workbook(tuple(sheets), format, READER, warnings=tuple(notes))


def _cells(rows: Sequence[Sequence[object]], formats: CellFormats) -> Iterator[Cell]:
    styles = formats.styles
    for r, values in enumerate(rows):
        numbers = formats.rows.get(r, b"")
        told = len(numbers)
        for c, raw in enumerate(values):
            if raw == "":
                continue
            shown = styles[numbers[c]] if c < told else PLAIN
            if isinstance(raw, float) and isfinite(raw) and not (shown.percent or shown.sign):
                text = str(int(raw)) if raw.is_integer() and -LARGE < raw < LARGE else digits_of(raw)
                if shown.decimals:
                    text = padded(text, shown.decimals)
                yield Cell(r, c, Decimal(text), text, False, shown.indent)
            elif (cell := typed_cell(r, c, raw, shown)) is not None:
                yield cell


def _plain_cells(rows: Sequence[Sequence[object]]) -> Iterator[Cell]:
    """As ``_cells``, of a sheet without formats. Most cells are numbers, up to a million: no call for each of them."""
    for r, values in enumerate(rows):
        for c, raw in enumerate(values):
            if raw == "":
                continue
            if isinstance(raw, float) and isfinite(raw):
                text = str(int(raw)) if raw.is_integer() and -LARGE < raw < LARGE else digits_of(raw)
                yield Cell(r, c, Decimal(text), text)
            elif (cell := typed_cell(r, c, raw)) is not None:
                yield cell
