"""Small workbooks of our own for the tests of the sheet extractor."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from etl.model import Area, Cell, CellValue, Extraction, MergedRange, RawFigure, Sheet, Workbook

Grid = Sequence[Sequence[object]]


def sheet(rows: Grid, name: str = "Sheet1", merged: Sequence[tuple[int, int, int, int]] = ()) -> Sheet:
    """A sheet from rows of values; None and "" are empty cells, int and float become numbers."""
    cells = []
    for r, row in enumerate(rows):
        for c, raw in enumerate(row):
            if raw is None or raw == "":
                continue
            value: CellValue = Decimal(str(raw)) if isinstance(raw, int | float) else raw  # type: ignore[assignment]
            cells.append(Cell(r, c, value, str(raw)))
    return Sheet(name, tuple(cells), tuple(MergedRange(*m) for m in merged))


def book(*sheets: Sheet, format: str = "xlsx") -> Workbook:
    return Workbook(tuple(sheets), format, "test/1")


def by_cell(extraction: Extraction, sheet: str = "Sheet1") -> dict[str, RawFigure]:
    return {f.place.cell: f for f in extraction.figures if getattr(f.place, "sheet", None) == sheet}  # type: ignore[union-attr]


def row_of(figure: RawFigure) -> tuple[str | None, str, str | None, str, str | None]:
    """(region code, label, period, value with multiplier, unit)."""
    value = figure.number.scaleb(figure.multiplier)
    return figure.area.code, figure.label, figure.period.iso, f"{value.normalize():f}", figure.unit


def area_of_cell(extraction: Extraction, cell: str, sheet: str = "Sheet1") -> Area:
    return by_cell(extraction, sheet)[cell].area
