"""A watched folder: which files count as complete, and what is handed over."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from etl.errors import GongbaoError, UsageError
from etl.watch import MOST_PATHS, Watcher, watch


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "landing").mkdir()
    return tmp_path / "landing"


def look(watcher: Watcher, now: float) -> list[str]:
    """Names of what is complete, told at once."""
    complete = watcher.look(now)
    watcher.told(complete)
    return [p.name for p in complete]


def test_a_file_is_complete_when_it_has_not_changed_for_a_while(folder: Path) -> None:
    watcher = Watcher(folder, settle=10)
    (folder / "a.txt").write_text("1")
    assert look(watcher, 0) == []
    assert look(watcher, 9.9) == []
    (folder / "a.txt").write_text("12")
    assert look(watcher, 11) == [], "it grew: the wait begins anew"
    assert look(watcher, 20.9) == []
    assert look(watcher, 21) == ["a.txt"]
    assert look(watcher, 100) == [], "it is told once"


def test_a_file_rewritten_with_the_same_size_is_seen_by_its_time(folder: Path) -> None:
    watcher = Watcher(folder, settle=1)
    (folder / "a.txt").write_text("1")
    look(watcher, 0)
    assert look(watcher, 1) == ["a.txt"]
    os.utime(folder / "a.txt", ns=(1, 1))
    assert look(watcher, 2) == []
    assert look(watcher, 3) == ["a.txt"]


@pytest.mark.parametrize(
    ("name", "lock"),
    [
        ("表.xlsx", "~$表.xlsx"),
        ("long-name-of-report.docx", "~$ng-name-of-report.docx"),
        ("表.ods", ".~lock.表.ods#"),
        ("表.et", ".~表.et"),
    ],
)
def test_a_file_that_is_open_is_waited_for(folder: Path, name: str, lock: str) -> None:
    watcher = Watcher(folder, settle=1)
    (folder / name).write_text("1")
    (folder / lock).write_text("me")
    look(watcher, 0)
    assert look(watcher, 100) == []
    (folder / lock).unlink()
    assert look(watcher, 101) == [name]


@pytest.mark.parametrize("name", ["a.xlsx.part", "a.xlsx.crdownload", "a.xlsx.TMP", "a.xlsx.xltd"])
def test_a_download_is_waited_for_until_it_has_its_name(folder: Path, name: str) -> None:
    watcher = Watcher(folder, settle=1)
    (folder / name).write_text("1")
    look(watcher, 0)
    assert look(watcher, 100) == []
    (folder / name).rename(folder / "a.xlsx")
    look(watcher, 101)
    assert look(watcher, 102) == ["a.xlsx"]


def test_an_empty_file_is_given_longer(folder: Path) -> None:
    watcher = Watcher(folder, settle=1)
    (folder / "leer.txt").touch()
    look(watcher, 0)
    assert look(watcher, 9) == []
    assert look(watcher, 10) == ["leer.txt"]


def test_a_manifest_being_written_holds_all_and_a_changed_one_is_told(folder: Path) -> None:
    watcher = Watcher(folder, settle=10)
    (folder / "a.txt").write_text("1")
    look(watcher, 0)
    (folder / "manifest.csv").write_text("file\n")
    look(watcher, 5)
    assert look(watcher, 11) == []
    assert look(watcher, 15) == ["a.txt"], "the first manifest is no news of its own"
    (folder / "manifest.csv").write_text("file\na.txt\n")
    look(watcher, 20)
    assert look(watcher, 30) == ["manifest.csv"]


def test_hidden_files_and_the_pipelines_own_are_no_arrivals(folder: Path) -> None:
    watcher = Watcher(folder, settle=0, own=folder / "var")
    (folder / "var").mkdir()
    for name in (".hidden", "var/report.html", "README.md", "Thumbs.db"):
        (folder / name).write_text("1")
    (folder / "sub").mkdir()
    (folder / "sub" / "a.txt").write_text("1")
    assert look(watcher, 0) == ["a.txt"]


def test_a_folder_that_is_gone_is_a_clear_error(folder: Path) -> None:
    watcher = Watcher(folder, settle=0)
    folder.rmdir()
    with pytest.raises(UsageError, match="landing"):
        watcher.look(0)


class Clock:
    """Time that passes by sleeping."""

    def __init__(self) -> None:
        self.now, self.slept = 0.0, 0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept += 1
        assert self.slept < 1000, "it does not end"


def test_what_could_not_be_started_is_handed_over_again(folder: Path) -> None:
    (folder / "a.txt").write_text("1")
    clock, handed = Clock(), []

    def start(paths: Sequence[Path]) -> None:
        handed.append([p.name for p in paths])
        if len(handed) == 1:
            raise GongbaoError("server", "is away")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        watch(Watcher(folder, settle=3), start, every=1, sleep=clock.sleep, clock=clock)
    assert handed == [["a.txt"], ["a.txt"]]
    assert clock.now == 4


def test_once_ends_when_all_was_handed_over_in_bounded_portions(folder: Path) -> None:
    for n in range(MOST_PATHS + 5):
        (folder / f"{n}.txt").write_text("1")
    clock, handed = Clock(), []
    watch(
        Watcher(folder, settle=2), lambda p: handed.append(len(p)), every=1, once=True, sleep=clock.sleep, clock=clock
    )
    assert handed == [MOST_PATHS, 5]
    assert clock.now == 2


def test_once_with_an_empty_folder_ends_at_once(folder: Path) -> None:
    watch(Watcher(folder, settle=2), lambda _: None, every=1, once=True)
