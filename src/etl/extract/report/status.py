"""Whether a figure is observed, a target (planned or still to come) or a standard (a tariff, threshold or limit).

The words that tell it are rules of ``reference/text_status_rules.csv``; what is looked for here are plans that hold
through their sentence.
"""

from __future__ import annotations

import re
from typing import cast

from etl.extract.report import lexicon, rules
from etl.extract.report.scan import Number
from etl.model import Status

_NEW_ITEM = re.compile(
    r"[;:](?=[一二三四五六七八九十]是|[(（][一二三四五六七八九十\d][)）]|其[一二三四五六]|第[一二三四五六],)"
)
_AHEAD = re.compile(r"(?:^|[,。;:“”‘’、(\s]|[到至于在])(?:(20\d\d)年|(明年|后年|下一?年度?))(?!之?前)")
_DONE = re.compile(r"(?:完成|实现|超过|达到)[^,。;]{0,10}$")
"""完成年度目标任务的120%: no plan for what follows."""
_LIMITS = frozenset({"最高", "不超过", "最低", "最多", "最长", "最短", "不低于", "不少于", "不得超过"})
_WITHIN = frozenset({"以内", "之内"})


def status_of(around: rules.Around, rest: str, year: int | None) -> Status:
    """Whether a figure is planned, laid down or observed, by the words of its sentence.

    ``rest``: its clause behind it; ``year``: that of publication.
    """
    if tells := rules.first("status", "first", around):
        return cast(Status, tells)
    if _is_planned(around.told, rest, year):
        return "target"
    return cast(Status, rules.first("status", "last", around) or "observed")


def around_of(number: Number, unit: str, text: str, place: tuple[int, int, int]) -> rules.Around:
    """The number as rules see it. ``place``: where its sentence starts, and where its clause starts and ends."""
    sentence_start, clause_start, _ = place
    told = text[max(sentence_start, number.start - rules.TOLD) : number.start]
    if (";" in told or ":" in told) and (items := list(_NEW_ITEM.finditer(told))):
        told = told[items[-1].end() :]  # what one item of a list plans says nothing of the next
    return rules.Around(
        unit=unit,
        value=number.numeral.value if number.numeral else rules.NONE,
        han=number.han,
        bound=number.qualifier,
        limited=number.before in _LIMITS or number.after in _WITHIN,
        before=text[max(clause_start, number.start - rules.BEFORE) : number.start],
        after=text[number.end : number.end + rules.AFTER],
        told=told,
    )


def _is_planned(told: str, rest: str, year: int | None) -> bool:
    """Whether a plan holds up to here. ``told``: the sentence up to the figure; ``rest``: the clause behind it."""
    now = lexicon.words("now")
    found = lexicon.words("future").finditer(told)
    plans = [m for m in found if not _DONE.search(told, max(0, m.start() - 12), m.start())]
    ahead = plans[-1] if plans else None
    if ahead is not None and ahead[0] == "预计" and lexicon.words("outcome").search(told, 0, ahead.start()):
        ahead = None
    if ahead is not None and not now.search(told, ahead.end()):
        named = re.search(r"20\d\d", ahead[0])
        if named is None:
            return True
        past = year is not None and int(named[0]) < year
        if lexicon.words("by_past_year" if past else "by_year").search(told[ahead.start() :] + rest):
            return True
    marked = f";{told}"  # the patterns open with a mark where a clause must
    sure = list(lexicon.words("plan").finditer(marked))
    if sure and not now.search(marked, sure[-1].end()):
        return True
    if year is None or "年" not in told:
        return False
    coming = [m for m in _AHEAD.finditer(told) if m[2] or int(m[1]) > year]
    return bool(coming) and not now.search(told, coming[-1].end())
