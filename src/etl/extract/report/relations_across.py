"""Arithmetic that several sentences state together: 两项合计, 其中 at the start of a sentence, 占全区医生的5%.

Wholes can be named elsewhere in the article, too: 全市68万产业工人, 首批120家, 至今已有700余对.

The words must name the members: a total its parts (上述, 三家, 除…外…也), a whole its noun. What is only near, in the
same unit, is no part of anything.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise

from etl.extract.report import lexicon
from etl.extract.report.relations import (
    AMOUNTS,
    AVERAGE,
    Member,
    adds_up_to,
    alike,
    around,
    clause_of,
    each,
    growth_of,
    is_total,
    listed_after,
    parts_of,
    same_thing,
    share,
    share_of,
    together,
)
from etl.model import Place, Relation, RelationMembers
from etl.record import record

SENTENCES = 3
"""How many sentences back the parts of a total may stand."""
REACH = 1500
"""Characters between a part and a whole that is named elsewhere in the article."""
_NOUN = 3
"""Characters that a noun must have in common at least: 产业工人, 志愿者."""

_OPENS_AMONG = re.compile(r"\s*其中(?!的|之|一[个位名]|最)")
_BESIDES = re.compile(r"除了?[^。;]{2,60}?(?:以外|之外|外),[^。;]{0,60}?(?:也|还|另|又)")
_BEGINS_WITH_TOTAL = re.compile(r"(?:共|合计|总计|累计|一共|总共)")
_STOCK = re.compile(
    r"(?P<scope>[\u4e00-\u9fff]{1,8}?[省市县区州国]|全[\u4e00-\u9fff])"
    r"(?:(?:现有|共有|已有|拥有|有)+(?P<noun>[\u4e00-\u9fff]{3,10}?))?(?:总数|总人数)?(?:达到?|为|有|约|近|超)*$"
)
_SCOPE_SIGN = frozenset("省市县区州国全")
_NOT_THE_SAME = re.compile(r"累计|先后|次|比|较|每|外省|外地|邻|目标")
_BATCH = re.compile(r"首批|第[一二三四五六七八九十\d]{1,2}批")
_IN_BATCH = re.compile(r"(首批|第[一二三四五六七八九十\d]{1,2}批)([\u4e00-\u9fff]{3,16})[^,。;]{0,6}中,")
_EDITIONS = re.compile(r"[一二三四五六七八九十百\d]+(?:多|余)?(?:届|期|季|场)")
_QUOTED = re.compile(r"[\u4e00-\u9fff]{0,4}[“\"「]([^”\"」]{2,20})[”\"」]")
_HAN = re.compile(r"[\u4e00-\u9fff]+")


@record(frozen=True, slots=True)
class Sentence:
    """A sentence of the flow with its figures, in order."""

    span: tuple[int, int]
    line: int
    """Index of its paragraph."""
    article: int
    members: Sequence[Member]


def relations_across(text: str, sentences: Sequence[Sentence], within: Sequence[Relation]) -> list[Relation]:
    """Relations between figures of different sentences; ``within`` are those found inside of each."""
    told = _Told(within)
    found: list[Relation] = []
    for n, sentence in enumerate(sentences):
        back = [s for s in sentences[max(0, n - SENTENCES) : n] if s.line == sentence.line]
        if back:
            for relation in (
                *_totals(text, back, sentence, told),
                *_among(text, back[-1], sentence, told),
                *_shares(text, back[-1], sentence, told),
                *_growths(text, back[-1], sentence),
            ):
                told.add(relation)
                found.append(relation)
    pairs = sorted(set(_elsewhere(text, sentences)), key=lambda p: (p[0].figure.start, p[1].figure.start))
    for part, whole in pairs:
        if not told.joins(part.place, whole.place):
            relation = Relation("subset", RelationMembers(part=part.place, whole=whole.place))
            told.add(relation)
            found.append(relation)
    return found


class _Told:
    """What has been asserted already: no figure is the total of two sums, no pair is told twice."""

    def __init__(self, relations: Sequence[Relation]) -> None:
        self._totals: set[Place] = set()
        self._shares: set[Place] = set()
        self._pairs: set[frozenset[Place]] = set()
        for relation in relations:
            self.add(relation)

    def add(self, relation: Relation) -> None:
        m = relation.members
        if m.total:
            self._totals.add(m.total)
            self._pairs.update(frozenset((m.total, p)) for p in m.parts)
        if m.share:
            self._shares.add(m.share)
        if m.part and m.whole:
            self._pairs.add(frozenset((m.part, m.whole)))

    def has_total(self, place: Place) -> bool:
        return place in self._totals

    def has_share(self, place: Place) -> bool:
        return place in self._shares

    def joins(self, a: Place, b: Place) -> bool:
        return frozenset((a, b)) in self._pairs


# ---------------------------------------------------------------- sums and products


def _totals(text: str, back: Sequence[Sentence], sentence: Sentence, told: _Told) -> Iterator[Relation]:
    """The totals of a sentence whose parts stand in the sentences before."""
    for i, total in enumerate(sentence.members):
        before = text[max(sentence.span[0], total.figure.start - 40) : total.figure.start]
        if total.figure.kind not in AMOUNTS or told.has_total(total.place) or not is_total(before):
            continue
        if i == 0 and total.figure.kind == "money" and _BEGINS_WITH_TOTAL.match(text, sentence.span[0]):
            terms = _terms(text, back[-1].members)
            if terms:
                yield Relation("product", RelationMembers(total=total.place, terms=terms))
                continue
        parts = _parts(text, back, sentence.members[:i], total, before)
        since = (back[0].span[0], total.figure.start)
        if len(parts) > 1 and same_thing(text, since, parts, total):
            yield Relation("sum", RelationMembers(total=total.place, parts=tuple(p.place for p in parts)))


def _terms(text: str, members: Sequence[Member]) -> tuple[tuple[Place, Place], ...]:
    """对15户困难户每户补助2000元: counts with their rates."""
    return tuple(
        (count.place, rate.place)
        for count, rate in pairwise(members)
        if count.figure.kind == "count" and rate.figure.kind == "money" and each(text, count, rate)
    )


def _parts(text: str, back: Sequence[Sentence], own: Sequence[Member], total: Member, before: str) -> Sequence[Member]:
    """The figures that a total is said to be of; none where the words leave it open."""
    anaphora, count = together(before)
    groups = [[m for m in s.members if adds_up_to(m, total)] for s in back]
    groups.append([m for m in own if adds_up_to(m, total)])
    if not anaphora:
        last = back[-1]
        divided = _BESIDES.search(text, *last.span)
        return groups[-2] if divided and not groups[-1] and len(groups[-2]) <= 4 else ()
    parts: list[Member] = []
    for group in reversed(groups):
        parts = [*group, *parts]
        if count is None and len(parts) > 1:
            return parts
        if count is not None and len(parts) >= count:
            return parts if len(parts) == count else ()
    return ()


# ---------------------------------------------------------------- 其中 and 占


def _whole(text: str, sentence: Sentence, part: Member) -> Member | None:
    """The figure that 其中 of the next sentence is about: the only one of its unit, or the one called a total."""
    wholes = [
        m
        for m in sentence.members
        if m.figure.kind == part.figure.kind and m.figure.status == "observed" and alike(m, part)
    ]
    if len(wholes) > 1:
        wholes = [m for m in wholes if is_total(text[max(sentence.span[0], m.figure.start - 40) : m.figure.start])]
    return wholes[0] if len(wholes) == 1 else None


def _among(text: str, before: Sentence, sentence: Sentence, told: _Told) -> Iterator[Relation]:
    if not _OPENS_AMONG.match(text, sentence.span[0]):
        return
    members = sentence.members
    first = next((i for i, m in enumerate(members) if m.figure.kind in AMOUNTS and m.figure.status == "observed"), None)
    if first is None or (whole := _whole(text, before, members[first])) is None:
        return
    if AVERAGE.search(around(text, before.span, whole.figure, whole.figure.end)):
        return
    listed = [first, *listed_after(text, members, first, whole)]
    pairs = [(members[i], whole) for i in listed if not told.joins(members[i].place, whole.place)]
    joined = [whole, *members]
    span = (before.span[0], sentence.span[1])
    for i in listed:
        follows = members[i + 1] if i + 1 < len(members) else None
        if follows is None or follows.figure.kind != "share" or told.has_share(follows.place):
            continue
        if share_of(text, span, joined, i + 2) == (i + 1, 0):
            yield share(members[i], whole, follows)
            pairs = [p for p in pairs if p[0] is not members[i]]
    yield from parts_of(text, pairs)


def _shares(text: str, before: Sentence, sentence: Sentence, told: _Told) -> Iterator[Relation]:
    """占全区医生的5%, 合格率98%: the whole in the sentence before, named by the words of the share."""
    joined = [*before.members, *sentence.members]
    own = len(before.members)
    span = (before.span[0], sentence.span[1])
    among = _OPENS_AMONG.match(text, sentence.span[0])
    for i in range(own, len(joined)):
        if joined[i].figure.kind != "share" or told.has_share(joined[i].place) or among:
            continue
        pair = share_of(text, span, joined, i)
        if pair is None or pair[1] >= own:
            continue
        part, whole = joined[pair[0]], joined[pair[1]]
        clause = clause_of(text[max(span[0], joined[i].figure.start - 40) : joined[i].figure.start])
        named = re.search(r"占(?!比|总)[\u4e00-\u9fff]{2}", clause) or clause.rstrip("为达到约").endswith("率")
        if named and not told.joins(part.place, whole.place):
            yield share(part, whole, joined[i])


def _growths(text: str, before: Sentence, sentence: Sentence) -> Iterator[Relation]:
    """2022年出口100亿元。2023年出口120亿元,增长20%."""
    joined = [before.members[-1], *sentence.members[:2]]
    if len(joined) == 3 and joined[2].figure.kind == "growth":
        grown = growth_of(text, (before.span[0], sentence.span[1]), joined, 2)
        if grown is not None:
            yield grown


# ---------------------------------------------------------------- wholes named elsewhere in the article


def _elsewhere(text: str, sentences: Sequence[Sentence]) -> Iterator[tuple[Member, Member]]:
    by_article: dict[int, list[tuple[Member, Sentence]]] = {}
    for sentence in sentences:
        by_article.setdefault(sentence.article, []).extend(
            (m, sentence) for m in sentence.members if m.figure.kind == "count"
        )
    for members in by_article.values():
        starts = [m.figure.start for m, _ in members]
        for n, (whole, sentence) in enumerate(members):
            before = text[max(sentence.span[0], whole.figure.start - 30) : whole.figure.start]
            after = text[whole.figure.end : whole.figure.end + 24]
            earlier = members[bisect_left(starts, whole.figure.start - REACH) : n]
            later = members[n + 1 : bisect_left(starts, whole.figure.end + REACH)]
            if whole.figure.status == "target":
                yield from _towards(text, whole, after, later)
            elif whole.figure.status == "observed":
                yield from _of_stock(text, whole, before, after, later)
                yield from _of_batch(text, whole, before, after, chain(earlier, later))
                yield from _of_editions(text, whole, sentence, earlier)


def _of_stock(
    text: str, whole: Member, before: str, after: str, later: Sequence[tuple[Member, Sentence]]
) -> Iterator[tuple[Member, Member]]:
    """全市68万产业工人 … 覆盖10多万名产业工人: some of all of that place."""
    found = None if _SCOPE_SIGN.isdisjoint(before) else _STOCK.search(clause_of(before))
    if found is None:
        return
    noun = found["noun"]
    for part, sentence in later:
        figure = part.figure
        if figure.status != "observed" or not alike(part, whole) or not _inside(part, whole):
            continue
        if part.value >= whole.value or _NOT_THE_SAME.search(_clause(text, sentence, part)):
            continue
        told = text[figure.end : figure.end + 16]
        if noun is None:
            common = _common_start(after, told)
            if len(common) >= _NOUN and not told.startswith(common + "的"):
                yield part, whole
        elif told.startswith(noun) and not told.startswith(noun + "的"):
            yield part, whole


def _of_batch(
    text: str, whole: Member, before: str, after: str, others: Iterable[tuple[Member, Sentence]]
) -> Iterator[tuple[Member, Member]]:
    """在全省首批示范基地中,丽水有10个 … 首批120家示范基地: (part, whole) of one batch."""
    batch = _BATCH.search(before[-5:]) if "批" in before[-5:] else None
    if batch is None:
        return
    for part, sentence in others:
        told = text[max(sentence.span[0], part.figure.start - 50) : part.figure.start]
        found = _IN_BATCH.search(told)
        if found and found[1] == batch[0] and part.value <= whole.value and part.figure.status == "observed":
            noun = found[2]
            if any(noun[k : k + 4] in after for k in range(max(1, len(noun) - 3))):
                yield part, whole


def _of_editions(
    text: str, whole: Member, sentence: Sentence, earlier: Sequence[tuple[Member, Sentence]]
) -> Iterator[tuple[Member, Member]]:
    """举办八届,至今已有700余对: what one edition had is a part of what all had."""
    told = text[sentence.span[0] : whole.figure.start]
    if not lexicon.words("ever").search(told[-30:]) or not _EDITIONS.search(told):
        return
    words = text[sentence.span[0] : whole.figure.end + 16]
    for part, at in earlier:
        if at is sentence or at.line != sentence.line or part.value > whole.value:
            continue
        if not alike(part, whole) or part.figure.status != "observed":
            continue
        own = around(text, at.span, part.figure, part.figure.end + 16)
        if _share_words(own, words):
            yield part, whole


def _towards(
    text: str, goal: Member, after: str, later: Sequence[tuple[Member, Sentence]]
) -> Iterator[tuple[Member, Member]]:
    """培育500家“乡村好民宿” … 已评出210家“乡村好民宿”: on the way to a goal; one that is exceeded says nothing."""
    name = _QUOTED.match(after)
    if not name:
        return
    for part, _ in later:
        told = _QUOTED.match(text, part.figure.end, part.figure.end + 26)
        named = told and told[1] == name[1] and alike(part, goal)
        if named and part.figure.status == "observed" and part.value <= goal.value:
            yield part, goal


def _inside(part: Member, whole: Member) -> bool:
    """Whether the part's place can lie in the whole's, as far as known."""
    if part.area is None or whole.area is None or part.area == whole.area:
        return True
    return part.area.startswith(whole.area.rstrip("0")) or whole.area == "100000"


def _clause(text: str, sentence: Sentence, member: Member) -> str:
    return clause_of(text[max(sentence.span[0], member.figure.start - 40) : member.figure.end])


def _common_start(a: str, b: str) -> str:
    n = 0
    while n < min(len(a), len(b)) and a[n] == b[n] and _HAN.match(a[n]):
        n += 1
    return a[:n]


def _share_words(a: str, b: str) -> bool:
    """Whether four Han characters in a row stand in both."""
    return any(run[k : k + 4] in b for run in _HAN.findall(a) if len(run) >= 4 for k in range(len(run) - 3))
