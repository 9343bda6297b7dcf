"""The place of a figure in its source, as little of it as a reviewer needs: a sentence, or a few cells around."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path

from etl.archive import archived_path
from etl.model import CellRef, Document, MergedRange, Place, Sheet, Span, Workbook
from etl.report.data import FigureRow, FileLine

REACH = 90
"""Characters of text shown on either side of a figure, unless its sentence ends before."""
FAR_REACH = 150
"""The same where the sentence is known."""
LONGEST_SENTENCE = 600
"""Characters around a figure in which its sentence is looked for."""
SENTENCE_ENDS = frozenset("。！？!?；;\n\r\f")
FAR_APART = 240
"""Members of a relation further apart than this are shown in pieces."""
ROWS_AROUND = 2
COLS_AROUND = 2
HEADER_ROWS = 4
STUB_COLS = 2
MAX_ROWS = 16
MAX_COLS = 10
YEAR = re.compile(r"(1[89]|20)\d\d\s*年?度?")
NUMERIC_TEXT = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?")
TOO_BIG = 100_000
"""Numerals of a file that is not opened again for its excerpts: reading it takes longer than writing the report."""
TALL = 20
"""Rows of a merged range that is shown as one over several columns: headers and notes are no taller."""
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
    wide: tuple[tuple[int, int, int], ...] = ()
    """(row, col, number of columns shown) of merged cells that lie over more than one of the columns."""

    def columns_of(self, row: int, col: int) -> int:
        """How many of the columns the cell shown there covers; 0 where another one covers it."""
        for wide_row, first, count in self.wide:
            at = self.cols.index(first)
            if wide_row == row and col in self.cols[at : at + count]:
                return count if col == first else 0
        return 1


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
    def _merged_over_columns(self) -> Mapping[int, Sequence[MergedRange]]:
        """By row; the same ranges."""
        by_row: dict[int, list[MergedRange]] = {}
        for m in self._merged:
            if m.first_col < m.last_col and m.last_row - m.first_row < TALL:
                for row in range(m.first_row, m.last_row + 1):
                    by_row.setdefault(row, []).append(m)
        return by_row

    @cached_property
    def header_rows(self) -> tuple[int, ...]:
        """The last rows above the first one with a number that is no year; empty years of a stub are no header."""
        first = min((row for row, _ in self._numeric), default=0)
        above: dict[int, list[str]] = {}
        for (row, _), text in self._text.items():
            if row < first and text.strip():
                above.setdefault(row, []).append(text.strip())
        headers = [row for row, texts in above.items() if len(texts) > 1 or not YEAR.fullmatch(texts[0])]
        return tuple(sorted(headers)[-HEADER_ROWS:])

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
        rows = _ends({r for r, _ in at}, MAX_ROWS - HEADER_ROWS)
        cols = _ends({c for _, c in at}, MAX_COLS - STUB_COLS)
        for row, col in others:
            rows |= {row} if len(rows) < MAX_ROWS - HEADER_ROWS else set()
            cols |= {col} if len(cols) < MAX_COLS - STUB_COLS else set()
        row, col = at[0]
        near_rows = [r for d in range(1, ROWS_AROUND + 1) for r in (row - d, row + d)]
        near_cols = [c for d in range(1, COLS_AROUND + 1) for c in (col - d, col + d)]
        rows = _grow(rows, [*self.header_rows, *(r for r in near_rows if r in known_rows)], MAX_ROWS)
        cols = _grow(cols, [*self.stub_cols(row), *(c for c in near_cols if c in known_cols)], MAX_COLS)
        chosen = {r for r, _ in (*at, *others)}
        rows = {r for r in rows if r in chosen or any(self.text(r, c) for c in cols)}
        shown_rows, shown_cols, marked = tuple(sorted(rows)), tuple(sorted(cols)), set(at)
        return GridExcerpt(
            sha256,
            self.name,
            shown_rows,
            shown_cols,
            tuple(address(*p) for p in dict.fromkeys(at) if p[0] in rows and p[1] in cols),
            tuple(address(*p) for p in dict.fromkeys(others) if p not in marked and p[0] in rows and p[1] in cols),
            tuple(self._wide(shown_rows, shown_cols)),
        )

    def _wide(self, rows: Sequence[int], cols: Sequence[int]) -> Iterable[tuple[int, int, int]]:
        for row in rows:
            for m in self._merged_over_columns.get(row, ()):
                covered = [c for c in cols if m.first_col <= c <= m.last_col]
                if len(covered) > 1:
                    yield row, covered[0], len(covered)


def _ends(lines: set[int], limit: int) -> set[int]:
    """At most so many lines: the first ones and the last."""
    ordered = sorted(lines)
    return lines if len(lines) <= limit else {*ordered[: limit - 1], ordered[-1]}


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

    def figures(self, rows: Sequence[FigureRow], fellows: Iterable[Place] = ()) -> Excerpt:
        """The excerpt for a figure, or for several of one sheet or sentence. ``fellows``: the other members of a
        relation that fails, shown where they lie in the same sheet, or nearby in the text."""
        first = rows[0]
        if isinstance(first.place, CellRef):
            sheet = first.place.sheet
            grid = self.grids.get(sheet)
            main = [r.place.cell for r in rows if isinstance(r.place, CellRef)]
            related = [p.cell for p in fellows if isinstance(p, CellRef) and p.sheet == sheet]
            return (grid.around(self.file.sha256, main, related) if grid else None) or stored(rows)
        spans = [r.place for r in rows if isinstance(r.place, Span)]
        if self.text is None or any(self.text[s.start : s.end] != r.text for s, r in zip(spans, rows, strict=True)):
            return stored(rows)
        near = [
            (p, False)
            for p in fellows
            if isinstance(p, Span) and p not in spans and abs(p.start - spans[0].start) <= FAR_APART
        ]
        marked = [*((s, True) for s in spans), *near]
        return _window(self.text, marked, self._folded.sentence([s for s, _ in marked], first.evidence))

    @cached_property
    def _folded(self) -> _Folded:
        return _Folded(self.text or "")

    def cell_text(self, cell: CellRef) -> str:
        """What a person sees in a cell; nothing without the file."""
        grid, at = self.grids.get(cell.sheet), position(cell.cell)
        return grid.text(*at) if grid and at else ""

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


def stored(rows: Sequence[FigureRow]) -> TextExcerpt:
    """The evidence of the warehouse, figures marked where they can only be one place."""
    evidence = rows[0].evidence
    marks = []
    for text in dict.fromkeys(r.text for r in rows if r.evidence == evidence):
        at = evidence.find(text) if text else -1
        if at >= 0 and evidence.find(text, at + 1) < 0:
            marks.append(Mark(at, at + len(text), True))
    return TextExcerpt(evidence, tuple(sorted(marks, key=lambda m: m.start)), is_stored=True)


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


class _Folded:
    """A text without blanks and with punctuation of one width, as evidence is kept; knows where each character was."""

    def __init__(self, text: str) -> None:
        self._at = array("L", (i for i, c in enumerate(text) if not c.isspace()))
        self._text = "".join(text.split()).translate(_folding(text))

    def sentence(self, spans: Sequence[Span], evidence: str) -> tuple[int, int] | None:
        """Where the sentence that the extractor saw stands around some figures: it runs over line ends that only the
        layout made. None where it is not found there."""
        first, last = min(s.start for s in spans), max(s.end for s in spans)
        wanted = "".join(evidence.split()).translate(_folding(evidence))
        if not wanted:
            return None
        low = bisect_left(self._at, max(0, first - LONGEST_SENTENCE))
        at = self._text.find(wanted, low, bisect_left(self._at, last + LONGEST_SENTENCE))
        if at < 0:
            return None
        start, end = self._at[at], self._at[at + len(wanted) - 1] + 1
        return (start, end) if start <= first and last <= end else None


def _folding(text: str) -> dict[int, str]:
    """For the characters of a text that have another form of one character: that form."""
    forms = ((c, unicodedata.normalize("NFKC", c)) for c in set(text) if not c.isascii())
    return {ord(c): form for c, form in forms if len(form) == 1 and form != c}


def _window(text: str, spans: Sequence[tuple[Span, bool]], sentence: tuple[int, int] | None = None) -> TextExcerpt:
    """The text from the sentence of the first span to that of the last, within reach of them."""
    first, last = min(s.start for s, _ in spans), max(s.end for s, _ in spans)
    start, end = first, last
    if sentence:
        start, end = max(sentence[0], first - FAR_REACH), min(sentence[1], last + FAR_REACH)
    else:
        while start > 0 and first - start < REACH and text[start - 1] not in SENTENCE_ENDS:
            start -= 1
        while end < len(text) and end - last < REACH and text[end] not in SENTENCE_ENDS:
            end += 1
    if end < len(text) and text[end] in "。！？!?；;":
        end += 1
    while start < first and text[start].isspace():
        start += 1
    before = "…" if _is_cut(text, start, sentence and sentence[0]) else ""
    after = "…" if _is_cut(text, end, sentence and sentence[1]) else ""
    shift = len(before) - start
    marks = tuple(Mark(s.start + shift, s.end + shift, main) for s, main in sorted(spans, key=lambda x: x[0].start))
    return TextExcerpt(before + text[start:end] + after, marks)


def _is_cut(text: str, at: int, edge: int | None) -> bool:
    """Whether an excerpt that begins or ends there leaves something of its sentence out."""
    if at in {0, len(text), edge}:
        return False
    return not any(c in SENTENCE_ENDS or c.isspace() for c in text[at - 1 : at + 1])
