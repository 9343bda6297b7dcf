"""What a label counts, and so the unit that a table leaves out: persons, households, money."""

from __future__ import annotations

import functools
from decimal import Decimal

from etl.extract.sheet.wording import BARE, Unit, parse_unit
from etl.extract.sheet.words import words
from etl.normalise.indicators import load_indicators
from etl.reference import rows

LEVELS = frozenset({"count", "money", "area", "other"})
"""Kinds of indicators that a bare 万 can scale."""


@functools.lru_cache(maxsize=20_000)
def counted(label: str) -> tuple[str, Decimal] | None:
    """(unit, most of it in the country) of a label that counts something; None for ratios and other measures."""
    plain = label.strip("()（）")
    if not plain or words("not_counted").match(plain):
        return None
    for word, match, unit, most in _implied_units():
        if (
            (match == "in" and word in plain)
            or (match == "end" and plain.endswith(word))
            or (match == "start" and plain.startswith(word))
            or plain == word
        ):
            return unit, most
    return None


@functools.cache
def _implied_units() -> tuple[tuple[str, str, str, Decimal], ...]:
    return tuple((r["word"], r["match"], r["unit"], Decimal(r["most"])) for r in rows("sheet_implied_units.csv"))


def with_noun(unit: Unit | None, path: tuple[str, ...]) -> Unit | None:
    """A bare multiplier (出生人数（万）) as a multiple of what the labels count; one of which they do not tell what it
    multiplies is a unit that a person must explain. Other units stay."""
    if unit is None or unit.dimension != BARE:
        return unit
    for label in reversed(path):
        if (symbol := _noun_unit(label)) is not None and (base := parse_unit(symbol)) is not None:
            return Unit(unit.multiplier, base.symbol, base.dimension, unit.printed)
    return Unit(0, unit.printed, "", unit.printed)


@functools.lru_cache(maxsize=5_000)
def _noun_unit(label: str) -> str | None:
    """Base unit of what a label counts, by the catalogue of indicators, else by its noun."""
    if words("rate").match(label) or words("growth").match(label):
        return None
    catalogue = load_indicators()
    code = catalogue.map_label(label, unit=None, kind="count").code
    if code is not None:
        known = catalogue.by_code[code]
        return known.unit if known.kind in LEVELS else None
    if (found := counted(label)) is not None:
        return found[0]
    ending = max((n for n in _nouns() if label.removesuffix("数").endswith(n)), key=len, default=None)
    if ending is not None:
        return _nouns()[ending]
    return next((unit for word, unit in _money() if word in label), None)


@functools.cache
def _nouns() -> dict[str, str]:
    return {r["noun"]: r["unit"] for r in rows("text_counted_nouns.csv")}


@functools.cache
def _money() -> tuple[tuple[str, str], ...]:
    return tuple((r["word"], r["unit"]) for r in rows("sheet_unit_words.csv") if r["unit"] == "元")
