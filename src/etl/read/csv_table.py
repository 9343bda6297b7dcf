"""Delimited text: utf-8, GB 18030 and the like; a record number is what the row of a cell is counted by."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from etl.errors import EmptyFileError, LimitError
from etl.model import Cell, Sheet, Workbook
from etl.read import limits
from etl.read.cell_values import check_cells
from etl.read.encoding import decode

READER = "csv/1"
MAX_FIELD = 1_000_000
"""Characters of one field: polygons reach 50,000."""
DELIMITERS = ",\t;|"


def read(path: Path) -> Workbook:
    """The table at ``path`` as one sheet named ``csv``; every cell is text. A quoted line break starts no new row.

    Raises EmptyFileError, LimitError, or ReadError when no encoding fits.
    """
    where = str(path)
    size = path.stat().st_size
    limits.check_size(path, size)
    limits.check_text_size(path, size)
    decoded = decode(path.read_bytes(), where)
    if not decoded.text.strip():
        raise EmptyFileError(where, "holds no text")
    delimiter = sniff_delimiter(decoded.text[:20_000])
    csv.field_size_limit(MAX_FIELD)
    cells: list[Cell] = []
    try:
        for r, record in enumerate(csv.reader(io.StringIO(decoded.text, newline=""), delimiter=delimiter)):
            cells.extend(Cell(r, c, field, field) for c, field in enumerate(record) if field)
            check_cells(where, len(cells))
    except csv.Error as error:
        raise LimitError(
            where, f"can't be split into fields ({error})", next_step="Check for an unclosed quotation mark."
        ) from error
    return Workbook((Sheet("csv", tuple(cells)),), "csv", READER, encoding=decoded.encoding)


def sniff_delimiter(head: str) -> str:
    """The delimiter that cuts most lines into the same number of fields; the comma when none does."""
    lines = [line for line in head.splitlines()[:60] if line.strip()]
    best, best_score = ",", 0
    for delimiter in DELIMITERS:
        counts = [line.count(delimiter) for line in lines if delimiter in line]
        score = max((counts.count(n) * min(n, 3) for n in set(counts)), default=0)
        if score > best_score:
            best, best_score = delimiter, score
    return best
