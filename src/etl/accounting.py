"""Every numeral is accounted for: an independent count against what was loaded, held and ignored."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from etl.errors import LimitError
from etl.extract.numerals import count_numerals
from etl.extract.numeric_cells import numeric_cells
from etl.model import Document, Extraction, Place, Span, Workbook

MAX_NUMERALS = 300_000
"""Of one report: a yearbook of a thousand pages has fewer, and their figures take some five KB of memory each."""


@dataclass(frozen=True, slots=True)
class Accounting:
    """How the numerals of one file divide over its figures and ignored entries."""

    seen: int
    by_figure: Mapping[Place, int]
    """Numerals inside each figure; a figure in words alone (居首) has none."""
    ignored: int
    missing: tuple[Place, ...]
    """Numerals that nothing claims: the extractor lost them, the file must not be loaded."""


def check_numerals(name: str, content: Document | Workbook, limit: int = MAX_NUMERALS) -> None:
    """Raises LimitError for a report with more numerals than memory and time allow. Cells are limited by readers."""
    if isinstance(content, Document) and (count := len(count_numerals(content.text))) > limit:
        raise LimitError(name, f"holds {count:,} numerals, the limit is {limit:,}", next_step="Split the document.")


def account(content: Document | Workbook, extraction: Extraction) -> Accounting:
    """Divide an independent count over the extraction: runs of digits and Chinese numerals of a report, numeric
    cells of a workbook. A numeral belongs to the first figure, else to the first ignored entry, that touches it."""
    if isinstance(content, Workbook):
        return _account_cells(content, extraction)
    numerals = count_numerals(content.text)
    figures = sorted((f.place for f in extraction.figures if isinstance(f.place, Span)), key=lambda s: s.start)
    ignored = sorted((i.place for i in extraction.ignored if isinstance(i.place, Span)), key=lambda s: s.start)
    by_figure: dict[Place, int] = dict.fromkeys(figures, 0)
    count, missing = 0, []
    for numeral in numerals:
        owner = _touching(numeral, figures)
        if owner is not None:
            by_figure[owner] += 1
        elif _touching(numeral, ignored) is not None:
            count += 1
        else:
            missing.append(numeral)
    return Accounting(len(numerals), by_figure, count, tuple(missing))


def _touching(numeral: Span, spans: Sequence[Span]) -> Span | None:
    """The span (of sorted, disjoint ones) that shares a character with the numeral."""
    at = bisect_right(spans, numeral.start, key=lambda s: s.start)
    for span in spans[max(0, at - 1) : at + 1]:
        if span.start < numeral.end and numeral.start < span.end:
            return span
    return None


def _account_cells(content: Workbook, extraction: Extraction) -> Accounting:
    ignored = {i.place for i in extraction.ignored}
    by_figure: dict[Place, int] = dict.fromkeys((f.place for f in extraction.figures), 0)
    seen, count, missing = 0, 0, []
    for cell in numeric_cells(content):
        seen += 1
        if cell in by_figure:
            by_figure[cell] = 1
        elif cell in ignored:
            count += 1
        else:
            missing.append(cell)
    return Accounting(seen, by_figure, count, tuple(missing))
