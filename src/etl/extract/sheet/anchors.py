"""Dating a table that names no period by the published national figures that it repeats."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from etl.extract.sheet.figures import Placed
from etl.model import Period, RawFigure
from etl.normalise.regions import COUNTRY
from etl.reference import rows

ENOUGH = 2
"""National figures that must be those of one period; one could be so by chance."""


@functools.cache
def _anchors() -> dict[Decimal, tuple[tuple[str, str], ...]]:
    """(word of the label, period) by value."""
    found: dict[Decimal, list[tuple[str, str]]] = {}
    for r in rows("sheet_anchors.csv"):
        found.setdefault(Decimal(r["value"]), []).append((r["label"], r["period"]))
    return {value: tuple(lines) for value, lines in found.items()}


def period_of(figures: Sequence[RawFigure]) -> str | None:
    """The one period whose published national figures are among these; None for too few or several."""
    votes: Counter[str] = Counter()
    for figure in figures:
        if figure.area.code != COUNTRY:
            continue
        value = figure.number.scaleb(figure.multiplier)
        votes.update({period for word, period in _anchors().get(value, ()) if word in figure.label})
    if len(votes) != 1:
        return None
    period, count = votes.popitem()
    return period if count >= ENOUGH else None


def date_by_anchors(placed: list[Placed]) -> list[Placed]:
    """The figures with the period of their anchors, when none of them has a period."""
    if any(p.figure.period.iso is not None for p in placed):
        return placed
    period = period_of([p.figure for p in placed])
    if period is None:
        return placed
    step = f"dated {period} by published national figures"
    dated = Period(period, "text")
    return [replace(p, figure=replace(p.figure, period=dated, steps=(*p.figure.steps, step))) for p in placed]
