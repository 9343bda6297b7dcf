"""Readers that hang, eat memory or end the interpreter cost their own file and nothing else."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from etl import apart, ingest
from etl.apart import Bounds, read_files
from etl.check.suites import load_suites
from etl.landing import discover
from etl.model import SourceFile
from etl.reading import Read, Unread, read_file
from etl.settings import Settings
from etl.warehouse.load import start_run
from tests.conftest import REPO
from tests.dump import content

GOOD = "2024年宜昌市新增高技能人才3.2万人，其中女性1.1万人。\n"


@pytest.fixture(autouse=True)
def hostile_reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that reads does what a text says; none stays behind."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent / "hostile_reader"))
    yield
    apart.close_all()


def sources(folder: Path, *texts: str) -> list[SourceFile]:
    found = []
    for n, text in enumerate(texts):
        path = folder / f"{n}.txt"
        path.write_text(text, encoding="utf-8")
        found.append(SourceFile(path, path.name, f"{n:064}", 1))
    return found


def test_what_comes_back_is_what_reading_here_gives(tmp_path: Path) -> None:
    landing = discover([str(REPO / "samples")])
    files = [SourceFile(p, p.name, f"{n:064}", 1, landing.entry(p)) for n, p in enumerate(landing.files)]
    for source, there in zip(files, read_files(files), strict=True):
        here = read_file(source)
        assert isinstance(here, Read)
        assert isinstance(there, Read)
        assert there.observations == here.observations
        assert there.evaluated == here.evaluated
        assert there.extraction.ignored == here.extraction.ignored
        assert (there.extraction.flags, there.extraction.missing) == (here.extraction.flags, here.extraction.missing)
        assert (there.content, there.source) == (here.content, here.source)
        assert there.accounting == here.accounting


def test_lines_come_before_their_outcome_which_has_no_observations(tmp_path: Path) -> None:
    seen: list[str] = []

    def take(lines: bytes) -> None:
        seen.extend(json.loads(line)["text"] for line in lines.splitlines())

    outcomes = read_files(sources(tmp_path, GOOD, GOOD), lines=take)
    for n, outcome in enumerate(outcomes, start=1):
        assert isinstance(outcome, Read)
        assert outcome.observations == ()
        assert seen == ["3.2万人", "1.1万人"] * n


def test_an_error_of_who_takes_the_lines_is_not_the_files(tmp_path: Path) -> None:
    def closed(some: object) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        list(read_files(sources(tmp_path, GOOD), lines=closed))


@pytest.mark.parametrize(
    ("order", "code", "words"),
    [
        ("HANG ", "timeout", "stopped after 5 s"),
        ("SPIN ", "timeout", "stopped after 5 s"),
        ("EAT  ", "memory", "more than 300 MiB"),
        ("ABORT", "crashed", "SIGABRT"),
        ("PANIC", "crashed", "PanicException: called unwrap on None"),
    ],
)
def test_a_hostile_file_is_marked_and_the_rest_goes_on(tmp_path: Path, order: str, code: str, words: str) -> None:
    files = sources(tmp_path, GOOD, order, GOOD)
    bounds = Bounds(5 if code == "timeout" else 120, 300)
    outcomes = list(read_files(files, bounds=bounds))
    assert [o.source for o in outcomes] == files
    assert [isinstance(o, Read) for o in outcomes] == [True, False, True]
    bad = outcomes[1]
    assert isinstance(bad, Unread)
    assert (bad.status, bad.error_code) == ("failed", code)
    assert words in bad.error
    assert bad.source.name in bad.error


def test_the_warehouse_holds_all_files_but_the_hostile_one(warehouse: sa.Engine, tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    landing.mkdir()
    for name, text in (("a.txt", GOOD), ("b.txt", "ABORT"), ("c.txt", GOOD.replace("3.2", "3.3"))):
        (landing / name).write_text(text, encoding="utf-8")
    plan = ingest.plan(discover([str(landing)]), tmp_path / "archive", warehouse)
    run_id = start_run(warehouse, {}, seen=3, known=0, problems=[])
    files = ingest.process_batch(
        plan.new, warehouse, run_id, load_suites(Settings().suites_dir), (), apart.reading(Settings())
    )
    assert {f.name: f.status for f in files} == {"a.txt": "loaded", "b.txt": "failed", "c.txt": "loaded"}
    bad = [row for row in content(warehouse)["source_file"] if '"b.txt"' in row]
    assert '"error_code": "crashed"' in bad[0]
    assert ingest.plan(discover([str(landing)]), tmp_path / "archive", warehouse).new == ()


def test_one_process_reads_many_files_and_batches(tmp_path: Path) -> None:
    def pids() -> set[int]:
        return {worker._process.pid for worker in apart._idle}

    files = sources(tmp_path, *[GOOD] * 5)
    list(read_files(files))
    first = pids()
    assert len(first) == 1
    list(read_files(files))
    assert pids() == first


def test_a_batch_that_is_left_leaves_no_process(tmp_path: Path) -> None:
    outcomes = read_files(sources(tmp_path, GOOD, GOOD, "HANG "))
    next(outcomes)
    next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]
    assert apart._idle == []
    assert children() == []


def test_a_process_that_can_not_start_is_told_and_blames_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "sitecustomize.py").write_text("import os; os._exit(3)")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "bad"))
    with pytest.raises(apart.WorkerError, match="exit code 3"):
        list(read_files(sources(tmp_path, GOOD)))


@pytest.mark.parametrize(("sent", "order"), [("SIGKILL", "SPIN "), ("SIGKILL", "HANG "), ("SIGINT", "SPIN ")])
def test_no_process_outlives_its_parent(tmp_path: Path, sent: str, order: str) -> None:
    (tmp_path / "a.txt").write_text(order, encoding="utf-8")
    environment = dict(os.environ) | {"MARK": str(tmp_path)}
    parent = subprocess.Popen(
        [sys.executable, "-m", "etl.cli.main", "extract", "a.txt"],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: len(marked(tmp_path)) == 2)
        parent.send_signal(getattr(signal, sent))
        parent.wait(30)
        wait_for(lambda: not marked(tmp_path))
    finally:
        for pid in marked(tmp_path):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def marked(mark: Path) -> list[int]:
    """Processes with this mark in their environment."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and f"MARK={mark}".encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def children() -> list[int]:
    """Processes that this one started."""
    return [int(p) for t in Path("/proc/self/task").iterdir() for p in (t / "children").read_text().split()]


def wait_for(condition: object, seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.05)
