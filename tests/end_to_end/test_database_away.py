"""A database that goes away in the middle of a run is waited for. The long form is `make torture`."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from etl.warehouse.engine import connect, upgrade
from tests.barrier import PATIENCE, Barrier
from tests.cluster import Cluster
from tests.conftest import own_cluster
from tests.dump import content
from tests.end_to_end.test_command_line import environment
from tests.flows.making import landing, undisturbed

FILES = 5


@pytest.mark.postgres
@pytest.mark.timeout(900)
def test_a_run_waits_for_a_database_that_stops_and_starts(tmp_path: Path) -> None:
    run_without_database(tmp_path, own_cluster(), 0)


def run_without_database(tmp_path: Path, cluster: Cluster, seconds: float) -> None:
    """`etl run` loads two files; then the cluster is cut off, a batch fails, and after so many seconds more it is
    there again. Removes the cluster."""
    folder = landing(tmp_path / "landing", FILES)
    barrier = Barrier(tmp_path / "barrier")
    engine = connect(cluster.url)

    def loaded() -> int:
        with engine.connect().execution_options(readonly=True) as connection:
            return int(connection.execute(sa.text("select count(*) from source_file")).scalar_one())

    try:
        upgrade(engine)
        run = subprocess.Popen(
            [sys.executable, "-m", "etl.cli.main", "run", str(folder), "--warehouse", cluster.url],
            cwd=tmp_path,
            env=environment(tmp_path) | barrier.settings,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            barrier.let_through(2, loaded)
            cluster.stop()
            barrier.let_try()
            time.sleep(seconds)
            cluster.start()
            assert loaded() == 2
            barrier.lift()
            shown, _ = run.communicate(timeout=PATIENCE)
        finally:
            run.kill()
            run.wait()
        assert run.returncode == 0, shown
        assert content(engine) == undisturbed(folder, tmp_path)
    finally:
        engine.dispose()
        cluster.remove()
