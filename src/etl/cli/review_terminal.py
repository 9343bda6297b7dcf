"""What ``etl review`` prints: lists, figures, previews and the log, for people and as JSON."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from etl.contract import plain

if TYPE_CHECKING:
    from etl.review.decide import Move, Preview, Side
    from etl.review.listing import Entry, Item

ENDLESS = 10_000
"""Columns of what is no terminal."""
MOST = 20
"""Moves shown one by one."""


def as_json(value: Any) -> None:
    """Dataclasses as objects, times in ISO 8601, decimals as strings."""

    def other(v: Any) -> Any:
        if is_dataclass(v) and not isinstance(v, type):
            return asdict(v)
        if isinstance(v, datetime):
            return v.isoformat()
        return plain(v) if isinstance(v, Decimal) else str(v)

    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=other))


def show_list(items: Sequence[Item], total: int) -> None:
    """By file: a figure's id beside its place, what is printed, of what, where and when, and below that why it waits.

    Readable from 60 columns on; where no terminal tells its width, every figure and every reason is one line.
    """
    out = Console(highlight=False)
    if not out.is_terminal and "COLUMNS" not in os.environ:
        out.width = ENDLESS
    for file, of_file in itertools.groupby(items, key=lambda i: i.source):
        out.print(f"[bold]{escape(file)}[/bold]")
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for i in of_file:
            state = "" if i.state == "open" else i.state
            about = "  ".join(filter(None, (state, i.place, f"“{i.text}”", i.label, i.region_name, i.period)))
            table.add_row(i.observation_id[:10], escape(about))
            if why := _why(i):
                table.add_row("", f"[dim]{escape(why)}[/dim]")
        with out.capture() as captured:
            out.print(table)
        for line in captured.get().splitlines():
            typer.echo(line.rstrip())
    more = "" if len(items) == total else f" of {total}; --limit shows more"
    typer.echo(f"{len(items)}{more} figures", err=True)


def _why(item: Item) -> str:
    told = [f for f in item.findings if f.severity == "quarantine"] or list(item.findings)
    said = [f for f in told if not (item.note and f.message.startswith(item.note))]
    rules = "；".join(f"{f.rule}: {f.message}" for f in said)
    return "；".join(filter(None, (item.note, rules)))


def show_item(item: Item, entries: Sequence[Entry]) -> None:
    out = Console(highlight=False, soft_wrap=True)

    def line(name: str, value: Any) -> None:
        if value not in (None, "", {}, []):
            out.print(f"  [dim]{name:<12}[/dim] {escape(str(value))}")

    out.print(f"[bold]{item.observation_id}[/bold]  {item.state}  since {item.changed_at:%Y-%m-%d %H:%M} UTC")
    line("note", item.note)
    line("source", f"{item.source}  {item.place}")
    line("printed", item.text)
    line("evidence", item.evidence)
    line("value", f"{item.value} {item.unit or '(no unit)'}")
    line("where", " ".join(filter(None, (item.region, item.region_name))) or "unknown")
    line("when", item.period or "unknown")
    line("what", f"{item.label}  [{item.indicator or 'not mapped'}]")
    line("as read", ", ".join(f"{k} {v}" for k, v in item.reading.items() if k in _READ))
    line("seen", f"{item.first_seen_at:%Y-%m-%d %H:%M} … {item.last_seen_at:%Y-%m-%d %H:%M} UTC")
    out.print("\n[bold]rules[/bold]")
    for f in item.findings:
        line(f.severity, f"{f.rule}: {f.message}")
        line("", f.evidence if f.evidence != item.evidence else "")
        line("suggestion", f.suggestion)
    if entries:
        out.print("\n[bold]decisions[/bold]")
        for e in entries:
            _entry(out, e)


_READ = ("obs_value", "unit", "ref_area", "time_period", "kind", "indicator")


def show_preview(shown: Preview) -> None:
    out = Console(highlight=False, soft_wrap=True)
    d = shown.decision
    what = f"{d.kind} {d.change}" if d.change.as_json() else d.kind
    count = sum(not m.is_aside for m in shown.moves)
    out.print(f"[bold]{escape(what)}[/bold]: {count} figures in {shown.files} files")
    for m in [m for m in shown.moves if not m.is_aside][:MOST]:
        _move(out, m)
    if count > MOST:
        out.print(f"  … and {count - MOST} more")
    if d.like:
        out.print("  and every figure like these in files to come")
    elif d.scope == "column" and d.change.unit:
        out.print("  in this file and its later editions; `etl review map column` reaches other files, too")
    if aside := [m for m in shown.moves if m.is_aside]:
        out.print(f"\nand {len(aside)} others move because of it, or by today's rules:")
        for m in aside[:MOST]:
            _move(out, m)
    for line in shown.left_out:
        out.print(f"  left out: {escape(line)}")


def _move(out: Console, m: Move) -> None:
    out.print(f"  {m.observation_id[:10]}  {escape(m.source)} {escape(m.place)}  “{escape(m.text)}”  {escape(m.label)}")
    changes = "  ".join(_changes(m.before, m.after))
    out.print(f"    {m.before.state} → [bold]{m.after.state}[/bold]  {escape(changes)}")
    if m.note:
        out.print(f"    [yellow]{escape(m.note)}[/yellow]")
    for broken in m.breaks:
        out.print(f"    [yellow]does not meet[/yellow] {escape(broken)}")


def _changes(before: Side, after: Side) -> list[str]:
    names = ("value", "unit", "region", "period", "kind", "indicator")
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in names)
    return [f"{name} {a or '—'} → {b or '—'}" for name, a, b in pairs if a != b]


def show_history(entries: Sequence[Entry], *, in_full: bool) -> None:
    out = Console(highlight=False, soft_wrap=True)
    for e in entries:
        _entry(out, e)
        for t in e.decision.targets if in_full else ():
            out.print(
                f"    {t.observation_id[:10]}  {escape(t.source)} {escape(t.place)}  “{escape(t.fingerprint.text)}”"
            )
    typer.echo(f"{len(entries)} decisions", err=True)


def _entry(out: Console, e: Entry) -> None:
    d = e.decision
    stands = f"taken back by {e.undone_by[:8]}" if e.undone_by else "stands" if e.stands else "expired"
    about = f"{d.like.what} {d.like.printed} in {d.like.files}" if d.like else f"{len(d.targets)} figures"
    if d.undoes:
        about = f"of {d.undoes[:8]}"
    until = f", through {d.expires_at - timedelta(seconds=1):%Y-%m-%d}" if d.expires_at else ""
    change = f" {d.change}" if d.change.as_json() else ""
    out.print(
        f"  [bold]{d.decision_id[:10]}[/bold]  {d.decided_at:%Y-%m-%d %H:%M}  {escape(d.decided_by)}  "
        f"{d.kind}{escape(change)} ({escape(about)}{until})  [dim]{stands}, {e.figures} figures now[/dim]"
    )
    out.print(f"    {escape(d.reason)}")
