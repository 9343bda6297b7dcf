"""``etl watch``: a folder whose new files start a run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from etl.cli.choice import Warehouse
from etl.cli.flow_run import log_as_set
from etl.errors import GongbaoError, UsageError
from etl.settings import load_settings

EVENT = "gongbao.file.arrived"


def watch(
    folder: Annotated[Path, typer.Argument(help="Folder to watch, with all below it.", show_default=False)],
    settle: Annotated[float, typer.Option(min=0, help="Seconds without a change after which a file is complete.")] = 10,
    every: Annotated[float, typer.Option(min=0.1, help="Seconds between two looks.")] = 2,
    once: Annotated[bool, typer.Option("--once", help="Stop when nothing is left to wait for.")] = False,
    warehouse: Warehouse = None,
) -> None:
    """Wait for files to arrive completely, and ingest them.

    \b
    etl watch landing                 here, in this process
    PREFECT_API_URL=http://127.0.0.1:4200/api etl watch landing
                                      by the deployment ingest/arrival, through the event gongbao.file.arrived

    Files that are being written, downloaded or edited (lock files) are waited for. Ctrl-C ends it.
    """
    from etl.watch import Watcher
    from etl.watch import watch as watch_folder

    if warehouse is not None:
        os.environ["GONGBAO_WAREHOUSE"] = warehouse
    settings = load_settings()
    log_as_set(settings)
    if not folder.is_dir():
        raise UsageError(str(folder), "is no folder", next_step="Create it, or watch the folder that it will be in.")
    server = os.environ.get("PREFECT_API_URL")
    typer.echo(f"watching {folder}; " + (f"runs start at {server}" if server else "runs start here"))
    try:
        watcher = Watcher(folder.resolve(), settle, own=settings.var_dir)
        watch_folder(watcher, _tell_server if server else _run_here, every=every, once=once)
    except KeyboardInterrupt:
        typer.echo("stopped watching")


def _run_here(paths: Sequence[Path]) -> None:
    from etl.cli.run import run

    run([str(p) for p in paths])


def _tell_server(paths: Sequence[Path]) -> None:
    """Emit the event and wait until the server has it. Raises GongbaoError when it is away: asked again later."""
    import asyncio

    from prefect.events import Event, Resource
    from prefect.events.clients import get_events_client

    folder = os.path.commonpath([p.parent for p in paths])
    event = Event(
        event=EVENT,
        resource=Resource({"prefect.resource.id": f"gongbao.landing.{folder}", "prefect.resource.name": folder}),
        payload={"paths": [str(p) for p in paths]},
    )

    async def emit() -> None:
        async with get_events_client(checkpoint_every=1) as client:
            await client.emit(event)

    try:
        asyncio.run(asyncio.wait_for(emit(), timeout=60))
    except Exception as e:  # whatever the transport raises
        server = os.environ["PREFECT_API_URL"]
        raise GongbaoError(f"PREFECT_API_URL {server}", f"did not take the event ({e})", next_step="Is it up?") from e
    for path in paths:
        typer.echo(f"told of {path}")
