"""Landing folders for runs, and what an undisturbed ingest makes of them."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import sqlalchemy as sa

from etl import ingest
from etl.check.suites import load_suites
from etl.landing import discover
from etl.settings import Settings
from etl.warehouse.engine import connect, upgrade
from etl.warehouse.load import finish_run, start_run
from tests.dump import content

PLACES = ("宜昌市", "绵阳市", "潍坊市", "江门市", "赣州市")


def landing(folder: Path, files: int) -> Path:
    """Reports and tables by turns, each with figures of its own."""
    folder.mkdir(parents=True)
    for n in range(files):
        place, year = PLACES[n % len(PLACES)], 2010 + n % 14
        if n % 3:
            text = (
                f"{place}总工会：{year}年全市新增高技能人才{100 + 7 * n}人，其中女性{40 + n}人。\n"
                f"截至{year}年末，全市技能人才总量达到{30 + n}.{n % 10}万人，比上年增长{n % 9 + 1}.5%。\n"
            )
            (folder / f"report_{n:03}.txt").write_text(text, encoding="utf-8")
        else:
            table = f"{place}{year}年技能人才情况\n单位：人\n地区,技能人才,高技能人才\n"
            table += f"全市,{300 + n},{90 + n}\n东区,{200 + n},{60 + n}\n西区,100,30\n"
            (folder / f"table_{n:03}.csv").write_text(table, encoding="utf-8")
    return folder


def undisturbed(folder: Path, scratch: Path) -> dict[str, list[str]]:
    """The content of a warehouse after one quiet run of the stages, without Prefect."""
    engine = connect(f"sqlite:///{scratch / 'undisturbed.db'}")
    upgrade(engine)
    ingest_quietly(engine, folder, scratch / "undisturbed-archive")
    return content(engine)


def ingest_quietly(engine: sa.Engine, folder: Path, archive: Path) -> None:
    """One run of the stages over a folder."""
    plan = ingest.plan(discover([str(folder)]), archive, engine)
    run_id = start_run(engine, {}, seen=plan.seen, known=plan.known, problems=[])
    ingest.process_batch(plan.new, engine, run_id, load_suites(Settings().suites_dir))
    ingest.record_arrivals(engine, run_id, plan.arrivals)
    finish_run(engine, run_id, status="completed")


def files_done(database: Path) -> int:
    """Files in a SQLite warehouse so far; 0 while there is none."""
    return len(_column(database, "select sha256 from source_file"))


def run_states(database: Path) -> list[str]:
    """How the runs of a SQLite warehouse stand, the first one first."""
    return _column(database, "select status from ingest_run order by started_at")


def _column(database: Path, query: str) -> list[str]:
    if not database.exists():
        return []
    with contextlib.closing(sqlite3.connect(database, timeout=60)) as connection:
        try:
            return [value for (value,) in connection.execute(query)]
        except sqlite3.OperationalError:  # there are no tables yet
            return []
