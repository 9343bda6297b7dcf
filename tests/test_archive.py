"""The archive keeps every file once under its hash, whole or not at all."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from etl.archive import archive, archived_path
from etl.errors import ArchiveError, ReadError


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "公报.TXT"
    path.write_bytes("全市共有职工12万人。".encode() * 1000)
    return path


def test_the_copy_lies_under_its_hash(source: Path, tmp_path: Path) -> None:
    sha, size = archive(source, tmp_path / "archive")
    data = source.read_bytes()
    assert (sha, size) == (hashlib.sha256(data).hexdigest(), len(data))
    copy = archived_path(sha, tmp_path / "archive")
    assert copy == tmp_path / "archive" / sha[:2] / f"{sha}.txt"
    assert copy.read_bytes() == data


def test_a_second_time_copies_nothing(source: Path, tmp_path: Path) -> None:
    sha, _ = archive(source, tmp_path / "archive")
    copy = archived_path(sha, tmp_path / "archive")
    before = copy.stat()
    assert archive(source, tmp_path / "archive")[0] == sha
    after = copy.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert [p for p in (tmp_path / "archive").rglob("*") if p.is_file()] == [copy]


def test_a_damaged_copy_is_replaced(source: Path, tmp_path: Path) -> None:
    sha, size = archive(source, tmp_path / "archive")
    copy = archived_path(sha, tmp_path / "archive")
    copy.write_bytes(b"cut")
    archive(source, tmp_path / "archive")
    assert copy.stat().st_size == size


@pytest.mark.parametrize("fails", ["replace", "fsync"])
def test_nothing_is_left_of_a_copy_that_failed(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path if fails == "replace" else os, fails, broken)
    with pytest.raises(ArchiveError, match=r"can't be written .disk full.*GONGBAO_VAR_DIR"):
        archive(source, tmp_path / "archive")
    assert [p for p in (tmp_path / "archive").rglob("*") if p.is_file()] == []


def test_a_file_that_changes_meanwhile_is_refused(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = hashlib.sha256

    class Growing:
        def __init__(self) -> None:
            self.inner = real()

        def update(self, chunk: bytes) -> None:
            self.inner.update(chunk)
            with source.open("ab") as file:
                file.write(b"more") if source.stat().st_size < 100_000 else None

        def hexdigest(self) -> str:
            return self.inner.hexdigest()

    monkeypatch.setattr(hashlib, "sha256", Growing)
    with pytest.raises(ReadError, match="changed while"):
        archive(source, tmp_path / "archive")
    assert [p for p in (tmp_path / "archive").rglob("*") if p.is_file()] == []


@pytest.mark.parametrize(("name", "what"), [("away.txt", "can't be read"), (".", "folder")])
def test_what_cannot_be_read_is_said(tmp_path: Path, name: str, what: str) -> None:
    with pytest.raises(ReadError, match=what):
        archive(tmp_path / name, tmp_path / "archive")


def test_an_unknown_hash_is_said(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="has no file"):
        archived_path("ab" * 32, tmp_path)


def test_an_archive_that_can_not_be_made_is_no_fault_of_the_file(source: Path, tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("in the way")
    with pytest.raises(ArchiveError, match=r"archive.*can't be written"):
        archive(source, tmp_path / "archive")


def test_a_full_disk_is_not_blamed_on_the_source(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fdopen

    def full(handle: int, mode: str) -> object:
        copy = real(handle, mode)

        class Full:
            def __enter__(self) -> Full:
                return self

            def __exit__(self, *_: object) -> None:
                copy.close()

            def write(self, _: bytes) -> None:
                raise OSError(28, "No space left on device")

        return Full()

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(ArchiveError, match="No space left on device"):
        archive(source, tmp_path / "archive")
    assert [p for p in (tmp_path / "archive").rglob("*") if p.is_file()] == []
