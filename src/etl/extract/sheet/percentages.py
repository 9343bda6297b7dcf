"""Columns without a unit that must be percentages because their parts add up to 100."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from etl.extract.sheet.headers import Column
from etl.extract.sheet.tables import Table
from etl.extract.sheet.wording import is_of_which, parse_unit

HUNDRED = Decimal(100)
ROUNDING = Decimal("0.3")
"""How far the sum of printed shares may lie from 100."""
MOST = 0.9
MIN_ROWS = 3


def settle_percentages(table: Table) -> None:
    """Give % to columns of shares: siblings that add up to 100 in nearly every row, or a column whose total is 100."""
    if table.context.units or any(row.unit is not None for row in table.rows) or table.regions_in == "columns":
        return
    open_columns = [c for c in table.header.columns.values() if c.unit is None]
    if not open_columns:
        return
    percent = parse_unit("%")
    groups: dict[tuple[str, ...], list[Column]] = defaultdict(list)
    for column in open_columns:
        outer = column.path[:1] if len(column.path) > 1 else ()
        groups[outer].append(column)
    settled: list[Column] = []
    for columns in groups.values():
        parts = [c for c in columns if c.part_of is None and not any(is_of_which(label) for label in c.path)]
        if len(parts) >= 2 and _rows_add_up(table, parts):
            settled.extend(columns)
    settled.extend(c for c in open_columns if c not in settled and _column_adds_up(table, c))
    for column in settled:
        column.unit = percent
    if settled:
        table.steps.append("percentages by parts that add up to 100")


def _rows_add_up(table: Table, parts: list[Column]) -> bool:
    """Whether the columns add up to 100 in nearly every row that fills them all."""
    full = good = 0
    most_bad = (1 - MOST) * len(table.rows)
    columns = [c.col for c in parts]
    for row in table.rows:
        cells = table.cells[row.row]
        values = [i.number.value for c in columns if (i := cells.get(c)) is not None and i.number is not None]
        if len(values) == len(parts):
            full += 1
            good += abs(sum(values) - HUNDRED) <= ROUNDING
            if full - good > most_bad:
                return False
    return full >= MIN_ROWS and good >= MOST * full


def _column_adds_up(table: Table, column: Column) -> bool:
    """Whether the first row is 100 and the others, parts of parts left out, add up to it."""
    rows = [r for r in table.rows if not r.opens_part]
    first = next((i.number.value for r in rows if (i := table.cells[r.row].get(column.col)) and i.number), None)
    if first != HUNDRED:
        return False
    items = [table.cells[r.row].get(column.col) for r in rows]
    values = [i.number.value for i in items if i is not None and i.number is not None]
    if len(values) < MIN_ROWS:
        return False
    return abs(sum(values[1:]) - HUNDRED) <= ROUNDING
