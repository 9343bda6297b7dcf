"""Figures that are more or less than a numeral: 居首 (rank 1), 翻番 (growth of 100 %), 87:9:4 (three shares), 3金."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache

from etl.extract.report.judge import Figure
from etl.extract.report.lexicon import qualifier_before, qualifiers
from etl.extract.report.scan import Number
from etl.model import Kind, Qualifier
from etl.normalise.numbers import Numeral, parse_numeral
from etl.reference import rows

_KINDS: dict[str, Kind] = {"rank": "rank", "growth": "growth"}


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Kind, Decimal], ...]:
    return tuple((re.compile(r["pattern"]), _KINDS[r["kind"]], Decimal(r["value"])) for r in rows("text_ranks.csv"))


def worded_ranks(text: str) -> list[tuple[Number, Figure]]:
    """All worded ranks and multiplications of NFKC text."""
    found: dict[int, tuple[Number, Figure]] = {}
    for pattern, kind, value in _patterns():
        for m in pattern.finditer(text):
            start, end = m.span(m.lastindex or 0)
            if start in found:
                continue
            unit = "位" if kind == "rank" else "%"
            numeral = Numeral(value, 0, 0, unit, worded=kind == "growth")
            bound: Qualifier = "eq"
            if kind == "growth":
                before = qualifier_before().search(text, max(0, start - 8), start)
                bound = _bound(f"{before[1] if before else ''}{m[0]}", text[end : end + 2])
            number = Number(start, end, end, numeral, True, unit, bound, worded=kind == "growth")
            found[start] = number, Figure(unit, kind, "observed", "up" if kind == "growth" else None, start, end)
    return list(found.values())


def _bound(printed: str, after: str) -> Qualifier:
    """翻了近两番, 翻了一番多"""
    for word in ("近", "约", "超", "不止"):
        if word in printed:
            return qualifiers("before")[word]  # type: ignore[return-value]
    if after[:1] == "多":
        return "gt"
    return "ge" if after == "以上" else "eq"


_HAN = "一二两三四五六七八九十"
_MEDALS = re.compile(rf"(?:(?:\d{{1,3}}|[{_HAN}]{{1,3}})[金银铜][、和]?){{2,3}}(?![\u4e00-\u9fff]?[属融行色币器])")
_MEDAL = re.compile(rf"(\d{{1,3}}|[{_HAN}]{{1,3}})[金银铜]")
_LATER_MEDAL = re.compile(rf"[银铜](?<=[\d{_HAN}].)")
"""Of two or three medals one is of silver or bronze."""
_AS_LONG = 16


def medals(text: str) -> list[tuple[Number, Figure]]:
    """The medals of 2金3银5铜."""
    found: dict[int, tuple[Number, Figure]] = {}
    for later in _LATER_MEDAL.finditer(text):
        m = _MEDALS.search(text, max(0, later.start() - _AS_LONG), later.start() + _AS_LONG)
        for part in _MEDAL.finditer(text, *m.span()) if m else ():
            numeral = parse_numeral(part[1])
            if numeral is not None:
                (start, end), digits_end = part.span(), part.end(1)
                number = Number(start, end, digits_end, numeral, not part[1].isdigit(), "枚")
                found[start] = number, Figure("枚", "count", "observed", None, start, end)
    return list(found.values())


_STRUCTURE = re.compile(r"\d\d?(?:\.\d+)?%?(?: ?[:∶] ?\d{1,2}(?:\.\d+)?%?){2,5}(?! ?[\d:∶.%])")
_RATIO = re.compile(r"[:∶](?<=[\d%] [:∶]|.[\d%][:∶]) ?\d")
"""What a structure holds: in most lines none is looked for."""
_PART = re.compile(r"([\d.]+)%?")
_OF_DAY = re.compile(r"[\d日号] ?$")
"""Before the time of a day: 2022-01-20 15:35:51."""


def _ratios(text: str) -> Iterator[re.Match[str]]:
    end = 0
    for sign in _RATIO.finditer(text):
        if sign.start() >= end:
            start, end = text.rfind("\n", 0, sign.start()) + 1, text.find("\n", sign.start())
            end = len(text) if end < 0 else end
            yield from _STRUCTURE.finditer(text, start, end)


def structures(text: str) -> list[tuple[Number, Figure]]:
    """The shares of a structure printed as a ratio (三次产业结构为8.5:40.9:50.6): parts that add up to 100."""
    found = []
    for m in _ratios(text):
        before = text[max(0, m.start() - 2) : m.start()]
        if before[-1:].isdecimal() or before[-1:] in (":", "∶", ".") or _OF_DAY.search(before):
            continue
        parts = [(p.span(), Decimal(p[1])) for p in _PART.finditer(text, *m.span()) if p[1].count(".") <= 1]
        if abs(sum((value for _, value in parts), Decimal(0)) - 100) > 1:
            continue
        for (start, end), value in parts:
            decimals = len(text[start:end].rstrip("%").partition(".")[2])
            number = Number(start, end, end, Numeral(value, 0, decimals, "%"), False, "%")
            found.append((number, Figure("%", "share", "observed", None, start, end)))
    return found
