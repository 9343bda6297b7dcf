"""Files read in a process of their own: one that hangs, eats memory or kills the interpreter is marked, and the next
one is read by a new process. The process is kept from file to file and from batch to batch, and reads one file ahead
of the caller.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TYPE_CHECKING

from etl.apart_worker import READY
from etl.errors import GongbaoError
from etl.model import SourceFile
from etl.packing import packed, unpack
from etl.reading import Read, Unread

if TYPE_CHECKING:
    from etl.extract.sheet.layout_files import SavedTable
    from etl.settings import Settings

MiB = 1024 * 1024
START_SECONDS = 120
"""In which a process must be ready to read; it takes one, on a busy machine ten."""


class WorkerError(GongbaoError):
    """The process that reads files can't be started: trouble of the machine, not of a file."""

    code = "worker"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one file may take."""

    seconds: float = 120.0
    """And as many again for each MiB of the file."""
    memory: int = 4096
    """MiB of the process that reads."""

    def time_of(self, size: int) -> float:
        """Seconds for a file of ``size`` bytes."""
        return self.seconds * (1 + size / MiB)


def reading(
    settings: Settings, lines: Callable[[bytes], object] | None = None
) -> Callable[[Iterable[SourceFile], Sequence[SavedTable]], Iterator[Read | Unread]]:
    """``read_files`` with the bounds of the settings."""
    bounds = Bounds(settings.file_seconds, settings.file_memory)
    return functools.partial(read_files, bounds=bounds, lines=lines)


def read_files(
    sources: Iterable[SourceFile],
    layouts: Sequence[SavedTable] = (),
    *,
    bounds: Bounds | None = None,
    lines: Callable[[bytes], object] | None = None,
) -> Iterator[Read | Unread]:
    """``etl.reading.read_file`` for one after the other, in a process of its own. A file that takes more time or
    memory than ``bounds`` gives, or that ends the process, comes out as Unread (``timeout``, ``memory``,
    ``crashed``). Raises WorkerError when no process can be started.

    With ``lines`` the rows of a file go there as JSON Lines, which the other process writes, some thousands at a time
    and before its outcome comes; that has no observations then: a sheet of a million cells is never held on this
    side."""
    bounds = bounds or Bounds()
    key = _Key(str(Path.cwd()), _environment(), packed(tuple(layouts)), bounds)
    worker: _Worker | None = None
    waiting: SourceFile | None = None
    try:
        for source in sources:
            if worker is None:
                worker = _taken(key)
            if waiting is None:
                waiting = source
                worker.ask(source, as_lines=lines is not None)
                continue
            outcome = worker.answer(waiting, lines)
            if worker.is_gone:
                worker = _taken(key)
            waiting = source
            worker.ask(source, as_lines=lines is not None)
            yield outcome
        if worker is not None and waiting is not None:
            outcome, waiting = worker.answer(waiting, lines), None
            if worker.is_gone:
                worker = None
            yield outcome
        if worker is not None:
            _idle.append(worker)
            worker = None
    finally:
        if worker is not None:  # the caller breaks off in the middle of a file
            worker.close()


@dataclass(frozen=True, slots=True)
class _Key:
    """What a process must have been started with to be of use again."""

    folder: str
    environment: tuple[tuple[str, str], ...]
    layouts: bytes
    bounds: Bounds


class _GoneError(Exception):
    """The process closed its end. Not an OSError: ``lines`` may raise one of its own."""


class _Worker:
    """A process that reads, seen from here."""

    def __init__(self, key: _Key) -> None:
        self.key = key
        self.is_gone = False
        self._bounds = key.bounds
        self._asked_at = 0.0
        requests, ours = os.pipe()
        theirs, answers = os.pipe()
        watched, self._lifeline = os.pipe()
        given = (requests, answers, watched)
        self._requests, self._answers = Connection(ours, readable=False), Connection(theirs, writable=False)
        try:
            self._process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-P", "-m", "etl.apart_worker", *map(str, given), str(key.bounds.memory * MiB)],
                # -P: no module out of the folder that we were called in, which may hold anything
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=None if os.environ.get("GONGBAO_LOG_LEVEL") == "DEBUG" else subprocess.DEVNULL,
                pass_fds=given,
            )
        except OSError as e:
            self._close_pipes()
            raise _not_started(str(e)) from e
        finally:
            for handle in given:
                os.close(handle)
        try:
            self._requests.send_bytes(key.layouts)
            ready = self._answers.poll(START_SECONDS) and self._answers.recv_bytes() == READY
        except (EOFError, OSError):
            ready = False
        if not ready:
            how = self._ended()
            self.close()
            raise _not_started(how or f"it was not ready within {START_SECONDS} s")

    def ask(self, source: SourceFile, *, as_lines: bool = False) -> None:
        """Give it the next file, which it reads while we do something else."""
        with contextlib.suppress(OSError):  # it died in between: `answer` tells of it
            self._requests.send_bytes(packed((source, as_lines)))
        self._asked_at = time.monotonic()

    def answer(
        self,
        source: SourceFile,
        lines: Callable[[bytes], object] | None = None,
    ) -> Read | Unread:
        """What became of the file; of the process, too: then ``is_gone`` is set. For ``lines`` see read_files."""
        allowed = self._bounds.time_of(source.size)
        try:
            self._wait_until(self._asked_at + allowed)
            outcome = unpack(self._message, lines)
        except TimeoutError:
            code, what = "timeout", f"reading it was stopped after {allowed:.0f} s"
            then = "Look at what is unusual in it, or raise GONGBAO_FILE_SECONDS and run with --full."
        except _GoneError:
            how = self._ended() or "for no known reason"
            code, what = "crashed", f"the process reading it ended {how}, with {self._bounds.memory} MiB to use"
            then = "The file is probably damaged: open and save it in its own program, or split it."
        else:
            if isinstance(outcome, Unread) and outcome.error_code == "memory":
                error = f"{source.name}: reading it takes more than {self._bounds.memory} MiB. "
                error += "Split the file, or raise GONGBAO_FILE_MEMORY and run with --full."
                self.close()
                return Unread(source, outcome.status, outcome.error_code, error, outcome.seconds)
            return outcome
        self.close()
        error = str(GongbaoError(source.name, what, next_step=then))
        return Unread(source, "failed", code, error, time.monotonic() - self._asked_at)

    def _wait_until(self, deadline: float) -> None:
        try:
            there = self._answers.poll(max(deadline - time.monotonic(), 0))
        except (EOFError, OSError) as e:
            raise _GoneError from e
        if not there:
            raise TimeoutError

    def _message(self) -> bytes:
        self._wait_until(time.monotonic() + START_SECONDS)  # it has begun to answer: a large file has many messages
        try:
            return self._answers.recv_bytes()
        except (EOFError, OSError) as e:
            raise _GoneError from e

    def _ended(self) -> str:
        """How the process ended, where it did."""
        try:
            code = self._process.wait(5)
        except subprocess.TimeoutExpired:
            return ""
        if code >= 0:
            return f"with exit code {code}"
        try:
            return f"by {signal.Signals(-code).name}"
        except ValueError:
            return f"by signal {-code}"

    @property
    def is_alive(self) -> bool:
        return not self.is_gone and self._process.poll() is None

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self.is_gone = True
        self._process.kill()
        self._process.wait()
        self._close_pipes()

    def _close_pipes(self) -> None:
        self._requests.close()
        self._answers.close()
        os.close(self._lifeline)


_idle: list[_Worker] = []
"""Processes that wait for the next batch."""


def _taken(key: _Key) -> _Worker:
    """One that waits, or a new one."""
    while _idle:
        try:
            worker = _idle.pop()
        except IndexError:  # another thread was quicker
            break
        if worker.key == key and worker.is_alive:
            return worker
        worker.close()
    return _Worker(key)


def _environment() -> tuple[tuple[str, str], ...]:
    return tuple(sorted((k, v) for k, v in os.environ.items() if k.startswith(("GONGBAO_", "PYTHON"))))


def _not_started(how: str) -> WorkerError:
    next_step = "Check free memory and processes; GONGBAO_LOG_LEVEL=DEBUG shows what it says."
    return WorkerError("process that reads files", f"could not be started ({how})", next_step=next_step)


@atexit.register
def close_all() -> None:
    """End the processes that wait."""
    while _idle:
        _idle.pop().close()
