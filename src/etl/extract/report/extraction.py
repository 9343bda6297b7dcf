"""One report from text to figures: scan, set aside, judge, then say what, where and when."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace

from etl.extract.report import lexicon
from etl.extract.report.asides import Covering, find_asides
from etl.extract.report.flow import Flow, flow
from etl.extract.report.judge import Figure, judge
from etl.extract.report.labels import label_of
from etl.extract.report.scan import Number, find_numbers
from etl.extract.report.when import Calendar, Default
from etl.extract.report.where import Atlas
from etl.model import Area, Document, Extraction, Ignored, ManifestEntry, RawFigure
from etl.normalise.periods import Today, find_periods
from etl.normalise.regions import load_regions

_SENTENCE = re.compile(r"[^。!?\n]*(?:[。!?]+[”』」)]*|\n|$)")
_CLAUSE = re.compile(r"[^,;:。!?\n]*[,;:。!?\n]?")


def extract_report(document: Document, manifest: ManifestEntry | None = None) -> Extraction:
    """All figures of a report, and every other numeral with the reason why it is none.

    Offsets count code points of ``document.text``. Without ``manifest`` what the text does not settle is None.
    """
    reading = flow(document.text)
    today = Today.of(manifest.published_on if manifest else None)
    periods = list(find_periods(reading.text, today))
    covering = Covering(find_asides(reading.text, periods))
    sentences = [m.span() for m in _SENTENCE.finditer(reading.text) if m.end() > m.start()]
    starts = [s for s, _ in sentences]
    numbers: list[tuple[Number, Figure]] = []
    ignored: list[Ignored] = []

    def ignore(start: int, end: int, reason: str) -> None:
        place = reading.to_raw(start, end)
        ignored.append(Ignored(place, document.text[place.start : place.end], reason))

    for number in find_numbers(reading.text):
        aside = covering.of(number.start, number.digits_end)
        if aside is not None:
            ignore(number.start, number.digits_end, aside.reason)
            continue
        sentence = sentences[bisect_right(starts, number.start) - 1]
        clause = _clause(reading.text, sentence, number.start)
        verdict = judge(number, reading.text, *clause)
        if isinstance(verdict, str):
            ignore(number.start, number.digits_end, verdict)
        else:
            numbers.append((number, verdict))
    figures = _figures(document, reading, manifest, today, sentences, numbers, periods)
    return Extraction(tuple(figures), tuple(ignored))


def _clause(text: str, sentence: tuple[int, int], at: int) -> tuple[int, int]:
    start, end = sentence
    left = max(text.rfind(c, start, at) for c in ",;:。!?\n")
    rights = [i for c in ",;:。!?\n" if (i := text.find(c, at, end)) >= 0]
    return (left + 1 if left >= 0 else start), (min(rights) if rights else end)


def _figures(document, reading: Flow, manifest, today, sentences, numbers, periods):  # type: ignore[no-untyped-def]
    text = reading.text
    gazetteer = load_regions()
    home = manifest.region_code if manifest else None
    atlas = Atlas(text, gazetteer, home)
    calendar = Calendar(text, periods, today)
    region = gazetteer.get(home) if home else None
    default_area = Area(home, region.name if region else None, None, "manifest" if home else None)
    default = Default(str(today.year) if today.year else None, "manifest" if today.year else None)
    starts = [s for s, _ in sentences]
    holes = sorted([(f.start, f.end) for _, f in numbers] + [(p.start, p.end) for p in periods])
    hole_starts = [s for s, _ in holes]
    out = []
    for number, figure in numbers:
        sentence = sentences[bisect_right(starts, number.start) - 1]
        line = reading.lines[bisect_right(reading.line_starts, number.start) - 1]
        clauses = [m.span() for m in _CLAUSE.finditer(text, sentence[0], number.start) if m.end() > m.start()]
        clause = _clause(text, sentence, number.start)
        if clauses and clauses[-1][0] >= clause[0]:
            clauses = clauses[:-1]
        clauses.append(clause)
        near = holes[bisect_right(hole_starts, sentence[0] - 1) : bisect_right(hole_starts, sentence[1])]
        place = reading.to_raw(figure.start, figure.end)
        evidence = text[sentence[0] : sentence[1]].strip()
        out.append(
            RawFigure(
                place=place,
                text=document.text[place.start : place.end],
                number=number.numeral.number,
                multiplier=number.numeral.multiplier,
                decimals=number.numeral.decimals,
                unit=figure.unit,
                kind=figure.kind,
                label=label_of(text, (figure.start, figure.end), clauses, near, ""),
                evidence=evidence[:400],
                area=atlas.area(number.start, clause[1], sentence, line.start, 0, default_area),
                period=calendar.period(number.start, sentence, line.start, default, target=figure.status == "target"),
                qualifier=number.qualifier,
                worded=number.worded,
                upper=number.upper,
                direction=figure.direction,
                status=figure.status,
            )
        )
    return out
