"""``etl backfill``: read archived files again."""

from __future__ import annotations

import os
from typing import Any

import typer

from etl.cli.choice import DryRun, From, Names, Publishers, To, Warehouse, day
from etl.cli.flow_run import call_flow, log_as_set
from etl.settings import load_settings


def backfill(
    names: Names = None,
    publisher: Publishers = None,
    published_from: From = None,
    published_to: To = None,
    dry_run: DryRun = False,
    warehouse: Warehouse = None,
) -> int:
    """Read archived files again, whatever became of the originals: for a new reader, extractor or rule.

    \b
    etl backfill '*.xls' --dry-run               what would be read
    etl backfill '*'                             everything
    etl backfill --publisher '*统计局' --from 2024-01-01

    All conditions must hold. A backfill that was interrupted goes on when it is started again with the same choice.
    Exit code: 0 all loaded or held, 1 some files failed, 2 wrong usage.
    """
    from etl.backfill import plan_backfill
    from etl.cli.run import show_run
    from etl.selection import Selection
    from etl.warehouse.engine import connect, upgrade
    from etl.warehouse.life import close_lost

    if warehouse is not None:
        os.environ["GONGBAO_WAREHOUSE"] = warehouse
    settings = load_settings()
    log_as_set(settings)
    selection = Selection(
        tuple(names or ()), tuple(publisher or ()), day("--from", published_from), day("--to", published_to)
    )
    engine = connect(settings.warehouse)
    upgrade(engine, create=False)
    close_lost(engine)
    todo = plan_backfill(engine, selection, settings.archive_dir)
    if dry_run:
        for source in todo.todo:
            typer.echo(source.path)
        for problem in todo.problems:
            typer.echo(f"problem: {problem}")
        interrupted = f", {todo.done} done by the interrupted one" if todo.resumes else ""
        typer.echo(f"{len(todo.todo)} files would be read again{interrupted}")
        return 0
    summary = call_flow(
        settings,
        _flow,
        len(todo.todo),
        names=selection.names,
        publishers=selection.publishers,
        published_from=selection.published_from,
        published_to=selection.published_to,
    )
    show_run(settings, summary)
    return 1 if summary.failed else 0


def _flow() -> Any:
    from flows.backfill import backfill

    return backfill
