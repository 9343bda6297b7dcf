"""Rows of the warehouse as the stages pass them: what is loaded and held of some files, and their relations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from etl.contract import place_of
from etl.model import Area, Candidate, CellRef, Observation, Period, Place, RelationMembers, Span
from etl.warehouse import schema

CHUNK = 500
"""Ids in one statement."""
DECIMALS = ("obs_value", "obs_low", "obs_high")


@dataclass(frozen=True, slots=True)
class StoredRow:
    """A figure that is loaded or held."""

    observation: Observation
    """As it stands in its table."""
    reading: Observation
    """As it was read, before any decision; the same object where none changed it."""
    is_loaded: bool
    decision_id: str | None
    """The decision that its row names."""
    state: str | None
    """Of its review item; None where it has none."""
    rules: Mapping[str, str]
    """Rules that held it when it was judged last → their versions."""
    settled_by: str | None
    """The decision its review item names."""
    lapsed_id: str | None
    note: str


def rows_of(
    connection: sa.Connection, files: Mapping[str, str], ids: Collection[str] | None = None
) -> dict[str, list[StoredRow]]:
    """Hash → its rows, loaded ones first, in reading order; ``files``: hash → name; ``ids``: only these rows."""
    items = _items(connection, files, ids)
    result: dict[str, list[StoredRow]] = {sha: [] for sha in files}
    for table in (schema.observation, schema.quarantine):
        for row in _rows(connection, table, files, ids):
            name = files[row["file_sha256"]]
            observation = observation_of(row, name)
            item = items.get(row["observation_id"])
            read = item["reading"] if item else {}
            result[row["file_sha256"]].append(
                StoredRow(
                    observation,
                    observation_of({**row, **_read(read)}, name) if read else observation,
                    table is schema.observation,
                    row["decision_id"],
                    item["state"] if item else None,
                    item["rules"] if item else {},
                    item["decision_id"] if item else None,
                    item["lapsed_id"] if item else None,
                    item["note"] if item else "",
                )
            )
    return result


def _read(stored: Mapping[str, Any]) -> dict[str, Any]:
    decimals = {n: Decimal(stored[n]) for n in DECIMALS if stored.get(n) is not None}
    return {**stored, **decimals}


def _rows(
    connection: sa.Connection, table: sa.Table, files: Mapping[str, str], ids: Collection[str] | None
) -> Iterator[Mapping[Any, Any]]:
    order = (table.c.char_start, table.c.sheet, table.c.cell)
    query = sa.select(table).order_by(*order)
    if ids is None:
        yield from connection.execute(query.where(table.c.file_sha256.in_(files))).mappings()
        return
    for chunk in chunks(sorted(ids)):
        where = table.c.observation_id.in_(chunk)
        yield from connection.execute(query.where(where, table.c.file_sha256.in_(files))).mappings()


def _items(
    connection: sa.Connection, files: Mapping[str, str], ids: Collection[str] | None
) -> dict[str, Mapping[Any, Any]]:
    i = schema.review_item
    wheres = (
        [i.c.file_sha256.in_(files)]
        if ids is None
        else [i.c.observation_id.in_(chunk) for chunk in chunks(sorted(ids))]
    )
    return {
        row["observation_id"]: row
        for where in wheres
        for row in connection.execute(sa.select(i).where(where)).mappings()
    }


def relations_of(connection: sa.Connection, shas: Collection[str]) -> dict[str, list[Mapping[Any, Any]]]:
    """Hash → the rows of table relation."""
    table = schema.relation
    found: dict[str, list[Mapping[Any, Any]]] = defaultdict(list)
    for row in connection.execute(sa.select(table).where(table.c.file_sha256.in_(shas))).mappings():
        found[row["file_sha256"]].append(row)
    return found


def observation_of(row: Mapping[Any, Any], source: str) -> Observation:
    """A row of observation or quarantine as the stages pass it; the inverse of what ``load`` writes."""
    area = Area(
        code=row["ref_area"],
        name=row["ref_area_name"],
        entity=row["ref_entity"],
        basis=row["area_basis"],
        printed=row["area_printed"],
        unresolved=row["area_unresolved"],
        candidates=tuple(Candidate(**c) for c in row["area_candidates"]),
    )
    return Observation(
        observation_id=row["observation_id"],
        source=source,
        place=place_of(row),
        text=row["text"],
        obs_value=row["obs_value"],
        unit=row["unit"],
        unit_measure=row["unit_measure"],
        printed_mult=row["printed_mult"],
        printed_decimals=row["printed_decimals"],
        qualifier=row["qualifier"],
        obs_low=row["obs_low"],
        obs_high=row["obs_high"],
        kind=row["kind"],
        direction=row["direction"],
        status=row["status"],
        area=area,
        period=Period(row["time_period"], row["period_basis"], None, row["time_type"]),
        label=row["label"],
        breakdown=row["breakdown"],
        indicator=row["indicator"],
        series_key=row["series_key"],
        evidence=row["evidence"],
        obs_status=row["obs_status"],
        steps=tuple(row["steps"]),
        confidence=row["layout_confidence"],
    )


def members_of(stored: Mapping[str, Any]) -> RelationMembers:
    """The inverse of ``load.members_json``."""
    single: dict[str, Any] = {n: _place(stored[n]) for n in ("part", "whole", "share", "total") if n in stored}
    return RelationMembers(
        **single,
        parts=tuple(map(_place, stored.get("parts", ()))),
        terms=tuple(tuple(map(_place, term)) for term in stored.get("terms", ())),
    )


def _place(pair: Sequence[Any]) -> Place:
    first, second = pair
    return Span(first, second) if isinstance(first, int) else CellRef(first, second)


def chunks(ids: Sequence[str]) -> list[Sequence[str]]:
    """Parts small enough for one statement."""
    return [ids[i : i + CHUNK] for i in range(0, len(ids), CHUNK)]
