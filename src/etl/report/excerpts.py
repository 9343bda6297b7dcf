"""The place of a figure in its source, as little of it as a reviewer needs: a sentence, or a few cells around."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from etl.archive import archived_path
from etl.model import CellRef, Document, Place, Sheet, Span, Workbook
from etl.report.data import FileLine

REACH = 90
"""Characters of text shown on either side of a figure, unless its sentence ends before."""
SENTENCE_ENDS = frozenset("。！？!?；;\n\r\f")
FAR_APART = 240
"""Members of a relation further apart than this are shown in pieces."""
ROWS_AROUND = 2
COLS_AROUND = 2
HEADER_ROWS = 4
STUB_COLS = 2
MAX_ROWS = 16
MAX_COLS = 10
NUMERIC_TEXT = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")
TOO_BIG = 100_000
"""Numerals of a file that is not opened again for its excerpts: reading it takes longer than writing the report."""
CELL_CHARS = 80
"""A longer cell is cut: a note of a thousand characters hides the table around it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Half-open offsets in the excerpt; ``main`` is the figure itself, others are members of its relation."""

    start: int
    end: int
    main: bool


@dataclass(frozen=True, slots=True)
class TextExcerpt:
    text: str
    marks: tuple[Mark, ...]
    is_stored: bool = False
    """True: the evidence kept in the warehouse; the source itself was not at hand."""


@dataclass(frozen=True, slots=True)
class GridExcerpt:
    """Some rows and columns of a sheet, 0-based and ascending; gaps between them are not shown."""

    file_sha256: str
    sheet: str
    rows: tuple[int, ...]
    cols: tuple[int, ...]
    main: tuple[str, ...]
    """A1 addresses of the cells in question."""
    related: tuple[str, ...]
    """A1 addresses of the other cells of the relation."""


Excerpt = TextExcerpt | GridExcerpt


def address(row: int, col: int) -> str:
    """A1 address of 0-based row and column."""
    letters, n = "", col + 1
    while n:
        n, rest = divmod(n - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def position(cell: str) -> tuple[int, int] | None:
    """0-based row and column of an A1 address; None for what is none."""
    letters = cell.rstrip("0123456789")
    digits = cell[len(letters) :]
    if not digits or not letters.isascii() or not letters.isalpha() or len(letters) > 3:
        return None
    col = 0
    for letter in letters.upper():
        col = col * 26 + ord(letter) - 64
    return int(digits) - 1, col - 1


class Grid:
    """A sheet for looking up what a person sees at a place. Merged cells show their text all over."""

    def __init__(self, sheet: Sheet) -> None:
        self.name = sheet.name
        self._text = {(c.row, c.col): c.error or c.text for c in sheet.cells}
        self._numeric = frozenset((c.row, c.col) for c in sheet.cells if _is_number(c.value))
        self._merged = sheet.merged

    def text(self, row: int, col: int) -> str:
        found = self._text.get((row, col)) or self._covered.get((row, col), "")
        found = " ".join(found.split())
        return found if len(found) <= CELL_CHARS else found[: CELL_CHARS - 1] + "…"

    @cached_property
    def _covered(self) -> Mapping[tuple[int, int], str]:
        """Cells under a merged range; only ranges of a size that headers and stubs have."""
        covered: dict[tuple[int, int], str] = {}
        for m in self._merged:
            text = self._text.get((m.first_row, m.first_col))
            if not text or (m.last_row - m.first_row + 1) * (m.last_col - m.first_col + 1) > 400:
                continue
            for row in range(m.first_row, m.last_row + 1):
                for col in range(m.first_col, m.last_col + 1):
                    covered[row, col] = text
        return covered

    @cached_property
    def header_rows(self) -> tuple[int, ...]:
        """The last non-empty rows above the first row with a number that is no year."""
        rows = sorted({row for row, _ in self._text})
        first = min((row for row, _ in self._numeric), default=None)
        above = [row for row in rows if first is not None and row < first]
        return tuple(above[-HEADER_ROWS:])

    def stub_cols(self, row: int) -> tuple[int, ...]:
        """The leading text columns of a row."""
        cols = []
        for col in range(STUB_COLS + 2):
            if (row, col) in self._numeric:
                break
            if self.text(row, col):
                cols.append(col)
        return tuple(cols[:STUB_COLS])

    def around(self, sha256: str, main: Sequence[str], related: Iterable[str] = ()) -> GridExcerpt | None:
        """Headers, stub and neighbourhood of some cells, with the other cells of their relation."""
        at = [p for cell in main if (p := position(cell)) is not None]
        others = [p for cell in related if (p := position(cell)) is not None]
        if not at:
            return None
        known_rows = {row for row, _ in self._text}
        known_cols = {col for _, col in self._text}
        rows = {r for r, _ in at}
        cols = {c for _, c in at}
        for row, col in others:
            rows |= {row} if len(rows) < MAX_ROWS - HEADER_ROWS else set()
            cols |= {col} if len(cols) < MAX_COLS - STUB_COLS else set()
        row, col = at[0]
        near_rows = [r for d in range(1, ROWS_AROUND + 1) for r in (row - d, row + d)]
        near_cols = [c for d in range(1, COLS_AROUND + 1) for c in (col - d, col + d)]
        rows = _grow(rows, [*self.header_rows, *(r for r in near_rows if r in known_rows)], MAX_ROWS)
        cols = _grow(cols, [*self.stub_cols(row), *(c for c in near_cols if c in known_cols)], MAX_COLS)
        return GridExcerpt(
            sha256,
            self.name,
            tuple(sorted(rows)),
            tuple(sorted(cols)),
            tuple(address(*p) for p in dict.fromkeys(at)),
            tuple(address(*p) for p in dict.fromkeys(others) if p not in at),
        )


def _grow(chosen: set[int], more: Iterable[int], limit: int) -> set[int]:
    for value in more:
        if len(chosen) >= limit:
            break
        chosen.add(value)
    return chosen


def _is_number(value: object) -> bool:
    """A number, stored as one or as text, that is no year: years stand in headers."""
    if isinstance(value, str):
        text = value.strip().replace(",", "").rstrip("%")
        if len(text) > 40 or not NUMERIC_TEXT.fullmatch(text):
            return False
        value = Decimal(text)
    if isinstance(value, bool | date | datetime) or not isinstance(value, Decimal):
        return False
    return not (1900 <= value <= 2100 and value == value.to_integral_value())


class Source:
    """One file of the archive, opened once for all of its excerpts. Without the file, excerpts fall back to the
    evidence in the warehouse."""

    def __init__(self, file: FileLine, archive_dir: Path | None) -> None:
        self.file = file
        self.text: str | None = None
        self.grids: dict[str, Grid] = {}
        content = _open(file, archive_dir)
        if isinstance(content, Document):
            self.text = content.text
        elif isinstance(content, Workbook):
            self.grids = {sheet.name: Grid(sheet) for sheet in content.sheets}

    def figure(self, place: Place, text: str, evidence: str, fellows: Iterable[Place] = ()) -> Excerpt:
        """The excerpt for one figure. ``fellows``: the other members of a relation that fails, shown where they lie
        in the same sheet, or nearby in the text."""
        if isinstance(place, CellRef):
            grid = self.grids.get(place.sheet)
            related = [p.cell for p in fellows if isinstance(p, CellRef) and p.sheet == place.sheet]
            found = grid.around(self.file.sha256, [place.cell], related) if grid else None
            return found or stored(evidence, text)
        if self.text is None or self.text[place.start : place.end] != text:
            return stored(evidence, text)
        near = [
            (p, False)
            for p in fellows
            if isinstance(p, Span) and p != place and abs(p.start - place.start) <= FAR_APART
        ]
        return _window(self.text, [(place, True), *near])

    def relation(self, members: Sequence[tuple[str, Place]], evidence: str) -> tuple[Excerpt, ...]:
        """The excerpts that show all members of a relation, the computed one (share, total) as the main one."""
        leading = [p for role, p in members if role in ("share", "total")] or [p for _, p in members[:1]]
        cells = [p for _, p in members if isinstance(p, CellRef)]
        if cells:
            found: list[Excerpt] = []
            for sheet in dict.fromkeys(c.sheet for c in cells):
                grid = self.grids.get(sheet)
                main = [c.cell for c in leading if isinstance(c, CellRef) and c.sheet == sheet]
                rest = [c.cell for c in cells if c.sheet == sheet and c.cell not in main]
                if grid and (excerpt := grid.around(self.file.sha256, main or rest[:1], rest)):
                    found.append(excerpt)
            return tuple(found) or (TextExcerpt(evidence, (), is_stored=True),)
        spans = sorted((p for _, p in members if isinstance(p, Span)), key=lambda s: s.start)
        if self.text is None or not spans or spans[-1].end > len(self.text):
            return (TextExcerpt(evidence, (), is_stored=True),)
        pieces: list[list[Span]] = []
        for span in dict.fromkeys(spans):
            if pieces and span.start - pieces[-1][-1].end <= FAR_APART:
                pieces[-1].append(span)
            else:
                pieces.append([span])
        return tuple(_window(self.text, [(s, s in leading) for s in piece]) for piece in pieces)


def stored(evidence: str, text: str) -> TextExcerpt:
    """The evidence of the warehouse, the figure marked where it can only be one place."""
    at = evidence.find(text) if text else -1
    unique = at >= 0 and evidence.find(text, at + 1) < 0
    return TextExcerpt(evidence, (Mark(at, at + len(text), True),) if unique else (), is_stored=True)


def _open(file: FileLine, archive_dir: Path | None) -> Document | Workbook | None:
    """The file as it was read; None when the archive lacks it, its copy is damaged, or another reader
    than today's gave the offsets."""
    if archive_dir is None or file.numerals > TOO_BIG:
        return None
    from etl.read import read

    try:
        path = archived_path(file.sha256, archive_dir)
        with path.open("rb") as archived:
            if hashlib.file_digest(archived, "sha256").hexdigest() != file.sha256:
                return None
        content = read(path)
    except Exception:  # a report must appear whatever a document does to a reader; the evidence is shown instead
        return None
    return content if file.reader is None or content.reader == file.reader else None


def _window(text: str, spans: Sequence[tuple[Span, bool]]) -> TextExcerpt:
    """The text from the sentence of the first span to that of the last, within reach of them."""
    first, last = min(s.start for s, _ in spans), max(s.end for s, _ in spans)
    start = first
    while start > 0 and first - start < REACH and text[start - 1] not in SENTENCE_ENDS:
        start -= 1
    end = last
    while end < len(text) and end - last < REACH and text[end] not in SENTENCE_ENDS:
        end += 1
    if end < len(text) and text[end] in "。！？!?；;":
        end += 1
    while start < first and text[start].isspace():
        start += 1
    before = "…" if start > 0 and text[start - 1] not in SENTENCE_ENDS and not text[start - 1].isspace() else ""
    after = "…" if end < len(text) and text[end - 1] not in SENTENCE_ENDS and text[end] not in SENTENCE_ENDS else ""
    shift = len(before) - start
    marks = tuple(Mark(s.start + shift, s.end + shift, main) for s, main in sorted(spans, key=lambda x: x[0].start))
    return TextExcerpt(before + text[start:end] + after, marks)
