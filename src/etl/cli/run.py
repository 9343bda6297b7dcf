"""``etl run``: the ingest flow on this machine, with progress and a line per file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from etl.cli.flow_run import call_flow, log_as_set
from etl.settings import Settings, load_settings

if TYPE_CHECKING:
    from etl.ingest import FileSummary, Plan
    from etl.outcome import RunSummary


def run(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH...", help="Files, folders (with all below) or globs.", show_default=False),
    ],
    manifest: Annotated[
        Path | None,
        typer.Option(help="manifest.csv: what you know of the files. Without it each folder's own is used."),
    ] = None,
    warehouse: Annotated[
        str | None,
        typer.Option(help="SQLAlchemy URL of the warehouse. Default: GONGBAO_WAREHOUSE.", show_default=False),
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Read every file again, also those that are known.")] = False,
) -> int:
    """Ingest reports and spreadsheets into the warehouse.

    \b
    etl run samples                              the samples, into var/warehouse.db
    etl run landing/2024 'inbox/*.xlsx'          a folder and a glob
    etl run landing --warehouse postgresql://me:secret@db/gongbao
    etl run landing --manifest what-we-know.csv  publisher, region and date of each file

    Files whose bytes are known are not read again. Exit code: 0 all loaded or held for review, 1 some files
    failed, 2 wrong usage.
    """
    if warehouse is not None:
        os.environ["GONGBAO_WAREHOUSE"] = warehouse  # the flow reads settings itself, and no password travels
    settings = load_settings()
    log_as_set(settings)
    todo = _look_ahead(settings, paths, manifest, full)
    if not todo.new and not todo.arrivals and not todo.problems:
        typer.echo(_nothing_new(settings, todo))
        return 0
    given = {"paths": tuple(paths), "manifest": str(manifest) if manifest else None, "full": full}
    summary: RunSummary = call_flow(settings, _flow, len(todo.new), **given)
    show_run(settings, summary, failed_before=todo.failed_before)
    return 1 if summary.failed else 0


def _look_ahead(settings: Settings, paths: list[str], manifest: Path | None, full: bool) -> Plan:
    """What there is to do. Asked before Prefect is started, so that a run with nothing new takes a second."""
    from etl import ingest
    from etl.check.suites import load_suites
    from etl.landing import Look
    from etl.warehouse.engine import connect, upgrade
    from etl.warehouse.life import close_lost

    load_suites(settings.suites_dir)
    landing = Look(paths, manifest=manifest, own=settings.var_dir)
    engine = connect(settings.warehouse)
    upgrade(engine)
    close_lost(engine)
    return ingest.plan(landing, settings.archive_dir, engine, full=full)


def _nothing_new(settings: Settings, todo: Plan) -> str:
    from etl.warehouse.engine import shown

    lines = [f"Nothing new: all {todo.known} files are in the warehouse already."]
    if todo.failed_before:
        lines.append(_told_earlier(todo.failed_before))
    lines.append(f"Warehouse  {shown(settings.warehouse)}")
    lines.append(f"Report     {settings.reports_dir / 'latest.html'}")
    return "\n".join(lines)


def _told_earlier(failed: int) -> str:
    return f"{failed} of the known files could not be loaded earlier; --full tries them again."


def _flow() -> Any:
    from flows.ingest import ingest

    return ingest


def show_run(settings: Settings, summary: RunSummary, *, failed_before: int = 0) -> None:
    """A line per file, the totals, and where things lie. ``failed_before``: known files that are not loaded."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from etl.cli.names import shown_name
    from etl.warehouse.engine import shown

    console = Console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("file", overflow="fold")
    for name in ("numerals", "loaded", "held", "ignored", "seconds"):
        table.add_column(name, justify="right")
    table.add_column("status")
    for f in summary.files:
        counts = (str(n) for n in (f.numerals, f.loaded, f.held, f.ignored))
        table.add_row(Text(shown_name(f.name)), *counts, f"{f.seconds:.2f}", f.status)
    if summary.files:
        console.print(table)
    for line in _notes(summary, failed_before):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print(f"\nWarehouse  {shown(settings.warehouse)}", markup=False, highlight=False, soft_wrap=True)
    console.print(f"Report     {summary.report}", markup=False, highlight=False, soft_wrap=True)


def _notes(summary: RunSummary, failed_before: int) -> list[str]:
    lines = [f"{f.status}: {f.error}" for f in summary.files if f.error]
    lines += [f"problem: {p}" for p in summary.problems]
    totals = _total(summary.files)
    lines.append("")
    accounting = " + ".join(f"{totals[name]} {name}" for name in ("loaded", "held", "ignored"))
    if totals["refused"]:
        accounting += f" + {totals['refused']} in refused files"
    lines.append(f"{len(summary.files)} files read, {summary.known} known before, {summary.failed} failed")
    if failed_before:
        lines.append(_told_earlier(failed_before))
    lines.append(f"numerals {totals['numerals']} = {accounting}")
    return lines


def _total(files: tuple[FileSummary, ...]) -> dict[str, int]:
    totals = {n: sum(getattr(f, n) for f in files) for n in ("numerals", "loaded", "held", "ignored")}
    totals["refused"] = totals["numerals"] - totals["loaded"] - totals["held"] - totals["ignored"]
    return totals
