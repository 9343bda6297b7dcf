"""Which process this is, in words that another one can check later: a number alone is given away again."""

from __future__ import annotations

import os
from pathlib import Path


def this_process() -> str | None:
    """Boot and container, number, start; None where there is no /proc."""
    machine, start = _machine(), _start(os.getpid())
    return f"{machine} {os.getpid()} {start}" if machine and start else None


def is_gone(process: str | None) -> bool | None:
    """Has the process ended that called itself so? None: it can't be told from here."""
    machine, pid, start = (process or "  ").split(" ")
    if not machine or machine != _machine():
        return None
    return _start(int(pid)) != start


def _machine() -> str | None:
    """This boot of this machine, and the container whose process numbers are ours; None where there is no /proc."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return None


def _start(pid: int) -> str | None:
    """When the process with this number started, in ticks since the machine did; None: there is none."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    state, *fields = stat.rpartition(")")[2].split()
    return None if state in "ZX" else fields[18]
