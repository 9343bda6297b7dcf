"""All real reports and spreadsheets of shared/, into an empty warehouse of each kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from etl import ingest
from etl.check.suites import load_suites
from etl.landing import discover
from etl.settings import Settings
from etl.warehouse.engine import connect, upgrade
from etl.warehouse.load import start_run
from tests.conftest import new_database
from tests.dump import accounting, content


def load_all(url: str, shared: Path, archive: Path) -> tuple[ingest.Plan, list[ingest.FileSummary]]:
    engine = connect(url)
    upgrade(engine)
    plan = ingest.plan(discover([str(shared / "reports"), str(shared / "sheets")]), archive, engine)
    run_id = start_run(engine, {}, seen=plan.seen, known=plan.known, problems=plan.problems)
    suites = load_suites(Settings().suites_dir)
    files: list[ingest.FileSummary] = []
    for start in range(0, len(plan.new), 25):
        files += ingest.process_batch(plan.new[start : start + 25], engine, run_id, suites)
    ingest.record_arrivals(engine, run_id, plan.arrivals)
    return plan, files


@pytest.mark.postgres
@pytest.mark.timeout(600)
def test_every_real_file_is_recorded_alike_on_both_databases(
    shared: Path, tmp_path: Path, postgres_cluster: str
) -> None:
    sqlite = f"sqlite:///{tmp_path / 'warehouse.db'}"
    plan, files = load_all(sqlite, shared, tmp_path / "archive")
    assert plan.problems == ()
    assert {f.name for f in files} | {s.name for s in plan.arrivals} == {s.name for s in (*plan.new, *plan.arrivals)}
    crashed = [f"{f.name}: {f.error}" for f in files if f.status == "blocked" or "Error" in (f.error or "")]
    assert crashed == []
    assert sum(f.status == "loaded" for f in files) > 100
    for name, seen, parts in accounting(connect(sqlite)):
        assert seen == parts, name
    with new_database(postgres_cluster, "gongbao_real") as url:
        load_all(url, shared, tmp_path / "archive")
        in_sqlite, in_postgres = content(connect(sqlite)), content(connect(url))
    for table, rows in in_sqlite.items():
        assert in_postgres[table] == rows, table
