"""Whether the cost of some work grows as its input does. Tests look at the clock here only, and never at how fast a
machine is: a loaded one slows both measurements alike, and the best of several tries counts."""

from __future__ import annotations

import time
from collections.abc import Callable

FACTOR = 4
LIMIT = 10.0
"""Work that grows linearly takes 4 times as long, quadratic work 16 times."""
NEGLIGIBLE = 0.05
"""CPU seconds below which nobody cares, and no ratio means anything."""


def is_linear(work: Callable[[int], object], size: int) -> bool:
    """Whether work of four times the size costs about four times as much; ``work`` does one piece of a given size."""
    return any(_ratio(work, size) < LIMIT for _ in range(3))


def _ratio(work: Callable[[int], object], size: int) -> float:
    short, long = _seconds(work, size), _seconds(work, FACTOR * size)
    return 0.0 if long < NEGLIGIBLE else long / max(short, NEGLIGIBLE / FACTOR)


def _seconds(work: Callable[[int], object], size: int) -> float:
    started = time.process_time()
    work(size)
    return time.process_time() - started
