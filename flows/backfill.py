"""Backfill: archived files read again, for a new reader, extractor or manifest, chosen by name, publisher or date."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from prefect import flow, runtime, task
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Completed
from pydantic import Field

from etl.backfill import Backfill, arguments_of, plan_backfill
from etl.check.suites import load_suites
from etl.outcome import RunSummary
from etl.selection import Selection
from etl.settings import Settings, load_settings
from etl.warehouse.engine import connect, upgrade
from etl.warehouse.life import close_lost
from flows.artifacts import log_to_server, show_plan
from flows.steps import (
    LONGEST_RUN,
    RETRYING,
    begin,
    closing,
    conclude,
    known_findings,
    process_all,
    started_at,
    telling,
)

Pattern = Annotated[str, Field(min_length=1, max_length=4096)]


def run_name() -> str:
    """``backfill *.xls · 2026-11-20 08:30``, in the time of Shanghai."""
    given = runtime.flow_run.parameters
    chosen = [*given.get("names", ()), *given.get("publishers", ())] or ["by date"]
    more = f" +{len(chosen) - 1}" if len(chosen) > 1 else ""
    return f"backfill {chosen[0]}{more} · {started_at():%Y-%m-%d %H:%M}"


@task(task_run_name="plan", **RETRYING)
def plan(settings: Settings, selection: Selection) -> Backfill:
    """Choose the files, and find the backfill that was interrupted."""
    engine = connect(settings.warehouse)
    upgrade(engine)
    close_lost(engine)
    return plan_backfill(engine, selection, settings.archive_dir)


@flow(name="backfill", flow_run_name=run_name, description=__doc__, timeout_seconds=LONGEST_RUN)
def backfill(
    names: tuple[Pattern, ...] = (),
    publishers: tuple[Pattern, ...] = (),
    published_from: date | None = None,
    published_to: date | None = None,
    dry_run: bool = False,
) -> State[RunSummary] | State[Backfill]:
    """Read archived files again. All conditions must hold; a run that was interrupted goes on where it stopped.

    Args:
        names: File names, paths or patterns such as `*.xls` or `*landing/2024/*`; `*` for all files.
        publishers: Publishers as in the manifest; patterns too.
        published_from: First day; files dated only 2024 or 2024-06 are taken when they overlap.
        published_to: Last day.
        dry_run: Only list what would be read.
    """
    log_to_server()
    settings = load_settings()
    with telling("backfill", settings):
        load_suites(settings.suites_dir)
        selection = Selection(names, publishers, published_from, published_to)
        todo = plan(settings, selection)
        if dry_run:
            show_plan("backfill", [s.name for s in todo.todo], todo.problems)
            return Completed(message=f"would read {len(todo.todo)} files again, {todo.done} are done", data=todo)
        if todo.resumes:
            get_run_logger().info("going on with an interrupted backfill: %d files are done", todo.done)
        before = known_findings(settings)
        seen = len(todo.todo) + todo.done
        run_id = todo.resumes or begin(settings, arguments_of(selection), seen, todo.done, todo.problems)
        with closing(settings, run_id, goes_on=True):
            files = process_all(settings, "backfill", run_id, todo.todo)
            return conclude(
                "backfill",
                settings,
                run_id,
                files,
                before,
                known=todo.done,
                problems=todo.problems,
                unreadable=len(todo.problems),
            )
