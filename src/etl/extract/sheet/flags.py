"""What a careful reader would be told about the cells of a table; nothing printed is altered."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from statistics import median

from etl.extract.confidence import ENOUGH
from etl.extract.sheet.cells import looks_damaged
from etl.extract.sheet.figures import Placed
from etl.extract.sheet.grid import Grid, Item
from etl.extract.sheet.tables import Table
from etl.extract.sheet.timing import year_in_label
from etl.extract.sheet.unlabelled import unlabelled_total
from etl.extract.sheet.wording import chinese, has_cjk, parse_unit, split_unit, unit_line
from etl.extract.sheet.words import squash, words
from etl.model import CellRef, Flag
from etl.normalise.regions import load_regions

REGULAR = 0.3
"""Share of the larger numbers of a table that blanks must group for them to be its style."""
RARE_MARKER = 0.005
"""Markers (-, NA) are flagged where less than this share of the values is missing."""
MIN_RATES = 3
WHOLE = {"%": 100, "‰": 1000}
"""What all shares together are: no misprint, however small the shares."""
FAR_ABOVE = 20
"""Times the usual rate of a line that no place reaches."""
BELOW_UNIT = re.compile(r"^[…⋯.]+$")

_REPAIRS = {
    "space_in_number": "数字中有空格，已按连续数字读取",
    "full_width": "数字或小数点为全角，已按半角读取",
    "comma_for_point": "逗号用作小数点，已按小数读取",
}


def flag_at(table: Table, item: Item, rule: str, message: str) -> Flag:
    return Flag(CellRef(table.block.sheet, item.cell.address), item.text, rule, message)


def table_flags(table: Table, placed: Sequence[Placed], repaired: Sequence[Placed]) -> Iterator[Flag]:
    """All flags of one table that need no other table; ``repaired`` are the figures whose digits were damaged."""
    yield from _repaired(table, placed, repaired)
    yield from _missing(table, len(placed))
    yield from _units(table)
    yield from _unlabelled(table)
    yield from _years(table)
    yield from _defunct(table, placed)
    yield from _notes(table)
    yield from _unsure(table, placed)


def _unsure(table: Table, placed: Sequence[Placed]) -> Iterator[Flag]:
    """The first value of a table whose roles are not settled well enough to be loaded without review."""
    if table.confidence < ENOUGH and placed:
        item = table.cells[placed[0].row][placed[0].col]
        yield flag_at(table, item, "low_confidence", f"版式识别置信度 {table.confidence}：{'；'.join(table.steps)}")


def _repaired(table: Table, placed: Sequence[Placed], repaired: Sequence[Placed]) -> Iterator[Flag]:
    if not repaired:
        return
    style = False
    if any(p.number.grouped for p in repaired):
        large = [p for p in placed if abs(p.figure.number) >= 1000]
        style = sum(p.number.grouped for p in large) >= REGULAR * max(1, len(large))
    for p in repaired:
        for rule in p.number.repairs:
            if not (rule == "space_in_number" and p.number.grouped and style):
                yield flag_at(table, table.cells[p.row][p.col], rule, _REPAIRS[rule])


def lost_points(table: Table, placed: Sequence[Placed]) -> Iterator[Flag]:
    """Rates printed without a point, far above the others of their line, which have one: 681 among 6.81."""
    by_columns = table.regions_in != "columns"
    lines: dict[int, list[Placed]] = defaultdict(list)
    for p in placed:
        if p.figure.unit in WHOLE:
            lines[p.col if by_columns else p.row].append(p)
    for line in lines.values():
        pointed = [abs(p.figure.number) for p in line if p.figure.decimals]
        if len(pointed) < MIN_RATES or len(pointed) < 0.5 * len(line):
            continue
        usual = median(pointed)
        for p in line:
            if p.figure.number == WHOLE[p.figure.unit or "%"]:
                continue
            if not p.figure.decimals and usual > 0 and abs(p.figure.number) >= FAR_ABOVE * usual:
                item = table.cells[p.row][p.col]
                message = f"小数点可能丢失：同列（行）其他值的中位数为 {usual:f}"
                yield flag_at(table, item, "suspect_value", message)


def _missing(table: Table, values: int) -> Iterator[Flag]:
    markers: list[Item] = []
    texts: list[Item] = []
    inside = set(table.values)
    for row in table.rows:
        for item in table.cells[row.row].values():
            if item.kind != "number" and item.kind != "moment" and item.col in inside:
                (markers if item.kind == "marker" else texts).append(item)
    for item in texts:
        if looks_damaged(item.text):
            yield flag_at(table, item, "unreadable_number", "数字已损坏，无法确定原数，未作为数据")
        elif any(char.isdigit() for char in item.text) and len(item.text) <= 30:
            yield flag_at(table, item, "not_a_number", "数据区内的文字，未作为数据")
    other = [i for i in markers if not BELOW_UNIT.match(squash(i.text))]
    for item in markers:
        if BELOW_UNIT.match(squash(item.text)):
            yield flag_at(table, item, "below_unit", "省略号：数值不足最小单位的一半或未公布，无数字")
    if len(other) <= max(3, RARE_MARKER * values):
        for item in other:
            yield flag_at(table, item, "not_a_number", "无数字的占位符，未作为数据")


def _unlabelled(table: Table) -> Iterator[Flag]:
    """The first cell of a row of totals that lacks its label."""
    row = unlabelled_total(table)
    if row is not None:
        item = next(i for i in table.cells[row].values() if i.kind == "number")
        yield flag_at(table, item, "unlabelled_total", "该行无地区名，各值约为以下各地区之和，按合计读取")


def _units(table: Table) -> Iterator[Flag]:
    """Cells whose unit is a misprint (%0 for ‰), and unit lines with a word that is no known unit (人份)."""
    for r in table.block.preamble:
        for line in table.cells[r].values():
            for stated in unit_line(line.text) if line.kind == "text" else ():
                if not stated.dimension and stated in table.context.units:
                    yield flag_at(table, line, "unknown_unit", f"单位“{stated.printed}”不在单位表中，按原样保留")
    places = [(r, s.col) for s in table.stub if s.kind in ("unit", "label") for r in table.block.data]
    places += [(r, c) for r in table.block.header for c in table.values]
    for r, c in places:
        item = table.cells[r].get(c)
        if item is None or item.kind != "text":
            continue
        unit = parse_unit(item.text) or split_unit(item.text).unit
        if unit is not None and unit.misread:
            yield flag_at(table, item, "ocr_unit", f"单位“{unit.printed}”应为“{unit.symbol}”")


def _years(table: Table) -> Iterator[Flag]:
    """Labels with a year that contradicts the title or the name of the sheet."""
    context = table.context
    if context.period is None or context.period_basis == "file" or table.periods_in or table.column_years:
        return
    year = context.period[:4]
    label_columns = [s.col for s in table.stub if s.kind == "label"]
    places = [(r, c) for r in table.block.data for c in label_columns]
    places += [(r, c) for r in table.block.header for c in table.values]
    for r, c in places:
        item = table.cells[r].get(c)
        if item is None or item.kind != "text":
            continue
        found = year_in_label(split_unit(item.text).label)
        if found and found[0] != year:
            yield flag_at(
                table, item, "label_year_conflict", f"标签写 {found[0]} 年，标题或表名为 {year} 年，按标题取 {year} 年"
            )


def _defunct(table: Table, placed: Sequence[Placed]) -> Iterator[Flag]:
    """Places that no longer existed in the year of the table nor in the one before (tables keep names for a year)."""
    if table.regions_in != "rows":
        return
    regions = load_regions()
    seen: set[int] = set()
    column = next((s.col for s in reversed(table.stub) if s.kind == "region"), None)
    for p in placed:
        if p.row in seen:
            continue
        area, period = p.figure.area, p.figure.period.iso
        if column is None or area.code is None or period is None:
            continue
        seen.add(p.row)
        region = regions.get(area.code, period[:4])
        item = table.cells[p.row].get(column)
        if region is None or item is None or region.valid_to is None or int(region.valid_to) >= int(period[:4]) - 1:
            continue
        yield flag_at(table, item, "defunct_region", f"{region.name}（{region.code}）于 {region.valid_to} 年后撤销")


def _notes(table: Table) -> Iterator[Flag]:
    """Notes on the data; lines that only name the source are none."""
    for r in table.block.notes:
        item = next(iter(table.cells[r].values()))
        if item.kind != "text" or not has_cjk(item.text) or words("source").match(item.text):
            continue
        if words("note").match(item.text):
            yield flag_at(table, item, "note", "表注：可能影响口径或可比性")


def watermarks(grid: Grid) -> Iterator[Flag]:
    """The cells of a download service on a sheet that holds nothing else."""
    items = list(islice(grid.items(), 4))
    if len(items) <= 3:
        for item in items:
            if words("watermark").match(item.text):
                yield Flag(
                    CellRef(grid.name, item.cell.address),
                    item.text,
                    "watermark_sheet",
                    "下载平台附加的工作表，不是数据",
                )


def labels_of(table: Table) -> frozenset[str]:
    """What a table measures, as comparable labels."""
    found = {"|".join(r.path) for r in table.rows if r.path and table.regions_in != "rows"}
    if table.regions_in != "columns":
        found |= {"|".join(c.path) for c in table.header.columns.values() if c.path}
    return frozenset(_comparable(label) for label in found)


def _comparable(label: str) -> str:
    return re.sub(r"(?:19|20)\d\d年?", "", squash(chinese(label)))


def wrong_tables(tables: Sequence[Table]) -> Iterator[Flag]:
    """Sheets of a series (one per year) that measure something else than all the others."""
    by_sheet: dict[str, set[str]] = {}
    first: dict[str, Table] = {}
    for table in tables:
        by_sheet.setdefault(table.block.sheet, set()).update(labels_of(table))
        first.setdefault(table.block.sheet, table)
    named_by_year = sum(
        table.context.period is not None and table.context.period[:4] in s for s, table in first.items()
    )
    if len(by_sheet) < 4 or named_by_year < 0.75 * len(by_sheet):
        return
    counts = Counter(label for labels in by_sheet.values() for label in labels)
    shares = {s: sum(counts[label] > 1 for label in labels) / len(labels) for s, labels in by_sheet.items() if labels}
    if sorted(shares.values())[len(shares) // 2] < 0.6:
        return
    for sheet, share in shares.items():
        table = first[sheet]
        if share <= 0.1:
            for r in (*table.block.preamble, *table.block.header):
                item = next(iter(table.cells[r].values()))
                if item.kind == "text":
                    yield flag_at(table, item, "wrong_table", "本表指标与同一工作簿其他各表完全不同，可能误放")
                    break
