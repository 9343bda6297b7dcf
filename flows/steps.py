"""Tasks that several flows are made of, and how a run begins, ends and tells of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from prefect import runtime, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.logging import get_run_logger
from prefect.states import Completed, Failed
from prefect.tasks import Task, exponential_backoff

from etl import apart, notify
from etl import ingest as stages
from etl.check.suites import load_suites
from etl.errors import WarehouseError
from etl.extract.sheet.layout_files import load_layouts
from etl.model import SourceFile
from etl.outcome import (
    CriticalFinding,
    FilesFailedError,
    RuleCount,
    RunSummary,
    critical_of,
    rules_of,
    told_before,
)
from etl.report.write import write_report
from etl.settings import Settings
from etl.warehouse.engine import connect
from etl.warehouse.life import alive, close_lost, interrupt
from etl.warehouse.load import finish_run, start_run
from flows.artifacts import Progress, server_is_set, show

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONGEST_RUN = 6 * 3600
"""Seconds after which a flow is stopped."""


def away(_task: Task[..., object], _run: TaskRun, state: State[object]) -> bool:
    """Only a database or a storage that is away can come back; a bad file stays bad."""
    error = state.result(raise_on_failure=False)
    causes = (error, getattr(error, "__cause__", None))
    if any(isinstance(e, sa.exc.OperationalError | sa.exc.InterfaceError | OSError) for e in causes):
        return isinstance(error, WarehouseError | sa.exc.DBAPIError | OSError)
    return False


RETRYING: dict[str, Any] = {
    "cache_policy": NO_CACHE,
    "retries": 5,  # after 2, 4, 8, 16 and 32 seconds: a database that restarts is waited for
    "retry_delay_seconds": exponential_backoff(backoff_factor=2),
    "retry_jitter_factor": 0.3,
    "retry_condition_fn": away,
}


def started_at() -> datetime:
    """When this run was meant to start, in Shanghai: workers start scheduled runs a little early or much later."""
    return (runtime.flow_run.scheduled_start_time or datetime.now(UTC)).astimezone(SHANGHAI)


@task(task_run_name="begin", **RETRYING)
def begin(settings: Settings, arguments: Mapping[str, Any], seen: int, known: int, problems: Sequence[str]) -> str:
    """Record that a run starts, and which ones were killed before; gives its id."""
    engine = connect(settings.warehouse)
    close_lost(engine)
    return start_run(engine, arguments, seen=seen, known=known, problems=problems)


@task(task_run_name="findings before", **RETRYING)
def known_findings(settings: Settings) -> frozenset[CriticalFinding]:
    """Critical findings that people were told of by earlier runs."""
    return told_before(connect(settings.warehouse))


@task(task_run_name="findings", **RETRYING)
def findings(
    settings: Settings, run_id: str, before: frozenset[CriticalFinding]
) -> tuple[tuple[CriticalFinding, ...], tuple[RuleCount, ...]]:
    """New critical findings, and how often each rule spoke; asked for before the run is recorded as ended."""
    engine = connect(settings.warehouse)
    return critical_of(engine, run_id, before), rules_of(engine, run_id)


@task(task_run_name="{title}", **RETRYING)
def process(
    settings: Settings,
    run_id: str,
    batch: Sequence[SourceFile],
    title: str,  # noqa: ARG001 (names the task run)
) -> tuple[stages.FileSummary, ...]:
    """Read, check and load one batch of files."""
    suites, layouts = load_suites(settings.suites_dir), load_layouts(settings.layouts_dir)
    files = stages.process_batch(batch, connect(settings.warehouse), run_id, suites, layouts, apart.reading(settings))
    for file in files:
        if file.error:
            get_run_logger().warning("%s: %s: %s", file.name, file.status, file.error)
    return files


def process_all(
    settings: Settings, flow_name: str, run_id: str, sources: Sequence[SourceFile]
) -> tuple[stages.FileSummary, ...]:
    """All files, a batch per task, with progress on the run's page."""
    files: list[stages.FileSummary] = []
    with Progress(f"{flow_name}-progress", len(sources)) as progress:
        for start in range(0, len(sources), settings.batch_size):
            batch = sources[start : start + settings.batch_size]
            files.extend(process(settings, run_id, batch, batch_title(batch)))
            progress.advance(len(batch))
    return tuple(files)


def batch_title(batch: Sequence[SourceFile]) -> str:
    """``a.txt`` or ``a.txt … z.xls (25 files)``."""
    first, last = batch[0].name, batch[-1].name
    return first if len(batch) == 1 else f"{first} … {last} ({len(batch)} files)"


@task(task_run_name="finish", **RETRYING)
def finish(settings: Settings, run_id: str, status: str) -> None:
    """Record how a run ended."""
    finish_run(connect(settings.warehouse), run_id, status=status)


@task(task_run_name="report", **RETRYING)
def report(settings: Settings, run_id: str) -> Path:
    """Write the reviewer's page."""
    return write_report(connect(settings.warehouse), run_id, settings.reports_dir, archive_dir=settings.archive_dir)


def conclude(
    flow_name: str,
    settings: Settings,
    run_id: str,
    files: tuple[stages.FileSummary, ...],
    before: frozenset[CriticalFinding],
    *,
    known: int = 0,
    problems: tuple[str, ...] = (),
    unreadable: int = 0,
) -> State[RunSummary]:
    """Report, run page and notifications of a run whose files are done, and the state that it ends in."""
    new_critical, rules = findings(settings, run_id, before)
    failed = unreadable + sum(f.status != "loaded" for f in files)
    finish(settings, run_id, "failed" if failed else "completed")
    page = report(settings, run_id)
    summary = RunSummary(run_id, files, known, problems, unreadable, page, new_critical, rules)
    show(flow_name, settings, summary)
    notify.tell(settings, notify.of_run(flow_name, summary, settings.reports_url))
    if failed:
        what = f"{failed} of {len(files) + unreadable + known} files could not be loaded"
        error = FilesFailedError(flow_name, what, outcome=summary, next_step=f"See {page}.")
        return Failed(message=str(error), data=error)
    return Completed(message=f"{len(files)} files loaded or held, {known} known", data=summary)


@contextlib.contextmanager
def telling(flow_name: str, settings: Settings) -> Iterator[None]:
    """Tell the operator when a flow breaks off (the warehouse is away, time is up). Of one that was stopped from
    outside the server has `flows/alarm.py` tell; without a server we do."""
    try:
        yield
    except BaseException as e:
        if isinstance(e, Exception) or not server_is_set():
            notify.tell(settings, notify.of_failure(flow_name, e))
        raise


@contextlib.contextmanager
def closing(settings: Settings, run_id: str, *, goes_on: bool = False) -> Iterator[None]:
    """Show that a run is alive, and record how it breaks off, where the warehouse can still be reached: failed by an
    error, interrupted by whoever stops it. ``goes_on``: interrupted in any case, the next run goes on with it."""
    engine = connect(settings.warehouse)
    try:
        with alive(engine, run_id):
            yield
    except BaseException as e:
        with contextlib.suppress(Exception):
            if goes_on or not isinstance(e, Exception):
                interrupt(engine, run_id)
            else:
                finish_run(engine, run_id, status="failed")
        raise
