"""Ingest: a folder of reports and spreadsheets becomes rows of the warehouse and a report for the reviewer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from prefect import flow, runtime, task
from prefect.client.schemas.objects import State
from pydantic import Field

from etl import ingest as stages
from etl.check.suites import load_suites
from etl.landing import Look
from etl.outcome import RunSummary
from etl.settings import Settings, load_settings
from etl.warehouse.engine import connect, upgrade
from flows.artifacts import log_to_server
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

PathText = Annotated[str, Field(min_length=1, max_length=4096)]


def run_name() -> str:
    """``ingest landing/2024 · 2026-11-20 08:30``, in the time of Shanghai."""
    paths = runtime.flow_run.parameters.get("paths") or [load_settings().landing]
    more = f" +{len(paths) - 1}" if len(paths) > 1 else ""
    return f"ingest {paths[0]}{more} · {started_at():%Y-%m-%d %H:%M}"


@task(task_run_name="plan", **RETRYING)
def plan(settings: Settings, paths: Sequence[str], manifest: str | None, full: bool) -> stages.Plan:
    """Bring the schema up to date, hash and archive the files, and tell what is new."""
    engine = connect(settings.warehouse)
    upgrade(engine)
    landing = Look(paths, manifest=Path(manifest) if manifest else None, own=settings.var_dir)
    return stages.plan(landing, settings.archive_dir, engine, full=full)


@task(task_run_name="arrivals", **RETRYING)
def arrivals(settings: Settings, run_id: str, todo: stages.Plan) -> None:
    """Note known content that came under new names."""
    stages.record_arrivals(connect(settings.warehouse), run_id, todo.arrivals)


@flow(name="ingest", flow_run_name=run_name, description=__doc__, timeout_seconds=LONGEST_RUN)
def ingest(paths: tuple[PathText, ...] = (), manifest: PathText | None = None, full: bool = False) -> State[RunSummary]:
    """Ingest files, folders and globs.

    Args:
        paths: Files, folders (with all below them) or patterns such as `inbox/*.xlsx`, as the worker sees them.
            Empty: the landing folder of the settings (GONGBAO_LANDING).
        manifest: A manifest.csv that tells publisher, region and date of each file. Empty: the manifest.csv of each
            folder, where there is one.
        full: Read every file again, also those that are in the warehouse already.
    """
    log_to_server()
    settings = load_settings()
    with telling("ingest", settings):
        load_suites(settings.suites_dir)  # a broken suite stops the run before any file is touched
        places = list(paths) or [settings.landing]
        todo = plan(settings, places, manifest, full)
        before = known_findings(settings)
        arguments = {"paths": places, "manifest": manifest, "full": full}
        run_id = begin(settings, arguments, todo.seen, todo.known, todo.problems)
        with closing(settings, run_id):
            files = process_all(settings, "ingest", run_id, todo.new)
            if todo.arrivals:
                arrivals(settings, run_id, todo)
            return conclude(
                "ingest",
                settings,
                run_id,
                files,
                before,
                known=todo.known,
                problems=todo.problems,
                unreadable=todo.unreadable,
            )
