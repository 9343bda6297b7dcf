"""Disturbs ingests in mid-work, lets the next one finish, and compares the whole warehouse with an undisturbed one.

    python scripts/torture.py [kill] [together] [full] [--rounds 200] [--warehouse postgresql://…] [--seed 1]

kill      SIGKILL at a random moment of the work proper (hashing, archiving, reading, checking, loading)
together  four ingests of overlapping folders at once
full      a disk that is full after a random number of bytes (RLIMIT_FSIZE; SQLite and the archive)
away      a PostgreSQL cluster of its own that is cut off for 20 s in the middle of `etl run` (at most 3 rounds)

Each round begins with an empty warehouse and archive. The warehouse named is emptied; default: a new SQLite file.
Ingests are forked from this process, which has everything loaded, so that hardly any time passes outside of the work.
Exits with 1 at the first difference.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import sqlalchemy as sa  # noqa: E402

from etl import ingest  # noqa: E402
from etl.check.suites import load_suites  # noqa: E402
from etl.landing import Look  # noqa: E402
from etl.settings import Settings  # noqa: E402
from etl.verify import verify  # noqa: E402
from etl.warehouse import schema  # noqa: E402
from etl.warehouse.engine import connect, upgrade  # noqa: E402
from etl.warehouse.load import finish_run, start_run  # noqa: E402
from tests.cluster import Cluster, postgres_bin  # noqa: E402
from tests.dump import content  # noqa: E402
from tests.end_to_end.test_database_away import run_without_database  # noqa: E402
from tests.flows.making import landing  # noqa: E402

FILES = 8
BATCH = 2
KEPT = {"region", "unit", "indicator", "reference_version"}
ONCE, TWICE = "report_001.txt", "twice.txt"
"""The same bytes under two names; whoever reads them first names them in the warehouse."""
PATIENCE = 300
"""Seconds that one ingest may take, however busy the machine."""
AWAY_SECONDS, AWAY_ROUNDS = 20, 3
SUITES = load_suites(Settings().suites_dir)


class Place:
    """Folders and warehouse of all rounds."""

    def __init__(self, folder: Path, url: str) -> None:
        self.url, self.archive = url, folder / "archive"
        self.landing = landing(folder / "landing", FILES)
        shutil.copy(self.landing / ONCE, self.landing / TWICE)
        engine = connect(url)
        upgrade(engine)
        self.empty(engine)
        self.ingest([str(self.landing)])  # loads what every ingest needs, once and before any fork
        self.empty(engine)
        engine.dispose()
        began = time.monotonic()
        self.wait(self.start([self.landing]))
        self.seconds = time.monotonic() - began
        self.expected = self.content()

    def empty(self, engine: sa.Engine) -> None:
        with engine.begin() as connection:
            for table in reversed(schema.metadata.sorted_tables):
                if table.name not in KEPT:
                    connection.execute(table.delete())
        shutil.rmtree(self.archive, ignore_errors=True)

    def content(self) -> dict[str, list[str]]:
        engine = connect(self.url)
        try:
            faults = [e for c in verify(engine, self.archive) if c.name != "orphans" for e in c.examples]
            if faults:
                raise SystemExit(f"etl verify: {faults}")
            return {table: _one_name(rows) for table, rows in content(engine).items()}
        finally:
            engine.dispose()

    def start(self, folders: list[Path], before: Callable[[], None] = lambda: None) -> int:
        """A forked ingest of the folders; gives its process id."""
        sys.stdout.flush()
        pid = os.fork()
        if pid:
            return pid
        try:
            before()
            self.ingest([str(f) for f in folders])
        except BaseException as e:
            print(f"  ({type(e).__name__}: {str(e).splitlines()[0][:150]})", flush=True)
            os._exit(1)
        os._exit(0)

    def ingest(self, folders: list[str]) -> None:
        engine = connect(self.url)
        plan = ingest.plan(Look(folders), self.archive, engine)
        run_id = start_run(engine, {}, seen=plan.seen, known=plan.known, problems=plan.problems)
        for first in range(0, len(plan.new), BATCH):
            ingest.process_batch(plan.new[first : first + BATCH], engine, run_id, SUITES)
        ingest.record_arrivals(engine, run_id, plan.arrivals)
        finish_run(engine, run_id, status="completed")
        engine.dispose()

    def wait(self, pid: int, *, may_fail: bool = False) -> None:
        deadline = time.monotonic() + PATIENCE
        while True:
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                break
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
                raise SystemExit(f"an ingest did not end within {PATIENCE} s")
            time.sleep(0.01)
        if status and not may_fail:
            raise SystemExit(f"an ingest that nobody disturbed ended with {os.waitstatus_to_exitcode(status)}")

    def loaded(self) -> int:
        engine = connect(self.url)
        with engine.connect() as connection:
            count = connection.execute(sa.select(sa.func.count()).select_from(schema.source_file)).scalar_one()
        engine.dispose()
        return int(count)

    def compare(self, what: str) -> None:
        found = self.content()
        for table, rows in self.expected.items():
            if found[table] != rows:
                odd = sorted(set(found[table]) ^ set(rows))[:3]
                raise SystemExit(f"{what}: {table} differs from that of an undisturbed ingest: {odd}")


def _one_name(rows: list[str]) -> list[str]:
    return sorted(row.replace(f'"name": "{TWICE}"', f'"name": "{ONCE}"') for row in rows)


def kill(place: Place, pick: random.Random) -> str:
    pid = place.start([place.landing])
    time.sleep(pick.uniform(0, place.seconds))
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    done = place.loaded()
    place.wait(place.start([place.landing]))
    return f"killed after {done} of {FILES} files"


def together(place: Place, pick: random.Random) -> str:
    files = sorted(place.landing.iterdir())
    parts = [pick.sample(files, len(files) * 2 // 3) for _ in range(3)]
    pids = [place.start(part) for part in (*parts, [place.landing])]
    for pid in pids:
        place.wait(pid)
    return f"{len(pids)} ingests of {', '.join(str(len(p)) for p in parts)} and all {len(files)} files"


def full(place: Place, pick: random.Random) -> str:
    limit = pick.randrange(1_000, 3_000_000)

    def few_bytes() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    place.wait(place.start([place.landing], few_bytes), may_fail=True)
    done = place.loaded()
    place.wait(place.start([place.landing]))
    return f"disk full at {limit:,} bytes of a file, after {done} of {FILES} files"


def away(place: Place, _: random.Random) -> str:
    binaries = postgres_bin()
    if binaries is None:
        raise SystemExit("away: PostgreSQL is not installed (apt-get install postgresql)")
    with tempfile.TemporaryDirectory(dir=place.landing.parent) as name:
        run_without_database(Path(name), Cluster(binaries), AWAY_SECONDS)
    return f"database away for {AWAY_SECONDS} s"


WAYS: dict[str, Callable[[Place, random.Random], str]] = {
    "kill": kill,
    "together": together,
    "full": full,
    "away": away,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("ways", nargs="*", metavar="WAY", help=f"{', '.join(WAYS)}; default: all")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--warehouse", help="is emptied; default: a new SQLite file")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    if unknown := set(given.ways) - set(WAYS):
        parser.error(f"no such way: {', '.join(sorted(unknown))}; known: {', '.join(WAYS)}")
    with tempfile.TemporaryDirectory() as name:
        place = Place(Path(name), given.warehouse or f"sqlite:///{name}/warehouse.db")
        print(f"undisturbed: {FILES} files in {place.seconds:.2f} s, {sum(map(len, place.expected.values()))} rows")
        for way in given.ways or WAYS:
            began = time.monotonic()
            rounds = min(given.rounds, AWAY_ROUNDS) if way == "away" else given.rounds
            for n in range(rounds):
                engine = connect(place.url)
                place.empty(engine)
                engine.dispose()
                what = WAYS[way](place, random.Random(f"{given.seed} {way} {n}"))
                if WAYS[way] is not away:  # which has compared a warehouse of its own
                    place.compare(f"{way}, seed {given.seed}, round {n} ({what})")
                print(f"{way} {n + 1}/{rounds}: {what}, then as undisturbed", flush=True)
            print(f"{way}: {rounds} rounds in {time.monotonic() - began:.0f} s, no difference")
    return 0


if __name__ == "__main__":
    sys.exit(main())
