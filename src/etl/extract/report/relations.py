"""Arithmetic that a sentence states between its figures: shares, subsets, sums, products, growth from … to ….

A relation is asserted only where the words name its members: 占企业劳模的70% says nothing about a number of 65 that
stands before it and counts something else. What several sentences state together is in ``relations_across``.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from etl.extract.report import lexicon
from etl.extract.report.judge import Figure
from etl.model import Place, Relation, RelationMembers
from etl.record import record
from etl.reference import rows

AMOUNTS = frozenset({"count", "money", "area", "other"})
AVERAGE = re.compile(r"均|每|工资|价|标准")
"""Of such figures a part can be larger than the whole: 全体居民人均收入, 其中城镇居民."""
_PEOPLE = frozenset({"人", "名", "位"})
_SHARE_OPEN = re.compile(r"(?:占比|占总数|占|比例|比重)[^,。;]{0,8}$")
_OF = re.compile(
    r"占(?!比|总数的?$|总量的?$|总人数的?$|总额的?$)(?:全部|总)?([\u4e00-\u9fff()]{2,16}?)(?:总数|总量|总人数|总额)?的?(?:比重|比例|比)?(?:为|达到?|约|近|超过?|的)*$"
)
_SUBJECT = re.compile(r"(?:其中)?([^占比]{2,}?)(?:占|所占|的?比重|的?比例)")
_RATE = re.compile(r"([\u4e00-\u9fff]{1,4})率(?:为|达到?|约)?$")
_TOTAL = re.compile(
    r"(?:共计|合计|总计|总共|一共|(?<![公以和])共(?![同享青产和建])|总(?=[\u4e00-\u9fff]{0,3}?(?:数|量|额|规模|面积|投资)))"
    r"[\u4e00-\u9fff]{0,9}$"
)
_TOTAL_SIGN = frozenset("共计总")
_TOGETHER = re.compile(
    r"(?:上述|以上|前述|这)?(?P<n>[两二三四五六七八九十双]|\d{1,2})(?:项|者|类|级|个|家|批|地|方面|部分|种|所|次|期|方|笔)"
    r"[\u4e00-\u9fff]{0,4}?(?=合计|总计|共计|共|相加|总)|(?:上述|以上|前述)[\u4e00-\u9fff]{0,4}?(?=合计|总计|共计|共|总)"
)
_NUMERALS = {n: i for i, n in enumerate("零一二三四五六七八九十")} | {"两": 2, "双": 2}
_OTHER_TIME = re.compile(r"今年|去年|上年|本年|当年|明年|(?:19|20)\d\d年|[上下]半年|本月|上月|\d{1,2}月")
_WORD = re.compile(r"[\u4e00-\u9fff]{2,}")
_SAYS_NOTHING = re.compile(r"[人数量额达为有已约近过到]*")
_ADDED = re.compile(r"共计|合计|总计|总共|一共|相加|共|总")
_EACH = re.compile(r"每(?:人|名|位|户|家|个|亩|头|对|支|所|村|套|台)[\u4e00-\u9fff]{0,6}$")
_FROM = re.compile(r"[从由][^,。;]{0,12}$")
_TO = re.compile(
    r"(?:提高|增加|增长|上升|下降|降低|减少|扩大|提升|缩短|压缩|发展|升|增|降|减|涨|跌)(?:至|到|为)(?:了)?[^,。;]{0,8}$"
)
_SAME_SUBJECT = re.compile(
    r",?(?:同比|累计|总体)?(?:增幅|涨幅|降幅|增速)?(?:增长|提高|增加|上升|下降|降低|减少)?(?:了|约|近|超过|达到?|为)*"
)
_EARLIER = re.compile(r"[,，(](?:去年|上年|前一年)(?:同期|同月)?(?:为|是|仅|仅为|只有)?[约近]?$")
_YEAR = re.compile(r"(20\d\d|19\d\d)年(?!\d{1,2}月|[一二三四上下前第])")
_REACHED = re.compile(r"(?:已|则|就)?(?:为|达到?|有|共|(?:增长|增加|上升|提高|减少)到|[升增降]至|约|近|超过?)*$")
_AMONG = re.compile(r"其中")
_NEXT = re.compile(r"[^,。;、]{0,8}?(?:([,;、])(?:和|及|以及)?([\u4e00-\u9fff“”()A-Za-z\d]{0,18}))")
_WHOLE = re.compile(r"在[^,。;]{0,16}$")
_WHOLE_AFTER = re.compile(r"[^,。;]{0,12}中,")
_DIVIDED = re.compile(r"[,:(]?(?:分别是|分别为|分别有)")
_CHOSEN_HAS = re.compile(r"[^,。;]{0,10},([\u4e00-\u9fff]{2,12}?)(?:共?有|占)$")
_CLAUSE_START = re.compile(r"[,。;:!?\n]")
_SCOPED = re.compile(r"^(?:全部|总)")


@record(frozen=True, slots=True)
class Member:
    """A figure of the text with its place in the document and the code of the place it is about, where known."""

    figure: Figure
    place: Place
    value: float
    area: str | None = None


def relations_of(text: str, sentence: tuple[int, int], members: Sequence[Member]) -> list[Relation]:
    """The relations that one sentence of the flow states between its figures, given in order."""
    if len(members) < 2:
        return []
    found: list[Relation] = []
    shared: set[tuple[int, int]] = set()
    for i, member in enumerate(members):
        figure = member.figure
        before = text[max(sentence[0], figure.start - 40) : figure.start]
        if figure.kind == "share" and (pair := share_of(text, sentence, members, i)):
            part, whole = pair
            shared.add((part, whole))
            found.append(share(members[part], members[whole], member))
        elif figure.kind == "growth" and (grown := growth_of(text, sentence, members, i)):
            found.append(grown)
        elif figure.kind in AMOUNTS and is_total(before):
            found += _total(text, sentence, members, i) or _divided_into(text, members, i)
    subsets = [p for p in (*_subsets(text, members), *_of_the_chosen(text, sentence, members)) if p not in shared]
    found += parts_of(text, [(members[part], members[whole]) for part, whole in dict.fromkeys(subsets)])
    return found


def share(part: Member, whole: Member, of: Member) -> Relation:
    return Relation("share", RelationMembers(part=part.place, whole=whole.place, share=of.place))


def alike(a: Member, b: Member) -> bool:
    """Counted or measured in the same unit."""
    return a.figure.unit == b.figure.unit or {a.figure.unit, b.figure.unit} <= _PEOPLE


def is_total(before: str) -> bool:
    """Whether the words before a figure, up to its clause's start, call it a total."""
    return not _TOTAL_SIGN.isdisjoint(before) and _TOTAL.search(clause_of(before)) is not None


def clause_of(before: str) -> str:
    """The end of ``before`` from the last punctuation on."""
    cuts = list(_CLAUSE_START.finditer(before))
    return before[cuts[-1].end() :] if cuts else before


def together(before: str) -> tuple[bool, int | None]:
    """Whether a total is said to be of what stands before it (上述, 两项), and of how many."""
    found = _TOGETHER.search(clause_of(before))
    if found is None:
        return False, None
    n = found["n"]
    return True, None if n is None else int(n) if n.isdigit() else _NUMERALS[n]


def parts_of(text: str, pairs: Sequence[tuple[Member, Member]]) -> list[Relation]:
    """Parts with their wholes; where two of them divide it (男, 女) the sum."""
    found: list[Relation] = []
    for n, (part, whole) in enumerate(pairs):
        same = [p for p, w in pairs if w is whole]
        if len(same) == 2 and _divides(text, whole, *same):
            if part is same[0]:
                found.append(Relation("sum", RelationMembers(total=whole.place, parts=tuple(p.place for p in same))))
        elif part not in [p for p, w in pairs[:n] if w is whole]:
            found.append(Relation("subset", RelationMembers(part=part.place, whole=whole.place)))
    return found


def _divides(text: str, whole: Member, first: Member, second: Member) -> bool:
    """城镇60所,农村90所: a pair of words that leaves nothing out, beside the same noun or none."""
    a = _own_words(text[whole.figure.end : first.figure.start])
    b = _own_words(text[first.figure.end : second.figure.start])
    return any(
        (x in a and y in b and a.replace(x, "", 1) == b.replace(y, "", 1))
        or (y in a and x in b and a.replace(y, "", 1) == b.replace(x, "", 1))
        for x, y in _divisions()
    )


def _own_words(between: str) -> str:
    return re.sub(r"其中|各?有|为|[^\u4e00-\u9fff]", "", clause_of(between) or between)


@functools.cache
def _divisions() -> tuple[tuple[str, str], ...]:
    pairs = [r["word"].split("+") for r in rows("text_cues.csv") if r["group"] == "division"]
    return tuple((a, b) for a, b in sorted(pairs, key=lambda p: -len(p[0])))


def without_scope(noun: str) -> str:
    """全区医生 → 医生: what is counted, without the words for the whole of a place."""
    noun = _SCOPED.sub("", noun)
    found = lexicon.words("scope").match(noun)
    return noun[found.end() :] if found and len(noun) - found.end() >= 2 else noun


def share_of(text: str, sentence: tuple[int, int], members: Sequence[Member], i: int) -> tuple[int, int] | None:
    """Indices of part and whole of the share at ``i``."""
    amounts = [j for j in range(i) if members[j].figure.kind in AMOUNTS and members[j].figure.status == "observed"]
    if not amounts:
        return None
    start = members[i].figure.start
    before = text[max(sentence[0], start - 40) : start]
    for j in amounts:  # 在24.4万职工总数中,…占比五分之一
        figure = members[j].figure
        if _WHOLE.search(text, max(sentence[0], figure.start - 18), figure.start) and _WHOLE_AFTER.match(
            text, figure.end
        ):
            parts = [
                k for k in amounts if k != j and alike(members[k], members[j]) and members[k].value <= members[j].value
            ]
            if parts and _SHARE_OPEN.search(before):
                return parts[-1], j
    clause = before[max(before.rfind(c) for c in ",;。") + 1 :]
    rate = None if _SHARE_OPEN.search(clause) else _RATE.search(clause)
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
    wholes = [j for j in amounts[:-1] if alike(members[j], members[part]) and members[j].value >= members[part].value]
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
        noun = without_scope(named[1])
        for whole in reversed(wholes):
            if noun in around(text, sentence, members[whole].figure, members[part].figure.start):
                return part, whole
        return None
    whole = wholes[-1]
    if text.count(",", members[whole].figure.end, members[part].figure.start) > 2:
        return None
    if rate and (part - whole != 1 or i - part != 1 or not _rate_of(text, sentence, rate[1], members, whole, i)):
        return None
    return part, whole


def around(text: str, sentence: tuple[int, int], figure: Figure, stop: int) -> str:
    """What stands beside a figure and tells what it counts: before it, and after it within its clause."""
    after = text[figure.end : min(figure.end + 14, stop)]
    cut = _CLAUSE_START.search(after)
    return text[max(sentence[0], figure.start - 30) : figure.end] + (after[: cut.start()] if cut else after)


def _rate_of(text: str, sentence: tuple[int, int], stem: str, members: Sequence[Member], whole: int, i: int) -> bool:
    """合格784批次,合格率98%: the words of the rate are those of its figures; 群众满意率 is of something else."""
    told = text[max(sentence[0], members[whole].figure.start - 30) : members[i].figure.start]
    told = told[: told.rfind(stem)] if stem in told else told
    return any(c in told for c in stem[-2:])


def _share_of_list(members: Sequence[Member], amounts: list[int], first: int, i: int) -> tuple[int, int] | None:
    """男生9万人、女生8万人,占比分别为53%和47%: the shares in the order of the amounts before them."""
    count = 1
    while first + count < len(members) and members[first + count].figure.kind == "share":
        count += 1
    amounts = [a for a in amounts if a < first]
    if len(amounts) <= count:
        return None
    part = amounts[-count + i - first]
    wholes = [j for j in amounts[:-count] if alike(members[j], members[part]) and members[j].figure.kind != "rate"]
    return (part, wholes[-1]) if wholes and members[wholes[-1]].value >= members[part].value else None


def growth_of(text: str, sentence: tuple[int, int], members: Sequence[Member], i: int) -> Relation | None:
    """The growth at ``i`` with the earlier and the later figure before it."""
    pair = _rise(text, sentence, members, i) if members[i].figure.unit == "%" else None
    if pair is None:
        return None
    old, new = members[pair[0]], members[pair[1]]
    return Relation("growth", RelationMembers(part=new.place, whole=old.place, share=members[i].place))


def _rise(text: str, sentence: tuple[int, int], members: Sequence[Member], i: int) -> tuple[int, int] | None:
    """由A增加到B,增长C% or B,去年同期为A,同比增长C%: indices of A and B for the growth at ``i``."""
    if i < 2 or not alike(members[i - 2], members[i - 1]):
        return None
    old, new = members[i - 2].figure, members[i - 1].figure
    if _EARLIER.search(text, old.end, new.start) and _SAME_SUBJECT.fullmatch(text, new.end, members[i].figure.start):
        return i - 1, i - 2
    if not _SAME_SUBJECT.fullmatch(text, new.end, members[i].figure.start):
        return None
    if _FROM.search(text, max(0, old.start - 16), old.start) and _TO.search(text, old.end, new.start):
        return i - 2, i - 1
    return (i - 2, i - 1) if _next_year(text, sentence, old, new) else None


def _next_year(text: str, sentence: tuple[int, int], old: Figure, new: Figure) -> bool:
    """2021年出口80亿元,2022年出口100亿元: the same thing in two years that follow each other."""
    first = clause_of(text[max(sentence[0], old.start - 40) : old.start])
    second = clause_of(text[old.end : new.start])
    a, b = _YEAR.match(first), _YEAR.match(second)
    if not a or not b or int(b[1]) - int(a[1]) != 1 or old.status != "observed" or new.status != "observed":
        return False
    earlier, later = (_REACHED.sub("", c[m.end() :]) for c, m in ((first, a), (second, b)))
    return later in earlier


def _total(text: str, sentence: tuple[int, int], members: Sequence[Member], i: int) -> list[Relation]:
    total = members[i]
    terms = []
    parts: list[Member] = []
    j = i - 1
    while j >= 0 and ";" not in text[members[j].figure.end : total.figure.start]:
        member = members[j]
        if member.figure.kind == "money" and j > 0 and members[j - 1].figure.kind == "count":
            count = members[j - 1]
            if each(text, count, member):
                terms.append((count.place, member.place))
                j -= 2
                continue
        if adds_up_to(member, total):
            parts.append(member)
            j -= 1
            continue
        break
    if terms and total.figure.kind == "money":
        return [Relation("product", RelationMembers(total=total.place, terms=tuple(reversed(terms))))]
    parts.reverse()
    if len(parts) < 2 or not same_thing(text, sentence, parts, total):
        return []
    return [Relation("sum", RelationMembers(total=total.place, parts=tuple(p.place for p in parts)))]


def _divided_into(text: str, members: Sequence[Member], i: int) -> list[Relation]:
    """共320个,分别为生态类120个、产业类200个: a list of all of them."""
    total = members[i]
    if i + 2 >= len(members) or not _DIVIDED.match(text, total.figure.end):
        return []
    parts = [i + 1, *listed_after(text, members, i + 1, total)]
    if len(parts) < 2 or not all(adds_up_to(members[k], total) for k in parts):
        return []
    return [Relation("sum", RelationMembers(total=total.place, parts=tuple(members[k].place for k in parts)))]


def each(text: str, count: Member, rate: Member) -> bool:
    """15户困难户每户补助2000元."""
    return _EACH.search(text, count.figure.end, rate.figure.start) is not None


def adds_up_to(part: Member, total: Member) -> bool:
    """Whether one can be a part of a total of the other at all."""
    return (
        part.figure.status == total.figure.status == "observed"
        and alike(part, total)
        and part.figure.kind == total.figure.kind
        and part.value <= total.value
    )


def same_thing(text: str, since: tuple[int, int], parts: Sequence[Member], total: Member) -> bool:
    """Whether the words of a total name what its parts count, in the same time; 全市教师共9000人 is no total of pupils.

    Words that only add (两项, 共投入) name nothing and contradict nothing.
    """
    told = text[since[0] : parts[-1].figure.end]
    between = text[parts[-1].figure.end : total.figure.start]
    if _OTHER_TIME.search(between):
        return False
    clause = clause_of(between)
    own = _ADDED.sub("|", _TOGETHER.sub("|", clause))
    for pattern in (lexicon.words("scope"), lexicon.words("adding")):
        own = pattern.sub("|", own)
    names = [
        run for run in re.findall(r"[\u4e00-\u9fff]{2,}", own) if not re.fullmatch(r"[人数量额达为有已约近过到]*", run)
    ]
    return all(any(run[k : k + 2] in told for k in range(len(run) - 1)) for run in names)


def _subsets(text: str, members: Sequence[Member]) -> list[tuple[int, int]]:
    """(part, whole) of what 其中 names, and of what is listed after it."""
    found = []
    for i in range(1, len(members)):
        part = members[i]
        between = text[members[i - 1].figure.end : part.figure.start]
        if (
            part.figure.kind not in AMOUNTS
            or not (m := _AMONG.search(between))
            or re.search(r"[;。]", between[m.end() :])
        ):
            continue
        for j in range(i - 1, -1, -1):
            whole = members[j]
            if whole.figure.kind == part.figure.kind and alike(part, whole):
                if AVERAGE.search(text, max(0, whole.figure.start - 20), whole.figure.start):
                    break
                # next to each other the words name the whole, so that a part larger than it is an error to be told
                if whole.value >= part.value or j == i - 1:
                    found.append((i, j))
                    found += [(k, j) for k in listed_after(text, members, i, whole)]
                break
    return found


def listed_after(text: str, members: Sequence[Member], first: int, whole: Member) -> list[int]:
    """Indices of the parts that a list goes on with after its first: 其中,民事2100件,刑事600件,行政500件."""
    found = []
    last, mark = members[first], ""
    for k in range(first + 1, len(members)):
        part = members[k]
        if part.figure.kind == "share":
            continue
        step = _NEXT.fullmatch(text, members[k - 1].figure.end, part.figure.start)
        if not step or lexicon.words("beside").search(step[2]) or not alike(part, last) or part.value > whole.value:
            break
        if part.figure.status != last.figure.status or (step[1] == ";" and mark not in ("", ";")):
            break  # a semicolon ends a list whose items commas part
        if not step[2] and step[1] != "、":
            break
        mark = step[1]
        found.append(k)
    return found


def _of_the_chosen(text: str, sentence: tuple[int, int], members: Sequence[Member]) -> list[tuple[int, int]]:
    """评选劳动模范65名,一线工人有21人; 全国评选先进集体300个,我省有12个: (part, whole)."""
    found = []
    for i in range(1, len(members)):
        whole, part = members[i - 1], members[i]
        if not (whole.figure.kind == part.figure.kind == "count" and adds_up_to(part, whole)):
            continue
        told = clause_of(text[max(sentence[0], whole.figure.start - 40) : whole.figure.start])
        has = _CHOSEN_HAS.fullmatch(text, whole.figure.end, part.figure.start)
        if not has or not lexicon.words("chosen").search(told) or lexicon.words("beside").search(has[1]):
            continue
        after = text[part.figure.end : part.figure.end + 12]
        noun = after[: cut.start()] if (cut := _CLAUSE_START.search(after)) else after
        admitted = lexicon.words("admitted").search(noun)
        named = noun[: admitted.start()] if admitted else noun
        if not named or named in told:
            found.append((i, i - 1))
    return found
