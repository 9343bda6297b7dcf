"""Files as they are: reports become a ``Document``, spreadsheets a ``Workbook``. Nothing is interpreted here."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from etl.collector import collector_paused
from etl.errors import GongbaoError, ReadError
from etl.read.formats import EXTENSIONS, Format, sniff

if TYPE_CHECKING:
    from etl.model import Document, Workbook

__all__ = ["Format", "read", "sniff"]

CELL_BYTES = 8
"""Of a file, packed or not, for each cell or word in it, very roughly."""


def read(path: Path) -> Document | Workbook:
    """The content of ``path`` by what its bytes are; a wrong extension only adds a warning.

    Raises one of the ReadErrors of etl.errors, never anything of a library, for a file that can't be read.
    """
    form = sniff(path)
    try:
        with collector_paused(path.stat().st_size // CELL_BYTES):
            content = _reader_of(path, form)
    except (GongbaoError, MemoryError):
        raise
    except Exception as error:  # whatever a library throws at a damaged file: one bad file never stops the others
        raise ReadError(
            str(path),
            f"can't be read as {form.value} ({type(error).__name__}: {str(error)[:200]})",
            next_step="It is probably damaged: fetch it again, or open and save it in its own program.",
        ) from error
    if path.suffix.lower() in EXTENSIONS[form] or not path.suffix:
        return content
    warning = f"扩展名是 {path.suffix}，内容是 {_NAMES.get(form, form.value)}，已按内容读取"
    return replace(content, warnings=(*content.warnings, warning))


_NAMES = {Format.HTML_TABLE: "html 表格", Format.HTML: "html 网页", Format.SPREADSHEET_XML: "Excel 2003 XML"}


def _reader_of(path: Path, form: Format) -> Document | Workbook:
    match form:
        case Format.TXT | Format.MD:
            from etl.read import text

            return text.read(path, form.value)
        case Format.HTML:
            from etl.read import html

            return html.read(path)
        case Format.DOCX:
            from etl.read import docx

            return docx.read(path)
        case Format.PDF:
            from etl.read import pdf

            return pdf.read(path)
        case Format.CSV:
            from etl.read import csv_table

            return csv_table.read(path)
        case Format.HTML_TABLE:
            from etl.read import html_table

            return html_table.read(path)
        case Format.SPREADSHEET_XML:
            from etl.read import spreadsheet_xml

            return spreadsheet_xml.read(path)
        case Format.XLSX | Format.XLS | Format.ODS:
            from etl.read import excel

            return excel.read(path, form.value)
