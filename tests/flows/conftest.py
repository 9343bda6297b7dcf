"""One machine as `make serve` starts it, shared by all tests of flows: server, pool, deployments, worker."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from etl.warehouse.engine import connect, upgrade
from tests.barrier import PATIENCE, Barrier, wait_until
from tests.conftest import REPO
from tests.dump import content
from tests.flows.making import ingest_quietly, landing, undisturbed
from tests.receiver import web_receiver

FILES = 9
TEST_SECONDS = 900
"""Limit of each test: what it waits for has limits of its own, which name what did not come."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.prefect)
            item.add_marker(pytest.mark.timeout(TEST_SECONDS))


def two_free_ports() -> int:
    """A port that is free together with the next one."""
    while True:
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            try:
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return int(port)


def clean_environment(**more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("GONGBAO_", "PREFECT_", "PYTEST"))}
    return kept | {"DO_NOT_TRACK": "1"} | more


def ask(method: str, url: str, **more: Any) -> Any:
    """JSON of an answer of Prefect's API. A server on SQLite that is busy writing answers 503: asked again, as
    Prefect's own client does."""
    for _ in range(20):
        response = httpx.request(method, url, timeout=60, **more)
        if response.status_code != 503:
            break
        time.sleep(1)
    return response.raise_for_status().json()


def processes_of(marker: str) -> list[int]:
    """Processes with this text in their environment."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and marker.encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


class Machine:
    """`make serve` in a process of its own."""

    def __init__(self, folder: Path, told: list[dict[str, Any]], told_at: int) -> None:
        """``told``: notifications, received at the port ``told_at``."""
        self.folder, self.port, self.told = folder, two_free_ports(), told
        self.api = f"http://127.0.0.1:{self.port}/api"
        self.log = folder / "serve.log"
        self.marker = f"GONGBAO_VAR_DIR={folder / 'var'}"
        environment = clean_environment(
            GONGBAO_VAR_DIR=str(folder / "var"),
            GONGBAO_WAREHOUSE=f"sqlite:///{folder / 'warehouse.db'}",
            GONGBAO_LANDING=str(folder / "landing"),
            GONGBAO_NOTIFY=f"json://127.0.0.1:{told_at}",
        )
        self.process = subprocess.Popen(
            [sys.executable, "deployments/serve.py", "--port", str(self.port)],
            cwd=REPO,
            env=environment,
            stdout=self.log.open("w"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def wait(self) -> None:
        def is_ready() -> bool:
            assert self.process.poll() is None, self.log.read_text()
            return "Reports " in self.log.read_text()

        wait_until(is_ready, "make serve", 2 * PATIENCE)

    def interrupt(self) -> int:
        """Ctrl-C; gives the exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE)


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    with web_receiver() as (port, told):
        machine = Machine(tmp_path_factory.mktemp("machine"), told, port)
        try:
            machine.wait()
            yield machine
        finally:
            try:
                machine.interrupt()
            finally:
                for pid in processes_of(machine.marker):
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)


@pytest.fixture
def server(machine: Machine) -> Iterator[str]:
    """Flows called in this process talk to the machine's server. Gives the address of its API."""
    from prefect.settings import PREFECT_API_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

    with temporary_settings({PREFECT_API_URL: machine.api, PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        yield machine.api


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings of this process: everything under a folder of the test, which is given."""
    monkeypatch.setenv("GONGBAO_VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("GONGBAO_WAREHOUSE", f"sqlite:///{tmp_path / 'warehouse.db'}")
    return tmp_path


class Place:
    """Settings and warehouse of one test; the landing folder is that of all."""

    def __init__(self, folder: Path, landing: Path, expected: dict[str, list[str]]) -> None:
        self.folder, self.landing, self.expected = folder, landing, expected
        self.database = folder / "warehouse.db"
        self.url = f"sqlite:///{self.database}"

    def settings(self, url: str | None = None) -> dict[str, str]:
        return {
            "GONGBAO_VAR_DIR": str(self.folder / "var"),
            "GONGBAO_WAREHOUSE": url or self.url,
            "GONGBAO_BATCH_SIZE": "1",
        }

    def next_run_completes(self) -> None:
        """One more ingest, and the warehouse is that of an undisturbed one."""
        engine = connect(self.url)
        upgrade(engine)
        ingest_quietly(engine, self.landing, self.folder / "var" / "archive")
        assert content(engine) == self.expected


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, list[str]]]:
    """A landing folder, and the warehouse that a quiet ingest makes of it."""
    folder = tmp_path_factory.mktemp("source")
    return landing(folder / "landing", FILES), undisturbed(folder / "landing", folder)


@pytest.fixture
def barrier(tmp_path: Path) -> Barrier:
    """What holds the run of one process before each file."""
    return Barrier(tmp_path / "barrier")


@pytest.fixture
def place(tmp_path: Path, source: tuple[Path, dict[str, list[str]]]) -> Place:
    return Place(tmp_path, *source)
