"""Rows that stand alone above the rows they head: a year above its districts, a measure or a place above its rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from etl.extract.sheet.blocks import Block, Row
from etl.extract.sheet.grid import Item
from etl.extract.sheet.places import is_total, likeness
from etl.extract.sheet.timing import YEAR, period_of_item
from etl.extract.sheet.wording import Unit, is_of_which, split_unit

SectionKind = Literal["period", "measure", "place"]
MIN_PLACES = 2
"""Places with rows of their own that make them sections; one alone may be a title that slipped down."""


@dataclass(frozen=True, slots=True)
class Section:
    """What a row says of the rows below it."""

    kind: SectionKind
    text: str
    """ISO period, label of the measure without unit, or place as printed."""
    unit: Unit | None = None


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
