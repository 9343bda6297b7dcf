"""Find every figure of a document or workbook, with the place it stands in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from etl.model import Document, Extraction, SourceFile, Workbook

if TYPE_CHECKING:
    from etl.extract.sheet.layout_files import SavedTable

REPORT_EXTRACTOR = "report/4"
SHEET_EXTRACTOR = "sheet/4"
"""Raised when what is found changes: files loaded by an older version are read again."""


def extractor_of(content: Document | Workbook) -> str:
    """Name and version of the extractor for this kind of content."""
    return REPORT_EXTRACTOR if isinstance(content, Document) else SHEET_EXTRACTOR


def extract(source: SourceFile, content: Document | Workbook, layouts: Sequence[SavedTable] = ()) -> Extraction:
    """All figures and all ignored numerals of one file; ``layouts`` are the saved ones of sheets.

    Raises LayoutError for a sheet that no longer fits the layout saved for it.
    """
    if isinstance(content, Document):
        from etl.extract.text_tables import extract_text

        return extract_text(content, source.name, source.manifest)
    from etl.extract.sheet import extract_workbook

    return extract_workbook(content, source.name, source.manifest, layouts)
