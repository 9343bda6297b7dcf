"""Sections of a report that say when, or that plans or rules follow: 二、2021年工作, 三、2022年重点任务, 第三条."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Literal

from etl.extract.report import lexicon
from etl.extract.report.flow import Flow, Line
from etl.extract.report.judge import Figure
from etl.normalise.periods import PeriodMention, Today, find_periods

Mode = Literal["told", "ahead", "rule"]
"""What a section does: it tells what is, plans what shall be, or lays down what holds."""

_SHAPE = re.compile(
    r"(?P<han>[一二三四五六七八九十]{1,3}[、.])|(?P<bracket>[((][一二三四五六七八九十\d]{1,3}[))])|(?P<digit>\d{1,2}[、.])"
    r"|(?P<article>第[一二三四五六七八九十百]{1,4}[章节部])|(?P<colon>[^:,。]{2,24}:)"
)
_CAPTION = re.compile(r"(?:附?[图表]|图表|专栏|附件)\s?[\d一二三四五六七八九十]{1,3}")
"""Opens what stands under a figure or over a table; the text goes on behind it."""
_ISSUED = re.compile(
    r"(?:[局厅委会办室府队院社部处省市县区州盟旗]|中心)[ \u3000]?[(]?(?:19|20)\d\d年\d{1,2}月(?:\d{1,2}日)?[)]?$"
)
"""Who gave a bulletin out when, below its title: 某市人力资源和社会保障局 2022年6月."""
_CLAUSE_OF_LAW = re.compile(r"第[一二三四五六七八九十百\d]{1,4}条")
_LAST_LAW = 900
"""How far behind its number, in characters, an article of a rule can reach."""
_ANOTHER = re.compile(r"\n(?:[又另](?:讯|电)|本报讯|本网讯)")
"""Ends what the article of a rule lays down."""
_BACK = re.compile(r"回顾|总结|完成情况|成效|成就|现状|进展|情况")
_EXPECTED = re.compile(r"预计")
_PLANNED = re.compile(r"力争|目标(?:为|是)|明年|下一?年|将[建达完实]|[“「]?十[四五六]五[”」]?(?:末|时期)")
_TOLD = re.compile(
    r"目前|已(?!经?计划)|去年|上年|现有|截至|以来|同比|累计(?!实现|完成|达到)|(?:19|20)\d\d年(?!起|底|末|[1-9]|前)|截止|兑现"
)

_TELL_NOTHING = ("compare", "origin", "name")
_PART = re.compile(r"全年|[上下]半年|年[末底初]|岁末|前?第?[一二三四两\d]{1,2}个?(?:季度|月)|\d{1,2}\s?[-—–~至到]")
_WINDOW = re.compile(r"(?:最|新)?近|过去|这|.{1,3}年(?:多)?[来间里]")
_SPAN = re.compile(r"(\d{4})/(\d{4})")
_YEAR = re.compile(r"(?<![-\d])\d{4}")
_MEASURED = re.compile(r"目前|去年|现有|截至|截止|同比|(?:19|20)\d\d年(?!起|底|末|[1-9]|前)|兑现")
"""In a rule 上年度 and 累计 belong to its conditions."""


@dataclass(frozen=True, slots=True)
class Section:
    start: int
    iso: str | None = None
    """The period that its heading names."""
    mode: Mode = "told"
    past: bool = False
    """Its heading looks back (2019年工作回顾): what is expected there (预计) is the outcome of a year that is over."""


_BEFORE_ALL = Section(0)
"""What stands above the first heading of a section."""


class Sections:
    """The sections of a flow by place."""

    def __init__(self, reading: Flow, periods: Sequence[PeriodMention], today: Today) -> None:
        headings = [line for line in reading.lines if line.heading]
        self._text = reading.text
        self._today = today
        self._sections = _with_plans([*_headed(reading.text, headings, periods, today)], reading, today)
        self._starts = [s.start for s in self._sections]
        clauses = (m.start() for m in _CLAUSE_OF_LAW.finditer(reading.text))
        laws = [at for at in clauses if at == 0 or reading.text[at - 1] == "\n"]
        self._laws = laws if len(laws) > 1 else []

    def at(self, place: int) -> Section:
        """The section around ``place``."""
        i = bisect_right(self._starts, place) - 1
        found = self._sections[i] if i >= 0 else _BEFORE_ALL
        law = bisect_right(self._laws, place) - 1
        if law >= 0 and place - self._laws[law] < _LAST_LAW and not _ANOTHER.search(self._text, self._laws[law], place):
            return replace(found, mode="rule")
        return found

    def dated(self, period: PeriodMention, about: str | None, titled: str | None) -> PeriodMention:
        """A part of a year that names none (全年, 三季度) in the year that its section is about.

        Without such a section it is of what its article is ``about``: 年末 of a bulletin of 2022 is that of 2022, and
        上年 the year before. What reaches up to now (近三年, 2018年以来) reaches up to the year that the title names,
        ``titled``.
        """
        if (_WINDOW.match(period.text) or period.role == "since") and titled is not None:
            return self._up_to(period, titled)
        if period.text == "上年" and about is not None and about.isdigit() and period.role == "when":
            return replace(period, iso=str(int(about) - 1))
        if not period.vague or "日" in period.text or not _PART.match(period.text):
            return period
        years = set(_YEAR.findall(self.at(period.start).iso or about or ""))
        year = years.pop() if len(years) == 1 else None
        if year is None or year == (period.iso or "")[:4]:
            return period
        if period.iso is not None:
            return replace(period, iso=_YEAR.sub(year, period.iso))
        told = next(find_periods(period.text, Today(int(year), 12)), None)
        return replace(period, iso=told.iso) if told else period

    def _up_to(self, period: PeriodMention, year: str) -> PeriodMention:
        span = _SPAN.fullmatch(period.iso or "")
        if span is None or self._today.reported or span[2] != str(self._today.year) or not span[1] <= year < span[2]:
            return period
        if period.role == "since":
            return replace(period, iso=f"{span[1]}/{year}" if span[1] < year else year)
        return replace(period, iso=f"{int(span[1]) - int(span[2]) + int(year)}/{year}")

    def status(self, figure: Figure, sentence: int) -> Figure:
        """The figure, planned or laid down where its section plans or lays down and its sentence tells no past."""
        section = self.at(figure.start)
        if section.past and figure.status == "target":
            before = self._text[sentence : figure.start]
            expected = _EXPECTED.search(before) and not _PLANNED.search(before)
            return replace(figure, status="observed") if expected else figure
        if section.mode == "told" or figure.status != "observed":
            return figure
        words = _TOLD if section.mode == "ahead" else _MEASURED
        told = words.finditer(self._text, max(sentence, figure.start - 120), figure.start)
        if any(not (section.iso and m[0][:4] == section.iso[:4]) for m in told):
            return figure  # the year that a section of plans is about tells no past
        return replace(figure, status="target" if section.mode == "ahead" else "standard")


def _with_plans(sections: list[Section], reading: Flow, today: Today) -> list[Section]:
    """With the paragraphs of a report of January that open on the new year (2026年是“十五五”开局之年): they plan.

    Those behind one that opens on the year that is over (刚刚过去的2025年) are of that year, up to the next heading.
    """
    if not today.reported:
        return sections
    starts = [s.start for s in sections]
    plans: list[Section] = []
    for line in reading.lines:
        if line.heading:
            continue
        if over := _YEAR_OVER.match(reading.text, line.start, line.end):
            plans.append(Section(line.start, over["year"] or str(today.reported)))
            continue
        opens = _NEW_YEAR.match(reading.text, line.start, line.end)
        if opens is not None and int(opens["year"] or today.year or 0) > today.reported:
            i = bisect_right(starts, line.start)
            around = sections[i - 1] if i else _BEFORE_ALL
            plans.append(Section(line.start, opens["year"] or str(today.year), "ahead"))
            plans.append(replace(around, start=line.end))
    return sorted([*sections, *plans], key=attrgetter("start"))


_YEAR_OVER = re.compile(r"(?:刚刚|即将)?过去的(?:(?P<year>20\d\d)年|一年)|过去一年[,来里]")
_NEW_YEAR = re.compile(r"(?:(?P<year>20\d\d)年|今年)是[^。]{2,60}之年")


def _of_years(named: Sequence[PeriodMention]) -> Sequence[PeriodMention]:
    """Those of single years, if there are any: 2025年和“十四五”时期工作回顾 tells of 2025 what it does not date."""
    return [p for p in named if p.iso and p.iso.isdigit()] or named


def _headed(text: str, headings: Sequence[Line], periods: Sequence[PeriodMention], today: Today) -> list[Section]:
    found: list[Section] = []
    shape: str | None = None
    starts = [p.start for p in periods]
    for line in headings:
        words = text[line.start : line.end]
        if _CAPTION.match(words) or _ISSUED.search(words):
            continue
        printed = _SHAPE.match(words)
        own = printed.lastgroup if printed else None
        inside = [
            p
            for p in periods[bisect_right(starts, line.start - 1) : bisect_right(starts, line.end)]
            if p.iso is not None
            and p.role not in _TELL_NOTHING
            and p.iso.count("-") < 2
            and p.end - p.start < len(words)
        ]
        ahead = bool(lexicon.words("ahead").search(words)) and not _BACK.search(words)
        if inside or ahead:
            named = _of_years(inside) if _BACK.search(words) else inside
            iso = named[-1].iso if named else (str(today.year) if today.reported else None)
            ahead = ahead or bool(today.reported and iso and iso[:4] > str(today.reported) and not _BACK.search(words))
            if ahead and iso and inside[-1:] and inside[-1].vague and today.year and iso[:4] < str(today.year):
                iso = _YEAR.sub(str(today.year), iso)  # 下半年打算, in June
            past = bool(_BACK.search(words)) and iso is not None and not (today.year and iso[:4] > str(today.year))
            found.append(Section(line.start, iso, "ahead" if ahead else "told", past))
            shape = own
        elif own == shape and found:
            found.append(Section(line.start))
    return found
