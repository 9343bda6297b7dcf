"""A figure with some of it set by a person: the same row with interval, base unit, indicator and series key anew."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, cast, get_args

from etl.errors import UsageError
from etl.extract.sheet.figures import kind_of
from etl.extract.sheet.wording import Unit as SheetUnit
from etl.model import CellRef, Kind, Observation, Period
from etl.normalise.indicators import load_indicators
from etl.normalise.intervals import Interval, printed_interval
from etl.normalise.observe import ROUNDED_DIMENSIONS, key_of, printed_number
from etl.normalise.regions import load_regions
from etl.normalise.units import Unit, load_units
from etl.review.model import Change, significant

_VALUE = re.compile(r"(?P<number>[-−]?\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|[-−]?\d+(?:\.\d+)?)\s*(?P<rest>\D*)")
_DAY = r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?|-Q[1-4]|-S[12])?"
_PERIOD = re.compile(rf"{_DAY}(?:/{_DAY})?")


def checked(change: Change) -> Change:
    """The change with a region's name replaced by its code.

    Raises UsageError, with the known values, for an empty change or anything that no table knows.
    """
    if not change.as_json():
        raise UsageError("correction", "sets nothing", known=("value", "unit", "region", "period", "kind", "indicator"))
    if change.value is not None and not _VALUE.fullmatch(change.value.strip()):
        raise UsageError(f"value {change.value}", "is no number", next_step="Write it as 76.5, 7.65万 or 7.65万人.")
    if change.unit is not None and load_units().parse(change.unit) is None:
        symbols = [u.symbol for u in load_units().all()]
        near = get_close_matches(change.unit, symbols, 6, 0.4) or [s for s in symbols if set(s) & set(change.unit)][:6]
        raise UsageError(
            f"unit {change.unit}",
            "is not in the table of units",
            known=near or symbols[:12],
            next_step="Add a line to reference/units.csv where it is missing.",
        )
    if change.value is not None and change.unit is not None:
        _joined(change.value, change.unit)
    if change.period is not None and not _PERIOD.fullmatch(change.period):
        raise UsageError(
            f"period {change.period}",
            "is no period",
            known=("2024", "2024-06", "2024-Q1", "2024-S1", "2024-06-24", "2021/2025"),
        )
    if change.kind is not None and change.kind not in get_args(Kind):
        raise UsageError(f"kind {change.kind}", "is no kind of figure", known=get_args(Kind))
    if change.indicator is not None and change.indicator not in load_indicators().by_code:
        table = load_indicators().by_code
        named = [i.code for i in table.values() if change.indicator in i.name_zh]
        near = [*get_close_matches(change.indicator.upper(), table, 5, 0.5), *named][:8]
        raise UsageError(
            f"indicator {change.indicator}",
            "is not in the catalogue",
            known=near,
            next_step="Its codes are in reference/indicators_*.yaml.",
        )
    return replace(change, region=_region_code(change.region)) if change.region is not None else change


def _joined(value: str, unit: str) -> str:
    """The unit of a value and a unit that are both given: 7.65万 and 人 make 万人. Raises UsageError for two units."""
    found = _VALUE.fullmatch(value.strip())
    stated = found["rest"].strip() if found else ""
    if not stated or stated == unit:
        return unit
    joined = stated + unit
    units, own = load_units(), load_units().parse(unit)
    if units.parse(stated) is not None or units.parse(joined) is None or (own is not None and own.multiplier):
        raise UsageError(
            f"value {value}",
            f"states {stated}, which does not go with the unit {unit}",
            next_step="Give the unit once: 7.65万人, or 7.65 and --unit 万人.",
        )
    return joined


def _region_code(given: str) -> str:
    table = load_regions()
    if table.get(given) is not None:
        return given
    codes = table.codes_named(given)
    if len(codes) == 1:
        return codes[0]
    if codes:
        named = [f"{code} {_path(code)}" for code in codes[:12]]
        raise UsageError(f"region {given}", "names several places", known=named, next_step="Give the code.")
    near: list[str] = []
    if given.isdigit():
        all_codes = [r.code for r in table.all() if r.code[:2] == given[:2]]
        near = [f"{code} {_path(code)}" for code in get_close_matches(given, all_codes, 5, 0.6)]
    else:
        found = table.resolve(given)
        near = [f"{c.code} {c.name}" for c in found.candidates[:5]]
    raise UsageError(f"region {given}", "is neither a code nor a name of the table of regions", known=near)


def _path(code: str) -> str:
    table = load_regions()
    names = [r.name for c in reversed(table.ancestors(code)) if (r := table.get(c))]
    return "".join(names)


def changed(o: Observation, change: Change, because: str) -> Observation:
    """``o`` with the change applied; ``because`` opens the step that tells of it. What was printed stays.

    Raises UsageError for a value whose unit is none.
    """
    result = _measured(o, change) if change.value is not None or change.unit is not None else o
    if change.region is not None:
        region = load_regions().get(change.region)
        name = region.name if region else o.area.name
        area = replace(o.area, code=change.region, name=name, basis="review", unresolved=False, candidates=())
        result = replace(result, area=area)
    if change.period is not None:
        period = Period(change.period, "review", o.period.printed, o.period.time_type)
        result = replace(result, period=period)
    if change.kind is not None:
        result = replace(result, kind=cast(Kind, change.kind))
    elif o.unit_measure is None and result.unit_measure and o.kind == "other":  # the unit was all that was missing
        unit = load_units().get(result.unit_measure or "")
        stated = SheetUnit(0, unit.symbol, unit.dimension, unit.symbol) if unit else None
        result = replace(result, kind=kind_of(stated, o.label))
    if change.indicator is not None:
        result = replace(result, indicator=change.indicator)
    elif (result.unit, result.kind) != (o.unit, o.kind):
        match = load_indicators().map_label(o.label, unit=result.unit, kind=result.kind)
        result = replace(result, indicator=match.code)
    key = key_of(
        result.indicator, result.label, result.area, result.breakdown, result.unit, result.kind, result.status,
        result.period.time_type,
    )  # fmt: skip
    return replace(result, series_key=key, steps=(*o.steps, f"{because}: {change}"))


def _measured(o: Observation, change: Change) -> Observation:
    """Another number or unit."""
    units = load_units()
    was = printed_number(o)
    scale = Decimal(1).scaleb(o.printed_mult)
    factor = o.obs_value / (was * scale) if was else _factor(o)
    number, decimals, multiplier = was, o.printed_decimals, o.printed_mult
    unit, code = o.unit, o.unit_measure
    told = change.unit
    if change.value is not None:
        found = _VALUE.fullmatch(change.value.strip())
        if not found:
            raise UsageError(f"value {change.value}", "is no number")
        number = Decimal(re.sub("[,，]", "", found["number"]).replace("−", "-"))
        decimals = len(found["number"].partition(".")[2])
        rest = found["rest"].strip()
        if rest:
            told = _joined(change.value, change.unit) if change.unit else rest
    if told is not None:
        parsed = units.parse(told)
        if parsed is None and (alone := units.parse(told + (o.unit or "个"))):  # 7.65万: a multiplier, the unit stays
            multiplier = alone.multiplier
        elif parsed is None:
            raise UsageError(f"value {change.value}", f"its unit {told} is not in the table of units")
        else:
            # 7.6万 in a sentence has its multiplier in the text: a unit without one leaves it there
            keeps = not parsed.multiplier and not isinstance(o.place, CellRef) and change.value is None
            multiplier = o.printed_mult if keeps else parsed.multiplier
            unit, code, factor = parsed.unit.base, units.base(parsed.unit).code, parsed.unit.factor
    value = number.scaleb(multiplier) * factor
    interval = _interval(o, was, number, decimals, multiplier, factor, value, units.get(code or ""))
    return replace(
        o,
        obs_value=value,
        unit=unit,
        unit_measure=code,
        printed_mult=multiplier,
        printed_decimals=decimals,
        obs_low=interval.low,
        obs_high=interval.high,
    )


def _factor(o: Observation) -> Decimal:
    """Of a printed 0, whose value does not tell."""
    for step in o.steps:
        if found := re.fullmatch(r"times ([\d.]+) \(.* to .*\)", step):
            return Decimal(found[1])
    return Decimal(1)


def _interval(
    o: Observation,
    was: Decimal,
    number: Decimal,
    decimals: int,
    multiplier: int,
    factor: Decimal,
    value: Decimal,
    unit: Unit | None,
) -> Interval:
    """What the corrected figure allows. A range or a worded fraction keeps its shape, in the new scale."""

    def printed(number: Decimal, decimals: int, multiplier: int, factor: Decimal, unit: Unit | None) -> Interval:
        ratio = unit is not None and unit.dimension in ROUNDED_DIMENSIONS
        width: dict[str, Any] = {"qualifier": o.qualifier, "ratio": ratio}
        return printed_interval(number, multiplier=multiplier, decimals=decimals, **width).scaled(factor)

    old_factor = o.obs_value / was.scaleb(o.printed_mult) if was else _factor(o)
    before = printed(was, o.printed_decimals, o.printed_mult, old_factor, load_units().get(o.unit_measure or ""))
    is_plain = all(
        (a is None and b is None) or (a is not None and b is not None and significant(a) == significant(b))
        for a, b in ((before.low, o.obs_low), (before.high, o.obs_high))
    )
    if is_plain or number != was or not o.obs_value:
        return printed(number, decimals, multiplier, factor, unit)
    return Interval(o.obs_low, o.obs_high).scaled(value / o.obs_value)
