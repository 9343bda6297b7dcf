"""Arithmetic that a sentence states between its figures: shares, subsets, sums, products, growth from … to ….

A relation is asserted only where the words name its members: 占企业劳模的70% says nothing about a number of 65 that
stands before it and counts something else.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from etl.extract.report.judge import Figure
from etl.model import Place, Relation, RelationMembers

_AMOUNTS = frozenset({"count", "money", "area", "other"})
_SHARE_OPEN = re.compile(r"(?:占比|占总数|占|比例|比重)[^,。;]{0,8}$")
_OF = re.compile(
    r"占(?!比|总数的?$|总量的?$|总人数的?$|总额的?$)(?:全部|总)?([\u4e00-\u9fff()]{2,16}?)(?:总数|总量|总人数|总额)?的?(?:比重|比例|比)?(?:为|达到?|约|近|超过?|的)*$"
)
_SUBJECT = re.compile(r"(?:其中)?([^占比]{2,}?)(?:占|所占|的?比重|的?比例)")
_RATE = re.compile(r"[\u4e00-\u9fff]{1,4}率(?:为|达到?|约)?$")
_TOTAL = re.compile(
    r"(?:共计|合计|总计|总共|共|总数(?:达到?|为)?|总人数(?:已)?(?:达到?|为)?|总额(?:达到?|为)?|总计奖励|总投资)(?:有|为|达到?|约|近|奖励|发放|投入|接近)*$"
)
_EACH = re.compile(r"每(?:人|名|位|户|家|个|亩|头|对|支|所|村|套|台)[\u4e00-\u9fff]{0,6}$")
_FROM = re.compile(r"[从由][^,。;]{0,12}$")
_TO = re.compile(
    r"(?:提高|增加|增长|上升|下降|降低|减少|扩大|提升|缩短|压缩|发展|升|增|降|减|涨|跌)(?:至|到|为)(?:了)?[^,。;]{0,8}$"
)
_SAME_SUBJECT = re.compile(
    r",?(?:同比|累计|年均|总体)?(?:增幅|涨幅|降幅|增速)?(?:增长|提高|增加|上升|下降|降低|减少)?(?:了|约|近|超过|达到?|为)*"
)
_EARLIER = re.compile(r"[,，(](?:去年|上年|前一年)(?:同期|同月)?(?:为|是|仅|仅为|只有)?[约近]?$")
_AMONG = re.compile(r"其中")
_WHOLE = re.compile(r"在[^,。;]{0,16}$")
_WHOLE_AFTER = re.compile(r"[^,。;]{0,12}中,")


@dataclass(frozen=True, slots=True)
class Member:
    """A figure of the sentence with its place in the document."""

    figure: Figure
    place: Place
    value: float
    exact: bool


def relations_of(text: str, sentence: tuple[int, int], members: Sequence[Member]) -> list[Relation]:
    """The relations that one sentence of the flow states between its figures, given in order."""
    if len(members) < 2:
        return []
    found: list[Relation] = []
    shared: set[tuple[int, int]] = set()
    for i, member in enumerate(members):
        figure = member.figure
        before = text[max(sentence[0], figure.start - 40) : figure.start]
        if figure.kind == "share" and (pair := _share(text, sentence, members, i, before)):
            part, whole = pair
            shared.add((part, whole))
            found.append(_relation("share", part=members[part], whole=members[whole], share=member))
        elif figure.kind == "growth" and figure.unit == "%" and (pair := _rise(text, members, i)):
            found.append(_relation("growth", part=members[pair[1]], whole=members[pair[0]], share=member))
        elif figure.kind in _AMOUNTS and _TOTAL.search(before):
            found += _total(text, members, i)
    for part, whole in _subsets(text, members):
        if (part, whole) not in shared:
            found.append(_relation("subset", part=members[part], whole=members[whole]))
    return found


def _relation(kind: str, *, part: Member, whole: Member, share: Member | None = None) -> Relation:
    return Relation(
        kind,  # type: ignore[arg-type]
        RelationMembers(part=part.place, whole=whole.place, share=share.place if share else None),
    )


def _alike(a: Member, b: Member) -> bool:
    return a.figure.unit == b.figure.unit or {a.figure.unit, b.figure.unit} <= {"人", "名"}


def _share(
    text: str, sentence: tuple[int, int], members: Sequence[Member], i: int, before: str
) -> tuple[int, int] | None:
    """Indices of part and whole of the share at ``i``."""
    amounts = [j for j in range(i) if members[j].figure.kind in _AMOUNTS and members[j].figure.status == "observed"]
    if not amounts:
        return None
    start = members[i].figure.start
    for j in amounts:  # 在24.4万职工总数中,…占比五分之一
        figure = members[j].figure
        if _WHOLE.search(text, max(sentence[0], figure.start - 18), figure.start) and _WHOLE_AFTER.match(
            text, figure.end
        ):
            parts = [
                k for k in amounts if k != j and _alike(members[k], members[j]) and members[k].value <= members[j].value
            ]
            if parts and _SHARE_OPEN.search(before):
                return parts[-1], j
    clause = before[max(before.rfind(c) for c in ",;。") + 1 :]
    rate = _RATE.search(clause) and not _SHARE_OPEN.search(clause)
    if not rate and not _SHARE_OPEN.search(clause):
        return None
    shares = [k for k in range(i + 1) if members[k].figure.kind == "share"]
    run = [k for k in shares if k >= i - len(shares) + 1 and all(n in shares for n in range(k, i + 1))]
    listing = "分别" in text[max(sentence[0], members[run[0]].figure.start - 12) : members[run[0]].figure.start]
    if listing:
        return _share_of_list(members, amounts, run[0], i)
    part = amounts[-1]
    subject = _SUBJECT.match(clause)
    if subject and not rate:
        figure = members[part].figure
        near = text[max(sentence[0], figure.start - 24) : max(figure.end, min(figure.end + 14, start - len(clause)))]
        if subject[1] not in near:
            return None
    if text.count(",", members[part].figure.end, start) > 1 or ";" in text[members[part].figure.end : start]:
        return None
    wholes = [j for j in amounts[:-1] if _alike(members[j], members[part]) and members[j].value >= members[part].value]
    if not wholes:
        return None
    among = text.rfind("其中", sentence[0], members[part].figure.start)
    if among >= 0:
        wholes = [j for j in wholes if members[j].figure.start < among]
    else:
        wholes = [j for j in wholes if ";" not in text[members[j].figure.end : members[part].figure.start]]
    if not wholes:
        return None
    if named := _OF.search(clause):
        for whole in reversed(wholes):
            figure = members[whole].figure
            if named[1] in text[max(sentence[0], figure.start - 30) : min(figure.end + 14, members[part].figure.start)]:
                return part, whole
        return None
    whole = wholes[-1]
    if text.count(",", members[whole].figure.end, members[part].figure.start) > 2:
        return None
    if rate and (part - whole != 1 or i - part != 1):
        return None
    return part, whole


def _share_of_list(members: Sequence[Member], amounts: list[int], first: int, i: int) -> tuple[int, int] | None:
    """男生9万人、女生8万人,占比分别为53%和47%: the shares in the order of the amounts before them."""
    count = 1
    while first + count < len(members) and members[first + count].figure.kind == "share":
        count += 1
    amounts = [a for a in amounts if a < first]
    if len(amounts) <= count:
        return None
    part = amounts[-count + i - first]
    wholes = [j for j in amounts[:-count] if _alike(members[j], members[part]) and members[j].figure.kind != "rate"]
    return (part, wholes[-1]) if wholes and members[wholes[-1]].value >= members[part].value else None


def _rise(text: str, members: Sequence[Member], i: int) -> tuple[int, int] | None:
    """由A增加到B,增长C% or B,去年同期为A,同比增长C%: indices of A and B for the growth at ``i``."""
    if i < 2 or not _alike(members[i - 2], members[i - 1]):
        return None
    old, new = members[i - 2].figure, members[i - 1].figure
    if _EARLIER.search(text, old.end, new.start) and _SAME_SUBJECT.fullmatch(text, new.end, members[i].figure.start):
        return i - 1, i - 2
    opens = _FROM.search(text, max(0, old.start - 16), old.start)
    rises = _TO.search(text, old.end, new.start)
    same = _SAME_SUBJECT.fullmatch(text, new.end, members[i].figure.start)
    return (i - 2, i - 1) if opens and rises and same else None


def _total(text: str, members: Sequence[Member], i: int) -> list[Relation]:
    total = members[i]
    terms = []
    parts = []
    j = i - 1
    while j >= 0 and ";" not in text[members[j].figure.end : total.figure.start]:
        member = members[j]
        if member.figure.kind == "money" and j > 0 and members[j - 1].figure.kind == "count":
            count = members[j - 1]
            if _EACH.search(text, count.figure.end, member.figure.start):
                terms.append((count.place, member.place))
                j -= 2
                continue
        if (
            member.figure.status == "observed"
            and _alike(member, total)
            and member.figure.kind == total.figure.kind
            and member.value <= total.value
        ):
            parts.append(member.place)
            j -= 1
            continue
        break
    if terms and total.figure.kind == "money":
        return [Relation("product", RelationMembers(total=total.place, terms=tuple(reversed(terms))))]
    if len(parts) >= 2:
        return [Relation("sum", RelationMembers(total=total.place, parts=tuple(reversed(parts))))]
    return []


def _subsets(text: str, members: Sequence[Member]) -> list[tuple[int, int]]:
    found = []
    for i in range(1, len(members)):
        part = members[i]
        between = text[members[i - 1].figure.end : part.figure.start]
        if part.figure.kind != "count" or not (m := _AMONG.search(between)) or re.search(r"[;。]", between[m.end() :]):
            continue
        for j in range(i - 1, -1, -1):
            whole = members[j]
            if whole.figure.kind == "count" and _alike(part, whole):
                # next to each other the words name the whole, so that a part larger than it is an error to be told
                if whole.value >= part.value or j == i - 1:
                    found.append((i, j))
                break
    return found
