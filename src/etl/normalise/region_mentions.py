"""Places named in running text."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from etl.reference import rows

if TYPE_CHECKING:
    from etl.normalise.regions import Gazetteer, Mention


@functools.cache
def _automaton(gazetteer: Gazetteer) -> tuple[AhoCorasick, list[str], dict[str, str]]:
    kinds: dict[str, str] = {}
    for name, named in gazetteer.names():
        if len(name) < 2:
            continue
        county_only = not any(n.full for n in named) and all(n.region.level == "county" for n in named)
        kinds[name] = "bare" if county_only else "place"
    for r in rows("regions_uncoded.csv"):
        if r["in_text"] == "yes" and r["match"] == "name":
            kinds[r["name"]] = "place"
    for r in rows("region_self_references.csv"):
        if r["in_text"] == "yes":
            kinds[r["text"]] = "self"
    for r in rows("region_words_apart.csv"):
        kinds[r["word"]] = "word"
    patterns = list(kinds)
    return (
        AhoCorasick(patterns, matchkind=MatchKind.LeftmostLongest, implementation=Implementation.ContiguousNFA),
        patterns,
        kinds,
    )


@functools.cache
def _organisation() -> re.Pattern[str]:
    by_role: dict[str, list[str]] = {"end": [], "middle": []}
    for r in rows("region_organisation_words.csv"):
        by_role[r["role"]].append(re.escape(r["word"]))
    middle, end = ("|".join(sorted(by_role[k], key=len, reverse=True)) for k in ("middle", "end"))
    return re.compile(f"(?:{middle}){{0,3}}(?:{end})")


def find_mentions(gazetteer: Gazetteer, text: str, within: str | None) -> list[Mention]:
    """See ``Gazetteer.find``."""
    from etl.normalise.regions import Mention

    automaton, patterns, kinds = _automaton(gazetteer)
    found = []
    for index, start, end in automaton.find_matches_as_indexes(text):
        name = patterns[index]
        kind = kinds[name]
        if kind == "word" or _organisation().match(text, end):
            continue
        if kind == "bare" and gazetteer.resolve(name, within=within).code is None:
            continue
        found.append(Mention(start, end, text[start:end], self_reference=kind == "self"))
    return found
