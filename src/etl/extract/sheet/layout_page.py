"""A workbook with its roles as one page of HTML that needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.contract import plain
from etl.extract.confidence import ENOUGH
from etl.extract.sheet.layout_view import CellView, SheetView
from etl.model import column_letters
from etl.reference import rows

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).parent / "templates"
MAX_CELLS = 60_000
"""Cells on a page, of all sheets together; more would make it too large for a browser to be pleasant."""
MIN_ROWS = 40
"""Rows of each sheet that are shown whatever the size of the others."""
MAX_COLUMNS = 256
MAX_TEXT = 200
"""Columns of a sheet and characters of a cell on the page; the page says how many rows and columns are left out."""


def layout_page(file_name: str, views: Sequence[SheetView], misfits: Sequence[str]) -> str:
    """The page. Every text of the file is escaped."""
    told = _Told()
    room = MAX_CELLS // max(1, len(views))
    sheets = [_sheet(view, told, room) for view in views]
    return (
        _environment()
        .get_template("layout.html.j2")
        .render(
            file=file_name, sheets=sheets, misfits=misfits, enough=ENOUGH, told=told.as_list(), texts=told.texts,
        )
    )  # fmt: skip


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip


class _Told:
    """What the page tells of each cell; texts that many cells share stand there once."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._numbers: dict[str, int] = {}
        self._cells: list[list[int]] = []

    def _number(self, text: str) -> int:
        if text not in self._numbers:
            self._numbers[text] = len(self.texts)
            self.texts.append(text)
        return self._numbers[text]

    def add(self, cell: CellView) -> int:
        f = cell.figure
        if f is None:
            facts = ["", "", "", "", f"不作为数据：{_reasons().get(cell.reason, cell.reason)}"]
        else:
            area = " ".join(filter(None, (f.area.name, f.area.code))) or "（未定）"
            value = f"{plain(f.number.scaleb(f.multiplier))} {f.unit or '（单位未定）'}"
            facts = [area, f.label, f.period.iso or "（未定）", value, "；".join(f.steps)]
        self._cells.append([self._number(fact) for fact in facts])
        return len(self._cells) - 1

    def as_list(self) -> list[list[int]]:
        return self._cells


@cache
def _reasons() -> dict[str, str]:
    return {r["code"]: r["name_zh"] for r in rows("ignore_reasons.csv")}


def _sheet(view: SheetView, told: _Told, room: int) -> dict[str, Any]:
    columns = view.columns
    shown = columns[:MAX_COLUMNS]
    all_rows = sorted(view.cells)
    most = max(MIN_ROWS, room // max(1, len(shown)))
    return {
        "name": view.name,
        "tables": view.tables,
        "columns": [column_letters(c) for c in shown],
        "rows": [(r + 1, list(_row(view, r, shown, told))) for r in all_rows[:most]],
        "rows_left_out": max(0, len(all_rows) - most),
        "columns_left_out": len(columns) - len(shown),
    }


def _row(
    view: SheetView, row: int, columns: Sequence[int], told: _Told
) -> Iterator[tuple[str, str, int | None] | None]:
    cells = view.cells[row]
    for c in columns:
        cell = cells.get(c)
        if cell is None:
            yield None
            continue
        number = told.add(cell) if cell.figure is not None or cell.reason else None
        yield cell.role, cell.text[:MAX_TEXT], number
