"""What there is to load: files, folders and patterns made into a list of files, and what a manifest tells of them."""

from __future__ import annotations

import difflib
import glob
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

from etl.errors import ManifestError, UsageError
from etl.manifest import MANIFEST, read_manifest
from etl.model import ManifestEntry

_SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini"})


_MAY_BE_IGNORED = frozenset("MmRrTtDd.~")
"""First letters of the names that ``_why_ignored`` knows: of 50,000 names few need more than a look at theirs."""
_name = attrgetter("name")
NOTHING = os.stat_result((0,) * 10)
"""What is told of a file that vanished."""


@dataclass(frozen=True, slots=True)
class IgnoredFile:
    """A file in a folder that is no source, and why."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Landing:
    """The files to load, in a fixed order and each once."""

    files: tuple[Path, ...]
    manifest: Mapping[str, ManifestEntry]
    """By ``str(path)`` of a member of ``files``; see ``entry``."""
    problems: tuple[ManifestError, ...] = ()
    """Lines of manifests that could not be used; the others were."""
    ignored: tuple[IgnoredFile, ...] = ()
    missing: tuple[UsageError, ...] = ()
    """Paths that name nothing, and folders that can't be opened, beside others that can."""

    def entry(self, path: Path) -> ManifestEntry | None:
        """What the manifest tells of one of the files."""
        return self.manifest.get(str(path))

    def __iter__(self) -> Iterator[Found]:
        """The files as they are now; one that vanished comes with an empty stat."""
        for path in self.files:
            try:
                stat = path.stat()
            except OSError:
                stat = NOTHING
            yield Found(str(path), stat, self.entry(path))


class Found(NamedTuple):
    """A source as it was found: its path, what the file system tells of it, and what the manifest does."""

    path: str
    stat: os.stat_result
    entry: ManifestEntry | None


def discover(paths: Sequence[str], *, manifest: Path | None = None, own: Path | None = None) -> Landing:
    """The files that ``paths`` (files, folders with all below them, glob patterns) name.

    Hidden files, lock files of Office, README and manifest.csv are no sources; a README is one when it is the only
    path. Each folder's manifest.csv speaks for the files in and below it, the nearest one first; an explicit
    ``manifest`` replaces them all. ``own`` is the folder in which the pipeline keeps its archive and reports: nothing
    in it is a source, unless a path begins there. A path that names nothing costs no other path; when none names
    anything, or the manifest does not exist, UsageError is raised.
    """
    look = Look(paths, manifest=manifest, own=own)
    found = list(look)
    return Landing(
        tuple(Path(f.path) for f in found),
        {f.path: f.entry for f in found if f.entry},
        tuple(look.problems),
        tuple(look.ignored.values()),
        tuple(look.missing),
    )


class Look:
    """What ``discover`` finds, one file after the other: memory does not grow with the number of files.

    ``problems``, ``missing`` and ``ignored`` are complete once all files have been taken; the UsageError for paths of
    which none names anything comes then, too.
    """

    def __init__(self, paths: Sequence[str], *, manifest: Path | None = None, own: Path | None = None) -> None:
        if not paths:
            raise UsageError("paths", "none given", next_step="Pass files, folders or patterns, e.g. etl run samples.")
        if manifest is not None and not manifest.is_file():
            raise _missing(str(manifest), "manifest")
        self.paths, self.manifest = paths, manifest
        self.own = os.path.realpath(own) if own else None
        self.problems: list[ManifestError] = []
        self.missing: list[UsageError] = []
        self.ignored: dict[str, IgnoredFile] = {}
        self._walked: set[str] = set()
        """Folders given that were listed with all below them, as real paths."""
        self._single: set[str] = set()
        """Files that came by a name of their own or a link, as real paths."""

    def __iter__(self) -> Iterator[Found]:
        found = self._expanded()
        if self.manifest is not None:
            found = self._told_by(self.manifest, [(real, f) for real, f in found])
        count = 0
        for _, file in found:
            count += 1
            yield file
        if self.missing and not count and len(self.missing) >= len(self.paths):
            raise self.missing[0]

    def _expanded(self) -> Iterator[tuple[str, Found]]:
        """Every file that the paths name, after its real path."""
        for given in self.paths:
            path = Path(given).expanduser()
            try:
                is_folder, exists = path.is_dir(), path.exists()
            except OSError as error:  # a name that is too long, a folder above that is closed to us
                self.missing.append(_closed(path, error))
                continue
            if is_folder:
                yield from self._walk(path)
            elif exists:
                yield from self._file(path, named=True)
            elif glob.has_magic(given):
                matches = sorted(map(Path, glob.glob(str(path), recursive=True)))  # noqa: PTH207  may be absolute
                if not matches:
                    self.missing.append(UsageError(given, "matches no file", next_step="Check its folder."))
                for match in matches:
                    yield from self._walk(match) if match.is_dir() else self._file(match, named=False)
            else:
                self.missing.append(_missing(given, "path"))

    def _file(self, path: Path, *, named: bool) -> Iterator[tuple[str, Found]]:
        """A file given by itself."""
        real = os.path.realpath(path)  # resolve() refuses links in a circle
        reason = _why_ignored(path.name, named=named, alone=len(self.paths) == 1)
        if not reason:
            if not _is_utf8(str(path)):
                self.missing.append(_misnamed(path))
                return
            try:
                reason = _why_not_regular(path)
                stat = path.stat() if not reason else None
            except OSError as error:
                self.missing.append(_closed(path, error))
                return
        if reason or stat is None:
            self.ignored.setdefault(real, IgnoredFile(path, reason or "not a regular file"))
        elif real not in self._single and not self._is_walked(os.path.dirname(real)):  # noqa: PTH120  text, no Path
            self._single.add(real)
            yield real, Found(str(path), stat, self._entry(real, [_Told(str(path.parent))]))

    def _walk(self, given: Path) -> Iterator[tuple[str, Found]]:
        """All files in a folder and below it, folder by folder, by name."""
        root = os.path.realpath(given)
        if self._is_walked(root):
            return
        shown = "" if str(given) == "." else f"{given}/".replace("//", "/")
        folders: list[tuple[str, str, list[_Told]]] = [(shown, root, [])]
        while folders:
            shown, real, above = folders.pop()
            told = [*above, _Told(shown or ".")]
            below = []
            for entry in self._listed(shown, real):
                if entry.is_dir(follow_symlinks=False):
                    below.append(entry.name)
                    continue
                file = self._below(entry, shown, real, root)
                if file is not None:
                    at, stat = file
                    yield at, Found(shown + entry.name, stat, self._entry(at, told))
            for name in reversed(below):
                at = f"{real}/{name}"
                if not name.startswith(".") and at != self.own and at not in self._walked:
                    folders.append((f"{shown}{name}/", at, told))
        self._walked.add(root)

    def _listed(self, shown: str, real: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(shown.rstrip("/") or real) as entries:
                return sorted(entries, key=_name)
        except OSError as error:
            where = str(error.filename or shown or ".")
            self.missing.append(UsageError(where, f"folder can't be opened ({error.strerror})"))
            return []

    def _below(self, entry: os.DirEntry[str], shown: str, real: str, root: str) -> tuple[str, os.stat_result] | None:
        """Real path and state of a file in a folder, when it is a source that has not come before."""
        name = entry.name
        at = f"{real}/{name}"
        is_link = entry.is_symlink()
        if is_link:
            at = os.path.realpath(at)
            if os.path.isdir(at) or self._is_listed_itself(at, root):  # noqa: PTH112  text, no Path
                return None
        reason = _why_ignored(name, named=False, alone=False) if name[0] in _MAY_BE_IGNORED else None
        if not reason:
            if not (name.isascii() or _is_utf8(name)):
                self.missing.append(_misnamed(Path(shown + name)))
                return None
            try:
                stat = entry.stat()
            except FileNotFoundError:
                reason = "broken link"  # or it vanished since it was listed
            except OSError as error:
                if not is_link:
                    self.missing.append(_closed(Path(shown + name), error))
                    return None
                reason = "broken link"
            else:
                if S_ISREG(stat.st_mode):
                    if self._single and at in self._single:
                        return None
                    if is_link:
                        self._single.add(at)
                    return at, stat
                reason = "not a regular file"  # a pipe would wait for ever
        self.ignored.setdefault(at, IgnoredFile(Path(shown + name), reason))
        return None

    def _is_walked(self, real: str) -> bool:
        """Lies this folder in one that was listed?"""
        return bool(self._walked) and any(str(p) in self._walked for p in (Path(real), *Path(real).parents))

    def _is_listed_itself(self, target: str, root: str) -> bool:
        """Does the target of a link come by itself, in the walk over ``root`` or an earlier one?"""
        if not target.startswith(f"{root}/") and not self._is_walked(os.path.dirname(target)):  # noqa: PTH120
            return False
        parts = target.removeprefix(f"{root}/").split("/")
        hidden = any(part.startswith(".") for part in parts) or _why_ignored(parts[-1], named=False, alone=False)
        return not hidden and os.path.isfile(target)  # noqa: PTH113  text, no Path

    def _entry(self, real: str, told: list[_Told]) -> ManifestEntry | None:
        if self.manifest is not None:
            return None
        entry = None
        for level in told:  # the outermost first, so that all are read and told of
            entries = level.known
            if entries is None:
                entries = level.read(self.problems)
            if entries:
                entry = entries.get(real) or entry
        return entry

    def _told_by(self, manifest: Path, found: list[tuple[str, Found]]) -> Iterator[tuple[str, Found]]:
        """The files with what an explicit manifest tells; it may lie apart from them."""
        paths = [Path(real) for real, _ in found]
        listed, problems = read_manifest(manifest, known_files=tuple(paths))
        self.problems += problems
        by_name: dict[str, list[Path]] = {}
        for path in paths:
            by_name.setdefault(path.name, []).append(path)
        known = set(paths)
        entries: dict[str, ManifestEntry] = {}
        for path, entry in listed.items():
            same_name = by_name.get(path.name, [])
            if path in known:
                entries[str(path)] = entry
            elif len(same_name) == 1 and not path.exists():
                entries[str(same_name[0])] = entry
        for real, file in found:
            yield real, file._replace(entry=entries.get(real))


class _Told:
    """The manifest.csv of a folder, read when the first file asks for it."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.known: dict[str, ManifestEntry] | None = None
        """By the real path of the file; None: not read yet."""

    def read(self, problems: list[ManifestError]) -> dict[str, ManifestEntry]:
        """Adds faults to ``problems``."""
        self.known = {}
        path = Path(self.shown, MANIFEST)
        if path.is_file():
            listed, faults = read_manifest(path)
            problems += faults
            self.known = {str(p): entry for p, entry in listed.items()}
        return self.known


def _why_ignored(name: str, *, named: bool, alone: bool) -> str | None:
    lower = name.lower()
    if lower == MANIFEST:
        return "manifest"
    if name.startswith("~$"):
        return "lock file of an open document"
    if lower.startswith("readme") and not (named and alone):
        return "readme"
    if not named and (name.startswith(".") or lower in _SYSTEM_FILES):
        return "hidden file"
    return None


def _why_not_regular(path: Path) -> str | None:
    """Raises OSError when the file can't be looked at."""
    if path.is_file():
        return None
    return "broken link" if path.is_symlink() else "not a regular file"  # a pipe would wait for ever


def _is_utf8(path: str) -> bool:
    try:
        path.encode()
    except UnicodeEncodeError:  # bytes that Python carries as lone surrogates; no database would take them
        return False
    return True


def _misnamed(path: Path) -> UsageError:
    """Names in GBK come out of zip archives packed in China."""
    readable = os.fsencode(path).decode("gb18030", errors="replace")
    return UsageError(
        readable, "has a file name that is not UTF-8", next_step="Rename it, e.g. with convmv -f gb18030 -t utf8."
    )


def _closed(path: Path, error: OSError) -> UsageError:
    shown = str(path) if len(str(path)) <= 200 else f"{str(path)[:200]}…"
    return UsageError(shown, f"can't be opened ({error.strerror or error})", next_step="Check the path and its rights.")


def _missing(given: str, what: str) -> UsageError:
    parent = Path(given).expanduser().parent
    while not parent.is_dir() and parent != parent.parent:
        parent = parent.parent
    siblings = sorted(p.name for p in parent.iterdir()) if os.access(parent, os.R_OK) else []
    near = difflib.get_close_matches(Path(given).name, siblings, n=3, cutoff=0.5)
    next_step = (
        f"Did you mean {' or '.join(str(parent / n) for n in near)}?" if near else f"Looked in {parent.resolve()}."
    )
    return UsageError(given, f"no such {'file' if what == 'manifest' else 'file or folder'}", next_step=next_step)
