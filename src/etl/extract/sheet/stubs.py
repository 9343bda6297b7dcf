"""The columns to the left of the values: what each holds, and the path of labels that each row hangs under."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from etl.extract.sheet.blocks import Block, Row
from etl.extract.sheet.grid import Grid, Item
from etl.extract.sheet.places import place_share
from etl.extract.sheet.timing import is_period_label, period_of_item
from etl.extract.sheet.wording import (
    Unit,
    chinese,
    glued_unit,
    is_latin,
    is_of_which,
    ordinal_rank,
    parse_unit,
    split_unit,
    unit_line,
)
from etl.extract.sheet.words import squash, words
from etl.normalise.regions import load_regions

StubKind = Literal["region", "label", "unit", "period", "code", "region_code", "ordinal", "translation", "skip"]
MOSTLY = 0.6
SAMPLE = 400
"""Rows looked at to tell what a column holds."""


@dataclass(frozen=True, slots=True)
class StubColumn:
    col: int
    kind: StubKind
    header: str


@dataclass(frozen=True, slots=True)
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
    anchor: int | None = None
    """Column of the label."""
    opens_part: bool = False
    """The row's label marks it as a part of the row above (其中, #)."""


def header_text(grid_rows: Sequence[tuple[int, Row]], col: int) -> str:
    """The header cells of a stub column, joined, without English."""
    parts = [chinese(row[col].text) for _, row in grid_rows if col in row and row[col].kind in ("text", "number")]
    return "".join(dict.fromkeys(parts))


def split_columns(block: Block, rows: dict[int, Row]) -> tuple[list[StubColumn], list[int], list[int]]:
    """(stub columns, value columns, columns of remarks and codes among or behind the values) of a block."""
    header = [(r, rows[r]) for r in block.header]
    data = [rows[r] for r in block.data if r in rows]
    stub: list[StubColumn] = []
    values: list[int] = []
    other: list[int] = []
    for col in block.columns:
        items = [row[col] for row in data if col in row]
        head = header_text(header, col)
        kind = _column_kind(items, head, leading=not values)
        if kind == "value":
            values.append(col)
        elif not items and not head:
            continue
        elif not items:
            (values if values or stub else other).append(col)
        elif values:
            other.append(col)
        elif kind is not None:
            stub.append(StubColumn(col, kind, head))
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
        if words("ordinal").match(head) or (not head and _are_running(numbers)):
            return "ordinal"
        if _are_years(numbers, head):
            return "period"
        if _are_region_codes(numbers):
            return "region_code"
    return "value"


def _text_kind(texts: list[Item], head: str) -> StubKind:
    labels = [i.text for i in texts]
    n = len(labels)
    if sum(parse_unit(t) is not None for t in labels) >= MOSTLY * n and not words("region").match(head):
        return "unit"
    if sum(is_period_label(t) for t in labels) >= MOSTLY * n or (
        words("period").match(head) and sum(any(c.isdigit() for c in t) for t in labels) >= MOSTLY * n
    ):
        return "period"
    real, share = place_share(labels)
    return "region" if (real and share >= 0.5) or words("region").match(head) else "label"


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
    return not head and len(set(values)) == len(values) >= 3


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
    glued = _has_glued_units(block, rows, stub)
    parents = _Parents()
    found: list[StubRow] = []
    for r in block.data:
        row = rows[r]
        empty = not any(c in inside and i.kind in ("number", "marker") for c, i in row.items())
        found.append(_read_row(r, row, stub, filled, parents, glued=glued, empty=empty))
    return found


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


def _read_row(
    r: int, row: Row, stub: Sequence[StubColumn], filled: dict[tuple[int, int], Item],
    parents: _Parents, *, glued: bool, empty: bool,
) -> StubRow:  # fmt: skip
    labels: list[str] = []
    printed: list[str] = []
    regions: list[str] = []
    unit: Unit | None = None
    period: str | None = None
    code: str | None = None
    indent = 0
    anchor: int | None = None
    for column in stub:
        item = row.get(column.col) or filled.get((r, column.col))
        if item is None:
            continue
        if column.kind not in ("translation", "ordinal"):
            printed.append(" ".join(item.text.split()))
        if column.kind == "unit" and item.kind == "text":
            unit = parse_unit(item.text) or unit
        elif column.kind == "period":
            period = period_of_item(item) or period
        elif column.kind == "region_code" and item.number is not None:
            code = str(item.number.value)
        elif column.kind == "region" and item.kind == "text":
            regions.append(item.text)
            indent = indent_of(item) if len(regions) == 1 else indent
            anchor = column.col
        elif column.kind == "label" and item.kind in ("text", "number"):
            found = split_unit(item.text)
            label, own = found.label, found.unit
            if own is None and glued and (cut := glued_unit(found.label)) is not None:
                label, own = cut.label, cut.unit
            if found.units and own is None and len(found.units) == 1:
                own = found.units[0]
            unit = unit or own
            if label and label not in labels:
                labels.append(label)
            if anchor is None:
                anchor, indent = column.col, indent_of(item)
    part = bool(labels) and is_of_which(labels[-1])
    path = parents.path(labels, indent, section=empty) if labels else ()
    if not labels and regions:
        path = ()
    return StubRow(
        r, path, unit, tuple(regions), indent, code, period, " ".join(printed), empty, anchor, opens_part=part
    )


class _Parents:
    """The labels that are still open above a row: sections, groups by indentation, the row before 其中 and 男."""

    def __init__(self) -> None:
        self._open: list[tuple[int, str, bool]] = []
        """(indent, label, section)."""
        self._of_which: int | None = None
        """Indent of the last row marked 其中: rows indented like it or more go on with its list."""

    def path(self, labels: list[str], indent: int, *, section: bool) -> tuple[str, ...]:
        if len(labels) > 1:
            self._open = []
            return tuple(labels)
        label = labels[0]
        if section:
            self._pop(lambda i, _, is_section: i >= indent if not is_section else i >= indent or indent == 0)
            self._of_which = None
        elif is_of_which(label):
            self._pop(lambda i, _, is_section: not is_section and i >= indent and self._is_part(i, indent))
            self._of_which = indent
        elif words("breakdown").match(label):
            self._pop(lambda _, name, __: is_of_which(name) or words("breakdown").match(name))
        elif ordinal_rank(label) == 0:
            self._open = [o for o in self._open if o[2] and o[0] < indent]
            self._of_which = None
        else:
            if self._of_which is not None and indent < self._of_which:
                self._of_which = None
            self._pop(lambda i, _, is_section: i >= indent and not (is_section and i == indent))
            while self._open and self._open[-1][2] and self._open[-1][0] > indent:
                self._open.pop()
        path = (*(name for _, name, _ in self._open), label)
        self._open.append((indent, label, section))
        return path

    def _is_part(self, open_indent: int, indent: int) -> bool:
        return self._of_which is not None or open_indent > indent

    def _pop(self, out: object) -> None:
        while self._open and out(*self._open[-1]):  # type: ignore[operator]
            self._open.pop()


def title_units(texts: Sequence[str]) -> tuple[Unit, ...]:
    """The units of the unit line among the texts above a table; the last one speaks."""
    found: tuple[Unit, ...] = ()
    for text in texts:
        units = unit_line(text)
        if units and (not found or "单位" in squash(text)):
            found = units
    return found
