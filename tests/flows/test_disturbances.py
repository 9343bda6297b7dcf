"""Whatever happens to processes in mid-run: the warehouse stays right, and the next run completes the work."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Any

import httpx
import sqlalchemy as sa

from etl.warehouse.engine import connect
from tests.conftest import REPO
from tests.dump import content
from tests.flows.conftest import FILES, Machine, Place, ask, clean_environment, processes_of, two_free_ports, wait_until
from tests.flows.making import files_done

FLOW = "import sys; from flows.ingest import ingest; ingest(tuple(sys.argv[1:]))"


def start_run(machine: Machine, place: Place) -> str:
    """A run of ingest/manual over the place, by the machine's worker; gives its id."""
    flow = ask("GET", f"{machine.api}/deployments/name/ingest/manual")
    body = {
        "parameters": {"paths": [str(place.landing)]},
        "job_variables": {"env": {"PYTHONPATH": "src:.", **place.settings()}},
        "state": {"type": "SCHEDULED"},
    }
    return str(ask("POST", f"{machine.api}/deployments/{flow['id']}/create_flow_run", json=body)["id"])


def state_of(api: str, run: str) -> str:
    return str(ask("GET", f"{api}/flow_runs/{run}")["state"]["type"])


def test_a_run_cancelled_in_the_ui(machine: Machine, place: Place) -> None:
    run = start_run(machine, place)
    wait_until(lambda: files_done(place.database) >= 2, 120, "two files")
    asked: dict[str, Any] = {"state": {"type": "CANCELLING", "name": "Cancelling"}}
    ask("POST", f"{machine.api}/flow_runs/{run}/set_state", json=asked)
    wait_until(lambda: state_of(machine.api, run) == "CANCELLED", 90, "the cancellation")
    assert files_done(place.database) < FILES
    place.next_run_completes()


def test_a_killed_run_becomes_crashed_and_frees_its_slot(machine: Machine, place: Place) -> None:
    run = start_run(machine, place)
    wait_until(lambda: files_done(place.database) >= 2, 120, "two files")
    for pid in processes_of(f"GONGBAO_WAREHOUSE={place.url}"):
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: state_of(machine.api, run) == "CRASHED", 90, "the worker to notice")
    assert files_done(place.database) < FILES
    following = start_run(machine, place)
    wait_until(lambda: state_of(machine.api, following) == "COMPLETED", 150, "the next run")
    assert content(connect(place.url)) == place.expected


def flow_process(place: Place, api: str, url: str | None = None) -> subprocess.Popen[bytes]:
    """The flow called in a process of its own, against a server."""
    return subprocess.Popen(
        [sys.executable, "-c", FLOW, str(place.landing)],
        cwd=REPO,
        env=clean_environment(PREFECT_API_URL=api, **place.settings(url)),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def test_two_ingests_at_once(machine: Machine, place: Place, warehouse_url: str) -> None:
    both = [flow_process(place, machine.api, warehouse_url) for _ in range(2)]
    for process in both:
        _, errors = process.communicate(timeout=200)
        assert process.returncode == 0, errors.decode()
    engine = connect(warehouse_url)
    try:
        assert content(engine) == place.expected
        with engine.connect() as connection:
            runs = connection.execute(sa.text("select status from ingest_run")).scalars().all()
        assert runs == ["completed", "completed"]
    finally:
        engine.dispose()


def test_a_server_that_restarts_in_mid_run(place: Place) -> None:
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
            return httpx.get(f"{api}/health", timeout=2).is_success
        except httpx.HTTPError:
            return False

    running = server()
    run = None
    try:
        wait_until(answers, 90, "the server")
        run = flow_process(place, api)
        wait_until(lambda: files_done(place.database) >= 2, 120, "two files")
        running.kill()
        running.wait()
        assert run.poll() is None
        running = server()
        _, errors = run.communicate(timeout=150)
        assert run.returncode == 0, errors.decode()
        assert content(connect(place.url)) == place.expected
    finally:
        for process in (run, running):
            if process and process.poll() is None:
                process.kill()
                process.wait()
