"""Unchanged files are not hashed again, and whatever could have changed is."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from etl import ingest
from etl.check.suites import load_suites
from etl.landing import Look
from etl.settings import Settings
from etl.warehouse import looks
from etl.warehouse.load import start_run

TEXT = "2024年宜昌市新增高技能人才{}人。\n"


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files that are hashed."""
    names: list[str] = []
    real = ingest.digest

    def digest(path: Path) -> tuple[str, int]:
        names.append(path.name)
        return real(path)

    monkeypatch.setattr(ingest, "digest", digest)
    return names


@pytest.fixture
def landing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three files that have rested: the clock of the looks is a minute ahead."""
    folder = tmp_path / "landing"
    folder.mkdir()
    for n in range(3):
        (folder / f"{n}.txt").write_text(TEXT.format(100 + n), encoding="utf-8")
    real = time.time_ns
    monkeypatch.setattr(ingest.time, "time_ns", lambda: real() + 60 * 10**9)
    return folder


def plan(engine: sa.Engine, landing: Path, *, full: bool = False) -> ingest.Plan:
    return ingest.plan(Look([str(landing)]), landing.parent / "archive", engine, full=full)


def load(engine: sa.Engine, landing: Path) -> None:
    todo = plan(engine, landing)
    run_id = start_run(engine, {}, seen=todo.seen, known=todo.known, problems=[])
    ingest.process_batch(todo.new, engine, run_id, load_suites(Settings().suites_dir))
    ingest.record_arrivals(engine, run_id, todo.arrivals)


def test_known_files_are_told_by_their_looks(warehouse: sa.Engine, landing: Path, hashed: list[str]) -> None:
    load(warehouse, landing)
    hashed.clear()
    todo = plan(warehouse, landing)
    assert (todo.new, todo.known, hashed) == ((), 3, [])
    assert len(plan(warehouse, landing, full=True).new) == 3
    assert len(hashed) == 3


def test_a_file_altered_in_size_and_time_unchanged_is_still_found(
    warehouse: sa.Engine, landing: Path, hashed: list[str]
) -> None:
    load(warehouse, landing)
    path = landing / "1.txt"
    before = path.stat()
    path.write_text(TEXT.format(999), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert [s.name for s in plan(warehouse, landing).new] == ["1.txt"]


def test_a_file_that_had_not_rested_is_hashed_again(
    warehouse: sa.Engine, landing: Path, hashed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looks, "REST", 10**18)
    load(warehouse, landing)
    hashed.clear()
    assert plan(warehouse, landing).known == 3
    assert len(hashed) == 3


def test_an_older_extractor_or_another_manifest_line_is_not_hidden(
    warehouse: sa.Engine, landing: Path, hashed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    load(warehouse, landing)
    (landing / "manifest.csv").write_text("file,publisher\n2.txt,某局\n", encoding="utf-8")
    assert [s.name for s in plan(warehouse, landing).new] == ["2.txt"]
    (landing / "manifest.csv").unlink()
    monkeypatch.setattr(ingest, "REPORT_EXTRACTOR", "report/next")
    ingest.is_of_today.cache_clear()
    assert len(plan(warehouse, landing).new) == 3
    ingest.is_of_today.cache_clear()


def test_looks_of_a_run_that_was_killed_hide_nothing(warehouse: sa.Engine, landing: Path) -> None:
    plan(warehouse, landing)  # looked at and hashed, but never loaded
    assert len(plan(warehouse, landing).new) == 3


@pytest.mark.parametrize("most", [1, 100])
def test_many_known_files_between_those_asked_for(
    warehouse: sa.Engine, landing: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    load(warehouse, landing)
    monkeypatch.setattr(looks, "_WORTH_SKIPPING", most)
    asked = [str(landing / "2.txt"), str(landing / "0.txt")]
    with warehouse.connect() as connection:
        found = looks.seen(connection, asked)
        assert looks.seen(connection, []) == {}
    assert {path: found[path][2] for path in asked} == dict.fromkeys(asked, "loaded")
