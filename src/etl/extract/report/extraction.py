"""One report from text to figures: scan, set aside, judge, then say what, where and when."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

from etl.collector import collector_paused
from etl.extract.report.articles import Article, split_articles
from etl.extract.report.asides import Covering, find_asides
from etl.extract.report.flow import Flow, Line, flow
from etl.extract.report.furniture import dateline_end, furniture
from etl.extract.report.judge import Figure, judge
from etl.extract.report.label_context import Counted, Told, joined
from etl.extract.report.labels import (
    Around,
    distinct,
    label_after,
    label_of,
    label_of_industry,
    label_of_item,
    label_under,
)
from etl.extract.report.lexicon import words
from etl.extract.report.lists import Item, halves, lead_ins, like_their_list, respective_items
from etl.extract.report.published import Dated, dated_lines, published_on
from etl.extract.report.relations import Member, relations_of
from etl.extract.report.relations_across import Sentence, relations_across
from etl.extract.report.scan import Number, find_numbers
from etl.extract.report.sections import Sections
from etl.extract.report.speaker import speaker_of
from etl.extract.report.status import around_of, status_of
from etl.extract.report.when import Asked, Calendar, Default, bulletin_year
from etl.extract.report.where import Atlas, firm_core
from etl.extract.report.worded import medals, structures, worded_ranks
from etl.model import Area, Basis, Document, Extraction, Ignored, ManifestEntry, RawFigure, Relation, Span
from etl.normalise.periods import PeriodMention, Today, as_told, find_periods
from etl.normalise.regions import load_regions

_SENTENCE = re.compile(r"[^。!?\n]{0,600}(?:[。!?]{1,8}[”』」)]{0,4}|\n)?")
_CUT = re.compile(r"[,;:。!?\n]|(?<=[^.])\.{3}")
_WORK_REPORT = re.compile(r"工作报告|各位代表")
_DIGITS_BEFORE = re.compile(r"(?<![\d.])(?!(?:19|20)\d\d )(?:\d{1,4} {1,2}|\d{1,3}, )$")
"""Digits that touch a figure but for a blank: more likely a part of it than a number of their own, but for a year."""
TORN = ("digits before it may belong to it",)
_RUN_IN = re.compile(r"[((][一二三四五六七八九十\d]{1,2}[))]([^,。;:\d]{2,16})。")
_NUMBERED = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|[((][一二三四五六七八九十]{1,3}[))]|\d{1,2}[.、])([^,。;:\d]{2,16})"
)
HEAD = 400
"""How far, in characters, the top of a text reaches, which tells who edits it."""
_THE_FIRM = re.compile(r"^(?:该|本|这家)?(?:公司|企业|集团|厂|矿|院|校)(?![\u4e00-\u9fff]{0,2}[会团部])")
SENTENCE_FIGURES = 60
"""Figures of one sentence among which relations are looked for: a table in a line must not take forever."""
CHARACTERS = 4
"""Of prose for one value that the extraction makes on its way, about."""
HEADLINE_FIGURES = 12
"""How many figures on a headline looks for the one that it takes from its text."""
BRIEF = 10
"""A label shorter than this takes in the words that its paragraph opens with: (一)养老保险。…基金收入61亿元."""
SHORT = 5
"""A label of an item shorter than this says too little alone."""
SHORT_LINE = 40
"""Characters of a line that can tell more of the figure in the line above: 高于全国1.2个百分点."""
PARAGRAPH = 3000
"""How far back, in characters, a paragraph gives context: text without a line break must not take forever."""


def extract_report(document: Document, manifest: ManifestEntry | None = None) -> Extraction:
    """All figures of a report, and every other numeral with the reason why it is none.

    Offsets count code points of ``document.text``. Without ``manifest`` what the text does not settle is None.
    """
    with collector_paused(len(document.text) // CHARACTERS):
        return _extracted(document, manifest)


def _extracted(document: Document, manifest: ManifestEntry | None) -> Extraction:
    reading = flow(document.text)
    printed = list(dated_lines(reading))
    today, basis = _today(reading, manifest, printed)
    periods = [as_told(p) for p in find_periods(reading.text, today)]
    beside = list(furniture(reading))
    sentences = list(_sentences(reading.text, beside))
    starts = [start for start, _ in sentences]
    clauses = _Clauses(reading.text)
    sections = Sections(reading, periods, today)
    articles = split_articles(reading)
    default = _default(today, basis, manifest)
    defaults = _defaults(Calendar(reading.text, periods, today, starts), articles, default)
    about = _about(articles, defaults)
    periods = [sections.dated(p, *about(p.start)) for p in periods]
    numbers, asides = _judged(reading, periods, sentences, clauses, sections, today)
    headings = _headings(reading, printed)
    dates = [(p.start, p.end) for p in periods if p.role != "compare"]
    dates += [(start, end + 1) for start, end, reason in asides if reason == "date" and reading.text[end] in "日号"]
    context = _Context(
        document=document,
        reading=reading,
        sentences=sentences,
        clauses=clauses,
        articles=articles,
        atlas=Atlas(reading.text, load_regions(), articles, headings, _home(reading, manifest, printed)),
        calendar=Calendar(reading.text, periods, today, starts),
        sections=sections,
        headings=headings,
        default=default,
        defaults=defaults,
        holes=_Spans([*((f.start - n.lead, f.end + len(n.after)) for n, f in numbers), *dates, *beside]),
        spans=_Spans((f.start, f.end) for _, f in numbers),
    )
    ignored = []
    for start, end, reason in asides:
        place = reading.to_raw(start, end)
        ignored.append(Ignored(place, document.text[place.start : place.end], reason))
    figures = tuple(_figures(context, numbers))
    relations = tuple(_relations(context, numbers, figures))
    return Extraction(tuple(sorted(figures, key=_start)), tuple(ignored), relations)


def _sentences(text: str, beside: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The sentences, half-open; one that a dateline opens (本报讯) begins behind it."""
    behind = dict(beside)
    for m in _SENTENCE.finditer(text):
        start, end = m.span()
        begins = behind.get(start, start)
        if start < begins < end:
            yield start, begins
            start = begins
        if end > start:
            yield start, end


def _start(figure: RawFigure) -> int:
    """Where a figure is printed: what a page tears apart is read in one piece."""
    return figure.place.start if isinstance(figure.place, Span) else 0


def _judged(
    reading: Flow,
    periods: Sequence[PeriodMention],
    sentences: Sequence[tuple[int, int]],
    clauses: _Clauses,
    sections: Sections,
    today: Today,
) -> tuple[list[tuple[Number, Figure]], list[tuple[int, int, str]]]:
    """The numbers that are figures, and the spans of all other numerals with the reason; by place."""
    text = reading.text
    covering = Covering(find_asides(text, periods))
    starts = [s for s, _ in sentences]
    worded = [*worded_ranks(text), *structures(text), *medals(text)]
    taken = sorted((f.start, f.end) for _, f in worded)
    numbers: list[tuple[Number, Figure]] = []
    asides: list[tuple[int, int, str]] = []
    for number in find_numbers(text, covering.reason):
        i = bisect_right(taken, (number.start, len(text)))
        near = taken[max(0, i - 1) : i + 1]
        if near and any(start < number.end and end > number.start for start, end in near):
            continue
        verdict: Figure | str | None = number.set_aside or covering.reason(number.start, number.digits_end)
        if verdict is None:
            sentence = sentences[bisect_right(starts, number.start) - 1]
            clause = clauses.of(sentence, number.start)
            rule = sections.at(number.start).mode == "rule"
            verdict = judge(number, text, sentence[0], *clause, rule=rule, year=today.year)
            if isinstance(verdict, Figure):
                verdict = sections.status(verdict, sentence[0])
        if isinstance(verdict, str):
            asides.append((number.start, _numeral_end(text, number), verdict))
        else:
            numbers.append((number, verdict))
    for number, figure in worded:
        sentence = sentences[bisect_right(starts, figure.start) - 1]
        if figure.kind == "growth":
            clause = clauses.of(sentence, figure.start)
            around = around_of(number, figure.unit, text, (sentence[0], *clause))
            told = status_of(around, text[number.end : clause[1]], today.year)
            figure = sections.status(replace(figure, status=told), sentence[0])
        numbers.append((number, figure))
    numbers.sort(key=lambda pair: pair[1].start)
    numbers = like_their_list(text, numbers)
    numbers.sort(key=lambda pair: pair[1].start)
    return numbers, asides


def _headings(reading: Flow, printed: Sequence[Dated]) -> list[Line]:
    """The headings, without the lines that only tell who published when."""
    told = {found.start for found in printed}
    view = reading.view.text
    return [n for n in reading.lines if n.heading and view.rfind("\n", 0, reading.view_offset(n.start)) + 1 not in told]


def _today(reading: Flow, manifest: ManifestEntry | None, printed: Sequence[Dated]) -> tuple[Today, Basis]:
    """The day of publication: of the manifest, else as the page prints it."""
    today = Today.of(manifest.published_on if manifest else None)
    basis: Basis = "manifest"
    if today.year is None:
        today, basis = published_on(reading, printed), "layout"
    if today.year and today.month in (1, 2, 3) and _WORK_REPORT.search(reading.text, 0, 2000):
        today = replace(today, reported=today.year - 1)
    return today, basis


def _default(today: Today, basis: Basis, manifest: ManifestEntry | None) -> Default:
    """The period of what neither the text nor the title of its article dates."""
    titled = bulletin_year(manifest.title) if manifest and manifest.title else None
    if titled is not None:
        return Default(titled, "manifest")
    return Default(str(today.year), basis) if today.year else Default(None, None)


def _defaults(calendar: Calendar, articles: Sequence[Article], fallback: Default) -> list[Default]:
    defaults: list[Default] = []
    for a in articles:
        own = calendar.default_for((a.start, a.end), a.titles[-1].end if a.titles else a.start, fallback)
        defaults.append(own if a.resumes is None else defaults[a.resumes])
    return defaults


def _about(articles: Sequence[Article], defaults: Sequence[Default]) -> Callable[[int], tuple[str | None, str | None]]:
    """What period the article around a place says that it is about, and the year that its title names."""
    starts = [a.start for a in articles]

    def about(at: int) -> tuple[str | None, str | None]:
        told = defaults[max(0, bisect_right(starts, at) - 1)]
        titled = told.iso if told.basis == "title" and told.iso and told.iso.isdigit() else None
        return told.iso if told.basis in ("title", "article") else None, titled

    return about


_NUMERAL = re.compile(r"[\d零〇一二三四五六七八九十百千万亿兆两]")


def _numeral_end(text: str, number: Number) -> int:
    """The end of a numeral set aside; units with a digit in them (/10万, km2) stay with it."""
    if number.end == number.digits_end:
        return number.end
    return number.end if _NUMERAL.search(text, number.digits_end, number.end) else number.digits_end


def _home(reading: Flow, manifest: ManifestEntry | None, printed: Sequence[Dated]) -> Area:
    mastheads = [found.line for found in printed if not found.labelled]
    return speaker_of(manifest, mastheads, reading.text[:HEAD], load_regions())


class _Clauses:
    """The clauses of a text, by bisection over its punctuation."""

    def __init__(self, text: str) -> None:
        self._cuts = [m.start() for m in _CUT.finditer(text)]

    def of(self, sentence: tuple[int, int], at: int) -> tuple[int, int]:
        """The clause around ``at``, within its sentence."""
        i = bisect_left(self._cuts, at)
        left = self._cuts[i - 1] + 1 if i else 0
        right = self._cuts[i] if i < len(self._cuts) else sentence[1]
        return max(left, sentence[0]), min(right, sentence[1])

    def up_to(self, sentence: tuple[int, int], own: tuple[int, int]) -> list[tuple[int, int]]:
        """The clauses of the sentence shortly before ``own``, each with its closing mark, and ``own``."""
        first = max(sentence[0], own[0] - 200)
        cuts = self._cuts[bisect_left(self._cuts, first) : bisect_left(self._cuts, own[0])]
        starts = [first, *(c + 1 for c in cuts)]
        return [*((a, b) for a, b in pairwise(starts) if b > a), own]


class _Spans:
    """Spans of a text by where they start."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._spans = sorted(spans)
        self._starts = [start for start, _ in self._spans]

    def inside(self, around: tuple[int, int]) -> list[tuple[int, int]]:
        """Those that start in the span ``around``."""
        return self._spans[bisect_left(self._starts, around[0]) : bisect_left(self._starts, around[1])]


@dataclass(frozen=True)
class _Context:
    """What is known of the whole document before a figure is placed in it."""

    document: Document
    reading: Flow
    sentences: list[tuple[int, int]]
    clauses: _Clauses
    articles: list[Article]
    atlas: Atlas
    calendar: Calendar
    sections: Sections
    headings: list[Line]
    default: Default
    defaults: list[Default]
    """The period of what is undated, by article."""
    holes: _Spans
    spans: _Spans


def _figures(context: _Context, numbers: list[tuple[Number, Figure]]) -> list[RawFigure]:
    reading = context.reading
    text = reading.text
    starts = [s for s, _ in context.sentences]
    article_starts = [a.start for a in context.articles]
    items, earlier, halved = _items(context, numbers)
    leads = lead_ins(reading)
    labels: dict[int, str] = {}
    units = {figure.start: figure.unit for _, figure in numbers}
    memory: list[Counted] = []
    memory_of = (-1, -1)
    told: dict[tuple[int, int], Told] = {}
    told_in = (-1, -1)
    evidence = ""
    bases: dict[tuple[int, int], str] = {}
    at_last = (0, 0)
    topic, topic_of = "", -1
    out: list[RawFigure] = []
    titular: list[bool] = []
    for number, figure in numbers:
        numeral = number.numeral
        if numeral is None:
            continue
        sentence = context.sentences[bisect_right(starts, figure.start) - 1]
        index = bisect_right(reading.line_starts, figure.start) - 1
        line = reading.lines[index]
        paragraph = max(line.start, figure.start - PARAGRAPH)
        article = max(0, bisect_right(article_starts, figure.start) - 1)
        clause = context.clauses.of(sentence, figure.start)
        near = max(sentence[0], figure.start - 220), min(sentence[1], figure.end + 160)
        place = reading.to_raw(figure.start, figure.end)
        span = (figure.start, figure.end)
        lead = leads.get(index)
        if index != topic_of:
            topic_of, topic = index, _topic(context, context.articles[article], line)
        if lead:
            topic, topic_of = text[lead.start : lead.end], -1
        holes = context.holes.inside(near)
        if memory_of != (index, article):
            above = memory_of == (index - 1, article) and line.end - line.start <= SHORT_LINE
            memory, memory_of = memory[-1:] if above else [], (index, article)
        if told_in != sentence:
            told, told_in = {}, sentence
            evidence = text[sentence[0] : sentence[1]].strip()[:400]
        around = Around(
            units,
            topic,
            memory,
            told,
            partial(context.atlas.names_in, clause[0], figure.start),
            partial(_sentence_before, context, sentence[0], paragraph),
            _torn_words(context, article) if sentence[0] == context.articles[article].start else "",
        )
        industry = label_of_industry(text, span, sentence[0])
        if industry:
            label, counted = industry, Counted(figure.unit, industry, figure.start, industry)
        else:
            label, counted = label_of(
                text, span, context.clauses.up_to(sentence, clause), context.spans.inside(near), holes, around
            )
        if len(label) < BRIEF and (opened := _RUN_IN.match(text, line.start, line.end)):
            label = label_under(label, opened[1])
        told_since = paragraph
        if lead is not None:
            label = label_under(label, text[lead.start : lead.end])
            told_since = _told_since(context, lead, figure.start)
        area = context.atlas.area(
            figure.start, clause, sentence[0], paragraph, context.articles[article].start, heading=line.heading
        )
        if figure.start in earlier and not industry:
            before, between = earlier[figure.start]
            label = label_after(labels.get(before, ""), text[between[0] : between[1]])
        elif (item := items.get(figure.start)) and not industry:
            label = label_of_item(text, item[0], item[1], context.atlas.ends_in(*item[1]), holes, label)
            base = bases.setdefault(item[1], out[-1].label if out and at_last == sentence else "")
            if len(label) < SHORT:
                label = label_after(base, label)
            elif (whole := _told_before(memory, item[1][0])) and len(label.rpartition(",")[2]) < SHORT:
                label = joined([whole, label]) if label.rpartition(",")[2] not in whole else label
            area = context.atlas.named_in(*item[0], item[1][0]) or area
        elif half := halved.get(figure.start):
            label = label.replace(*half)
        section = context.sections.at(figure.start)
        if section.start < context.articles[article].start and not context.articles[article].titles:
            section = replace(section, iso=None)  # 又讯: what the headings before date ends here
        rule = figure.status == "standard" and section.mode == "rule"
        default = context.defaults[article] if not rule else context.default
        default = Default(section.iso, "section") if section.iso else default
        asked = Asked(
            figure.start,
            clause,
            sentence,
            told_since,
            target=figure.status == "target",
            rule=rule,
            standard=figure.status == "standard",
        )
        period = context.calendar.period(asked, default)
        label = _of_entity(label, area.entity)
        labels[figure.start] = label
        memory.append(counted)
        at_last = sentence
        titular.append(line.heading)
        blank = text[figure.start - 1 : figure.start] == " "
        torn = blank and _DIGITS_BEFORE.search(text, max(0, figure.start - 8), figure.start)
        out.append(
            RawFigure(
                place=place,
                text=context.document.text[place.start : place.end],
                number=numeral.number,
                multiplier=numeral.multiplier,
                decimals=numeral.decimals,
                unit=figure.unit or None,
                kind=figure.kind,
                label=label,
                evidence=evidence,
                area=area,
                period=period,
                qualifier=number.qualifier,
                worded=number.worded,
                upper=number.upper,
                direction=figure.direction,
                status=figure.status,
                steps=TORN if torn else (),
                confidence=0.0 if torn else 1.0,
            )
        )
    out = _headlines_as_told(out, titular)
    keys = [
        (f.label, (f.area.code, f.area.name, f.area.entity, f.period.iso, f.unit), f.number.scaleb(f.multiplier))
        for f in out
    ]
    return [f if f.label == label else replace(f, label=label) for f, label in zip(out, distinct(keys), strict=True)]


def _headlines_as_told(figures: Sequence[RawFigure], titular: Sequence[bool]) -> list[RawFigure]:
    """The same figures, those of headlines with the period that the text under them gives the same figure."""
    out = list(figures)
    for i, figure in enumerate(figures):
        if not titular[i] or figure.period.basis == "text":
            continue
        for j in range(i + 1, min(i + HEADLINE_FIGURES, len(out))):
            told = figures[j]
            same = (told.number, told.multiplier, told.unit) == (figure.number, figure.multiplier, figure.unit)
            if same and not titular[j] and told.period.basis == "text" and not figure.label:
                out[i] = replace(figure, period=told.period, label=told.label)  # 1361万人!我国就业再上台阶
                break
            if same and not titular[j] and told.period.basis == "text" and _share_words(told.label, figure.label):
                out[i] = replace(figure, period=told.period)
                break
    return out


def _share_words(one: str, other: str) -> bool:
    return any(one[k : k + 2] in other for k in range(len(one) - 1))


def _told_since(context: _Context, lead: Line, at: int) -> int:
    """Where the paragraph starts that dates the items of a list: its lead-in, or the paragraph before that."""
    lines, starts = context.reading.lines, context.reading.line_starts
    before = bisect_right(starts, lead.start) - 2
    start = lines[before].start if before >= 0 and not lines[before].heading else lead.start
    return max(start, at - PARAGRAPH)


def _told_before(memory: Sequence[Counted], at: int) -> str:
    """The label of the last figure of a paragraph before a place."""
    return next((c.label for c in reversed(memory) if c.at < at), "")


def _of_entity(label: str, entity: str | None) -> str:
    """A label that names the firm or institution that it is told of."""
    if entity is None or any(pair in label for pair in map("".join, pairwise(firm_core(entity)))):
        return label
    return joined([entity, _THE_FIRM.sub("", label)])


def _sentence_before(context: _Context, sentence: int, paragraph: int) -> str:
    """The last clause of the sentence before the one at ``sentence``, in its paragraph."""
    if sentence <= dateline_end(context.reading.text, paragraph):
        return ""
    start, _ = context.clauses.of((paragraph, sentence), sentence - 2)
    counts = context.spans.inside((start, sentence))
    return "" if counts else context.reading.text[start : sentence - 1]


def _torn_words(context: _Context, article: int) -> str:
    """What the sentence that goes on in an article began with, in the article that it resumes."""
    whole, end = context.articles[article].resumes, context.articles[article].torn
    if whole is None or end is None:
        return ""
    start, _ = context.clauses.of((context.articles[whole].start, end), end)
    return context.reading.text[start:end]


def _items(
    context: _Context, numbers: list[tuple[Number, Figure]]
) -> tuple[dict[int, Item], dict[int, tuple[int, tuple[int, int]]], dict[int, tuple[str, str]]]:
    """For the figures of 分别 lists, by their start: the item that each is of, the earlier figure it goes with, or
    the word of its label that stands for two and the one of them that it is."""
    starts = [s for s, _ in context.sentences]
    by_sentence: dict[int, list[tuple[int, int]]] = {}
    for _, figure in numbers:
        by_sentence.setdefault(bisect_right(starts, figure.start) - 1, []).append((figure.start, figure.end))
    items: dict[int, Item] = {}
    earlier: dict[int, tuple[int, tuple[int, int]]] = {}
    halved: dict[int, tuple[str, str]] = {}
    for index, spans in by_sentence.items():
        listed, paired = respective_items(context.reading.text, context.sentences[index][0], spans)
        items |= listed
        earlier |= paired
        halved |= halves(context.reading.text, context.sentences[index][0], spans)
    return items, earlier, halved


def _relations(context: _Context, numbers: list[tuple[Number, Figure]], figures: Sequence[RawFigure]) -> list[Relation]:
    """What the text states between its figures, sentence by sentence and across them."""
    starts = [s for s, _ in context.sentences]
    article_starts = [a.start for a in context.articles]
    counted = [(n.numeral.value, f) for n, f in numbers if n.numeral is not None]
    by_sentence: dict[int, list[Member]] = {}
    for (value, figure), raw in zip(counted, figures, strict=True):
        index = bisect_right(starts, figure.start) - 1
        by_sentence.setdefault(index, []).append(Member(figure, raw.place, float(value), raw.area.code))
    text = context.reading.text
    found: list[Relation] = []
    sentences = []
    for index, members in by_sentence.items():
        span = context.sentences[index]
        found += relations_of(text, span, members[:SENTENCE_FIGURES])
        line = bisect_right(context.reading.line_starts, span[0]) - 1
        article = max(0, bisect_right(article_starts, span[0]) - 1)
        sentences.append(Sentence(span, line, article, members[:SENTENCE_FIGURES]))
    return [*found, *relations_across(text, sentences, found)]


def _is_title(text: str, line: Line) -> bool:
    """Whether a heading says anything, and not only who wrote it when."""
    if text[line.start] in "—-" or text[line.end - 1] == ":":
        return False  # ——2023年1月5日在某县人民代表大会上, 各位代表:
    return bool(_HAN.search(text, line.start, line.end)) and not words("credit").search(text, line.start, line.end)


_HAN = re.compile("[\u4e00-\u9fff]{2}")


def _topic(context: _Context, article: Article, line: Line) -> str:
    """What a paragraph is about: its first words ((二)失业保险。), the heading of its section, the article's title."""
    text = context.reading.text
    if own := _RUN_IN.match(text, line.start, line.end):
        return own[1]
    i = bisect_left(context.headings, line.start, key=lambda h: h.start) - 1
    if i >= 0 and (above := _NUMBERED.fullmatch(text, context.headings[i].start, context.headings[i].end)):
        return above[1]
    title = next((t for t in article.titles if _is_title(text, t)), None)
    return text[title.start : title.end] if title and title.start != line.start else ""
