"""What a label takes from before its own clause: the whole of a part, the figure of a growth, who acts, what is meant.

Every earlier clause of a sentence has a role that its words tell: it counts something of its own, it adds a growth,
rank or share to the figure before it, it is a part (其中), it tells what an action led to (带动, 惠及). What the own
words lack tells which of them is needed.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from enum import Enum, auto

from etl.extract.report.lexicon import label_ends, label_words, place_words
from etl.record import record

MAX_LABEL = 60
ENOUGH = 20
"""Own words as long as this can be understood alone."""
ALONE = 12
"""Own words as long as this name what is counted with its qualifiers, if they are no growth, part or result."""
SAYS_LITTLE = 6
"""Words shorter than this take in the clause before, if nothing else tells of what they are."""
BARE = 3
"""Words shorter than this say nothing alone."""
_SIBLING = 6
"""Own words longer than this need no head that counts the like."""
_REACH = 8
"""How many figures of the paragraph back an elliptic one looks for what it counts."""

Hole = tuple[int, int]

_CHANGE = label_words("change")
_ASIDE = re.compile(
    rf"(?:(?:[两二三四五六七八九十]{{1,2}}?(?:{place_words('rank')}|者)|其|合计|共)?(?:{label_words('aside')}))"
    rf"|(?:年均|平均|净|再)?(?:{_CHANGE})了?$"
    r"|(?:合计|总计|共计|累计)$|(?:该|此|这)项"
    r"|(?:完成|超额完成|实现)[^,]{0,20}(?:任务|目标|计划|预算)[^,]{0,4}$"
)
_PART = re.compile(label_words("part"))
_RESULT = re.compile(label_words("dependent"))
_ADVERBS = rf"(?:{label_words('adverb')})*"
_ACTION = re.compile(rf"{_ADVERBS}(?:{label_words('verb')}|{label_words('act')})")
_SUBJECT = re.compile(
    rf"(?P<subject>[^,]{{2,24}}?){_ADVERBS}(?:{label_words('verb')}|{label_words('have')}|{label_words('splits')})"
)
_SETTING = re.compile(label_words("splits"))
_MEASURE = re.compile(rf"(?:{label_words('measure')}|{label_words('measure_last')})$")
_MEASURE_CHANGES = re.compile(rf"(?:{label_words('measure')}),(?:同比|比上年|增长|下降|年均)")
_AMONG = re.compile(r"(?:(?<!其)[中里内]|方面|当中|期间)$")
_AMONG_ENDS = frozenset("中里内面间")
_HEARD = re.compile(
    rf"据(?:悉|了解|介绍|统计|透露)$|据[^,]{{2,20}}报[道导]$|会[上后]$|[^,]{{2,60}}(?:{label_words('told')})$"
    r"(?<!职称|名称|简称|号称|统称|俗称|小说|传说|学说)(?<!职业介绍|就业介绍)"
)
"""From whom it was heard says nothing of what is measured."""
_HEARD_BY_REPORTER = re.compile(r"记者.{0,24}(?:获悉|了解到?|采访)$")
_HEARD_ENDS = frozenset("悉解绍计露到访道导上后").union(label_ends("told"))
_OCCASION = re.compile(
    rf"[^,]{{2,40}}(?:{label_words('office')})$|[^,]*(?:召开|举行|举办)[^,]*(?:{label_words('event')})$"
)
_OCCASION_ENDS = label_ends("office") | label_ends("event")
"""Who told it (省总工会党组书记) and where (召开新闻发布会): before 某某介绍 that tells nothing of what is measured."""


@record(frozen=True, slots=True)
class Told:
    """An earlier clause of a figure's sentence."""

    words: str
    counts: bool
    """It holds a figure of its own."""
    closes: bool
    """An item of a list ends with it (;)."""
    unit: str
    """Of its last figure."""
    behind: str
    """What its last figure tells of: 班组 in 平均年龄38岁的班组."""
    empty: bool
    """It tells nothing, or from whom it was heard."""
    aside: bool
    """It counts a growth, rank or share of the figure before it."""
    part: bool
    result: bool
    setting: bool
    """It tells how or under what, not of whom: 坚持以赛促学, 经过三年努力."""
    condition: bool
    """A rule opens with it: 获得市级竞赛前三名的,奖励5000元."""

    @classmethod
    def of(
        cls, words: str, *, counts: bool, closes: bool, unit: str = "", behind: str = "", condition: bool = False
    ) -> Told:
        return cls(
            words,
            counts,
            closes,
            unit,
            behind,
            empty=len(words) < 2 or (not counts and _is_heard(words)),
            aside=bool(_ASIDE.match(words)),
            part=counts and bool(_PART.match(words)),
            result=counts and bool(_RESULT.match(words)),
            setting=not counts and bool(_SETTING.match(words)) and not _is_among(words),
            condition=condition and len(words) > BARE + 1,
        )


def _is_heard(words: str) -> bool:
    return words[-1:] in _HEARD_ENDS and bool(_HEARD.match(words) or _HEARD_BY_REPORTER.search(words))


def _is_occasion(clause: Told) -> bool:
    words = clause.words
    return not clause.counts and words[-1:] in _OCCASION_ENDS and _OCCASION.match(words) is not None


def _is_among(words: str) -> bool:
    """Whether they tell of what something is one: 全市企业中, 住房方面."""
    return words[-1:] in _AMONG_ENDS and _AMONG.search(words) is not None


class _Need(Enum):
    NOTHING = auto()
    FIGURE = auto()
    WHOLE = auto()
    ACTION = auto()
    HEAD = auto()
    SUBJECT = auto()


def in_context(
    label: str, clause: Callable[[int], Told], count: int, unit: str, *, inner: bool = False, based: bool = False
) -> str:
    """``label`` behind what it needs of the ``count`` clauses before it.

    ``inner``: it tells what it is a part or growth of; ``based``: it names the base of a comparison only.
    """
    words = [label]
    if not count:
        return label[:MAX_LABEL]
    need = _Need.FIGURE if based else _need(label.partition(",")[0] if inner else label)
    told = _after_the_speaker([clause(i) for i in range(count)]) if need is not _Need.NOTHING else []
    i = count
    if need in (_Need.SUBJECT, _Need.HEAD, _Need.ACTION) and (rule := _condition(told)) and rule not in label:
        words.append(rule)
        need = _Need.NOTHING
    while need is not _Need.NOTHING and (j := _referent(need, told[:i], words[-1], unit)) is not None:
        found = _subject(told[j]) if need is _Need.SUBJECT else told[j].words
        if found and found not in label:
            words.append(found)
        if need is _Need.SUBJECT or (need is _Need.HEAD and not told[j].counts and len(found) > BARE):
            break
        need, i, unit = _need(found), j, told[j].unit
    if len(words) == 1 and len(label) < SAYS_LITTLE and told:
        before = told[-1]
        if not (before.counts or before.empty or before.aside or before.setting or before.closes):
            words.append(before.words)  # 举办大赛,设置工种36个
    first = next((t for t in told or map(clause, range(count)) if not t.empty), None)
    if first is not None and _is_among(first.words) and not any(first.words in w for w in words):
        words.append(first.words)
    return joined(words[::-1])


def _condition(told: Sequence[Told]) -> str:
    """What must hold for what the last clause of an item lays down, if it says so."""
    for clause in reversed(told):
        if clause.closes:
            break
        if clause.condition:
            return clause.words
    return ""


def _after_the_speaker(told: Sequence[Told]) -> Sequence[Told]:
    """The clauses, those empty that tell who spoke where: 召开新闻发布会,省总工会副主席,省产改办主任某某介绍."""
    heard = next((k for k in range(len(told) - 1, -1, -1) if _is_heard(told[k].words)), 0)
    return [replace(t, empty=True) if k < heard and _is_occasion(t) else t for k, t in enumerate(told)]


def is_aside(words: str) -> bool:
    """Whether they tell a growth, rank or share of a figure told before: 同比增长, 高于全国."""
    return _ASIDE.match(words) is not None


def _need(words: str) -> _Need:
    if not words or _ASIDE.match(words):
        return _Need.FIGURE
    if _PART.match(words):
        return _Need.WHOLE
    if _RESULT.match(words):
        return _Need.ACTION
    if len(words) >= ENOUGH or (len(words) >= 5 and (_MEASURE.search(words) or _MEASURE_CHANGES.search(words))):
        return _Need.NOTHING
    if (act := _ACTION.match(words)) and act.end() + 2 <= len(words):
        return _Need.SUBJECT
    return _Need.HEAD


def _referent(need: _Need, told: Sequence[Told], own: str, unit: str) -> int | None:
    """The clause that gives what is needed; one of the same item (up to ;) but for words that are too short."""
    floor = next((k + 1 for k in range(len(told) - 1, -1, -1) if told[k].closes), 0)
    across = len(own) <= BARE or need in (_Need.FIGURE, _Need.SUBJECT)
    for low in (floor, 0) if across else (floor,):
        usable = [k for k in range(low, len(told)) if not told[k].empty and not told[k].aside]
        fits = [k for k in usable if _gives(need, told[k])]
        if need in (_Need.ACTION, _Need.HEAD) and not fits:
            fits = [k for k in usable if not told[k].part]
        if not fits:
            continue
        if need is _Need.SUBJECT:
            return fits[0]
        if need is _Need.WHOLE:
            people = unit in _PEOPLE  # 评选工匠10名,其中1人晋升
            same = (k for k in reversed(fits) if told[k].unit == unit or (people and told[k].unit in _PEOPLE))
            return next(same, fits[-1])
        if need is _Need.HEAD:
            return _head(told, fits, own)
        return fits[-1]
    return None


def _head(told: Sequence[Told], fits: Sequence[int], own: str) -> int | None:
    """What a sentence is about: the clause right before, if it leads in, else the first that names something."""
    if not told[fits[-1]].counts and not told[fits[-1]].setting:
        return fits[-1]
    if len(own) >= ALONE:
        return None
    if _is_among(told[fits[0]].words):
        return fits[0]
    named = [k for k in fits if not told[k].setting and len(told[k].words) > BARE]
    head = next(iter(named), fits[0] if len(own) <= BARE else None)
    sibling = head is not None and told[head].counts and told[head].words[-2:] == own[-2:]
    alone = len(own) > _SIBLING or own.endswith("占")
    return None if sibling and alone else head  # 城镇新增就业18万人,失业人员再就业6万人; 制造业占46%,服务业占32%


def _gives(need: _Need, clause: Told) -> bool:
    if need in (_Need.FIGURE, _Need.SUBJECT):
        return True
    if need is _Need.WHOLE:
        return not clause.part
    return not (clause.part or clause.result)


def _subject(clause: Told) -> str:
    """Who acts in a clause: 省教育局 in 省教育局投入资金."""
    if _ACTION.match(clause.words) or clause.setting or _is_among(clause.words):
        return ""
    if len(clause.behind) > 1:
        return clause.behind
    if m := _SUBJECT.match(clause.words):
        return "" if m["subject"].startswith("每") else m["subject"]  # 每年专项投入200万元
    return "" if clause.counts or len(clause.words) > ENOUGH else clause.words


_CUT = re.compile("[、,]")


def joined(words: Sequence[str]) -> str:
    """Words one after the other, the last first to stay where not all have room."""
    label = words[-1][:MAX_LABEL]
    for more in reversed(words[:-1]):
        room = MAX_LABEL - len(label) - 1
        if len(more) > room:
            cut = _CUT.search(more[-room : -room // 3]) if room > 8 else None
            return f"{more[-room:][cut.end() :]},{label}" if cut else label
        label = f"{more},{label}".strip(",")
    return label


# ---------------------------------------------------------------- what an elliptic figure counts


@record(frozen=True, slots=True)
class Counted:
    """A figure of the same paragraph told before."""

    unit: str
    label: str
    """Without what it has for itself: the item of its list."""
    at: int
    """Where it starts."""
    told: str
    """Its label where its clause leaves out what it counts, else nothing."""


_VERBS = "|".join(label_words(group) for group in ("verb", "act", "dependent"))
_BARE = re.compile(rf"(?:其中,?)?(?:{_ADVERBS}(?:{_VERBS}|{label_words('have')}|{label_words('stands')}){{0,2}}了?)?")
_BARE_ENDS = frozenset("中,了").union(*map(label_ends, ("adverb", "verb", "act", "dependent", "have", "stands")))
_LAST_VERB = re.compile(rf"(?:{_VERBS})$")
_VERB_AND_WHAT = re.compile(rf"(?:{label_words('verb')}|{label_words('act')})(?P<what>[^的,][^,]+)")


def is_elliptic(own: str, rest: str) -> bool:
    """Whether the own words, ``rest`` behind their places, tell nothing of what is counted: 株洲市发放, 长沙共."""
    if rest and rest[-1] not in _BARE_ENDS:
        return False
    return _BARE.fullmatch(rest) is not None and bool(own != rest or _LAST_VERB.search(rest))


_PEOPLE = ("人", "名", "位")
_OF_FIGURES = ("%", "百分点", "个百分点", "元")
"""Units of what is told of a count without turning from it."""


def completed(own: str, rest: str, unit: str, sentence: int, before: Sequence[Counted]) -> tuple[str, str] | None:
    """The label of an elliptic figure, and what it shares with the last figures of the same unit.

    ``rest``: ``own`` behind the places that it names; without any it goes on with its own sentence only.
    """
    same = [c for c in before[-_REACH:] if c.unit == unit and (own != rest or c.at >= sentence)]
    if not same:
        return None
    last = same[-1].label
    if verb := _LAST_VERB.search(rest):
        for c in reversed(same):
            at = c.label.rfind(verb[0])
            what = c.label[at + len(verb[0]) :].partition(",")[0] if at >= 0 else ""
            if len(what) >= 2:
                return joined([own + what]), c.label
        turned = any(c.at > same[-1].at and c.unit not in _OF_FIGURES for c in before[-_REACH:])
        if own == rest and turned:
            return None  # 筛查2.3万人次,为1.6万名职工办理保险,理赔136人次
        if verb[0] not in last and (told := _VERB_AND_WHAT.search(last)):
            return joined([own + told["what"]]), last
    return joined([last] if last.endswith(own) else [last, own]), last


def told_of(
    text: str,
    clause: Hole,
    figures: Sequence[Hole],
    units: Mapping[int, str],
    before: Sequence[Counted],
    words: Callable[[int, int], str],
) -> Told:
    """The role of the clause; ``figures`` and their ``units`` by start."""
    start, end = clause
    closes = text[end - 1 : end] == ";"
    condition = text[end - 2 : end] == "的,"
    i = bisect_left(figures, (end,)) - 1
    if i < 0 or figures[i][0] < start:
        return Told.of(words(start, end), counts=False, closes=closes, condition=condition)
    at, stop = figures[i]
    told = next((c.told for c in before[-_REACH:] if c.at == at), "")
    behind = words(stop, end) if text.startswith("的", stop) else ""
    return Told.of(
        told or words(start, end),
        counts=True,
        closes=closes,
        unit=units.get(at, ""),
        behind=behind,
        condition=condition,
    )
