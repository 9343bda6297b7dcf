"""The period of a figure: from its clause, its sentence, the sentences before it, else the day of publication."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from etl.extract.report.lexicon import label_words, words
from etl.model import Basis, Period, TimeType
from etl.normalise.numbers import parse_numeral
from etl.normalise.periods import PeriodMention, Today, find_periods
from etl.record import record

_NEW_ITEM = re.compile(
    r"(?:[一二三四五六七八九十]是|首先|其次|再次|第[一二三四五六][,、]|[((][一二三四五六七八九十][))]|\d{1,2}\.)"
)
_RISEN_TO = re.compile(
    r"(?:升|增|降|减|长|加|高|低|少|展|大|缩|跃|跌|落|滑|涨|变|扩|整|化)(?:至|到|为|成)"
    r"了?(?:每[人月年日户名家])*(?:约|近|超过?|逾|最高|最低)?$"
)
_RISEN_REACH = 10
_LISTED = re.compile(r"(?<![\d.])(?:\d[\d.]*%? ?[:∶、和及与] ?)+$")
_OF_THEN = re.compile(r"[末底]?的(?:近|约|超过?)?")
_JOINS = frozenset(":∶、和及与 ")
_LISTED_REACH = 48
_LIST_GOES_ON = re.compile(r"(?:\d[\d.]*%?(?: ?[:∶、和及与] ?(?=\d))?){2,6}")
_CHANGES_TO = re.compile(rf"(?:{label_words('change')})(?:至|到|为)")
_FROM = re.compile(r"(?:从|由|比|较)")
_SPAN_OF_PLAN = re.compile(r"用(?:大约|约|近)?([\d一二两三四五六七八九十]{1,3})年")
_YEARLY_FLOW = re.compile(
    r"(?<![\d一二三四五六七八九十今去明前每当本全近多半老青少中成新整上同过几两往早后])"
    r"年(?:均|产|可)?(?![\d度底末初前后来内以终会龄轻级])"
)
_BASE_LEAD = re.compile(r"(?:是|为|占|相当于|等于|达到?|恢复(?:到|至)?)[“「]?$")
_OF_BASE = re.compile(r"[到至是为占]$")
_BASE = re.compile(r"[”」]?(?:同期|全年)?[^,。;]{0,6}的(?:近|约)?(?:[\d.]+%?[、和及])*")
_OLD_YEAR = re.compile(rf"的?[^,。;]{{0,40}}?(?:{label_words('change')})(?:至|到|为|成)")
"""Behind 由2017年 in 由2017年的60万人增至100万人: the year of the old value and of nothing else."""
_YEARLY_PLAN = re.compile(
    r"(?:年度|全年|年初)[^,。;]{0,16}$|控制在[^,。;\d]{0,4}$"
    r"|完成[^,。;]{0,10}(?<!季度)(?<!半年)(?<!月度)(?:目标|计划|任务)(?:任务)?[^,。;\d]{0,6}$"
)
_YEARLY_PLAN_AFTER = re.compile(r"[^,。;]{0,10}的(?:年度|全年)?[^,。;\d]{0,4}(?:目标|计划|任务)")
_LAST_WORD = re.compile(r"[)。;!?\s]{0,4}")
"""Behind a period that ends its sentence, and so dates the figures before it: 有床位120张(截至2023年6月)."""
_HAN = re.compile(r"[\u4e00-\u9fff\d]")
_AMOUNTS = re.compile(r"[^,。;\d比增升减降高低多少]{0,8}")
"""Between 去年同期 and a figure that is of it, not of a change against it."""
_AT_EVENT = re.compile(
    r"在[^,。;]{0,20}第[一二三四五六七八九十\d]{1,3}[届次][^,。;]{2,30}[上中],"
    rf"|[“]?(?:{words('holiday').pattern})[”]?(?:小?长假|假期|假日|黄金周|期间)"
)
_SAID_BEFORE = 60
"""How far back, in characters, a figure looks for the word that tells whether it is of a time."""
_LEAD_IN = 8
"""A period this close to the start of its sentence sets the time of the sentences after it as well."""


_OWN_YEAR = re.compile(r"\d{4}|[一二][九〇零○].{2}")
_YEAR_OF = re.compile(r"(?<![-\d])\d{4}")
_OTHER_YEAR = re.compile(r"[今去明前上本]年")
_ISSUE = re.compile(r"\s?(?:第|总第)[\d一二三四五六七八九十]+[期号]")
_PART_OF_YEAR = re.compile(r"\d{4}-(?:[SQ]\d|\d\d)(?:/\d{4}-(?:Q\d|\d\d))?")
_PART_OR_DAY = re.compile(rf"{_PART_OF_YEAR.pattern}|\d{{4}}-\d\d-\d\d")
_UP_TO_NOW = re.compile(
    r"(?:今年|(?:19|20)\d\d年)?(?:前[\d一二三四五六七八九十]{1,2}个?(?:月|季度)|上半年|1[-—~至到]\d{1,2}月)"
)
"""前7个月某省外贸…: what a headline opens its figures with."""
_FIRST_LINES = 80
"""Characters below its titles in which a monthly briefing tells of which months it is."""
_REPORTS_ON = re.compile(r"[^,。;\n]{0,10}(?:运行情况|运行形势|主要数据|主要指标)")
"""Behind the time that a press conference reports on: 举行2023年上半年经济运行情况新闻发布会."""
_HEARD_FROM = re.compile(
    rf"(?:【[^】\n]{{1,20}}】)?(?:据[^,。\n]{{2,20}},|[^,。;\n]{{2,60}}(?:{label_words('told')})[,:][“]?)?"
)
"""What may open a sentence before its time: 【对外贸易】据某海关统计,1-7月…, 当天发布的数据显示,12月份…"""
_YEARS = re.compile(r"\d{4}/(\d{4})")
_HAN_PAIR = re.compile(r"[\u4e00-\u9fff]{2}")
_COUNTED = re.compile(r"[\d一二三四五六七八九十百]{1,5}[余多]?[个家]")
_BODIES_BEFORE = re.compile(rf"(?:{words('bodies').pattern})(?:有|共有?|达)?$")
_ALL_OF = re.compile(r"[全我][省市州盟县区旗]$")
_DIVISION = re.compile(r"(?:市州|县区|区县|县市区|乡镇|街道|市|县|区)(?![级域块内直属])")


def _last_month(iso: str) -> tuple[int, int] | None:
    """The year and month that a part of a year ends with."""
    last = iso.rpartition("/")[2]
    m = re.fullmatch(r"(\d{4})-(?:S(\d)|Q(\d)|(\d\d))", last)
    return (int(m[1]), int(m[2] or 0) * 6 + int(m[3] or 0) * 3 + int(m[4] or 0)) if m else None


@dataclass(frozen=True, slots=True)
class Default:
    """The period of what the text does not date."""

    iso: str | None
    basis: Basis | None


def bulletin_year(title: str) -> str | None:
    """The year that the title of a bulletin or of a yearly report names (2022年度…统计公报), if it names one."""
    if not (words("bulletin").search(title) or words("yearly").search(title)):
        return None
    named = [m.iso for m in find_periods(unicodedata.normalize("NFKC", title), Today()) if m.iso and m.role == "when"]
    return named[0] if len(named) == 1 and named[0].isdigit() else None


@record(frozen=True, slots=True)
class Asked:
    """A figure whose period is asked for."""

    at: int
    """Where it starts."""
    clause: tuple[int, int]
    sentence: tuple[int, int]
    paragraph: int
    """Where the text starts that can date it."""
    target: bool
    rule: bool
    """It stands in a section that lays rules down: only years that are printed date it."""
    standard: bool


class Calendar:
    """Period mentions of a flow by place, and what was last said before a place. ``sentences``: where they start."""

    def __init__(self, text: str, mentions: Sequence[PeriodMention], today: Today, sentences: Sequence[int]) -> None:
        self._text = text
        self._sentences = sentences
        self._mentions = [m for m in mentions if m.role not in ("compare", "origin", "name")]
        self._starts = [m.start for m in self._mentions]
        self._compared = [m for m in mentions if m.role == "compare" and m.iso is not None]
        self._compared_starts = [m.start for m in self._compared]
        self._today = today

    def default_for(self, article: tuple[int, int], titles_end: int, fallback: Default) -> Default:
        """The period of an article's undated figures: a year in its title, or the one its first sentence opens with."""
        start, end = article
        bulletin = words("bulletin").search(self._text, start, titles_end)
        for m in self._between(start, titles_end):
            of_part = bulletin or _UP_TO_NOW.match(m.text)
            if of_part and m.iso is not None and m.role == "when" and _PART_OF_YEAR.fullmatch(m.iso):
                return Default(m.iso, "title")
            if m.iso is not None and m.role == "when" and _OWN_YEAR.match(m.text) and "-" not in m.iso:
                if _ISSUE.match(self._text, m.end):
                    continue
                if self._today.reported and m.iso == str(self._today.year):
                    return Default(str(self._today.reported), fallback.basis)  # 2024年政府工作报告, given in January
                return Default(m.iso, "title")
        opening = self._between(titles_end, min(end, titles_end + _LEAD_IN))
        for m in opening[:1]:
            if (
                not (self._is_old(m) or _OF_BASE.search(self._text, titles_end, m.start))
                and m.role == "when"
                and m.iso is not None
                and _OWN_YEAR.match(m.text)
                and "-" not in m.iso
            ):
                return Default(m.iso, "article")
        if words("periodic").search(self._text, start, titles_end):
            for m in self._between(titles_end, min(end, titles_end + _FIRST_LINES)):
                if m.iso is not None and _PART_OF_YEAR.fullmatch(m.iso) and _UP_TO_NOW.match(m.text):
                    return Default(m.iso, "article")
        for m in self._between(titles_end, min(end, titles_end + _FIRST_LINES)):
            if m.iso is not None and _PART_OF_YEAR.fullmatch(m.iso) and _REPORTS_ON.match(self._text, m.end):
                return Default(m.iso, "article")
        if self._today.reported:
            return Default(str(self._today.reported), fallback.basis)
        if (
            self._today.year
            and self._today.month in (1, 2, 3)
            and words("yearly").search(self._text, start, max(titles_end, start + 1))
        ):
            return Default(str(self._today.year - 1), fallback.basis)
        return fallback

    def period(self, asked: Asked, default: Default) -> Period:
        """The period of a figure; ``default`` is that of what is undated where it stands."""
        found = self._period(asked, default)
        years = _YEARS.fullmatch(found.iso or "") if found.basis in ("text", "section") else None
        if years and self._risen_to(asked.sentence[0], asked.at):
            # “十三五”期间由3200户减少到25户: so many were left in its last year
            return Period(years[1], found.basis, found.printed)
        return found

    def _period(self, asked: Asked, default: Default) -> Period:
        at, clause, sentence, target, standard = asked.at, asked.clause, asked.sentence, asked.target, asked.standard
        start, end = sentence
        inside = [m for m in self._between(start, end) if not asked.rule or _OWN_YEAR.match(m.text)]
        usable = [m for m in inside if m.iso is not None and (m.role != "until" or target)]
        before = [m for m in usable if m.start < at and not self._is_base(m, at)]
        if self._risen_to(start, at):
            before = [m for m in before if not (self._opens_from(m, clause[0]) or self._is_old(m))]
        elif (origin := self._origin(at, clause, start)) is not None and not [m for m in before if m.start >= origin]:
            return self._old((start, end), (origin, at), before, default)
        elif origin is None:
            before = [m for m in before if not self._is_old(m)]
        if (other := self._compared_value(at)) is not None:
            return Period(other.iso, "text", other.text, other.time_type)
        if (base := self._same_time(clause[0], at)) is not None:
            now = before[-1] if before else self._carried(start, asked.paragraph, clause, default, lasting=False)
            return self._year_before(base, now.iso if now else default.iso)
        if not target and before and self._is_standing(before[-1], at, clause[0]):
            span = _YEARS.fullmatch(before[-1].iso or "")
            return Period(span[1], "text", before[-1].text) if span else Period(default.iso, default.basis)
        said = [m for m in inside if m.start < at]
        open_ended = said and (said[-1].role == "since" or (target and said[-1].role == "until"))
        if said and said[-1].iso is None and (open_ended or _OTHER_YEAR.match(said[-1].text)):
            return Period(None, None, said[-1].text, said[-1].time_type)
        if before:
            return self._told(before[-1], at, clause[0], target)
        later = inside[0] if len(inside) == 1 and inside[0] in usable else None
        if later is not None and later.start > at and _LAST_WORD.fullmatch(self._text, later.end, end):
            return self._told(later, at, clause[0], target)
        if not said and not target and not words("forward").search(self._text, start, end):
            goes_on = self._text.startswith("其中", start)
            lasting = not goes_on and (standard or self._is_lasting(sentence[0], at))
            carried = self._carried(start, asked.paragraph, (clause[0], at), default, lasting=lasting)
            if carried is not None and standard and not self._laid_down(carried, start):
                carried = None  # 去年,…。对获奖者每人奖励2万元: what is paid now
            if carried is not None:
                return self._of_carried(carried, at, clause[0], sentence)
        if target and not said and (planned := self._planned_for(start, asked.paragraph)) is not None:
            return Period(planned.iso, "section", planned.text, planned.time_type)
        if target and default.iso is not None and default.iso == str(self._today.reported):
            return Period(str(self._today.year), default.basis)  # what a report of January plans is of the new year
        if target and default.iso is not None and (default.basis == "title" or self._is_yearly(clause[0], at)):
            return Period(default.iso[:4], default.basis)  # what a bulletin of a half-year plans, it plans for the year
        in_part = default.iso and default.basis == "title" and _PART_OF_YEAR.fullmatch(default.iso)
        if default.iso and in_part and (standard or self._is_lasting(start, at)):
            return Period(default.iso[:4], "title")
        return Period(default.iso, default.basis)

    def _of_carried(self, carried: PeriodMention, at: int, clause: int, sentence: tuple[int, int]) -> Period:
        """The period of a figure that an earlier sentence dates."""
        iso = carried.iso or ""
        turned = _PART_OF_YEAR.fullmatch(iso) and not self._goes_on(carried, sentence, at)
        if turned or (_PART_OF_YEAR.fullmatch(iso) and self._is_event(sentence[0])):
            return Period(iso[:4], "section", carried.text)
        if (span := _YEARS.fullmatch(iso)) and self._is_standing(carried, at, clause):
            return Period(span[1], "section", carried.text)
        told = self._text[clause:at]
        spans = iso and "-" not in iso and ("全年" in told or words("flow").search(told))
        kind: TimeType = "period" if spans and carried.time_type == "point" else carried.time_type
        return Period(carried.iso, "section", carried.text, kind)

    def _is_lasting(self, start: int, at: int) -> bool:
        """Whether the figure at ``at`` tells what there is (总量, 能力) and not what happened over a time.

        The last word that tells either decides, in the figure's clause or before it in the sentence from ``start``.
        """
        told, stock = self._last("flow", start, at), self._last("stock", start, at)
        return stock is not None and (told is None or stock > told)

    def _last(self, group: str, start: int, at: int) -> int | None:
        """Where the last word of a group starts shortly before ``at``."""
        near = words(group).finditer(self._text, max(start, at - _SAID_BEFORE), at)
        return max((m.start() for m in near), default=None)

    def _is_standing(self, m: PeriodMention, at: int, clause: int) -> bool:
        """Whether a figure behind 五年来 or 上半年 tells what there is at the end, not what came about over that time.

        That is how many take part (2018年以来,18家成员单位…) and, in a clause of its own behind a part of a year, what
        there is by now (上半年…,已有83人…).
        """
        text = self._text
        if _YEARS.fullmatch(m.iso or ""):
            return self._takes_part(at, clause)
        in_part = m.iso is not None and _PART_OF_YEAR.fullmatch(m.iso)
        return bool(in_part and m.end <= clause and words("by_now").search(text, clause, at))

    def _takes_part(self, at: int, clause: int) -> bool:
        """Whether bodies that are there anyway are counted: 18家成员单位, 成员单位18家, 全市16个区."""
        if _BODIES_BEFORE.search(self._text, max(clause, at - 10), at):
            return True
        counted = _COUNTED.match(self._text, at)
        if counted is None:
            return False
        all_of = _ALL_OF.search(self._text, max(clause, at - 2), at)
        return bool(
            words("bodies").match(self._text, counted.end()) or (all_of and _DIVISION.match(self._text, counted.end()))
        )

    def _goes_on(self, m: PeriodMention, sentence: tuple[int, int], at: int) -> bool:
        """Whether a sentence still tells of the part of a year that an earlier one named.

        In a report right after that time it does; later it does unless it turns to another activity: 前三季度,发放
        补贴118万元。推动91家企业开展协商。
        """
        today, ends = self._today, _last_month(m.iso or "")
        if m.time_type == "point" or today.year is None or today.month is None or ends is None:
            return True
        if (today.year - ends[0]) * 12 + today.month - ends[1] <= 1:
            return True
        act = words("acts").search(self._text, *sentence)
        if act is None or words("goes_on").match(self._text, sentence[0]):
            return True
        if words("same_time").search(self._text, *sentence):
            return True
        told = self._text[m.end : max(m.end, self._text.find("。", m.end, sentence[0] + 1))]
        noun = self._text[at - 2 : at]
        return act[0] in told or (_HAN_PAIR.fullmatch(noun) is not None and noun in told)

    def _laid_down(self, m: PeriodMention, sentence: int) -> bool:
        """Whether the time of an earlier sentence is that of a rule (2023年,…出台办法。…), or the present year."""
        year = str(self._today.reported or self._today.year or "")
        return (m.iso or "")[:4] == year or bool(words("laid_down").search(self._text, m.end, sentence))

    def _is_event(self, sentence: int) -> bool:
        """在第三届运动会上,…; 国庆期间,…: that happened then, not over the months named before."""
        return bool(_AT_EVENT.match(self._text, sentence))

    def _between(self, start: int, end: int) -> list[PeriodMention]:
        return self._mentions[bisect_left(self._starts, start) : bisect_left(self._starts, end)]

    def _is_base(self, m: PeriodMention, at: int) -> bool:
        """是2020年的1.8倍, 占上年的四成: the year of the base, not of the figure."""
        told = _BASE_LEAD.search(self._text, max(0, m.start - 5), m.start)
        return bool(told and _BASE.match(self._text, m.end, at + 1))

    def _opens_from(self, m: PeriodMention, clause: int) -> bool:
        """从2015年的…, 由五年前的…: the time of the old value only."""
        return m.start >= clause and bool(_FROM.search(self._text, max(clause, m.start - 2), m.start))

    def _risen_to(self, sentence: int, at: int) -> bool:
        """Whether the figure at ``at``, or the list that it ends, is what something rose to."""
        opens = self._list_start(sentence, at)
        return bool(_RISEN_TO.search(self._text, max(sentence, opens - _RISEN_REACH), opens))

    def _list_start(self, sentence: int, at: int) -> int:
        """Where the list of bare numbers and shares starts that ends before ``at``: 由9.5%、40.1%和50.4%调整为…"""
        if self._text[at - 1 : at] not in _JOINS:
            return at
        listed = _LISTED.search(self._text, max(sentence, at - _LISTED_REACH), at)
        return listed.start() if listed else at

    def _origin(self, at: int, clause: tuple[int, int], sentence: int) -> int | None:
        """Where 从 or 由 opens the old value of 由…提高到…, if the figure at ``at`` is one."""
        listed = self._list_start(sentence, at)
        first = max(sentence if listed < at else clause[0], listed - 16)
        lead = self._text[first:listed]
        opens = max(lead.rfind("从"), lead.rfind("由"))
        if opens < 0 or re.search(r"[、,和]", lead[opens + 1 :]):
            return None
        behind = _LIST_GOES_ON.match(self._text, at)
        end = behind.end() if behind else at
        change = _CHANGES_TO.search(self._text, end, end + 28 if behind else min(clause[1], at + 28))
        return first + opens if change else None

    def _is_yearly(self, clause: int, at: int) -> bool:
        """Whether a target is one of the year: 完成年度目标任务4.8万人的59%, 低于4%的年度控制目标."""
        return bool(_YEARLY_PLAN.search(self._text, clause, at) or _YEARLY_PLAN_AFTER.match(self._text, at))

    def _is_old(self, m: PeriodMention) -> bool:
        """Whether a period is that of an old value: 由2017年的60万人增至100万人."""
        return bool(
            _FROM.search(self._text, max(0, m.start - 2), m.start) and _OLD_YEAR.match(self._text, m.end, m.end + 60)
        )

    def _old(
        self, sentence: tuple[int, int], lead: tuple[int, int], before: Sequence[PeriodMention], default: Default
    ) -> Period:
        """The period of an old value without one of its own: what its sentence compares with, or last took as old.

        ``lead`` reaches from 从 or 由 to the figure.
        """
        start, at = sentence[0], lead[1]
        compared = self._compared[bisect_left(self._compared_starts, start) : bisect_left(self._compared_starts, at)]
        old = [m for m in before if self._is_old(m)]
        now = next((m.iso for m in reversed(before) if m not in old), default.iso)
        if "年初" in self._text[lead[0] : at]:
            years = set(_YEAR_OF.findall(now or ""))
            return Period(years.pop() if len(years) == 1 else None, "text", "年初")
        last = max((*compared, *old), key=lambda m: m.start, default=None)
        if last is None:
            return self._long_ago(sentence, at, before)
        if not last.text.endswith("同期"):
            return Period(last.iso, "text", last.text, last.time_type)
        return self._year_before(last, now)  # 由去年同期的38%提高到45%

    def _compared_value(self, at: int) -> PeriodMention | None:
        """The time of what a value is compared with: 比2021年的800万元增加50%."""
        i = bisect_left(self._compared_starts, at) - 1
        last = self._compared[i] if i >= 0 else None
        if last is None or last.text.endswith("同期"):
            return None
        return last if _OF_THEN.fullmatch(self._text, last.end, at) else None

    def _same_time(self, clause: int, at: int) -> PeriodMention | None:
        """The 去年同期 that the clause of a figure opens with: 上半年新增5.6万人,去年同期为4.9万人."""
        found = self._compared[bisect_left(self._compared_starts, clause) : bisect_left(self._compared_starts, at)]
        last = found[-1] if found and found[-1].text.endswith("同期") else None
        opens = last is not None and not _HAN.search(self._text, clause, last.start)
        return last if last is not None and opens and _AMOUNTS.fullmatch(self._text, last.end, at) else None

    @staticmethod
    def _year_before(base: PeriodMention, now: str | None) -> Period:
        """The period ``now`` in the year that 去年同期 names, if that is the year before."""
        years = sorted(set(_YEAR_OF.findall(now or "")))
        if len(years) != 1 or base.iso is None or int(base.iso[:4]) != int(years[0]) - 1:
            return Period(None, None)
        return Period(_YEAR_OF.sub(base.iso[:4], now or ""), "text", base.text)

    def _long_ago(self, sentence: tuple[int, int], at: int, before: Sequence[PeriodMention]) -> Period:
        """The first year of 2018年至2021年,…由8.9%升至16.1%, the base of 由1050个增至3126个,是五年前的近3倍."""
        base = next((m for m in self._between(at, sentence[1]) if m.iso and self._is_base(m, sentence[1])), None)
        if base is not None:
            return Period(base.iso, "text", base.text)
        span = before[-1] if before else None
        if (
            span is not None
            and span.iso
            and _YEARS.fullmatch(span.iso)
            and _OWN_YEAR.match(span.text)
            and span.role == "when"
        ):
            return Period(span.iso[:4], "text", span.text)
        return Period(None, None)

    def _carried(
        self,
        start: int,
        paragraph: int,
        words_before: tuple[int, int],
        default: Default,
        *,
        lasting: bool,
    ) -> PeriodMention | None:
        """The period that opened an earlier sentence of the paragraph, unless a new item began since.

        ``words_before`` is the clause up to the figure: a day or month's end (6月末) speaks for what stands at a time,
        not for what happened over one. ``lasting``: the figure tells what there is, which a quarter does not date.
        """
        if _NEW_ITEM.match(self._text, start) or words("present").search(self._text, *words_before):
            return None
        earlier = self._between(paragraph, start)
        for m in reversed(earlier):
            opened = self._sentences[max(0, bisect_left(self._sentences, m.start + 1) - 1)]
            if m.iso is None or m.role in ("until",):
                return None
            if self._quoted_before(opened, start):
                return None
            if m.role == "now" or m.iso.count("-") >= 2 * (1 + m.iso.count("/")):
                return None
            if _FROM.search(self._text, max(opened, m.start - 2), m.start) and self._text[m.end : m.end + 1] == "的":
                continue  # 由2017年的…增加到…: the time of an old value
            if self._is_base(m, start):
                continue  # …,是2019年的1.5倍。
            if opened > paragraph and self._tells_a_beginning(m, default):
                return None
            if lasting and m.time_type == "period" and _PART_OF_YEAR.fullmatch(m.iso):
                return None
            if m.time_type == "point" and "-" in m.iso:
                told = self._text[words_before[0] : words_before[1]]
                spanned = bool(default.iso and "-" in default.iso and default.basis in ("title", "section"))
                spanned = spanned or any(e.time_type == "period" and e.start < m.start for e in earlier)
                if words("flow").search(told) or (spanned and not words("standing").search(told)):
                    continue
            heard = _HEARD_FROM.match(self._text, opened)
            return m if m.start - (heard.end() if heard else opened) <= _LEAD_IN else None
        return None

    def _planned_for(self, start: int, paragraph: int) -> PeriodMention | None:
        """The time to come that opened an earlier sentence: 到2025年,培训60万人次。技能人才达到85万人。"""
        earlier = self._between(paragraph, start)
        m = earlier[-1] if earlier else None
        if m is None or m.iso is None or not (m.role == "until" or self._text[m.start - 1 : m.start] in ("到", "至")):
            return None
        opened = self._sentences[max(0, bisect_left(self._sentences, m.start + 1) - 1)]
        return m if m.start - opened <= _LEAD_IN else None

    def _tells_a_beginning(self, m: PeriodMention, default: Default) -> bool:
        """去年,领导小组调整为协调小组: in the midst of a paragraph that dates the change and nothing that followed."""
        clause = re.split(r"[,。;]", self._text[m.end : m.end + 60].lstrip(","))[0]
        begun = words("beginning").search(clause) is not None and re.search(r"\d", clause) is None
        return begun and bool(default.iso and m.iso and m.iso.isdigit() and m.iso < default.iso[:4])

    def _quoted_before(self, opened: int, start: int) -> bool:
        """Whether the sentence at ``opened`` stands in a quotation that closed before ``start``."""
        if self._text[opened : opened + 1] != "“":
            return False
        closed = self._text.find("”", opened, start)
        return closed > 0 and self._text[closed - 1] in "。!?"

    def _told(self, mention: PeriodMention, at: int, clause: int, target: bool) -> Period:
        iso = mention.iso
        planned = target and iso is not None and _PART_OR_DAY.fullmatch(iso) and mention.role == "when"
        if planned and iso is not None and mention.start < clause and self._is_yearly(clause, at):
            return Period(iso[:4], "text", mention.text)  # 1-6月完成年度目标任务4.8万人的59%
        if planned and mention.start < clause and words("announced").search(self._text, mention.end, at):
            return Period((iso or "")[:4], "text", mention.text)  # 11月,省教育厅印发方案,力争培训3000人
        if target and mention.role == "since" and iso is not None:
            first = iso.partition("/")[0]
            iso = first
            plan = _SPAN_OF_PLAN.search(self._text, mention.start, at)
            years = parse_numeral(plan[1]) if plan else None
            if years is not None and first.isdigit():
                iso = f"{first}/{int(first) + int(years.value) - 1}"
        if mention.role == "now" and iso is not None and _YEARLY_FLOW.search(self._text, max(0, clause - 1), at):
            iso = iso[:4]  # 如今驿站达1.2万个,年服务2000万人次
        return Period(iso, "text", mention.text, mention.time_type)
