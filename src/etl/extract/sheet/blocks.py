"""Finding the tables of a sheet: bands of columns side by side, and in each band blocks of rows.

A block is preamble (title, unit line), header rows, data rows and the notes that follow. Nothing is said yet about
what the rows and columns mean.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

from etl.extract.sheet.grid import Grid, Item, months_of
from etl.extract.sheet.places import likeness
from etl.extract.sheet.timing import is_period_label
from etl.extract.sheet.wording import chinese, unit_line
from etl.extract.sheet.words import squash, words

RowKind = Literal["data", "header", "stub", "single", "note", "meta"]
Row = dict[int, Item]
MIN_STUB_ROWS = 3
"""Rows with text beside numbers that make the first column behind an empty one a stub of its own."""
MIN_METADATA = 4
"""Key and value rows that make the head of a series; a table of two columns has fewer by chance."""
MIN_UNEVEN = 4
"""Years in order that head columns though they are not evenly spaced (2003 | 2005 | 2010 | 2019)."""
MAX_HEADER_ROWS = 15
MAX_PREAMBLE_ROWS = 30
"""Rows above a table that can head or introduce it; what stands higher is other text."""
MAX_RUNS = 40
"""Groups of columns on one sheet; a sheet with more has holes, not tables side by side."""
_SEPARATORS = re.compile(r"[:：]")


@dataclass(slots=True)
class Block:
    """One table: row numbers into the band, in order."""

    sheet: str
    columns: tuple[int, ...]
    """The columns of the band."""
    preamble: list[int] = field(default_factory=list)
    header: list[int] = field(default_factory=list)
    data: list[int] = field(default_factory=list)
    """Rows with numbers or markers, and the section and empty rows between them."""
    notes: list[int] = field(default_factory=list)
    metadata: list[int] = field(default_factory=list)
    """Rows of key and value cells above a series."""
    stacked: bool = False
    """The first of several blocks one below the other, each of which has lines of its own above its header."""


@dataclass(frozen=True, slots=True)
class Band:
    """The part of a grid between two empty columns that separate tables."""

    sheet: str
    columns: tuple[int, ...]
    rows: dict[int, Row]


def bands(grid: Grid) -> list[Band]:
    """Tables side by side: cut at empty columns behind which a stub of its own begins."""
    used = sorted({col for row in grid.rows.values() for col in row})
    runs: list[list[int]] = []
    for col in used:
        if runs and col == runs[-1][-1] + 1:
            runs[-1].append(col)
        else:
            runs.append([col])
    merged: list[list[int]] = []
    if len(runs) > MAX_RUNS:
        return [Band(grid.name, tuple(used), grid.rows)]
    for run in runs:
        if merged and not (_has_stub(grid, run) and _has_numbers(grid, merged[-1])):
            merged[-1].extend(run)
        else:
            merged.append(run)
    found = []
    for run in merged:
        rows = grid.rows if len(merged) == 1 else _cut(grid.rows, run)
        found.extend(_halves(Band(grid.name, tuple(run), rows)))
    return found


def _cut(rows: dict[int, Row], columns: Iterable[int]) -> dict[int, Row]:
    """The rows without the cells of other columns; empty ones left out."""
    inside = set(columns)
    cut = {r: {c: i for c, i in row.items() if c in inside} for r, row in rows.items()}
    return {r: row for r, row in cut.items() if row}


def _halves(band: Band) -> list[Band]:
    """The band cut where a header row repeats the name of its stub, as 年龄 | 男 | 女 | 年龄 | 男 | 女 does.

    The texts above that header speak for each half; a number is of the half in whose columns it stands."""
    header, columns = _stubs_again(band)
    if len(columns) < 2:
        return [band]
    found = []
    for first, end in zip(columns, (*columns[1:], band.columns[-1] + 1), strict=True):
        inside = tuple(c for c in band.columns if (first <= c or first == columns[0]) and c < end)
        above = {
            r: {c: i for c, i in row.items() if c in inside or i.kind != "number"}
            for r, row in band.rows.items()
            if r < header
        }
        below = {r: row for r, row in band.rows.items() if r >= header}
        found.append(Band(band.sheet, inside, {r: row for r, row in above.items() if row} | _cut(below, inside)))
    return found


def _stubs_again(band: Band) -> tuple[int, list[int]]:
    """The first row that repeats its first cell, being the name of a stub, and the columns where it stands."""
    for r, row in list(band.rows.items())[:MAX_HEADER_ROWS]:
        texts = {c: squash(i.text) for c, i in row.items() if i.kind == "text"}
        first = next(iter(texts.values()), "")
        if first and any(words(kind).match(first) for kind in ("region", "label_head", "indicator", "period")):
            columns = [c for c, text in texts.items() if text == first]
            if len(columns) > 1 and all(b - a > 1 for a, b in pairwise(columns)):
                return r, columns
    return 0, []


def _has_stub(grid: Grid, run: list[int]) -> bool:
    """Whether the run opens with a column of texts that stand beside numbers of the run."""
    first = run[0]
    rest = set(run[1:])
    beside = 0
    for row in grid.rows.values():
        item = row.get(first)
        if item is not None and item.kind == "text" and any(c in rest and i.kind == "number" for c, i in row.items()):
            beside += 1
            if beside >= MIN_STUB_ROWS:
                return True
    return False


def _has_numbers(grid: Grid, run: list[int]) -> bool:
    inside = set(run)
    return any(i.kind == "number" and c in inside for row in grid.rows.values() for c, i in row.items())


def first_value_column(band: Band) -> int:
    """The leftmost column that holds more numbers than texts beside other numbers; the end when there is none."""
    numbers: dict[int, int] = {}
    texts: dict[int, int] = {}
    for row in band.rows.values():
        if not any(i.kind == "number" and not i.yearlike for i in row.values()):
            continue
        for col, item in row.items():
            if item.kind == "number":
                numbers[col] = numbers.get(col, 0) + 1
            elif item.kind in ("text", "moment"):
                texts[col] = texts.get(col, 0) + 1
    for col in band.columns:
        if numbers.get(col, 0) > texts.get(col, 0):
            return col
    return band.columns[-1] + 1 if band.columns else 0


def row_kind(row: Row, first_value: int, first_column: int, seen_data: bool) -> RowKind:
    """What a row is by its own cells, given whether data have already been seen above."""
    first = next(iter(row.values()))
    numbers = [i for i in row.values() if i.kind == "number"]
    texts = [i for i in row.values() if i.kind == "text"]
    if texts and texts[0] is first and words("note").match(first.text) and len(texts) <= 2:
        return "note"
    if numbers:
        if _is_year_row(row, numbers, first_value, seen_data) or _is_count_row(row, numbers, seen_data):
            return "header"
        return "data"
    if texts and all("单位" in squash(i.text) and unit_line(i.text) for i in texts):
        return "single"
    if not texts[1:] and _are_dates_of_columns(row, first_value, seen_data):
        return "header"
    if len(texts) == 1 and len(row) == 1:
        return "header" if texts[0].col >= first_value and texts[0].col > first_column else "single"
    behind = [i for i in texts if i.col >= first_value and i.col > first_column]
    if behind:
        if len(behind) > 1 or len(texts) == 1 or not unit_line(behind[0].text):
            return "header"
        if "单位" in squash(behind[0].text):
            return "single"
        return "single" if all(unit_line(i.text) for i in texts) else "header"
    if any(i.kind == "marker" and i.col >= first_value for i in row.values()):
        return "data"
    return "stub" if len(texts) > 1 else "single"


def _are_dates_of_columns(row: Row, first_value: int, seen_data: bool) -> bool:
    """Whether dates head the columns (项目 | 2021-01-01 | 2021-02-01): several, or one beside the stub's name."""
    dates = [i for i in row.values() if i.kind == "moment" and i.col >= first_value]
    stub = [i for i in row.values() if i.kind == "text"]
    return len(dates) > 1 or (len(dates) == 1 and not seen_data and any(_heads_stub(i.text) for i in stub))


def _is_year_row(row: Row, numbers: list[Item], first_value: int, seen_data: bool) -> bool:
    """Whether all numbers of a row are years that head its columns (2012.0 | 2013.0 …, or one over a group).

    Above the first data row, years under a header cell or an empty stub do; below it they must run evenly.
    """
    if not all(n.yearlike for n in numbers):
        return not seen_data and bool(months_of(numbers))
    years = [int(n.number.value) for n in numbers if n.number is not None]
    texts = [i for i in row.values() if i.kind == "text" and i.col >= first_value]
    if any(not is_period_label(i.text) for i in texts):
        return not seen_data
    if len(years) >= 2:
        steps = {b - a for a, b in pairwise(years)}
        even = len(steps) == 1 and abs(next(iter(steps))) in (0, 1, 2, 5, 10)
        stub = [i for i in row.values() if i.kind == "text" and i.col < first_value]
        named = all(_heads_stub(i.text) for i in stub)
        ordered = len(years) >= MIN_UNEVEN and (min(steps) > 0 or max(steps) < 0)
        ordered = ordered and all(likeness(i.text) == "other" for i in stub)
        return even or (not seen_data and (named or ordered))
    return not seen_data and (len(row) > 1 or numbers[0].col > first_value)


def _heads_stub(text: str) -> bool:
    plain = chinese(text)
    return any(words(kind).match(plain) for kind in ("region", "indicator", "period", "unit", "group_head"))


def _is_count_row(row: Row, numbers: list[Item], seen_data: bool) -> bool:
    """Whether a row only counts the columns (甲 | 1 | 2 | 3), between header and data."""
    texts = [i for i in row.values() if i.kind == "text"]
    if seen_data or len(texts) + len(numbers) < 3 or not all(words("count_row").match(i.text) for i in texts):
        return False
    if len(numbers) < 2 and len(texts) < 2:
        return False
    values = [n.number.value for n in numbers if n.number is not None]
    return values[0] in (0, 1, 2) and all(b - a == 1 for a, b in pairwise(values))


_KEY = frozenset(("meta_indicator", "meta_database", "meta_time", "meta_region", "meta_unit", "meta_frequency",
                  "meta_source", "meta_other"))  # fmt: skip


def metadata_of(row: Row) -> tuple[str, str, str] | None:
    """(kind, key, value) of a row that is a ``key: value`` line or a pair of key and value cells."""
    cells = list(row.values())
    if not cells or cells[0].kind != "text":
        return None
    text = cells[0].text.strip()
    if len(cells) == 1:
        key, colon, value = _partition(text)
        if not colon:
            return None
    elif len(cells) == 2:
        key, value = text, cells[1].text
    else:
        return None
    kind = _keys().get(squash(key).lower())
    return (kind, key, value.strip()) if kind else None


@functools.cache
def _keys() -> dict[str, str]:
    """Kind of a line by its key."""
    return {word: kind for kind in sorted(_KEY, reverse=True) for word in words(kind).whole}


def _partition(text: str) -> tuple[str, str, str]:
    found = _SEPARATORS.search(text)
    if not found:
        return text, "", ""
    return text[: found.start()].strip(), found.group(), text[found.end() :].strip()


def find_blocks(band: Band) -> tuple[list[Block], list[int]]:
    """The blocks of a band and the rows that belong to none (a preamble without a table below it)."""
    first_value = first_value_column(band)
    first_column = band.columns[0] if band.columns else 0
    blocks: list[Block] = []
    current: Block | None = None
    pending: list[tuple[int, RowKind]] = []
    headed = False
    """Whether a header row is pending."""
    pairs = _key_value_rows(band)
    for r, row in band.rows.items():
        if r in pairs:
            pending.append((r, "meta"))
            continue
        kind = row_kind(row, first_value, first_column, current is not None and not headed)
        if kind != "data":
            pending.append((r, kind))
            headed = headed or kind == "header"
            continue
        if current is None or (headed and not _is_section(pending, band)):
            if current is not None:
                pending = _trailing_notes(current, pending)
            current = Block(band.sheet, band.columns)
            _split_preamble(current, pending, band)
            blocks.append(current)
        else:
            if headed:
                _free_first_section(current, pending, band)
            current.data.extend(p for p, k in pending if k != "note")
            current.notes.extend(p for p, k in pending if k == "note")
        pending, headed = [], False
        current.data.append(r)
    if current is not None:
        _close(current, pending)
        blocks[0].stacked = len(blocks) > 1 and all(_has_title(b, band) for b in blocks)
        return blocks, []
    return blocks, [p for p, _ in pending]


def _is_section(pending: list[tuple[int, RowKind]], band: Band) -> bool:
    """Whether one lone cell over the values (2020年, 城市) is all that stands between rows of numbers: it heads the
    rows below, no new table does."""
    rows = [p for p, kind in pending if kind != "note"]
    if len(rows) != 1 or len(band.rows[rows[0]]) != 1:
        return False
    item = next(iter(band.rows[rows[0]].values()))
    return item.kind == "text" and not unit_line(item.text) and not words("continued").match(item.text)


def _has_title(block: Block, band: Band) -> bool:
    """Whether a text above the header is neither a unit line nor a period, and carries no table on."""
    texts = [i.text for r in block.preamble for i in band.rows[r].values() if i.kind == "text"]
    return any(not unit_line(t) and not is_period_label(t) for t in texts) and not any(
        words("continued").match(t) for t in texts
    )


def _free_first_section(block: Block, pending: list[tuple[int, RowKind]], band: Band) -> None:
    """The lone cell right above the first numbers heads them only, when one in its column heads the rows below."""
    later = next(iter(next(band.rows[p] for p, kind in pending if kind != "note").values()))
    first = band.rows[block.header[-1]] if len(block.header) > 1 else {}
    if len(first) == 1 and later.col in first and all(block.header[-1] < r for r in block.data):
        block.data.insert(0, block.header.pop())


def _key_value_rows(band: Band) -> frozenset[int]:
    """Rows of a key and a value cell, where there are enough of them to be the head of a downloaded series."""
    found = frozenset(r for r, row in band.rows.items() if len(row) <= 2 and metadata_of(row) is not None)
    pairs = [r for r in found if len(band.rows[r]) == 2]
    return found if len(pairs) >= MIN_METADATA else frozenset()


def _is_letterhead(row: Row) -> bool:
    """Whether a row above the header is none of it: a unit or base line at the right ((上年=100)), alone or beside the
    title; an office, and the unit line or period at the right; a unit line in two languages around the period."""
    texts = [i.text for i in row.values() if i.kind == "text"]
    if len(texts) != len(row):
        return False
    periods = [t for t in texts if is_period_label(t)]
    if len(periods) == 1 and len(texts) > 1 and all(t in periods or _is_aside(t) for t in texts):
        return True  # 单位:万人 | (2004年) | (10 000 persons)
    if len(texts) > 2:
        return False
    if len(texts) == 1:
        return _is_aside(texts[0])
    if _is_aside(texts[0]) or _heads_stub(texts[0]):
        return False
    if _is_aside(texts[1]):
        return True
    office = words("office").match(texts[0]) or bool(_SEPARATORS.search(texts[0]))
    return office and is_period_label(texts[1])


def _is_aside(text: str) -> bool:
    return bool(unit_line(text)) or words("prices").match(squash(text).strip("()（）"))


def _trailing_notes(block: Block, pending: list[tuple[int, RowKind]]) -> list[tuple[int, RowKind]]:
    """Notes between two blocks belong to the upper one; what is left opens the lower one."""
    last = max((n for n, (_, kind) in enumerate(pending) if kind == "note"), default=-1)
    block.notes.extend(p for p, _ in pending[: last + 1])
    return pending[last + 1 :]


def _close(block: Block, pending: list[tuple[int, RowKind]]) -> None:
    """Rows below the last number: empty stub rows of the table until the first note, then notes."""
    noted = False
    for p, kind in pending:
        if kind == "stub" and not noted:
            block.data.append(p)
        else:
            noted = True
            block.notes.append(p)


def _split_preamble(block: Block, pending: list[tuple[int, RowKind]], band: Band) -> None:
    """Header rows run from the first to the last row of header kind; what stands before is preamble.

    Rows between the last header row and the first number are sections and empty rows of the table. Without any
    header row, the last row of stub texts right above the data heads the table.
    """
    block.metadata.extend(p for p, kind in pending if kind == "meta")
    pending = [(p, kind) for p, kind in pending if kind != "meta"]
    headers = [n for n, (_, kind) in enumerate(pending) if kind == "header"]
    if not headers:
        rows = [p for p, _ in pending]
        if pending and pending[-1][1] == "stub":
            block.header.append(rows.pop())
        block.preamble.extend(rows)
        return
    first, last = headers[0], headers[-1]
    while first < last and _is_letterhead(band.rows[pending[first][0]]):
        first += 1
    while first > 0 and pending[first - 1][1] == "stub":
        first -= 1
    block.preamble.extend(p for p, _ in pending[:first])
    for p, kind in pending[first : last + 1]:
        texts = [i for i in band.rows[p].values() if i.kind == "text"]
        if kind == "note" or (kind == "single" and texts and unit_line(texts[0].text)):
            block.preamble.append(p)
        else:
            block.header.append(p)
    block.data.extend(p for p, kind in pending[last + 1 :] if kind != "note")
    block.notes.extend(p for p, kind in pending[last + 1 :] if kind == "note")
    if len(block.header) > MAX_HEADER_ROWS:
        block.notes[:0] = block.header[:-MAX_HEADER_ROWS]
        del block.header[:-MAX_HEADER_ROWS]
    if len(block.preamble) > MAX_PREAMBLE_ROWS:
        block.notes[:0] = block.preamble[:-MAX_PREAMBLE_ROWS]
        del block.preamble[:-MAX_PREAMBLE_ROWS]
