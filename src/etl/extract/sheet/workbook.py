"""All tables of a workbook: every numeric cell becomes one figure, or is ignored with a reason.

A saved layout enters where a table has just been told apart (``_settled``); tables that no longer fit hold back the
whole file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from etl.collector import collector_paused
from etl.errors import LayoutError
from etl.extract.sheet.benchmarks import benchmark_flags, settle_edition
from etl.extract.sheet.blocks import Band, Block, Row, bands, find_blocks
from etl.extract.sheet.checks import check_sums, confirm_zones
from etl.extract.sheet.context import Context, Names
from etl.extract.sheet.figures import table_figures
from etl.extract.sheet.flags import lost_points, table_flags, watermarks, wrong_tables
from etl.extract.sheet.grid import Grid, Item, load_grid
from etl.extract.sheet.implied_units import settle_counts, settle_growth
from etl.extract.sheet.label_variants import settle_labels
from etl.extract.sheet.layout_files import SavedTable
from etl.extract.sheet.layout_fit import Fit, correct_figures, corrected, fit, misfit
from etl.extract.sheet.missing import missing_cells
from etl.extract.sheet.part_units import end_divisions, settle_parts
from etl.extract.sheet.percentages import settle_percentages
from etl.extract.sheet.tables import Table, build_table
from etl.model import CellRef, Extraction, Flag, Ignored, ManifestEntry, MissingCells, RawFigure, Relation, Workbook


@dataclass(slots=True)
class ReadSheet:
    """One sheet: its grid and its tables with the bands they stand in."""

    grid: Grid
    tables: list[tuple[Band, Table]] = field(default_factory=list)
    fits: list[Fit | None] = field(default_factory=list)
    """How each table stands to the saved layouts; None where there are none."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """A workbook with all that was found in it."""

    sheets: tuple[ReadSheet, ...]
    extraction: Extraction
    misfits: tuple[str, ...]
    """Tables that no longer fit their saved layout, in Chinese: nothing of the workbook may be loaded."""


def extract_workbook(
    workbook: Workbook,
    file_name: str,
    manifest: ManifestEntry | None = None,
    layouts: Sequence[SavedTable] = (),
) -> Extraction:
    """The figures of a workbook named ``file_name`` (its name can tell region and period).

    Raises LayoutError with the differences when a table of it no longer fits the layout saved for it.
    """
    found = inspect_workbook(workbook, file_name, manifest, layouts)
    if found.misfits:
        raise LayoutError(
            file_name,
            "；".join(found.misfits),
            next_step="Nothing of it is loaded. See `etl sheet explain`, then correct the layout or save it again "
            "with `etl sheet save`, and read the file again with `etl backfill`.",
        )
    return found.extraction


def inspect_workbook(
    workbook: Workbook,
    file_name: str,
    manifest: ManifestEntry | None = None,
    layouts: Sequence[SavedTable] = (),
    *,
    shapes: bool = False,
) -> Inspected:
    """As ``extract_workbook``, with the grids and tables; tables that misfit are read as inferred. With ``shapes``
    each table comes with its layout though none is saved."""
    with collector_paused(sum(len(sheet.cells) for sheet in workbook.sheets)):
        sheets = _read_sheets(workbook, file_name, manifest, layouts, shapes=shapes)
        misfits = [
            problem
            for sheet in sheets
            for (_, table), found in zip(sheet.tables, sheet.fits, strict=True)
            if found is not None and (problem := misfit(table, found)) is not None
        ]
        return Inspected(tuple(sheets), _extract(sheets, file_name), tuple(misfits))


def _extract(sheets: Sequence[ReadSheet], file_name: str) -> Extraction:
    figures: list[RawFigure] = []
    ignored: list[Ignored] = []
    relations: list[Relation] = []
    missing: list[MissingCells] = []
    tables = [table for sheet in sheets for _, table in sheet.tables]
    flags: list[Flag] = settle_labels(tables)
    for sheet in sheets:
        taken = _Taken()
        for (band, table), known in zip(sheet.tables, sheet.fits, strict=True):
            read = table_figures(table)
            placed, repaired = read.placed, read.repaired
            ignored.extend(read.ignored)
            taken.claim(table)
            if known is not None and known.saved is not None and known.applies:
                placed, out = correct_figures(table, known.saved, file_name, placed)
                ignored.extend(out)
                repaired = [p for p in placed if p.number.repairs]
            missing.extend(missing_cells(table))
            lost = list(lost_points(table, placed))
            checked = check_sums(table, placed, frozenset(f.place for f in lost))
            figures.extend(p.figure for p in confirm_zones(placed, checked))
            _ignore_around(table, band, ignored, taken)
            relations.extend(checked.relations)
            flags.extend((*table_flags(table, placed, repaired), *benchmark_flags(table), *lost, *checked.flags))
        flags.extend(watermarks(sheet.grid))
        ignored.extend(_left_over(sheet.grid, taken))
    flags.extend(wrong_tables(tables))
    return Extraction(tuple(figures), tuple(ignored), tuple(relations), tuple(flags), tuple(missing))


def _read_sheets(
    workbook: Workbook,
    file_name: str,
    manifest: ManifestEntry | None,
    layouts: Sequence[SavedTable],
    *,
    shapes: bool = False,
) -> list[ReadSheet]:
    """Grid and tables of each sheet. Context runs on: a continued table takes it from the one before it."""
    before: Context | None = None
    loose: list[str] = []
    sheets: list[ReadSheet] = []
    for sheet in workbook.sheets:
        read = ReadSheet(load_grid(sheet))
        names = Names(file_name, sheet.name, manifest)
        for band in bands(read.grid):
            blocks, rest = find_blocks(band)
            if not blocks and workbook.format == "html":
                loose.extend(i.text for r in rest for i in band.rows[r].values() if i.kind == "text")
            for block in blocks:
                build = partial(build_table, read.grid, cells=band.rows, names=names, before=before, above=tuple(loose))
                loose = []
                table = build(block=block)
                known = None
                if table is not None and (layouts or shapes):
                    table, known = _settled(table, layouts, names, read.grid, band, build)
                if table is not None:
                    settle_parts(table)
                    end_divisions(table)
                    settle_percentages(table)
                    settle_counts(table)
                    settle_parts(table)  # of wholes that have their unit only now
                    settle_growth(table)
                    settle_edition(table, names)
                    before = table.context
                    read.tables.append((band, table))
                    read.fits.append(known)
        sheets.append(read)
    return sheets


def _settled(
    table: Table,
    layouts: Sequence[SavedTable],
    names: Names,
    grid: Grid,
    band: Band,
    build: Callable[..., Table | None],
) -> tuple[Table, Fit]:
    """The table as its saved layout has it, where there is one."""
    known = fit(table, layouts, names.file)
    if known.saved is None or not known.applies:
        return table, known
    changed = corrected(table, known.saved, names.file, grid, band.rows, lambda block: build(block=block))
    if changed is None:
        return table, replace(known, differences=("按更正后的行，不成其为表",))
    return changed, known


class _Taken:
    """The cells of a sheet that its tables account for: whole rows of data, and single cells around them."""

    def __init__(self) -> None:
        self._rows: dict[int, list[Row]] = {}
        self._cells: set[tuple[int, int]] = set()

    def claim(self, table: Table) -> None:
        """Every number in the data rows of the table has become a figure or an ignored entry."""
        for row in table.rows:
            self._rows.setdefault(row.row, []).append(table.cells[row.row])

    def take(self, row: int, col: int) -> bool:
        """Whether the cell was still free; it is not any more."""
        if (row, col) in self._cells or any(col in claimed for claimed in self._rows.get(row, ())):
            return False
        self._cells.add((row, col))
        return True

    def free(self, r: int, row: Row) -> Iterator[Item]:
        """The numbers of a row that nothing has claimed."""
        claims = self._rows.get(r, ())
        if any(claimed is row for claimed in claims):
            return
        for col, item in row.items():
            if item.kind == "number" and (r, col) not in self._cells and not any(col in c for c in claims):
                yield item


def _ignore_around(table: Table, band: Band, ignored: list[Ignored], taken: _Taken) -> None:
    """Numbers in the header, preamble and notes of a table."""
    block: Block = table.block
    for rows, reason in (
        (block.header, "header"), (block.preamble, "header"), (block.metadata, "header"), (block.notes, "note"),
    ):  # fmt: skip
        for r in rows:
            for col, item in band.rows[r].items():
                if item.kind == "number" and taken.take(r, col):
                    ignored.append(Ignored(CellRef(block.sheet, item.cell.address), item.text, reason))


def _left_over(grid: Grid, taken: _Taken) -> list[Ignored]:
    """Numbers that belong to no table."""
    return [
        Ignored(CellRef(grid.name, item.cell.address), item.text, "not_a_table")
        for r, row in grid.rows.items()
        for item in taken.free(r, row)
    ]
