"""The archive: every file kept once, under the hash of its bytes, so that a figure can be traced for good."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from etl.errors import ArchiveError, ReadError

CHUNK = 1024 * 1024


def digest(path: Path) -> tuple[str, int]:
    """SHA-256 and size of a file. Raises ReadError when it can't be read."""
    with _reading(path), path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest(), os.fstat(source.fileno()).st_size


def archive(path: Path, archive_dir: Path) -> tuple[str, int]:
    """Copies ``path`` to ``archive_dir/<sha[:2]>/<sha><suffix>`` unless it is there; gives its SHA-256 and size.

    The copy appears whole or not at all, also when the process is killed. Bytes are read once, so that hash and
    copy can't differ. Raises ReadError when the file can't be read or changes meanwhile, ArchiveError when the
    archive can't be written (no right, no space): that is trouble of every file.
    """
    try:
        return _archive(path, archive_dir)
    except OSError as error:
        raise ArchiveError(
            f"archive {archive_dir}",
            f"can't be written ({error.strerror or error})",
            next_step="Make room or give the right to write, or set GONGBAO_VAR_DIR to another folder.",
        ) from error


def _archive(path: Path, archive_dir: Path) -> tuple[str, int]:
    """Raises OSError for the archive, ReadError for the source."""
    archive_dir.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    size = 0
    handle, name = tempfile.mkstemp(prefix=".incoming-", dir=archive_dir)
    incoming = Path(name)
    try:
        with os.fdopen(handle, "wb") as copy:
            with _reading(path):
                source = path.open("rb")
            with source:
                before = os.fstat(source.fileno())
                while chunk := _chunk(path, source):
                    digest.update(chunk)
                    copy.write(chunk)
                    size += len(chunk)
            with _reading(path):
                after = path.stat()
            if size != before.st_size or _version(before) != _version(after):
                raise ReadError(
                    str(path),
                    "changed while it was being read",
                    next_step="Wait until it has arrived completely, then run again.",
                )
            sha = digest.hexdigest()
            target = _place(sha, archive_dir, path.suffix)
            if target.is_file() and target.stat().st_size == size:
                return sha, size
            copy.flush()
            os.fsync(copy.fileno())
        target.parent.mkdir(exist_ok=True)
        incoming.chmod(0o644)
        incoming.replace(target)
        _sync_folder(target.parent)
    finally:
        incoming.unlink(missing_ok=True)
    return sha, size


def archived_path(sha: str, archive_dir: Path, suffix: str = "") -> Path:
    """The archived copy of the file with this hash, whatever its suffix (``suffix`` finds it without a search).
    Raises ReadError when there is none."""
    if (likely := _place(sha, archive_dir, suffix)).is_file():
        return likely
    found = sorted((archive_dir / sha[:2]).glob(f"{sha}*"))
    if not found:
        raise ReadError(
            f"archive {archive_dir}",
            f"has no file {sha[:12]}…",
            next_step="Run the pipeline over the source again, or check the archive setting.",
        )
    return found[0]


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Trouble of the source, apart from that of the archive."""
    try:
        yield
    except IsADirectoryError as error:
        raise ReadError(str(path), "is a folder", next_step="Pass the files in it.") from error
    except OSError as error:
        raise ReadError(str(path), f"can't be read ({error.strerror or error})") from error


def _chunk(path: Path, source: IO[bytes]) -> bytes:
    with _reading(path):
        return source.read(CHUNK)


def _place(sha: str, archive_dir: Path, suffix: str) -> Path:
    suffix = suffix.lower()
    return archive_dir / sha[:2] / (sha + (suffix if suffix[1:].isalnum() and len(suffix) <= 10 else ""))


def _version(stat: os.stat_result) -> tuple[int, int, int]:
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def _sync_folder(folder: Path) -> None:
    """Makes the new name itself survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
