"""The figures of a table: for each numeric cell its label, unit, place and period."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from etl.extract.sheet.cells import Number
from etl.extract.sheet.counted import with_noun
from etl.extract.sheet.grid import Item
from etl.extract.sheet.headers import Column
from etl.extract.sheet.places import area_of, as_city, is_total, likeness
from etl.extract.sheet.row_paths import is_division
from etl.extract.sheet.stubs import StubRow, indent_of
from etl.extract.sheet.tables import Table
from etl.extract.sheet.timing import YEAR, combined, since_january, year_before, year_in_label
from etl.extract.sheet.unlabelled import unlabelled_total
from etl.extract.sheet.wording import Unit, choose_unit, counted_units, is_bare_change, parse_unit
from etl.extract.sheet.words import words
from etl.model import NO_BREAKDOWN, Area, CellRef, Ignored, Kind, Period, RawFigure, column_letters
from etl.normalise.regions import COUNTRY, load_regions
from etl.record import record
from etl.reference import rows

MAX_LABEL = 60
RATIOS = frozenset({"percent", "per_mille", "percentage_points"})
SIZES: frozenset[Kind] = frozenset({"count", "money", "area", "share", "ratio", "other"})
"""Kinds of figures that can be those of a day; growth and rates are of a span of time."""


@record(frozen=True, slots=True)
class Placed:
    """A figure with the row and column of the table it comes from, and the number that the cell shows."""

    figure: RawFigure
    row: int
    col: int
    number: Number


@dataclass(frozen=True, slots=True)
class Figures:
    """One figure or one ignored entry for each numeric cell in the data rows of a table."""

    placed: list[Placed]
    ignored: list[Ignored]
    repaired: list[Placed]
    """Those whose digits were damaged."""


_cell_ref = functools.partial(tuple.__new__, CellRef)
"""As ``CellRef``, of a pair: half of the time, as no function of Python is called for each cell."""


def table_figures(table: Table) -> Figures:
    """The numbers of a table with what its rows and columns say of them."""
    found = Figures([], [], [])
    sheet = table.block.sheet
    series = table.periods_in == "rows" and bool(table.block.metadata)
    column_areas = _column_areas(table)
    compose = _Composer(table)
    columns = {col: table.header.columns[col] for col in table.values}
    add = found.placed.append
    for row, area in _row_areas(table):
        composed = compose.of_row(row)
        number_of_row = str(row.row + 1)
        undated = series and row.period is None
        for col, item in table.cells[row.row].items():
            number = item.number
            if number is None:
                continue
            place = _cell_ref((sheet, column_letters(col) + number_of_row))
            known = composed.get(col)
            if known is None:
                column = columns.get(col)
                if column is None or undated:
                    reason = _stub_reason(table, col) if column is None else "not_a_table"
                    found.ignored.append(Ignored(place, item.text, reason))
                    continue
                known = composed[col] = compose.together(row, column)
            where = column_areas.get(col, area) if column_areas else area
            figure = compose.figure(place, item, number, row.printed, known, where)
            placed = Placed(figure, row.row, col, number)
            add(placed)
            if number.repairs:
                found.repaired.append(placed)
    return found


def _stub_reason(table: Table, col: int) -> str:
    kind = next((s.kind for s in table.stub if s.col == col), "code")
    return {"ordinal": "ordinal", "code": "code", "region_code": "code"}.get(kind, "header")


# ---------------------------------------------------------------- places


def _row_areas(table: Table) -> Iterator[tuple[StubRow, Area]]:
    """Each row with its area. Districts are looked for in the city that stands above them by indentation or order."""
    context = table.context
    speaker = context.speaker
    whole = Area(speaker.code, speaker.name, basis=speaker.basis) if speaker else Area(unresolved=True)
    if speaker and table.regions_in is None and context.within:
        whole = area_of(context.within, speaker, _year_of(context.period), basis=speaker.basis)
    if table.regions_in != "rows":
        for row in table.rows:
            yield row, whole
        return
    open_places: list[tuple[int, str]] = []
    last_code: str | None = None
    of_cities = any(s.kind == "region" and words("city_head").match(s.header) for s in table.stub)
    of_cities = of_cities and (speaker is None or speaker.code == COUNTRY)
    total = unlabelled_total(table)
    known: dict[tuple[str, str | None, str | None, str | None, str | None], Area] = {}
    """Places listed again, year by year, are the same as before."""
    for row in table.rows:
        on = _year_of(row.period) or _year_of(context.period)
        if not row.regions and row.region_code is None:
            yield row, whole if row.row == total else Area(basis="layout", unresolved=True)
            continue
        label = row.regions[-1] if row.regions else ""
        label = as_city(label) if of_cities else label
        while open_places and open_places[-1][0] >= row.indent:
            open_places.pop()
        group = open_places[-1][1] if open_places else None
        if len(row.regions) > 1 and row.region_code is None:
            group = _outer_place(table, row, on) or group
        asked = (label, on, group, last_code, row.region_code)
        area = known.get(asked) or known.setdefault(
            asked, area_of(label, speaker, on, group=group, last=last_code, code=row.region_code)
        )
        if area.code and not is_total(label):
            open_places.append((row.indent, area.code))
            region = load_regions().get(area.code)
            if region and region.level in ("province", "city"):
                last_code = area.code
        yield row, area


def _year_of(period: str | None) -> str | None:
    return period[:4] if period and not period.startswith(YEAR) else None


def _outer_place(table: Table, row: StubRow, on: str | None) -> str | None:
    group: str | None = None
    for label in row.regions[:-1]:
        group = area_of(label, table.context.speaker, on, group=group).code or group
    return group


def _column_areas(table: Table) -> dict[int, Area]:
    """The area of each column; a column that names no place (比上年增长) speaks of the one to its left."""
    if table.regions_in != "columns":
        return {}
    on = (table.context.period or "")[:4] or None
    found: dict[int, Area] = {}
    last = Area(basis="layout", unresolved=True)
    for c in table.values:
        column = table.header.columns[c]
        label = column.region or ""
        if label and not _is_remark(column):
            last = area_of(label, table.context.speaker, on)
        elif not label and table.context.speaker:
            last = Area(table.context.speaker.code, table.context.speaker.name, basis=table.context.speaker.basis)
        found[c] = last
    return found


def _is_remark(column: Column) -> bool:
    """Whether a column among places names a measure instead (比上年增长%)."""
    label = "".join(column.path)
    return (
        bool(label)
        and likeness(label) == "other"
        and (words("growth").match(label) or (column.unit is not None and column.unit.dimension in RATIOS))
    )


# ---------------------------------------------------------------- composition


@record(frozen=True, slots=True)
class _Composed:
    """What row and column say together; the same for all rows of one label and period."""

    label: str
    symbol: str | None
    multiplier: int
    """Of the unit."""
    kind: Kind
    period: Period
    headers: str


@dataclass(frozen=True, slots=True)
class _OfColumn:
    """What a column says beside every row."""

    labels: tuple[str, ...]
    """Those that name what is measured."""
    headers: str
    """As printed, for evidence."""
    of_a_day: bool
    """A header says so (年末)."""
    period: Period | None
    """That of the title, as the column takes it; None where the title tells none, or only the name of the file does."""


class _Composer:
    """Puts row and column together; what does not depend on the cell is worked out once."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._confidence = table.confidence
        self._of_a_day = any(words("as_of").match(text) for text in table.context.titles)
        self._steps = (*table.steps, f"confidence {table.confidence}")
        self._rows_rule = any(r.unit is not None for r in table.rows)
        self._one_measure = any(
            len(c.path) == 1 and words("generic").match(c.path[0]) and is_total(c.path[0])
            for c in table.header.columns.values()
        )
        """A bare 合计 among the columns: they are all parts of what the title names."""
        self._unnamed = not any(p for c in table.header.columns.values() for p in c.path if not is_bare_change(p))
        """The header names no measure: 2015年 | 比上年增长."""
        self._dated = {c.path for c in table.header.columns.values() if c.period and c.path}
        """What columns with a year of their own measure: one of the same label is of another year."""
        periods = {c.period for c in table.header.columns.values() if c.period and YEAR not in c.period}
        self._latest = max(periods) if len({len(p) for p in periods}) == 1 else None
        """Of the columns: what columns without a period speak of where the title names none (增长, districts)."""
        units = table.context.units
        of_columns = counted_units(units, ("|".join(c.path) for c in table.header.columns.values()))
        of_rows = counted_units(units, ("|".join(r.path) for r in table.rows))
        self._rows_count = len(of_rows) > len(of_columns)
        """The rows name what is counted (户数, 人口), the columns where and of whom."""
        self._of_columns: dict[int, _OfColumn] = {}
        self._known: dict[tuple[tuple[str, ...], Unit | None, str | None], dict[int, _Composed]] = {}

    def of_row(self, row: StubRow) -> dict[int, _Composed]:
        """What is known by column of rows that say the same; to be filled by ``together``."""
        return self._known.setdefault((row.path, row.unit, row.period), {})

    def figure(
        self, place: CellRef, item: Item, number: Number, printed: str, known: _Composed, area: Area
    ) -> RawFigure:
        symbol, multiplier, kind = known.symbol, known.multiplier, known.kind
        if number.sign is not None and symbol != number.sign:
            unit = parse_unit(number.sign)
            symbol, multiplier = (unit.symbol, unit.multiplier) if unit else (None, 0)
            kind = kind_of(unit, known.label)
        steps = self._steps
        if number.repairs:
            steps = (*steps, *(f"digits repaired: {r}" for r in number.repairs))
        return RawFigure(  # in the order of its fields: names for them would take twice as long
            place,
            item.cell.text.strip(),
            number.value,
            multiplier,
            number.decimals,
            symbol,
            kind,
            known.label,
            printed + known.headers,
            area,
            known.period,
            "eq",
            False,
            None,
            None,
            "observed",
            NO_BREAKDOWN,
            "A",
            steps,
            self._confidence,
        )

    def together(self, row: StubRow, column: Column) -> _Composed:
        """What row and column say together, whatever the cell holds."""
        told = self._of_columns.get(column.col)
        if told is None:
            told = self._of_columns[column.col] = self._of_column(column)
        label = self._compose_label(row, column, told.labels)
        unit = with_noun(self._choose(row, column), self._counting(row, column))
        symbol, multiplier = (unit.symbol, unit.multiplier) if unit else (None, 0)
        kind, period = kind_of(unit, label), self._period(row, column, told.period)
        if period.iso is not None and kind in SIZES and (told.of_a_day or self._speaks_of_a_day(label, row)):
            period = replace(period, time_type="point")
        return _Composed(label, symbol, multiplier, kind, period, told.headers)

    def _of_column(self, column: Column) -> _OfColumn:
        context = self._table.context
        period: Period | None = None
        if context.period is not None and context.period_basis != "file":
            iso = _as_column_takes(context.period, column)
            period = Period(iso, context.period_basis, context.period_printed)
        return _OfColumn(
            self._column_labels(column),
            f" × {' / '.join(column.printed)}" if column.printed else "",
            any(words("as_of").match(text) for text in column.printed),
            period,
        )

    def _speaks_of_a_day(self, label: str, row: StubRow) -> bool:
        """Whether the label, the row or the title says so (年末户数, 2013年底, 存款余额)."""
        as_of = words("as_of")
        return self._of_a_day or as_of.match(row.printed) or any(map(as_of.match, label.split("|")))

    def _compose_label(self, row: StubRow, column: Column, columns: tuple[str, ...]) -> str:
        if row.path:
            columns = tuple(c for c in columns if not words("value").match(c))
        parts = (*row.path, *columns) if self._rows_rule else (*columns, *row.path)
        parts = tuple(_without_year(p) for p in parts if p)
        subject = self._table.context.subject
        if not parts:
            parts = (subject or self._table.context.fallback,)
        elif subject and subject not in parts[0]:
            part = self._one_measure and len(columns) == 1 and column.unit is None
            bare = self._unnamed and all(is_bare_change(p) for p in parts)
            if part or bare or is_division(parts[0]) or all(words("generic").match(p) for p in parts):
                parts = (subject, *parts)
        block = self._table.context.part
        if block and not any(block in p for p in parts):
            parts = (block, *parts)
        of_whom = self._table.context.of_whom
        return shorten(parts if not of_whom or of_whom in parts else (of_whom, *parts))

    def _column_labels(self, column: Column) -> tuple[str, ...]:
        """The labels of a column that name what is measured; a column of places has none of its own."""
        if self._table.regions_in != "columns":
            return column.path
        if column.region is not None and column.path and column.region != "".join(column.path):
            return column.path
        return tuple(p for p in column.path if likeness(p) == "other") if _is_remark(column) else ()

    def _counting(self, row: StubRow, column: Column) -> tuple[str, ...]:
        """The labels that can tell what a bare multiplier multiplies, those that tell most last."""
        return (self._table.context.subject, *row.path, *column.path)

    def _choose(self, row: StubRow, column: Column) -> Unit | None:
        if column.unit is not None and (
            row.unit is None or (column.unit.dimension in RATIOS and not column.unit_inherited)
        ):
            return column.unit
        if row.unit is not None:
            return row.unit
        if any(words("rank").match(label) for label in (*column.path, *row.path)):
            return parse_unit("位次")
        units = self._table.context.units
        inner = column.path or row.path or (self._table.context.subject,)
        if len(units) != 1 and (defined := defined_unit(inner) or defined_unit(row.path)) is not None:
            return defined
        if not units:
            return None
        paths = [path for path in ("|".join(column.path), "|".join(row.path)) if path]
        if self._rows_count:
            paths.reverse()
        return choose_unit(units, *(paths or [self._table.context.subject]))

    def _period(self, row: StubRow, column: Column, of_title: Period | None) -> Period:
        context = self._table.context
        both = _with_year(combined(row.period, column.period), context.period)
        if both is not None:
            if column.frequency is not None and words("quarterly").match(column.frequency):
                both = _quarter(both)
            return Period(both, "layout")
        if column.col in self._table.column_years:
            return Period(self._table.column_years[column.col], "layout")
        if of_title is not None:
            return of_title
        if self._latest is not None and column.path not in self._dated:
            return Period(self._latest, "layout")
        years = {y[0] for y in map(year_in_label, (*column.path, *row.path)) if y}
        if len(years) == 1:
            return Period(years.pop(), "layout")
        if context.period is not None:
            return Period(context.period, context.period_basis, context.period_printed)
        return Period()


@functools.lru_cache(maxsize=20_000)
def defined_unit(path: tuple[str, ...]) -> Unit | None:
    """The unit that the definition of the innermost measure fixes (性别比 → 女=100); None for others."""
    label = path[-1] if path else ""
    for word, match, unit in _defined_units():
        if (match == "end" and label.endswith(word)) or (match == "in" and word in label):
            return parse_unit(unit)
    return None


@functools.cache
def _defined_units() -> tuple[tuple[str, str, str], ...]:
    return tuple((r["word"], r["match"], r["unit"]) for r in rows("sheet_defined_units.csv"))


def _as_column_takes(period: str, column: Column) -> str:
    """The period of a title as a column takes it: 累计 runs since January, 年初预算 is of the whole year, 本月 is the
    last month, 去年同期 the same time of the year before."""
    if any(words("last_year_end").match(label) for label in column.path):
        return year_before(period[:4])
    if any(words("this_month").match(label) for label in column.path):
        period = period.rpartition("/")[2] if re.fullmatch(r"\d{4}-\d\d/\d{4}-\d\d", period) else period
    if any(words("year_before").match(label) and not words("growth").match(label) for label in column.path):
        period = year_before(period)
    if any(words("cumulative").match(label) for label in column.path):
        return since_january(period)
    return period[:4] if any(words("whole_year").match(label) for label in column.path) else period


def _without_year(part: str) -> str:
    """2022年平均人口 → 年平均人口: the year is in the period, and series must have one label. What is compared with
    another stated year (2021年比2015年增长), or says nothing without its year (2005年为上年%), keeps it."""
    found = year_in_label(part)
    return found[1] if found and found[1] and not words("comparison").match(found[1]) else part


def _with_year(period: str | None, around: str | None) -> str | None:
    """A part of a year with the year of the title; None without one."""
    if period is None or YEAR not in period:
        return period
    return period.replace(YEAR, around[:4]) if around else None


def _quarter(month: str) -> str:
    """The quarter that a month closes: exports print 2018-06 for the second quarter."""
    year, _, number = month.partition("-")
    return f"{year}-Q{int(number) // 3}" if number in ("03", "06", "09", "12") else month


def shorten(parts: tuple[str, ...]) -> str:
    """The parts joined with a bar, outer parts dropped as long as the label is too long."""
    while len(parts) > 1 and len("|".join(parts)) > MAX_LABEL:
        parts = parts[1:]
    return "|".join(parts)[:MAX_LABEL]


@functools.cache
def _kinds(dimension: str) -> tuple[tuple[tuple[str, ...], Kind], ...]:
    """The lines of sheet_kinds.csv that can hold for a dimension: words (none: any label), kind."""
    return tuple(
        (tuple(filter(None, r["words"].split("|"))), r["kind"])  # type: ignore[misc]
        for r in rows("sheet_kinds.csv")
        if r["dimension"] == dimension or (r["dimension"].endswith("*") and dimension.startswith(r["dimension"][:-1]))
    )


def kind_of(unit: Unit | None, label: str) -> Kind:
    """The kind of a figure by the dimension of its unit and the words of its label; ``other`` without a known unit."""
    if unit is None or not unit.dimension:
        return "other"
    for found, kind in _kinds(unit.dimension):
        if not found or any(word in label for word in found):
            return kind
    return "count"


__all__ = ["Placed", "indent_of", "kind_of", "shorten", "table_figures"]
