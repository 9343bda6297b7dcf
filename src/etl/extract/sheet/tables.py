"""A block with its roles: which of region, indicator, period and unit stands in rows, columns, header lines, names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from etl.extract.sheet.blocks import Block, Row
from etl.extract.sheet.context import Context, Names, context_of
from etl.extract.sheet.grid import Grid
from etl.extract.sheet.headers import Header, read_header
from etl.extract.sheet.places import (
    lies_in,
    likeness,
    place_share,
    total_and_part,
)
from etl.extract.sheet.stubs import StubColumn, StubRow, read_rows, split_columns
from etl.extract.sheet.timing import (
    year_in_label,
)
from etl.extract.sheet.wording import (
    choose_unit,
    is_latin,
)

MIN_MACRO = 3
"""Columns of 全国 and macro-regions that make a header one of places."""


@dataclass(slots=True)
class Table:
    """A block whose parts have been told apart."""

    block: Block
    cells: dict[int, Row]
    header: Header
    stub: list[StubColumn]
    values: list[int]
    other: list[int]
    rows: list[StubRow]
    context: Context
    regions_in: str | None = None
    """``rows``, ``columns`` or None."""
    periods_in: str | None = None
    confidence: float = 1.0
    steps: list[str] = field(default_factory=list)
    column_years: dict[int, str] = field(default_factory=dict)
    """Years that stand inside the labels of columns, when they differ (popu_2010, popu_2020)."""

    def place_labels(self) -> list[str]:
        """The labels that stand where the table names places."""
        if self.regions_in == "rows":
            return [row.regions[-1] for row in self.rows if row.regions]
        if self.regions_in == "columns":
            return [c.region for c in self.header.columns.values() if c.region]
        return []


def build_table(
    grid: Grid, block: Block, cells: dict[int, Row], names: Names, before: Context | None, above: Sequence[str]
) -> Table | None:
    """The table of a block, or None when it is none (no labels, or no values).

    ``before`` is the context of the table above or before, for continued tables; ``above`` are texts of blocks
    without numbers that stand before it.
    """
    stub, values, other = split_columns(block, cells)
    if not values or not _is_told_apart(stub, block):
        return None
    header_rows = [(r, cells[r]) for r in block.header]
    header = read_header(grid, header_rows, values, [s.col for s in stub])
    rows = read_rows(grid, block, cells, stub, values)
    table = Table(block, cells, header, stub, values, other, rows, Context())
    _find_regions(table)
    _find_periods(table)
    table.context = context_of(table, names, before, above)
    _free_translated_units(table)
    _rate(table)
    return table


def _free_translated_units(table: Table) -> None:
    """``Households`` below 总户数 translates what is counted; it is no unit beside a line that says 万户."""
    for column in table.header.columns.values():
        unit = column.unit
        if unit is not None and not unit.multiplier and is_latin(unit.printed):
            said = choose_unit(table.context.units, "|".join(column.path))
            if said is not None and said.symbol == unit.symbol:
                column.unit = None


def _is_told_apart(stub: list[StubColumn], block: Block) -> bool:
    """Rows need a stub; a single row of figures under a header does not."""
    return bool(stub) or (len(block.data) == 1 and bool(block.header))


# ---------------------------------------------------------------- roles


def _find_regions(table: Table) -> None:
    labels = [text for row in table.rows for text in row.regions]
    if labels or any(s.kind in ("region", "region_code") for s in table.stub):
        real, share = place_share(labels)
        if share >= 0.5 or any(s.kind == "region_code" for s in table.stub) or not _columns_are_places(table):
            table.regions_in = "rows"
            table.steps.append(f"regions in rows: {real} place names")
            return
    if _columns_are_places(table):
        table.regions_in = "columns"
        for column in table.header.columns.values():
            if column.region is None:
                column.region, column.path = _place_of(column.path)
        table.steps.append("regions in columns")


def _columns_are_places(table: Table) -> bool:
    columns = table.header.columns.values()
    if any(c.region is not None for c in columns):
        return True
    labels = [_place_of(c.path)[0] for c in columns if c.path]
    real, share = place_share(labels)
    if real == 1 and share == 1.0 and len(set(labels)) >= MIN_MACRO:
        return True  # 全国 | 东部地区 | 中部地区
    return real >= 2 and share >= 0.5


def _place_of(path: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    """(place, labels of the measure) of a header path: 市区 / 越城区 → 越城区; 人口 / 越城区 → 越城区 and 人口.

    A name cut over rows is joined; then the path stays as it is.
    """
    joined = "".join(path)
    if (cut := total_and_part(joined)) is not None:
        return cut[0], (cut[1],)
    if len(path) < 2 or likeness(joined) == "place":
        return joined, path
    kinds = [likeness(label) for label in path]
    for n in range(1, len(path)):
        if kinds[n] == "place" and "place" in kinds[:n] and not lies_in(path[n], path[kinds.index("place")]):
            kinds[n] = "other"  # 合肥市 / 新建: no 新建区 there
    if "place" in kinds or ("neutral" in kinds and "other" in kinds):
        inner = max(n for n, kind in enumerate(kinds) if kind == ("place" if "place" in kinds else "neutral"))
        measure = tuple(
            label for label, kind in zip(path, kinds, strict=True) if kind == "other" and label.strip("：:") != "其中"
        )
        return path[inner], measure or path[inner : inner + 1]
    return joined, path


_BARE_YEAR = re.compile(r"((?:19|20)\d\d)(?=[\u4e00-\u9fff])(?!年)(.+)")


def _part_years(table: Table) -> None:
    """2016市外迁入 beside 市外迁入: a year that is written to its label without 年, as that of another column shows."""
    columns = table.header.columns
    paths = Counter(column.path for column in columns.values())
    years = {
        c: found for c, column in columns.items() if column.path and (found := _BARE_YEAR.fullmatch(column.path[-1]))
    }
    rests = Counter((*columns[c].path[:-1], found[2]) for c, found in years.items())
    for c, found in years.items():
        rest = (*columns[c].path[:-1], found[2])
        if columns[c].period is None and (paths[rest] or rests[rest] > 1):
            columns[c].period, columns[c].path = found[1], rest


def _find_periods(table: Table) -> None:
    columns = table.header.columns
    _part_years(table)
    if any(row.period for row in table.rows):
        table.periods_in = "rows"
    if sum(c.period is not None for c in columns.values()) >= 0.5 * len(columns):
        table.periods_in = "columns" if table.periods_in is None else "rows and columns"
    years = {}
    for c, column in columns.items():
        found = [y for y in map(year_in_label, column.path) if y]
        if column.period is None and found:
            years[c] = found[-1][0]
    if len(set(years.values())) >= 2:
        table.column_years = years
    if table.periods_in:
        table.steps.append(f"periods in {table.periods_in}")


# ---------------------------------------------------------------- confidence


def _rate(table: Table) -> None:
    """How sure the roles are: each thing the table leaves open costs."""
    context = table.context
    score = 1.0
    if table.regions_in is None and context.speaker is None:
        score -= 0.4
        table.steps.append("no place named")
    if table.periods_in is None and not table.column_years:
        if context.period is None:
            score -= 0.3
            table.steps.append("no period named")
        elif context.period_basis == "file":
            score -= 0.1
    if not table.block.header:
        score -= 0.3
        table.steps.append("no header row")
    table.confidence = max(0.0, round(score, 2))


__all__ = ["Table", "build_table"]
