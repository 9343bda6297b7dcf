"""What people know, as CSV and YAML beside this file: regions, units, indicators, words. No knowledge in code."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from etl.errors import ReferenceDataError

HERE = Path(__file__).parent


def rows(name: str) -> Iterator[dict[str, str]]:
    """The lines of ``reference/<name>`` (UTF-8 CSV with a header) as dictionaries; ``#`` opens a comment line.

    Raises ReferenceDataError with file and line where a line has too many or too few cells.
    """
    path = HERE / name
    with path.open(encoding="utf-8", newline="") as f:
        reader = csv.DictReader(line for line in f if not line.startswith("#"))
        for number, row in enumerate(reader, start=2):
            if None in row or None in row.values():
                raise ReferenceDataError(
                    f"{path.name} line {number}",
                    f"has not the {len(reader.fieldnames or ())} cells of the header",
                    known=reader.fieldnames or (),
                )
            yield row


def document(name: str) -> Any:
    """The parsed YAML of ``reference/<name>``."""
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
