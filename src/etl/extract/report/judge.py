"""Whether a number is a figure a statistician would want as a row, and of what kind; or why it is none."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from etl.extract.report import lexicon, rules
from etl.extract.report.scan import Number
from etl.extract.report.status import around_of, status_of
from etl.model import Kind, Status
from etl.record import record

_PUNCTUATION = re.compile(r"[\s,.。、;:!?)\]》”’」』…—]|$")
_DATE_AFTER = re.compile(r"[日号时点](?![间产均])|月(?!度)")
_PER_BEFORE = re.compile(r"每$")
_TIME_UNITS = frozenset(
    [
        "年",
        "个月",
        "天",
        "日",
        "周",
        "个星期",
        "星期",
        "小时",
        "个小时",
        "分钟",
        "秒",
        "秒钟",
        "周年",
        "岁",
        "周岁",
        "工作日",
        "个工作日",
        "工日",
        "个工日",
    ]
)
_AGES = frozenset({"岁", "周岁"})
_MEASURES = frozenset(
    {"money", "area", "area_mu", "percent", "percentage_points", "per_mille", "multiple", "mass", "length_km", "length"}
)
_POWER_NEEDS = re.compile(r"(?:达到?|破|过|至|数|共|增加|有|约)$")
_ROUND = re.compile(r"[十百千]?[百千万亿]|十万")
"""让十万产业工人有奔头: as many as that, in rhetoric."""
_LATIN_BEFORE = re.compile(r"[A-Za-z][-—.]?$")


@record(frozen=True, slots=True)
class _Patterns:
    """Patterns around words of ``text_cues.csv``."""

    up_to: re.Pattern[str]
    """All that may stand between a noun of money and its number."""
    moved: re.Pattern[str]
    """前移3位: places of a rank, no people."""
    proportion: re.Pattern[str]
    """城乡居民收入比由上年的2.13缩小为2.07: two things compared, without a unit."""


@cache
def _patterns() -> _Patterns:
    return _Patterns(
        re.compile(rf"(?:{lexicon.any_of('up_to')})*"),
        re.compile(rf"(?:{lexicon.any_of('moved')})了?$"),
        re.compile(
            rf"(?:{lexicon.any_of('proportion')})(?:\([^()]{{0,12}}\))?"
            r"(?:[从由][^,。;]{1,12}|[^,。;]{0,6}?)(?:为|是|达到?|至|到|的)?$"
        ),
    )


@record(frozen=True, slots=True)
class Figure:
    """A number judged to be a figure."""

    unit: str
    kind: Kind
    status: Status
    direction: Literal["up", "down"] | None
    start: int
    end: int


def judge(
    number: Number,
    text: str,
    sentence_start: int,
    clause_start: int,
    clause_end: int,
    *,
    rule: bool = False,
    year: int | None = None,
) -> Figure | str:
    """The figure that ``number`` is, or a code of ``ignore_reasons.csv``.

    ``rule``: it stands in an article of a regulation; ``year``: that of publication.
    """
    before = text[max(clause_start, number.start - 24) : number.start]
    after = text[number.end : min(clause_end, number.end + 24)]
    before = before[: len(before) - number.lead] if number.lead and number.lead <= len(before) else before
    if number.numeral is None:
        return "article" if number.han else "code"
    if number.slash and not (_OF_WHOLE.match(after) or _SHARED.search(text, max(0, number.start - 12), number.start)):
        return "other"
    if before.endswith("第"):
        return _ordinal(number, text, before)
    if _PER_BEFORE.search(before) and number.unit not in ("%",):
        return "denominator" if number.unit not in _TIME_UNITS else "duration_phrase"
    if _LATIN_BEFORE.search(before) and number.unit is None:
        return "name"
    unit = number.unit
    end = number.end
    if unit is None and number.numeral.decimals and after.startswith("日"):
        unit, end = "日", end + 1  # 平均住院日9.8日: no date has a point in its day
    elif unit is None and _DATE_AFTER.match(after):
        return "date"
    if unit is None:
        found = _unit_of_list(number, text, before) or _unit_from_noun(number, text, clause_start, clause_end)
        if found is None and _INDEX.search(before) and not number.han:
            return Figure("", "index", "observed", None, number.start, end)
        to_one = number.numeral.value > 0 and number.numeral.value != 1 and _TO_ONE.match(text, end)
        if (
            found is None
            and not number.han
            and to_one
            and lexicon.words("compared").search(text, max(sentence_start, number.start - 24), number.start)
        ):
            return Figure("", "ratio", "observed", None, number.start, end)
        paired = text.startswith((":", "∶"), end)
        if found is None and not number.han and not paired and _patterns().proportion.search(before):
            return Figure("", "ratio", "observed", None, number.start, end)
        if found is None and number.numeral.multiplier >= 4 and not number.han and not re.match(r"[”」A-Za-z]", after):
            found = "元" if _of_money(before) else ""  # 比上年多1.2万: in the unit of the one before
        if found is None:
            beside = text[max(0, number.start - 3) : number.start], text[number.end : number.end + 3]
            return _reason_without_unit(number, before, after, beside)
        if _is_rhetoric(number, text, before):
            return "idiom"
        unit = found
    around = around_of(number, unit, text, (sentence_start, clause_start, clause_end))
    measured = unit in _TIME_UNITS and rules.first("reason", "time", around) == "figure"
    if number.han and not measured and (reason := _not_meant_as_number(number, around, before, unit)):
        return reason
    if (reason := rules.first("reason", "any", around)) and reason != "figure":
        return reason
    term = rule and unit not in _AGES and _TERM.search(f"{before}_{after}")
    if unit in _TIME_UNITS and not term and (reason := _time_phrase(number, before, after, measured or around.limited)):
        return reason
    kind = _kind(unit, before, after, number, text[max(clause_start, number.start - 60) : number.start])
    status = status_of(around, text[number.end : clause_end], year)
    if unit == "位":
        moved = _patterns().moved.search(before)
        unit, kind = ("位", "rank") if moved else ("人", kind)
    elif unit == "口" and lexicon.words("mouths").search(before):
        unit = "人"  # 320户1280口; wells, kilns and ponds are counted in 口, too
    direction: Literal["up", "down"] | None = None
    if kind in ("growth", "pp_change") or _changes(before):
        direction = _direction(before, after)
    return Figure(unit, kind, status, direction, number.start, end)


_OF_WHOLE = re.compile(r"(?:以[上下]|左右|多)?的[\u4e00-\u9fff]")
_SHARED = re.compile(r"(?:占|近|约|超过?|有|为|达到?|[降升增减]?[到至]|的|全[国省市县])$")
"""1/5的乡镇, 降到1/3: shares, no dates and no parts of codes."""


def _direction(before: str, after: str) -> Literal["up", "down"] | None:
    near = before[-12:]
    if lexicon.words("down").search(near) or lexicon.words("down").match(after.lstrip("的")):
        return "down"
    if brief := _BRIEFLY.search(_up_to_change(before)):
        return "down" if set(brief[0][-2:]) & _LESS else "up"
    return "up" if lexicon.words("growth").search(near) else None


_LESS = frozenset("减跌降低少慢")


def _of_money(before: str) -> bool:
    """贷款余额突破3000亿: nothing is counted but money."""
    nouns = list(lexicon.words("money_noun").finditer(before))
    return bool(nouns) and bool(_patterns().up_to.fullmatch(before.rstrip(), nouns[-1].end()))


def _is_rhetoric(number: Number, text: str, before: str) -> bool:
    bare = number.han and number.qualifier == "eq" and _ROUND.fullmatch(text, number.start, number.end)
    return bool(bare) and not _POWER_NEEDS.search(before)


def _ordinal(number: Number, text: str, before: str) -> Figure | str:
    if _MORE_ORDINALS.match(text, number.digits_end):
        return "ordinal"
    after = text[number.digits_end : number.digits_end + 2]
    counted = after[:1] in ("位", "名")
    rest = after[1:] if counted else after
    chained = bool(re.search(r"第[一二三四五六七八九十\d]+[位名]?[、和及]第$", before))
    closes = bool(_PUNCTUATION.match(rest)) or rest[:1] in ("的", "和", "及")
    if _CONDITION.match(text, number.digits_end):
        return "ordinal"
    if closes and (chained or lexicon.words("rank").search(before[:-1][-14:])):
        return Figure("位", "rank", "observed", None, number.start - 1, number.digits_end + (1 if counted else 0))
    return "enumerator" if len(before) == 1 and rest[:1] in (",", "、", ":") else "ordinal"


_CONDITION = re.compile(r"[位名](?:[^,。;]{0,2}以[上内])?的(?:,|选手|职工|个人|单位|获得者|给予|奖励|可)")
"""获得省级竞赛第一名的,奖励3万元: who gets it, no place that anybody took."""
_MORE_ORDINALS = re.compile(r"[、和及至到—-][一二三四五六七八九十\d]{1,3}[批届期次轮季版代章条款项类号组]")
"""全国第四、五批: no places."""


_LISTED = re.compile(r"(?:[、和及与]\d[\d.]*){1,8}")


def _unit_of_list(number: Number, text: str, before: str) -> str | None:
    """The unit that only the last of a list prints: 下降26.6、38.9个百分点, 分别为3、5、7家."""
    numeral = number.numeral
    if number.han or numeral is None or not (numeral.decimals or "分别" in before):
        return None
    listed = _LISTED.match(text, number.digits_end)
    return lexicon.unit_at(text, listed.end()) if listed else None


def _unit_from_noun(number: Number, text: str, clause_start: int, clause_end: int) -> str | None:
    pattern, units = lexicon.counted_nouns()
    scaled = number.numeral is not None and number.numeral.multiplier >= 3
    ahead = text[number.end : min(clause_end, number.end + (12 if scaled else 6))]
    if (m := pattern.search(ahead)) and (scaled or m.start() <= 2):
        return units[m[0]]
    if scaled and _PUNCTUATION.match(text, number.end + len(number.after) * (number.after not in ("多", "余"))):
        behind = text[max(clause_start, number.start - 12) : number.start]
        if nouns := pattern.findall(behind):
            return units[nouns[-1]]
    return None


def _reason_without_unit(number: Number, before: str, after: str, around: tuple[str, str]) -> str:
    if number.han:
        return "idiom"
    if re.match(r"\s?[、.)]", after) and len(before) == 0:
        return "enumerator"
    if re.search(r"[“《〈\"「『‘]$", before) or re.match(r"[A-Za-z”』」]", after):
        return "name"
    if re.match(r"[:∶]\s?\d", around[1]) or re.search(r"\d[:∶]$", around[0]):
        return "ratio"
    if re.match(r"[/—-]\s?\d", after) or re.search(r"\d[/—-]$", before):
        return "code"
    return "code" if number.digits_end - number.start >= 5 else "other"


def _not_meant_as_number(number: Number, around: rules.Around, before: str, unit: str) -> str | None:
    """Chinese numerals are words more often than figures: the reason, or None with evidence of counting."""
    dimension = rules.dimension_of(unit)
    numeral = number.numeral
    if numeral is None:
        return "article"
    if unit == "%":
        return None
    if number.bare_power:
        meant = number.qualifier != "eq" or _POWER_NEEDS.search(before)
        return None if meant else "idiom"
    value = numeral.value
    if dimension == "multiple" and _changes(before):
        return None  # 增加近一倍
    if value == 1:
        return "article"
    if value > 10 or number.qualifier != "eq":
        return None
    if dimension in _MEASURES:
        return None
    m = lexicon.words("shown")
    shown = any(m.fullmatch(before[-k:]) for k in (1, 2)) or rules.first("reason", "han", around)
    return None if shown else "article"


def _time_phrase(number: Number, before: str, after: str, measured: bool) -> str | None:
    exact = number.numeral is not None and number.numeral.decimals
    if number.unit in _AGES and not exact:
        told = re.search(r"(?:平均|寿命|年龄|年轻)[^,。]{0,6}$", before)
        return None if told and not after.startswith(("以上", "以下")) else "age"
    return None if exact or measured or number.before == "至少" else "duration_phrase"


_LEVEL = re.compile(r"(?:到|至|为|成)(?:了)?(?:近|约|超过?|逾|不足)?$")
_GROWTH_NEAR = re.compile(r"(?:了|达到?|约|近|超过?|逾|高达|为|幅度|突破|仅|又|最高|不低于|不少于|-|连续|平均)*$")


_GROWTH_NEAR_ENDS = frozenset("了达到约近过逾为度破仅又高于少-续均")
_BECAME = re.compile(r"[增减涨跌降升]为(?:近|约|超过?|逾|不足)?$")
"""缺工率由3.8%降为2.1%: what it came to."""
_BRIEFLY = re.compile(r"[增减涨跌降]$|(?<![公晋])升$|比[^,。;]{2,16}[高低多少快慢](?:出)?$|高出[^,。;\d]{1,12}$")
"""单产增5.2%, 比同级高出20%"""


def _up_to_change(before: str) -> str:
    """The words before a number without those that may stand between it and a word of change."""
    return _GROWTH_NEAR.sub("", before) if before[-1:] in _GROWTH_NEAR_ENDS else before


def _changes(before: str) -> bool:
    """Whether the number tells a change: a word of change directly before it, and not up to what."""
    if _BECAME.search(before):
        return False
    rest = _up_to_change(before)
    if _BRIEFLY.search(rest):
        return True
    words = list(lexicon.words("growth").finditer(before))
    if not words:
        return False
    last = words[-1]
    between = before[last.end() :]
    rate = lexicon.words("change_rate").fullmatch(last[0]) is not None
    if _LEVEL.match(between) and not rate:
        return False
    return last.end() >= len(rest) or (rate and not re.search(r"[占率至到]", between))


def _kind(unit: str, before: str, after: str, number: Number, clause: str) -> Kind:
    dimension = rules.dimension_of(unit)
    if dimension == "percent":
        if _changes(before) or _CHANGE_BEHIND.match(after):
            return "growth"
        if lexicon.words("part_of_whole").search(before[-10:]):
            return "share"  # above 100 too: a part larger than its whole is an error the checks must see
        over = number.numeral is not None and number.numeral.value > 100
        return "ratio" if over or lexicon.words("ratio").search(before[-10:]) else "share"
    if dimension in ("percentage_points", "per_mille_points", "basis_points"):
        return "pp_change"
    if dimension == "per_mille":
        return "rate"
    if dimension == "multiple":
        return "growth" if _changes(before) and not _OF_ANOTHER.search(before) else "multiple"
    if dimension.startswith("money"):
        return "money"
    if dimension in ("area", "area_mu"):
        return "area"
    if dimension.startswith("duration") or dimension in ("age", "class_hours", "workdays", "months", "years"):
        return "duration"
    if dimension.split("_")[0] in _PHYSICAL:
        return "other"
    if _PER_TEN_THOUSAND.search(unit):
        return "rate"
    if dimension == "ratio" or "/" in unit:
        return "ratio"
    if _PER_MANY.search(clause):
        return "rate"
    return "count"


_CHANGE_BEHIND = re.compile(r"的?(?:年均)?(?:增长|增速|增幅|涨幅|降幅|速度)")
_PER_TEN_THOUSAND = re.compile(r"/1?0*[十百千]?万")
_PER_MANY = re.compile(r"每(?:百|千|万|十万|百万|1?0{1,6}|\d+)[名人户个家万]?[^,。;]{0,48}$")
_OF_ANOTHER = re.compile(r"的(?:近|约|超过?)?$")
"""平均增幅的1.2倍"""
_PHYSICAL = frozenset(
    [
        "length",
        "volume",
        "mass",
        "energy",
        "power",
        "apparent",
        "temperature",
        "speed",
        "pressure",
        "concentration",
        "sound",
        "voltage",
        "frequency",
        "data",
        "freight",
        "passenger",
    ]
)


_TERM = re.compile(r"满_|(?:期|期限|时间|期间|时限)(?:为|是|不超过|不少于)?_|_个?(?:工作)?日[以之]?内|^[^_]*_[以之]?内")
_INDEX = re.compile(r"指数(?:\([^()]{0,12}\))?(?:平均)?(?:为|达到?|是|升[至到]|降[至到])?$")
_TO_ONE = re.compile(r"[:∶]1(?!\s?\d|[.:∶])")
"""收入比由2.88:1缩小到2.84:1, but not the score of a match: the words must compare."""
