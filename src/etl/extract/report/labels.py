"""What a figure counts, in words that stand alone: subject and measure from the clause, filled up from before."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence

from etl.extract.report.label_context import (
    BARE,
    ENOUGH,
    MAX_LABEL,
    Counted,
    Hole,
    Told,
    completed,
    in_context,
    is_aside,
    is_elliptic,
    joined,
    told_of,
)
from etl.extract.report.lexicon import label_ends, label_words, place_words
from etl.record import record

SPENT = 16
"""Labels of money spent that are shorter than this take in what it is spent on."""

_QUOTES = re.compile(r"[“”‘’「」『』\"\s#*]")
_CHANGE = label_words("change")
_OLD = rf"(?:原来)?的?(?=(?:{_CHANGE})(?:至|到|为|$))"
_NOISE = re.compile(
    rf"由{_OLD}|从{_OLD}|{label_words('noise')}|均(?=$)(?<![平人年月日户]均)|\([间次个户所人家处名座场份条套栋]\)"
)
_EDGE_LEFT = re.compile(
    rf"^(?:[()]|【[^【】]{{1,20}}】,?|{label_words('left')}|\d{{1,2}}[).、](?!\d)|第[一二三四五六七八九十百]{{1,4}}条)+"
)
_EDGE_RIGHT = re.compile(
    rf"(?:(?!(?<=参)与|(?<=[下传送])达|(?<=[拥现持享])有|(?<=涉)及|(?<=[收受接])到)(?:\(|{label_words('right')}))+$"
)
_RIGHT_ENDS = label_ends("right") | {"("}
_MEASURE_BEFORE = re.compile(rf"(?:{label_words('measure_before')})$")
"""What was measured stands before the figure; the words behind it belong to the next one."""
_UNCLOSED = re.compile(r"\([^()]*$")
_TOTAL = re.compile(r"累计|合计|总计|共计")
_SPENT = re.compile(rf"(?:{label_words('spent')})$")
_USE = re.compile(
    r"(?:资金|经费|专款|专项资金)?,(?:专项|主要|全部|专门)?(?P<use>(?:用于|用来|对|为|向|支持|资助|补助|建成|建设|购置|改造|新建|扶持)[^,。;]{2,30})"
)
"""拨付38万元,对19家工作室进行补助: what money is spent on stands behind it."""
_TWICE = re.compile(r"([、,;:∶])[、,;:∶]+")
_OF_ANOTHER = re.compile(rf"(?:{label_words('aside')}|{label_words('dependent')}|(?:{_CHANGE}))")


def label_of(
    text: str,
    at: Hole,
    clauses: Sequence[Hole],
    figures: Sequence[Hole],
    holes: Sequence[Hole],
    around: Around,
) -> tuple[str, Counted]:
    """The label of the figure at ``at``, and what later figures that tell only a place or a verb can take of it.

    ``clauses`` are those of its sentence up to its own, which is the last; ``figures`` the spans of all figures of
    the sentence, ``holes`` the spans to leave out (figures and dates), both by start.
    """
    unit = around.units.get(at[0], "")
    if unit == "枚" and (medal := _MEDAL.search(text, at[1] - 1, at[1])):
        first = next(start for start, _ in figures if start >= clauses[-1][0])
        label = f"{_trim(_plain(_without(text, clauses[-1][0], first, holes)))[: MAX_LABEL - 2]}{medal[0]}牌"
        return label, Counted(unit, label, at[0], "")
    own, inner = _own_words(text, at, clauses[-1], figures, holes)
    if len(clauses) == 1 and around.torn:
        own = f"{_trim(_plain(around.torn))}{own}"
    if unit not in ("%", "‰"):
        own = _OF_WHICH.sub("", own)
    rest = own
    ruled = text.endswith("的,", 0, clauses[-1][0])  # 获得第一名的,奖励3万元
    if not inner and not ruled and len(own) <= _ELLIPTIC:
        rest = _NO_PLACE.sub("", _without_names(own, around.places()))
        if is_elliptic(own, rest) and (found := completed(own, rest, unit, clauses[0][0], around.before)):
            return found[0], Counted(unit, found[1], at[0], found[0])
    if len(own) < SPENT and _SPENT.search(own) and (use := _USE.match(text, at[1])):
        own = f"{own},{_trim(_plain(_without(text, *use.span('use'), holes)))}"
    elif len(clauses) == 1 and not inner and around.before and is_aside(own):
        label = joined([around.before[-1].label, own])  # 工业增加值增长5%。高于全国1.2个百分点
        return label, Counted(unit, label, at[0], label)
    elif len(clauses) == 1 and not inner and len(rest) < BARE and (previous := around.previous()):
        label = joined([_trim(_plain(previous)), own])
        return label, Counted(unit, label, at[0], label)

    def words(start: int, end: int) -> str:
        return _context_words(text, start, end, holes)

    def told(i: int) -> Told:
        known = around.told.get(clauses[i])
        if known is None:
            known = told_of(text, clauses[i], figures, around.units, around.before, words)
            around.told[clauses[i]] = known
        return known

    base = _BASE.search(text, clauses[-1][0], at[0]) if unit in ("倍", "%") else None
    if base and base.start() > clauses[-1][0]:
        subject = _trim(_plain(_without(text, clauses[-1][0], base.start(), holes)))
        own = f"{subject},{_plain(base['base'])}的{'倍数' if unit == '倍' else '比例'}"
        base = None
    elif base:
        own = f"{_plain(base['base'])}的{'倍数' if unit == '倍' else '比例'}"
    label = in_context(own, told, len(clauses) - 1, unit, inner=inner, based=base is not None)
    if len(label) < 5 and around.topic:
        label = f"{_trim(_plain(around.topic))[: MAX_LABEL - len(label) - 1]},{label}".strip(",")
    return label[:MAX_LABEL], Counted(unit, label, at[0], "")


_MEDAL = re.compile("[金银铜]")


def label_of_industry(text: str, at: Hole, sentence: int) -> str:
    """第二产业贡献率 of the second number of 三次产业贡献率分别为14.1%、43.4%和42.5%; else nothing.

    ``sentence`` is where its sentence starts; 三次产业结构 and the like name their shares by industry.
    """
    first = max(sentence, at[0] - _INDUSTRIES_REACH)
    found = list(_INDUSTRIES.finditer(text, first, at[0])) if text.find("产业", first, at[0]) > 0 else []
    if not found:
        return ""
    named = found[-1]
    before = _LISTED_BEFORE.search(text, named.end(), at[0])
    n = len(_JOINS.findall(before[0])) if before else 0
    listed = before or _LISTED_BEHIND.match(text, at[1])
    if not listed or n >= len(_HAN_NUMERALS):
        return ""
    told = _HAN_AND_MARKS.match(text, named.end(), at[0])
    what = _trim_right(_plain(told[0]))[: MAX_LABEL // 2] if told else ""
    industry = f"第{_HAN_NUMERALS[n]}产业"
    return f"三次产业{what},{industry}占比" if _STRUCTURE.search(what) else f"{industry}{what}"


_INDUSTRIES = re.compile(label_words("industries"))
_LISTED_BEFORE = re.compile(r"(?:\d[\d.]*(?:%|个百分点|个|家|人)? ?[:∶、,和及与] ?)+$")
_LISTED_BEHIND = re.compile(r" ?[:∶、和及与] ?\d")
_JOINS = re.compile("[:∶、,和及与]")
_HAN_AND_MARKS = re.compile(r"[^\d,。;从由]*")
_HAN_NUMERALS = "一二三"
_STRUCTURE = re.compile(r"^$|(?:结构|比例|比重|占比|比)$")
_INDUSTRIES_REACH = 64


@record(frozen=True, slots=True)
class Around:
    """What stands around a figure's sentence."""

    units: Mapping[int, str]
    """Of figures, by their start."""
    topic: str
    """A heading to fall back on."""
    before: Sequence[Counted]
    """The figures told before in the paragraph."""
    told: dict[Hole, Told]
    """The clauses of its sentence that other figures have looked at."""
    places: Callable[[], Sequence[str]]
    """The places that its clause names before it."""
    previous: Callable[[], str]
    """The end of the sentence before, of the same paragraph."""
    torn: str
    """What its sentence begins with elsewhere."""


def _without_names(words: str, names: Sequence[str]) -> str:
    for name in names:
        words = words.replace(_plain(name), "")
    return words


_OF_WHICH = re.compile(r"^占(?=[^地用比]{2})")
"""占7.5亿就业人员的26%: the whole."""
_BASE = re.compile(r"(?:(?<=[、,;。\n])|\A)(?:约|大约)?(?:是|相当于|等于|为)(?P<base>[^,。;]{1,24})的(?:近|约|超过?)?$")
"""是上五年的1.6倍, 相当于2015年的两倍: of the figure before."""
_NO_PLACE = re.compile(rf"^[、,和与及等地的]+(?:[两二三四五六七八九十\d]{{1,2}}个?(?:{place_words('rank')}))?")


def _context_words(text: str, start: int, end: int, holes: Sequence[Hole]) -> str:
    """The words of a whole clause as they stand before those of another."""
    words = _PART_IN_BRACKETS.sub("", _plain(_without(text, start, end, holes))).rstrip(",;:、。")
    words = _UNCLOSED.sub("", words)
    if words[-1:] in _UP_TO_ENDS and _UP_TO.search(words):
        words = _UP_TO.sub("", _FROM_OLD.sub("", words))
    return _trim(_without_left_over(words))


def _own_words(text: str, at: Hole, own: Hole, figures: Sequence[Hole], holes: Sequence[Hole]) -> tuple[str, bool]:
    """What the clause of the figure says of it, and whether that already tells of what it is a part or a change."""
    left, verb = _left(text, at[0], own[0], figures, holes)
    before = _plain(_without(text, left, at[0], holes))
    stands = len(before) > 2 and _MEASURE_BEFORE.search(before) and any(at[1] <= f[0] < own[1] for f in figures)
    after = "" if stands else _plain(_after(text, at, own[1], figures, holes))
    if "(" in after:
        after = _UNCLOSED.sub("", after)
    if _WAS.search(before) and (change := _RISES.match(after)):
        before, after = _WAS.sub("", before), f"{change[1]}前"
    elif _ROSE.search(before):
        before = _FROM_OLD.sub("", before)
    if not after and before[-1:] in _UP_TO_ENDS:
        before = _UP_TO.sub("", before)  # 工资提高到7.9万元 is a wage, no rise
    if after and text[at[1] - 1] == "%" and before.endswith("的"):
        before = before[:-1]  # 按价格的30%给予补贴
    label = _trim(_without_left_over(f"{verb}{before if after else _trim_right(before)}{after}"))
    if left > own[0] and not after and _LEVEL_ONLY.fullmatch(_trim(before)):
        label += _what_is_of_levels(text, own[0], figures, holes)
    if not label and (total := _TOTAL.search(text, own[0], at[0])):
        label = total[0]
    inner = False
    if left > own[0] and _OF_ANOTHER.match(label, len(verb)):
        # 工业增加值4.6亿元、增长3.2%: the growth is that of the amount
        first = next(start for start, _ in figures if start >= own[0])
        subject = _trim(_plain(_without(text, own[0], first, holes)))
        inner = len(subject) > 1 and subject not in label
        label = f"{subject},{label}" if inner else label
    if (owner := _owner(text, at[0], own[0], holes)) and owner not in label:
        label, inner = f"{owner},{label}", True
    return label, inner


def _what_is_of_levels(text: str, clause: int, figures: Sequence[Hole], holes: Sequence[Hole]) -> str:
    """工作室 for 省级5个 behind 国家级工作室2个: what the first of a list by level names."""
    first = next(start for start, _ in figures if start >= clause)
    of_level = _OF_LEVEL.search(_trim(_plain(_without(text, clause, first, holes))))
    return of_level["what"] if of_level else ""


_LEVEL_ONLY = re.compile(rf"(?:{label_words('level')})(?:及?以[上下])?")
_ENDS_IN_LEVEL = re.compile(rf"{_LEVEL_ONLY.pattern}$")
_OF_LEVEL = re.compile(rf"{_LEVEL_ONLY.pattern}(?P<what>[^,级]{{2,}})$")


def label_under(label: str, lead_in: str) -> str:
    """The label of a figure in an item (甲县:120人) of a list that ``lead_in`` opens (各县发放人数如下:)."""
    lead = _trim(_LEADS.sub("", _plain(lead_in)))
    if not lead or len(label) >= ENOUGH or lead in label:
        return label
    return f"{lead[-(MAX_LABEL - len(label) - 1) :]},{label}".strip(",")


_LEADS = re.compile(r"(?:具体)?(?:情况|安排|名单|数据|明细)?(?:具体)?(?:分别)?(?:如下|是|为|有|包括)?[:∶]?$")
_RISES = re.compile(rf"^的?({_CHANGE})(?:至|到|为)")
_WAS = re.compile(r"(?:从|由)(?:[^,。;\d]{0,6}的|原来|过去|当年|之前)?$")
_ROSE = re.compile(r"[从由][^,。;]*?(?:至|到|为)的?$")
_UP_TO = re.compile(rf"[由从]?(?:{_CHANGE})(?:至|到|为|成)了?(?:每[人月年日户名家])*$")
_UP_TO_ENDS = frozenset("至到为成了人月年日户名家")
_PART_IN_BRACKETS = re.compile(r"\((?:其中|含)[^()]*\)")
_FROM_OLD = re.compile(rf"[从由](?:[^,。;\d]{{0,6}}的|原来|过去|当年|之前)?(?=(?:{_CHANGE})(?:至|到|为))")


def _owner(text: str, at: int, clause: int, holes: Sequence[Hole]) -> str:
    """What the brackets around the figure at ``at`` tell more of: 职工书屋41家(其中省级5家)."""
    opens = text.rfind("(", clause, at)
    if opens < 0 or text.find(")", opens, at) >= 0:
        return ""
    start = max(clause, text.rfind("、", clause, opens) + 1)
    return _trim(_plain(_without(text, start, opens, holes)))


def _left(text: str, at: int, clause: int, figures: Sequence[Hole], holes: Sequence[Hole]) -> tuple[int, str]:
    """Where the words of the figure at ``at`` begin in its clause, and what it shares with the first of a list.

    That is the verb, behind its subject: 县医院购置 of 县医院购置CT机2台、呼吸机5台.
    """
    previous = [f for f in figures if clause <= f[0] < at]
    if not previous:
        return clause, ""
    between = _BRACKETS.sub(lambda m: "_" * len(m[0]), text[previous[-1][1] : at])
    breaks = list(_BREAK.finditer(between))
    if not breaks:
        return clause, ""
    opened = breaks[0][0] != "、" and _ACTS.match(between, 0, breaks[0].start())
    if opened and opened.end() + 2 <= breaks[0].start():
        return previous[-1][1], ""  # 投入200万元开展劳动和技能竞赛2000场
    if len(between) - breaks[-1].end() < 2:
        counted = between[: breaks[-1].start()]
        return (at, "") if len(counted) > 1 and "(" not in counted else (clause, "")  # 3个获一等奖、4个获二等奖
    lead = _trim(_plain(_without(text, clause, previous[0][0], holes)))
    verb = _VERB.search(lead)
    begins = previous[-1][1] + breaks[0].end()
    if verb is None and (shared := _before_the_like(lead, _plain(_without(text, begins, at, holes)))):
        return begins, shared
    shared = lead[: verb.end()] if verb and verb.start() <= _SUBJECT_LENGTH else (verb[0] if verb else "")
    return begins, shared


def _before_the_like(lead: str, item: str) -> str:
    """What a list without a verb begins with: 担任各级 of 担任各级党代表3人、人大代表2人."""
    alike = next((n for n in range(len(item)) if not lead.endswith(item[len(item) - n - 1 :])), len(item))
    if not (alike and 1 < len(item) <= _LIKE_LENGTH and len(lead) > alike + _LIKE_LEAD):
        return ""
    if had := _HAVE.search(lead):
        return lead[: had.end()]
    return lead[: -alike - 1] if _LEADS_ON.search(lead, 0, len(lead) - alike - 1) else ""


_ELLIPTIC = 24
"""Own words longer than this leave nothing out."""
_SUBJECT_LENGTH = 24
_LIKE_LENGTH, _LIKE_LEAD = 6, 3
"""An item no longer than this that ends as the first one does shares what stands before that one, at least so much."""
_BOUND_WORDS = re.compile(r"(?:及|或)?以[上下内]|之内|左右")
_BRACKETS = re.compile(r"\([^()]*\)")
_BREAK = re.compile(r"[、及和与]|以及")
_AND_NEXT = re.compile(r"(?:以及|[及和与])(?=[^、,及和与]{3})")
_NEXT_BEGINS = re.compile(r"、|以及(?=.{0,2}$)|[及和与](?=.{0,2}$)")
_VERB = re.compile(label_words("verb"))
_HAVE = re.compile(f"(?:{label_words('have')})(?!限|关|效)")
_LEADS_ON = re.compile(f"(?:{label_words('leads')})$")
_ACTS = re.compile(rf"(?:{label_words('adverb')})*(?:用于|支持)?(?:{label_words('verb')}|{label_words('act')})")


def _after(text: str, at: Hole, end: int, figures: Sequence[Hole], holes: Sequence[Hole]) -> str:
    """The words behind the figure at ``at`` that belong to it; a figure that follows at once shares them."""
    here = behind = at[1]
    for stop, next_here in figures[bisect_left(figures, (here,)) :]:
        if stop >= end:
            break
        if stop < behind:
            continue
        words = text[here:stop]
        opened = words.rfind("(")
        if opened > words.rfind(")") and (closed := text.find(")", stop, end)) >= 0:
            behind = closed + 1  # 45万人(含高技能人才15万人)取得证书
            holes = sorted([*holes, (here + opened, behind)])
            continue
        if _AND_NEXT.match(words):
            return ""  # 省级劳动模范26名和市级劳动模范120名
        cut = _NEXT_BEGINS.search(words)
        if cut and words.count("(", 0, cut.start()) > words.count(")", 0, cut.start()):
            cut = None
        if cut and len(words.strip("、和及与共")) > 1:
            return _without(text, here, here + cut.start(), holes)
        if len(_BOUND_WORDS.sub("", _NOISE.sub("", words)).strip("、和及与共")) > 0:
            return _without(text, here, stop, holes)
        here = next_here
    return _without(text, here, end, holes)


def _without(text: str, start: int, end: int, holes: Sequence[Hole]) -> str:
    out, at = [], start
    for hole_start, hole_end in holes:
        if hole_start >= end:
            break
        if hole_end <= at:
            continue
        out.append(text[at : max(at, hole_start)])
        at = hole_end
    out.append(text[at:end])
    return "".join(out)


def _plain(text: str) -> str:
    plain = _NOISE.sub("", _QUOTES.sub("", text))
    return _TWICE.sub(lambda marks: marks[1], plain) if "," in plain or "、" in plain else plain


_LEFT_OVER = re.compile(r"[、和及与](?=的)|(?:^|(?<=,))[在自从由于](?:的|(?=,))")
"""Of what dates and figures have left: 在1至5月的行动中, 每月500元、1000元的津贴."""


def _without_left_over(words: str) -> str:
    return _LEFT_OVER.sub("", words) if "的" in words or "," in words else words


def _trim(text: str) -> str:
    opened = _EDGE_LEFT.match(text)
    return _trim_right(text[opened.end() :] if opened else text)


def _trim_right(text: str) -> str:
    return _EDGE_RIGHT.sub("", text) if text[-1:] in _RIGHT_ENDS else text


def label_of_item(
    text: str, item: Hole, listing: Hole, place_ends: Sequence[int], holes: Sequence[Hole], label: str
) -> str:
    """The label of one member of a 分别 list: its item, then what all members measure.

    ``listing`` is the whole list of items; ``place_ends`` where the places named in it end: what follows the last
    one (南宁市、柳州市在园幼儿) is measured of all of them.
    """
    name = _trim(_plain(_without(text, *item, holes)))
    shared = ""
    inside = [e for e in place_ends if item[0] < e <= item[1]]
    if inside:
        name = _LED_TO.sub("", _plain(text[item[0] : inside[-1]]))
        shared = _COUNT_OF_PLACES.sub("", _trim(_plain(_without(text, place_ends[-1], listing[1], holes))))
    elif (
        item[1] < listing[1] and _ENDS_IN_LEVEL.search(name) and (of_level := _OF_LEVEL.search(_last_of(text, listing)))
    ):
        name = f"{name}{of_level['what']}"  # 国家级、省级、市级工作室
    elif item[1] < listing[1] and len(name) < SPENT and _shares_its_end(text, item, listing):
        name = f"{name}{_shared_end(text, listing, holes)}"
    everything = [_plain(_without(text, *listing, holes)), _trim(_plain(_without(text, *listing, holes)))]
    rest = label
    for words in everything:
        rest = rest.replace(words, "")
    rest = _trim(_MARK_LEFT.sub("", rest.strip(",")))
    return ",".join(part for part in (f"{name}{shared}", rest) if part)[:MAX_LABEL]


_MARK_LEFT = re.compile(r"(?<=[予按人励助贴发])、")
"""Of 给予每人3万元、1.5万元补贴, the figures left out."""


def _last_of(text: str, listing: Hole) -> str:
    return _trim(_plain(_JOINT.split(text[listing[0] : listing[1]])[-1]))


_LED_TO = re.compile(r"^.*(?:的是|分别是|依次是|依次为|有)(?=..)")
"""居前三位的是武汉市: the place itself is the item."""


def _shares_its_end(text: str, item: Hole, listing: Hole) -> bool:
    """Whether the last item is so much longer that its end says of the others, too, what is measured."""
    last = list(_JOINT.finditer(text, *listing))
    ends = text[last[-1].end() : listing[1]] if last else ""
    own = _WHOLE_PLACE.sub("", text[item[0] : item[1]])
    return len(ends) >= len(own) + 2 and not ends.endswith(own)


def _shared_end(text: str, listing: Hole, holes: Sequence[Hole]) -> str:
    """保险参保人数 of 养老、失业、工伤保险参保人数, 产量 of 粮食、蔬菜产量, else the whole list in brackets."""
    *others, last = [_WHOLE_PLACE.sub("", part) for part in _JOINT.split(text[listing[0] : listing[1]])]
    if len({len(other) for other in others}) == 1:
        return _trim(_plain(last[len(others[0]) :]))
    whole = _trim(_plain(_without(text, *listing, holes)))
    end = _MEASURE_END.search(whole)
    return end[0] if end else f"({whole})"


_MEASURE_END = re.compile(rf"(?<=..)(?:{label_words('measure_end')})$")
_WHOLE_PLACE = re.compile(r"^[全我本][省市县区州旗盟]")
_JOINT = re.compile("[、和及与]")
_COUNT_OF_PLACES = re.compile(r"^等?[两二三四五六七八九十\d]{1,3}个?(?:省|市|县|区|州|旗|盟|地)(?:[市区县])?")


def label_after(label: str, words: str) -> str:
    """The label of a figure that measures more of an earlier one: its label, then the words between."""
    measure = _trim(_plain(words))
    if _LEVEL.search(words):
        label = _CHANGE_LAST.sub("", label)  # 分别提高6.3个和4.8个百分点,分别达到81.2%、66.5%
    if not measure:
        return label
    return f"{label[: MAX_LABEL - len(measure) - 1]},{measure}" if label else measure


_LEVEL = re.compile(r"(?:达到?|为|至)(?:了)?$")
_CHANGE_LAST = re.compile(rf",(?:{label_words('aside')}|{_CHANGE})[^,]*$")


def distinct(labels: Sequence[tuple[str, object, object]]) -> list[str]:
    """Labels told apart where one would stand for different facts.

    Each entry is a label, the key of what else tells facts apart (place, period, unit) and the value.
    """
    values: dict[tuple[str, object], list[object]] = {}
    out = []
    for label, key, value in labels:
        known = values.setdefault((label, key), [])
        if value not in known:
            known.append(value)
        number = known.index(value)
        out.append(label if number == 0 else f"{label[: MAX_LABEL - 5]}(之{number + 1})")
    return out
