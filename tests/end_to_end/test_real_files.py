"""The real reports and spreadsheets of shared/, into an empty warehouse of each kind."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from etl import ingest
from etl.check.suites import load_suites
from etl.landing import discover
from etl.settings import Settings
from etl.warehouse.engine import connect, upgrade
from etl.warehouse.load import load_file, start_run
from tests.conftest import new_database
from tests.dump import accounting, differences

LARGE = 2_000_000
"""Bytes of the censuses by county: a million cells alike, 95 % of all. `test_sheets_index.py` reads them; loading them
into two databases takes minutes and tells no more."""


def empty(url: str) -> tuple[sa.Engine, str]:
    """A new warehouse and a run in it."""
    engine = connect(url)
    upgrade(engine)
    return engine, start_run(engine, {}, seen=0, known=0, problems=[])


@pytest.mark.postgres
def test_every_real_file_is_recorded_alike_on_both_databases(
    shared: Path, tmp_path: Path, postgres_cluster: str
) -> None:
    suites = load_suites(Settings().suites_dir)
    with new_database(postgres_cluster, "gongbao_real") as url:
        sqlite, postgres = empty(f"sqlite:///{tmp_path / 'warehouse.db'}"), empty(url)
        found = discover([str(shared / "reports"), str(shared / "sheets")])
        small = tuple(f for f in found.files if f.stat().st_size < LARGE)
        plan = ingest.plan(replace(found, files=small), tmp_path / "archive", sqlite[0])
        assert plan.problems == ()
        status: dict[str, str] = {}
        for source in plan.new:
            (record,) = ingest.judge([ingest.read_file(source)], suites)
            assert record.error_code in (None, "nothing_found"), record.error
            status[record.sha256] = record.status
            for engine, run_id in (sqlite, postgres):
                load_file(engine, run_id, record)
        assert set(status) == {s.sha256 for s in (*plan.new, *plan.arrivals)}
        assert sum(s == "loaded" for s in status.values()) > 100
        for name, seen, parts in accounting(sqlite[0]):
            assert seen == parts, name
        assert differences(sqlite[0], postgres[0]) == []
