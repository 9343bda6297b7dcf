"""On the path of the process that reads, this makes the reader of texts do what the text says."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

from etl.read import text

real_read = text.read


class PanicException(BaseException):
    """As libraries in Rust raise it."""


def read(path: Path, form: str) -> Any:
    order = path.read_bytes()[:5]
    if order == b"HANG ":
        time.sleep(3600)
    if order == b"SPIN ":
        import re

        re.match(r"(a|a)*b", "a" * 60)  # hours in C, the interpreter's lock held
    if order == b"EAT  ":
        eaten = [b""]
        while True:
            eaten.append(b"x" * 1_000_000)
    if order == b"ABORT":
        os.abort()
    if order == b"PANIC":
        raise PanicException("called unwrap on None")
    return real_read(path, form)


text.read = read  # type: ignore[assignment]
