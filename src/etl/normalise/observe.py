"""From a figure as found to a row of the contract: base unit, interval, indicator, keys."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from etl.model import Area, Observation, Period, RawFigure, SourceFile
from etl.normalise.breakdown import breakdown_of
from etl.normalise.indicators import load_indicators
from etl.normalise.intervals import printed_interval
from etl.normalise.units import load_units

ROUNDED_DIMENSIONS = frozenset(
    {"percent", "per_mille", "percentage_points", "per_mille_points", "basis_points", "multiple", "index"}
)
"""Even an integer of these is a rounded figure: 61% stands for 60.5 to 61.5."""
NUMBER = "number "
"""Opens the step that tells the number as printed."""


_PRECISION = 28
"""Digits that decimal arithmetic keeps: a number of no more, times one, is itself."""


def observe(source: SourceFile, figure: RawFigure) -> Observation:
    """The observation that ``figure`` of ``source`` is. A unit not in the table stays as printed, without code."""
    return Observer(source).observe(figure)


@dataclass(frozen=True, slots=True)
class _Meaning:
    """What figures of one label, kind, unit and multiplier share."""

    unit: str | None
    unit_measure: str | None
    multiplier: int
    factor: Decimal
    rounded: bool
    indicator: str | None
    is_stock: bool
    """The indicator is one of a day, not of a span of time."""
    breakdown: Mapping[str, str]
    steps: tuple[str, ...]


class Observer:
    """Turns the figures of one file into observations. A table has few labels, units and places for its many numbers:
    what follows from those is worked out once."""

    def __init__(self, source: SourceFile) -> None:
        self._source = source
        self._meanings: dict[tuple[str, str, str | None, int], _Meaning] = {}
        self._points: dict[Period, Period] = {}

    def observe(self, figure: RawFigure) -> Observation:
        """As the function of this name."""
        said = (figure.label, figure.kind, figure.unit, figure.multiplier)
        meaning = self._meanings.get(said)
        if meaning is None:
            meaning = self._meanings[said] = _meaning(figure)
        number, multiplier, factor = figure.number, meaning.multiplier, meaning.factor
        low: Decimal | None
        high: Decimal | None
        if not multiplier and factor == 1 and _is_exact(figure, meaning) and len(figure.text) <= _PRECISION:
            value = low = high = number
        else:
            value = number.scaleb(multiplier) * factor
            interval = printed_interval(
                number,
                multiplier=multiplier,
                decimals=figure.decimals,
                qualifier=figure.qualifier,
                ratio=meaning.rounded,
                worded=figure.worded,
                upper=figure.upper,
            ).scaled(factor)
            low, high = interval.low, interval.high
        period = self._as_of(figure.period) if meaning.is_stock else figure.period
        breakdown = figure.breakdown or meaning.breakdown
        key = key_of(
            meaning.indicator, figure.label, figure.area, breakdown, meaning.unit, figure.kind, figure.status,
            period.time_type,
        )  # fmt: skip
        return Observation(  # in the order of its fields: names for them would take three times as long
            observation_id(self._source.sha256, str(figure.place)),
            self._source.name,
            figure.place,
            figure.text,
            value,
            meaning.unit,
            meaning.unit_measure,
            multiplier,
            figure.decimals,
            figure.qualifier,
            low,
            high,
            figure.kind,
            figure.direction,
            figure.status,
            figure.area,
            period,
            figure.label,
            breakdown,
            meaning.indicator,
            key,
            figure.evidence,
            figure.obs_status,
            (*figure.steps, NUMBER + str(number), *meaning.steps),
            figure.confidence,
        )

    def _as_of(self, period: Period) -> Period:
        """The period of a stock: what is said of a year, quarter or month holds at its end; a range stays one."""
        if period.time_type != "period" or period.iso is None or "/" in period.iso:
            return period
        return self._points.setdefault(period, replace(period, time_type="point"))


def _is_exact(figure: RawFigure, meaning: _Meaning) -> bool:
    """Whether the figure is a whole number printed as such, which stands for itself alone."""
    return (
        not figure.decimals
        and figure.qualifier == "eq"
        and not meaning.rounded
        and not figure.worded
        and figure.upper is None
    )


def _meaning(figure: RawFigure) -> _Meaning:
    parsed = load_units().parse(figure.unit) if figure.unit else None
    multiplier = figure.multiplier + (parsed.multiplier if parsed else 0)
    factor = parsed.unit.factor if parsed else Decimal(1)
    unit = parsed.unit.base if parsed else figure.unit
    indicators = load_indicators()
    match = indicators.map_label(figure.label, unit=unit, kind=figure.kind)
    entry = indicators.by_code[match.code] if match.code else None
    steps = []
    if multiplier:
        steps.append(f"times 10^{multiplier}")
    if parsed and factor != 1:
        steps.append(f"times {factor} ({figure.unit} to {unit})")
    if match.code:
        steps.append(f"indicator {match.code} by {match.rule}")
    return _Meaning(
        unit=unit,
        unit_measure=load_units().base(parsed.unit).code if parsed else None,
        multiplier=multiplier,
        factor=factor,
        rounded=bool(parsed and parsed.unit.dimension in ROUNDED_DIMENSIONS),
        indicator=match.code,
        is_stock=entry is not None and entry.stock_flow == "stock",
        # what an indicator counts is told by its own name, however a table or sentence has put it
        breakdown=entry.breakdown if entry and match.rule != "alias" else breakdown_of(figure.label),
        steps=tuple(steps),
    )


def printed_number(o: Observation) -> Decimal:
    """The number as printed, without multiplier and unit, which the steps tell."""
    for step in reversed(o.steps):
        if step.startswith(NUMBER):
            with contextlib.suppress(InvalidOperation):
                return Decimal(step.removeprefix(NUMBER))
    return o.obs_value.scaleb(-o.printed_mult)


def observation_id(sha256: str, place: str) -> str:
    """Content and place: the same bytes always give the same ids, however often they are read."""
    return hashlib.sha256(f"{sha256} {place}".encode()).hexdigest()[:24]


def key_of(
    indicator: str | None,
    label: str,
    area: Area,
    breakdown: Mapping[str, str],
    unit: str | None,
    kind: str,
    status: str,
    time_type: str,
) -> str:
    """What is measured, where, of whom and in which unit, as one key; with the period it names a fact."""
    what = indicator or f"label:{label}"
    whose = json.dumps(dict(sorted(breakdown.items())), ensure_ascii=False) if breakdown else ""
    key = f"{what}\x1f{area_key(area)}\x1f{area.entity or ''}\x1f{whose}"
    key = f"{key}\x1f{unit or ''}\x1f{kind}\x1f{status}\x1f{time_type}"
    return hashlib.sha256(key.encode()).hexdigest()[:24]


def area_key(area: Area) -> str:
    """The code where the place has one, else its name."""
    return area.code or area.name or ""
