"""From what is printed, its context and its date to one place, or to the reason why not."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from etl.model import Candidate
from etl.normalise import region_townships as townships
from etl.normalise.region_names import normal, trimmed
from etl.normalise.region_table import COUNTRY, Named, RegionTable, Resolution, year_of
from etl.normalise.region_words import is_uncoded_name, kinds_without_code, namesakes, self_references

_LONGEST = 40
"""Characters; a longer cell or phrase is no name."""


@functools.lru_cache(maxsize=10_000)
def may_name(table: RegionTable, text: str) -> bool:
    """Whether the text as a whole is a name, or a path of names (江苏省扬州市), whatever its code."""
    return bool(table.named(text)) or any(True for _ in _paths(table, text, None))


def resolve(table: RegionTable, text: str, *, within: str | None = None, on: str | None = None) -> Resolution:
    """The place that ``text`` names.

    ``within`` is the code of the context: of the speaker, or of the table's parent; ``on`` an ISO period or
    a year. Never picks one of several equals: code None with ranked candidates then.
    """
    label = normal(text)
    if not label or len(label) > _LONGEST:
        return Resolution(None, None, None, reason="no name" if label else "empty")
    return _resolved(table, label, within, on)


@functools.lru_cache(maxsize=20_000)
def _resolved(table: RegionTable, label: str, within: str | None, on: str | None) -> Resolution:
    if label in self_references():
        return _self(table, label, within, on)
    if found := _readings(table, label, within):
        return _choose(table, label, found, within, on)
    if is_uncoded_name(label):
        return Resolution(None, label, None, reason="known place without a code", uncoded=True)
    shorter = trimmed(label)
    if shorter and shorter != label:
        return resolve(table, shorter, within=within, on=on)
    return _with_tail(table, label, within, on)


def resolve_column(
    table: RegionTable, labels: Sequence[str], *, within: str | None = None, on: str | None = None
) -> tuple[Resolution, ...]:
    """The places of one column of a table, read together: what one label leaves open, its neighbours settle.

    吉林 between 长春 and 四平 is the city, between 辽宁 and 黑龙江 the province.
    """
    first = [resolve(table, label, within=within, on=on) for label in labels]
    parents = Counter(table.ancestors(r.code)[1:2] for r in first if r.code)
    usual = next((parent for parent, n in parents.most_common(1) if n > 2), ())
    before: tuple[str, ...] = ()
    done = []
    for label, resolution in zip(labels, first, strict=True):
        name = normal(label)
        codes = {} if name in self_references() else _dated(_readings(table, name, within), on)
        if len(codes) > 1:
            near = [c for c in codes if table.ancestors(c)[1:2] == usual]
            near = near or [c for c in codes if set(table.ancestors(c)[1:2]) & set(before)]
            if len(near) == 1:
                resolution = _answer(table, near[0], on, "as its neighbours in the column", codes[near[0]])
        if resolution.code:
            before = table.ancestors(resolution.code)[:2]
        done.append(resolution)
    return tuple(done)


def _self(table: RegionTable, label: str, within: str | None, on: str | None) -> Resolution:
    ends = self_references()[label]
    if ends == ("国",):
        return _answer(table, COUNTRY, on, "the country")
    if within is None:
        return Resolution(None, label, None, reason="refers to the speaker, who is not known")
    for code in table.ancestors(within):
        region = table.get(code, on)
        if region and (ends == ("*",) or (code != COUNTRY and region.name.endswith(ends))):
            return _answer(table, code, on, "refers to the speaker")
    speaker = table.get(within, on)
    name = speaker.name if speaker else within
    return Resolution(None, label, None, reason=f"no such place at or above {name}")


def _readings(table: RegionTable, label: str, within: str | None) -> list[Named]:
    """Regions that the whole label can mean: by its name, or as a path from larger to smaller places."""
    found = list(table.named(label) or _paths(table, label, None)) if table.may_open(label) else []
    return found or _townships(table, label, within)


def _townships(table: RegionTable, label: str, above: str | None) -> list[Named]:
    if len(label) < 2 or is_uncoded_name(label):
        return []
    circles = [c for c in table.ancestors(above) if c != COUNTRY] if above else []
    for around in (*circles, None):
        if codes := townships.named(label, around):
            return [Named(region, full=True) for c in codes if (region := table.get(c))]
    return []


def _paths(table: RegionTable, label: str, above: str | None, depth: int = 0) -> Iterator[Named]:
    """Readings of 江苏省扬州市, 苏州吴江, 江阴市祝塘镇: each piece lies in the one before."""
    if depth > 4 or len(label) < 2:
        return
    for cut in range(len(label), 1, -1):
        head, tail = label[:cut], label[cut:]
        for named in table.named(head):
            code = named.region.code
            if above is not None and (code == above or not table.is_inside(code, above)):
                continue
            if tail:
                yield from _paths(table, tail, code, depth + 1)
            elif above is not None:
                yield named
    if above is not None and label.endswith(townships.ENDS):
        found = (table.get(c) for c in townships.named(label, above))
        yield from (Named(region, full=True) for region in found if region)


def _choose(table: RegionTable, label: str, found: list[Named], within: str | None, on: str | None) -> Resolution:
    codes = _dated(found, on)
    for tier, reason in _tiers(table, label, codes, within):
        if len(tier) == 1:
            (code,) = tier
            return _answer(table, code, on, reason, codes[code])
        if tier:
            codes = {c: codes[c] for c in tier}
            break
    ranked = tuple(
        Candidate(c, _path_name(table, c, named.region.name), round(1 / len(codes), 3), "same name")
        for c, named in sorted(codes.items())
    )
    return Resolution(None, label, None, candidates=ranked, reason=f"{len(codes)} places have this name")


def _path_name(table: RegionTable, code: str, name: str) -> str:
    above = [table.get(c) for c in table.ancestors(code)[1:] if c != COUNTRY]
    return "".join(r.name for r in reversed(above) if r) + name


def _dated(found: Iterable[Named], on: str | None) -> dict[str, Named]:
    """One reading per code; those valid at the date put the others aside, then official names."""
    found = sorted(found, key=lambda n: n.full)
    valid = [n for n in found if n.region.valid_in(year_of(on))]
    return {n.region.code: n for n in valid or [n for n in found if n.full] or found}


def _tiers(
    table: RegionTable, label: str, codes: dict[str, Named], within: str | None
) -> Iterator[tuple[list[str], str]]:
    """Ever wider circles around the context, each with the codes in it."""
    if not any(n.full for n in codes.values()):
        yield [c for c, n in codes.items() if n.region.level == "province"], "the province of this name"
    for around in table.ancestors(within) if within else ():
        if around != COUNTRY:
            inside = {c: n for c, n in codes.items() if table.is_inside(c, around)}
            yield _head(table, label, inside), f"inside {around}"
    yield _head(table, label, codes), "the only place of this name"


def _head(table: RegionTable, label: str, codes: dict[str, Named]) -> list[str]:
    """The one place that holds all the others of its name (长沙市 before 长沙县), or that is meant by custom."""
    same = [c for c, n in codes.items() if n.full] or list(codes)
    above = [c for c in same if all(table.is_inside(other, c) for other in same)]
    return above or [c for c in same if c == namesakes().get(label)] or same


def _answer(table: RegionTable, code: str, on: str | None, reason: str, printed: Named | None = None) -> Resolution:
    region = table.get(code, on)
    if region is None:
        return Resolution(None, None, None, reason=f"unknown code {code}")
    if printed is not None and printed.full and not region.valid_in(year_of(on)):
        region = printed.region
    if on and not region.valid_in(year_of(on)):
        reason = f"{reason}; the name was valid {region.valid_from or '…'}-{region.valid_to or '…'}"
    return Resolution(code, region.name, region.level, reason=reason)


def _with_tail(table: RegionTable, label: str, within: str | None, on: str | None) -> Resolution:
    """A place followed by something that has no code (镇江高新区), by 合计, or by something unknown."""
    unknown = Resolution(None, label, None, reason="unknown name")
    shortest = next((n for n in range(2, len(label)) if table.named(label[:n])), len(label))
    for cut in range(len(label) - 1, shortest - 1, -1):
        head, tail = label[:cut], label[cut:]
        found = table.named(head) or list(_paths(table, head, None))
        if not found:
            continue
        place = _choose(table, head, list(found), within, on)
        near = (Candidate(place.code, place.name or "", 0.5, "contains it"),) if place.code else place.candidates
        if place.code and tail in self_references():
            return _self(table, tail, place.code, on)
        if is_uncoded_name(tail):
            return Resolution(None, label, None, near, "part of a place, without a code", uncoded=True)
        if not unknown.candidates:
            unknown = replace(unknown, candidates=near, reason=f"{tail} is not known in {head}")
    if len(label) <= 12 and label.endswith(tuple(kinds_without_code())):
        return Resolution(None, label, None, reason="kind of place without a code", uncoded=True)
    return unknown if unknown.candidates else replace(unknown, candidates=_misprints(table, label, within, on))


def _misprints(table: RegionTable, label: str, within: str | None, on: str | None) -> tuple[Candidate, ...]:
    """Places inside the context that differ in one character: 夷棱区 in 宜昌市 may be 夷陵区. Never an answer."""
    if within is None or within == COUNTRY or len(label) < 3:
        return ()
    inside = table.children(within, on)
    near = []
    for code in (*inside, *(c for part in inside for c in table.children(part, on))):
        region = table.get(code, on)
        if region and len(region.name) == len(label) and region.name[-1] == label[-1]:
            same = sum(a == b for a, b in zip(region.name, label, strict=True))
            if same == len(label) - 1:
                near.append(Candidate(code, region.name, round(same / len(label), 3), "differs in one character"))
    return tuple(near)
