"""What is known of a row, in words: (name, value) pairs for a card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from etl.report.data import FigureRow
from etl.report.wording import number

Words = Mapping[str, Mapping[str, str]]


def of_rows(rows: Sequence[FigureRow], words: Words) -> tuple[tuple[str, str], ...]:
    """The facts of a row; of several rows those that they share."""
    first = of_row(rows[0], words)
    if len(rows) == 1:
        return first
    shared = set(first)
    for row in rows[1:]:
        shared &= set(of_row(row, words))
    return tuple(fact for fact in first if fact in shared)


def of_row(row: FigureRow, words: Words) -> tuple[tuple[str, str], ...]:
    value = f"{number(row.obs_value)} {row.unit or '（无单位）'}"
    if row.obs_low != row.obs_high:
        value += f"（{interval(row.obs_low, row.obs_high)}）"
    code = f"（{row.ref_area}）" if row.ref_area else ""
    return (
        ("统计内容", row.label or "（未读出）"),
        ("读作", value),
        ("类别", words["kind"].get(row.kind, row.kind) + _status(row, words)),
        ("地区", ((row.ref_area_name or "") + code or "（未定）") + (f" · {row.ref_entity}" if row.ref_entity else "")),
        ("时期", row.time_period or "（未定）"),
    )


def _status(row: FigureRow, words: Words) -> str:
    return "" if row.status == "observed" else " · " + words["observation_status"].get(row.status, row.status)


def interval(low: Decimal | None, high: Decimal | None) -> str:
    """``1,200 至 1,300``; open ends in words."""
    if low is None and high is None:
        return "不限"
    if low is None:
        return f"不高于 {number(high)}"
    if high is None:
        return f"不低于 {number(low)}"
    return number(low) if low == high else f"{number(low)} 至 {number(high)}"


def more_or_less(difference: Decimal) -> str:
    return f"{'多' if difference > 0 else '少'} {number(abs(difference))}"
