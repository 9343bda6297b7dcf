"""Rows that say in English what the row above says in Chinese, in stubs that have one language below the other."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from etl.extract.sheet.blocks import Block, Row
from etl.extract.sheet.grid import Item
from etl.extract.sheet.wording import has_cjk, is_latin

MIN_PAIRS = 3
"""Chinese labels without numbers above English ones with numbers that make it the habit of a table."""
MOST = 0.8
"""Share of the rows of numbers that must be such ones."""
_WORD = re.compile(r"[a-z]{2}")
"""GDP and R&D are no translations."""


@dataclass(frozen=True, slots=True)
class Translations:
    """Rows that only translate, and rows of numbers whose Chinese label stands in the row above them."""

    rows: frozenset[int] = frozenset()
    label_of: Mapping[int, int] = field(default_factory=dict)


def translations_of(block: Block, rows: Mapping[int, Row], stub: Sequence[int], values: Sequence[int]) -> Translations:
    """The translations among the data rows of a block whose labels stand in the columns ``stub``."""
    labelled = [(r, label, _has_values(rows[r], values)) for r in block.data if (label := _label(rows[r], stub))]
    english = [is_latin(label) and bool(_WORD.search(label)) for _, label, _ in labelled]
    if not any(english):
        return Translations()
    only: set[int] = set()
    label_of: dict[int, int] = {}
    upper: tuple[int, bool] | None = None
    """The last row with a Chinese label, and whether it has values."""
    for (r, label, has_values), is_english in zip(labelled, english, strict=True):
        if is_english and upper is not None:
            if not has_values:
                only.add(r)
                continue
            if not upper[1]:
                label_of[r] = upper[0]
        upper = (r, has_values) if has_cjk(label) else None
    valued = sum(has_values for _, _, has_values in labelled)
    if len(label_of) < MIN_PAIRS or len(label_of) < MOST * valued:
        label_of = {}
    return Translations(frozenset(only | set(label_of.values())), label_of)


def _label(row: Row, stub: Sequence[int]) -> str:
    found: list[Item] = [row[c] for c in stub if c in row and row[c].kind == "text"]
    return found[0].text if found and not any(has_cjk(i.text) for i in found[1:]) else ""


def _has_values(row: Row, values: Sequence[int]) -> bool:
    return any(c in row and row[c].kind in ("number", "marker") for c in values)
