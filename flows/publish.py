"""Publish: what is known as CSV, Parquet, Excel, SDMX-CSV and a data package, with the report."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from prefect import flow, runtime, task
from prefect.client.schemas.objects import State
from prefect.states import Completed

from etl.export.publication import Publication
from etl.export.publication import publish as write_publication
from etl.settings import Settings, load_settings
from etl.warehouse import schema
from etl.warehouse.engine import connect, upgrade
from flows.artifacts import log_to_server, show_publication
from flows.steps import RETRYING, report, started_at, telling

LONGEST = 3600


def run_name() -> str:
    """``publish · 2026-11-20 08:30``, in the time of Shanghai."""
    confirmed = " · loss confirmed" if runtime.flow_run.parameters.get("confirm_loss") else ""
    return f"publish · {started_at():%Y-%m-%d %H:%M}{confirmed}"


@task(task_run_name="last run", **RETRYING)
def last_run(settings: Settings) -> str | None:
    """The run that the published report tells of."""
    engine = connect(settings.warehouse)
    upgrade(engine)
    run = schema.ingest_run.c
    query = sa.select(run.run_id).where(run.finished_at.is_not(None)).order_by(run.started_at.desc()).limit(1)
    with engine.connect().execution_options(readonly=True) as connection:
        return connection.execute(query).scalar()


@task(task_run_name="export", **RETRYING)
def export(settings: Settings, page: Path | None, confirm_loss: bool) -> Publication:
    """Write the files of a publication, or refuse."""
    return write_publication(
        connect(settings.warehouse),
        settings.exports_dir,
        started_at(),
        max_loss=settings.publish_max_loss,
        confirm_loss=confirm_loss,
        report=page,
    )


@flow(name="publish", flow_run_name=run_name, description=__doc__, timeout_seconds=LONGEST)
def publish(confirm_loss: bool = False) -> State[Publication]:
    """Publish the current observations.

    Args:
        confirm_loss: Publish although more of the facts last published are gone than the settings allow
            (GONGBAO_PUBLISH_MAX_LOSS). Look at the report first.
    """
    log_to_server()
    settings = load_settings()
    with telling("publish", settings):
        run_id = last_run(settings)
        done = export(settings, report(settings, run_id) if run_id else None, confirm_loss)
    show_publication(settings, done)
    return Completed(message=f"{done.rows} rows in {settings.exports_dir / done.folder}", data=done)
