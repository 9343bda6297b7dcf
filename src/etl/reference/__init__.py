"""What people know, as CSV and YAML beside this file: regions, units, indicators, words. No knowledge in code."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from etl.errors import ReferenceDataError

HERE = Path(__file__).parent

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's reads ten times faster; a PyYAML built without it has only its own."""


def rows(name: str) -> Iterator[dict[str, str]]:
    """The lines of ``reference/<name>`` (UTF-8 CSV with a header) as dictionaries; ``#`` opens a comment line.

    Raises ReferenceDataError with file and line where a line has too many or too few cells.
    """
    return (row for _, row in numbered_rows(HERE / name))


def local_rows(name: str) -> Iterator[dict[str, str]]:
    """The lines of the table of this name in the folder of the setting ``reference_dir``; none without one."""
    from etl.settings import load_settings

    folder = load_settings().reference_dir
    path = folder / name if folder else None
    return (row for _, row in numbered_rows(path)) if path and path.is_file() else iter(())


def numbered_rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """As ``rows``, of any file, each with the number of its last line as an editor counts them."""
    at = 0

    def content(lines: Iterable[str]) -> Iterator[str]:
        nonlocal at
        for at, line in enumerate(lines, start=1):  # noqa: B007
            if not line.startswith("#"):
                yield line

    with path.open(encoding="utf-8", newline="") as f:
        header: list[str] = []
        for cells in csv.reader(content(f)):
            if not header:
                header = cells
            elif cells and len(cells) != len(header):
                raise ReferenceDataError(
                    f"{path.name} line {at}", f"has not the {len(header)} cells of the header", known=header
                )
            elif cells:
                yield at, dict(zip(header, cells, strict=True))


def document(name: str) -> Any:
    """The parsed YAML of ``reference/<name>``."""
    return parse(HERE / name)


def parse(path: Path) -> Any:
    """The parsed YAML of any file."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 — either loader is a safe one
