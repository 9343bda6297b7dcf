"""Whatever happens to processes in mid-run: the warehouse stays right, and the next run completes the work.

Each run here is held at a barrier: it has done exactly as many files as the test let through, however fast or slow
the machine is.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa

from etl.warehouse.engine import connect
from tests.barrier import PATIENCE, Barrier, wait_until
from tests.conftest import REPO
from tests.dump import content
from tests.flows.conftest import FILES, Machine, Place, ask, clean_environment, processes_of, two_free_ports
from tests.flows.making import files_done, run_states

FLOW = "import sys; from flows.ingest import ingest; ingest(tuple(sys.argv[1:]))"


def start_run(machine: Machine, place: Place, barrier: Barrier | None = None) -> str:
    """A run of ingest/manual over the place, by the machine's worker; gives its id."""
    flow = ask("GET", f"{machine.api}/deployments/name/ingest/manual")
    settings = place.settings() | (barrier.settings if barrier else {})
    body = {
        "parameters": {"paths": [str(place.landing)]},
        "job_variables": {"env": {"PYTHONPATH": "src:.", **settings}},
        "state": {"type": "SCHEDULED"},
    }
    return str(ask("POST", f"{machine.api}/deployments/{flow['id']}/create_flow_run", json=body)["id"])


def state_of(api: str, run: str) -> str:
    return str(ask("GET", f"{api}/flow_runs/{run}")["state"]["type"])


def test_a_run_cancelled_in_the_ui(machine: Machine, place: Place, barrier: Barrier) -> None:
    run = start_run(machine, place, barrier)
    barrier.let_through(2, lambda: files_done(place.database))
    asked: dict[str, Any] = {"state": {"type": "CANCELLING", "name": "Cancelling"}}
    ask("POST", f"{machine.api}/flow_runs/{run}/set_state", json=asked)
    wait_until(lambda: state_of(machine.api, run) == "CANCELLED", "the cancellation")
    wait_until(lambda: not processes_of(f"GONGBAO_WAREHOUSE={place.url}"), "the process to end")
    assert files_done(place.database) == 2
    assert run_states(place.database) == ["interrupted"]
    place.next_run_completes()


def test_a_killed_run_crashes_is_told_of_and_frees_its_slot(machine: Machine, place: Place, barrier: Barrier) -> None:
    run = start_run(machine, place, barrier)
    barrier.let_through(2, lambda: files_done(place.database))
    for pid in processes_of(f"GONGBAO_WAREHOUSE={place.url}"):
        with contextlib.suppress(ProcessLookupError):  # the process that reads ends with the run
            os.kill(pid, signal.SIGKILL)
    wait_until(lambda: state_of(machine.api, run) == "CRASHED", "the worker to notice")
    assert files_done(place.database) == 2
    name = ask("GET", f"{machine.api}/flow_runs/{run}")["name"]
    wait_until(lambda: any(name in m["message"] and "运行崩溃" in m["title"] for m in machine.told), "the notification")
    following = start_run(machine, place)
    wait_until(lambda: state_of(machine.api, following) == "COMPLETED", "the next run")
    assert run_states(place.database) == ["interrupted", "completed"]
    assert content(connect(place.url)) == place.expected


def test_a_killed_worker_costs_its_run_nothing_and_is_started_again(
    machine: Machine, place: Place, barrier: Barrier
) -> None:
    run = start_run(machine, place, barrier)
    barrier.let_through(2, lambda: files_done(place.database))
    workers = [pid for pid in processes_of(machine.marker) if "\0worker\0start\0" in command_of(pid)]
    assert workers
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    barrier.lift()
    wait_until(lambda: state_of(machine.api, run) == "COMPLETED", "the run to go on to its end")
    following = start_run(machine, place)
    wait_until(lambda: state_of(machine.api, following) == "COMPLETED", "a run by the new worker")
    assert run_states(place.database) == ["completed", "completed"]
    assert content(connect(place.url)) == place.expected


def command_of(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:  # it has ended
        return ""


def flow_process(place: Place, api: str, barrier: Barrier, url: str | None = None) -> subprocess.Popen[bytes]:
    """The flow called in a process of its own, against a server."""
    return subprocess.Popen(
        [sys.executable, "-c", FLOW, str(place.landing)],
        cwd=REPO,
        env=clean_environment(PREFECT_API_URL=api, **(place.settings(url) | barrier.settings)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def test_two_ingests_at_once(machine: Machine, place: Place, warehouse_url: str, tmp_path: Path) -> None:
    """Both have planned to read all files before either may read the first."""
    barriers = [Barrier(tmp_path / f"barrier-{n}") for n in range(2)]
    engine = connect(warehouse_url)

    def runs() -> list[str]:
        if not sa.inspect(engine).has_table("ingest_run"):
            return []
        with engine.connect().execution_options(readonly=True) as connection:
            return list(connection.execute(sa.text("select status from ingest_run")).scalars())

    both = [flow_process(place, machine.api, barrier, warehouse_url) for barrier in barriers]
    try:
        wait_until(lambda: runs() == ["running", "running"] or any(p.poll() is not None for p in both), "both runs")
        for barrier in barriers:
            barrier.lift()
        for process in both:
            _, errors = process.communicate(timeout=PATIENCE)
            assert process.returncode == 0, errors.decode()
        assert content(engine) == place.expected
        assert runs() == ["completed", "completed"]
    finally:
        engine.dispose()
        for process in both:
            process.kill()
            process.wait()


def test_nothing_waits_for_a_server_that_takes_no_progress(server: str) -> None:
    from prefect.settings import PREFECT_API_URL, temporary_settings

    from flows.artifacts import Progress

    with Progress("test-progress", 4) as progress:
        progress.advance(1)
        with temporary_settings({PREFECT_API_URL: f"http://127.0.0.1:{two_free_ports()}/api"}):
            start = time.monotonic()
            progress.advance(1)
            assert time.monotonic() - start < 30, "Prefect's own retries take minutes"
        progress.advance(1)
    shown = ask("GET", f"{server}/artifacts/test-progress/latest")
    assert shown["data"] == 75


def test_a_server_that_restarts_in_mid_run(place: Place, barrier: Barrier) -> None:
    port = two_free_ports()
    api = f"http://127.0.0.1:{port}/api"
    environment = clean_environment(PREFECT_HOME=str(place.folder / "home"))

    def server() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
        return subprocess.Popen(
            command, cwd=REPO, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def answers() -> bool:
        try:
            return httpx.get(f"{api}/health", timeout=10).is_success
        except httpx.HTTPError:
            return False

    running = server()
    run = None
    try:
        wait_until(answers, "the server")
        run = flow_process(place, api, barrier)
        barrier.let_through(2, lambda: files_done(place.database))
        running.kill()
        running.wait()
        barrier.let_through(1, lambda: files_done(place.database))
        assert run.poll() is None, "the work goes on without the server"
        assert files_done(place.database) == 3 < FILES
        running = server()
        wait_until(answers, "the server again")
        barrier.lift()
        _, errors = run.communicate(timeout=PATIENCE)
        assert run.returncode == 0, errors.decode()
        assert content(connect(place.url)) == place.expected
    finally:
        for process in (run, running):
            if process and process.poll() is None:
                process.kill()
                process.wait()
