"""Ingests that are disturbed leave, with the next one, the warehouse of an undisturbed ingest. The long form of the
first two is `make torture`."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from etl import ingest
from etl.landing import Look
from etl.warehouse.engine import connect, upgrade
from tests.conftest import REPO
from tests.dump import content
from tests.flows.making import ingest_quietly, landing, undisturbed


@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("way", "rounds"), [("kill", 10), ("together", 1)])
def test_killed_ingests_and_several_at_once(warehouse_url: str, way: str, rounds: int) -> None:
    torture(way, rounds, warehouse_url)


@pytest.mark.timeout(1200)
def test_a_disk_that_is_full(tmp_path: Path) -> None:
    torture("full", 2, f"sqlite:///{tmp_path / 'warehouse.db'}")


def torture(way: str, rounds: int, url: str) -> None:
    command = [sys.executable, "scripts/torture.py", way, "--rounds", str(rounds), "--warehouse", url]
    done = subprocess.run(command, cwd=REPO, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{way}: {rounds} rounds" in done.stdout


def test_a_writer_waits_for_a_locked_file(tmp_path: Path) -> None:
    folder = landing(tmp_path / "landing", 2)
    engine = connect(f"sqlite:///{tmp_path / 'w.db'}")
    upgrade(engine)
    other = sqlite3.connect(tmp_path / "w.db", check_same_thread=False, isolation_level=None)
    other.execute("begin immediate")
    release = threading.Timer(1, lambda: other.execute("commit"))
    release.start()
    ingest_quietly(engine, folder, tmp_path / "archive")
    release.join()
    other.close()
    assert content(engine) == undisturbed(folder, tmp_path)


def test_files_that_vanish_or_change_meanwhile_cost_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = landing(tmp_path / "landing", 4)
    names = sorted(p.name for p in folder.iterdir())
    engine = connect(f"sqlite:///{tmp_path / 'w.db'}")
    upgrade(engine)
    real = ingest.archive

    def vanishing(path: Path, archive_dir: Path) -> tuple[str, int]:
        if path.name == names[0]:
            path.unlink()
        if path.name == names[1]:
            path.write_text(path.read_text("utf-8").replace("女性", "男性"), encoding="utf-8")
        return real(path, archive_dir)

    monkeypatch.setattr(ingest, "archive", vanishing)
    plan = ingest.plan(Look([str(folder)]), tmp_path / "archive", engine)
    assert [s.name for s in plan.new] == names[1:]
    assert plan.unreadable == 1
    assert names[0] in plan.problems[0]
    assert plan.new[0].archived is not None
    assert plan.new[0].archived.stem == plan.new[0].sha256, "hash and content are of one reading"
