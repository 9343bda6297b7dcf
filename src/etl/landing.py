"""What there is to load: files, folders and patterns made into a list of files, and what a manifest tells of them."""

from __future__ import annotations

import difflib
import glob
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from etl.errors import ManifestError, UsageError
from etl.manifest import MANIFEST, read_manifest
from etl.model import ManifestEntry

_SYSTEM_FILES = frozenset({"thumbs.db", "desktop.ini"})


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


def discover(paths: Sequence[str], *, manifest: Path | None = None, own: Path | None = None) -> Landing:
    """The files that ``paths`` (files, folders with all below them, glob patterns) name.

    Hidden files, lock files of Office, README and manifest.csv are no sources; a README is one when it is the only
    path. Each folder's manifest.csv speaks for the files in and below it, the nearest one first; an explicit
    ``manifest`` replaces them all. ``own`` is the folder in which the pipeline keeps its archive and reports: nothing
    in it is a source, unless a path begins there. A path that names nothing costs no other path; when none names
    anything, or the manifest does not exist, UsageError is raised.
    """
    if not paths:
        raise UsageError("paths", "none given", next_step="Pass files, folders or patterns, e.g. etl run samples.")
    found: dict[Path, Path] = {}  # by resolved path
    ignored: dict[str, IgnoredFile] = {}
    folders: set[Path] = set()
    missing: list[UsageError] = []
    for path, root in _expanded(paths, missing, own.resolve() if own else None):
        named = root is None
        reason = _why_ignored(path.name, named=named, alone=len(paths) == 1)
        if not reason and not _is_utf8(path):
            missing.append(_misnamed(path))
            continue
        if not reason:
            try:
                reason = _why_not_regular(path)
            except OSError as error:
                missing.append(_closed(path, error))
                continue
        if reason:
            ignored.setdefault(os.path.realpath(path), IgnoredFile(path, reason))  # resolve() refuses links in a circle
        else:
            found.setdefault(path.resolve(), path)
            folders |= _between(root or path.parent, path.parent)

    if missing and not found and len(missing) >= len(paths):
        raise missing[0]
    problems: list[ManifestError] = []
    entries: dict[str, ManifestEntry] = {}
    if manifest is not None:
        if not manifest.is_file():
            raise _missing(str(manifest), "manifest")
        listed, problems = read_manifest(manifest, known_files=tuple(found.values()))
        by_name: dict[str, list[Path]] = {}
        for resolved in found:
            by_name.setdefault(resolved.name, []).append(resolved)
        for path, entry in listed.items():
            same_name = by_name.get(path.name, [])
            if path in found:
                entries[str(found[path])] = entry
            elif len(same_name) == 1 and not path.exists():  # the manifest may lie apart from the files
                entries[str(found[same_name[0]])] = entry
    else:
        for folder in sorted(folders, key=lambda f: (len(f.parts), f)):
            if not (folder / MANIFEST).is_file():
                continue
            listed, faults = read_manifest(folder / MANIFEST)
            problems += faults
            for path, entry in listed.items():
                if path in found:
                    entries[str(found[path])] = entry  # folders come outermost first
    return Landing(tuple(found.values()), entries, tuple(problems), tuple(ignored.values()), tuple(missing))


def _expanded(paths: Sequence[str], missing: list[UsageError], own: Path | None) -> Iterator[tuple[Path, Path | None]]:
    """Every file that the paths name, with the folder it was found through; None when it was named itself.

    Paths that name nothing, and folders that can't be opened, are added to ``missing``.
    """
    for given in paths:
        path = Path(given).expanduser()
        try:
            is_folder, exists = path.is_dir(), path.exists()
        except OSError as error:  # a name that is too long, a folder above that is closed to us
            missing.append(_closed(path, error))
            continue
        if is_folder:
            yield from ((file, path) for file in _below(path, missing, own))
        elif exists:
            yield path, None
        elif glob.has_magic(given):
            matches = sorted(map(Path, glob.glob(str(path), recursive=True)))  # noqa: PTH207  patterns may be absolute
            if not matches:
                missing.append(UsageError(given, "matches no file", next_step="Check its folder."))
            for match in matches:
                if match.is_dir():
                    yield from ((file, match) for file in _below(match, missing, own))
                else:
                    yield match, match.parent
        else:
            missing.append(_missing(given, "path"))


def _below(folder: Path, missing: list[UsageError], own: Path | None) -> Iterator[Path]:
    def skip(error: OSError) -> None:
        missing.append(UsageError(str(error.filename or folder), f"folder can't be opened ({error.strerror})"))

    for parent, folders, files in os.walk(folder, onerror=skip):
        folders[:] = sorted(n for n in folders if not n.startswith(".") and Path(parent, n).resolve() != own)
        yield from (Path(parent, name) for name in sorted(files))


def _why_ignored(name: str, *, named: bool, alone: bool) -> str | None:
    if name.lower() == MANIFEST:
        return "manifest"
    if name.startswith("~$"):
        return "lock file of an open document"
    if name.lower().startswith("readme") and not (named and alone):
        return "readme"
    if not named and (name.startswith(".") or name.lower() in _SYSTEM_FILES):
        return "hidden file"
    return None


def _why_not_regular(path: Path) -> str | None:
    """Raises OSError when the file can't be looked at."""
    if path.is_file():
        return None
    return "broken link" if path.is_symlink() else "not a regular file"  # a pipe would wait for ever


def _between(root: Path, folder: Path) -> set[Path]:
    """``folder`` and those above it up to ``root``, resolved."""
    root, folder = root.resolve(), folder.resolve()
    return {folder, *(above for above in folder.parents if above.is_relative_to(root))}


def _is_utf8(path: Path) -> bool:
    try:
        str(path).encode()
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
