"""``etl recheck``: today's rules over stored rows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

from etl.cli.choice import DryRun, From, Names, Publishers, To, Warehouse, day
from etl.cli.flow_run import call_flow, log_as_set
from etl.settings import load_settings

if TYPE_CHECKING:
    from etl.recheck import Rechecked


def recheck(
    names: Names = None,
    publisher: Publishers = None,
    published_from: From = None,
    published_to: To = None,
    dry_run: DryRun = False,
    warehouse: Warehouse = None,
) -> int:
    """Apply today's rules to what is loaded and held, without reading files again.

    \b
    etl recheck --dry-run            how many rows would move
    etl recheck                      all files
    etl recheck '*.xls' --from 2024-01-01

    Rows that meet the rules now are loaded, rows that no longer do are held. What the facts of all files contradict
    together is told anew; that holds nothing. Exit code: 0 done, 1 some files were left as they were because a rule
    blocks them, 2 wrong usage.
    """
    from etl.check.suites import load_suites
    from etl.recheck import recheck_batch
    from etl.selection import Selection, select
    from etl.warehouse.across import count_across
    from etl.warehouse.engine import connect, upgrade

    if warehouse is not None:
        os.environ["GONGBAO_WAREHOUSE"] = warehouse
    settings = load_settings()
    log_as_set(settings)
    selection = Selection(
        tuple(names or ()), tuple(publisher or ()), day("--from", published_from), day("--to", published_to)
    )
    if dry_run:
        engine = connect(settings.warehouse)
        upgrade(engine, create=False)
        suites = load_suites(settings.suites_dir)
        with engine.connect().execution_options(readonly=True) as connection:
            files = [f for f in select(connection, selection) if f.known.status == "loaded"]
        batches = [files[i : i + settings.batch_size] for i in range(0, len(files), settings.batch_size)]
        return _show([done for batch in batches for done in recheck_batch(batch, engine, None, suites)], "would be ")
    done = call_flow(
        settings,
        _flow,
        None,
        names=selection.names,
        publishers=selection.publishers,
        published_from=selection.published_from,
        published_to=selection.published_to,
    )
    code = _show(done, "")
    typer.echo(f"{count_across(connect(settings.warehouse))} findings across files, told in the report")
    return code


def _show(files: Sequence[Rechecked], would_be: str) -> int:
    for f in files:
        if f.error:
            typer.echo(f"{f.name}: left as it was: {f.error}")
        elif f.released or f.held:
            typer.echo(f"{f.name}: {f.released} rows {would_be}released, {f.held} {would_be}held")
    released, held = sum(f.released for f in files), sum(f.held for f in files)
    typer.echo(
        f"{len(files)} files, {sum(f.rows for f in files)} rows: {released} {would_be}released, {held} {would_be}held"
    )
    return 1 if any(f.error for f in files) else 0


def _flow() -> Any:
    from flows.recheck import recheck

    return recheck
