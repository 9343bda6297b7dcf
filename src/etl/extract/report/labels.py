"""What a figure counts, in words that stand alone: subject and measure from the clause, filled up from before."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from etl.extract.report.lexicon import label_words

MAX_LABEL = 60
SPENT = 16
"""Labels of money spent that are shorter than this take in what it is spent on."""
ENOUGH = 20
"""Labels shorter than this take in the clause before, so that they can be understood alone."""

Hole = tuple[int, int]

_QUOTES = re.compile(r"[“”‘’「」『』\"\s#*]")
_CHANGE = label_words("change")
_NOISE = re.compile(
    rf"[由从](?:原来)?的?(?=(?:{_CHANGE})(?:至|到|为|$))|{label_words('noise')}|(?<![平人年月日户])均(?=$)"
)
_EDGE_LEFT = re.compile(rf"^(?:[()]|{label_words('left')}|\d{{1,2}}[).、](?!\d))+")
_EDGE_RIGHT = re.compile(rf"(?:\(|{label_words('right')})+$")
_MEASURE_BEFORE = re.compile(rf"(?:{label_words('measure_before')})$")
"""What was measured stands before the figure; the words behind it belong to the next one."""
_HEARD = re.compile(
    r"^(?:据)?(?:悉|了解|介绍|统计|透露)$|记者.{0,24}(?:获悉|了解到?|采访)$|^[^,]{2,16}(?:介绍|表示|透露|告诉记者)$"
)
"""From whom it was heard says nothing of what is measured."""
_UNCLOSED = re.compile(r"\([^()]*$")
_TOTAL = re.compile(r"累计|合计|总计|共计")
_SPENT = re.compile(rf"(?:{label_words('spent')})$")
_USE = re.compile(
    r"(?:资金|经费|专款|专项资金)?,(?:专项|主要|全部|专门)?(?P<use>(?:用于|用来|对|为|向|支持|资助)[^,。;]{2,30})"
)
"""拨付38万元,对19家工作室进行补助: what money is spent on stands behind it."""
_TWICE = re.compile(r"([、,;:∶])[、,;:∶]+")
_DEPENDENT = re.compile(rf"^(?:{label_words('dependent')})")
_MEASURE = re.compile(
    rf"(?:{label_words('measure')}|{label_words('measure_last')})$"
    rf"|(?:{label_words('measure')}),(?:同比|比上年|增长|下降|年均)"
)
_LIST_BREAK = re.compile(r"[、]|(?:和|及|与|以及)(?=[^、,]{0,12}$)")


def label_of(
    text: str, at: Hole, clauses: Sequence[Hole], figures: Sequence[Hole], holes: Sequence[Hole], topic: str
) -> str:
    """The label of the figure at ``at``.

    ``clauses`` are those of its sentence up to its own, which is the last; ``figures`` the spans of all figures of
    the sentence, ``holes`` the spans to leave out (figures and dates), both by start; ``topic`` a heading to fall
    back on.
    """
    own = clauses[-1]
    left, verb = _left(text, at[0], own[0], figures)
    before = _plain(_without(text, left, at[0], holes))
    stands = _MEASURE_BEFORE.search(before) and any(at[1] <= f[0] < own[1] for f in figures)
    after = "" if stands else _plain(_after(text, at, own[1], figures, holes))
    if "(" in after:
        after = _UNCLOSED.sub("", after)
    if _WAS.search(before) and (change := _RISES.match(after)):
        before, after = _WAS.sub("", before), f"{change[1]}前"
    elif _ROSE.search(before):
        before = _FROM_OLD.sub("", before)
    label = _trim(f"{verb}{before if after else _EDGE_RIGHT.sub('', before)}{after}")
    if not label and (total := _TOTAL.search(text, own[0], at[0])):
        label = total[0]
    if len(label) < SPENT and _SPENT.search(label) and (use := _USE.match(text, at[1])):
        label = f"{label},{_trim(_plain(_without(text, *use.span('use'), holes)))}"
    if left > own[0] and _DEPENDENT.match(label):  # 工业增加值4.6亿元、增长3.2%: the growth is that of the amount
        first = next(start for start, _ in figures if start >= own[0])
        subject = _trim(_plain(_without(text, own[0], first, holes)))
        label = f"{subject},{label}" if len(subject) > 1 and subject not in label else label
    if (owner := _owner(text, at[0], own[0], holes)) and owner not in label:
        label = f"{owner},{label}"
    for start, end in reversed(clauses[:-1]):
        dependent = bool(_DEPENDENT.match(label))
        if not dependent and (len(label) >= ENOUGH or (text[end - 1 : end] == ";" and len(label) >= 4)):
            break
        if not dependent and len(label) >= 5 and _MEASURE.search(label):
            break
        more = _trim(_plain(_without(text, start, end, holes)))
        if len(more) < 2 or more in label or _HEARD.search(more):
            continue
        room = MAX_LABEL - len(label) - 1
        if len(more) > room:
            cut = re.search(r"[、,]", more[-room : -room // 3]) if room > 8 else None
            label = f"{more[-room:][cut.end() :]},{label}" if cut else label
            break
        label = f"{more},{label}".strip(",")
    if len(label) < 5 and topic:
        label = f"{_trim(_plain(topic))[: MAX_LABEL - len(label) - 1]},{label}".strip(",")
    return label[:MAX_LABEL]


def label_under(label: str, lead_in: str) -> str:
    """The label of a figure in an item (甲县:120人) of a list that ``lead_in`` opens (各县发放人数如下:)."""
    lead = _trim(_LEADS.sub("", _plain(lead_in)))
    if not lead or len(label) >= ENOUGH or lead in label:
        return label
    return f"{lead[-(MAX_LABEL - len(label) - 1) :]},{label}".strip(",")


_LEADS = re.compile(r"(?:具体)?(?:情况|安排|名单|数据|明细)?(?:具体)?(?:分别)?(?:如下|是|为|有|包括)?[:∶]?$")
_RISES = re.compile(rf"^的?({_CHANGE})(?:至|到|为)")
_WAS = re.compile(r"(?:从|由)(?:原来|过去|当年|之前)?的?$")
_ROSE = re.compile(r"[从由][^,。;]*?(?:至|到|为)的?$")
_FROM_OLD = re.compile(rf"[从由](?:原来|过去|当年|之前)?的?(?=(?:{_CHANGE})(?:至|到|为))")


def _owner(text: str, at: int, clause: int, holes: Sequence[Hole]) -> str:
    """What the brackets around the figure at ``at`` tell more of: 职工书屋41家(其中省级5家)."""
    opens = text.rfind("(", clause, at)
    if opens < 0 or text.find(")", opens, at) >= 0:
        return ""
    start = max(clause, text.rfind("、", clause, opens) + 1)
    return _trim(_plain(_without(text, start, opens, holes)))


def _left(text: str, at: int, clause: int, figures: Sequence[Hole]) -> tuple[int, str]:
    """Where the words of the figure at ``at`` begin in its clause, and the verb it shares with the first of a list."""
    previous = [f for f in figures if clause <= f[0] < at]
    if not previous:
        return clause, ""
    between = _BRACKETS.sub(lambda m: "_" * len(m[0]), text[previous[-1][1] : at])
    breaks = list(re.finditer(r"[、及和与]|以及", between))
    if not breaks or len(between) - breaks[-1].end() < 2:
        return clause, ""
    verbs = _VERB.findall(text[clause : previous[0][0]])
    return previous[-1][1] + breaks[0].end(), verbs[0] if verbs else ""


_BOUND_WORDS = re.compile(r"(?:及|或)?以[上下内]|之内|左右")
_BRACKETS = re.compile(r"\([^()]*\)")
_VERB = re.compile(label_words("verb"))


def _after(text: str, at: Hole, end: int, figures: Sequence[Hole], holes: Sequence[Hole]) -> str:
    """The words behind the figure at ``at`` that belong to it; a figure that follows at once shares them."""
    here = at[1]
    for stop, next_here in figures[bisect_left(figures, (here,)) :]:
        if stop >= end:
            break
        words = text[here:stop]
        cut = re.search(r"、|以及(?=.{0,2}$)|[及和与](?=.{0,2}$)", words)
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
        if hole_end <= at or hole_start >= end:
            continue
        out.append(text[at : max(at, hole_start)])
        at = hole_end
    out.append(text[at:end])
    return "".join(out)


def _plain(text: str) -> str:
    return _TWICE.sub(r"\1", _NOISE.sub("", _QUOTES.sub("", text)))


def _trim(text: str) -> str:
    return _EDGE_RIGHT.sub("", _EDGE_LEFT.sub("", text))


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
        name = _plain(text[item[0] : inside[-1]])
        shared = _COUNT_OF_PLACES.sub("", _trim(_plain(_without(text, place_ends[-1], listing[1], holes))))
    elif item[1] < listing[1] and len(name) < SPENT and _shares_its_end(text, item, listing):
        name = f"{name}({_trim(_plain(_without(text, *listing, holes)))})"  # 失业(养老、失业、工伤保险参保人数)
    everything = [_plain(_without(text, *listing, holes)), _trim(_plain(_without(text, *listing, holes)))]
    rest = label
    for words in everything:
        rest = rest.replace(words, "")
    rest = _trim(rest.strip(","))
    return ",".join(part for part in (f"{name}{shared}", rest) if part)[:MAX_LABEL]


def _shares_its_end(text: str, item: Hole, listing: Hole) -> bool:
    """Whether the last item is so much longer that its end says of the others, too, what is measured."""
    last = list(_JOINT.finditer(text, *listing))
    return bool(last) and listing[1] - last[-1].end() >= item[1] - item[0] + 2


_JOINT = re.compile("[、和及与]")
_COUNT_OF_PLACES = re.compile(r"^等?[两二三四五六七八九十\d]{1,3}个?(?:省|市|县|区|州|旗|盟|地)(?:[市区县])?")


def label_after(label: str, words: str) -> str:
    """The label of a figure that measures more of an earlier one: its label, then the words between."""
    measure = _trim(_plain(words))
    return f"{label[: MAX_LABEL - len(measure) - 1]},{measure}" if label else measure


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
