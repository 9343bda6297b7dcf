"""Typed errors that say where, what, which values are known, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable


class GongbaoError(Exception):
    """Base of every error this package raises on purpose.

    ``str(error)`` is one or two lines fit for a terminal: where, what, the known values, the next step.
    """

    code = "error"
    """Stable short name, stored with a failed file."""

    def __init__(self, where: str, what: str, *, known: Iterable[str] = (), next_step: str = "") -> None:
        self.where = where
        self.what = what
        self.known = tuple(known)
        self.next_step = next_step
        super().__init__(where, what)

    def __str__(self) -> str:
        known = f" Known: {', '.join(self.known)}." if self.known else ""
        then = f" {self.next_step}" if self.next_step else ""
        return f"{self.where}: {self.what.rstrip('.')}.{known}{then}"


class UsageError(GongbaoError):
    """A wrong argument: a missing path, an unknown option value."""

    code = "usage"


class ConflictError(GongbaoError):
    """Somebody else decided, or what was shown is no longer so: nothing was written."""

    code = "conflict"


class SettingsError(GongbaoError):
    """A setting that is unknown or can't be used."""

    code = "settings"


class ManifestError(GongbaoError):
    """A line of manifest.csv that can't be used."""

    code = "manifest"


class ReadError(GongbaoError):
    """A file that can't be opened as what it is."""

    code = "unreadable"


class EmptyFileError(ReadError):
    code = "empty"


class EncryptedFileError(ReadError):
    code = "encrypted"


class UnknownFormatError(ReadError):
    code = "unknown_format"


class TruncatedFileError(ReadError):
    code = "truncated"


class LimitError(ReadError):
    """A document beyond the limits on size, expansion or cells."""

    code = "limit"


class MachineError(GongbaoError):
    """No room, no right, no server: trouble of the machine, not of a file."""

    code = "machine"


class ArchiveError(GongbaoError):
    """The archive can't be written: trouble of the machine, not of a file."""

    code = "archive"


class NothingFoundError(GongbaoError):
    """A report without a figure, a workbook without a table."""

    code = "nothing_found"


class LayoutError(GongbaoError):
    """A saved layout that can't be used, or a sheet that no longer fits the one saved for it."""

    code = "layout"


class ReferenceDataError(GongbaoError):
    """A broken reference table (regions, units, indicators …)."""

    code = "reference"


class SuiteError(GongbaoError):
    """A suite in ``expectations/`` that can't be trusted as written."""

    code = "suite"


class WarehouseError(GongbaoError):
    """The warehouse is away, or its schema isn't the one this version needs."""

    code = "warehouse"
