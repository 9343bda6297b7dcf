"""``etl report``: write the reviewer's page of a run again."""

from __future__ import annotations

from typing import Annotated

import typer

from etl.errors import UsageError
from etl.settings import load_settings


def report(
    run_id: Annotated[
        str | None,
        typer.Argument(help="Id of a run or its first digits; the latest run without it.", show_default=False),
    ] = None,
    warehouse: Annotated[str | None, typer.Option(help="SQLAlchemy URL of the warehouse.", show_default=False)] = None,
) -> None:
    """Rebuild the HTML report of a run (in Chinese, one file, works offline).

    \b
    etl report             the latest run
    etl report 3f2a        the run whose id begins so
    """
    import sqlalchemy as sa

    from etl.report.write import write_report
    from etl.warehouse import schema
    from etl.warehouse.engine import connect, upgrade

    settings = load_settings(warehouse=warehouse)
    engine = connect(settings.warehouse)
    upgrade(engine)
    table = schema.ingest_run
    query = sa.select(table.c.run_id).order_by(table.c.started_at.desc())
    if run_id:
        query = query.where(table.c.run_id.startswith(run_id, autoescape=True))
    with engine.connect().execution_options(readonly=True) as connection:
        found = connection.execute(query.limit(2 if run_id else 1)).scalars().all()
    if len(found) != 1:
        what = "begins more than one run" if found else "there is no such run"
        raise UsageError(run_id or "latest run", what, known=found, next_step="Start one with `etl run PATH`.")
    typer.echo(write_report(engine, found[0], settings.reports_dir, archive_dir=settings.archive_dir))
