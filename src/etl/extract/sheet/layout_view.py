"""A workbook as it was understood, cell by cell and table by table, for showing to people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from etl.extract.confidence import ENOUGH
from etl.extract.sheet.grid import Item
from etl.extract.sheet.layout_fit import Fit
from etl.extract.sheet.places import is_total
from etl.extract.sheet.tables import Table
from etl.extract.sheet.wording import unit_line
from etl.extract.sheet.workbook import Inspected, ReadSheet
from etl.model import CellRef, Ignored, RawFigure, column_letters

Role = Literal["T", "U", "K", "H", "S", "D", "A", "M", "X", "N", "O"]
"""Letters stand for roles everywhere: title, unit line, key and value, header, stub, data, total (aggregate), missing,
ignored number, note, other text."""

DATA_ROLES: frozenset[Role] = frozenset({"D", "A"})
HEAD_ROWS, TAIL_ROWS, NOTE_ROWS, LOOSE_ROWS = 6, 2, 4, 6
"""Of each table: first and last rows of data and first notes that a short view shows; rows outside of tables."""


@dataclass(frozen=True, slots=True)
class CellView:
    """One cell that is not blank."""

    row: int
    col: int
    role: Role
    text: str
    reason: str = ""
    """Code of ignore_reasons.csv, for a number that is no figure."""
    figure: RawFigure | None = None


@dataclass(frozen=True, slots=True)
class Stands:
    """Where one of region, indicator, period, unit stands, and what is there."""

    where: str
    """``rows``, ``columns``, both joined with ``and``, a basis (``title``, ``sheet``, ``file`` …), or ``nowhere``."""
    what: str


@dataclass(frozen=True, slots=True)
class TableView:
    """One table in words. Rows and columns as Excel shows them."""

    number: int
    rows: tuple[int, int]
    columns: tuple[str, str]
    region: Stands
    indicator: Stands
    period: Stands
    unit: Stands
    confidence: float
    reasons: tuple[str, ...]
    figures: int
    saved: str | None
    """The saved layout that applies, or that it no longer fits."""
    differences: tuple[str, ...]

    @property
    def is_sure(self) -> bool:
        return self.confidence >= ENOUGH


@dataclass(frozen=True, slots=True)
class SheetView:
    name: str
    tables: tuple[TableView, ...]
    cells: Mapping[int, Mapping[int, CellView]]
    """By row and column, 0-based."""
    brief_rows: tuple[int, ...]
    """The rows that a short view shows."""

    @property
    def columns(self) -> list[int]:
        return sorted({col for row in self.cells.values() for col in row})


def view_sheets(found: Inspected) -> Iterator[SheetView]:
    """Each sheet of an inspected workbook."""
    figures: dict[object, RawFigure] = {f.place: f for f in found.extraction.figures}
    ignored: dict[object, Ignored] = {i.place: i for i in found.extraction.ignored}
    for read in found.sheets:
        roles = _roles(read)
        cells = {
            r: {c: _cell(read.grid.name, item, roles.get((r, c)), figures, ignored) for c, item in row.items()}
            for r, row in read.grid.rows.items()
        }
        counts = [_figures_in(table, cells) for _, table in read.tables]
        tables = tuple(
            _table(n, table, known, figures=count)
            for n, ((_, table), known, count) in enumerate(zip(read.tables, read.fits, counts, strict=True), start=1)
        )
        yield SheetView(read.grid.name, tables, cells, tuple(_brief(read)))


def _figures_in(table: Table, cells: Mapping[int, Mapping[int, CellView]]) -> int:
    inside = set(table.block.columns)
    return sum(v.figure is not None and c in inside for r in table.block.data for c, v in cells[r].items())


# ---------------------------------------------------------------- cells


def _cell(
    sheet: str, item: Item, role: Role | None, figures: Mapping[object, RawFigure], ignored: Mapping[object, Ignored]
) -> CellView:
    place = CellRef(sheet, item.cell.address)
    figure, out = figures.get(place), ignored.get(place)
    reason = out.reason if out else ""
    if role is None:
        role = "X" if out else "O"
    elif role in DATA_ROLES and figure is None:
        role = "M" if item.kind == "marker" else "X" if out else "O"
    return CellView(item.row, item.col, role, item.text, reason, figure)


def _roles(read: ReadSheet) -> dict[tuple[int, int], Role]:
    """The role of each cell that a table claims."""
    roles: dict[tuple[int, int], Role] = {}
    for band, table in read.tables:
        block = table.block
        for r in block.preamble:
            for c, item in band.rows[r].items():
                roles[r, c] = "U" if item.kind == "text" and unit_line(item.text) else "T"
        for rows, role in ((block.metadata, "K"), (block.header, "H"), (block.notes, "N")):
            for r in rows:
                for c in band.rows[r]:
                    roles[r, c] = role  # type: ignore[assignment]
        stub, values = {s.col for s in table.stub}, set(table.values)
        total_columns = {c for c in values if _is_sum(table.header.columns[c].path)}
        sections = {row.row for row in table.rows if row.empty}
        total_rows = {row.row for row in table.rows if _is_sum(row.regions or row.path)}
        for r in block.data:
            for c in band.rows[r]:
                if c in stub or r in sections:
                    roles[r, c] = "S"
                elif c in values:
                    roles[r, c] = "A" if r in total_rows or c in total_columns else "D"
    return roles


def _is_sum(labels: tuple[str, ...]) -> bool:
    return bool(labels) and is_total(labels[-1])


def _brief(read: ReadSheet) -> list[int]:
    shown: set[int] = set()
    claimed: set[int] = set()
    for _, table in read.tables:
        b = table.block
        claimed.update((*b.preamble, *b.metadata, *b.header, *b.data, *b.notes))
        shown.update((*b.preamble, *b.metadata, *b.header, *b.notes[:NOTE_ROWS]))
        shown.update((*b.data[:HEAD_ROWS], *b.data[-TAIL_ROWS:]))
    shown.update([r for r in read.grid.rows if r not in claimed][:LOOSE_ROWS])
    return sorted(shown)


# ---------------------------------------------------------------- tables


def _table(number: int, table: Table, known: Fit | None, *, figures: int) -> TableView:
    block = table.block
    rows = (*block.preamble, *block.metadata, *block.header, *block.data, *block.notes)
    return TableView(
        number=number,
        rows=(min(rows) + 1, max(rows) + 1),
        columns=(column_letters(min(block.columns)), column_letters(max(block.columns))),
        region=_region(table),
        indicator=_indicator(table),
        period=_period(table),
        unit=_unit(table),
        confidence=table.confidence,
        reasons=tuple(table.steps),
        figures=figures,
        saved=known.saved.name if known and known.saved else None,
        differences=known.differences if known else (),
    )


def _some(names: list[str]) -> str:
    distinct = list(dict.fromkeys(" ".join(n.split()) for n in names if n.strip()))
    more = f" … ({len(distinct)})" if len(distinct) > 4 else ""
    return ", ".join(n[:24] for n in distinct[:4]) + more


def _region(table: Table) -> Stands:
    speaker = table.context.speaker
    around = f"{speaker.name} {speaker.code}" if speaker else ""
    if table.regions_in:
        inside = f" / {around}" if around else ""
        return Stands(table.regions_in, _some(table.place_labels()) + inside)
    return Stands(speaker.basis if speaker else "nowhere", around)


def _indicator(table: Table) -> Stands:
    columns = [] if table.regions_in == "columns" else ["|".join(c.path) for c in table.header.columns.values()]
    in_columns = [c for c in columns if c]
    in_rows = ["|".join(row.path) for row in table.rows if row.path]
    if in_rows or in_columns:
        where = "rows and columns" if in_rows and in_columns else "rows" if in_rows else "columns"
        return Stands(where, _some([*in_columns, *in_rows]))
    context = table.context
    return Stands("title" if context.titles else "sheet", context.subject or context.fallback)


def _period(table: Table) -> Stands:
    context = table.context
    found = [p for row in table.rows if (p := row.period)]
    found += [p for c in table.header.columns.values() if (p := c.period)]
    if table.periods_in:
        return Stands(table.periods_in, _some(found))
    if table.column_years:
        return Stands("columns", _some(list(table.column_years.values())))
    return Stands(context.period_basis or "nowhere", context.period or "")


def _unit(table: Table) -> Stands:
    in_rows = [row.unit.printed for row in table.rows if row.unit]
    in_columns = [c.unit.printed for c in table.header.columns.values() if c.unit]
    around = [u.printed for u in table.context.units]
    where = [w for w, units in (("rows", in_rows), ("columns", in_columns), ("title", around)) if units]
    return Stands(" and ".join(where) or "nowhere", _some([*around, *in_columns, *in_rows]))
