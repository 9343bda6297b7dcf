"""Apply today's rules to what is loaded and held, without reading files again.

Rows that no longer meet the rules go to quarantine, rows that meet them now are loaded, each file in one transaction.
What extraction decided (value, place, period, label) stays as it was: for that, there is the backfill.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from etl.check.frames import FileRows
from etl.check.gate import FileVerdict, check
from etl.check.reconcile import Evaluated, evaluate
from etl.check.suites import Suite
from etl.contract import place_of
from etl.extract.numerals import count_numerals
from etl.model import (
    Area,
    Candidate,
    CellRef,
    Finding,
    Observation,
    Period,
    Place,
    Relation,
    RelationMembers,
    Span,
)
from etl.selection import StoredFile
from etl.warehouse import schema
from etl.warehouse.judgement import Changed, Judgement, judge, relation_order


@dataclass(frozen=True, slots=True)
class Rechecked:
    """What a recheck did, or would do, to one file."""

    name: str
    sha256: str
    rows: int
    released: int
    """Rows that left quarantine."""
    held: int
    """Rows that went there."""
    findings: tuple[Finding, ...] = ()
    error: str | None = None
    """Why the file was left as it was: a rule crashed or a file-wide rule failed."""


@dataclass(frozen=True, slots=True)
class Stored:
    """The rows of one file, as stages pass them on."""

    file: StoredFile
    loaded: tuple[Observation, ...]
    held: tuple[Observation, ...]
    evaluated: tuple[Evaluated, ...]


def recheck_batch(
    files: Sequence[StoredFile], engine: sa.Engine, run_id: str | None, suites: Sequence[Suite]
) -> tuple[Rechecked, ...]:
    """Check a batch of loaded files; ``run_id`` None tells what would happen and changes nothing."""
    with engine.connect().execution_options(readonly=True) as connection:
        stored = stored_rows(connection, files)
    verdicts = check([FileRows(s.file.sha256, (*s.loaded, *s.held), s.evaluated) for s in stored], suites)
    return tuple(_apply(engine, run_id, s, v) for s, v in zip(stored, verdicts, strict=True))


def _apply(engine: sa.Engine, run_id: str | None, stored: Stored, verdict: FileVerdict) -> Rechecked:
    was_held = frozenset(o.observation_id for o in stored.held)
    to_hold = tuple(o for o in stored.loaded if o.observation_id in verdict.held)
    to_release = tuple(o for o in stored.held if o.observation_id not in verdict.held)
    rows = len(stored.loaded) + len(stored.held)
    name, sha256 = stored.file.name, stored.file.sha256
    if verdict.blocking:
        error = "；".join(f.message for f in verdict.blocking)
        return Rechecked(name, sha256, rows, 0, 0, verdict.findings, error)
    if run_id is not None:
        judgement = Judgement(
            sha256=sha256,
            read_by=stored.file.run_id,
            hold=tuple(o.observation_id for o in to_hold),
            release=tuple(o.observation_id for o in to_release),
            keep=tuple(was_held & verdict.held),
            numerals_to_hold=sum(map(_numerals, to_hold)) - sum(map(_numerals, to_release)),
            verdict=verdict,
            evaluated=stored.evaluated,
        )
        try:
            judge(engine, run_id, judgement)
        except Changed as e:
            return Rechecked(name, sha256, rows, 0, 0, verdict.findings, str(e))
    return Rechecked(name, sha256, rows, len(to_release), len(to_hold), verdict.findings)


def _numerals(o: Observation) -> int:
    """Numerals inside a figure, as the accounting counts them."""
    return 1 if isinstance(o.place, CellRef) else len(count_numerals(o.text))


def stored_rows(connection: sa.Connection, files: Sequence[StoredFile]) -> tuple[Stored, ...]:
    """All that the warehouse holds of some files, with their relations judged anew."""
    by_sha = {f.sha256: f for f in files}
    loaded = _observations(connection, schema.observation, by_sha)
    held = _observations(connection, schema.quarantine, by_sha)
    relations: dict[str, list[Any]] = defaultdict(list)
    table = schema.relation
    for row in connection.execute(sa.select(table).where(table.c.file_sha256.in_(by_sha))).mappings():
        relations[row["file_sha256"]].append(row)
    result = []
    for sha256, file in by_sha.items():
        by_place = {o.place: o for o in (*loaded[sha256], *held[sha256])}
        ordered = relation_order(sha256, relations[sha256])
        evaluated = tuple(evaluate(Relation(r["kind"], members_of(r["members"])), by_place) for r in ordered)
        result.append(Stored(file, tuple(loaded[sha256]), tuple(held[sha256]), evaluated))
    return tuple(result)


def _observations(
    connection: sa.Connection, table: sa.Table, files: Mapping[str, StoredFile]
) -> Mapping[str, list[Observation]]:
    query = sa.select(table).where(table.c.file_sha256.in_(files))
    query = query.order_by(table.c.char_start, table.c.sheet, table.c.cell)
    result: dict[str, list[Observation]] = defaultdict(list)
    for row in connection.execute(query).mappings():
        result[row["file_sha256"]].append(observation_of(row, files[row["file_sha256"]].name))
    return result


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
