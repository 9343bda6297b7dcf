"""A run that was killed is told from one that lives, on the same machine at once, on another one by its silence."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from etl import processes
from etl.warehouse import life, schema
from etl.warehouse.load import finish_run, start_run
from tests.barrier import wait_until
from tests.conftest import REPO

KILLED = """
import os, signal, sys
from etl.warehouse.engine import connect
from etl.warehouse.life import alive
with alive(connect(sys.argv[1]), sys.argv[2]):
    os.kill(os.getpid(), signal.SIGKILL)
"""


def begun(engine: sa.Engine) -> str:
    return start_run(engine, {}, seen=0, known=0, problems=[])


def run(engine: sa.Engine, run_id: str) -> sa.Row[tuple[object, ...]]:
    with engine.connect() as connection:
        return connection.execute(sa.select(schema.ingest_run).where(schema.ingest_run.c.run_id == run_id)).one()


def test_a_killed_process_is_noticed_at_once(warehouse: sa.Engine) -> None:
    run_id = begun(warehouse)
    url = warehouse.url.render_as_string(hide_password=False)
    killed = subprocess.run([sys.executable, "-c", KILLED, url, run_id], cwd=REPO, check=False, timeout=120)
    assert killed.returncode == -9
    assert run(warehouse, run_id).status == "running"
    assert life.close_lost(warehouse) == (run_id,)
    assert run(warehouse, run_id).status == "interrupted"
    assert run(warehouse, run_id).finished_at is None
    assert life.close_lost(warehouse) == ()


def test_a_run_that_lives_is_left_alone(warehouse: sa.Engine) -> None:
    run_id = begun(warehouse)
    with life.alive(warehouse, run_id, every=0.05):
        first = run(warehouse, run_id).alive_at
        assert life.close_lost(warehouse, lease=timedelta(0)) == ()
        wait_until(lambda: run(warehouse, run_id).alive_at > first, "another beat")
        finish_run(warehouse, run_id, status="completed")
    assert run(warehouse, run_id).status == "completed"


@pytest.mark.parametrize(("silent", "status"), [(timedelta(minutes=1), "running"), (timedelta(hours=1), "interrupted")])
def test_a_run_on_another_machine_is_lost_when_it_is_silent_for_long(
    warehouse: sa.Engine, monkeypatch: pytest.MonkeyPatch, silent: timedelta, status: str
) -> None:
    run_id = begun(warehouse)
    with monkeypatch.context() as there:
        there.setattr(processes, "_machine", lambda: "elsewhere/1")
        with life.alive(warehouse, run_id):
            pass
    seen = run(warehouse, run_id).alive_at - silent
    with warehouse.begin() as connection:
        connection.execute(schema.ingest_run.update().values(alive_at=seen))
    life.close_lost(warehouse)
    assert run(warehouse, run_id).status == status


def test_a_run_taken_for_lost_is_running_again_with_its_next_beat(warehouse: sa.Engine) -> None:
    run_id = begun(warehouse)
    life.interrupt(warehouse, run_id)
    with life.alive(warehouse, run_id):
        assert run(warehouse, run_id).status == "running"
    life.interrupt(warehouse, run_id)
    finish_run(warehouse, run_id, status="failed")
    life.interrupt(warehouse, run_id)
    assert run(warehouse, run_id).status == "failed", "what has ended can't be interrupted"


def test_without_proc_only_silence_counts(
    warehouse: sa.Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    run_id = begun(warehouse)
    monkeypatch.setattr(processes, "_machine", lambda: None)
    with life.alive(warehouse, run_id):
        assert run(warehouse, run_id).process is None
        assert life.close_lost(warehouse) == ()
    assert life.close_lost(warehouse, lease=timedelta(seconds=-1)) == (run_id,)
