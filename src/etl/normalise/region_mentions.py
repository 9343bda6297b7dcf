"""Places named in running text.

One pass of an automaton over every name finds the hits; what stands beside a hit decides whether it is a place.
Official names count almost anywhere. Short names of counties must mean one place in the context, and some need more,
because they are words (资源) or their characters meet by chance (于都 in 由于都): a place before them that holds
them, a list of places, or room on their left. ``region_words_apart.csv`` tells which.
"""

from __future__ import annotations

import functools
import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise
from typing import Literal

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from etl.normalise import region_townships as townships
from etl.normalise.region_names import usual
from etl.normalise.region_resolve import may_name, resolve
from etl.normalise.region_table import Mention, RegionTable
from etl.normalise.region_words import uncoded_ends
from etl.record import record
from etl.reference import rows

Kind = Literal["sure", "short", "tight", "bare", "town", "uncoded", "self", "word", "phrase"]
"""sure: an official name, or a short name of a province or city of three characters and more. short: a shorter one
of a province or city. tight: an official name of two characters (和县). bare: a short name of a county. word: an
ordinary word that is also such a short name. phrase: an expression that holds a name by chance."""

_ROOM = re.compile(r"[^0-9A-Za-z\u4e00-\u9fff]")
# One line break or a few blanks between two ideographs are page layout, not an end.
_BLANK = "[ \\t\\u3000\\u00a0]"
_LAYOUT = re.compile(rf"(?<=[\u4e00-\u9fff])(?:{_BLANK}+(?:\r?\n{_BLANK}*)?|\r?\n{_BLANK}*)(?=[\u4e00-\u9fff])")
_GAP = re.compile("[ \\t\\u3000\\u00a0\\r\\n]")
"""What a gap of the layout begins with: looking for that first is several times quicker."""
_SUBURB = re.compile("区(?![域间块划位分段别])")


@record(frozen=True, slots=True)
class _Hit:
    start: int
    end: int
    name: str
    kind: Kind


def find_mentions(table: RegionTable, text: str, within: str | None) -> list[Mention]:
    """Every place named in running text, see ``Gazetteer.find``."""
    plain, offsets = _without_layout(usual(text))
    hits = _joined(table, plain, _accepted(table, plain, _hits(table, plain, within), within))
    found = []
    for hit in hits:
        start, end = offsets(hit.start), offsets(hit.end - 1) + 1
        found.append(Mention(start, end, text[start:end], self_reference=hit.kind == "self"))
    return found


class _Offsets:
    """From places in the text without layout back to the text as read."""

    def __init__(self, gaps: list[tuple[int, int]]) -> None:
        self._at = [at for at, _ in gaps]
        self._shift = [shift for _, shift in gaps]

    def __call__(self, position: int) -> int:
        i = bisect_right(self._at, position)
        return position + self._shift[i - 1] if i else position


def _without_layout(text: str) -> tuple[str, _Offsets]:
    pieces, gaps, last, removed = [], [], 0, 0
    for blank in _GAP.finditer(text):
        gap = _LAYOUT.match(text, blank.start())
        if gap is None:
            continue
        pieces.append(text[last : gap.start()])
        removed += gap.end() - gap.start()
        gaps.append((gap.end() - removed, removed))
        last = gap.end()
    if not gaps:
        return text, _Offsets([])
    pieces.append(text[last:])
    return "".join(pieces), _Offsets(gaps)


# ---------------------------------------------------------------- names


@functools.cache
def _automaton(table: RegionTable) -> tuple[AhoCorasick, list[str], dict[str, Kind]]:
    kinds: dict[str, Kind] = {}
    for name, named in table.names():
        if len(name) < 2 or not "\u4e00" <= name[0] <= "\u9fff":
            continue
        above_county = any(n.region.level != "county" for n in named)
        if any(n.full for n in named):
            kinds[name] = "sure" if len(name) > 2 or above_county else "tight"
        elif above_county:
            kinds[name] = "sure" if len(name) > 2 else "short"
        else:
            kinds[name] = "bare"
    for r in rows("regions_uncoded.csv"):
        if r["in_text"] == "yes" and r["match"] == "name":
            kinds[r["name"]] = "uncoded"
    for r in rows("region_words_apart.csv"):
        if r["kind"] == "phrase":
            kinds[r["word"]] = "phrase"
        elif r["kind"] == "word" and kinds.get(r["word"]) in ("short", "bare", "tight", None):
            kinds[r["word"]] = "word"
    for r in rows("region_self_references.csv"):
        if r["in_text"] == "yes":
            kinds[r["text"]] = "self"
    return _compiled(kinds), list(kinds), kinds


def _compiled(names: Iterable[str]) -> AhoCorasick:
    return AhoCorasick(list(names), matchkind=MatchKind.Standard, implementation=Implementation.ContiguousNFA)


def _hits(table: RegionTable, text: str, within: str | None) -> list[_Hit]:
    automaton, names, kinds = _automaton(table)
    hits = [
        _Hit(s, e, names[i], kinds[names[i]]) for i, s, e in automaton.find_matches_as_indexes(text, overlapping=True)
    ]
    counties = {c for c in table.ancestors(within) if table.is_county(c)} if within else set()
    counties.update(*(table.counties_named(hit.name) for hit in hits if hit.kind == "sure"))
    if within and (region := table.get(within)) and region.level == "city":
        counties.update(table.children(within))
    if counties:
        hits += _towns(text, counties)
    return _apart(hits, len(text))


def _apart(hits: list[_Hit], length: int) -> list[_Hit]:
    """Hits that do not overlap: whole expressions and official names first, then from left to right the longest."""

    def rank(hit: _Hit) -> tuple[int, int, int]:
        size = hit.end - hit.start
        if hit.kind == "phrase" or (hit.kind in ("sure", "town", "self") and size > 2):
            return 0, -size, hit.start
        return 1, hit.start, -size

    taken = bytearray(length)
    kept = []
    for hit in sorted(hits, key=rank):
        if taken.find(1, hit.start, hit.end) < 0:
            taken[hit.start : hit.end] = b"\1" * (hit.end - hit.start)
            kept.append(hit)
    return sorted(kept, key=lambda h: h.start)


def _towns(text: str, counties: set[str]) -> list[_Hit]:
    """Townships of the counties that the text or the speaker is about, by how their names end."""
    table = townships.load_townships()
    found = []
    for kind in townships.ENDS:
        at = text.find(kind)
        while at >= 0:
            end = at + len(kind)
            if text[max(0, end - 3) : end] in table.last_three:
                found += [
                    _Hit(start, end, text[start:end], "town")
                    for start in range(max(0, end - table.longest), end - 2)
                    if any(code[:6] in counties for code in table.by_name.get(text[start:end], ()))
                ]
            at = text.find(kind, end)
    return found


# ---------------------------------------------------------------- neighbours


@functools.cache
def _organisation(role: str) -> re.Pattern[str]:
    """Behind a place: the rest of an organisation's, road's or honour's name."""
    words: dict[str, list[str]] = {"middle": [], "end": [], "country": [], "smaller": []}
    for r in rows("region_organisation_words.csv"):
        word = re.escape(r["word"])
        words[r["role"]].append(f"{word}(?![{r['unless_followed_by']}])" if r["unless_followed_by"] else word)
    return re.compile(f"(?:{_any(words['middle'])}){{0,4}}(?:{_any(words[role])})")


@functools.cache
def _organisation_starts() -> frozenset[str]:
    """The characters that the words of ``_organisation`` start with."""
    return frozenset(r["word"][0] for r in rows("region_organisation_words.csv"))


_COMPANY = re.compile(
    r"(?:[^的在和与及对为是有等共约达、，。；：,;:()（）\s]|[(（](?:集团|控股)[)）]){1,14}?有限(?:责任)?公司"
)


def _names_organisation(table: RegionTable, text: str, hit: _Hit) -> bool:
    if hit.kind == "self" and hit.name != "全国":
        return False
    limited = text.find("有限", hit.end, hit.end + 24) >= 0
    if limited and _COMPANY.match(text, hit.end) and not _is_seat(table, hit):
        return True
    if text[hit.end : hit.end + 1] not in _organisation_starts():
        return False
    if _organisation("end").match(text, hit.end):
        return True
    if hit.name in ("全国", "中国") and _organisation("country").match(text, hit.end):
        return True
    return hit.kind in ("short", "bare", "word") and _organisation("smaller").match(text, hit.end) is not None


def _is_seat(table: RegionTable, hit: _Hit) -> bool:
    """邵东市某某有限公司 lies there; 湖南某某有限公司 only bears the name."""
    regions = (table.get(code) for code in table.codes_named(hit.name))
    official = hit.kind == "sure" and hit.name.endswith(("市", "县", "区", "旗"))
    return official and all(r is not None and r.level in ("city", "county") for r in regions)


def _any(words: list[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


@functools.cache
def _boundaries() -> tuple[str, dict[str, str]]:
    before, after = "", {}
    for r in rows("region_boundaries.csv"):
        if r["side"] == "before":
            before += r["characters"]
        else:
            after[r["name_end"]] = r["characters"]
    return before, after


def _has_room(text: str, start: int) -> bool:
    """Whether a name can begin here: a start, a blank, punctuation, or a word that takes a place."""
    return start == 0 or bool(_ROOM.match(text, start - 1)) or text[start - 1] in _boundaries()[0]


def _split(text: str, hit: _Hit) -> _Hit:
    """和平区 in 和平区域 is 和平 with another word behind it."""
    after = _boundaries()[1].get(hit.name[-1])
    if hit.kind in ("sure", "tight") and after and text[hit.end : hit.end + 1] in after and hit.end < len(text):
        return _Hit(hit.start, hit.end - 1, hit.name[:-1], "bare")
    return hit


def _accepted(table: RegionTable, text: str, hits: list[_Hit], within: str | None) -> list[_Hit]:
    """The hits that are places, in order."""
    done: list[_Hit] = []
    weak: list[_Hit] = []
    for raw in hits:
        hit = _split(text, raw)
        if hit is not raw and hit.name in _words():
            hit = replace(hit, kind="word")
        if hit.kind == "phrase" or (hit.kind in ("word", "bare") and not table.codes_named(hit.name)):
            continue
        if _names_organisation(table, text, hit):
            continue
        if hit.kind in ("sure", "self", "uncoded", "town") or (hit.kind == "short" and hit.name not in _seams()):
            done.append(hit)
        else:
            weak.append(hit)
    strong_ends = {h.end: h for h in done if h.kind in ("sure", "short")}
    named = {c for h in done if h.kind == "sure" for c in table.codes_named(h.name)}
    listed = _in_list(text, sorted((*done, *weak), key=lambda h: h.start))
    for hit in weak:
        before = strong_ends.get(hit.start)
        if before is not None:
            if may_name(table, before.name + hit.name):
                done.append(hit)
            continue
        again = hit.kind in ("bare", "short") and resolve(table, hit.name, within=within).code in named
        if again or _stands(table, text, hit, within, listed=hit.start in listed):
            done.append(hit)
    return sorted(done, key=lambda h: h.start)


def _stands(table: RegionTable, text: str, hit: _Hit, within: str | None, *, listed: bool) -> bool:
    """Whether a short name that needs a sign has one."""
    room = _has_room(text, hit.start)
    if hit.kind == "tight":
        return room or listed
    code = resolve(table, hit.name, within=within).code
    if code is None:
        return False
    if hit.kind == "word":
        return listed and room
    near = hit.kind == "short" and within is not None and code[:2] == within[:2]
    return room or near or hit.name not in _seams()


@functools.cache
def _seams() -> frozenset[str]:
    return frozenset(r["word"] for r in rows("region_words_apart.csv") if r["kind"] == "room")


@functools.cache
def _words() -> frozenset[str]:
    return frozenset(r["word"] for r in rows("region_words_apart.csv") if r["kind"] == "word")


def _in_list(text: str, hits: list[_Hit]) -> frozenset[int]:
    """Starts of the hits that stand in a list beside a name that is no ordinary word (昆山、江阴、平安)."""
    found: set[int] = set()
    for one, other in pairwise(hits):
        if text[one.end : other.start] == "、":
            found.update(h.start for h, beside in ((one, other), (other, one)) if beside.kind != "word")
    return frozenset(found)


def _joined(table: RegionTable, text: str, hits: list[_Hit]) -> list[_Hit]:
    """江苏省|扬州市, 江阴市|祝塘镇 and 镇江|高新区 as one mention each."""
    done: list[_Hit] = []
    for hit in hits:
        last = done[-1] if done else None
        if last is not None and last.end == hit.start and "self" not in (last.kind, hit.kind):
            whole = _Hit(last.start, hit.end, last.name + hit.name, "sure")
            if may_name(table, whole.name):
                done[-1] = whole
                continue
            if hit.kind == "uncoded":
                done[-1] = replace(whole, kind="uncoded")
                continue
        done.append(hit)
    return [_with_end(text, hit) for hit in done]


@functools.cache
def _ends() -> re.Pattern[str]:
    return re.compile(_any([re.escape(e) for e in uncoded_ends()]))


def _with_end(text: str, hit: _Hit) -> _Hit:
    if hit.kind == "self":
        return hit
    if hit.name.endswith("市") and _SUBURB.match(text, hit.end):
        return _Hit(hit.start, hit.end + 1, hit.name + "区", "uncoded")
    end = _ends().match(text, hit.end)
    return _Hit(hit.start, end.end(), hit.name + end[0], "uncoded") if end else hit
