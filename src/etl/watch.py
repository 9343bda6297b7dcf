"""A watched folder: which files have arrived completely.

A file is complete when its size and time have not changed for a while, no program holds a lock file beside it, and
its name is not one that downloads bear while they last (reference/incoming_files.csv).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from etl.errors import GongbaoError
from etl.landing import discover
from etl.manifest import MANIFEST
from etl.reference import rows

log = logging.getLogger("etl.watch")

EMPTY_FACTOR = 10
"""An empty file is given so many times longer: it is mostly the beginning of a slow one."""
REST_FACTOR = 5
"""At least so many times the time of a look is spent waiting, however large the folder."""
MOST_PATHS = 200
"""Paths handed over at once."""


@dataclass(frozen=True, slots=True)
class Version:
    """What tells that a file has changed."""

    size: int
    modified: int
    """Nanoseconds."""


class Watcher:
    """Remembers when each file was last seen changing."""

    def __init__(self, folder: Path, settle: float, *, own: Path | None = None) -> None:
        """``settle``: seconds without a change after which a file is complete. ``own``: the pipeline's own folder."""
        self.folder, self.settle, self.own = folder, settle, own
        self._since: dict[Path, tuple[Version, float]] = {}
        self._told: dict[Path, Version] = {}
        self._suffixes = tuple(row["form"] for row in rows("incoming_files.csv") if row["kind"] == "suffix")
        self._locks = tuple(row["form"] for row in rows("incoming_files.csv") if row["kind"] == "lock")

    def look(self, now: float) -> tuple[Path, ...]:
        """Files that are complete since the last time they were told; the folder of a manifest that has changed.

        While a manifest is being written nothing is complete: it may speak of any file. Raises UsageError when the
        folder is gone.
        """
        files = discover([str(self.folder)], own=self.own).files
        manifests = {m for folder in {f.parent for f in files} | {self.folder} if (m := folder / MANIFEST).is_file()}
        versions = {path: v for path in (*files, *manifests) if (v := _version(path)) is not None}
        for gone in self._since.keys() - versions.keys():
            del self._since[gone]
            self._told.pop(gone, None)
        for path, version in versions.items():
            if path not in self._since or self._since[path][0] != version:
                self._since[path] = (version, now)
        settled = {path for path in versions if self._is_settled(path, now)}
        if not manifests <= settled:
            return ()
        fresh = [path for path in sorted(settled) if self._told.get(path) != versions[path]]
        first_manifests = {path for path in fresh if path in manifests and path not in self._told}
        self._told.update((path, versions[path]) for path in first_manifests)
        return tuple(path for path in fresh if path not in first_manifests)

    def told(self, paths: Sequence[Path]) -> None:
        """These were handed over; they count as new again when they change."""
        for path in paths:
            if path in self._since:
                self._told[path] = self._since[path][0]

    @property
    def is_waiting(self) -> bool:
        """Is there a file that was not handed over as it is now?"""
        return any(self._told.get(path) != version for path, (version, _) in self._since.items())

    def _is_settled(self, path: Path, now: float) -> bool:
        version, since = self._since[path]
        wait = self.settle * (1 if version.size else EMPTY_FACTOR)
        if now - since < wait or path.name.lower().endswith(self._suffixes):
            return False
        return not any(path.with_name(form.format(name=path.name, tail=path.name[2:])).exists() for form in self._locks)


def _version(path: Path) -> Version | None:
    try:
        stat = path.stat()
    except OSError:  # it vanished between the listing and now
        return None
    return Version(stat.st_size, stat.st_mtime_ns)


def watch(
    watcher: Watcher,
    start: Callable[[Sequence[Path]], None],
    *,
    every: float,
    once: bool = False,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Look every few seconds and hand complete files to ``start``; ``once``: until there is none left to wait for.

    What ``start`` could not do is handed to it again at the next look.
    """
    while True:
        began = clock()
        try:
            complete = watcher.look(began)
            for first in range(0, len(complete), MOST_PATHS):
                batch = complete[first : first + MOST_PATHS]
                start([path.parent if path.name == MANIFEST else path for path in batch])
                watcher.told(batch)
        except GongbaoError as e:
            log.warning("%s", e)
            if once:
                raise
        if once and not watcher.is_waiting:
            return
        sleep(max(every, REST_FACTOR * (clock() - began) if not once else 0))
