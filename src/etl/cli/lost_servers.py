"""Temporary Prefect servers whose run was killed: Prefect ends its server when the run ends, and with SIGKILL it can't.

Every run leaves its name in the environment that its server inherits. Whoever runs next finds servers with the name of
a run that is gone, and ends them.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path

from etl.processes import is_gone, this_process

log = logging.getLogger("etl.runs")

STARTED_BY = "ETL_STARTED_BY"
_SERVER = b"prefect.server.api.server:create_app"


def sign_server() -> None:
    """A server that is started from now on tells that this process did it."""
    if process := this_process():
        os.environ[STARTED_BY] = process


def end_lost_servers() -> tuple[int, ...]:
    """End the servers of runs that are gone; gives their numbers. Those of runs that live, and of others, stay."""
    ended = []
    for pid, starter in _servers():
        if is_gone(starter):
            with contextlib.suppress(OSError):  # it ended by itself, or is somebody else's
                os.kill(pid, signal.SIGTERM)
                ended.append(pid)
                log.warning("ended the temporary server %d of a run that was killed", pid)
    return tuple(ended)


def _servers() -> Iterator[tuple[int, str]]:
    """Process number of each temporary server of a run, and the run's process."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if _SERVER not in (folder / "cmdline").read_bytes().split(b"\0"):
                continue
            variables = (folder / "environ").read_bytes().split(b"\0")
        except OSError:  # gone, or not ours to look at
            continue
        for variable in variables:
            name, _, value = variable.partition(b"=")
            if name == STARTED_BY.encode():
                yield int(folder.name), value.decode(errors="replace")
