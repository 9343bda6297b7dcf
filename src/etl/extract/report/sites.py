"""Where firms and plants lie: as the text says (地处某市的某某集团), else by the table ``region_sites.csv``."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from etl.extract.report.lexicon import words
from etl.extract.report.naming import COUNTRY, Named
from etl.model import Area
from etl.normalise.regions import Gazetteer
from etl.reference import local_rows, rows

TABLE = "region_sites.csv"
_KIND = f"(?:{words('firm').pattern})"
_NAME = r"[^\s\d,。;:、“”的在和与了有是为被把]"
_FIRM = re.compile(rf"的?(?P<name>{_NAME}{{2,18}}?{_KIND}(?!{_KIND})(?:[\u4e00-\u9fff]{{0,6}}?{_KIND})?)")
_CALLED = re.compile(r"[(](?:以下)?(?:简称|下称)[:“‘]?(?P<name>[\u4e00-\u9fffA-Za-z]{2,8})[”’]?[)]")
_LIES_IN = re.compile(rf"(?:{words('lies_in').pattern})$")
_BEFORE = re.compile(
    rf"(?P<name>{_NAME}{{2,18}}?{_KIND})(?:[(](?:以下)?简称[^()]{{2,12}}[)])?,?(?:{words('lies_in').pattern})$"
)
_END = re.compile(r"(?:有限责任公司|股份有限公司|有限公司|集团公司|公司|集团)+$")
_ANY_FIRM = frozenset({"公司", "集团", "企业", "该公司", "本公司", "学校", "医院", "学院"})
_OPENS = re.compile(r"(?:^|[\s,。;:!?“”()《》\]—●•·◆■▲○]|[在据是对为由于让使而与和及自从]|走进|来到|目前|如今|近年来)$")
_ONE_OF_MANY = re.compile(rf"(?:{_NAME}{{1,8}}?{_KIND})?[、等和及与]")
"""Behind a firm, or behind a plant of it, that is one of several."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_PART_OF_NAME = re.compile(rf"{_KIND}|{words('firm_office').pattern}")
REACH = 160
"""How far back, in characters, a sentence is searched for the firm that it is about."""


@dataclass(frozen=True, slots=True)
class Known:
    """The table, compiled for one pass over a text."""

    automaton: AhoCorasick
    names: tuple[str, ...]
    code: Mapping[str, str]
    not_before: Mapping[str, tuple[str, ...]]


@cache
def known_sites() -> Known:
    """The enterprises of ``region_sites.csv``, those of the folder ``reference_dir`` before ours."""
    code: dict[str, str] = {}
    stops: dict[str, tuple[str, ...]] = {}
    for row in (*rows(TABLE), *local_rows(TABLE)):
        for name in (row["site"], *filter(None, row["aliases"].split("|"))):
            code[name] = row["code"]
            stops[name] = tuple(filter(None, row["not_before"].split("|")))
    names = tuple(code)
    return Known(compiled(names), names, code, stops)


def compiled(names: Sequence[str]) -> AhoCorasick:
    """One pass over a text for all the names, the longest where several begin."""
    return AhoCorasick(list(names), matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA)


class Seats:
    """The firms of one text: where they are named, and where they lie."""

    def __init__(self, text: str, named: Sequence[Named], gazetteer: Gazetteer) -> None:
        self._text = text
        self._gazetteer = gazetteer
        self._told: dict[str, Named] = {}
        """Where the text says that a firm lies, by each of the names that it gives it."""
        self._introduced: list[tuple[int, str]] = []
        for n in named:
            if n.code is not None and n.level in ("city", "county", "township") and not n.self_reference:
                self._tell(n)
        self._told_names = tuple(self._told)
        self._told_automaton = compiled(self._told_names) if self._told else None
        known = known_sites()
        found = [
            (start, end, known.names[i])
            for i, start, end in known.automaton.find_matches_as_indexes(text)
            if not text.startswith(known.not_before[known.names[i]], end)
        ]
        if self._told_automaton is not None:
            told = self._told_automaton.find_matches_as_indexes(text)
            found += [(start, end, self._told_names[i]) for i, start, end in told]
            found.sort(key=lambda f: (f[0], -f[1]))
        self._found = found
        self._starts = [start for start, _, _ in found]

    def _tell(self, n: Named) -> None:
        lies = _LIES_IN.search(self._text, max(0, n.start - 5), n.start)
        firm = _FIRM.match(self._text, n.end, n.end + 40) if lies or self._text.startswith("的", n.end) else None
        if firm is None and lies:
            firm = _BEFORE.search(self._text, max(0, n.start - 40), n.start)
        if firm is None or firm["name"] in _ANY_FIRM:
            return
        self._told.setdefault(firm["name"], n)
        core = _END.sub("", firm["name"])
        for name in (core, core[2:] if self._gazetteer.resolve(core[:2]).code else ""):
            if len(name) > 2:
                self._told.setdefault(name, n)
        if (called := _CALLED.match(self._text, firm.end())) and called["name"] not in _ANY_FIRM:
            self._told.setdefault(called["name"], n)
            self._introduced.append((called.start("name"), called["name"]))

    def introduced(self, start: int, end: int) -> Area | None:
        """The one firm that a part of the text gives a short name (地处某市的某某集团(以下简称某钢)), where it lies."""
        names = {name for at, name in self._introduced if start <= at < end}
        if len(names) != 1:
            return None
        (name,) = names
        n = self._told[name]
        return Area(n.code, n.name, name, "article", n.printed)

    def subject(self, at: int, sentence: int) -> tuple[int, str] | None:
        """The last firm that opens a clause of the sentence before ``at``, with its offset."""
        first = bisect_left(self._starts, max(sentence, at - REACH))
        for start, end, name in reversed(self._found[first : bisect_left(self._starts, at)]):
            if end <= at and self._opens(start) and not _ONE_OF_MANY.match(self._text, end):
                return start, name
        return None

    def titled(self, start: int, end: int) -> str | None:
        """The firm whose name stands at ``start``."""
        i = bisect_left(self._starts, start)
        if i < len(self._found) and self._starts[i] == start and self._found[i][1] <= end:
            _, stop, name = self._found[i]
            return None if _ONE_OF_MANY.match(self._text, stop) else name
        return None

    def _opens(self, start: int) -> bool:
        return bool(_OPENS.search(self._text, max(0, start - 3), start))

    def narrowed(self, area: Area) -> Area:
        """The area of a firm's figure, narrowed to the firm's seat where that lies inside."""
        if area.entity is None:
            return area
        if (told := self._told_of(area.entity)) is not None and told.code is not None:
            inside = self._holds(area, told.code)
            return replace(area, code=told.code, name=told.name, basis="article") if inside else area
        code = seat_of(area.entity)
        region = self._gazetteer.get(area.code) if area.code else None
        if code is None or not self._holds(area, code) or (region and region.level not in ("country", "province")):
            return area
        seat = self._gazetteer.get(code)
        return replace(area, code=code, name=seat.name if seat else area.name, basis="reference")

    def _told_of(self, entity: str) -> Named | None:
        if self._told_automaton is None:
            return None
        names = [self._told_names[i] for i, _, _ in self._told_automaton.find_matches_as_indexes(entity)]
        return self._told[max(names, key=len)] if names else None

    def _holds(self, area: Area, code: str) -> bool:
        """Whether the seat lies in the area, and is not the area itself."""
        return (
            not area.unresolved
            and code != area.code
            and (area.code in (None, COUNTRY) or area.code in self._gazetteer.ancestors(code))
        )


def misleading(text: str, gazetteer: Gazetteer) -> list[tuple[int, int]]:
    """Where firms of the table are named after a place that they do not lie in: 酒泉钢铁 lies in 嘉峪关."""
    known = known_sites()
    found = []
    for i, start, end in known.automaton.find_matches_as_indexes(text):
        place = gazetteer.resolve(known.names[i][:2]).code
        if place is not None and place not in gazetteer.ancestors(known.code[known.names[i]]):
            found.append((start, end))
    return found


def seat_of(entity: str) -> str | None:
    """The code of the seat of the firm that a name names, by the table; the longest alias in it counts.

    None for a part of the firm with a name of its own (某钢集团西昌某某公司), which can lie anywhere.
    """
    known = known_sites()
    hits = [(known.names[i], end) for i, _, end in known.automaton.find_matches_as_indexes(entity)]
    if not hits:
        return None
    name, end = max(hits, key=lambda hit: len(hit[0]))
    return None if _HAN.search(_PART_OF_NAME.sub("", entity[end:])) else known.code[name]
