"""Places: from what is printed to a code of GB/T 2260 (or a nine-digit township code), or to the reason why not."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from etl.model import Candidate
from etl.normalise.region_names import normal
from etl.reference import rows

Level = Literal["country", "province", "city", "county", "township"]
COUNTRY = "100000"
_NO_YEAR = "0000"


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

    def valid_on(self, year: str) -> bool:
        return (self.valid_from or _NO_YEAR) <= year <= (self.valid_to or "9999")


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
class Mention:
    """A place named in running text: ``text`` is what stands at ``start:end``."""

    start: int
    end: int
    text: str
    self_reference: bool = False
    """全省, 我市, 本镇 …: means something only through the speaker, see ``Gazetteer.resolve(within=...)``."""


@dataclass(frozen=True, slots=True)
class _Named:
    """A region under one of the names that mean it."""

    region: Region
    full: bool


class Gazetteer:
    """All regions by code and by name. Get it from ``load_regions()``."""

    def __init__(self, regions: Iterable[Region]) -> None:
        self._by_code: dict[str, list[Region]] = defaultdict(list)
        self._by_name: dict[str, list[_Named]] = defaultdict(list)
        for region in regions:
            self._by_code[region.code].append(region)
            self._by_name[region.name].append(_Named(region, full=True))
            for other in dict.fromkeys((region.short, *region.aliases)):
                if other and other != region.name:
                    self._by_name[other].append(_Named(region, full=False))

    # ------------------------------------------------------------ codes

    def get(self, code: str, on: str | None = None) -> Region | None:
        """The region of ``code`` as named at ``on`` (ISO period or year; the newest name without it)."""
        known = self._by_code.get(code) or (_townships().by_code.get(code) if len(code) == 9 else None)
        return _at(known, on) if known else None

    def ancestors(self, code: str) -> tuple[str, ...]:
        """``code`` itself, its parent, and so on up to the country."""
        chain = [code]
        while (region := self.get(chain[-1])) and region.parent and region.parent not in chain:
            chain.append(region.parent)
        return tuple(chain)

    def children(self, code: str) -> tuple[str, ...]:
        return tuple(c for c, rs in self._by_code.items() if rs[-1].parent == code)

    # ------------------------------------------------------------ resolve

    def resolve(self, text: str, *, within: str | None = None, on: str | None = None) -> Resolution:
        """The place that ``text`` names.

        ``within`` is the code of the context: of the speaker, or of the table's parent; ``on`` an ISO period or
        a year. Never picks one of several equals: code None with ranked candidates then.
        """
        label = normal(text)
        if not label:
            return Resolution(None, None, None, reason="empty")
        if label in _self_references():
            return self._self(label, within, on)
        found = list(self._readings(label))
        if found:
            return self._choose(label, found, within, on)
        if is_uncoded(label):
            return Resolution(None, label, None, reason="known place without a code", uncoded=True)
        return self._compound_tail(label, within, on)

    def _self(self, label: str, within: str | None, on: str | None) -> Resolution:
        ends = _self_references()[label]
        if ends == ("国",):
            return self._answer(COUNTRY, on, "the country")
        if within is None:
            return Resolution(None, label, None, reason="refers to the speaker, who is not known")
        for code in self.ancestors(within):
            region = self.get(code, on)
            if region and code != COUNTRY and (ends == ("*",) or region.name.endswith(ends)):
                return self._answer(code, on, "refers to the speaker")
            if region and ends == ("*",):
                return self._answer(code, on, "refers to the speaker")
        speaker = self.get(within, on)
        name = speaker.name if speaker else within
        return Resolution(None, label, None, reason=f"no such place at or above {name}")

    def _readings(self, label: str) -> Iterator[_Named]:
        """Regions that the whole label can mean: by its name, or as a path from larger to smaller places."""
        named = self._by_name.get(label, ())
        yield from named
        if named:
            return
        yield from self._paths(label, None, 0)
        if label.endswith(_townships().ends):
            yield from (_Named(r, full=True) for r in _townships().by_name.get(label, ()))

    def _paths(self, label: str, above: str | None, depth: int) -> Iterator[_Named]:
        if depth > 4:
            return
        for cut in range(len(label), 1, -1):
            head, tail = label[:cut], label[cut:]
            for named in self._by_name.get(head, ()):
                region = named.region
                if above is not None and above not in self.ancestors(region.code)[1:]:
                    continue
                if tail:
                    yield from self._paths(tail, region.code, depth + 1)
                else:
                    yield named
        if above is not None and label.endswith(_townships().ends):
            prefix = above.rstrip("0") if len(above.rstrip("0")) > 2 else above[:2]
            yield from (_Named(r, full=True) for r in _townships().by_name.get(label, ()) if r.code.startswith(prefix))

    def _choose(self, label: str, found: list[_Named], within: str | None, on: str | None) -> Resolution:
        codes = self._dated(found, on)
        for tier, reason in self._tiers(codes, within):
            if len(tier) == 1:
                (code,) = tier
                name = codes[code]
                return self._answer(code, on, reason, name if name.full else None)
            if tier:
                codes = {c: codes[c] for c in tier}
                break
        ranked = tuple(
            Candidate(c, named.region.name, round(1 / len(codes), 3), "same name") for c, named in sorted(codes.items())
        )
        return Resolution(None, label, None, candidates=ranked, reason=f"{len(codes)} places have this name")

    def _dated(self, found: list[_Named], on: str | None) -> dict[str, _Named]:
        """One reading per code; those valid at the date put the others aside."""
        year = on[:4] if on else "9999"
        valid = [n for n in found if n.region.valid_on(year)]
        full = [n for n in valid if n.full]
        best: dict[str, _Named] = {}
        for named in full or valid or found:
            best.setdefault(named.region.code, named)
        return best

    def _tiers(self, codes: dict[str, _Named], within: str | None) -> Iterator[tuple[list[str], str]]:
        """Ever wider circles around the context, each with the codes in it."""
        if within is not None:
            for around in self.ancestors(within):
                if around == COUNTRY:
                    break
                inside = [c for c in codes if around in self.ancestors(c)]
                yield inside, f"inside {around}"
        for level in ("country", "province"):
            yield [c for c, n in codes.items() if n.region.level == level], f"a {level}"
        cities = [c for c, n in codes.items() if n.region.level == "city"]
        if len(cities) == 1 and all(c == cities[0] or cities[0] in self.ancestors(c) for c in codes):
            yield cities, "the city before its county of the same name"
        yield list(codes), "the only place of this name"

    def _answer(self, code: str, on: str | None, reason: str, printed: _Named | None = None) -> Resolution:
        region = self.get(code, on)
        if printed is not None and region is not None and on and not region.valid_on(on[:4]):
            region = printed.region
        if region is None:
            return Resolution(None, None, None, reason=f"unknown code {code}")
        return Resolution(code, region.name, region.level, reason=reason)

    def _compound_tail(self, label: str, within: str | None, on: str | None) -> Resolution:
        """A place followed by something that has no code (镇江高新区), or by something unknown."""
        for cut in range(len(label) - 1, 1, -1):
            named = self._by_name.get(label[:cut])
            if not named:
                continue
            head = self._choose(label[:cut], named, within, on)
            near = (Candidate(head.code, head.name or "", 0.5, "contains it"),) if head.code else head.candidates
            if is_uncoded(label[cut:]):
                return Resolution(None, label, None, near, "part of a place, without a code", uncoded=True)
            return Resolution(None, label, None, near, f"unknown behind {label[:cut]}")
        return Resolution(None, label, None, reason="unknown name")

    # ------------------------------------------------------------ find

    def find(self, text: str, *, within: str | None = None) -> list[Mention]:
        """Every place named in running text, in order, not overlapping, the longest reading of each."""
        from etl.normalise.region_mentions import find_mentions

        return find_mentions(self, text, within)

    def names(self) -> Iterator[tuple[str, tuple[_Named, ...]]]:
        for name, named in self._by_name.items():
            yield name, tuple(named)


def is_uncoded(label: str) -> bool:
    """Whether the label names a place, or a part of one, that has no code."""
    whole, ends = _uncoded()
    return label in whole or label.endswith(ends)


@functools.cache
def _uncoded() -> tuple[frozenset[str], tuple[str, ...]]:
    lines = list(rows("regions_uncoded.csv"))
    return frozenset(r["name"] for r in lines), tuple(r["name"] for r in lines if r["match"] == "suffix")


@functools.cache
def _self_references() -> dict[str, tuple[str, ...]]:
    return {r["text"]: tuple(r["names_end"].split("|")) for r in rows("region_self_references.csv")}


def _at(known: list[Region], on: str | None) -> Region:
    """The row valid at the date; else the one nearest to it."""
    if on is None:
        return known[-1]
    year = on[:4]
    valid = [r for r in known if r.valid_on(year)]
    if valid:
        return valid[-1]
    return known[0] if year < (known[0].valid_from or _NO_YEAR) else known[-1]


class _Townships:
    """The townships by code and by name; read when first asked for."""

    ends = ("镇", "乡", "街道", "苏木", "办事处")

    def __init__(self) -> None:
        self.by_code: dict[str, list[Region]] = {}
        self.by_name: dict[str, list[Region]] = defaultdict(list)
        for r in rows("regions_townships.csv"):
            region = Region(r["code"], r["name"], "township", r["code"][:6], None, None)
            self.by_code[region.code] = [region]
            self.by_name[region.name].append(region)


@functools.cache
def _townships() -> _Townships:
    return _Townships()


@functools.cache
def load_regions() -> Gazetteer:
    """The gazetteer of ``reference/regions.csv``; townships are read when first needed."""
    aliases: dict[str, list[str]] = defaultdict(list)
    for r in rows("region_aliases.csv"):
        aliases[r["code"]].append(r["alias"])
    return Gazetteer(
        Region(
            code=r["code"],
            name=r["name"],
            level=r["level"],  # type: ignore[arg-type]
            parent=r["parent"] or None,
            valid_from=r["valid_from"] or None,
            valid_to=r["valid_to"] or None,
            successors=tuple(filter(None, r["successors"].split("|"))),
            aliases=tuple(filter(None, r["aliases"].split("|"))) + tuple(aliases[r["code"]]),
            short=r["short"],
        )
        for r in rows("regions.csv")
    )
