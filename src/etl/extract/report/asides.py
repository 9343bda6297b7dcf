"""What is set aside before any numeral is read: dates, document numbers, enumerators, names, set phrases."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from etl.extract.report import lexicon
from etl.normalise.periods import PeriodMention
from etl.record import record
from etl.reference import rows


@record(frozen=True, slots=True)
class Aside:
    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class _Pattern:
    regex: re.Pattern[str]
    reason: str
    near: tuple[str, ...]
    behind: str


@cache
def _patterns() -> tuple[_Pattern, ...]:
    return tuple(
        _Pattern(
            re.compile(r["pattern"], re.MULTILINE), r["reason"], tuple(filter(None, r["near"].split("|"))), r["behind"]
        )
        for r in rows("text_asides.csv")
    )


_DIGIT = r"[\d〇零一二三四五六七八九十百千万亿两双]"
_RUN = re.compile(rf"{_DIGIT}{_DIGIT}*(?:\.\d+)*")
"""A pattern that opens with one character of a class is found several times quicker than one with a repeated one."""


def _behind_numerals(text: str) -> dict[str, list[int]]:
    """Where each character stands right behind a numeral."""
    found: dict[str, list[int]] = {}
    for run in _RUN.finditer(text):
        end = run.end()
        found.setdefault(text[end : end + 1], []).append(end)
    return found


def _matches(pattern: _Pattern, text: str, behind: Mapping[str, Sequence[int]]) -> Iterator[re.Match[str]]:
    """All matches, looked for only in the lines where one can be: in most lines none can."""
    if pattern.near:
        places = (at for word in pattern.near for at in _places(text, word))
    elif pattern.behind:
        places = (at for char in pattern.behind for at in behind.get(char, ()))
    else:
        yield from pattern.regex.finditer(text)
        return
    done: set[int] = set()
    for at in places:
        start = text.rfind("\n", 0, at) + 1
        if start not in done:
            done.add(start)
            end = text.find("\n", at)
            yield from pattern.regex.finditer(text, start, len(text) if end < 0 else end)


def _places(text: str, word: str) -> Iterator[int]:
    """One place of the word in every line that holds it."""
    at = text.find(word)
    while at >= 0:
        yield at
        end = text.find("\n", at)
        at = text.find(word, end) if end >= 0 else -1


_BARE_YEAR = re.compile(r"(?:19|20)\d\d(?=[一-龥“《])(?![万亿余多千百届级])")
"""Before words, but not before a unit: 发证1976本 are certificates."""
_QUOTE = re.compile(r"[“「『‘\"]([^“”「」『』‘’\"\n]{1,14})[”」』’\"]")
_QUOTED_FIGURE = re.compile(r"\d[\d.]*\s?[%‰元亿万]|[,。]|\d[^!?]*[!?]$")
"""In a quotation: somebody tells of a figure, and no name or slogan holds a numeral."""
_NUMERAL = re.compile(r"[\d〇零一二三四五六七八九十百千万亿两]")


_BARRED = re.compile(r"(?:取消|暂停|停止|禁止|限制)[^,。;\d]{0,12}$")
_BARS = re.compile(r"不得|不予|不再|禁止")


def _is_barred(text: str, period: PeriodMention) -> bool:
    """取消该单位3年内的申报资格: how long, not when."""
    if not period.text.endswith("年内"):
        return False
    barred = _BARRED.search(text, max(0, period.start - 20), period.start)
    return bool(barred or _BARS.match(text, period.end))


def find_asides(text: str, periods: Sequence[PeriodMention]) -> list[Aside]:
    """Everything set aside, by start; may overlap."""
    found = [
        Aside(p.start, p.end, "duration_phrase" if p.iso is None and p.time_type == "cumulative" else "date")
        for p in periods
        if not _is_barred(text, p)
    ]
    behind = _behind_numerals(text)
    for pattern in _patterns():
        found += [
            Aside(m.start(), m.end(), pattern.reason) for m in _matches(pattern, text, behind) if m.end() > m.start()
        ]
    for m in _BARE_YEAR.finditer(text):
        if lexicon.unit_at(text, m.end()) is None:
            found.append(Aside(m.start(), m.end(), "date"))
    for m in _QUOTE.finditer(text):
        if _NUMERAL.search(m[1]) and not _QUOTED_FIGURE.search(m[1]):
            found.append(Aside(m.start(1), m.end(1), "name"))
    automaton, entries = lexicon.idioms()
    found += [
        Aside(start, end, entries[i][1]) for i, start, end in automaton.find_matches_as_indexes(text, overlapping=True)
    ]
    found.sort(key=lambda a: (a.start, -a.end))
    return found


_BY_START = frozenset({"date", "enumerator", "document_number", "ordinal"})
"""Reasons that hold for a numeral of which they cover the first characters only; an idiom must cover it all."""


class Covering:
    """Which aside covers a span, by bisection. Asides are short, so that only the near ones need a look."""

    REACH = 64

    def __init__(self, asides: Sequence[Aside]) -> None:
        self._asides = asides
        self._starts = [a.start for a in asides]

    def reason(self, start: int, end: int) -> str | None:
        """That of the aside that holds ``start:end`` as a whole, else of one that holds its first character."""
        first = None
        i = bisect_right(self._starts, start) - 1
        while i >= 0 and self._starts[i] >= start - self.REACH:
            aside = self._asides[i]
            if aside.end >= end:
                return aside.reason
            if aside.end > start and first is None and aside.reason in _BY_START:
                first = aside
            i -= 1
        return first.reason if first else None
