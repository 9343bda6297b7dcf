"""Generated files end to end: the share of time of each stage, and whether time grows as the number of files.

    python benchmarks/end_to_end.py [--files 500 1000 2000] [--warehouse postgresql://…] [--json FILE]

The files are those of overhead.py, no two sentences alike. Times are CPU seconds of this process and of the one that
reads for it, with its start; Prefect is left out (see overhead.py). The slope is the exponent b of
time = a * files ** b between the smallest and the largest number: 1 is linear.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import resource
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.emptied import emptied
from benchmarks.overhead import generate
from etl import __version__, apart, ingest
from etl.check.suites import load_suites
from etl.landing import Look
from etl.report.write import write_report
from etl.settings import Settings
from etl.warehouse.load import finish_run, start_run

BATCH = 25


class Stages:
    """CPU seconds by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    def timed(self, stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def measured(*given: Any, **named: Any) -> Any:
            began = time.process_time()
            try:
                return work(*given, **named)
            finally:
                self.seconds[stage] += time.process_time() - began

        return measured

    def timed_each(self, stage: str, work: Callable[..., Iterable[Any]]) -> Callable[..., Iterator[Any]]:
        def measured(*given: Any) -> Iterator[Any]:
            items = iter(work(*given))
            take = self.timed(stage, lambda: next(items, None))
            while (item := take()) is not None:
                yield item

        return measured


def measure(files: int, url: str | None) -> dict[str, float]:
    """Stage → CPU seconds for so many files into an empty warehouse."""
    stages = Stages()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        landing = generate(folder / "landing", files)
        engine = emptied(url or f"sqlite:///{folder / 'warehouse.db'}")
        settings = Settings(var_dir=folder)
        suites = load_suites(settings.suites_dir)
        reading = stages.timed_each("receive", apart.reading(settings))
        real_check, real_load = ingest.check, ingest.load_file
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        try:
            ingest.check = stages.timed("check", real_check)  # type: ignore[assignment]
            ingest.load_file = stages.timed("load", real_load)  # type: ignore[assignment]
            plan = stages.timed("hash, archive", ingest.plan)(Look([str(landing)]), settings.archive_dir, engine)
            run_id = start_run(engine, {}, seen=plan.seen, known=0, problems=[])
            for first in range(0, len(plan.new), BATCH):
                ingest.process_batch(plan.new[first : first + BATCH], engine, run_id, suites, (), reading)
        finally:
            ingest.check, ingest.load_file = real_check, real_load
        finish_run(engine, run_id, status="completed")
        stages.timed("report", write_report)(engine, run_id, folder / "reports", archive_dir=settings.archive_dir)
        engine.dispose()
        apart.close_all()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    stages.seconds["read, extract"] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return dict(stages.seconds)


def slope(results: dict[int, dict[str, float]]) -> float:
    """Exponent of the growth of the sum of all stages."""
    few, many = min(results), max(results)
    ratio = sum(results[many].values()) / sum(results[few].values())
    return math.log(ratio) / math.log(many / few) if many > few else math.nan


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--files", type=int, nargs="+", default=[500, 1000, 2000])
    parser.add_argument("--warehouse", help="a PostgreSQL database that is emptied; default: a new SQLite file")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    measure(10, given.warehouse)  # tables and libraries are loaded once
    results = {files: measure(files, given.warehouse) for files in given.files}
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    database = "PostgreSQL" if given.warehouse else "SQLite"
    stages = ("hash, archive", "read, extract", "receive", "check", "load", "report")
    print(f"files end to end into {database}, CPU seconds; {machine}")
    print(f"{'files':>6} {'total':>8} {'per file':>9} " + " ".join(f"{s:>14}" for s in stages))
    for files, seconds in results.items():
        total = sum(seconds.values())
        shares = " ".join(f"{seconds[s] / total:14.0%}" for s in stages)
        print(f"{files:6} {total:7.1f}s {total / files * 1000:6.1f} ms {shares}")
    print(f"slope {slope(results):.2f} (1 is linear)")
    if given.json:
        report = {"machine": machine, "version": __version__, "database": database, "slope": slope(results)}
        given.json.write_text(json.dumps(report | {"seconds": results}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
