"""Figures without a numeral of their own: 居首 (rank 1), 翻番 (growth of 100 %)."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

from etl.extract.report.judge import Figure
from etl.extract.report.scan import Number
from etl.model import Kind
from etl.normalise.numbers import Numeral
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
            start, end = m.span()
            if start in found:
                continue
            unit = "位" if kind == "rank" else "%"
            numeral = Numeral(value, 0, 0, unit, worded=kind == "growth")
            number = Number(start, end, end, numeral, True, unit, worded=kind == "growth")
            found[start] = number, Figure(unit, kind, "observed", "up" if kind == "growth" else None, start, end)
    return list(found.values())
