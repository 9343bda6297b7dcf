"""``etl publish``: the exports for those who use the figures."""

from __future__ import annotations

import os
from typing import Annotated, Any

import typer

from etl.cli.choice import Warehouse
from etl.cli.flow_run import call_flow, log_as_set
from etl.settings import load_settings


def publish(
    confirm_loss: Annotated[
        bool, typer.Option("--confirm-loss", help="Publish although many facts of the last publication are gone.")
    ] = False,
    warehouse: Warehouse = None,
) -> None:
    """Write what is known now as CSV, Parquet, Excel, SDMX-CSV and a data package, with the report.

    \b
    etl publish                  into var/exports/<time>/, and latest points to it
    etl publish --confirm-loss   after a look at the report

    Nothing is published when more than a share of the facts last published are gone (GONGBAO_PUBLISH_MAX_LOSS, 5 %).
    """
    if warehouse is not None:
        os.environ["GONGBAO_WAREHOUSE"] = warehouse
    settings = load_settings()
    log_as_set(settings)
    done = call_flow(settings, _flow, None, confirm_loss=confirm_loss)
    typer.echo(f"{done.rows} rows, {done.facts} facts ({done.facts_new} new, {done.facts_gone} gone)")
    typer.echo(settings.exports_dir / done.folder)


def _flow() -> Any:
    from flows.publish import publish

    return publish
