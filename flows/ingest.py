"""Ingest: a folder of reports and spreadsheets becomes rows of the warehouse and a report for the reviewer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa
from etl.report.write import write_report
from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State, TaskRun
from prefect.states import Completed, Failed
from prefect.tasks import Task, exponential_backoff

from etl import ingest as stages
from etl.check.suites import load_suites
from etl.landing import discover
from etl.model import SourceFile
from etl.settings import Settings, load_settings
from etl.warehouse.engine import connect, upgrade
from etl.warehouse.load import finish_run, start_run


@dataclass(frozen=True, slots=True)
class RunSummary:
    """What a run did, for the command line and for whoever started the flow."""

    run_id: str
    files: tuple[stages.FileSummary, ...]
    known: int
    problems: tuple[str, ...]
    unreadable: int
    report: Path

    @property
    def failed(self) -> int:
        """Files that were blocked or could not be read."""
        return self.unreadable + sum(f.status != "loaded" for f in self.files)


def warehouse_is_away(_task: Task[..., object], _run: TaskRun, state: State[object]) -> bool:
    """Only a database that is away can come back; a bad file stays bad."""
    error = state.result(raise_on_failure=False)
    return isinstance(error, sa.exc.OperationalError | sa.exc.InterfaceError)


@task(task_run_name="plan", cache_policy=NO_CACHE)
def plan(settings: Settings, paths: Sequence[str], manifest: str | None, full: bool) -> stages.Plan:
    """Bring the schema up to date, hash and archive the files, and tell what is new."""
    engine = connect(settings.warehouse)
    upgrade(engine)
    return stages.plan(
        discover(paths, manifest=Path(manifest) if manifest else None), settings.archive_dir, engine, full=full
    )


@task(
    task_run_name="{title}",
    cache_policy=NO_CACHE,
    retries=3,
    retry_delay_seconds=exponential_backoff(backoff_factor=2),
    retry_jitter_factor=0.3,
    retry_condition_fn=warehouse_is_away,
)
def process(
    settings: Settings,
    run_id: str,
    batch: Sequence[SourceFile],
    title: str,  # noqa: ARG001 (names the task run)
) -> tuple[stages.FileSummary, ...]:
    """Read, check and load one batch of files."""
    engine = connect(settings.warehouse)
    return stages.process_batch(batch, engine, run_id, load_suites(settings.suites_dir))


@task(task_run_name="report", cache_policy=NO_CACHE)
def report(settings: Settings, run_id: str) -> Path:
    """Write the reviewer's page."""
    return write_report(connect(settings.warehouse), run_id, settings.reports_dir, archive_dir=settings.archive_dir)


@flow(name="ingest", description=__doc__)
def ingest(paths: list[str], manifest: str | None = None, full: bool = False) -> State[RunSummary]:
    """Ingest files, folders and globs.

    Args:
        paths: files, folders (with all below them) or globs
        manifest: manifest.csv to use; without it each folder's own
        full: read every file again, also those that are known
    """
    settings = load_settings()
    load_suites(settings.suites_dir)  # a broken suite stops the run before any file is touched
    todo = plan(settings, paths, manifest, full)
    engine = connect(settings.warehouse)
    arguments = {"paths": paths, "manifest": manifest, "full": full}
    run_id = start_run(engine, arguments, seen=todo.seen, known=todo.known, problems=todo.problems)
    files: list[stages.FileSummary] = []
    for start in range(0, len(todo.new), settings.batch_size):
        batch = todo.new[start : start + settings.batch_size]
        files.extend(process(settings, run_id, batch, batch_title(batch)))
    stages.record_arrivals(engine, run_id, todo.arrivals)
    failed = todo.unreadable + sum(f.status != "loaded" for f in files)
    finish_run(engine, run_id, status="failed" if failed else "completed")
    page = report(settings, run_id)
    summary = RunSummary(run_id, tuple(files), todo.known, todo.problems, todo.unreadable, page)
    if failed:
        return Failed(message=f"{failed} of {todo.seen} files could not be loaded, see {page}", data=summary)
    return Completed(message=f"{len(files)} new files loaded or held, {todo.known} known", data=summary)


def batch_title(batch: Sequence[SourceFile]) -> str:
    """``a.txt`` or ``a.txt … z.xls (25 files)``."""
    first, last = batch[0].name, batch[-1].name
    return first if len(batch) == 1 else f"{first} … {last} ({len(batch)} files)"
