"""Reports with tables in them (Word, HTML): lines whose cells stand apart by tabs are read as a sheet is.

Tables that the extractor of sheets is sure of are blanked out before the prose is read, so that neither their places
nor their years reach into it. One that it is not sure of stays prose, where numerals in cells are no figures.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from etl.extract.confidence import ENOUGH
from etl.extract.report import extract_report
from etl.model import (
    Cell,
    CellRef,
    Document,
    Extraction,
    Ignored,
    ManifestEntry,
    Place,
    Relation,
    RelationMembers,
    Sheet,
    Span,
    Workbook,
)

_LINE = re.compile(r"[^\n]+")
_CELL = re.compile(r"[^\t\n]*[^\t\n\s][^\t\n]*")
_NOT_BREAK = re.compile(r"[^\n]")
_SENTENCE = re.compile("[。；\t]")
_NUMERAL = re.compile(r"[\d零〇一二三四五六七八九十百千万亿兆两壹贰叁肆伍陆柒捌玖拾佰仟]+(?:[.,．，]\d+)*")
_NUMBER = re.compile(r"\t\s*[-+]?\d[\d,. ]*%?\s*(?=\t|$)", re.MULTILINE)
CAPTION_LINES = 3
"""Lines above a table that can tell its title, unit and time."""
CAPTION_LENGTH = 60
MAX_TABLES = 200
"""Of one report; further ones stay prose."""


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table as a sheet, and where each of its cells stands in the text."""

    span: Span
    """The lines that hold cells, without the caption."""
    sheet: Sheet
    places: Mapping[Place, Span]


def extract_text(document: Document, file_name: str, manifest: ManifestEntry | None = None) -> Extraction:
    """All figures of a report, those of its tables among them; offsets count code points of ``document.text``."""
    found = []
    text = document.text
    for table in itertools.islice(text_tables(text), MAX_TABLES) if "\t" in text else ():
        inside = _read(document, table, file_name, manifest)
        if inside is not None:
            found.append(inside)
            text = text[: table.span.start] + _blanked(text, table.span) + text[table.span.end :]
    prose = extract_report(replace(document, text=text), manifest)
    if not found:
        return prose
    return Extraction(
        figures=tuple(sorted((f for x in (prose, *found) for f in x.figures), key=lambda f: _start(f.place))),
        ignored=tuple(sorted((i for x in (prose, *found) for i in x.ignored), key=lambda i: _start(i.place))),
        relations=tuple(r for x in (prose, *found) for r in x.relations),
        flags=tuple(f for x in (prose, *found) for f in x.flags),
    )


def text_tables(text: str) -> Iterator[TextTable]:
    """Runs of at least two lines of cells that hold numbers, each with the short lines above it and the first line."""
    lines = [m.span() for m in _LINE.finditer(text)]
    i = 0
    while i < len(lines):
        j = i
        while j < len(lines) and text.find("\t", *lines[j]) >= 0 and (j == i or lines[j][0] == lines[j - 1][1] + 1):
            j += 1
        if j - i >= 2 and _NUMBER.search(text, lines[i][0], lines[j - 1][1]):
            above = dict.fromkeys((*lines[: min(1, i)], *lines[max(0, i - CAPTION_LINES) : i]))
            yield _table(text, [line for line in above if _is_caption(text, line)], lines[i:j])
        i = max(j, i + 1)


Line = tuple[int, int]
"""Half-open offsets."""


def _is_caption(text: str, line: Line) -> bool:
    return line[1] - line[0] <= CAPTION_LENGTH and not _SENTENCE.search(text, *line)


SHEET = "table"


def _table(text: str, caption: Sequence[Line], rows: Sequence[Line]) -> TextTable:
    cells: list[Cell] = []
    places: dict[Place, Span] = {}
    for r, (start, end) in enumerate((*caption, *rows)):
        for m in _CELL.finditer(text, start, end):
            printed = m[0].strip()
            begin = m.start() + m[0].index(printed)
            cell = Cell(r, text.count("\t", start, m.start()), printed, printed)
            cells.append(cell)
            places[CellRef(SHEET, cell.address)] = Span(begin, begin + len(printed))
    return TextTable(Span(rows[0][0], rows[-1][1]), Sheet(SHEET, tuple(cells)), places)


def _read(document: Document, table: TextTable, file_name: str, manifest: ManifestEntry | None) -> Extraction | None:
    """What the table holds, placed by characters; None where its roles are not sure."""
    from etl.extract.sheet import extract_workbook

    found = extract_workbook(Workbook((table.sheet,), document.format, document.reader), file_name, manifest)
    if not found.figures or min(f.confidence for f in found.figures) < ENOUGH:
        return None
    at = table.places
    figures = {at[f.place]: f for f in found.figures if at[f.place].start >= table.span.start}
    reasons = {at[i.place]: i.reason for i in found.ignored}
    cells = sorted(at.values(), key=lambda cell: cell.start)
    ignored = []
    for m in _NUMERAL.finditer(document.text, table.span.start, table.span.end):
        cell = cells[bisect_right(cells, m.start(), key=lambda cell: cell.start) - 1]
        if cell not in figures:
            ignored.append(Ignored(Span(*m.span()), m[0], reasons.get(cell, "header")))
    return Extraction(
        figures=tuple(replace(f, place=p, text=document.text[p.start : p.end]) for p, f in figures.items()),
        ignored=tuple(ignored),
        relations=tuple(_relation(r, at) for r in found.relations),
        flags=tuple(replace(f, place=at[f.place]) for f in found.flags if f.place in at),
    )


def _blanked(text: str, span: Span) -> str:
    return _NOT_BREAK.sub(" ", text[span.start : span.end])


def _start(place: Place) -> int:
    return place.start if isinstance(place, Span) else 0


def _relation(relation: Relation, at: Mapping[Place, Span]) -> Relation:
    m = relation.members
    single = {n: at[p] for n in ("part", "whole", "share", "total") if (p := getattr(m, n)) is not None}
    terms = tuple(tuple(at[p] for p in term) for term in m.terms)
    return replace(relation, members=RelationMembers(**single, parts=tuple(at[p] for p in m.parts), terms=terms))
