"""Reading files without the garbage collector looking for cycles that are not there."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

MANY = 500
LARGE = 50_000
"""From so many values on they count as old at once. Not below: the collector forgets by that how much has become old
since it last looked at everything, and would never do so between small files."""


@contextmanager
def collector_paused(values: int) -> Iterator[None]:
    """Half of the time of a large sheet, a sixth of a long text's and a tenth of a small sheet's goes into looking for
    cycles among values that have none. ``values`` are the cells, or as many as a text leads one to expect."""
    pause = values > MANY and gc.isenabled()
    if pause:
        gc.disable()
    try:
        yield
    finally:
        if pause:
            if values > LARGE:
                gc.freeze()  # and back: all that was made counts as old, instead of being walked through now
                gc.unfreeze()
            gc.enable()
