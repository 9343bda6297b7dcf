"""Recheck: today's rules over what is loaded and held, without reading files again."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import date
from typing import Annotated

from prefect import flow, runtime, task
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Completed, Failed
from pydantic import Field

from etl import notify
from etl.check.suites import load_suites
from etl.outcome import FilesFailedError, all_critical
from etl.recheck import Rechecked, recheck_batch
from etl.selection import Selection, StoredFile, select
from etl.settings import Settings, load_settings
from etl.warehouse.across import reconcile_files
from etl.warehouse.engine import connect, upgrade
from flows.artifacts import Progress, log_to_server, show_recheck
from flows.steps import LONGEST_RUN, RETRYING, begin, closing, finish, report, started_at, telling

Pattern = Annotated[str, Field(min_length=1, max_length=4096)]


def run_name() -> str:
    """``recheck *.xls · 2026-11-20 08:30``, in the time of Shanghai."""
    given = runtime.flow_run.parameters
    chosen = [*given.get("names", ()), *given.get("publishers", ())] or ["everything"]
    more = f" +{len(chosen) - 1}" if len(chosen) > 1 else ""
    return f"recheck {chosen[0]}{more} · {started_at():%Y-%m-%d %H:%M}"


@task(task_run_name="choose", **RETRYING)
def choose(settings: Settings, selection: Selection) -> tuple[StoredFile, ...]:
    """The loaded files that meet the selection; others have no rows."""
    engine = connect(settings.warehouse)
    upgrade(engine)
    with engine.connect().execution_options(readonly=True) as connection:
        return tuple(f for f in select(connection, selection) if f.known.status == "loaded")


@task(task_run_name="{title}", **RETRYING)
def judge(
    settings: Settings,
    run_id: str | None,
    batch: Sequence[StoredFile],
    title: str,  # noqa: ARG001 (names the task run)
) -> tuple[Rechecked, ...]:
    """Check one batch of files, and move their rows."""
    done = recheck_batch(batch, connect(settings.warehouse), run_id, load_suites(settings.suites_dir))
    for file in done:
        if file.error:
            get_run_logger().warning("%s was left as it was: %s", file.name, file.error)
        elif file.released or file.held:
            get_run_logger().info("%s: %d rows released, %d held", file.name, file.released, file.held)
    return done


@task(task_run_name="across files", **RETRYING)
def across(settings: Settings) -> int:
    """What the facts of all files together contradict."""
    found = reconcile_files(connect(settings.warehouse))
    get_run_logger().info("%d findings across files", found)
    return found


@flow(name="recheck", flow_run_name=run_name, description=__doc__, timeout_seconds=LONGEST_RUN)
def recheck(
    names: tuple[Pattern, ...] = (),
    publishers: tuple[Pattern, ...] = (),
    published_from: date | None = None,
    published_to: date | None = None,
    dry_run: bool = False,
) -> State[tuple[Rechecked, ...]]:
    """Check stored rows again; without conditions, all of them.

    Args:
        names: File names, paths or patterns such as `*.xls` or `*landing/2024/*`.
        publishers: Publishers as in the manifest; patterns too.
        published_from: First day; files dated only 2024 or 2024-06 are taken when they overlap.
        published_to: Last day.
        dry_run: Only tell how many rows would move.
    """
    log_to_server()
    settings = load_settings()
    with telling("recheck", settings):
        suites = load_suites(settings.suites_dir)
        selection = Selection(names, publishers, published_from, published_to)
        files = choose(settings, selection)
        engine = connect(settings.warehouse)
        before = all_critical(engine)
        run_id = None
        if not dry_run:
            run_id = begin(settings, {"recheck": selection.as_json()}, len(files), len(files), ())
        with closing(settings, run_id) if run_id else contextlib.nullcontext():
            done: list[Rechecked] = []
            with Progress("recheck-progress", len(files)) as progress:
                for start in range(0, len(files), settings.batch_size):
                    batch = files[start : start + settings.batch_size]
                    done.extend(judge(settings, run_id, batch, f"{batch[0].name} … ({len(batch)} files)"))
                    progress.advance(len(batch))
            if run_id:
                across(settings)
            failed = [f for f in done if f.error]
            page = None
            if run_id:
                finish(settings, run_id, "failed" if failed else "completed")
                page = report(settings, run_id)
                news = tuple(sorted(all_critical(engine) - before))
                notify.tell(settings, notify.of_recheck(done, news, page, settings.reports_url))
            show_recheck(settings, done, suites, page, dry_run=dry_run)
    moved = f"{sum(f.released for f in done)} rows released, {sum(f.held for f in done)} held in {len(done)} files"
    if dry_run:
        return Completed(message=f"would be: {moved}", data=tuple(done))
    if failed:
        what = f"{len(failed)} files were left as they were; {moved}"
        error = FilesFailedError("recheck", what, outcome=tuple(done), next_step=f"See {page}.")
        return Failed(message=str(error), data=error)
    return Completed(message=moved, data=tuple(done))
