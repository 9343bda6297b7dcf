"""Labels to indicators of the catalogue: whole labels and phrases, never the first of several."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from etl.errors import ReferenceDataError
from etl.model import Candidate
from etl.normalise.breakdown import breakdown_of
from etl.reference import document, local_rows, rows

ALIASES = "indicator_aliases.csv"
CATALOGUES = ("indicators_reform.yaml", "indicators_general.yaml")
_SUGGESTED = 5
_SHORTEST = 3
"""Characters: a phrase is not shortened to less than one more than this."""
_CLAUSE = 6
"""Characters: a last clause as long as this, or one that begins with a verb, names its measure alone."""
_LONGEST = 200
"""Characters; a longer label names nothing."""
YEAR_BASES = frozenset({"上年=100", "上年同期=100", "上年同月=100"})
"""Bases of one index, as yearbooks, quarterly and monthly tables print them."""
_ALIKE = 0.35
"""Least likeness of a suggestion: the Dice coefficient of the pairs of characters."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One entry of the catalogue."""

    code: str
    name_zh: str
    name_en: str
    group: str
    definition: str
    kind: str
    unit: str
    """Symbol of the base unit."""
    stock_flow: str
    """``stock`` or ``flow``."""
    low: Decimal | None = None
    """Plausible bounds in ``unit``; None: open."""
    high: Decimal | None = None
    part_of: str | None = None
    """Code of the indicator that it is a part of."""
    phrases: tuple[str, ...] = ()

    @property
    def breakdown(self) -> Mapping[str, str]:
        """Of whom it speaks by its own name: 户籍人口（男） of men."""
        return breakdown_of(self.name_zh)

    def beyond(self, breakdown: Mapping[str, str]) -> dict[str, str]:
        """What a breakdown says that the name does not: who is counted of those whom the indicator counts."""
        own = self.breakdown
        return {name: value for name, value in breakdown.items() if own.get(name) != value}


@dataclass(frozen=True, slots=True)
class IndicatorMatch:
    code: str | None
    rule: str
    """``alias`` (a reviewer's decision), ``exact``, ``phrase``, ``clause`` (the last of several), ``object`` (of a
    verb), ``part`` (其中, of what the clause before names); without code ``none``, ``ambiguous``, ``kind`` (the words
    fit an indicator of another kind or unit)."""
    candidates: tuple[Candidate, ...] = ()


_NOISE = re.compile(r"[^\w&%=.\-/]|_|其中")
_ORDINAL = re.compile(r"^(?:[一二三四五六七八九十]{1,3}|[\d]{1,2})[、.)]\s*|^[(][一二三四五六七八九十\d]{1,3}[)]")
_CLAUSES = re.compile("[,;]")
_SHARE_END = "的?(?:比重|比例|占比|份额)"
_A_OF_B = re.compile(rf"(?P<part>[^占]{{2,30}})占(?P<whole>[^占比]{{2,30}}?)(?:{_SHARE_END})?")
_OF_B_A = re.compile(rf"(?P<whole>[^占比]{{2,30}})(?:其)?中(?P<part>[^占]{{2,20}})(?:{_SHARE_END})")
_GROWS = re.compile("(?P<what>.{2,30}?)(?:[比较]?(?:上年|去年))?(?:同期|同比)?(?:增长率|增长速度|增长|增速|增幅)")
_DASHES = str.maketrans(dict.fromkeys("~–—－～", "-"))

# Kinds that different readers give to the same measure; growth and change never stand for a level or a share.
KIN = {
    "count": "level", "money": "level", "area": "level", "other": "level", "duration": "level",
    "share": "share", "rate": "share", "ratio": "share",
}  # fmt: skip


def _part(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).translate(_DASHES).strip()
    return _NOISE.sub("", _ORDINAL.sub("", text))


def normal_label(label: str) -> str:
    """A label, or a header path joined by ``|``, without blanks, punctuation, ordinals and 其中."""
    return "".join(_part(p) for p in label.split("|"))


class IndicatorTable:
    """The catalogue. Get it from ``load_indicators()``."""

    def __init__(self, indicators: Iterable[Indicator], aliases: Mapping[str, str]) -> None:
        self.by_code: dict[str, Indicator] = {}
        self._by_phrase: dict[str, list[Indicator]] = defaultdict(list)
        for i in indicators:
            if i.code in self.by_code:
                raise ReferenceDataError(", ".join(CATALOGUES), f"code {i.code} stands twice", next_step="Rename one.")
            self.by_code[i.code] = i
            whole = dict.fromkeys(normal_label(p) for p in (i.name_zh, *i.phrases))
            # 劳模人数 is 劳模 too: what is counted is told by kind and unit
            stems = dict.fromkeys(s for p in whole for s in _peeled(p, front=False) if len(s) > _SHORTEST)
            ratios = dict.fromkeys(r for p in whole if (r := _share(p) if i.kind == "share" else _growth(p, i.kind)))
            for phrase in {**whole, **stems, **ratios}:
                self._by_phrase[phrase].append(i)
        self._aliases: dict[str, Indicator] = {}
        for label, code in aliases.items():
            if code not in self.by_code:
                raise ReferenceDataError(ALIASES, f"{label} is mapped to the unknown code {code}")
            self._aliases[normal_label(label)] = self.by_code[code]

    @functools.lru_cache(maxsize=50_000)  # noqa: B019 — a catalogue lives as long as the process
    def map_label(self, label: str, *, unit: str | None, kind: str) -> IndicatorMatch:
        """The indicator that the whole label names.

        ``unit`` is the base unit's symbol. Words around a phrase must be neutral: 女性高技能人才 is not 高技能人才.
        Where two indicators fit equally, or the kind or unit differs, there is no code but ranked candidates.
        """
        if len(label) > _LONGEST:
            return IndicatorMatch(None, "none")
        plain = normal_label(label)
        if alias := self._aliases.get(plain):
            return IndicatorMatch(alias.code, "alias")
        seen: list[Indicator] = []
        for rule, form in _forms(label, plain, kind):
            named = self._by_phrase.get(form, [])
            fitting = [i for i in named if _fits(i, unit, kind)]
            if len(fitting) == 1:
                return IndicatorMatch(fitting[0].code, rule)
            if fitting:
                return IndicatorMatch(None, "ambiguous", _candidates(fitting, "fits equally"))
            seen += named
        if part := self._part_of_clause(label, unit, kind):
            return IndicatorMatch(part.code, "part")
        if seen:
            return IndicatorMatch(None, "kind", _candidates(list(dict.fromkeys(seen)), "another kind or unit"))
        return IndicatorMatch(None, "none", self._suggestions(plain, unit, kind))

    def _part_of_clause(self, label: str, unit: str | None, kind: str) -> Indicator | None:
        """技能人才总量,其中高技能人才, 财政支出|教育支出: the second, where it is a part of the first.

        The verb of the first holds for the second, too: 培育技能人才,高技能人才.
        """
        text = unicodedata.normalize("NFKC", label)
        whole, _, part = text.rpartition("|" if "|" in label else ",")
        part = part.removeprefix("其中")
        if not whole or not part:
            return None
        outer = self.map_label(whole, unit=unit, kind=kind).code
        verbs = [found[0] for found in _verbs().finditer(_CLAUSES.split(whole)[-1])] if outer else []
        for told in (part, *(verb + part for verb in verbs[-1:])) if outer else ():
            inner = self.map_label(told, unit=unit, kind=kind).code
            found = self.by_code.get(inner) if inner else None
            if found and found.part_of == outer:
                return found
        return None

    @functools.cached_property
    def _with_pair(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for phrase in self._by_phrase:
            for pair in _pairs(phrase):
                found[pair].append(phrase)
        return found

    def _suggestions(self, plain: str, unit: str | None, kind: str) -> tuple[Candidate, ...]:
        pairs = _pairs(plain)
        shared = Counter(phrase for pair in pairs for phrase in self._with_pair.get(pair, ()))
        best: dict[str, float] = {}
        for phrase, n in shared.items():
            score = 2 * n / (len(pairs) + max(1, len(phrase) - 1))
            for i in self._by_phrase[phrase] if score >= _ALIKE else ():
                if _fits(i, unit, kind):
                    best[i.code] = max(score, best.get(i.code, 0))
        ranked = sorted(best.items(), key=lambda b: (-b[1], b[0]))[:_SUGGESTED]
        return tuple(Candidate(c, self.by_code[c].name_zh, round(s, 3), "similar words") for c, s in ranked)


def _fits(indicator: Indicator, unit: str | None, kind: str) -> bool:
    if unit in YEAR_BASES and indicator.unit in YEAR_BASES:
        unit = indicator.unit
    if unit is not None and unit != indicator.unit:
        # 居民人均可支配收入 in 元/人 is the same as in 元
        return "人均" in indicator.name_zh and unit == f"{indicator.unit}/人" and kind in KIN
    return kind == indicator.kind or (kind in KIN and KIN[kind] == KIN.get(indicator.kind)) or _is_rate(unit, kind)


def _is_rate(unit: str | None, kind: str) -> bool:
    """自然增长率 is a rate whatever a reader of its name calls it."""
    return unit == "‰" and kind in ("growth", "share", "rate", "ratio")


def _forms(label: str, plain: str, kind: str) -> Iterable[tuple[str, str]]:
    """The label in the forms that may equal a phrase, the surest first."""
    yield "exact", plain
    parts = [p for p in (_part(p) for p in label.split("|")) if p]
    while len(parts) > 1 and parts[0].endswith(_headings()):
        parts = parts[1:]
        yield "exact", "".join(parts)
    if len(parts) > 1 and "其中" not in label and all(p in parts[-1] or p in _neutral()[2] for p in parts[:-1]):
        yield "exact", parts[-1]
    plain = "".join(parts)
    for start in dict.fromkeys((plain, _without_place(plain))):
        yield from (("phrase", stem) for stem in _peeled(start) if stem != plain)
    for other in (_share(plain), _growth(plain, kind)):
        if other:
            yield "phrase", other
    if "|" not in label:
        yield from _clause_forms(label)


def _clause_forms(label: str) -> Iterable[tuple[str, str]]:
    """The last clause of several, alone and with the one before it, and the object of its verb."""
    clauses = [c.strip() for c in _CLAUSES.split(unicodedata.normalize("NFKC", label)) if c.strip()]
    if not clauses:
        return
    last = _part(clauses[-1])
    if clauses[-1].startswith("其中"):
        if len(clauses) > 1:
            yield from (("clause", share) for share in _shares(_part(clauses[-2]), last))
        return
    if len(clauses) > 1:
        least = _SHORTEST + 1 if _verbs().match(last) else _CLAUSE
        for start in dict.fromkeys((last, _without_place(last))):
            yield from (("clause", stem) for stem in (start, *_peeled(start)) if len(stem) >= least)
        both = _part(clauses[-2]) + last
        yield from (("clause", stem) for stem in _peeled(both) if len(stem) >= _CLAUSE)
        yield from (("clause", share) for share in _shares(_part(clauses[-2]), last))
    yield from (("object", stem) for stem in _objects(last) if len(stem) > _SHORTEST)


def _objects(clause: str) -> Iterable[str]:
    """What a verb of the clause has for an object, unless a word before the verb narrows it down."""
    for found in _verbs().finditer(clause):
        before, after = clause[: found.start()], clause[found.end() :]
        if before and not any(q in before for q in _qualifiers()):
            yield from (after, *_peeled(after)) if len(after) > _SHORTEST else ()


def _shares(whole: str, part: str) -> Iterable[str]:
    """A,占B and B,(其中)A占比 as shares."""
    found = (_share(whole + part), *(_share(f"{w}中{part}") for w in _peeled(whole)))
    return dict.fromkeys(share for share in found if share)


def _growth(plain: str, kind: str) -> str | None:
    """One form for 增长, 增速, 比上年增长 of a thing."""
    found = _GROWS.fullmatch(plain) if kind == "growth" else None
    return found["what"] + "+" if found else None


def growth_of(plain: str) -> str | None:
    """What grows, of a normal label of a growth: 工会会员数 of 工会会员数比上年增长."""
    found = _GROWS.fullmatch(plain)
    return found["what"] if found else None


def _share(plain: str) -> str | None:
    """One form for A占B的比重, A占B, B中A占比: A and B without words that count them."""
    if (found := _A_OF_B.fullmatch(plain)) or (found := _OF_B_A.fullmatch(plain)):
        part, whole = found["part"], found["whole"]
    else:
        return None
    bare = [min(_peeled(side), key=len, default=side) if len(side) > _SHORTEST else side for side in (part, whole)]
    return "占".join(bare) + "%"


def _without_place(plain: str) -> str:
    """The label without the place it begins with: the area says that already."""
    from etl.normalise.regions import load_regions

    mentions = load_regions().find(plain[:20])
    return plain[mentions[0].end :] if mentions and mentions[0].start == 0 else plain


def _peeled(plain: str, *, front: bool = True) -> Iterable[str]:
    """``plain`` with neutral words taken off its ends, in every combination, the longest remainder first."""
    before, after, _ = _neutral()
    heads = _ends(plain, before, front=True) if front else {0}
    tails = _ends(plain, after, front=False)
    stems = {plain[h : len(plain) - t] for h in heads for t in tails if len(plain) - t - h >= 2}
    return sorted(stems, key=lambda s: (-len(s), s))


def _ends(plain: str, words: frozenset[str], *, front: bool) -> set[int]:
    """Lengths of what can be taken off one end as a row of neutral words."""
    reached, todo = {0}, [0]
    while todo:
        taken = todo.pop()
        for size in _sizes(words):
            n = taken + size
            word = plain[taken:n] if front else plain[len(plain) - n : len(plain) - taken]
            if n < len(plain) and n not in reached and word in words:
                reached.add(n)
                todo.append(n)
    return reached


@functools.cache
def _sizes(words: frozenset[str]) -> tuple[int, ...]:
    return tuple(sorted({len(w) for w in words}))


@functools.cache
def _neutral() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    lines = list(rows("indicator_neutral_words.csv"))
    before = frozenset(r["word"] for r in lines if r["where"] in ("before", "verb", "any"))
    after = frozenset(r["word"] for r in lines if r["where"] in ("after", "any"))
    return before, after, before | after


@functools.cache
def _verbs() -> re.Pattern[str]:
    words = {r["word"] for r in rows("indicator_neutral_words.csv") if r["where"] == "verb"}
    return re.compile("|".join(sorted(words, key=len, reverse=True)))


@functools.cache
def _qualifiers() -> tuple[str, ...]:
    return tuple(r["word"] for r in rows("indicator_neutral_words.csv") if r["where"] == "qualifier")


@functools.cache
def _headings() -> tuple[str, ...]:
    return tuple(r["word"] for r in rows("indicator_neutral_words.csv") if r["where"] == "heading")


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))


def _candidates(indicators: list[Indicator], reason: str) -> tuple[Candidate, ...]:
    return tuple(Candidate(i.code, i.name_zh, round(1 / len(indicators), 3), reason) for i in indicators)


def indicator(entry: Mapping[str, Any]) -> Indicator:
    cells: dict[str, Any] = dict(entry)
    for bound in ("low", "high"):
        if bound in cells:
            cells[bound] = Decimal(str(cells[bound]))
    return Indicator(**(cells | {"phrases": tuple(cells.get("phrases", ()))}))


@functools.cache
def load_indicators() -> IndicatorTable:
    """The catalogue of ``reference/indicators_*.yaml`` with the reviewers' aliases: those installed,
    and those of the setting ``reference_dir``, which win.

    Raises ReferenceDataError when a code stands twice or an alias names an unknown one.
    """
    entries = (indicator(e) for name in CATALOGUES for e in document(name)["indicators"])
    decided = (*rows(ALIASES), *local_rows(ALIASES))
    return IndicatorTable(entries, {r["label"]: r["code"] for r in decided})
