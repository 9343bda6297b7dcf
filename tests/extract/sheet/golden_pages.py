"""Sheets written cell by cell together with what a reader must find in them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from etl.model import Cell

Printed = int | float | str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the long table that a sheet stands for."""

    sheet: str
    cell: str
    region: str | None
    indicator: str
    """Words that the label must hold, from the outside in, joined with a bar."""
    period: str | None
    value: Decimal
    unit: str | None


@dataclass(slots=True)
class Page:
    """A sheet under construction; rows and columns count from 0."""

    name: str
    cells: dict[tuple[int, int], Printed] = field(default_factory=dict)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    percents: set[tuple[int, int]] = field(default_factory=set)
    indents: dict[tuple[int, int], int] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)

    def put(self, row: int, col: int, *values: Printed) -> None:
        """Values side by side; None leaves a cell empty."""
        for n, value in enumerate(values):
            if value is not None:
                self.cells[row, col + n] = value

    def merged(self, row: int, col: int, value: str, *, rows: int = 1, cols: int = 1) -> None:
        self.put(row, col, value)
        if rows * cols > 1:
            self.merges.append((row, col, row + rows - 1, col + cols - 1))

    def fact(
        self,
        row: int,
        col: int,
        printed: int | float | str,
        indicator: str,
        *,
        region: str | None,
        period: str | None,
        unit: str | None,
        scale: int = 0,
    ) -> None:
        """A figure that must be found, ``scale`` being the power of ten of its unit's multiplier."""
        self.put(row, col, printed)
        clean = str(printed).translate({ord(c): None for c in ", \u3000\u00a0%"})
        value = Decimal(clean).scaleb(scale)
        self.facts.append(Fact(self.name, Cell(row, col, None, "").address, region, indicator, period, value, unit))

    def percent(self, row: int, col: int, shown: str, indicator: str, *, region: str | None, period: str) -> None:
        """A cell that stores a fraction and shows a percentage."""
        self.put(row, col, float(Decimal(shown) / 100))
        self.percents.add((row, col))
        address = Cell(row, col, None, "").address
        self.facts.append(Fact(self.name, address, region, indicator, period, Decimal(shown), "%"))

    def rows(self) -> list[list[Printed]]:
        height = max(r for r, _ in self.cells) + 1
        width = max(c for _, c in self.cells) + 1
        return [[self.cells.get((r, c)) for c in range(width)] for r in range(height)]


Writer = Callable[[Sequence[Page], Path], None]


def write_xlsx(pages: Sequence[Page], path: Path) -> None:
    import openpyxl
    from openpyxl.styles import Alignment

    book = openpyxl.Workbook()
    assert book.active is not None
    book.remove(book.active)
    for page in pages:
        sheet = book.create_sheet(page.name)
        for (r, c), value in page.cells.items():
            cell = sheet.cell(r + 1, c + 1, value)
            if (r, c) in page.percents:
                cell.number_format = "0.00%"
            if (r, c) in page.indents:
                cell.alignment = Alignment(indent=page.indents[r, c])
        for r, c, last_r, last_c in page.merges:
            sheet.merge_cells(start_row=r + 1, start_column=c + 1, end_row=last_r + 1, end_column=last_c + 1)
    book.save(path)


def write_xls(pages: Sequence[Page], path: Path) -> None:
    import xlwt

    book = xlwt.Workbook()
    percent = xlwt.easyxf(num_format_str="0.00%")
    plain = xlwt.easyxf()
    for page in pages:
        sheet = book.add_sheet(page.name)
        covered = {(r, c): (r, c, r2, c2) for r, c, r2, c2 in page.merges}
        for (r, c), value in page.cells.items():
            if (r, c) in covered:
                _, _, last_r, last_c = covered[r, c]
                sheet.write_merge(r, last_r, c, last_c, value)
            else:
                sheet.write(r, c, value, percent if (r, c) in page.percents else plain)
    book.save(str(path))


def write_ods(pages: Sequence[Page], path: Path) -> None:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import CoveredTableCell, Table, TableCell, TableRow
    from odf.text import P

    book = OpenDocumentSpreadsheet()
    for page in pages:
        table = Table(name=page.name)
        spans = {(r, c): (r2 - r + 1, c2 - c + 1) for r, c, r2, c2 in page.merges}
        covered = {
            (r, c)
            for first_r, first_c, last_r, last_c in page.merges
            for r in range(first_r, last_r + 1)
            for c in range(first_c, last_c + 1)
        } - set(spans)
        for r, values in enumerate(page.rows()):
            row = TableRow()
            for c, value in enumerate(values):
                if (r, c) in covered:
                    row.addElement(CoveredTableCell())
                    continue
                kind = {"valuetype": "float", "value": value} if isinstance(value, int | float) else {}
                if (r, c) in spans:
                    height, width = spans[r, c]
                    kind |= {"numberrowsspanned": height, "numbercolumnsspanned": width}
                cell = TableCell(**kind)
                if value is not None:
                    cell.addElement(P(text=str(value)))
                row.addElement(cell)
            table.addElement(row)
        book.spreadsheet.addElement(table)
    book.save(str(path))


def write_csv(pages: Sequence[Page], path: Path) -> None:
    with path.open("w", encoding="gb18030", newline="") as out:
        for row in pages[0].rows():
            filled = [v for v in row if v is not None]
            # lines of text end where their text ends, as data bases export them
            csv.writer(out).writerow(row if len(filled) > 1 else filled)
