"""A row of totals above places whose own label is missing."""

from __future__ import annotations

from decimal import Decimal

from etl.extract.sheet.tables import Table

MIN_PLACES = 5
NEAR = Decimal("0.2")
"""How far, as a share of the sum, a total may lie from the sum of the places: some can be left out."""


def unlabelled_total(table: Table) -> int | None:
    """The first row, when it names no place, places follow, and most of its values are about the sums of theirs."""
    rows = [row for row in table.rows if not row.empty]
    if table.regions_in != "rows" or len(rows) <= MIN_PLACES or not _is_bare(table, rows[0].row):
        return None
    first, places = rows[0], [row for row in rows[1:] if row.regions]
    near = told = 0
    for col in table.values:
        item = table.cells[first.row].get(col)
        if item is None or item.number is None:
            continue
        values = [
            i.number.value for r in places if (i := table.cells[r.row].get(col)) is not None and i.number is not None
        ]
        total = sum(values, Decimal(0))
        told += 1
        near += len(values) >= MIN_PLACES and abs(item.number.value - total) <= NEAR * abs(total)
    return first.row if near and near * 2 >= told else None


def _is_bare(table: Table, row: int) -> bool:
    return not any(s.col in table.cells[row] for s in table.stub)
