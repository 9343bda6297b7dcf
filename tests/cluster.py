"""A PostgreSQL cluster of the tests' own."""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any


def postgres_bin() -> Path | None:
    """Folder of initdb and pg_ctl; None: PostgreSQL is not installed."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


class Cluster:
    """Made and started at once; ``remove`` stops it and takes everything away."""

    def __init__(self, binaries: Path) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="gongbao-pg-"))
        user = "postgres" if os.geteuid() == 0 else getpass.getuser()
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres")
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            port = s.getsockname()[1]
        data = str(self._folder / "db")
        _run([str(binaries / "initdb"), "-D", data, "-A", "trust", "-U", user, "-E", "UTF8", "--no-sync"])
        self.url = f"postgresql+psycopg://{user}@127.0.0.1:{port}/postgres"
        """Of the maintenance database."""
        self._options = (
            f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder} -c fsync=off"
        )
        self._control = [str(binaries / "pg_ctl"), "-D", data, "-w", "-l", str(self._folder / "log")]
        self.start()

    def start(self) -> None:
        """Comes back when it takes connections."""
        _run([*self._control, "-o", self._options, "start"])

    def stop(self) -> None:
        """At once, as a machine that fails: clients are cut off in mid-work, the next start recovers."""
        _run([*self._control, "-m", "immediate", "stop"])

    def remove(self) -> None:
        with contextlib.suppress(subprocess.CalledProcessError):  # it is stopped
            self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


def _run(command: list[str]) -> None:
    """PostgreSQL refuses to run as root: Debian's package made a user for it."""
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    options: dict[str, Any] = {"check": True, "capture_output": True, "cwd": "/"}
    subprocess.run([*as_user, *command], **options)
