"""Rows that stand alone above the rows they head: a year above its districts, a measure or a place above its rows."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from etl.extract.sheet.blocks import Block, Row
from etl.extract.sheet.grid import Item
from etl.extract.sheet.places import is_total, likeness
from etl.extract.sheet.timing import YEAR, period_of_item
from etl.extract.sheet.wording import Unit, is_of_which, ordinal_rank, split_unit, strip_ordinal
from etl.extract.sheet.words import squash

SectionKind = Literal["period", "measure", "place"]
UNDER_EACH = 0.5
"""Share of the places under which a label must stand to be a part of them; 高新区 is in some cities only."""
MIN_PLACES = 2
"""Places with rows of their own that make them sections; one alone may be a title that slipped down."""


@dataclass(frozen=True, slots=True)
class Section:
    """What a row says of the rows below it."""

    kind: SectionKind
    text: str
    """ISO period, label of the measure without unit, or place as printed."""
    unit: Unit | None = None
    outer: str = ""
    """The label that stands over that of a measure."""

    @property
    def path(self) -> tuple[str, ...]:
        """Labels of a measure from the outside in."""
        return tuple(dict.fromkeys(filter(None, (self.outer, self.text))))


def sections_of(block: Block, rows: dict[int, Row], stub: Sequence[int], *, places: bool) -> dict[int, Section]:
    """The sections among the data rows of a block whose stub columns are ``stub``; ``places``: the stub lists places.

    Sections by indentation or ordinals within one list of measures are none: they are paths of labels.
    """
    alone: dict[int, Item] = {}
    listed: dict[int, str] = {}
    for r in block.data:
        items = list(rows[r].values())
        if len(items) == 1:
            alone[r] = items[0]
        elif (label := next((i.text for c in stub if (i := rows[r].get(c)) is not None), None)) is not None:
            listed[r] = label
    found: dict[int, Section] = {}
    for r, item in alone.items():
        period = period_of_item(item)
        if period is not None and YEAR not in period:
            found[r] = Section("period", period)
    texts = {r: i for r, i in alone.items() if r not in found and i.kind == "text"}
    if places:
        found.update(_measures(texts, listed))
    else:
        found.update(_places(texts))
        if not stub and not block.metadata:
            found.update(_over_periods(block, {r: i for r, i in texts.items() if r not in found}))
    return found


def _over_periods(block: Block, texts: dict[int, Item]) -> dict[int, Section]:
    """Texts above rows that only name periods (年末总户数（万户） above 2010年): the measures of the rows below.

    A text right above another one, without a unit of its own, stands over it and those that follow (一、人口).
    """
    following = dict(pairwise(block.data))
    found: dict[int, Section] = {}
    outer = ""
    for r, item in texts.items():
        split = split_unit(item.text)
        unit = split.unit or (split.units[0] if len(split.units) == 1 else None)
        label = strip_ordinal(split.label)
        if unit is None and following.get(r) in texts:
            outer = label
        elif ordinal_rank(split.label) == 0:
            outer = ""
        found[r] = Section("measure", label, unit, outer)
    return found


def _measures(texts: dict[int, Item], listed: dict[int, str]) -> dict[int, Section]:
    """Texts that name no place: with a unit of their own, or with the same places listed below each of them."""
    others = {r: i for r, i in texts.items() if likeness(i.text) == "other" and not is_of_which(i.text)}
    split = {r: split_unit(i.text) for r, i in others.items()}
    if not all(s.unit is not None for s in split.values()) and not _repeats(sorted(others), listed):
        return {}
    return {r: Section("measure", s.label, s.unit) for r, s in split.items() if s.label}


def _repeats(heads: Sequence[int], listed: dict[int, str]) -> bool:
    """Whether most of the labels stand below several of the heads."""
    below: dict[str, set[int]] = defaultdict(set)
    for r, label in listed.items():
        above = [h for h in heads if h < r]
        if above:
            below[label.strip()].add(above[-1])
    return bool(below) and sum(len(h) > 1 for h in below.values()) >= 0.5 * len(below)


def _places(texts: dict[int, Item]) -> dict[int, Section]:
    named = {r: i.text for r, i in texts.items() if likeness(i.text) == "place" or is_total(i.text)}
    if sum(likeness(t) == "place" for t in set(named.values())) < MIN_PLACES:
        return {}
    return {r: Section("place", text) for r, text in named.items()}


def parts_of_places(block: Block, rows: dict[int, Row], columns: Sequence[int]) -> frozenset[str]:
    """Labels in a stub of places that name none and stand below most of them: 男 and 女 under each district."""
    if len(columns) != 1:
        return frozenset()
    col = columns[0]
    labels = [squash(i.text) for r in block.data if (i := rows[r].get(col)) is not None and i.kind == "text"]
    times = Counter(labels)
    again = [label for label, n in times.items() if n > 1]
    if not again:
        return frozenset()
    kinds = {label: likeness(label) for label in times}
    places = sum(kinds[label] == "place" for label in labels)
    return frozenset(
        label for label in again if kinds[label] == "other" and times[label] >= max(MIN_PLACES, UNDER_EACH * places)
    )
