"""Word lists of ``reference/text_*.csv``, compiled once for scanning."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from ahocorasick_rs import AhoCorasick, Implementation, MatchKind

from etl.normalise.units import load_units
from etl.reference import rows


def _alternatives(words: list[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


@cache
def qualifiers(where: str) -> dict[str, str]:
    """Word → code of the qualifiers that stand ``before``, ``inside`` or ``after`` a number."""
    return {r["word"]: r["code"] for r in rows("text_qualifiers.csv") if r["where"] == where}


_THEN = ("达到", "达", "到", "了", "过", "为", "有", "至", "人民币")
"""What may stand between a qualifier and its number: 超过了30, 最高达50."""


@cache
def qualifier_ends() -> frozenset[str]:
    """The characters that ``qualifier_before`` can end with, blanks aside."""
    return frozenset(w[-1] for w in (*qualifiers("before"), *_THEN))


@cache
def qualifier_starts() -> frozenset[str]:
    """The characters that ``qualifier_after`` can start with."""
    return frozenset(w[0] for w in qualifiers("after") if w not in ("多", "余"))


@cache
def qualifier_before() -> re.Pattern[str]:
    """Matches at the end of the text before a number."""
    words = _alternatives(list(qualifiers("before")))
    return re.compile(rf"(?:最[高长多低少大])?({words})(?:{_alternatives(list(_THEN))})?\s?$")


@cache
def qualifier_after() -> re.Pattern[str]:
    return re.compile(_alternatives([w for w in qualifiers("after") if w not in ("多", "余")]))


@cache
def _unit_words() -> dict[str, tuple[re.Pattern[str] | None, bool]]:
    found = {}
    for r in rows("text_unit_words.csv"):
        words = r["not_before"].strip("|")
        found[r["unit"]] = (re.compile(words) if words else None, r["use"] == "yes")
    return found


@cache
def unit_forms() -> frozenset[str]:
    """Units that can follow a number in prose."""
    words = _unit_words()
    forms = load_units().surface_forms() | {r["word"] for r in rows("text_classifiers.csv")}
    return frozenset(f for f in forms if words.get(f, (None, True))[1] and not f[0].isdigit())


@cache
def _unit_lengths() -> dict[str, tuple[int, ...]]:
    """The lengths of the units that start with each character, the longest first."""
    lengths: dict[str, set[int]] = {}
    for form in unit_forms():
        lengths.setdefault(form[0], set()).add(len(form))
    return {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}


_LATIN = re.compile(r"[A-Za-z]")


def unit_at(text: str, at: int) -> str | None:
    """The longest unit that stands at ``at``, unless what follows makes it part of another word."""
    lengths = _unit_lengths().get(text[at : at + 1])
    if lengths is None:
        return None
    forms, words = unit_forms(), _unit_words()
    for length in lengths:
        form = text[at : at + length]
        if len(form) == length and form in forms:
            stop = words.get(form, (None, True))[0]
            end = at + length
            if stop is not None and stop.match(text, end, end + 4):
                continue
            if form[-1].isascii() and form[-1].isalpha() and _LATIN.match(text, end):
                continue
            return form
    return None


@lru_cache(maxsize=1)
def idioms() -> tuple[AhoCorasick, list[tuple[str, str]]]:
    """Automaton of set phrases with a numeral in them, and per pattern (phrase, reason)."""
    entries = [(r["word"], r["reason"]) for r in rows("text_idioms.csv")]
    automaton = AhoCorasick(
        [word for word, _ in entries], matchkind=MatchKind.Standard, implementation=Implementation.ContiguousNFA
    )
    return automaton, entries


@cache
def counted_nouns() -> tuple[re.Pattern[str], dict[str, str]]:
    """Nouns that tell the unit of a number without a classifier (68万产业工人 → 人)."""
    nouns = {r["noun"]: r["unit"] for r in rows("text_counted_nouns.csv")}
    return re.compile(_alternatives(list(nouns))), nouns


_OPENS_WITH_WORDS = re.compile(r"\(\?:([\u4e00-\u9fff|]+)\)(?![?*+{])(.*)")


def _spread(pattern: str) -> str:
    """``(?:今|明)年`` as ``今年|明年``: alternatives that each open with a character are looked for much quicker."""
    opened = _OPENS_WITH_WORDS.fullmatch(pattern)
    return "|".join(f"{word}{opened[2]}" for word in opened[1].split("|")) if opened else pattern


@cache
def any_of(group: str) -> str:
    """All cues of a group of ``text_cues.csv`` and ``text_cue_patterns.csv`` as regex alternatives."""
    patterns = [_spread(r["pattern"]) for r in rows("text_cue_patterns.csv") if r["group"] == group]
    words = [r["word"] for r in rows("text_cues.csv") if r["group"] == group]
    if not words and not patterns:
        raise KeyError(group)
    return "|".join(filter(None, [*patterns, _alternatives(words)]))


@cache
def words(group: str) -> re.Pattern[str]:
    """One pattern of all cues of a group."""
    return re.compile(any_of(group))


@cache
def label_words(group: str) -> str:
    """The words of a group of ``text_label_words.csv`` as regex alternatives, the longest first."""
    listed = [(r["word"], r["not_before"]) for r in rows("text_label_words.csv") if r["group"] == group]
    listed.sort(key=lambda entry: len(entry[0]), reverse=True)
    return "|".join(f"{re.escape(word)}(?!{stops})" if stops else re.escape(word) for word, stops in listed)


@cache
def label_ends(group: str) -> frozenset[str]:
    """The characters that the words of a group of ``text_label_words.csv`` end with."""
    return frozenset(r["word"][-1] for r in rows("text_label_words.csv") if r["group"] == group)


@cache
def place_words(group: str) -> str:
    """The words of a group of ``text_place_words.csv`` as regex alternatives, the longest first."""
    listed = [(r["word"], r["unless_behind"]) for r in rows("text_place_words.csv") if r["group"] == group]
    listed.sort(key=lambda entry: len(entry[0]), reverse=True)
    return "|".join(f"(?<![{stops}]){re.escape(word)}" if stops else re.escape(word) for word, stops in listed)
