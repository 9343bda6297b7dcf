"""Units of columns and rows that state none, taken from the whole that they are parts of: they add up to it, or stand
below its header and count the same.

在校学生（万人） over 城区|人数 and 乡村|人数: without its unit they would be read 10,000 times too small.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from etl.extract.sheet.cells import Number
from etl.extract.sheet.counted import counted, with_noun
from etl.extract.sheet.figures import kind_of
from etl.extract.sheet.headers import Column
from etl.extract.sheet.row_paths import is_division
from etl.extract.sheet.stubs import StubRow
from etl.extract.sheet.tables import Table
from etl.extract.sheet.wording import Unit, choose_unit
from etl.extract.sheet.words import words
from etl.model import Kind

ADDITIVE: frozenset[Kind] = frozenset({"count", "money", "area", "other"})
MOST = Decimal("0.9")
"""Share of the lines in which parts add up to their whole, or do not exceed it."""
MANY_LINES = 3
FEW_LINES = 2
TELLING = 1000
"""A whole at least as large in each of so few lines is no sum by accident."""
MOST_PARTS = 12
MAX_LINES = 400

Numbers = dict[int, Number]
"""The numbers of a row or column by the place in it."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A row or a column: its labels, its unit where it has one, and its numbers."""

    key: int
    path: tuple[str, ...]
    unit: Unit | None
    numbers: Numbers


def settle_parts(table: Table) -> None:
    """Give the unit of a whole to the columns, or rows, without a unit that are its parts."""
    if table.regions_in == "columns" or len(table.context.units) == 1:
        return
    if not any(row.unit is not None for row in table.rows):
        _settle_columns(table)
    elif not any(s.kind == "unit" for s in table.stub):
        _settle_rows(table)


def _settle_columns(table: Table) -> None:
    columns = [table.header.columns[c] for c in table.values]
    units = [_column_unit(table, column) for column in columns]
    if None not in units or not any(unit is not None and _adds_up(unit) for unit in units):
        return
    rows = [row.row for row in table.rows[:MAX_LINES]]
    lines = [
        _Line(column.col, column.path, unit, _numbers(table, [(r, column.col) for r in rows]))
        for column, unit in zip(columns, units, strict=True)
    ]
    for part, whole, why in _parts(lines, _below_header):
        column = table.header.columns[part.key]
        column.unit, column.unit_inherited = whole.unit, True
        column.part_of = whole.key if column.part_of is None else column.part_of
        table.steps.append(f"unit of {'|'.join(part.path)} from {'|'.join(whole.path)}: {why}")


def _settle_rows(table: Table) -> None:
    columns = [c for c in table.values if table.header.columns[c].unit is None]
    rows = {row.row: row for row in table.rows if row.path and not row.empty and not row.regions}
    lines = [_Line(r, row.path, row.unit, _numbers(table, [(r, c) for c in columns])) for r, row in rows.items()]
    changed: dict[int, StubRow] = {}
    for part, whole, why in _parts(lines, lambda _part, _whole: False):
        row = rows[part.key]
        inner = row.path if row.path[: len(whole.path)] == whole.path else (*whole.path, *row.path)
        changed[part.key] = replace(row, unit=whole.unit, path=inner)
        table.steps.append(f"unit of {'|'.join(part.path)} from {'|'.join(whole.path)}: {why}")
    if changed:
        table.rows = [changed.get(row.row, row) for row in table.rows]


def end_divisions(table: Table) -> None:
    """Rows in line with the parts of a division that add up to their whole without them are none of its parts."""
    columns = [c for c in table.values if table.header.columns[c].unit is None]

    def line(row: StubRow) -> _Line:
        return _Line(row.row, row.path, row.unit, _numbers(table, [(row.row, c) for c in columns]))

    changed: dict[int, StubRow] = {}
    for whole, members in _divisions(table):
        lines = [line(row) for row in members]
        ends = (n for n in range(2, min(len(lines), MOST_PARTS)) if _sums(line(whole), lines[:n]))
        for row in members[next(ends, len(members)) :]:
            changed[row.row] = replace(row, path=(*whole.path[:-1], row.path[-1]))
    if changed:
        table.rows = [changed.get(row.row, row) for row in table.rows]
        table.steps.append(f"{len(changed)} rows behind divisions that add up without them")


def _divisions(table: Table) -> Iterator[tuple[StubRow, list[StubRow]]]:
    """Each row that a division divides, with the rows right below that division, where these are in line."""
    wholes: dict[tuple[str, ...], StubRow] = {}
    members: dict[tuple[int, tuple[str, ...]], list[StubRow]] = defaultdict(list)
    for row in table.rows:
        if not row.path or row.empty or row.regions:
            continue
        wholes[row.path] = row
        above = row.path[:-1]
        if above and is_division(above[-1]) and (whole := wholes.get(above[:-1])) is not None:
            members[whole.row, above].append(row)
    for (_, above), found in members.items():
        if len(found) > 2 and len({row.indent for row in found}) == 1:
            yield wholes[above[:-1]], found


def _column_unit(table: Table, column: Column) -> Unit | None:
    unit = column.unit
    if unit is None and table.context.units:
        unit = choose_unit(table.context.units, "|".join(column.path))
    return with_noun(unit, column.path)


def _numbers(table: Table, places: Sequence[tuple[int, int]]) -> Numbers:
    found: Numbers = {}
    for n, (r, c) in enumerate(places):
        item = table.cells[r].get(c)
        if item is not None and item.number is not None and item.number.sign is None:
            found[n] = item.number
    return found


def _parts(lines: Sequence[_Line], below: Callable[[_Line, _Line], bool]) -> Iterator[tuple[_Line, _Line, str]]:
    """(part, whole, why) for lines without a unit; a part is looked for behind its whole, up to the next one that
    counts for itself, and else before it."""
    open_keys = {line.key for line in lines if line.unit is None and line.path and _can_count(line)}
    for n, whole in enumerate(lines):
        if whole.unit is None or not _adds_up(whole.unit) or not open_keys:
            continue
        for near in (_behind(lines, n, open_keys), _before(lines, n, open_keys)):
            for run in _runs(whole, near):
                for part in run:
                    open_keys.discard(part.key)
                    yield part, whole, "they add up to it"
        for part in _behind(lines, n, open_keys):
            if below(part, whole) and _never_more(part, whole):
                open_keys.discard(part.key)
                yield part, whole, "it stands below it and counts the same"


def _adds_up(unit: Unit) -> bool:
    return bool(unit.dimension) and kind_of(unit, "") in ADDITIVE


def _can_count(line: _Line) -> bool:
    return not any(words(kind).match(label) for kind in ("rate", "growth", "rank") for label in line.path)


def _behind(lines: Sequence[_Line], n: int, open_keys: set[int]) -> list[_Line]:
    """The lines without a unit behind line ``n``, shares among them left out, up to the next whole of any kind."""
    found = []
    for line in lines[n + 1 :]:
        if line.key in open_keys:
            found.append(line)
        elif line.unit is None or _adds_up(line.unit):
            break
    return found


def _before(lines: Sequence[_Line], n: int, open_keys: set[int]) -> list[_Line]:
    found = []
    for line in reversed(lines[:n]):
        if line.key in open_keys:
            found.append(line)
        elif line.unit is None or _adds_up(line.unit):
            break
    return found[::-1]


def _runs(whole: _Line, near: Sequence[_Line]) -> Iterator[Sequence[_Line]]:
    """Runs of neighbours that add up to the whole, each line in one of them."""
    first = 0
    while first < len(near):
        run = next(
            (
                near[first:end]
                for end in range(first + 2, min(first + MOST_PARTS, len(near)) + 1)
                if _sums(whole, near[first:end])
            ),
            None,
        )
        if run is not None:
            yield run
        first += len(run) if run else 1


def _sums(whole: _Line, parts: Sequence[_Line]) -> bool:
    """Whether the parts add up to the whole, within rounding, in most of the places that all of them fill."""
    inner = [part.numbers for part in parts]
    most_broken = (1 - MOST) * len(whole.numbers)
    held: list[list[Number]] = []
    broken = 0
    for place, total in whole.numbers.items():
        if not total.value:
            continue
        members = [numbers[place] for numbers in inner if place in numbers]
        if len(members) < len(inner):
            continue
        difference = abs(total.value - sum([member.value for member in members]))
        members.append(total)
        if difference < len(members) and difference <= sum([_half_unit(member.decimals) for member in members]):
            held.append(members)  # the first test spares most of the others: no half unit reaches one
        elif (broken := broken + 1) > most_broken:
            return False  # whatever the other places hold
    if len(held) < MOST * (len(held) + broken):
        return False
    return len(held) >= MANY_LINES or (len(held) >= FEW_LINES and all(map(_is_telling, held)))


def _is_telling(members: Sequence[Number]) -> bool:
    """Whether a whole, the last of the members, is too large to be a sum by accident."""
    digits = max(member.decimals for member in members)
    return abs(members[-1].value.scaleb(digits)) >= TELLING


@functools.cache
def _half_unit(decimals: int) -> Decimal:
    """Half of the last digit printed; nothing for whole numbers, which are exact."""
    return Decimal(5).scaleb(-decimals - 1) if decimals else Decimal(0)


def _below_header(part: _Line, whole: _Line) -> bool:
    """Whether the header of a column stands below that of the whole and names what the whole counts."""
    outer = tuple(label for label in whole.path if label[:1] not in "(（")
    if len(outer) > 1 and words("generic").match(outer[-1]):
        outer = outer[:-1]  # 在校学生 | 合计（万人） beside 在校学生 | 女生数
    below = bool(outer) and len(part.path) > len(outer) and part.path[: len(outer)] == outer
    found = counted(part.path[-1]) if below else None
    return found is not None and whole.unit is not None and found[0] == whole.unit.symbol


def _never_more(part: _Line, whole: _Line) -> bool:
    pairs = [(number.value, whole.numbers[n].value) for n, number in part.numbers.items() if n in whole.numbers]
    return len(pairs) >= FEW_LINES and sum(inner <= outer for inner, outer in pairs) >= MOST * len(pairs)


__all__ = ["end_divisions", "settle_parts"]
