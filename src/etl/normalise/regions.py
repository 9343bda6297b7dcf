"""Places: from what is printed to a code of GB/T 2260 (or a nine-digit township code), or to the reason why not."""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from etl.model import Candidate
from etl.normalise import region_townships as townships
from etl.normalise.region_names import normal, other_forms, trimmed
from etl.reference import rows

Level = Literal["country", "province", "city", "county", "township"]
COUNTRY = "100000"
_LONGEST = 40
"""Characters; a longer cell or phrase is no name."""


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
class Named:
    """A region under one of the names that mean it; ``full`` when that is its official name."""

    region: Region
    full: bool


class Gazetteer:
    """All regions by code and by name. Get it from ``load_regions()``."""

    def __init__(self, regions: Iterable[Region]) -> None:
        self._by_code: dict[str, list[Region]] = defaultdict(list)
        self._by_name: dict[str, list[Named]] = defaultdict(list)
        for region in regions:
            self._by_code[region.code].append(region)
            self._by_name[region.name].append(Named(region, full=True))
            for other in dict.fromkeys((region.short, *region.aliases, *other_forms(region.name))):
                if other and other != region.name:
                    self._by_name[other].append(Named(region, full=False))

    # ------------------------------------------------------------ codes

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
        year = _year(on)
        return tuple(
            c for c, known in self._by_code.items() if any(r.parent == code and r.valid_in(year) for r in known)
        )

    @functools.lru_cache(maxsize=10_000)  # noqa: B019
    def may_name(self, text: str) -> bool:
        """Whether the text as a whole is a name, or a path of names (江苏省扬州市), whatever its code."""
        return bool(self._by_name.get(text)) or any(True for _ in self._paths(text, None))

    @functools.lru_cache(maxsize=10_000)  # noqa: B019
    def codes_named(self, name: str) -> tuple[str, ...]:
        """Codes that ever bore this official or short name."""
        return tuple({n.region.code: None for n in self._by_name.get(name, ())})

    def is_county(self, code: str) -> bool:
        region = self.get(code)
        return region is not None and region.level == "county"

    def is_city(self, code: str) -> bool:
        """Whether the code is a city, or a municipality, whose counties are its own."""
        region = self.get(code)
        return region is not None and (
            region.level == "city" or (region.level == "province" and region.name.endswith("市"))
        )

    def translate(self, code: str, *, since: str, to: str) -> tuple[str, ...]:
        """The codes that cover at ``to`` what ``code`` covered at ``since`` (years or periods), either way in time.

        Empty when no list tells. A part that went elsewhere earlier is not followed.
        """
        return self._forward(code, _year(to)) if _year(since) <= _year(to) else self._backward(code, _year(to))

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

    # ------------------------------------------------------------ resolve

    def resolve(self, text: str, *, within: str | None = None, on: str | None = None) -> Resolution:
        """The place that ``text`` names.

        ``within`` is the code of the context: of the speaker, or of the table's parent; ``on`` an ISO period or
        a year. Never picks one of several equals: code None with ranked candidates then.
        """
        label = normal(text)
        if not label or len(label) > _LONGEST:
            return Resolution(None, None, None, reason="no name" if label else "empty")
        if label in _self_references():
            return self._self(label, within, on)
        if found := self._readings(label, within):
            return self._choose(label, found, within, on)
        if is_uncoded_name(label):
            return Resolution(None, label, None, reason="known place without a code", uncoded=True)
        shorter = trimmed(label)
        if shorter and shorter != label:
            return self.resolve(shorter, within=within, on=on)
        return self._with_tail(label, within, on)

    def resolve_column(
        self, labels: Sequence[str], *, within: str | None = None, on: str | None = None
    ) -> tuple[Resolution, ...]:
        """The places of one column of a table, read together: what one label leaves open, its neighbours settle.

        吉林 between 长春 and 四平 is the city, between 辽宁 and 黑龙江 the province.
        """
        first = [self.resolve(label, within=within, on=on) for label in labels]
        parents = Counter(self.ancestors(r.code)[1:2] for r in first if r.code)
        usual = next((parent for parent, n in parents.most_common(1) if n > 2), ())
        before: tuple[str, ...] = ()
        done = []
        for label, resolution in zip(labels, first, strict=True):
            name = normal(label)
            codes = {} if name in _self_references() else self._dated(self._readings(name, within), on)
            if len(codes) > 1:
                near = [c for c in codes if self.ancestors(c)[1:2] == usual]
                near = near or [c for c in codes if set(self.ancestors(c)[1:2]) & set(before)]
                if len(near) == 1:
                    resolution = self._answer(near[0], on, "as its neighbours in the column", codes[near[0]])
            if resolution.code:
                before = self.ancestors(resolution.code)[:2]
            done.append(resolution)
        return tuple(done)

    def _self(self, label: str, within: str | None, on: str | None) -> Resolution:
        ends = _self_references()[label]
        if ends == ("国",):
            return self._answer(COUNTRY, on, "the country")
        if within is None:
            return Resolution(None, label, None, reason="refers to the speaker, who is not known")
        for code in self.ancestors(within):
            region = self.get(code, on)
            if region and (ends == ("*",) or (code != COUNTRY and region.name.endswith(ends))):
                return self._answer(code, on, "refers to the speaker")
        speaker = self.get(within, on)
        name = speaker.name if speaker else within
        return Resolution(None, label, None, reason=f"no such place at or above {name}")

    def _readings(self, label: str, within: str | None) -> list[Named]:
        """Regions that the whole label can mean: by its name, or as a path from larger to smaller places."""
        found = list(self._by_name.get(label, ())) or list(self._paths(label, None))
        return found or self._townships(label, within)

    def _townships(self, label: str, above: str | None) -> list[Named]:
        if len(label) < 2 or is_uncoded_name(label):
            return []
        circles = [c for c in self.ancestors(above) if c != COUNTRY] if above else []
        for around in (*circles, None):
            if codes := townships.named(label, around):
                return [Named(region, full=True) for c in codes if (region := self.get(c))]
        return []

    def _paths(self, label: str, above: str | None, depth: int = 0) -> Iterator[Named]:
        """Readings of 江苏省扬州市, 苏州吴江, 江阴市祝塘镇: each piece lies in the one before."""
        if depth > 4 or len(label) < 2:
            return
        for cut in range(len(label), 1, -1):
            head, tail = label[:cut], label[cut:]
            for named in self._by_name.get(head, ()):
                code = named.region.code
                if above is not None and (code == above or not self.is_inside(code, above)):
                    continue
                if tail:
                    yield from self._paths(tail, code, depth + 1)
                elif above is not None:
                    yield named
        if above is not None and label.endswith(townships.ENDS):
            found = (self.get(c) for c in townships.named(label, above))
            yield from (Named(region, full=True) for region in found if region)

    def _choose(self, label: str, found: list[Named], within: str | None, on: str | None) -> Resolution:
        codes = self._dated(found, on)
        for tier, reason in self._tiers(label, codes, within):
            if len(tier) == 1:
                (code,) = tier
                return self._answer(code, on, reason, codes[code])
            if tier:
                codes = {c: codes[c] for c in tier}
                break
        ranked = tuple(
            Candidate(c, self._path_name(c, named.region.name), round(1 / len(codes), 3), "same name")
            for c, named in sorted(codes.items())
        )
        return Resolution(None, label, None, candidates=ranked, reason=f"{len(codes)} places have this name")

    def _path_name(self, code: str, name: str) -> str:
        above = [self.get(c) for c in self.ancestors(code)[1:] if c != COUNTRY]
        return "".join(r.name for r in reversed(above) if r) + name

    def _dated(self, found: Iterable[Named], on: str | None) -> dict[str, Named]:
        """One reading per code; those valid at the date put the others aside, then official names."""
        found = sorted(found, key=lambda n: n.full)
        valid = [n for n in found if n.region.valid_in(_year(on))]
        return {n.region.code: n for n in valid or [n for n in found if n.full] or found}

    def _tiers(self, label: str, codes: dict[str, Named], within: str | None) -> Iterator[tuple[list[str], str]]:
        """Ever wider circles around the context, each with the codes in it."""
        if not any(n.full for n in codes.values()):
            yield [c for c, n in codes.items() if n.region.level == "province"], "the province of this name"
        for around in self.ancestors(within) if within else ():
            if around != COUNTRY:
                inside = {c: n for c, n in codes.items() if self.is_inside(c, around)}
                yield self._head(label, inside), f"inside {around}"
        yield self._head(label, codes), "the only place of this name"

    def _head(self, label: str, codes: dict[str, Named]) -> list[str]:
        """The one place that holds all the others of its name (长沙市 before 长沙县), or that is meant by custom."""
        same = [c for c, n in codes.items() if n.full] or list(codes)
        above = [c for c in same if all(self.is_inside(other, c) for other in same)]
        return above or [c for c in same if c == _namesakes().get(label)] or same

    def _answer(self, code: str, on: str | None, reason: str, printed: Named | None = None) -> Resolution:
        region = self.get(code, on)
        if region is None:
            return Resolution(None, None, None, reason=f"unknown code {code}")
        if printed is not None and printed.full and not region.valid_in(_year(on)):
            region = printed.region
        if on and not region.valid_in(_year(on)):
            reason = f"{reason}; the name was valid {region.valid_from or '…'}-{region.valid_to or '…'}"
        return Resolution(code, region.name, region.level, reason=reason)

    def _with_tail(self, label: str, within: str | None, on: str | None) -> Resolution:
        """A place followed by something that has no code (镇江高新区), by 合计, or by something unknown."""
        unknown = Resolution(None, label, None, reason="unknown name")
        for cut in range(len(label) - 1, 1, -1):
            head, tail = label[:cut], label[cut:]
            found = self._by_name.get(head) or list(self._paths(head, None))
            if not found:
                continue
            place = self._choose(head, list(found), within, on)
            near = (Candidate(place.code, place.name or "", 0.5, "contains it"),) if place.code else place.candidates
            if place.code and tail in _self_references():
                return self._self(tail, place.code, on)
            if is_uncoded_name(tail):
                return Resolution(None, label, None, near, "part of a place, without a code", uncoded=True)
            if not unknown.candidates:
                unknown = replace(unknown, candidates=near, reason=f"{tail} is not known in {head}")
        if len(label) <= 12 and label.endswith(tuple(_uncoded_ends())):
            return Resolution(None, label, None, reason="kind of place without a code", uncoded=True)
        return unknown

    # ------------------------------------------------------------ find

    def find(self, text: str, *, within: str | None = None) -> list[Mention]:
        """Every place named in running text, in order, not overlapping, the longest reading of each.

        ``within`` (the speaker's code) lets short names of its neighbours through and its townships.
        """
        from etl.normalise.region_mentions import find_mentions

        return find_mentions(self, text, within)

    def all(self) -> Iterator[Region]:
        """Every row of the table, by code and year; townships left out."""
        for known in self._by_code.values():
            yield from known

    def names(self) -> Iterator[tuple[str, tuple[Named, ...]]]:
        """Every name with the regions that it can mean, of all times."""
        for name, named in self._by_name.items():
            yield name, tuple(named)


def is_uncoded_name(label: str) -> bool:
    """Whether the label is the name or the kind of a place that has no code (长三角, 市区, 高新区)."""
    return label in _uncoded()


@functools.cache
def uncoded_ends() -> tuple[str, ...]:
    """Kinds of places without a code that follow a name in running text: 高新区, 工业园区."""
    return tuple(r["name"] for r in rows("regions_uncoded.csv") if r["match"] == "suffix" and r["in_text"] == "yes")


@functools.cache
def _uncoded_ends() -> frozenset[str]:
    return frozenset(r["name"] for r in rows("regions_uncoded.csv") if r["match"] == "suffix")


@functools.cache
def _uncoded() -> frozenset[str]:
    return frozenset(r["name"] for r in rows("regions_uncoded.csv"))


@functools.cache
def _self_references() -> dict[str, tuple[str, ...]]:
    return {r["text"]: tuple(r["names_end"].split("|")) for r in rows("region_self_references.csv")}


@functools.cache
def _namesakes() -> dict[str, str]:
    return {r["name"]: r["code"] for r in rows("region_namesakes.csv")}


def _year(on: str | None) -> str:
    """The year of a period; of a range (2021/2025) its last. Without one: today, whose names are open-ended."""
    return on.rsplit("/", 1)[-1][:4] if on else "9999"


def _at(known: list[Region], on: str | None) -> Region:
    """The row valid at the date; else the one nearest to it."""
    year = _year(on)
    valid = [r for r in known if r.valid_in(year)]
    if valid:
        return valid[-1]
    return min(known, key=lambda r: r.valid_from or "") if year < (known[-1].valid_from or "0000") else known[-1]


@functools.cache
def load_regions() -> Gazetteer:
    """The gazetteer of ``reference/regions.csv``; townships are read when first needed."""
    aliases: dict[str, list[str]] = defaultdict(list)
    for r in rows("region_aliases.csv"):
        aliases[r["code"]].append(normal(r["alias"]))
    return Gazetteer(
        Region(
            code=r["code"],
            name=r["name"],
            level=r["level"],  # type: ignore[arg-type]
            parent=r["parent"] or None,
            valid_from=r["valid_from"] or None,
            valid_to=r["valid_to"] or None,
            successors=tuple(filter(None, r["successors"].split("|"))),
            aliases=(*filter(None, r["aliases"].split("|")), *aliases[r["code"]]),
            short=r["short"],
        )
        for r in sorted(rows("regions.csv"), key=lambda r: (r["code"], r["valid_from"]))
    )
