"""All tables of a workbook: every numeric cell becomes one figure, or is ignored with a reason."""

from __future__ import annotations

from dataclasses import dataclass, field

from etl.collector import collector_paused
from etl.extract.sheet.blocks import Band, Block, bands, find_blocks
from etl.extract.sheet.checks import check_sums, confirm_zones
from etl.extract.sheet.figures import Placed, table_figures
from etl.extract.sheet.flags import lost_points, table_flags, watermarks, wrong_tables
from etl.extract.sheet.grid import Grid, load_grid
from etl.extract.sheet.implied_units import settle_counts
from etl.extract.sheet.label_variants import settle_labels
from etl.extract.sheet.percentages import settle_percentages
from etl.extract.sheet.tables import Context, Names, Table, build_table
from etl.model import CellRef, Extraction, Flag, Ignored, ManifestEntry, RawFigure, Relation, Workbook


@dataclass(slots=True)
class _Read:
    """One sheet: its grid and its tables with the bands they stand in."""

    grid: Grid
    tables: list[tuple[Band, Table]] = field(default_factory=list)


def extract_workbook(workbook: Workbook, file_name: str, manifest: ManifestEntry | None = None) -> Extraction:
    """The figures of a workbook named ``file_name`` (its name can tell region and period)."""
    with collector_paused(sum(len(sheet.cells) for sheet in workbook.sheets)):
        return _extract(workbook, file_name, manifest)


def _extract(workbook: Workbook, file_name: str, manifest: ManifestEntry | None) -> Extraction:
    figures: list[RawFigure] = []
    ignored: list[Ignored] = []
    relations: list[Relation] = []
    sheets = _read_sheets(workbook, file_name, manifest)
    tables = [table for sheet in sheets for _, table in sheet.tables]
    flags: list[Flag] = settle_labels(tables)
    for sheet in sheets:
        taken: set[tuple[int, int]] = set()
        for band, table in sheet.tables:
            placed: list[Placed] = []
            for found in table_figures(table):
                if isinstance(found, Placed):
                    placed.append(found)
                    taken.add((found.row, found.col))
                else:
                    ignored.append(found)
                    taken.add(_row_col(found.place))
            lost = list(lost_points(table, placed))
            checked = check_sums(table, placed, frozenset(f.place for f in lost))
            figures.extend(p.figure for p in confirm_zones(placed, checked))
            _ignore_around(table, band, ignored, taken)
            relations.extend(checked.relations)
            flags.extend((*table_flags(table, placed), *lost, *checked.flags))
        flags.extend(watermarks(sheet.grid))
        ignored.extend(_left_over(sheet.grid, taken))
    flags.extend(wrong_tables(tables))
    return Extraction(tuple(figures), tuple(ignored), tuple(relations), tuple(flags))


def read_tables(workbook: Workbook, file_name: str, manifest: ManifestEntry | None = None) -> list[Table]:
    """The tables of a workbook with their roles, in its order, for showing what was inferred."""
    return [table for sheet in _read_sheets(workbook, file_name, manifest) for _, table in sheet.tables]


def _read_sheets(workbook: Workbook, file_name: str, manifest: ManifestEntry | None) -> list[_Read]:
    """Grid and tables of each sheet. Context runs on: a continued table takes it from the one before it."""
    before: Context | None = None
    loose: list[str] = []
    sheets: list[_Read] = []
    for sheet in workbook.sheets:
        read = _Read(load_grid(sheet))
        names = Names(file_name, sheet.name, manifest)
        for band in bands(read.grid):
            blocks, rest = find_blocks(band)
            if not blocks and workbook.format == "html":
                loose.extend(i.text for r in rest for i in band.rows[r].values() if i.kind == "text")
            for block in blocks:
                table = build_table(read.grid, block, band.rows, names, before, loose)
                loose = []
                if table is not None:
                    settle_percentages(table)
                    settle_counts(table)
                    before = table.context
                    read.tables.append((band, table))
        sheets.append(read)
    return sheets


def _row_col(place: object) -> tuple[int, int]:
    if not isinstance(place, CellRef):
        raise TypeError(place)
    letters = place.cell.rstrip("0123456789")
    col = 0
    for letter in letters:
        col = col * 26 + ord(letter) - 64
    return int(place.cell[len(letters) :]) - 1, col - 1


def _ignore_around(table: Table, band: Band, ignored: list[Ignored], taken: set[tuple[int, int]]) -> None:
    """Numbers in the header, preamble and notes of a table."""
    block: Block = table.block
    for rows, reason in (
        (block.header, "header"), (block.preamble, "header"), (block.metadata, "header"), (block.notes, "note"),
    ):  # fmt: skip
        for r in rows:
            for col, item in band.rows[r].items():
                if item.kind == "number" and (r, col) not in taken:
                    taken.add((r, col))
                    ignored.append(Ignored(CellRef(block.sheet, item.cell.address), item.text, reason))


def _left_over(grid: Grid, taken: set[tuple[int, int]]) -> list[Ignored]:
    """Numbers that belong to no table."""
    return [
        Ignored(CellRef(grid.name, item.cell.address), item.text, "not_a_table")
        for item in grid.items()
        if item.kind == "number" and (item.row, item.col) not in taken
    ]
