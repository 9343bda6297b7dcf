"""Header rows to columns: the path of labels over each value column, its unit and its period."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from etl.extract.sheet.blocks import Row
from etl.extract.sheet.grid import Grid, Item, months_of
from etl.extract.sheet.row_paths import is_division
from etl.extract.sheet.timing import (
    are_whole_years,
    combined,
    part_before_label,
    period_before_label,
    period_label,
    period_of_item,
    span_before_label,
    year_in_label,
)
from etl.extract.sheet.wording import (
    Unit,
    chinese,
    has_cjk,
    is_bare_change,
    is_latin,
    is_of_which,
    is_sum,
    ordinal_rank,
    parse_unit,
    parse_units,
    split_unit,
)
from etl.extract.sheet.words import squash, words

RATIOS = frozenset({"percent", "per_mille", "percentage_points"})
TIMES = ("cumulative", "this_month", "year_before", "last_year_end")
"""Kinds of words for a column that names a time beside that of the title, and no measure."""
HEADER_KINDS = ("unit", "period", "region", "frequency", "indicator")


@dataclass(slots=True)
class Column:
    """What the header says of one value column."""

    col: int
    path: tuple[str, ...] = ()
    """Labels from the outside in, without units, periods and English."""
    unit: Unit | None = None
    unit_inherited: bool = False
    """The unit is that of the column this one is a part of."""
    unit_above: bool = False
    """The unit stands in a header cell over others (生产总值（亿元） over 绝对额 and 比上年增长)."""
    period: str | None = None
    frequency: str | None = None
    region: str | None = None
    """The label that stands in a header row of regions (``地区`` in its stub)."""
    printed: tuple[str, ...] = ()
    """The header cells as printed, for evidence."""
    part_of: int | None = None
    """The column that this one is a part of (其中, #)."""


@dataclass(slots=True)
class Header:
    """The columns of a block, and the units that a header cell states for the whole table."""

    columns: dict[int, Column]
    table_units: tuple[Unit, ...] = ()


@dataclass(slots=True)
class _Covering:
    """A header cell over a column: its label, and how many columns it covers."""

    item: Item
    label: str
    own: bool
    """The cell stands in this column (not drawn out from the left)."""
    row: int
    has_unit: bool = False
    """A unit of its own stands in the cell."""


def read_header(grid: Grid, rows: Sequence[tuple[int, Row]], values: Sequence[int], stub: Sequence[int]) -> Header:
    """The columns over ``values`` from the header rows (row number and cells), outermost first.

    ``stub`` are the columns to the left, whose header cells can name the role of a row (单位, 地区, 频度).
    """
    rows = _mended(rows)
    header = Header({c: Column(c) for c in values})
    covers: dict[int, list[_Covering]] = {c: [] for c in values}
    translations = _translations(rows, values)
    named_rows = _named_rows(rows, stub)
    for r, row in rows:
        months = _months(row, values)
        role = named_rows.get(r)
        if role is None and _is_unit_row(row, values):
            role = "unit"
        if role is None and are_whole_years(row[c] for c in values if c in row):
            role = "years"
        for c, item, own in _drawn_out(grid, rows, r, row, values, covers, months):
            if (r, item.col) in translations:
                continue
            column = header.columns[c]
            if own:
                column.printed += (" ".join(item.text.split()),)
            _place(header, column, covers[c], _Covering(item, "", own, r), role, months.get(item.col))
    spans = _spans(covers)
    measures = _repeated_measures(covers)
    for c in values:
        header.columns[c].path = _join(covers[c], spans, measures)
    _part_flattened(header, values)
    _hang_parts(header, values)
    _date_changes(header, values)
    _free_ranks(header, values)
    _nest_ordinals(header, values)
    return header


_LEFT_OPEN = re.compile(r"[(（][^()（）]*$")
_CLOSES = re.compile(r"^[^()（）]*[)）]")


def _mended(rows: Sequence[tuple[int, Row]]) -> list[tuple[int, Row]]:
    """The header rows with brackets in one piece that are broken over two of them: ``(人/平方`` | ``公里)``."""
    found = [(r, dict(row)) for r, row in rows]
    for n, (_, row) in enumerate(found):
        for c, item in row.items():
            if item.kind != "text" or not _LEFT_OPEN.search(item.text):
                continue
            rest = next((later for _, later in found[n + 1 :] if c in later), None)
            if rest is not None and rest[c].kind == "text" and _CLOSES.match(rest[c].text):
                whole = item.text.rstrip() + rest.pop(c).text.lstrip()
                row[c] = replace(item, cell=replace(item.cell, value=whole, text=whole))
    return found


def _months(row: Row, values: Sequence[int]) -> dict[int, str]:
    """The months that the numbers of a header row are, by column, when they follow one another."""
    numbers = [row[c] for c in values if c in row and row[c].kind == "number"]
    return dict(zip((i.col for i in numbers), months_of(numbers), strict=False))


def _place(
    header: Header, column: Column, covers: list[_Covering], covering: _Covering, role: str | None, month: str | None
) -> None:
    """Take one header cell as the unit, period, region or label that it is; ``month`` is what its row makes of it."""
    item = covering.item
    period = month or period_of_item(item)
    if role == "frequency":
        column.frequency = squash(item.text)
        return
    if role == "region":
        column.region = item.text
        return
    if period is not None and role != "indicator" and (bases := _bases_above(covers)) is not None:
        told = year_in_label(bases)
        column.period = told[0] if told else column.period
        covering.label = squash(item.text)
        covers.append(covering)  # 2020年为下列各年% | 2010: of 2020, compared with 2010
        return
    if period is not None and role != "indicator":
        column.period = combined(column.period, period[:4] if role == "years" else period)
        return
    if item.kind in ("number", "marker"):
        return
    if role == "unit":
        if (unit := parse_unit(item.text)) is not None:
            column.unit, column.unit_above = unit, False
        return
    found = split_unit(item.text)
    if found.units:
        if len(found.units) == 1 and found.label == "":
            column.unit = found.units[0]
        else:
            header.table_units = header.table_units or found.units
    if found.unit is not None:
        column.unit = _settle(column.unit, found.unit, item)
    elif not found.label or (item.text.strip()[:1] in "(（" and _whole_unit(item.text)):
        units = parse_units(squash(item.text).strip("()（）"))
        if len(units) == 1:
            column.unit, column.unit_above = _settle(column.unit, units[0], item), False
            return
    elif (unit := parse_unit(found.label)) is not None and (not has_cjk(found.label) or unit.dimension == "index"):
        column.unit = unit  # also 上年=100 | 1978年=100 below 指数
        return
    if found.unit is not None and role != "indicator" and (period := period_label(found.label)) is not None:
        column.period = combined(column.period, period)  # 2022年（万人）
        return
    cut = part_before_label(found.label) or period_before_label(found.label)
    if cut is not None:
        column.period, found = combined(column.period, cut[0]), replace(found, label=cut[1])
    elif (span := span_before_label(found.label)) is not None:
        column.period = span
    if found.label:
        covering.label = found.label
        covering.has_unit = found.unit is not None
        covers.append(covering)
        column.unit_above = found.unit is None and column.unit is not None


def _bases_above(covers: Sequence[_Covering]) -> str | None:
    """The label that says that the years below it are those with which a figure is compared, where there is one."""
    return next((x.label for x in covers if words("bases").match(x.label)), None)


def _settle(known: Unit | None, found: Unit, item: Item) -> Unit:
    """The Chinese unit of a column stands against its translation below it: (所) against (unit)."""
    return known if known is not None and is_latin(item.text) else found


def _whole_unit(text: str) -> bool:
    return bool(parse_units(squash(text).strip("()（）")))


def _named_rows(rows: Sequence[tuple[int, Row]], stub: Sequence[int]) -> dict[int, str]:
    """Header rows whose stub cell names their role, when at least two rows have one (指标 / 地区 / 频度 / 单位)."""
    if not stub:
        return {}
    found = {}
    for r, row in rows:
        item = row.get(stub[0])
        if item is None or item.kind != "text":
            continue
        for kind in HEADER_KINDS:
            if words(kind).match(item.text):
                found[r] = kind
                break
    return found if len(found) >= 2 else {}


def _is_unit_row(row: Row, values: Sequence[int]) -> bool:
    """Whether every text over the values is a unit without brackets (人 | 万元 | %)."""
    texts = [row[c] for c in values if c in row and row[c].kind == "text"]
    return len(texts) >= 2 and all(parse_unit(chinese(i.text)) is not None for i in texts)


def _translations(rows: Sequence[tuple[int, Row]], values: Sequence[int]) -> frozenset[tuple[int, int]]:
    """Header cells that only translate the Chinese cell above them in the same column."""
    inside = set(values)
    above: set[int] = set()
    found: set[tuple[int, int]] = set()
    for r, row in rows:
        latin = [c for c, i in row.items() if c in inside and i.kind == "text" and is_latin(i.text)]
        chinese_cells = [c for c, i in row.items() if c in inside and i.kind == "text" and has_cjk(i.text)]
        candidates = [c for c in latin if parse_unit(row[c].text) is None]
        if candidates and (chinese_cells or all(c in above for c in candidates)):
            found.update((r, c) for c in candidates if c in above)
        above.update(chinese_cells)
    return frozenset(found)


def _drawn_out(
    grid: Grid,
    rows: Sequence[tuple[int, Row]],
    r: int,
    row: Row,
    values: Sequence[int],
    covers: dict[int, list[_Covering]],
    months: Mapping[int, str],
) -> list[tuple[int, Item, bool]]:
    """(column, cell, own) for the columns that the cells of a header row stand over.

    A merged cell covers its range. An unmerged one is drawn out over the empty cells to its right as long as they
    share its parent and have a header of their own below.
    """
    below = [later for q, later in rows if q > r]
    found: list[tuple[int, Item, bool]] = []
    last: Item | None = None
    for c in values:
        item = row.get(c)
        if item is not None:
            found.append((c, item, True))
            last = item
            continue
        if last is None or (is_sum(last.text) and not any(last.col in later for later in below)):
            continue  # 合计 with nothing below it stands for its own column, whatever follows
        span = grid.span(r, last.col)
        if span is not None and span.last_col > span.first_col:
            if c <= span.last_col:
                found.append((c, last, False))
            else:
                last = None
            continue
        if span is not None and span.last_row > span.first_row and last.kind != "number":
            last = None
            continue
        has_child = any(c in later and later[c].kind in ("text", "number") for later in below)
        same_parent = [x.item for x in covers[c]] == [x.item for x in covers[last.col]]
        is_period = last.col in months or period_of_item(last) is not None
        if same_parent and has_child and (not is_period or last.col in {k for later in below for k in later}):
            found.append((c, last, False))
        else:
            last = None
    return found


def _spans(covers: dict[int, list[_Covering]]) -> dict[tuple[int, int], int]:
    """How many columns each header cell covers, those above a part (#, 其中) left out for its column."""
    counts: dict[tuple[int, int], int] = {}
    for path in covers.values():
        mark = next((n for n, x in enumerate(path) if is_of_which(x.label)), 0)
        for x in path[mark:]:
            place = (x.item.row, x.item.col)
            counts[place] = counts.get(place, 0) + 1
    return counts


def _repeated_measures(covers: dict[int, list[_Covering]]) -> frozenset[str]:
    """Labels with a unit of their own in several columns (年末人数(人)): measures, not ends of split words."""
    times = Counter(x.label for path in covers.values() for x in path if x.own and x.has_unit)
    return frozenset(label for label, n in times.items() if n > 1)


def _join(path: list[_Covering], spans: dict[tuple[int, int], int], measures: frozenset[str]) -> tuple[str, ...]:
    """Labels from the outside in; words split over rows of one column are joined."""
    found: list[str] = []
    single = False
    for x in path:
        alone = x.own and spans.get((x.item.row, x.item.col), 1) <= 1
        label = x.label
        joins = not is_of_which(label) and (label not in measures or words("label_rest").match(label))
        if found and single and alone and joins and not is_of_which(found[-1]):
            found[-1] += label
        elif not found or found[-1] != label:
            found.append(label)
        single = alone
    return tuple(found)


_FLATTENED = re.compile(r"(?P<outer>[\u4e00-\u9fff]{2,})[(（](?P<unit>[^()（）]+)[)）](?P<inner>[\u4e00-\u9fff]{2,})")


def _part_flattened(header: Header, values: Sequence[int]) -> None:
    """A header of two rows written in one: 迁入（人）市内迁入 | 市外迁入, where the second is under 迁入 too."""
    outer: tuple[Column, str, str] | None = None
    unit: Unit | None = None
    for c in values:
        column = header.columns[c]
        found = _FLATTENED.fullmatch(squash(column.printed[0])) if len(column.printed) == 1 else None
        if found and not words("growth").match(found["inner"]) and (stated := parse_unit(found["unit"])) is not None:
            outer, unit = (column, found["outer"], found["inner"]), stated
        elif outer is None or column.unit is not None or len(column.path) != 1 or is_of_which(column.path[0]):
            outer = None
        elif not words("rate").match(column.path[0]):
            outer[0].path = outer[1:]
            column.path, column.unit = (outer[1], *column.path), unit


def _hang_parts(header: Header, values: Sequence[int]) -> None:
    """Columns of 其中 and # hang under the column to their left that they are a part of, and take over its unit.

    So do labels that stand several times (排名, 增速), but those have a unit of their own or none.
    """
    base: int | None = None
    counted: int | None = None
    """The last whole that is no rate: what 男, 城镇人口 and the like are parts of."""
    times = Counter(header.columns[c].path for c in values if header.columns[c].period is None)
    shared = {c for a, b in pairwise(values) if header.columns[a].path == header.columns[b].path for c in (a, b)}
    """Columns side by side below one label (上年=100 | 1978年=100 below 指数)."""
    for c in values:
        column = header.columns[c]
        marks = [n for n, label in enumerate(column.path) if is_of_which(label)]
        again = times[column.path] > 1 and c not in shared
        again = again or (base is not None and _is_change_of(column, header.columns[base]))
        if again and len(column.path) == 1 and base is not None and not marks:
            column.path = (*header.columns[base].path, *column.path)  # 增速 behind each of several measures
            continue
        owner = base
        broken = len(column.path) == 1 and words("breakdown").match(column.path[0])
        broken = broken and not _counts_else(column, header.columns.get(-1 if counted is None else counted))
        if not marks and broken and (base == counted or words("generic").match(column.path[0])):
            marks, owner = [0], counted  # behind a rate 城镇人口 stands alone, 男 is still a part of the last count
        if not marks and len(column.path) > 1 and counted is not None and is_division(column.path[0]):
            marks, owner = [0], counted  # 总人口（人） | 按性别分 over 男 and 女
        if not marks and _goes_on(header, c, values):
            marks = [0]
        if not marks:
            base = c
            rate = column.unit is not None and column.unit.dimension in RATIOS
            if column.path and not rate and not words("rate").match(column.path[-1]):
                counted = c
            continue
        if owner is None:
            continue
        whole = header.columns[owner]
        tail = column.path[marks[0] :]
        above = column.path[: marks[0]]
        known = set(above) <= set(whole.path) or "".join(whole.path).startswith("".join(above))
        if above and whole.path[: len(above)] != above and not known:
            tail = column.path
        column.path = (*_without_measure(header, values, whole.path, tail), *tail)
        column.part_of = owner
        ratio = is_division(tail[0]) and words("rate").match(tail[-1])
        if column.unit is None and whole.unit is not None and not ratio:
            column.unit = replace(whole.unit)
            column.unit_inherited = True


def _counts_else(column: Column, whole: Column | None) -> bool:
    """Whether a column has a unit of its own that its whole could not have (乡村人口（万人） behind 乡村户数（户）)."""
    if whole is None or whole.unit is None or column.unit is None or column.unit.dimension in RATIOS:
        return False
    return column.unit.symbol != whole.unit.symbol


def _is_change_of(column: Column, before: Column) -> bool:
    """Whether a column labelled only 比上年增长 tells the growth of the one before it, which names a measure."""
    bare = len(column.path) == 1 and is_bare_change(column.path[0]) and column.period is None
    part_of_time = all(is_bare_change(p) or any(words(k).match(p) for k in TIMES) for p in before.path)
    return bare and not part_of_time


def _free_ranks(header: Header, values: Sequence[int]) -> None:
    """Ranks below the unit of what is ranked (生产总值（亿元） over 总量 and 位次) are no amounts."""
    for c in values:
        column = header.columns[c]
        inherited = column.unit_above or column.unit_inherited
        if column.path and column.unit is not None and inherited and words("rank").match(column.path[-1]):
            column.unit = parse_unit("位次")


def _date_changes(header: Header, values: Sequence[int]) -> None:
    """Growth and shares behind columns of periods (2015年 | 比上年增长 | 2016年 | 比上年增长) have the period of these:
    of several the latest, where they are of one length, else that of the nearest."""
    times = Counter(header.columns[c].path for c in values if header.columns[c].period is None)
    before: list[Column] = []
    closed = False
    for c in values:
        column = header.columns[c]
        if column.period is not None:
            before = [column] if closed else [*before, column]
            closed = False
            continue
        closed = True
        if not before or not column.path or column.path[:-1] not in ((), before[-1].path):
            before = []
            continue
        label = column.path[-1]
        if is_bare_change(label) or (words("growth").match(label) and column.path[:-1] == before[-1].path):
            column.period = _latest([b.period for b in before if b.period is not None])
        elif times[column.path] > 1:
            column.period = before[-1].period


def _latest(periods: Sequence[str]) -> str:
    alike = len({len(p) for p in periods}) == 1 and not any("/" in p for p in periods)
    return max(periods) if alike else periods[-1]


def _goes_on(header: Header, col: int, values: Sequence[int]) -> bool:
    """Whether a bare column goes on with the parts that the column before opened (#医师 | 护士): it has no unit though
    the columns around have theirs, and is no rate."""
    column = header.columns[col]
    before = next((header.columns[c] for c in values if c == col - 1), None)
    return (
        before is not None
        and before.unit_inherited
        and column.unit is None
        and column.period is None
        and not header.table_units
        and len(column.path) == 1
        and not words("rate").match(column.path[0])
        and not words("growth").match(column.path[0])
        and not words("rank").match(column.path[0])
    )


def _without_measure(
    header: Header, values: Sequence[int], whole: tuple[str, ...], tail: tuple[str, ...]
) -> tuple[str, ...]:
    """The path of the whole without its measure when the part repeats the measures of the whole (机构数, 人数)."""
    if len(whole) < 2 or len(tail) < 2:
        return whole
    measures = {p[-1] for c in values if (p := header.columns[c].path)[:-1] == whole[:-1]}
    return whole[:-1] if tail[-1] in measures else whole


def _nest_ordinals(header: Header, values: Sequence[int]) -> None:
    """Columns headed 一、 / 1. / (1) side by side nest by their ordinals where the header has several kinds of them."""
    ranks = {c: ordinal_rank(header.columns[c].path[0]) if header.columns[c].path else None for c in values}
    if len({r for r in ranks.values() if r is not None}) < 2:
        return
    open_labels: dict[int, str] = {}
    for c in values:
        column = header.columns[c]
        rank = ranks[c]
        if rank is None:
            if column.path and is_of_which(column.path[0]) and open_labels:
                column.path = (*_outer(open_labels, 99), *column.path)
            continue
        open_labels = {k: v for k, v in open_labels.items() if k < rank}
        outer = _outer(open_labels, rank)
        open_labels[rank] = column.path[0]
        column.path = (*outer, *column.path)


def _outer(open_labels: dict[int, str], rank: int) -> tuple[str, ...]:
    return tuple(label for k, label in sorted(open_labels.items()) if k < rank)
