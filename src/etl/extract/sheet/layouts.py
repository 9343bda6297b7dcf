"""What was inferred of a table, as plain data: to be shown, saved, and compared with the next file of its kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from etl.extract.sheet.headers import Column
from etl.extract.sheet.places import likeness
from etl.extract.sheet.subjects import subject_of
from etl.extract.sheet.tables import Table
from etl.extract.sheet.timing import year_in_label
from etl.extract.sheet.wording import is_latin
from etl.model import Basis, column_letters

MAX_ROWS = 300
"""Different labels of rows that still are the rows of a form; more are an open list (firms, villages)."""
ALIKE = 0.6
"""Share of labels that two tables have in common (Dice) from which one is taken for a changed edition of the other."""
ALIKE_TITLED = 0.4
"""As ``ALIKE``, where both have the same title."""
SAME_TITLE = 0.6
"""Likeness of two titles of the same columns that are taken for one title reworded."""
PLACES = "（各地区）"
"""Stands in a layout for columns that are places: which places they are may change."""


@dataclass(frozen=True, slots=True)
class LayoutColumn:
    """One column of a table, or several that only places or periods tell apart."""

    role: str
    """A kind of stub column (``region``, ``label``, ``unit`` …), or ``value``."""
    label: str
    """The header without years; for values the path from the outside in, joined with a bar."""
    unit: str | None = None
    column: str = field(default="", compare=False)
    """Its letters in the file looked at: told, never compared."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The shape of one table: what the next file of its kind must have in common with it. Places, years and numbers
    may differ; labels, their order and their units may not."""

    title: str
    """What the title is about, without place, year and number; empty without a title."""
    regions_in: str | None
    """``rows``, ``columns``; None: the place stands in title or names."""
    periods_in: str | None
    units: tuple[str, ...]
    """Units of the whole table."""
    columns: tuple[LayoutColumn, ...]
    rows: tuple[str, ...]
    """Labels of rows that name measures; empty where rows are places or an open list."""

    def as_dict(self) -> dict[str, Any]:
        """Plain data for YAML or JSON."""
        return {
            "title": self.title,
            "regions_in": self.regions_in,
            "periods_in": self.periods_in,
            "units": list(self.units),
            "columns": [{"role": c.role, "label": c.label, "unit": c.unit} for c in self.columns],
            "rows": list(self.rows),
        }


@dataclass(frozen=True, slots=True)
class Stated:
    """What one table says for all its numbers: differs from file to file, so it is no part of the layout."""

    region: str | None
    region_basis: Basis | None
    period: str | None
    period_basis: Basis | None


def stated_by(table: Table) -> Stated:
    """The region and period that stand around the table."""
    speaker, context = table.context.speaker, table.context
    return Stated(
        speaker.code if speaker else None, speaker.basis if speaker else None, context.period, context.period_basis
    )


def layout_of(table: Table) -> Layout:
    """The shape of one table."""
    labels = dict.fromkeys(row_label(row.path) for row in table.rows if row.path)
    return Layout(
        title=_title(table),
        regions_in=table.regions_in,
        periods_in=table.periods_in,
        units=tuple(u.printed for u in table.context.units),
        columns=tuple(dict.fromkeys(_columns(table))),
        rows=tuple(labels) if len(labels) <= MAX_ROWS else (),
    )


def _title(table: Table) -> str:
    context = table.context
    for title in context.titles:
        if not is_latin(title) and (found := subject_of(title, context.speaker)):
            return found
    return ""


def _columns(table: Table) -> Iterator[LayoutColumn]:
    """The columns in order. Those of one label that periods or places tell apart are one."""
    for s in table.stub:
        yield LayoutColumn(s.kind, _without_year(s.header), None, column_letters(s.col))
    seen: Counter[str] = Counter()
    for col in table.values:
        column = table.header.columns[col]
        label = column_label(table, column)
        if column.period is None and col not in table.column_years and not label.endswith(PLACES):
            seen[label] += 1
            if seen[label] > 1:
                label = f"{label}#{seen[label]}"
        yield LayoutColumn("value", label, column.unit.printed if column.unit else None, column_letters(col))


def column_label(table: Table, column: Column) -> str:
    """By what a layout knows a value column."""
    path = row_label(column.path)
    if table.regions_in != "columns" or column.region is None or likeness(column.region) == "other":
        return path
    return PLACES if path == row_label((column.region,)) or not path else f"{path}|{PLACES}"


def row_label(path: Sequence[str]) -> str:
    """A path of labels without their years."""
    return "|".join(_without_year(p) for p in path)


def _without_year(label: str) -> str:
    found = year_in_label(label)
    return found[1] if found else label


# ---------------------------------------------------------------- comparison


def is_edition_of(found: Layout, saved: Layout) -> bool:
    """Whether a table that does not fit was probably meant to: it has most labels in common with the saved one."""
    titles = SequenceMatcher(None, found.title, saved.title, autojunk=False).ratio()
    if found.title and saved.title and titles < SAME_TITLE:
        return False
    titled = bool(found.title) and found.title == saved.title
    return _shared(_labels(found), _labels(saved), nothing=float(titled)) >= (ALIKE_TITLED if titled else ALIKE)


def _labels(layout: Layout) -> Counter[str]:
    """What tells a table from others: its measures."""
    return Counter([*(c.label for c in layout.columns if c.role == "value" and c.label), *layout.rows])


def _shared(a: Counter[str], b: Counter[str], *, nothing: float) -> float:
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else nothing


def fits(found: Layout, saved: Layout) -> bool:
    """Whether nothing differs. Rows may come in another order: they are read by their labels."""
    return not differences(saved, found)


def differences(saved: Layout, found: Layout) -> tuple[str, ...]:
    """How a table differs in shape from a saved layout, in Chinese; empty when it fits."""
    return tuple(
        problem
        for problems in (_whole(saved, found), _by_column(saved, found), _by_row(saved, found))
        for problem in problems
    )


def _whole(saved: Layout, found: Layout) -> Iterator[str]:
    if saved.title and found.title and saved.title != found.title:
        yield f"标题改变：原为 {saved.title}，现为 {found.title}"
    for name, before, now in (
        ("地区所在", saved.regions_in, found.regions_in),
        ("时间所在", saved.periods_in, found.periods_in),
    ):
        if before != now:
            yield f"{name}改变：原为 {_place(before)}，现为 {_place(now)}"
    if saved.units != found.units:
        yield f"表的单位改变：原为 {_list(saved.units)}，现为 {_list(found.units)}"


def _by_column(saved: Layout, found: Layout) -> Iterator[str]:
    before = {_name(c): c for c in saved.columns}
    after = {_name(c): c for c in found.columns}
    gone = [n for n in before if n not in after]
    new = [n for n in after if n not in before]
    yield from (f"缺少列：{name}" for name in gone)
    yield from (f"新增列：{name}（{after[name].column}）" for name in new)
    common = [n for n in before if n in after]
    order = {n: place for place, n in enumerate(n for n in after if n in before)}
    for place, name in enumerate(common):
        if order[name] != place:
            yield f"列次序改变：{name} 原在第 {place + 1} 位，现在第 {order[name] + 1} 位"
    for name in common:
        if before[name].unit != after[name].unit:
            yield f"单位改变：{name} 原为 {before[name].unit or '无'}，现为 {after[name].unit or '无'}"


def _name(column: LayoutColumn) -> str:
    label = column.label or ("时间" if column.role == "value" else "")
    return label if column.role == "value" else f"{label}（{column.role}）"


def _by_row(saved: Layout, found: Layout) -> Iterator[str]:
    before, after = dict.fromkeys(saved.rows), dict.fromkeys(found.rows)
    yield from (f"缺少行：{label}" for label in before if label not in after)
    yield from (f"新增行：{label}" for label in after if label not in before)


def _place(where: str | None) -> str:
    return {"rows": "行", "columns": "列", "rows and columns": "行和列"}.get(where or "", "表外")


def _list(units: Sequence[str]) -> str:
    return "、".join(units) or "无"
