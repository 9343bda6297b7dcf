"""All places by code and by name, with their history: what the resolver and the search in text stand on."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from etl.model import Candidate
from etl.normalise import region_townships as townships
from etl.normalise.region_names import other_forms
from etl.record import record

Level = Literal["country", "province", "city", "county", "township"]
COUNTRY = "100000"


@dataclass(frozen=True, slots=True)
class Region:
    """One official name of one code, with the years it was valid."""

    code: str
    """Six digits; nine for townships."""
    name: str
    level: Level
    parent: str | None
    valid_from: str | None
    """Year; None when older than the oldest list (2002)."""
    valid_to: str | None
    """Last year in which it was valid; None when it still is."""
    successors: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    short: str = ""

    def valid_in(self, year: str) -> bool:
        return (self.valid_from or "0000") <= year <= (self.valid_to or "9999")


@record(frozen=True, slots=True)
class Resolution:
    """A code, or None with the reason and the ranked candidates."""

    code: str | None
    name: str | None
    """The completed official name, valid at the date asked for; for an uncoded place the label as printed."""
    level: Level | None
    candidates: tuple[Candidate, ...] = ()
    reason: str = ""
    uncoded: bool = False
    """True for a place that is known to have no code (市区, 高新区, 长三角): not unresolved."""


@record(frozen=True, slots=True)
class Mention:
    """A place named in running text: ``text`` is what stands at ``start:end``."""

    start: int
    end: int
    text: str
    self_reference: bool = False
    """全省, 我市, 本镇 …: means something only through the speaker, see ``Gazetteer.resolve(within=...)``."""


@dataclass(frozen=True, slots=True)
class Named:
    """A region under one of the names that mean it; ``full`` when that is its official name."""

    region: Region
    full: bool


class RegionTable:
    """All regions by code and by name. Places are resolved by ``region_resolve``, found in text by
    ``region_mentions``; ``regions.Gazetteer`` offers all three."""

    def __init__(self, regions: Iterable[Region]) -> None:
        self._by_code: dict[str, list[Region]] = defaultdict(list)
        by_name: dict[str, list[Named]] = defaultdict(list)
        for region in regions:
            self._by_code[region.code].append(region)
            by_name[region.name].append(Named(region, full=True))
            for other in dict.fromkeys((region.short, *region.aliases, *other_forms(region.name))):
                if other and other != region.name:
                    by_name[other].append(Named(region, full=False))
        self._by_name = {name: tuple(named) for name, named in by_name.items()}
        self._openings = frozenset(name[:2] for name in self._by_name)
        self._below: dict[str | None, dict[str, list[Region]]] = defaultdict(lambda: defaultdict(list))
        for code, known in self._by_code.items():
            for region in known:
                self._below[region.parent][code].append(region)

    # ------------------------------------------------------------ codes

    @functools.lru_cache(maxsize=50_000)  # noqa: B019
    def get(self, code: str, on: str | None = None) -> Region | None:
        """The region of ``code`` as named at ``on`` (ISO period or year; the newest name without it)."""
        known = self._by_code.get(code)
        if known:
            return _at(known, on)
        if len(code) == 9 and (name := townships.load_townships().name_of.get(code)):
            return Region(code, name, "township", code[:6], None, None)
        return None

    @functools.cache  # noqa: B019 — a gazetteer lives as long as the process
    def ancestors(self, code: str) -> tuple[str, ...]:
        """``code`` itself, its parent, and so on up to the country."""
        chain = [code]
        while (region := self.get(chain[-1])) and region.parent and region.parent not in chain:
            chain.append(region.parent)
        return tuple(chain)

    def is_inside(self, code: str, around: str) -> bool:
        """Whether ``code`` is ``around`` or lies in it."""
        return around in self.ancestors(code)

    def children(self, code: str, on: str | None = None) -> tuple[str, ...]:
        """Codes that answer to ``code`` at the date (today without one), townships left out."""
        year = year_of(on)
        below = self._below.get(code, {})
        return tuple(c for c, known in below.items() if any(r.valid_in(year) for r in known))

    @functools.lru_cache(maxsize=10_000)  # noqa: B019
    def codes_named(self, name: str) -> tuple[str, ...]:
        """Codes that ever bore this official or short name."""
        return tuple({n.region.code: None for n in self._by_name.get(name, ())})

    @functools.lru_cache(maxsize=10_000)  # noqa: B019
    def counties_named(self, name: str) -> tuple[str, ...]:
        """Those of ``codes_named`` that are counties."""
        return tuple(code for code in self.codes_named(name) if self.is_county(code))

    def is_county(self, code: str) -> bool:
        region = self.get(code)
        return region is not None and region.level == "county"

    def translate(self, code: str, *, since: str, to: str) -> tuple[str, ...]:
        """The codes that cover at ``to`` what ``code`` covered at ``since`` (years or periods), either way in time.

        Empty when no list tells. A part that went elsewhere earlier is not followed.
        """
        return self._forward(code, year_of(to)) if year_of(since) <= year_of(to) else self._backward(code, year_of(to))

    def _forward(self, code: str, year: str, depth: int = 8) -> tuple[str, ...]:
        known = self._by_code.get(code, ())
        if depth == 0 or any(r.valid_in(year) for r in known):
            return (code,) if known else ()
        after = {c for r in known for c in r.successors if r.valid_to and r.valid_to < year}
        return tuple(sorted({c for a in after for c in self._forward(a, year, depth - 1)}))

    def _backward(self, code: str, year: str) -> tuple[str, ...]:
        before = {c: known for c, known in self._by_code.items() if any(r.valid_in(year) for r in known)}
        found = {c for c, known in before.items() if any(code in self._reach(s) for r in known for s in r.successors)}
        return tuple(sorted(found | ({code} & before.keys())))

    def _reach(self, code: str, depth: int = 8) -> frozenset[str]:
        after = {s for r in self._by_code.get(code, ()) for s in r.successors} if depth else set()
        return frozenset({code}.union(*(self._reach(s, depth - 1) for s in after)))

    def all(self) -> Iterator[Region]:
        """Every row of the table, by code and year; townships left out."""
        for known in self._by_code.values():
            yield from known

    def named(self, name: str) -> tuple[Named, ...]:
        """The regions that this official, short or other name can mean, of all times."""
        return self._by_name.get(name, ())

    def may_open(self, text: str) -> bool:
        """Whether a text can begin with a name: its first two characters do. Most labels that are no places don't."""
        return text[:2] in self._openings

    def names(self) -> Iterator[tuple[str, tuple[Named, ...]]]:
        """Every name with the regions that it can mean, of all times."""
        yield from self._by_name.items()


def year_of(on: str | None) -> str:
    """The year of a period; of a range (2021/2025) its last. Without one: today, whose names are open-ended."""
    return on.rsplit("/", 1)[-1][:4] if on else "9999"


def _at(known: list[Region], on: str | None) -> Region:
    """The row valid at the date; else the one nearest to it."""
    year = year_of(on)
    valid = [r for r in known if r.valid_in(year)]
    if valid:
        return valid[-1]
    return min(known, key=lambda r: r.valid_from or "") if year < (known[-1].valid_from or "0000") else known[-1]
