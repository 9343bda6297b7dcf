"""Lists: their figures are of one kind, and 分别 gives each its own item and place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

from etl.extract.report import lexicon
from etl.extract.report.flow import Flow, Line
from etl.extract.report.judge import Figure
from etl.extract.report.lexicon import words
from etl.extract.report.scan import Number
from etl.reference import rows

_LINK = re.compile(r"(?:左右|以上|以下|以内)?(?:、|和|及|与|以及|,|:|∶)(?:约|近|超过?|第)?")
_COORDINATES = re.compile(r"[^,;:。、\n]+(?:、[^,;:。、\n]+)*")
_AND = re.compile(r"(?:以及|及|和|与)")
_RATIO = re.compile(r"(?:的|之)?(?:人数|数量)?(?:比例|比重|结构|占比|比)(?:为|约为|是|达到|调整为|优化为)?$")
_SAME_AGAIN = re.compile(r"[比较增减多少升降其中]|^[^\u4e00-\u9fff]*$|^[和及与至到]$")
"""Between a figure and one without a unit that is counted in the same: 报名24.9万人,比上年多1.2万."""
_NEXT_TIER = re.compile(r"[,、;](?:其他|其余)?[^,。;、:\d]{2,12}")
"""Between the tariffs of a list: 首席技师每月津贴5000元,主任技师3000元."""
_BETWEEN = re.compile(r"[,、]?(?:同比|环比|比上年|较上年|比去年|较去年|各自|每[人名户家])?")
Item = tuple[tuple[int, int], tuple[int, int]]
"""Span of an item and span of the list it stands in."""

_ITEM = re.compile(r"[((]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)、.]|[^,。;:\n]{2,12}[::]")
_ITEM_LENGTH = 120
_EACH_REACH = 16
_RAISED = re.compile(
    r"(?:[,、;](?!同比|环比|比|较|实际)[^,。;\d]{1,12})?(?:统一)?(?:调整|提高|增加|提升|上调|降低|下调|降|提|升|增|涨)(?:到|至|为)(?:每[人月年]+)?(?:最高|最低|约)?"
)
_GOES_ON = re.compile(r"(?:以上|左右|以内)?[^。;,]{0,12}[,、](?:(?!已|目前|去年|现有|同比|占|实际|按)[^。;,]){1,28}")
"""力争新增试点60家,创建示范单位10个: one plan."""
_LEAD = re.compile(r"^(?:其中|对|将|给予|由|为|向|使|按照?|今年|全年|同时)+")


def lead_ins(reading: Flow) -> dict[int, Line]:
    """For the lines that are items of a list, by index: the line ending in a colon that opened it."""
    found: dict[int, Line] = {}
    lead: Line | None = None
    for i, line in enumerate(reading.lines):
        if reading.text.endswith(":", line.start, line.end):
            lead = line
        elif lead is not None and line.end - line.start <= _ITEM_LENGTH and _ITEM.match(reading.text, line.start):
            found[i] = lead
        else:
            lead = None
    return found


def like_their_list(text: str, numbers: Sequence[tuple[Number, Figure]]) -> list[tuple[Number, Figure]]:
    """The same figures, those of a list with the kind, status and direction of its first member.

    The first member stands behind the words that tell the kind (分别增长). A figure without unit takes the unit of
    the one shortly before it (报名24.9万人,比上年多1.2万). Behind 分别 a bound reaches all: 分别在1.9万人和1.7万人以上.
    """
    out = list(numbers)
    linked: list[int] = []
    for i in range(1, len(out)):
        (_, last), (number, figure) = out[i - 1], out[i]
        between = text[last.end : figure.start] if figure.start - last.end <= 40 else "。"
        if not figure.unit and figure.kind == "count" and "。" not in between and _SAME_AGAIN.search(between):
            figure = replace(figure, unit=last.unit, kind=last.kind if last.unit != "%" else "count")
            out[i] = number, figure
        if last.status == "target" and figure.status == "observed" and _GOES_ON.fullmatch(between):
            figure = replace(figure, status="target")
            out[i] = number, figure
        tariff = figure.unit == last.unit and last.status == "standard"
        if tariff and (
            _RAISED.fullmatch(between)
            or (_NEXT_TIER.fullmatch(between) and not lexicon.words("really").search(between))
        ):
            figure = replace(figure, status="standard")
            out[i] = number, figure
        if last.status == "standard" and figure.status == "observed" and _goes_with(figure, between):
            figure = replace(figure, status="standard")
            out[i] = number, figure
        if last.unit == "个" and figure.unit.startswith("个") and _LINK.fullmatch(between):
            for j in _run_before(text, out, i):  # 0.5个、2.1个和3.4个百分点
                out[j] = out[j][0], replace(out[j][1], unit=figure.unit, kind=figure.kind)
            last = out[i - 1][1]
        if figure.unit == last.unit and _LINK.fullmatch(between):
            out[i] = number, replace(figure, kind=last.kind, status=last.status, direction=last.direction)
            linked.append(i)
    for run in _runs(linked):
        members = [number for number, _ in out[run[0] : run[-1] + 1]]
        bounded = [n for n in members if n.qualifier != "eq"]
        shared = len(bounded) == 1 and (members[0] is bounded[0] if bounded[0].before else members[-1] is bounded[0])
        lead = text[max(0, members[0].start - _EACH_REACH) : members[0].start]
        if shared and words("each").search(lead[lead.rfind("。") + 1 :]):
            for i in run:
                number, figure = out[i]
                out[i] = replace(number, qualifier=bounded[0].qualifier), figure
    return out


def _run_before(text: str, numbers: Sequence[tuple[Number, Figure]], i: int) -> Iterator[int]:
    """The members of the list that ends with number ``i`` that are counted in 个 alone, from the last one back."""
    for j in range(i - 1, -1, -1):
        figure = numbers[j][1]
        if figure.unit != "个" or not _LINK.fullmatch(text, figure.end, numbers[j + 1][1].start):
            return
        yield j


def _goes_with(figure: Figure, between: str) -> bool:
    """最高30万元,期限3年,财政贴息50%: a share or a time beside a tariff is laid down with it."""
    laid = (figure.unit == "%" and figure.kind == "share") or figure.kind == "duration"
    return laid and not _TOLD_OF.search(between) and not lexicon.words("really").search(between)


_TOLD_OF = re.compile(r"[。;率占达增降]|[提升]高")


def _runs(linked: Sequence[int]) -> list[range]:
    """The lists as positions of their members; ``linked`` are the members linked to the one before."""
    runs: list[range] = []
    for i in linked:
        if runs and runs[-1].stop == i:
            runs[-1] = range(runs[-1].start, i + 1)
        else:
            runs.append(range(i - 1, i + 1))
    return runs


def respective_items(
    text: str, sentence: int, spans: Sequence[tuple[int, int]]
) -> tuple[dict[int, Item], dict[int, tuple[int, tuple[int, int]]]]:
    """For the figures of 分别 lists, by their start: the item that each is of, or the earlier figure it goes with.

    ``spans`` are the figures of one sentence in order, ``sentence`` its start. 收入和人次分别增长… has items;
    收入5亿元,人次3万,分别增长… has earlier figures: those come as start of the earlier figure and span of the words
    between. A list whose items can't be told apart or whose number differs gives nothing.
    """
    listed: dict[int, Item] = {}
    paired: dict[int, tuple[int, tuple[int, int]]] = {}
    i = 0
    while i < len(spans):
        j = i
        while j + 1 < len(spans) and _LINK.fullmatch(text, spans[j][1], spans[j + 1][0]):
            j += 1
        count = j - i + 1
        if count > 1:
            lead = max(sentence, spans[i][0] - 90)
            each = [m.start() for m in words("each").finditer(text, max(lead, spans[i][0] - 24), spans[i][0])]
            mark = each[-1] if each else -1
            if mark < 0 and text[spans[i][1]] in ":∶":
                ratio = _RATIO.search(text, lead, spans[i][0])
                mark = ratio.start() if ratio else -1
            opens = spans[i - 1][1] if i else sentence
            if mark >= opens and i >= count and _BETWEEN.fullmatch(text, opens, mark):
                between = (opens, spans[i][0])
                paired.update((spans[i + k][0], (spans[i - count + k][0], between)) for k in range(count))
            elif mark >= 0:
                items = _items(text, lead, mark, count)
                listed.update(zip((s for s, _ in spans[i : j + 1]), items, strict=False))
        i = j + 1
    return listed, paired


def halves(text: str, sentence: int, spans: Sequence[tuple[int, int]]) -> dict[int, tuple[str, str]]:
    """For the two figures behind 分别 of what one word holds (城乡居民收入分别达到3万元和1万元), by their start.

    Given are the word and which of its parts the figure is of; ``spans`` and ``sentence`` as in ``respective_items``.
    """
    found: dict[int, tuple[str, str]] = {}
    for (start, end), (second, _) in pairwise(spans):
        lead = max(sentence, start - 40)
        mark = text.rfind("分别", max(lead, start - 24), start)
        if mark < 0 or not _LINK.fullmatch(text, end, second):
            continue
        told = text[max(lead, max((text.rfind(c, lead, mark) for c in ",;"), default=-1) + 1) : mark]
        for word, parts in _halved().items():
            if word in told:
                found[start], found[second] = (word, parts[0]), (word, parts[1])
    return found


@cache
def _halved() -> dict[str, tuple[str, str]]:
    entries = [r["word"].partition("=") for r in rows("text_cues.csv") if r["group"] == "halves"]
    return {word: (parts.partition("+")[0], parts.partition("+")[2]) for word, _, parts in entries}


def _items(text: str, start: int, end: int, count: int) -> list[Item]:
    for m in reversed(list(_COORDINATES.finditer(text, start, end))):
        items: list[tuple[int, int]] = []
        joined = m[0].count("、") < count - 1
        for part in re.finditer(r"[^、]+", m[0]):
            begin, stop = m.start() + part.start(), m.start() + part.end()
            joint = list(_AND.finditer(text, begin + 1, stop - 1)) if joined and len(items) < count - 1 else []
            if joint and len(items) + 2 == count:
                items += [(begin, joint[-1].start()), (joint[-1].end(), stop)]
            else:
                items.append((begin, stop))
        if len(items) == count:
            lead = _LEAD.match(text, items[0][0], items[0][1])
            if lead and lead.end() < items[0][1]:
                items[0] = (lead.end(), items[0][1])
            return [(item, m.span()) for item in items]
    return []
