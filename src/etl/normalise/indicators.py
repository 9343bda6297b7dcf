"""Labels to indicators of the catalogue: exact and phrase rules, never the first of several."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from etl.model import Candidate
from etl.reference import document


@dataclass(frozen=True, slots=True)
class Indicator:
    code: str
    name_zh: str
    name_en: str
    group: str
    definition: str
    kind: str
    unit: str
    stock_flow: str
    low: Decimal | None = None
    """Plausible bounds in ``unit``; None: open."""
    high: Decimal | None = None
    part_of: str | None = None
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IndicatorMatch:
    code: str | None
    rule: str
    """``exact``, ``phrase``, ``none``, ``ambiguous``, ``kind`` (the words fit, kind or unit do not)."""
    candidates: tuple[Candidate, ...] = ()


_NOISE = re.compile(r"[\s#＃*:：,，、|（）()“”\"'《》]+|其中")


def _normal(label: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", label))


class IndicatorTable:
    """The catalogue. Get it from ``load_indicators()``."""

    def __init__(self, indicators: Iterable[Indicator]) -> None:
        self.by_code: dict[str, Indicator] = {}
        self._by_phrase: dict[str, list[Indicator]] = defaultdict(list)
        for i in indicators:
            self.by_code[i.code] = i
            for phrase in dict.fromkeys((i.name_zh, *i.phrases)):
                self._by_phrase[_normal(phrase)].append(i)

    def map_label(self, label: str, *, unit: str | None, kind: str) -> IndicatorMatch:
        """The indicator that the whole label names; ``unit`` is the base unit's symbol."""
        named = self._by_phrase.get(_normal(label), [])
        fitting = [i for i in named if i.kind == kind and (unit is None or i.unit == unit)]
        if len(fitting) == 1:
            return IndicatorMatch(fitting[0].code, "exact")
        candidates = tuple(Candidate(i.code, i.name_zh, 0.5, "same words") for i in (fitting or named))
        return IndicatorMatch(None, "ambiguous" if fitting else "kind" if named else "none", candidates)


def _indicator(entry: Mapping[str, Any]) -> Indicator:
    cells: dict[str, Any] = dict(entry)
    for bound in ("low", "high"):
        if bound in cells:
            cells[bound] = Decimal(str(cells[bound]))
    return Indicator(**(cells | {"phrases": tuple(cells.get("phrases", ()))}))


@functools.cache
def load_indicators() -> IndicatorTable:
    """The catalogue of ``reference/indicators.yaml``."""
    return IndicatorTable(_indicator(e) for e in document("indicators.yaml")["indicators"])
