"""Which place a label of a stub or header means, and which place the whole table speaks of."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from etl.extract.sheet.wording import chinese, strip_ordinal
from etl.extract.sheet.words import words
from etl.model import Area, Basis, Candidate
from etl.normalise.region_names import normal
from etl.normalise.regions import COUNTRY, Region, Resolution, load_regions
from etl.reference import rows

MAX_TEXT = 60
"""Characters of a label or title in which a place is looked for."""
SAMPLE = 500
"""Distinct labels that are looked up to tell what a row or column of labels holds."""
Likeness = Literal["place", "neutral", "other"]
COVERAGE = 0.75
"""Share of the places of a table that must lie in the place it is taken to speak of."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """The place that a table speaks of: what 全市 means in it."""

    code: str
    name: str
    basis: Basis


def clean_place(label: str) -> str:
    """The label of a place without English, ordinals, marks of a part (``其中：``) and stray points (``花都区.``)."""
    plain = strip_ordinal(chinese(label[:MAX_TEXT])).strip(" .．·。,，*#＃")
    marks = words("of_which").start
    mark = next(m for m in marks if plain.startswith(m)) if plain.startswith(marks) else ""
    return _without_zone(plain.removeprefix(mark).lstrip(":： ") or plain)


_ZONE_BEHIND = re.compile(r"(?P<place>[\u4e00-\u9fff]{2,})[(（](?P<zone>[\u4e00-\u9fff]{3,})[)）]")


_HOLDING = re.compile(r"(?P<place>[\u4e00-\u9fff]{2,})[(（](?:包?含|包括)(?P<parts>[\u4e00-\u9fff、,，]{2,})[)）]")


def _holds_all(place: str, parts: str) -> bool:
    """Whether all that a place is said to hold lies in it, as what has no code of its own does: 惠安县（含台商区）.
    滨江区（含萧山） is more than 滨江区."""
    if _likeness(place) != "place":
        return False
    regions = load_regions()
    code = regions.resolve(place).code
    for part in re.split("[、,，及]", parts):
        found = regions.resolve(part)
        codes = [found.code] if found.code else [r.code for r in _namesakes(found, part)]
        if codes and not any(code in regions.ancestors(c) for c in codes):
            return False
    return True


@functools.lru_cache(maxsize=20_000)
def _without_zone(label: str) -> str:
    """武清区(京津科技谷产业园) → 武清区: the zone behind it is run by the same office. Other brackets may narrow a
    place (市区, 不含…) and stay."""
    holding = _HOLDING.fullmatch(label)
    if holding is not None:
        return holding["place"] if _holds_all(holding["place"], holding["parts"]) else label
    found = _ZONE_BEHIND.fullmatch(label)
    if found is None:
        return label
    zone = load_regions().resolve(found["zone"])
    is_zone = zone.uncoded and zone.reason.startswith("kind of place")
    return found["place"] if is_zone and _likeness(found["place"]) == "place" else label


def likeness(label: str) -> Likeness:
    """Whether a label names a place (``place``), could (totals, 市区: ``neutral``), or does not."""
    return _likeness(label) if len(label) <= MAX_TEXT else "other"


@functools.lru_cache(maxsize=20_000)
def _likeness(label: str) -> Likeness:
    plain = clean_place(label)
    if not plain:
        return "neutral"
    found = load_regions().resolve(plain)
    if found.code or _namesakes(found, plain):
        return "place"
    if found.uncoded or found.reason.startswith("refers to the speaker") or total_and_part(plain) is not None:
        return "neutral"
    return "other"


def lies_in(label: str, outer: str) -> bool:
    """Whether a label names a part of the place that another one names, or that place itself."""
    regions = load_regions()
    whole = regions.resolve(clean_place(outer)).code
    if whole is None:
        return True
    found = regions.resolve(clean_place(label), within=whole).code
    return found is None or whole in regions.ancestors(found)


def place_share(labels: Iterable[str]) -> tuple[int, float]:
    """(number of distinct labels that name places, their share among those that say anything)."""
    kinds = Counter(likeness(label) for label in sample(labels))
    real = kinds["place"]
    return real, real / (real + kinds["other"]) if real else 0.0


def are_places(labels: Iterable[str]) -> bool:
    """Whether at least half of the distinct labels that say anything name places; no more are asked than can tell."""
    distinct = sample(labels)
    places = others = 0
    for left, label in zip(range(len(distinct) - 1, -1, -1), distinct, strict=True):
        kind = likeness(label)
        places += kind == "place"
        others += kind == "other"
        if abs(places - others) > left:
            break
    return places > 0 and places >= others


def _possible(label: str, on: str | None) -> frozenset[str]:
    return _codes(label, on) if len(label) <= MAX_TEXT else frozenset()


@functools.lru_cache(maxsize=20_000)
def _codes(label: str, on: str | None) -> frozenset[str]:
    found = load_regions().resolve(clean_place(label), on=on)
    if found.code:
        return frozenset({found.code})
    return frozenset(c.code for c in found.candidates)


def covering_place(labels: Iterable[str], on: str | None = None) -> str | None:
    """The smallest place that holds most of the places named by the labels; None for fewer than two of them.

    Where other places of its own level are listed beside it, or 全省 is, it is the one above.
    """
    regions = load_regions()
    labels = sample(labels)
    places = [codes for codes in (_possible(label, on) for label in labels) if codes]
    if len(places) < 2:
        return None
    votes: Counter[str] = Counter()
    for codes in places:
        votes.update({above for code in codes for above in regions.ancestors(code)})
    own = Counter(code for codes in places if len(codes) == 1 for code in codes)
    enough = [
        code
        for code, n in votes.items()
        if n >= COVERAGE * len(places) and n - own.get(code, 0) >= min(2, len(places) - 1)
    ]
    best = max(enough, key=lambda code: len(regions.ancestors(code)), default=None)
    region = regions.get(best, on) if best else None
    if region is None:
        return best
    whole = {regions.resolve(clean_place(label), within=best, on=on).code for label in labels if _is_whole(label)}
    if best in whole:
        return best
    for above in regions.ancestors(region.code):
        if above in whole:
            return above
    beside = any(
        (other := regions.get(code, on)) is not None and other.level == region.level and code != best for code in own
    )
    return region.parent if beside and region.parent else best


def _is_whole(label: str) -> bool:
    """Whether a label names the speaker by its level: 全省, 全市."""
    return "全" in label and len(label) <= MAX_TEXT and clean_place(label)[:1] == "全" and likeness(label) == "neutral"


def inside_share(labels: Iterable[str], code: str, on: str | None = None) -> float:
    """Share of the places named by the labels that can lie in ``code``; 1 without any."""
    regions = load_regions()
    places = [codes for codes in (_possible(label, on) for label in sample(labels)) if codes]
    if not places:
        return 1.0
    return sum(any(code in regions.ancestors(c) for c in codes) for codes in places) / len(places)


def place_in_text(text: str) -> str | None:
    """Code of the first place that a title, sheet or file name mentions; None without a clear one."""
    regions = load_regions()
    for mention in regions.find(text[:300]):
        if mention.self_reference:
            if regions.resolve(mention.text).code == COUNTRY:
                return COUNTRY
            continue
        found = regions.resolve(mention.text)
        if found.code:
            return found.code
    return None


def city_of_part(title: str) -> str | None:
    """Code of the city of which a title names a part that has none: 绍兴市区, 无锡市市区."""
    regions = load_regions()
    for mention in regions.find(title[:300]):
        for part in words("title_part").start:
            if mention.text.endswith(part) and (code := regions.resolve(mention.text.removesuffix(part)).code):
                return code
    return None


def place_named(name: str, within: str) -> str | None:
    """Code of the part of ``within`` that a whole sheet name names; None for other names and the place itself."""
    plain = clean_place(name)
    if not plain or len(name) > MAX_TEXT:
        return None
    regions = load_regions()
    found = regions.resolve(plain, within=within)
    inside = found.code is not None and found.code != within and within in regions.ancestors(found.code)
    return found.code if inside else None


def speaker_of(code: str, basis: Basis, on: str | None) -> Speaker:
    region = load_regions().get(code, on)
    return Speaker(code, region.name if region else code, basis)


def area_of(
    label: str,
    speaker: Speaker | None,
    on: str | None,
    *,
    group: str | None = None,
    last: str | None = None,
    code: str | None = None,
    basis: Basis = "layout",
) -> Area:
    """The area of a row or column label.

    ``group`` is the place whose parts are being listed by indentation, ``last`` the last larger place above in a
    list without indentation, ``code`` what a code column says. A label that names a place that cannot be resolved
    inside the speaker gives an unresolved area.
    """
    plain = clean_place(label)
    regions = load_regions()
    if code is not None and (region := regions.get(code, on)) is not None:
        return Area(code, region.name, basis=basis, printed=plain or None)
    if not plain:
        return Area(printed=None, basis=basis, unresolved=True)
    found = _resolve(plain, group, last, speaker, on)
    if found.code is not None:
        return Area(found.code, found.name, basis=basis, printed=plain)
    parent = speaker.name if speaker else None
    around = group or (last if words("part_of_city").match(plain) else None)
    if around and (nearer := regions.get(around, on)) is not None:
        parent = nearer.name
    if found.uncoded:
        return Area(None, f"{parent}|{plain}" if parent else plain, basis=basis, printed=plain)
    name = f"{parent}|{plain}" if parent and (speaker is None or speaker.code != COUNTRY) else plain
    return Area(None, name, basis=basis, printed=plain, unresolved=True, candidates=found.candidates)


def total_and_part(label: str) -> tuple[str, str] | None:
    """(total, what of it) of a row that counts one part or notion of the whole: 全市常住人口 and 全市户籍人口 above the
    districts are both the city's; None for other labels."""
    return _total_and_part(label) if len(label) <= MAX_TEXT else None


@functools.lru_cache(maxsize=20_000)
def _total_and_part(label: str) -> tuple[str, str] | None:
    plain = clean_place(label)
    if not plain.startswith(_totals()):
        return None
    total = max((t for t in _totals() if plain.startswith(t)), key=len)
    rest = plain[len(total) :].strip("()（）的")
    return (total, rest) if words("part_of_total").match(rest) else None


@functools.cache
def _totals() -> tuple[str, ...]:
    return tuple(
        r["text"] for r in rows("region_self_references.csv") if r["names_end"] != "*" and r["in_text"] == "yes"
    )


def as_city(label: str) -> str:
    """The name of a city that a province shares, in a list of cities: 吉林 → 吉林市; other labels stay."""
    regions = load_regions()
    plain = normal(clean_place(label))
    found = regions.resolve(plain)
    if found.level != "province" or found.name == plain:
        return label
    city = regions.resolve(f"{plain}市")
    return f"{plain}市" if city.level == "city" else label


def _resolve(plain: str, group: str | None, last: str | None, speaker: Speaker | None, on: str | None) -> Resolution:
    """Inside the group first; without one, direct parts of the speaker go before parts of the last larger place.

    In a flat list of provinces 河北 behind 天津 is the province, not the district of Tianjin.
    """
    regions = load_regions()
    inside = speaker.code if speaker else None
    if group:
        found = regions.resolve(plain, within=group, on=on)
        if found.code is None and inside:
            found = regions.resolve(plain, within=inside, on=on)
    else:
        found = _sibling(regions.resolve(plain, within=inside, on=on), inside, on)
        region = regions.get(found.code, on) if found.code else None
        direct = region is not None and (inside is None or region.parent == inside or region.code == inside)
        if last and not direct:
            nearer = regions.resolve(plain, within=last, on=on)
            found = nearer if nearer.code and last in regions.ancestors(nearer.code) else found
    if found.code is not None and speaker is not None and speaker.code != COUNTRY:
        chain = regions.ancestors(found.code)
        if speaker.code not in chain and found.code not in regions.ancestors(speaker.code):
            outside = Candidate(found.code, found.name or plain, 0.3, f"outside {speaker.name}")
            return Resolution(None, plain, None, (outside,), "outside the place the table speaks of")
    return found


def _sibling(found: Resolution, speaker: str | None, on: str | None) -> Resolution:
    """Among several places of one name the one that is a direct part of the speaker, as the rows around it are."""
    if found.code is not None or speaker is None:
        return found
    regions = load_regions()
    direct = [r for r in _namesakes(found, found.name or "") if r.parent == speaker]
    if len(direct) != 1:
        return found
    region = regions.get(direct[0].code, on) or direct[0]
    return Resolution(region.code, region.name, region.level, reason="as the places around it")


def _namesakes(found: Resolution, label: str) -> list[Region]:
    """The candidates that the whole label names (not those that only contain it)."""
    regions = load_regions()
    known = [region for c in found.candidates if (region := regions.get(c.code)) is not None]
    plain = normal(label)
    return [r for r in known if plain in (r.name, r.short, *r.aliases)]


def is_total(label: str) -> bool:
    """Whether a label is the table's total (全市, 合计, 全国总计)."""
    return len(label) <= MAX_TEXT and _is_total(label)


@functools.lru_cache(maxsize=20_000)
def _is_total(label: str) -> bool:
    found = load_regions().resolve(clean_place(label))
    return found.reason.startswith("refers to the speaker") or found.code == COUNTRY


def sample(labels: Iterable[str]) -> list[str]:
    """Distinct labels, evenly taken where there are very many: enough to tell what they are."""
    distinct = list(dict.fromkeys(labels))
    return distinct[:: max(1, len(distinct) // SAMPLE)]
