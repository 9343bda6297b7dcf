"""The cells of a sheet as a sparse grid, each with its reading."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from etl.extract.sheet.cells import Number, decimals_of, read_number
from etl.extract.sheet.words import squash, words
from etl.model import Cell, MergedRange, Sheet
from etl.record import record

ItemKind = Literal["number", "text", "marker", "moment"]


LONG = 150
"""Characters from which on a text is neither blank nor a marker, however it looks."""


@record(frozen=True, slots=True)
class Item:
    """One cell: a number, a text, a marker for a missing number (…, —, NA), or a date."""

    row: int
    col: int
    kind: ItemKind
    cell: Cell
    number: Number | None = None

    @property
    def text(self) -> str:
        return self.cell.text

    @property
    def yearlike(self) -> bool:
        """Whether the number could be a year: 1949, and 2017.0 as pandas writes it."""
        n = self.number
        if n is None or n.sign or n.repairs or not 1900 <= n.value <= 2100:
            return False
        if n.decimals > 1 and isinstance(self.cell.value, str):
            return False  # a number stored as such is a year however the format of a whole sheet shows it
        return n.decimals == 0 or n.value == n.value.to_integral_value()


_MONTH = re.compile(r"((?:19|20)\d\d)\.(\d\d?)")
_SIX_DIGITS = re.compile(r"((?:19|20)\d\d)(0[1-9]|1[0-2])")
_EVEN_STEPS = (1, 2, 3, 6, 12)
_FEW = 2
_SURE = 4
"""Months like 2016.1 | 2016.2 or 201601 | 201602 that must follow one another: a few such numbers can be values."""
_GAPS = (1, 2)
"""Months from one to the next where they are not even: January is often left out."""
_LONG = 6


def month_of(item: Item) -> str | None:
    """``2023-01`` of a cell that prints 2023.01; a number like any other unless the cells beside it are months too."""
    found = _MONTH.fullmatch(item.text.strip()) if item.kind == "number" else None
    return f"{found[1]}-{found[2]}" if found and len(found[2]) == 2 and 1 <= int(found[2]) <= 12 else None


def months_of(items: Sequence[Item]) -> tuple[str, ...]:
    """The months that numbers in a line are when they follow one another: 2016.09 | 2016.1 | 2016.11; else empty.

    Excel drops the zero of October: which month 2016.1 is, its neighbours tell.
    """
    readings = [_month_readings(item) for item in items]
    if len(readings) < _FEW or not all(readings):
        return ()
    doubtful = all(len(item.text.strip()) < len("2016.01") for item in items)
    if doubtful and len(items) < _SURE:
        return ()
    gaps: list[tuple[int, ...]] = [(s,) for s in _EVEN_STEPS]
    if len(items) >= _LONG:
        gaps.append(_GAPS)
    for steps in gaps:
        for sign in (1, -1):
            if found := _follow(readings, [sign * s for s in steps]):
                return tuple(f"{m // 12:04d}-{m % 12 + 1:02d}" for m in found)
    return ()


def _month_readings(item: Item) -> tuple[int, ...]:
    """Months since the year 0 that a number can mean; empty for other numbers."""
    text = item.text.strip() if item.kind == "number" else ""
    found = _MONTH.fullmatch(text) or _SIX_DIGITS.fullmatch(text)
    if found is None:
        return ()
    year, printed = int(found[1]), found[2]
    months = (1, 10) if printed == "1" else (int(printed),)
    return tuple(year * 12 + m - 1 for m in months if 1 <= m <= 12)


def _follow(readings: Sequence[tuple[int, ...]], steps: Sequence[int]) -> tuple[int, ...]:
    """One reading of each number such that each follows the one before by one of the steps; empty if there is none."""
    ways: dict[int, tuple[int, ...]] = {m: (m,) for m in readings[0]}
    for months in readings[1:]:
        ways = {m: (*way, m) for m in months for last, way in ways.items() if m - last in steps}
    return next(iter(ways.values()), ())


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of items by column; 0-based like the model."""

    name: str
    rows: dict[int, dict[int, Item]]
    merges: dict[tuple[int, int], MergedRange]
    """By the place of the first cell; only ranges of more than one cell."""

    def items(self) -> Iterator[Item]:
        for row in self.rows.values():
            yield from row.values()

    def span(self, row: int, col: int) -> MergedRange | None:
        return self.merges.get((row, col))


def load_grid(sheet: Sheet) -> Grid:
    """The non-blank cells of a sheet, read. Linear in cells."""
    rows: dict[int, dict[int, Item]] = {}
    at, row = -1, {}
    for cell in sheet.cells:
        item = _item(cell)
        if item is not None:
            if item.row != at:
                at, row = item.row, rows.setdefault(item.row, {})
            row[item.col] = item
    merges = {
        (m.first_row, m.first_col): m
        for m in sheet.merged
        if (m.last_row > m.first_row or m.last_col > m.first_col) and m.first_col in rows.get(m.first_row, {})
    }
    return Grid(sheet.name, dict(sorted(rows.items())), merges)


def _item(cell: Cell) -> Item | None:
    value = cell.value
    if isinstance(value, Decimal) and not cell.percent:  # most cells: no call for each of them
        return Item(cell.row, cell.col, "number", cell, Number(value, decimals_of(value)))
    label = isinstance(value, str) and value[:1].isalpha()  # most of the others
    read = None if label else read_number(cell)
    if read is not None:
        return Item(cell.row, cell.col, "number", cell, read)
    if isinstance(value, date):
        return Item(cell.row, cell.col, "moment", cell)
    if cell.error:
        return Item(cell.row, cell.col, "marker", cell)
    kind: ItemKind | None = "text" if len(cell.text) > LONG else _text_kind(cell.text)
    return Item(cell.row, cell.col, kind, cell) if kind else None


@functools.lru_cache(maxsize=20_000)
def _text_kind(text: str) -> ItemKind | None:
    plain = squash(text)
    if not plain or (plain.startswith("Unnamed:") and plain[8:].isdigit()):
        return None  # pandas' name for an empty header cell
    return "marker" if plain.lower() in words("marker").whole else "text"
