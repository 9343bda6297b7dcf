"""The cells of a workbook with their roles, in the terminal: letters tell them, colours only help."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from rich.cells import cell_len, set_cell_size
from rich.console import Console, Group
from rich.markup import escape
from rich.text import Text

from etl.extract.confidence import ENOUGH
from etl.extract.sheet.layout_view import CellView, SheetView, TableView
from etl.model import column_letters

STYLES = {
    "T": "bold magenta", "U": "magenta", "K": "cyan", "H": "bold cyan", "S": "yellow", "D": "green",
    "A": "bold green", "M": "blue", "X": "red", "N": "dim", "O": "dim",
}  # fmt: skip
LEGEND = {
    "T": "title", "U": "unit", "K": "key and value", "H": "header", "S": "stub", "D": "data", "A": "total",
    "M": "missing", "X": "ignored", "N": "note", "O": "other",
}  # fmt: skip
WIDEST = 22
"""Columns of the terminal for one cell at most, its letter included."""
NARROWEST = 6
SAMPLE = 200


def show(views: Sequence[SheetView], misfits: Sequence[str], *, whole: bool) -> None:
    """Print every sheet: what its tables are, then its cells; what does not fit in is counted."""
    out = Console(highlight=False, soft_wrap=True)
    width = max(out.width, 40)
    for view in views:
        out.print(f"\n[bold]{escape(' '.join(view.name.split()))}[/bold]  {len(view.tables)} tables")
        for table in view.tables:
            out.print(Group(*_described(table)))
        for line in _grid(view, width, whole=whole):
            out.print(line)
    out.print(Text("\n") + Text("  ").join(Text(f"{k} {v}", STYLES[k]) for k, v in LEGEND.items()))
    for problem in misfits:
        out.print(f"[bold red]held back[/bold red] {escape(problem)}")


def _described(table: TableView) -> Iterator[Text]:
    (first, last), (left, right) = table.rows, table.columns
    tone = "" if table.is_sure else "bold red"
    enough = "loaded" if table.is_sure else f"held for review, below {ENOUGH:g}"
    head = Text(f"  table {table.number}  {left}{first}:{right}{last}  {table.figures} figures  ")
    yield head + Text(f"confidence {table.confidence:g} ({enough})", tone)
    for name in ("region", "indicator", "period", "unit"):
        stands = getattr(table, name)
        where = {"nowhere": "nowhere", "benchmark": "by benchmark"}.get(stands.where, f"in {stands.where}")
        yield Text(f"    {name:<10}{where}: {stands.what}" if stands.what else f"    {name:<10}{where}")
    if table.saved:
        yield Text(f"    layout    {table.saved}" + (" no longer fits" if table.differences else ""))
    for difference in table.differences:
        yield Text(f"      {difference}", "red")
    yield Text(f"    why       {'; '.join(table.reasons) or 'nothing was left open'}", "dim")


def _grid(view: SheetView, width: int, *, whole: bool) -> Iterator[Text]:
    rows = sorted(view.cells) if whole else list(view.brief_rows)
    if not rows:
        return
    gutter = len(str(rows[-1] + 1)) + 1
    columns = _fitting(view, rows, width - gutter)
    left_out = len(view.columns) - len(columns)
    gap = max(columns, default=0) if left_out else None
    yield Text(" " * gutter, "dim") + Text(
        "".join(_mark(c, gap) + set_cell_size(f" {column_letters(c)}", w) for c, w in columns.items()), "dim"
    )
    for before, row in pairwise([None, *rows]):
        if row is None:
            continue
        between = sum(before < r < row for r in view.cells) if before is not None and row - before > 1 else 0
        if between:
            yield Text(f"{'⋮':>{gutter - 1}} {between} rows", "dim")
        line = Text(f"{row + 1:>{gutter - 1}} ", "dim")
        for c, w in columns.items():
            line.append(_mark(c, gap), "dim")
            cell = view.cells[row].get(c)
            line.append(_shown(cell, w), STYLES[cell.role] if cell else "")
        line.rstrip()
        yield line
    if left_out:
        yield Text(f"{' ' * gutter}⋯ {left_out} columns left out; --html shows them all", "dim")


def _mark(col: int, gap: int | None) -> str:
    return "⋯" if col == gap else ""


def _shown(cell: CellView | None, width: int) -> str:
    if cell is None:
        return " " * width
    text = " ".join(cell.text.split())
    room = width - 3
    if cell_len(text) > room:
        text = set_cell_size(text, room - 1) + "…"
    return f"{cell.role} {set_cell_size(text, room)} "


def _fitting(view: SheetView, rows: Sequence[int], width: int) -> dict[int, int]:
    """Columns with their widths: as many from the left as there is room for, and the last one."""
    widths = {}
    for c in view.columns:
        texts = (view.cells[r][c].text for r in rows[:SAMPLE] if c in view.cells[r])
        longest = max((cell_len(" ".join(text.split())[:WIDEST]) for text in texts), default=0)
        widths[c] = min(WIDEST, max(NARROWEST, longest + 3))
    if sum(widths.values()) <= width:
        return widths
    last = max(widths)
    room = width - widths[last] - 1
    found: dict[int, int] = {}
    for c, w in widths.items():
        if c == last or w > room:
            break
        found[c] = w
        room -= w
    return found | {last: widths[last]}
