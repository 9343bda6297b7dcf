"""A run that finds nothing new, over many known files, beside the time of listing and stat-ing them.

    python benchmarks/nothing_new.py [--files 5000 50000] [--warehouse postgresql://…] [--json FILE]

The files are tiny and all different, in folders of 500. They are recorded as refused files are (their rows in
`source_file` and `file_arrival`), because what a run with nothing new costs depends on the number of files, not on what
is in them. Times are CPU seconds, the best of several; memory is the peak that the look adds to a process.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.emptied import emptied
from etl import __version__, ingest
from etl.landing import Look
from etl.warehouse import schema
from etl.warehouse.engine import connect
from etl.warehouse.load import start_run

PER_FOLDER = 500


def generate(folder: Path, files: int) -> None:
    """Texts of a sentence each, none like another, that have rested."""
    long_ago = time.time() - 3600
    for n in range(files):
        path = folder / f"{n // PER_FOLDER:04}" / f"简报_{n:06}.txt"
        if n % PER_FOLDER == 0:
            path.parent.mkdir(parents=True)
        path.write_text(f"第{n}号简报：今年新增{n * 37 % 99991}人。", encoding="utf-8")
        os.utime(path, (long_ago, long_ago))


def record(engine: sa.Engine, landing: Path, archive: Path) -> None:
    """All files known, as runs that refused them would have left them."""
    plan = ingest.plan(Look([str(landing)]), archive, engine)
    run_id = start_run(engine, {}, seen=len(plan.new), known=0, problems=[])
    base = {
        "context_key": ingest.context_key(None),
        "status": "failed",
        "run_id": run_id,
        "missing": {},
        "seconds": 0.0,
    }
    numbers = ("numerals", "numerals_loaded", "numerals_held", "numerals_ignored", "rows_loaded", "rows_held")
    now = sa.func.current_timestamp()
    rows = [
        base
        | dict.fromkeys(numbers, 0)
        | {"sha256": s.sha256, "name": s.name, "size": s.size, "extractor": __version__, "error_code": "nothing_found"}
        for s in plan.new
    ]
    arrivals = [{"path": str(s.path), "sha256": s.sha256, "run_id": run_id, "is_current": True} for s in plan.new]
    with engine.begin() as connection:
        connection.execute(schema.source_file.insert().values(read_at=now), rows)
        connection.execute(schema.file_arrival.insert().values(arrived_at=now, version_from=1), arrivals)


def list_and_stat(landing: Path) -> int:
    """What any program must do that looks for changed files."""
    count = 0
    for parent, _, names in os.walk(landing):
        for name in names:
            os.stat(os.path.join(parent, name))  # noqa: PTH116, PTH118  the quickest way
            count += 1
    return count


def best(work: object, repeat: int) -> float:
    times = []
    for _ in range(repeat):
        started = time.process_time()
        work()  # type: ignore[operator]
        times.append(time.process_time() - started)
    return min(times)


def measure(files: int, url: str | None, repeat: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        landing = scratch / "landing"
        generate(landing, files)
        warehouse = url or f"sqlite:///{scratch / 'warehouse.db'}"
        engine = emptied(warehouse)
        time.sleep(2.1)  # the inode has rested, too
        record(engine, landing, scratch / "archive")
        child = [sys.executable, __file__, "--look", str(landing), warehouse, str(repeat)]
        figures = json.loads(subprocess.run(child, check=True, capture_output=True, text=True).stdout)
        if figures["new"] or figures["known"] != files:
            raise SystemExit(f"not all files are known: {figures}")
        return {"files": files, "list_and_stat": best(lambda: list_and_stat(landing), repeat), **figures}


def peak_kib() -> int:
    """The most memory that this process itself has taken so far; getrusage would tell of the one that started it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


def look(landing: str, warehouse: str, repeat: int) -> dict[str, float]:
    """What a run with nothing new does after its start, in a process of its own for the sake of its memory."""
    engine = connect(warehouse)
    before = peak_kib()
    found = ingest.plan(Look([landing]), Path("/nowhere"), engine)
    seconds = best(lambda: ingest.plan(Look([landing]), Path("/nowhere"), engine), repeat)
    peak = peak_kib()
    return {"known": found.known, "new": len(found.new), "look": seconds, "added_mb": (peak - before) / 1024}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--files", type=int, nargs="+", default=[5_000, 50_000])
    parser.add_argument("--warehouse", help="a PostgreSQL database that may be emptied; default: a new SQLite file")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--look", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.look:
        print(json.dumps(look(given.look[0], given.look[1], int(given.look[2]))))
        return
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    database = "PostgreSQL" if given.warehouse else "SQLite"
    print(f"nothing new, {database}, best of {given.repeat} in CPU seconds; {machine}")
    print(f"{'files':>8} {'list+stat':>10} {'look':>8} {'ratio':>6} {'memory added':>13}")
    figures = [measure(files, given.warehouse, given.repeat) for files in given.files]
    for f in figures:
        ratio = f["look"] / f["list_and_stat"]
        print(f"{f['files']:8,.0f} {f['list_and_stat']:9.3f}s {f['look']:7.3f}s {ratio:6.2f} {f['added_mb']:10.1f} MB")
    if given.json:
        report = {"machine": machine, "version": __version__, "database": database, "figures": figures}
        given.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
