"""What was inferred of a table, as plain data: to be shown, saved, and compared with the next file of its kind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from etl.extract.sheet.grid import column_letters
from etl.extract.sheet.tables import Table
from etl.extract.sheet.workbook import read_tables
from etl.model import ManifestEntry, Workbook


@dataclass(frozen=True, slots=True)
class ColumnRole:
    """One column of a table. ``role`` is a kind of stub column, or ``value``."""

    column: str
    role: str
    label: str
    """The header: for values the path from the outside in, joined with a bar."""
    unit: str | None = None
    period: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    """The roles in one table; rows are counted from 1 as Excel shows them."""

    sheet: str
    title: str
    preamble_rows: tuple[int, ...]
    header_rows: tuple[int, ...]
    first_row: int
    last_row: int
    columns: tuple[ColumnRole, ...]
    regions_in: str | None
    periods_in: str | None
    region: str | None
    region_basis: str | None
    period: str | None
    period_basis: str | None
    units: tuple[str, ...]
    confidence: float
    reasons: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain data for YAML or JSON."""
        return asdict(self)


def find_layouts(workbook: Workbook, file_name: str, manifest: ManifestEntry | None = None) -> list[Layout]:
    """The layouts of all tables of a workbook, in its order."""
    return [layout_of(table) for table in read_tables(workbook, file_name, manifest)]


def layout_of(table: Table) -> Layout:
    """The inferred roles of one table."""
    context, block = table.context, table.block
    stub = [ColumnRole(column_letters(s.col), s.kind, s.header) for s in table.stub]
    values = []
    for col in table.values:
        column = table.header.columns[col]
        unit = column.unit.printed if column.unit else None
        values.append(
            ColumnRole(column_letters(col), "value", "|".join(column.path), unit, column.period, column.region)
        )
    return Layout(
        sheet=block.sheet,
        title=context.titles[0].strip() if context.titles else "",
        preamble_rows=tuple(r + 1 for r in block.preamble),
        header_rows=tuple(r + 1 for r in block.header),
        first_row=block.data[0] + 1,
        last_row=block.data[-1] + 1,
        columns=(*stub, *values),
        regions_in=table.regions_in,
        periods_in=table.periods_in,
        region=context.speaker.code if context.speaker else None,
        region_basis=context.speaker.basis if context.speaker else None,
        period=context.period,
        period_basis=context.period_basis,
        units=tuple(u.printed for u in context.units),
        confidence=table.confidence,
        reasons=tuple(table.steps),
    )


def differences(saved: Mapping[str, Any], found: Layout) -> list[str]:
    """How a table differs in shape from a saved layout (``Layout.as_dict()``), in Chinese; empty when it fits.

    Years and rows may differ; columns may not be added, dropped, renamed or swapped, nor change their unit.
    """
    now = found.as_dict()
    problems = [
        f"{name}：原为 {saved.get(key) or '无'}，现为 {now[key] or '无'}"
        for key, name in (("regions_in", "地区所在"), ("periods_in", "时间所在"))
        if saved.get(key) != now[key]
    ]
    before, after = _names(saved.get("columns", ())), _names(now["columns"])
    problems.extend(f"缺少列：{name}" for name in before if name not in after)
    problems.extend(f"新增列：{name}（{after[name]['column']}）" for name in after if name not in before)
    common = [name for name in before if name in after]
    order = [name for name in after if name in before]
    problems.extend(
        f"列次序改变：{name} 原在第 {n + 1} 位，现在第 {order.index(name) + 1} 位"
        for n, name in enumerate(common)
        if order.index(name) != n
    )
    problems.extend(
        f"单位改变：{name} 原为 {before[name].get('unit') or '无'}，现为 {after[name]['unit'] or '无'}"
        for name in common
        if before[name].get("unit") != after[name]["unit"]
    )
    if tuple(saved.get("units", ())) != tuple(now["units"]):
        problems.append(f"表的单位改变：原为 {_list(saved.get('units', ()))}，现为 {_list(now['units'])}")
    return problems


def _names(columns: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Columns by role and label; those that only a period tells apart are numbered."""
    found: dict[str, Mapping[str, Any]] = {}
    for column in columns:
        label = column["label"] or column.get("region") or ("时间" if column.get("period") else "")
        name = label or f"（{column['role']}）"
        n = 1
        while name in found:
            n += 1
            name = f"{label}#{n}"
        found[name] = column
    return found


def _list(units: Sequence[str]) -> str:
    return "、".join(units) or "无"
