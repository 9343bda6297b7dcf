"""From a figure as found to a row of the contract: base unit, interval, indicator, keys."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal

from etl.model import Area, Observation, RawFigure, SourceFile
from etl.normalise.indicators import load_indicators
from etl.normalise.intervals import printed_interval
from etl.normalise.units import load_units

ROUNDED_DIMENSIONS = frozenset(
    {"percent", "per_mille", "percentage_points", "per_mille_points", "basis_points", "multiple", "index"}
)
"""Even an integer of these is a rounded figure: 61% stands for 60.5 to 61.5."""


def observe(source: SourceFile, figure: RawFigure) -> Observation:
    """The observation that ``figure`` of ``source`` is. A unit not in the table stays as printed, without code."""
    parsed = load_units().parse(figure.unit) if figure.unit else None
    multiplier = figure.multiplier + (parsed.multiplier if parsed else 0)
    factor = parsed.unit.factor if parsed else Decimal(1)
    unit = parsed.unit.base if parsed else figure.unit
    value = figure.number.scaleb(multiplier) * factor
    interval = printed_interval(
        figure.number,
        multiplier=multiplier,
        decimals=figure.decimals,
        qualifier=figure.qualifier,
        ratio=bool(parsed and parsed.unit.dimension in ROUNDED_DIMENSIONS),
        worded=figure.worded,
        upper=figure.upper,
    ).scaled(factor)
    match = load_indicators().map_label(figure.label, unit=unit, kind=figure.kind)
    steps = [*figure.steps, f"number {figure.number}"]
    if multiplier:
        steps.append(f"times 10^{multiplier}")
    if parsed and factor != 1:
        steps.append(f"times {factor} ({figure.unit} to {unit})")
    if match.code:
        steps.append(f"indicator {match.code} by {match.rule}")
    return Observation(
        observation_id=observation_id(source.sha256, str(figure.place)),
        source=source.name,
        place=figure.place,
        text=figure.text,
        obs_value=value,
        unit=unit,
        unit_measure=load_units().base(parsed.unit).code if parsed else None,
        printed_mult=multiplier,
        printed_decimals=figure.decimals,
        qualifier=figure.qualifier,
        obs_low=interval.low,
        obs_high=interval.high,
        kind=figure.kind,
        direction=figure.direction,
        status=figure.status,
        area=figure.area,
        period=figure.period,
        label=figure.label,
        breakdown=dict(figure.breakdown),
        indicator=match.code,
        series_key=series_key(figure, match.code, unit),
        evidence=figure.evidence,
        obs_status=figure.obs_status,
        steps=tuple(steps),
        confidence=figure.confidence,
    )


def observation_id(sha256: str, place: str) -> str:
    """Content and place: the same bytes always give the same ids, however often they are read."""
    return hashlib.sha256(f"{sha256} {place}".encode()).hexdigest()[:24]


def series_key(figure: RawFigure, indicator: str | None, unit: str | None) -> str:
    """What is measured, where, of whom and in which unit, as one key; with the period it names a fact."""
    parts = [
        indicator or f"label:{figure.label}",
        area_key(figure.area),
        figure.area.entity or "",
        json.dumps(dict(sorted(figure.breakdown.items())), ensure_ascii=False) if figure.breakdown else "",
        unit or "",
        figure.kind,
        figure.status,
        figure.period.time_type,
    ]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:24]


def area_key(area: Area) -> str:
    """The code where the place has one, else its name."""
    return area.code or area.name or ""
