"""Reading files without the garbage collector looking for cycles that are not there."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

MANY_CELLS = 500


@contextmanager
def collector_paused(cells: int) -> Iterator[None]:
    """Half of the time of a large sheet, and a tenth of a small one's, goes into looking for cycles among figures that
    have none."""
    pause = cells > MANY_CELLS and gc.isenabled()
    if pause:
        gc.disable()
    try:
        yield
    finally:
        if pause:
            gc.freeze()  # and back: all that was made counts as old at once, instead of being walked through now
            gc.unfreeze()
            gc.enable()
