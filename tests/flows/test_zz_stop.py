"""Runs last: Ctrl-C ends everything that `make serve` started, also runs that are under way."""

from __future__ import annotations

import sqlite3

import httpx

from tests.barrier import Barrier
from tests.flows.conftest import Machine, Place, processes_of
from tests.flows.making import files_done
from tests.flows.test_disturbances import start_run


def test_ctrl_c_stops_everything(machine: Machine, place: Place, barrier: Barrier) -> None:
    assert httpx.get(f"http://127.0.0.1:{machine.port + 1}/", timeout=60).is_success, "the reports are shown"
    run = start_run(machine, place, barrier)
    barrier.let_through(1, lambda: files_done(place.database))
    assert processes_of(machine.marker)
    assert machine.interrupt() == 0, machine.log.read_text()
    assert processes_of(machine.marker) == processes_of(place.url) == []
    with sqlite3.connect(machine.folder / "var" / "prefect" / "prefect.db") as connection:
        (state,) = connection.execute("select state_type from flow_run where id = ?", (run,)).fetchone()
    assert state in ("CRASHED", "CANCELLED")
    place.next_run_completes()
