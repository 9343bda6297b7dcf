"""Observations as columns of the warehouse: some hundreds of them at a time, each column taken from all at once."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from operator import attrgetter
from typing import Any

from etl.model import Candidate, Observation, Place, Span
from etl.warehouse.write import BATCH_ROWS, Columns, with_columns

FIELDS: Mapping[str, str] = {
    "observation_id": "observation_id",
    "text": "text",
    "obs_value": "obs_value",
    "unit": "unit",
    "unit_measure": "unit_measure",
    "printed_mult": "printed_mult",
    "printed_decimals": "printed_decimals",
    "qualifier": "qualifier",
    "obs_low": "obs_low",
    "obs_high": "obs_high",
    "kind": "kind",
    "direction": "direction",
    "status": "status",
    "time_type": "period.time_type",
    "ref_area": "area.code",
    "ref_area_name": "area.name",
    "ref_entity": "area.entity",
    "time_period": "period.iso",
    "area_basis": "area.basis",
    "area_printed": "area.printed",
    "area_unresolved": "area.unresolved",
    "period_basis": "period.basis",
    "label": "label",
    "indicator": "indicator",
    "series_key": "series_key",
    "evidence": "evidence",
    "obs_status": "obs_status",
    "layout_confidence": "confidence",
}
"""Column → where its value stands in an observation; those that need more than a look are below."""
_GET: Mapping[str, Callable[[Observation], Any]] = {name: attrgetter(path) for name, path in FIELDS.items()}


def observation_batches(
    observations: Iterable[Observation], owner: Mapping[str, Any], decided: Mapping[str, Any]
) -> Iterator[Columns]:
    """Batches of the columns of table observation.

    ``owner``: columns that are the same for all; ``decided``: observation_id → decision_id, for those that have one.
    """
    waiting = iter(observations)
    while batch := list(itertools.islice(waiting, BATCH_ROWS)):
        columns: dict[str, Any] = {name: list(map(get, batch)) for name, get in _GET.items()}
        columns.update(
            zip(("char_start", "char_end", "sheet", "cell"), zip(*map(_place, batch), strict=True), strict=True)
        )
        columns["area_candidates"] = [_as_dicts(o.area.candidates) for o in batch]
        same: dict[Any, Any] = {}  # equal ones become one object, which is written once
        columns["breakdown"] = [same.setdefault(tuple(o.breakdown.items()), o.breakdown) for o in batch]
        columns["steps"] = [same.setdefault(o.steps, o.steps) for o in batch]
        columns["decision_id"] = list(map(decided.get, columns["observation_id"]))
        yield from with_columns([columns], owner)


def _place(o: Observation) -> tuple[int | None, int | None, str | None, str | None]:
    place: Place = o.place
    if isinstance(place, Span):
        return place.start, place.end, None, None
    return None, None, place.sheet, place.cell


def _as_dicts(candidates: tuple[Candidate, ...]) -> list[dict[str, Any]]:
    return [asdict(c) for c in candidates] if candidates else _NONE


_NONE: list[dict[str, Any]] = []
