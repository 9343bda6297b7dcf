"""Alarm: tell of a run whose process was killed. It could not tell of itself, so the server has this done."""

from __future__ import annotations

import contextlib
from typing import Annotated
from uuid import UUID

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed
from prefect.utilities.urls import url_for
from pydantic import Field

from etl import notify
from etl.settings import load_settings
from etl.warehouse.engine import connect
from etl.warehouse.life import close_lost
from flows.artifacts import log_to_server

Text = Annotated[str, Field(max_length=4096)]


@flow(name="alarm", flow_run_name="alarm · {run}", description=__doc__, timeout_seconds=600)
def alarm(flow_name: Text, run: Text, run_id: UUID, why: Text = "") -> State[None]:
    """Tell the addresses of the settings (GONGBAO_NOTIFY).

    Args:
        flow_name: Flow of the run.
        run: Its name.
        run_id: Its id in Prefect.
        why: What Prefect says of its end.
    """
    log_to_server()
    settings = load_settings()
    with contextlib.suppress(Exception):  # the warehouse may be why it crashed; the next run notes it then
        close_lost(connect(settings.warehouse))
    notify.tell(settings, notify.of_crash(flow_name, run, why, url_for("flow-run", run_id) or ""))
    return Completed(message="told" if settings.notify else "nobody to tell: GONGBAO_NOTIFY is not set")
