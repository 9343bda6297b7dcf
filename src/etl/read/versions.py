"""The readers of this version: a file read by another one is read again, because offsets may differ."""

from __future__ import annotations

from functools import cache


@cache
def present_readers() -> frozenset[str]:
    """Name and version of every reader."""
    from etl.read import csv_table, docx, excel, html, html_table, ods, pdf, spreadsheet_xml, text

    modules = (csv_table, docx, excel, html, html_table, ods, pdf, spreadsheet_xml, text)
    return frozenset(module.READER for module in modules)
