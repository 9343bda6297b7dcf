"""A saved layout enters: which one a table fits, why one no longer fits, and what its corrections change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from etl.extract.sheet.blocks import Block, Row
from etl.extract.sheet.figures import Placed, kind_of
from etl.extract.sheet.grid import Grid
from etl.extract.sheet.layout_files import BLOCK_ROLES, STUB_ROLES, Correction, Corrections, SavedTable
from etl.extract.sheet.layouts import (
    Layout,
    column_label,
    differences,
    fits,
    is_edition_of,
    layout_of,
    row_label,
    stated_by,
)
from etl.extract.sheet.places import speaker_of
from etl.extract.sheet.stubs import StubColumn, StubRow, read_rows
from etl.extract.sheet.tables import Table
from etl.extract.sheet.wording import parse_unit, parse_units
from etl.extract.sheet.words import squash
from etl.model import Area, Ignored, Period
from etl.normalise.regions import load_regions

Build = Callable[[Block], Table | None]


@dataclass(frozen=True, slots=True)
class Fit:
    """How one table stands to the saved layouts."""

    layout: Layout
    """Its shape as inferred, before any correction."""
    saved: SavedTable | None = None
    """The layout that it fits, or that it was meant to fit."""
    differences: tuple[str, ...] = ()
    """Why it does not, in Chinese: the file is held back."""

    @property
    def applies(self) -> bool:
        return self.saved is not None and not self.differences


def fit(table: Table, layouts: Sequence[SavedTable], file_name: str) -> Fit:
    """The saved layout for a table: one of exactly its shape, else the likeliest that it differs from, else none."""
    shape = layout_of(table)
    near: tuple[int, SavedTable, tuple[str, ...]] | None = None
    for saved in layouts:
        if fits(shape, saved.layout) and is_edition_of(shape, saved.layout):
            return Fit(shape, saved, tuple(_contradictions(table, saved, file_name)))
        if is_edition_of(shape, saved.layout):
            found = differences(saved.layout, shape)
            if near is None or len(found) < near[0]:
                near = (len(found), saved, found)
    return Fit(shape, near[1], near[2]) if near else Fit(shape)


def taken_over(shape: Layout, layouts: Sequence[SavedTable], file_name: str) -> Corrections:
    """What a layout that the shape fits, or no longer fits, had corrected, as far as it still has the columns."""
    near = [saved for saved in layouts if is_edition_of(shape, saved.layout)]
    if not near:
        return Corrections()
    saved = min(near, key=lambda s: len(differences(s.layout, shape)))
    labels = {c.label for c in shape.columns}
    columns = {label: c for label, c in saved.corrections.columns.items() if label in labels}
    period = saved.corrections.period if saved.source == file_name else None
    return replace(saved.corrections, columns=columns, period=period)


def _contradictions(table: Table, saved: SavedTable, file_name: str) -> Iterator[str]:
    """Where the file says something else than the file that was corrected: a correction of one place is none of
    another's."""
    now, before, by_hand = stated_by(table), saved.stated, saved.corrections
    if by_hand.region and now.region not in (before.region, by_hand.region, None):
        yield f"地区更正不适用：版式将 {before.region or '未写明'} 更正为 {by_hand.region}，本表为 {now.region}"
    if by_hand.period and saved.source == file_name and now.period not in (before.period, by_hand.period, None):
        yield f"时间更正不适用：版式将 {before.period or '未写明'} 更正为 {by_hand.period}，本表为 {now.period}"


# ---------------------------------------------------------------- corrections of a table


def corrected(
    table: Table, saved: SavedTable, file_name: str, grid: Grid, cells: dict[int, Row], build: Build
) -> Table | None:
    """The table as the layout has it; None when its rows, told apart as corrected, make no table."""
    by_hand = saved.corrections
    roles = {r: c.role for r, c in _rows_by_text(by_hand, table, cells).items() if c.role in BLOCK_ROLES}
    if roles:
        moved = build(_moved(table.block, roles))
        if moved is None:
            return None
        table = moved
    _correct_stub(table, by_hand, grid, cells)
    context, steps = table.context, table.steps
    steps.append(f"layout {saved.name} fits")
    steps.extend(f"layout {saved.name}: row {r + 1} is {role}" for r, role in roles.items())
    if by_hand.period and saved.source == file_name:
        steps.append(f"layout {saved.name}: period {by_hand.period} instead of {context.period}")
        context = replace(context, period=by_hand.period, period_basis="layout", period_printed=None)
    if by_hand.region:
        old = context.speaker.code if context.speaker else None
        steps.append(f"layout {saved.name}: region {by_hand.region} instead of {old}")
        year = context.period[:4] if context.period else None
        context = replace(context, speaker=speaker_of(by_hand.region, "layout", year))
    if by_hand.unit:
        unit = parse_unit(by_hand.unit)
        units = (unit,) if unit else parse_units(by_hand.unit)
        old = "、".join(u.printed for u in context.units) or None
        steps.append(f"layout {saved.name}: unit {by_hand.unit} instead of {old}")
        context = replace(context, units=units)
    table.context = context
    table.confidence = 1.0
    return table


def _rows_by_text(by_hand: Corrections, table: Table, cells: dict[int, Row]) -> dict[int, Correction]:
    """Rows of the block by their first text."""
    wanted = {squash(label): c for label, c in by_hand.rows.items()}
    block = table.block
    found = {}
    for r in (*block.preamble, *block.header, *block.data, *block.notes) if wanted else ():
        texts = [i.text for i in cells[r].values()]
        if texts and (c := wanted.get(squash(texts[0]))) is not None:
            found[r] = c
    return found


def _moved(block: Block, roles: Mapping[int, str | None]) -> Block:
    """The block with rows in other parts of it."""
    parts = {
        part: [r for r in rows if r not in roles]
        for part, rows in (
            ("title", block.preamble), ("header", block.header), ("data", block.data), ("note", block.notes),
        )
    }  # fmt: skip
    for r, role in roles.items():
        parts[role or "data"].append(r)
    title, header, data, notes = (sorted(parts[p]) for p in ("title", "header", "data", "note"))
    return replace(block, preamble=title, header=header, data=data, notes=notes)


def _correct_stub(table: Table, by_hand: Corrections, grid: Grid, cells: dict[int, Row]) -> None:
    kinds = {label: c.role for label, c in by_hand.columns.items() if c.role in STUB_ROLES}
    stub = [StubColumn(s.col, kinds.get(s.header, s.kind), s.header) for s in table.stub]  # type: ignore[arg-type]
    if stub == table.stub:
        return
    table.stub = stub
    table.rows = read_rows(grid, table.block, cells, stub, table.values)
    if any(row.regions for row in table.rows):
        table.regions_in = "rows"
    elif table.regions_in == "rows":
        table.regions_in = None


# ---------------------------------------------------------------- corrections of figures


def correct_figures(
    table: Table, saved: SavedTable, file_name: str, placed: Sequence[Placed]
) -> tuple[list[Placed], list[Ignored]]:
    """The figures with what the layout says of their columns and rows, and those that it leaves out."""
    by_hand = saved.corrections
    if not by_hand.columns and not by_hand.rows:
        return list(placed), []
    columns = {
        col: c
        for col in table.values
        if (c := by_hand.columns.get(column_label(table, table.header.columns[col]))) is not None
    }
    rows = {row.row: c for row in table.rows if (c := _of_row(by_hand.rows, row)) is not None}
    kept: list[Placed] = []
    out: list[Ignored] = []
    for p in placed:
        for c in (columns.get(p.col), rows.get(p.row)):
            if c is None:
                continue
            if c.role == "ignore":
                out.append(Ignored(p.figure.place, p.figure.text, "layout"))
                break
            p = _with(p, c if saved.source == file_name else replace(c, period=None), saved.name)
        else:
            kept.append(p)
    return kept, out


def _of_row(entries: Mapping[str, Correction], row: StubRow) -> Correction | None:
    for label in (row_label(row.path), *(squash(text) for text in row.regions[-1:]), squash(row.printed)):
        if label and (found := entries.get(label)) is not None:
            return found
    return None


def _with(placed: Placed, c: Correction, name: str) -> Placed:
    figure, steps = placed.figure, list(placed.figure.steps)
    if c.label:
        steps.append(f"layout {name}: label {c.label} instead of {figure.label}")
        figure = replace(figure, label=c.label)
    if c.unit and (unit := parse_unit(c.unit)) is not None:
        printed = f"10^{figure.multiplier} {figure.unit}" if figure.multiplier else figure.unit
        steps.append(f"layout {name}: unit {c.unit} instead of {printed}")
        kind = kind_of(unit, figure.label)
        figure = replace(figure, unit=unit.symbol, multiplier=unit.multiplier, kind=kind)
    if c.region and (region := load_regions().get(c.region)) is not None:
        steps.append(f"layout {name}: region {c.region} instead of {figure.area.code}")
        figure = replace(figure, area=Area(c.region, region.name, basis="layout", printed=figure.area.printed))
    if c.period:
        steps.append(f"layout {name}: period {c.period} instead of {figure.period.iso}")
        figure = replace(figure, period=Period(c.period, "layout", None, figure.period.time_type))
    return replace(placed, figure=replace(figure, steps=tuple(steps)))


def misfit(table: Table, found: Fit) -> str | None:
    """Why the rows of a table must not be loaded, in Chinese; None when nothing speaks against it."""
    if found.saved is None or not found.differences:
        return None
    first = min((*table.block.preamble, *table.block.header, *table.block.data)) + 1
    differences = "；".join(found.differences)
    return f"工作表“{table.block.sheet}”第 {first} 行起的表不再符合版式 {found.saved.name}：{differences}"
