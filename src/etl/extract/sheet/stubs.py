"""The columns to the left of the values: what each holds, and the path of labels that each row hangs under."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

from etl.extract.sheet.blocks import Block, Row
from etl.extract.sheet.grid import Grid, Item, months_of
from etl.extract.sheet.places import are_places, total_and_part
from etl.extract.sheet.row_paths import OpenLabels
from etl.extract.sheet.sections import Section, parts_of_places, sections_of
from etl.extract.sheet.timing import are_whole_years, combined, is_period_label, period_of_item
from etl.extract.sheet.translated_rows import translations_of
from etl.extract.sheet.wording import (
    Labelled,
    Unit,
    chinese,
    glued_unit,
    has_cjk,
    is_latin,
    is_of_which,
    mark_width,
    parse_unit,
    split_unit,
    unit_line,
    unknown_unit,
)
from etl.extract.sheet.words import squash, words
from etl.normalise.regions import load_regions
from etl.record import record

StubKind = Literal["region", "label", "unit", "period", "code", "region_code", "ordinal", "translation", "skip"]
MOSTLY = 0.6
MANY_YEARS = 8
"""Numbers that run through years in a first column, whatever it is called: values would not."""
SAMPLE = 400
"""Rows looked at to tell what a column holds."""


@dataclass(frozen=True, slots=True)
class StubColumn:
    col: int
    kind: StubKind
    header: str
    yearly: bool = False
    """Dates that mean years."""


@record(frozen=True, slots=True)
class StubRow:
    """What the stub says of one row."""

    row: int
    path: tuple[str, ...] = ()
    """Indicator labels from the outside in, without units."""
    unit: Unit | None = None
    regions: tuple[str, ...] = ()
    """Texts of the region columns, larger places first."""
    indent: int = 0
    region_code: str | None = None
    period: str | None = None
    printed: str = ""
    """The stub cells as printed, for evidence."""
    empty: bool = False
    """No value stands in the row: a section, or a row whose values are missing."""
    opens_part: bool = False
    """The row's label marks it as a part of the row above (其中, #)."""


def header_text(grid_rows: Sequence[tuple[int, Row]], col: int) -> str:
    """The header cells of a stub column, joined, without English."""
    parts = [chinese(row[col].text) for _, row in grid_rows if col in row and row[col].kind in ("text", "number")]
    if any(has_cjk(p) for p in parts):
        parts = [p for p in parts if not is_latin(p)]
    parts = [p for n, p in enumerate(parts) if not n or not words("count_row").match(p)]
    return "".join(dict.fromkeys(parts))


def split_columns(block: Block, rows: dict[int, Row]) -> tuple[list[StubColumn], list[int], list[int]]:
    """(stub columns, value columns, columns of remarks and codes among or behind the values) of a block."""
    header = [(r, rows[r]) for r in block.header]
    data = [rows[r] for r in block.data if r in rows]
    stub: list[StubColumn] = []
    values: list[int] = []
    other: list[int] = []
    filled = [
        row for row in data if len(row) > 1
    ] or data  # rows of one cell head others: they do not tell what a column holds
    by_column: dict[int, list[Item]] = {col: [] for col in block.columns}
    for row in filled:  # row by row, as the cells lie in memory
        for col, item in row.items():
            if col in by_column:
                by_column[col].append(item)
    for col in block.columns:
        items = by_column[col] or [row[col] for row in data if col in row]
        head = header_text(header, col)
        kind = _column_kind(items, head, leading=not values)
        if kind == "value":
            values.append(col)
        elif not items and not head:
            continue
        elif not items:
            (values if values or stub else other).append(col)
        elif values and kind == "unit" and not any(s.kind == "unit" for s in stub):
            stub.append(StubColumn(col, kind, head))
        elif values:
            other.append(col)
        elif kind is not None:
            stub.append(StubColumn(col, kind, head, kind == "period" and are_whole_years(items)))
    return _without_translations(stub, data), values, other


def _column_kind(items: list[Item], head: str, *, leading: bool) -> StubKind | Literal["value"] | None:
    sample = items[:: max(1, len(items) // SAMPLE)]
    numbers = [i for i in sample if i.kind == "number"]
    texts = [i for i in sample if i.kind == "text"]
    moments = [i for i in sample if i.kind == "moment"]
    if words("code").match(head):
        return "region_code" if _are_region_codes(numbers) else "code"
    if moments and len(moments) >= len(numbers) + len(texts):
        return "period" if leading else "skip"
    if len(texts) > len(numbers):
        return _text_kind(texts, head)
    if not numbers:
        return "value" if sample else None
    if leading:
        if words("label_head").match(head):
            return "label"
        if words("ordinal").match(head) or (not head and _are_running(numbers)):
            return "ordinal"
        if _are_years(numbers, head) or _are_months(numbers, head):
            return "period"
        if _are_region_codes(numbers):
            return "region_code"
    return "value"


def _text_kind(texts: list[Item], head: str) -> StubKind:
    labels = [i.text for i in texts]
    if _are_mostly(labels, lambda t: parse_unit(t) is not None) and not words("region").match(head):
        return "unit"
    if words("unit").match(head) and _are_units_partly_unknown(labels):
        return "unit"
    if _are_mostly(labels, is_period_label) or (
        words("period").match(head) and _are_mostly(labels, lambda t: any(c.isdigit() for c in t))
    ):
        return "period"
    return "region" if words("region").match(head) or are_places(labels) else "label"


def _are_units_partly_unknown(labels: list[str]) -> bool:
    """Short words of which some are units. 单位 heads columns of organisations, too: none of these is a unit."""
    return any(parse_unit(t) is not None for t in labels) and all(
        parse_unit(t) is not None or unknown_unit(t) is not None for t in labels
    )


def _are_mostly(labels: list[str], holds: Callable[[str], bool]) -> bool:
    """Whether it holds for most of the labels; asked of no more than are needed to tell."""
    possible = len(labels)
    for label in labels:
        possible -= not holds(label)
        if possible < MOSTLY * len(labels):
            return False
    return True


def _are_region_codes(numbers: list[Item]) -> bool:
    if len(numbers) < 3:
        return False
    regions = load_regions()
    known = sum(
        regions.get(str(i.number.value)) is not None
        for i in numbers
        if i.number is not None and len(str(i.number.value)) == 6
    )
    return known >= 0.8 * len(numbers)


def _are_running(numbers: list[Item]) -> bool:
    values = [i.number.value for i in numbers if i.number is not None]
    return len(values) >= 3 and values[0] in (0, 1) and all(b > a for a, b in pairwise(values))


def _are_years(numbers: list[Item], head: str) -> bool:
    if not all(i.yearlike for i in numbers):
        return False
    if words("period").match(head):
        return True
    values = [int(i.number.value) for i in numbers if i.number is not None]
    if not head:
        return len(set(values)) == len(values) >= 3
    return len(values) >= MANY_YEARS and (values == sorted(set(values)) or values[::-1] == sorted(set(values)))


def _are_months(numbers: list[Item], head: str) -> bool:
    """2023.01, 2023.02 … below 月份 or, when there are many, below whatever the column is called."""
    return (bool(words("period").match(head)) or len(numbers) >= MANY_YEARS) and bool(months_of(numbers))


def _without_translations(stub: list[StubColumn], data: list[Row]) -> list[StubColumn]:
    """Columns that repeat the labels in English are marked as translations."""
    found = []
    has_chinese = any(c.kind in ("region", "label") and not _is_english(c.col, data) for c in stub)
    for column in stub:
        if has_chinese and column.kind in ("region", "label") and _is_english(column.col, data):
            column = StubColumn(column.col, "translation", column.header)
        found.append(column)
    return found


def _is_english(col: int, data: list[Row]) -> bool:
    texts = [row[col].text for row in data[:SAMPLE] if col in row and row[col].kind == "text"]
    return bool(texts) and sum(is_latin(t) for t in texts) >= 0.8 * len(texts)


def read_rows(
    grid: Grid, block: Block, rows: dict[int, Row], stub: Sequence[StubColumn], values: Sequence[int]
) -> list[StubRow]:
    """The rows of a block with the paths of their labels, in order."""
    inside = set(values)
    filled = _merged_texts(grid, block, stub)
    months = _months(block, rows, stub)
    glued = _has_glued_units(block, rows, stub)
    open_labels = OpenLabels()
    carried: dict[int, Item] = {}
    found: list[StubRow] = []
    keys = [s for s in stub if s.kind in ("region", "label")]
    translated = translations_of(block, rows, [s.col for s in keys], values)
    told = replace(block, data=[r for r in block.data if r not in translated.rows]) if translated.rows else block
    sections = sections_of(told, rows, [s.col for s in keys], places=any(s.kind == "region" for s in keys))
    heads: dict[str, Section] = {}
    parts = parts_of_places(told, rows, [s.col for s in stub if s.kind == "region"])
    above: StubRow | None = None
    tails = _tails(block, rows, keys)
    places = _places_outside_in(block, rows, stub)
    for r in block.data:
        row = rows[r]
        if r in translated.rows:
            found.append(StubRow(r, empty=True))
            continue
        if r in tails.rows:
            found.append(StubRow(r, printed=tails.rows[r].text, empty=True))
            continue
        if (section := sections.get(r)) is not None:
            heads[section.kind] = section
            open_labels, carried = OpenLabels(), {}
            found.append(StubRow(r, printed=section.text, empty=True))
            continue
        empty = not any(c in inside and i.kind in ("number", "marker") for c, i in row.items())
        labels = rows[translated.label_of.get(r, r)]
        cells = {s.col: item for s in stub if (item := labels.get(s.col) or filled.get((r, s.col))) is not None}
        _carry_down(cells, stub, carried)
        read = _read_row(r, cells, places, open_labels, months, glued=glued, empty=empty, tail=tails.of.get(r))
        if parts and read.regions:
            if (label := squash(read.regions[-1])) not in parts:
                above = read
            elif above is not None:
                read = replace(read, regions=above.regions, indent=above.indent, path=(*read.path, label))
        found.append(_headed(read, heads) if heads else read)
    return found


@dataclass(slots=True)
class _Tails:
    """Rows that only carry on the label of the row above: its unit, or its last words and its unit."""

    rows: dict[int, Item] = field(default_factory=dict)
    of: dict[int, Labelled] = field(default_factory=dict)
    """What they say, by the row above."""


def _tails(block: Block, rows: dict[int, Row], keys: Sequence[StubColumn]) -> _Tails:
    """``(万人年)`` alone below the label of a row with values, or the rest of such a label, indented, with its unit."""
    found = _Tails()
    if len(keys) != 1 or keys[0].kind != "label":
        return found
    col = keys[0].col
    for n, (above, r) in enumerate(pairwise(block.data)):
        item, head = rows[r].get(col), rows[above].get(col)
        if item is None or item.kind != "text" or head is None or not _is_label_alone(rows[r]):
            continue
        said = split_unit(item.text)
        if said.unit is None or split_unit(head.text).unit is not None:
            continue
        if not said.label:
            found.rows[r], found.of[above] = item, said
        elif indent_of(item) > indent_of(head) and not is_of_which(said.label) and not _is_label_alone(rows[above]):
            below = rows[block.data[n + 2]].get(col) if n + 2 < len(block.data) else None
            if below is None or indent_of(below) < indent_of(item):
                found.rows[r], found.of[above] = item, said
    return found


def _is_label_alone(row: Row) -> bool:
    """Whether nothing but texts stands in a row."""
    return all(i.kind == "text" for i in row.values())


def _places_outside_in(block: Block, rows: dict[int, Row], stub: Sequence[StubColumn]) -> list[StubColumn]:
    """The stub columns, those of places with the larger ones first: a column of cities can stand before its provinces,
    which are fewer."""
    columns = [s for s in stub if s.kind == "region"]
    if len(columns) < 2:
        return list(stub)

    def names(column: StubColumn) -> int:
        return len({i.text for r in block.data if (i := rows[r].get(column.col)) is not None})

    outside_in = iter(sorted(columns, key=names))
    return [next(outside_in) if s.kind == "region" else s for s in stub]


def _headed(row: StubRow, heads: Mapping[str, Section]) -> StubRow:
    """The row with what the sections above it say, where it does not say so itself."""
    if (period := heads.get("period")) is not None and row.period is None:
        row = replace(row, period=period.text, printed=f"{period.text} {row.printed}")
    if (measure := heads.get("measure")) is not None and not row.path:
        row = replace(row, path=measure.path, unit=row.unit or measure.unit, printed=f"{measure.text} {row.printed}")
    if (place := heads.get("place")) is not None and not row.regions:
        row = replace(row, regions=(place.text,), printed=f"{place.text} {row.printed}")
    return row


def _carry_down(cells: dict[int, Item], stub: Sequence[StubColumn], carried: dict[int, Item]) -> None:
    """A place or group that stands once before several rows also heads the rows below it whose own stub goes on."""
    keys = [s.col for s in stub if s.kind in ("region", "label", "period")]
    for n, col in enumerate(keys[:-1]):
        if col in cells:
            carried[col] = cells[col]
            for inner in keys[n + 1 :]:
                carried.pop(inner, None)
        elif col in carried and any(inner in cells for inner in keys[n + 1 :]):
            cells[col] = carried[col]


def _merged_texts(grid: Grid, block: Block, stub: Sequence[StubColumn]) -> dict[tuple[int, int], Item]:
    """The text of a merged stub cell for every row that it covers."""
    columns = {s.col for s in stub}
    found = {}
    for (r, c), span in grid.merges.items():
        if c in columns and span.last_row > r and span.last_row - r <= len(block.data) and r in grid.rows:
            for covered in range(r, span.last_row + 1):
                found[covered, c] = grid.rows[r][c]
    return found


def _has_glued_units(block: Block, rows: dict[int, Row], stub: Sequence[StubColumn]) -> bool:
    """Whether nearly all labels of rows with numbers end in a unit without brackets (常住人口万人, 出生率‰)."""
    if any(s.kind == "unit" for s in stub):
        return False
    columns = [s.col for s in stub if s.kind == "label"]
    if len(columns) != 1:
        return False
    col = columns[0]
    labels = [
        chinese(rows[r][col].text)
        for r in block.data
        if col in rows[r] and rows[r][col].kind == "text" and any(i.kind == "number" for i in rows[r].values())
    ]
    bare = [label for label in labels if split_unit(label).unit is None or label[-1] in "%％‰"]
    glued = sum(split_unit(label).unit is not None or glued_unit(label) is not None for label in bare)
    return len(set(bare)) >= 3 and glued >= 0.85 * len(labels)


def indent_of(item: Item) -> int:
    """Width of the blanks before a label, and of the cell's own indentation; a full-width blank counts twice."""
    width = 0
    for char in item.text:
        if char == "\u3000":
            width += 2
        elif char in " \u00a0\t":
            width += 1
        else:
            break
    return width + 2 * item.cell.indent


@dataclass(slots=True)
class _Labels:
    """The labels of one row while its stub cells are read."""

    texts: list[str] = field(default_factory=list)
    unit: Unit | None = None
    indent: int = 0
    mark: int = 0
    """Width of the 其中： or # before the first label."""

    def add(self, item: Item, *, glued: bool, age: bool = False) -> None:
        found = split_unit(item.text)
        label, unit = found.label, found.unit
        if age and label.replace("-", "").isdigit():
            label += "岁"
        if unit is None and glued and (cut := glued_unit(found.label)) is not None:
            label, unit = cut.label, cut.unit
        if unit is None and len(found.units) == 1:
            unit = found.units[0]
        if not self.texts:
            self.indent, self.mark = indent_of(item), mark_width(item.text)
        self.unit = self.unit or unit
        label = label.rstrip(":：") or label
        if label and label not in self.texts:
            self.texts.append(label)


def _months(block: Block, rows: dict[int, Row], stub: Sequence[StubColumn]) -> dict[tuple[int, int], str]:
    """The months that numbers in a column of periods are, by row and column, when they follow one another."""
    found: dict[tuple[int, int], str] = {}
    for column in stub:
        if column.kind == "period":
            numbers = [i for r in block.data if (i := rows[r].get(column.col)) is not None and i.kind == "number"]
            found.update(zip(((i.row, i.col) for i in numbers), months_of(numbers), strict=False))
    return found


def _read_row(
    r: int,
    cells: dict[int, Item],
    stub: Sequence[StubColumn],
    labels_above: OpenLabels,
    months: Mapping[tuple[int, int], str],
    *,
    glued: bool,
    empty: bool,
    tail: Labelled | None = None,
) -> StubRow:
    labels = _Labels()
    printed: list[str] = []
    regions: list[Item] = []
    unit: Unit | None = None
    period: str | None = None
    code: str | None = None
    for column in stub:
        item = cells.get(column.col)
        if item is None:
            continue
        if column.kind not in ("translation", "ordinal"):
            printed.append(" ".join(item.text.split()))
        if column.kind == "unit" and item.kind == "text":
            unit = parse_unit(item.text) or unknown_unit(item.text) or unit
        elif column.kind == "period":
            told = months.get((item.row, item.col)) or period_of_item(item)
            period = combined(period, told[:4] if told and column.yearly and item.kind == "moment" else told)
        elif column.kind == "region_code" and item.number is not None:
            code = _inner_code(code, str(item.number.value))
        elif column.kind == "region" and item.kind == "text":
            regions.append(item)
        elif column.kind == "label" and item.kind in ("text", "number"):
            labels.add(item, glued=glued, age=bool(words("age_head").match(column.header)))
    path: tuple[str, ...] = ()
    places = tuple(i.text for i in regions)
    if tail is not None and labels.texts:
        labels.texts[-1] += tail.label
        labels.unit = labels.unit or tail.unit
    unit = unit or labels.unit
    if labels.texts:
        placed = labels_above.place(labels.texts, labels.indent, unit, section=empty, mark=labels.mark)
        path, unit = placed.labels, placed.unit
    if places and (cut := total_and_part(places[-1])) is not None:
        places, path = (*places[:-1], cut[0]), (*path, cut[1])
    return StubRow(
        r,
        path,
        unit,
        regions=places,
        indent=indent_of(regions[0]) if regions else labels.indent,
        region_code=code,
        period=period,
        printed=" ".join(printed),
        empty=empty,
        opens_part=bool(labels.texts) and is_of_which(labels.texts[-1]),
    )


def _inner_code(known: str | None, code: str) -> str:
    """Of the codes of a row (city_code | province_code) that of the smaller place."""
    regions = load_regions()
    return known if known is not None and code in regions.ancestors(known) else code


def title_units(texts: Sequence[str]) -> tuple[Unit, ...]:
    """The units of the unit line among the texts above a table; the last one speaks."""
    found: tuple[Unit, ...] = ()
    for text in texts:
        units = unit_line(text)
        if units and (not found or "单位" in squash(text)):
            found = units
    return found
