"""manifest.csv: what a person knows of the files beside it, one line each."""

from __future__ import annotations

import csv
import difflib
import io
import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

from etl.errors import ManifestError, ReadError
from etl.model import ManifestEntry
from etl.read.encoding import decode

MANIFEST = "manifest.csv"
COLUMNS = ("file", "title", "publisher", "region_code", "published_on")
_DATE = re.compile(r"(\d{4})(?:\s*[-/.年]\s*(\d{1,2})(?:\s*[-/.月]\s*(\d{1,2})\s*日?|\s*月?)|\s*年?)")
MAX_BYTES = 20 * 1024 * 1024


def read_manifest(
    path: Path, *, known_files: Sequence[Path] = ()
) -> tuple[dict[Path, ManifestEntry], list[ManifestError]]:
    """The usable lines by the resolved path of their file, and an error for each other line, with its number.

    Files are looked for beside the manifest, else by name among ``known_files``. Dates come out as ISO 8601
    (2024/6/24, as Excel saves them, is 2024-06-24).
    """
    entries: dict[Path, ManifestEntry] = {}
    problems: list[ManifestError] = []
    try:
        data = path.read_bytes()
        if len(data) > MAX_BYTES:
            raise ReadError(str(path), f"has {len(data):,} bytes, which no manifest has")
        text = decode(data, str(path)).text
    except (OSError, ReadError) as error:
        return {}, [ManifestError(str(path), f"can't be read ({error})", next_step="Save it as UTF-8 csv.")]

    reader = csv.reader(io.StringIO(text, newline=""))
    header: list[str] | None = None
    names = {known.name for known in known_files}
    try:
        for cells in reader:
            where = f"{path} line {reader.line_num}"
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = [cell.strip().lower() for cell in cells]
                if "file" not in header:
                    return {}, [
                        ManifestError(where, "has no column named file", known=COLUMNS, next_step="Add the header.")
                    ]
                problems += [_unknown_column(where, name) for name in header if name not in COLUMNS]
                continue
            try:
                file, entry = _entry(where, path.parent, header, cells, names)
                if file in entries:
                    raise ManifestError(where, f"names {entry.file} a second time", next_step="Keep one of the lines.")
                entries[file] = entry
            except ManifestError as problem:
                problems.append(problem)
    except csv.Error as error:
        problems.append(ManifestError(f"{path} line {reader.line_num}", f"is no csv ({error})"))
    if header is None:
        problems.append(
            ManifestError(str(path), "is empty", known=COLUMNS, next_step="Write the header, or remove it.")
        )
    return entries, problems


def _entry(
    where: str, folder: Path, header: Sequence[str], cells: Sequence[str], names: set[str]
) -> tuple[Path, ManifestEntry]:
    if len(cells) != len(header):
        raise ManifestError(
            where,
            f"has {len(cells)} cells, the header has {len(header)}",
            known=header,
            next_step="Quote cells that contain a comma.",
        )
    row = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    if not row["file"]:
        raise ManifestError(where, "names no file")
    file = folder / row["file"]
    if not file.is_file() and file.name not in names:
        near = difflib.get_close_matches(file.name, sorted(p.name for p in folder.iterdir()), n=3)
        raise ManifestError(
            where,
            f"names {row['file']}, which does not exist",
            next_step=f"Did you mean {' or '.join(near)}?" if near else "Correct the name or remove the line.",
        )
    return file.resolve(), ManifestEntry(
        file=row["file"],
        title=row.get("title") or None,
        publisher=row.get("publisher") or None,
        region_code=_region_code(where, row.get("region_code", "")),
        published_on=_iso_date(where, row.get("published_on", "")),
    )


def _region_code(where: str, code: str) -> str | None:
    if code and code not in _region_codes():
        near = difflib.get_close_matches(code, _region_codes(), n=3, cutoff=0.8)
        raise ManifestError(
            where,
            f"has the region code {code}, which no place has or had",
            known=near,
            next_step="Use the six-digit code of GB/T 2260, e.g. 370000 for 山东省.",
        )
    return code or None


@cache
def _region_codes() -> frozenset[str]:
    from etl.reference import rows

    return frozenset({"100000", *(row["code"] for row in rows("regions.csv"))})


def _iso_date(where: str, printed: str) -> str | None:
    if not printed:
        return None
    match = _DATE.fullmatch(printed)
    try:
        if match is None:
            raise ValueError
        year, month, day = match.groups()
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        raise ManifestError(
            where, f"has the date {printed}", next_step="Write it as precisely as known: 2024, 2024-06 or 2024-06-24."
        ) from None
    return "-".join((year, *(f"{int(part):02d}" for part in (month, day) if part)))


def _unknown_column(where: str, name: str) -> ManifestError:
    near = difflib.get_close_matches(name, COLUMNS, n=1)
    return ManifestError(
        where,
        f"has an unknown column {name or '(without a name)'}",
        known=COLUMNS,
        next_step=f"Did you mean {near[0]}?" if near else "It is not used.",
    )
