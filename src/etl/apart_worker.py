"""The process that reads files for ``etl.apart``: one request after the other, until its parent is gone.

    python -m etl.apart_worker REQUESTS ANSWERS LIFELINE MEMORY_BYTES

The first three are inherited file descriptors. It ends when the parent does, however that ends and whatever this
process is doing: the kernel sends SIGIO, whose default is to end a process, once the lifeline's other end is closed.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import logging
import os
import resource
import select
import signal
import sys
from multiprocessing.connection import Connection

READY = b"ready"


def main(arguments: list[str]) -> int:
    """Answers requests (a pickled SourceFile, and whether its rows are wanted as JSON Lines) with the messages of
    ``etl.packing``; the first message are the saved layouts."""
    requests, answers, lifeline, memory = map(int, arguments)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's affair
    _die_with_parent(lifeline)
    if os.environ.get("GONGBAO_LOG_LEVEL") == "DEBUG":
        logging.basicConfig(level="DEBUG", format="%(levelname)s %(name)s: %(message)s")

    from etl.extract.report import extract_report
    from etl.model import Document
    from etl.normalise.indicators import load_indicators
    from etl.normalise.units import load_units
    from etl.packing import pack, unpacked
    from etl.reading import Unread, read_file

    extract_report(Document("2024年宜昌市有5万人。", "txt", "txt/1"))  # loads what no file shall pay for with its time
    load_units()
    load_indicators()

    with contextlib.suppress(ValueError, OSError):  # a lower limit of the machine's own stays
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    asked, answered = Connection(requests, writable=False), Connection(answers, readable=False)
    gc.freeze()
    try:
        layouts = unpacked(asked.recv_bytes())
        answered.send_bytes(READY)
        while True:
            source, as_lines = unpacked(asked.recv_bytes())
            full = False
            try:
                outcome = read_file(source, layouts)
                full = isinstance(outcome, Unread) and outcome.error_code == "memory"
            except BaseException as e:  # a panic of a Rust library is no Exception
                outcome = Unread(source, "failed", "crashed", f"{source.name}: {type(e).__name__}: {e}", 0.0)
            for message in pack(outcome, as_lines=as_lines):
                answered.send_bytes(message)
            if full:
                return 1  # what is left of the memory is in pieces: the next file gets a new process
            del outcome
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return 0


def _die_with_parent(lifeline: int) -> None:
    fcntl.fcntl(lifeline, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([lifeline], [], [], 0)[0]:  # gone already
        os._exit(0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
