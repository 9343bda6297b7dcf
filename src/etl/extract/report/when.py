"""The period of a figure: from its clause, its sentence, the sentences before it, else the day of publication."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from etl.model import Basis, Period
from etl.normalise.periods import PeriodMention, Today

_FORWARD = re.compile(r"将(?:借|继|在|进|于|以|为|聚)|下一步|接下来|今后")


@dataclass(frozen=True, slots=True)
class Default:
    """The period of what the text does not date."""

    iso: str | None
    basis: Basis | None


class Calendar:
    """Period mentions of a flow by place, and what was last said before a place."""

    def __init__(self, text: str, mentions: Sequence[PeriodMention], today: Today) -> None:
        self._text = text
        self._mentions = [m for m in mentions if m.role != "compare"]
        self._starts = [m.start for m in self._mentions]
        self._today = today

    def period(self, at: int, sentence: tuple[int, int], paragraph: int, default: Default, *, target: bool) -> Period:
        start, end = sentence
        inside = self._mentions[bisect_left(self._starts, start) : bisect_left(self._starts, end)]
        usable = [m for m in inside if m.iso is not None and (m.role != "until" or target)]
        before = [m for m in usable if m.start < at]
        if before:
            return self._told(before[-1], target)
        later = [m for m in usable if not m.vague and m.role == "when"]
        if later and not inside[: inside.index(later[0])]:
            return self._told(later[0], target)
        if not inside and not _FORWARD.search(self._text, start, end):
            earlier = self._mentions[bisect_left(self._starts, paragraph) : bisect_left(self._starts, start)]
            if earlier and (last := earlier[-1]).iso is not None and last.role != "until" and not self._day(last):
                return Period(last.iso, "section", last.text, last.time_type)
        return Period(default.iso, default.basis)

    def _told(self, mention: PeriodMention, target: bool) -> Period:
        iso = mention.iso
        if target and mention.role == "since" and iso is not None:
            iso = iso.partition("/")[0]
        return Period(iso, "text", mention.text, mention.time_type)

    @staticmethod
    def _day(mention: PeriodMention) -> bool:
        return mention.iso is not None and mention.iso.count("-") == 2
