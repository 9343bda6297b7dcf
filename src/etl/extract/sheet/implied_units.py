"""Units that a table does not state, settled by what the label counts and the size of the numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace
from decimal import Decimal

from etl.extract.sheet.counted import counted
from etl.extract.sheet.headers import RATIOS, Column
from etl.extract.sheet.tables import Table
from etl.extract.sheet.wording import Unit, parse_unit
from etl.extract.sheet.words import words

BROKEN = 0.02
"""Share of a column of counts that can have fractions: counts that someone worked out."""
THOUSAND = Decimal(1000)
"""The smallest multiplier in use for persons and households: what it makes impossible, 万 does too."""


def settle_counts(table: Table) -> None:
    """Give 人 or 户 to columns of whole numbers labelled as such, where a multiplier is out of the question.

    人口数 1411778724 can't be thousands or ten thousands of persons; 就业人员 40152 can be, and stays without unit.
    """
    if table.context.units or any(row.unit is not None for row in table.rows) or table.regions_in == "columns":
        return
    counting: dict[int, tuple[str, Decimal]] = {}
    for c in table.values:
        column = table.header.columns[c]
        if column.unit is None and (found := counted("|".join(column.path))) is not None:
            counting[c] = found
    columns: dict[str, list[Column]] = defaultdict(list)
    settled: set[str] = set()
    for c, largest in _largest_wholes(table, counting):
        symbol, most = counting[c]
        columns[symbol].append(table.header.columns[c])
        if largest * THOUSAND > most:
            settled.add(symbol)
    for symbol in sorted(settled):
        for column in columns[symbol]:
            column.unit = parse_unit(symbol)
            whole = table.header.columns.get(column.part_of) if column.part_of is not None else None
            if whole is not None and whole.unit is None and words("generic").match("|".join(whole.path)):
                whole.unit = column.unit  # 合计 beside 男 and 女
        table.steps.append(f"unit {symbol} by labels and the size of the numbers")


def settle_growth(table: Table) -> None:
    """Give % to growth without a unit of its own below a unit line that names an amount: 单位：亿元 is none of 增速."""
    units = table.context.units
    percent = parse_unit("%")
    settled = False
    for column in table.header.columns.values():
        if column.unit_above and not _can_grow(column.unit) and words("growth_rate").match(column.path[-1]):
            column.unit, settled = percent, True
    amounts = bool(units) and not any(_can_grow(u) for u in units)
    for column in table.header.columns.values() if amounts else ():
        if column.unit is None and column.path and _is_growth(column.path[-1]):
            column.unit, settled = percent, True
    for n, row in enumerate(table.rows if amounts else ()):
        if row.unit is None and row.path and _is_growth(row.path[-1]):
            table.rows[n], settled = replace(row, unit=percent), True
    if settled:
        table.steps.append("unit % of growth below a unit line of amounts")


def _is_growth(label: str) -> bool:
    return words("growth_rate").match(label) and not words("growth_of_people").match(label)


def _can_grow(unit: Unit | None) -> bool:
    """Whether growth can be told in a unit."""
    return unit is not None and (unit.dimension in RATIOS or unit.dimension == "index")


def _largest_wholes(table: Table, cols: Collection[int]) -> Iterator[tuple[int, Decimal]]:
    """Each of the columns with its largest number; those left out in which more than a slip or two have a fraction."""
    values: dict[int, list[Decimal]] = {c: [] for c in cols}
    broken = dict.fromkeys(cols, 0)
    for row in table.rows if cols else ():  # row by row, as the cells lie in memory
        cells = table.cells[row.row]
        for c, found in values.items():
            item = cells.get(c)
            if item is None or item.number is None:
                continue
            number = item.number
            found.append(number.value)
            if number.sign is not None or (number.decimals and number.value != number.value.to_integral_value()):
                broken[c] += 1
    for c, found in values.items():
        if found and broken[c] <= BROKEN * len(found):
            yield c, max(found)
