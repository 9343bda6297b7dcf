"""Which runs are alive. A run that was killed can't say so: whoever comes next says it for it.

A run says every half minute that it lives, by the clock of the database. Whether its process is gone can be seen at
once on the machine (and in the container) that it ran on; on another one, only by a silence that is long enough.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from etl.processes import is_gone, this_process
from etl.warehouse import schema

log = logging.getLogger("etl.runs")

BEAT_SECONDS = 30
LEASE = timedelta(minutes=5)
"""Silence after which a run on another machine counts as killed; ten beats, as a machine or database may be slow."""


@contextlib.contextmanager
def alive(engine: sa.Engine, run_id: str, every: float = BEAT_SECONDS) -> Iterator[None]:
    """As long as this lasts, the run is known to be alive."""
    with contextlib.suppress(sa.exc.SQLAlchemyError):  # the run has just begun, which counts as a beat
        _beat(engine, run_id)
    done = threading.Event()

    def beat() -> None:
        while not done.wait(every):
            with contextlib.suppress(sa.exc.SQLAlchemyError):  # away or busy: the next beat may come through
                _beat(engine, run_id)

    thread = threading.Thread(target=beat, name="life", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(5)


def interrupt(engine: sa.Engine, run_id: str) -> None:
    """Record that a run was stopped before its end. What it loaded stays; the next run reads the rest."""
    run = schema.ingest_run
    unfinished = run.c.finished_at.is_(None)
    with engine.begin() as connection:
        connection.execute(run.update().where(run.c.run_id == run_id, unfinished).values(status="interrupted"))


def close_lost(engine: sa.Engine, lease: timedelta = LEASE) -> tuple[str, ...]:
    """Record runs that were killed as interrupted; gives their ids.

    A run that is taken for killed although it lives, because it could not reach the database for so long, is running
    again with its next beat.
    """
    run = schema.ingest_run.c
    clock: Any = sa.func.current_timestamp(type_=schema.UTC)
    query = sa.select(run.run_id, run.started_at, run.process, sa.func.coalesce(run.alive_at, run.started_at), clock)
    with engine.connect().execution_options(readonly=True) as connection:
        running = connection.execute(query.where(run.status == "running")).all()
    lost = []
    for run_id, started_at, process, seen, now in running:
        gone = is_gone(process)
        if gone or (gone is None and now - seen > lease):
            lost.append(run_id)
            log.warning("the run of %s UTC was killed; what it had loaded stays", f"{started_at:%Y-%m-%d %H:%M}")
            interrupt(engine, run_id)
    return tuple(lost)


def _beat(engine: sa.Engine, run_id: str) -> None:
    run = schema.ingest_run
    life = {"status": "running", "process": this_process(), "alive_at": sa.func.current_timestamp()}
    with engine.begin() as connection:
        connection.execute(run.update().where(run.c.run_id == run_id, run.c.finished_at.is_(None)).values(life))
