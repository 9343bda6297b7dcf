"""Everything on one machine: server, work pool, deployments with their schedules, worker, and the reports.

    python deployments/serve.py [--port 4200]        (or: make serve)

Ctrl-C (or SIGTERM) stops it: the worker first, with the runs it has; what they committed stays, and files they had
not reached are new to the next run. All state lies under GONGBAO_VAR_DIR.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import http.server
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path
from types import FrameType
from typing import IO

import httpx

ROOT = Path(__file__).resolve().parents[1]
POOL = "gongbao"
START_SECONDS = 300
STOP_SECONDS = 20
WORKER_DEATHS = 3
"""In a minute: a worker that dies more often would go on dying."""
PR_SET_CHILD_SUBREAPER = 36


class Stop(Exception):  # noqa: N818 (no error: what a signal asks for)
    """Somebody wants us to end."""


class Machine:
    """The processes of one machine, each in a session of its own, so that Ctrl-C reaches only us."""

    def __init__(self, port: int, limit: int) -> None:
        from etl.settings import load_settings

        os.chdir(ROOT)  # prefect.toml is read from the current folder only
        self.port, self.limit = port, limit
        settings = load_settings()
        self.reports = settings.reports_dir.resolve()
        self.home = settings.var_dir.resolve() / "prefect"
        self.logs = settings.var_dir.resolve() / "logs"
        for folder in (self.reports, self.home, self.logs):
            folder.mkdir(parents=True, exist_ok=True)
        self.api = f"http://127.0.0.1:{port}/api"
        self.environment = os.environ | {
            "PREFECT_HOME": str(self.home),
            "PREFECT_API_URL": self.api,
            "DO_NOT_TRACK": "1",
            "GONGBAO_REPORTS_URL": settings.reports_url or f"http://127.0.0.1:{port + 1}",
        }
        self.running: dict[str, tuple[subprocess.Popen[bytes], IO[bytes]]] = {}

    def start(self) -> None:
        """Server, pool, deployments, automations, reports, worker; each only when the one before is ready."""
        for port in (self.port, self.port + 1):
            if _is_taken(port):
                raise SystemExit(f"port {port} is taken: another `make serve`? Choose another with --port (PORT=…)")
        serve_folder(self.reports, self.port + 1)
        self._spawn("server", "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(self.port))
        self._wait_for_server()
        self._run("-m", "prefect", "work-pool", "create", POOL, "--type", "process", "--overwrite")
        file = "deployments/prefect.yaml"
        self._run("-m", "prefect", "--no-prompt", "deploy", "--prefect-file", file, "--all")
        self._run("deployments/automations.py")
        self._start_worker()

    def watch(self) -> None:
        """Wait until a signal comes or a part dies. A worker is started again, unless it dies again and again; its
        runs are processes of their own and go on. Raises SystemExit for any other part."""
        deaths: list[float] = []
        while True:
            for name, (process, _) in list(self.running.items()):
                if process.poll() is None:
                    continue
                ended = f"the {name} ended with {process.returncode}, see {self.logs / name}.log"
                deaths = [at for at in deaths if time.monotonic() - at < 60] + [time.monotonic()]
                if name != "worker" or len(deaths) > WORKER_DEATHS:
                    raise SystemExit(ended)
                print(f"{ended}; it is started again", flush=True)
                self._end(name)
                self._start_worker()
            time.sleep(0.5)

    def stop(self) -> None:
        """The worker with its runs, then the server, then whatever they left behind."""
        self._end("worker")
        if "server" in self.running and self.running["server"][0].poll() is None:
            with contextlib.suppress(subprocess.SubprocessError):
                self._run("deployments/serve.py", "--close-runs", timeout=STOP_SECONDS)
        self._end("server")
        deadline = time.monotonic() + STOP_SECONDS
        while (left := _children()) and time.monotonic() < deadline:
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, 0)

    def _start_worker(self) -> None:
        limit = str(self.limit)
        self._spawn("worker", "-m", "prefect", "worker", "start", "--pool", POOL, "--type", "process", "--limit", limit)

    def _spawn(self, name: str, *arguments: str) -> None:
        log = (self.logs / f"{name}.log").open("ab")
        process = subprocess.Popen(  # noqa: S603 (our own commands)
            [sys.executable, *arguments], env=self.environment, stdout=log, stderr=log, start_new_session=True
        )
        self.running[name] = (process, log)

    def _run(self, *arguments: str, timeout: float = START_SECONDS) -> None:
        result = subprocess.run(  # noqa: S603
            [sys.executable, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
            start_new_session=True,
        )
        if result.returncode:
            raise SystemExit(f"{' '.join(arguments)} failed:\n{result.stdout}{result.stderr}")

    def _wait_for_server(self) -> None:
        process, _ = self.running["server"]
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.api}/health", timeout=2).is_success:
                    return
            time.sleep(0.3)
        raise SystemExit(f"the server did not start, see {self.logs / 'server.log'}")

    def _end(self, name: str) -> None:
        if name not in self.running:
            return
        process, log = self.running.pop(name)
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        log.close()


def close_runs() -> None:
    """Runs whose process has gone with the worker would stay Running, and hold the slot of their deployment."""
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateName
    from prefect.states import Crashed

    names = ["Running", "Pending", "Submitting", "Cancelling"]
    unfinished = FlowRunFilter(state=FlowRunFilterState(name=FlowRunFilterStateName(any_=names)))
    with get_client(sync_client=True) as client:
        for run in client.read_flow_runs(flow_run_filter=unfinished):
            client.set_flow_run_state(run.id, Crashed(message="its worker was stopped; start it again"), force=True)


def serve_folder(folder: Path, port: int) -> None:
    """The reports over HTTP, to this machine only: browsers follow no link from Prefect's page to a file."""

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Nobody reads it."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()


def _is_taken(port: int) -> bool:
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


def _adopt_orphans() -> None:
    """Processes whose parent was killed become our children (Linux), so that ``stop`` finds them."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _children() -> list[int]:
    tasks = Path("/proc/self/task")
    if not tasks.is_dir():
        return []
    return [int(pid) for task in tasks.iterdir() for pid in (task / "children").read_text().split()]


def _stop(signum: int, _frame: FrameType | None) -> None:
    signal.signal(signum, signal.SIG_IGN)  # once is enough; a second Ctrl-C must not leave processes behind
    raise Stop


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--port", type=int, default=4200, help="of the server; the reports take the next one")
    parser.add_argument("--limit", type=int, default=2, help="runs at a time")
    parser.add_argument("--close-runs", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.close_runs:
        close_runs()
        return
    _adopt_orphans()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    machine = Machine(arguments.port, arguments.limit)
    try:
        print("starting (about 30 s) …", flush=True)
        machine.start()
        print(f"Prefect    http://127.0.0.1:{machine.port}    (Ctrl-C stops everything)")
        print(f"Reports    {machine.environment['GONGBAO_REPORTS_URL']}/latest.html")
        print(f"Logs       {machine.logs}", flush=True)
        machine.watch()
    except Stop:
        print("stopping …", flush=True)
    finally:
        machine.stop()
    print("stopped", flush=True)


if __name__ == "__main__":
    main()
