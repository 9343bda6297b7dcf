"""Cells of a table that hold no number: empty ones and markers (…, —, NA), with their SDMX OBS_STATUS."""

from __future__ import annotations

import functools
from collections.abc import Iterator

from etl.extract.sheet.tables import Table
from etl.extract.sheet.words import squash
from etl.model import CellRef, MissingCells, column_letters
from etl.reference import rows


@functools.cache
def _statuses() -> dict[str, str]:
    return {squash(r["text"]).lower(): r["obs_status"] for r in rows("sheet_missing.csv")}


def status_of(text: str) -> str:
    """CL_OBS_STATUS of a marker as printed; O (missing) for one that the table of markers does not tell."""
    known = _statuses()
    return known.get(squash(text).lower(), known[""])


def missing_cells(table: Table) -> Iterator[MissingCells]:
    """One entry for each marker, and one for the empty cells of each column. Linear in the cells that are there."""
    filled = [row.row for row in table.rows if not row.empty]
    inside = set(table.values)
    present = dict.fromkeys(table.values, 0)
    for r in filled:
        cells = table.cells[r]
        for col, item in cells.items():
            if col not in inside:
                continue
            present[col] += 1
            if item.kind == "marker":
                place = CellRef(table.block.sheet, item.cell.address)
                yield MissingCells(place, item.text.strip(), status_of(item.cell.error or item.text))
    for col, count in present.items():
        if count < len(filled):
            first = next(r for r in filled if col not in table.cells[r])
            place = CellRef(table.block.sheet, f"{column_letters(col)}{first + 1}")
            yield MissingCells(place, "", status_of(""), len(filled) - count)
