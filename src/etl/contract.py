"""The row of ``etl extract``: an observation as the contract's JSON object, and the lines of relations and flags."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import orjson

from etl.model import CellRef, Flag, Observation, Place, Span

Row = dict[str, Any]


def plain(value: Decimal | None) -> str | None:
    """A decimal string without exponent and without trailing zeros after the point."""
    if value is None:
        return None
    text = str(value)
    if text.isdigit():
        return text  # most values of a sheet
    if "E" in text:
        text = format(value, "f")
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text


def place_columns(place: Place) -> Row:
    """``char_start``, ``char_end``, ``sheet``, ``cell``: two of them set, two None."""
    if isinstance(place, Span):
        return {"char_start": place.start, "char_end": place.end, "sheet": None, "cell": None}
    return {"char_start": None, "char_end": None, "sheet": place.sheet, "cell": place.cell}


def place_list(place: Place) -> list[Any]:
    """``[char_start, char_end]`` or ``[sheet, cell]``."""
    return [place.start, place.end] if isinstance(place, Span) else [place.sheet, place.cell]


def place_of(row: Mapping[str, Any]) -> Place:
    """The inverse of ``place_columns``."""
    if row["cell"] is None:
        return Span(row["char_start"], row["char_end"])
    return CellRef(row["sheet"], row["cell"])


def observation_row(o: Observation) -> Row:
    """Every field of the contract, in its order; decimals as strings."""
    value = plain(o.obs_value)
    place = o.place
    start, end, sheet, cell = (
        (None, None, place.sheet, place.cell) if isinstance(place, CellRef) else (place.start, place.end, None, None)
    )
    return {
        "observation_id": o.observation_id,
        "source": o.source,
        "char_start": start,
        "char_end": end,
        "sheet": sheet,
        "cell": cell,
        "text": o.text,
        "obs_value": value,
        "unit": o.unit,
        "unit_measure": o.unit_measure,
        "printed_mult": o.printed_mult,
        "printed_decimals": o.printed_decimals,
        "qualifier": o.qualifier,
        "obs_low": value if o.obs_low is o.obs_value else plain(o.obs_low),
        "obs_high": value if o.obs_high is o.obs_value else plain(o.obs_high),
        "kind": o.kind,
        "direction": o.direction,
        "status": o.status,
        "time_type": o.period.time_type,
        "ref_area": o.area.code,
        "ref_area_name": o.area.name,
        "ref_entity": o.area.entity,
        "time_period": o.period.iso,
        "area_basis": o.area.basis,
        "period_basis": o.period.basis,
        "label": o.label,
        "breakdown": dict(o.breakdown),
        "indicator": o.indicator,
        "series_key": o.series_key,
        "evidence": o.evidence,
        "obs_status": o.obs_status,
    }


def json_lines(rows: Iterable[Row]) -> bytes:
    """The rows as JSON Lines."""
    lines = bytearray()
    for row in rows:
        lines += orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
    return bytes(lines)


def flag_row(source: str, flag: Flag) -> Row:
    """One line of ``--flags``; only the columns of the flag's kind of place."""
    place = {k: v for k, v in place_columns(flag.place).items() if v is not None}
    return {"source": source, **place, "printed": flag.printed, "rule": flag.rule, "message": flag.message}
