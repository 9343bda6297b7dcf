"""Like findings of neighbours become one: ten cells of a column without a unit are one thing to decide, not ten."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import pairwise

from etl.model import CellRef
from etl.report.data import RowIssue
from etl.report.excerpts import position

REACH = 2
"""Cells of a row or column at most so far apart are neighbours: an empty row or another measure may lie between."""


def grouped(issues: Sequence[RowIssue], alone: Callable[[RowIssue], bool]) -> list[tuple[RowIssue, ...]]:
    """The issues, in the order of the first of each group.

    Together: cells of one sheet that lie beside each other, or figures of one sentence, which break the same rules in
    the same words but for the figure itself. ``alone``: those that have more to tell and stay by themselves.
    """
    like: dict[Hashable, list[int]] = defaultdict(list)
    groups: list[list[int]] = []
    for i, issue in enumerate(issues):
        if alone(issue) or not issue.findings:
            groups.append([i])
        else:
            like[_likeness(issue)].append(i)
    for members in like.values():
        if isinstance(issues[members[0]].row.place, CellRef):
            groups += _neighbours(issues, members)
        else:
            groups.append(members)
    return [tuple(issues[i] for i in group) for group in sorted(groups)]


def _likeness(issue: RowIssue) -> Hashable:
    row, place = issue.row, issue.row.place
    said = tuple((f.rule_id, f.severity, masked(f.message, row.text), f.suggestion) for f in issue.findings)
    return row.file_sha256, place.sheet if isinstance(place, CellRef) else row.evidence, said


def masked(message: str, text: str) -> str:
    """The message without the figure that it names."""
    text = text.strip()
    return message.replace(f"“{text}”", "\0").replace(text, "\0") if text else message


def _neighbours(issues: Sequence[RowIssue], members: Sequence[int]) -> list[list[int]]:
    """Parts of the members that hang together along rows and columns."""
    at = {i: position(_cell(issues[i])) or (-i - 1, -i - 1) for i in members}
    parent = {i: i for i in members}

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for along, across in ((0, 1), (1, 0)):
        lines: dict[int, list[int]] = defaultdict(list)
        for i in members:
            lines[at[i][along]].append(i)
        for line in lines.values():
            line.sort(key=lambda i: at[i][across])
            for before, after in pairwise(line):
                if at[after][across] - at[before][across] <= REACH:
                    parent[root(after)] = root(before)
    parts: dict[int, list[int]] = defaultdict(list)
    for i in members:
        parts[root(i)].append(i)
    return [sorted(part) for part in parts.values()]


def _cell(issue: RowIssue) -> str:
    place = issue.row.place
    return place.cell if isinstance(place, CellRef) else ""


def extent(cells: Iterable[str]) -> str:
    """``G3:G12``; ``B3:H20 中`` where the cells do not fill that rectangle."""
    at = [p for cell in cells if (p := position(cell)) is not None]
    if not at:
        return ""
    from etl.report.excerpts import address

    top, left = min(r for r, _ in at), min(c for _, c in at)
    bottom, right = max(r for r, _ in at), max(c for _, c in at)
    fills = (bottom - top + 1) * (right - left + 1) == len(set(at))
    return f"{address(top, left)}:{address(bottom, right)}" + ("" if fills else " 中")
