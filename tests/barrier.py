"""A barrier that a test holds before each batch of a run, so that the test, not the machine's speed, decides how far
a run gets.

Every batch reads the saved layouts again. One of them is a named pipe here: reading it waits until the test writes.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 300
"""Seconds that a test waits for anything at most: a machine under load is slow, and not to be failed for it."""

UNUSED = """
source: nobody.xls
tables:
- layout:
    title: 没有一张表叫这个名字
    columns:
    - {role: label, label: 无此栏}
    - {role: value, label: 亦无此栏, unit: 艘}
""".encode()
"""A layout that fits no table."""


def wait_until(condition: Callable[[], object], what: str, seconds: float = PATIENCE) -> None:
    """Asks again and again. Raises AssertionError when time is up."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.1)


class Barrier:
    """The layouts folder of one process that runs an ingest with a batch size of 1."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self._pipe: int | None = None
        """The end of ours, while the run is known to be held."""
        os.mkfifo(folder / "barrier.yaml")

    @property
    def settings(self) -> dict[str, str]:
        """Environment of the process that is to be held."""
        return {"GONGBAO_LAYOUTS_DIR": str(self.folder), "GONGBAO_BATCH_SIZE": "1"}

    def let_through(self, files: int, done: Callable[[], int]) -> None:
        """So many files, each loaded before the next may start; the run is held before the one after them.

        ``done`` counts the files in the warehouse.
        """
        for number in range(done() + 1, done() + files + 1):
            self._pass()
            wait_until(lambda n=number: done() >= n, f"file {number}")
        assert done() == number, "the barrier did not hold"

    def lift(self) -> None:
        """The run, which is held or about to be, goes on to its end."""
        self._pass(self.folder.with_name(f"{self.folder.name}-lifted"))

    def let_try(self) -> None:
        """The run goes on, fails, and is held again as it tries once more."""
        self._pass()
        self._wait()

    def _pass(self, moved: Path | None = None) -> None:
        """Waits for the run to come to the barrier, and lets it pass; ``moved``: later batches find no layouts."""
        pipe = self._wait()
        if moved:
            self.folder.rename(moved)
        os.write(pipe, UNUSED)
        os.close(pipe)
        self._pipe = None

    def _wait(self) -> int:
        def somebody_reads() -> bool:
            try:
                self._pipe = os.open(self.folder / "barrier.yaml", os.O_WRONLY | os.O_NONBLOCK)
            except OSError as error:
                if error.errno != errno.ENXIO:
                    raise
            return self._pipe is not None

        if self._pipe is None:
            wait_until(somebody_reads, "the run to come to the barrier")
        assert self._pipe is not None
        return self._pipe
