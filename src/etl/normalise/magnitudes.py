"""Whether a value is of a plausible size for its indicator and its place, and the one other reading that would be."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from decimal import Decimal

from etl.model import Observation
from etl.normalise.indicators import Indicator, load_indicators
from etl.normalise.regions import load_regions
from etl.normalise.units import ParsedUnit, load_units
from etl.reference import rows

READINGS = (0, 4, 8)
"""Powers of ten that sources mix up: no multiplier, 万, 亿."""
EXTENSIVE = frozenset({"count", "money", "area", "other"})
"""Kinds that grow with the size of the place."""
_LEVEL_BELOW = {"township": "county"}

Bounds = tuple[Decimal | None, Decimal | None]


@dataclass(frozen=True, slots=True)
class Magnitude:
    """Bounds in the indicator's unit (None: open), and what they say of one value."""

    low: Decimal | None
    high: Decimal | None
    inside: bool | None
    """None where there are no bounds."""
    suggestion: str = ""
    """In Chinese; only where exactly one other multiplier gives a plausible value. Never applied."""


def judge(observation: Observation) -> Magnitude:
    """The observation against the bounds of its indicator at the level of its place."""
    indicator = load_indicators().by_code.get(observation.indicator or "")
    if indicator is None or observation.unit != indicator.unit:
        return Magnitude(None, None, None)
    low, high = bounds(indicator, _level(observation, indicator))
    if low is None and high is None:
        return Magnitude(None, None, None)
    if _within(observation.obs_value, low, high):
        return Magnitude(low, high, inside=True)
    return Magnitude(low, high, inside=False, suggestion=_suggestion(observation, low, high))


def bounds(indicator: Indicator, level: str | None) -> Bounds:
    """The plausible bounds for a whole place of this level; None: for anything, wherever and however small."""
    own = _bounds().get(indicator.code, {})
    if level is None or "any" in own or indicator.kind not in EXTENSIVE:
        return indicator.low, indicator.high
    above = _LEVEL_BELOW.get(level, level)
    if above in own:
        low, high = own[above]
    else:
        share = _shares().get(above, Decimal(1))
        low, high = indicator.low, None if indicator.high is None else indicator.high * share
    return (indicator.low if above != level else low), high


def _level(o: Observation, indicator: Indicator) -> str | None:
    """The level of the place that the value is the total of; None for an organisation's or a part's."""
    region = load_regions().get(o.area.code) if o.area.code else None
    return None if region is None or o.area.entity or indicator.beyond(o.breakdown) else region.level


def _within(value: Decimal, low: Decimal | None, high: Decimal | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def _suggestion(o: Observation, low: Decimal | None, high: Decimal | None) -> str:
    unit = load_units().get(o.unit_measure or "")
    if unit is None or unit.factor != 1 or o.printed_mult not in READINGS or o.kind not in EXTENSIVE:
        return ""
    readings = {power: o.obs_value.scaleb(power - o.printed_mult) for power in READINGS if power != o.printed_mult}
    plausible = [(power, value) for power, value in readings.items() if _within(value, low, high)]
    if len(plausible) != 1:
        return ""
    power, value = plausible[0]
    printed, meant = (load_units().write(ParsedUnit(p, unit)) for p in (o.printed_mult, power))
    return f"单位或应为“{meant}”而非“{printed}”：只有这样读，数值（{value.normalize():f} {unit.symbol}）才在合理范围内"


@functools.cache
def _bounds() -> dict[str, dict[str, Bounds]]:
    found: dict[str, dict[str, Bounds]] = {}
    for r in rows("indicator_bounds.csv"):
        low, high = (Decimal(r[edge]) if r[edge] else None for edge in ("low", "high"))
        found.setdefault(r["code"], {})[r["level"]] = low, high
    return found


@functools.cache
def _shares() -> dict[str, Decimal]:
    return {r["level"]: Decimal(r["share"]) for r in rows("indicator_level_shares.csv")}
