"""Find one observation with its file, its readings, findings, checks, relations, decisions and other mentions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from etl.contract import place_list, place_of
from etl.errors import UsageError, WarehouseError
from etl.warehouse import schema, views
from etl.warehouse.precedence import why

Row = Mapping[str, Any]
MENTIONS = 20
"""Mentions of a fact that are told."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One figure and all that hangs on it."""

    state: str
    """``loaded``, ``held`` with the state of its quarantine (``open``), or ``superseded``."""
    row: Row
    file: Row
    findings: Sequence[Row]
    checks: Sequence[Row]
    """Rules that had something to say about a row of this file, with their counts."""
    relations: Sequence[Row]
    """Relations of which the figure is a member."""
    arrivals: Sequence[Row]
    """Under which paths its file came, and whether it is current there."""
    readings: Sequence[Row]
    """How it was read, earliest first: rows of the view ``lineage``."""
    decisions: Sequence[Row]
    """What reviewers decided about it, earliest first."""
    mentions: Sequence[Row]
    """Current mentions of the same fact, the current value first, each with ``why`` it stands after that."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def look_up(engine: sa.Engine, observation_id: str) -> Explained:
    """The observation with this id or the only one whose id begins so.

    Raises UsageError when there is none or more than one, WarehouseError when there is no warehouse.
    """
    try:
        with engine.connect().execution_options(readonly=True) as connection:
            return _look_up(connection, observation_id)
    except (sa.exc.OperationalError, sa.exc.ProgrammingError) as e:
        where = engine.url.render_as_string(hide_password=True)
        reason = str(e.orig).strip().splitlines()[0]
        raise WarehouseError(where, f"can't be read ({reason})", next_step="Run `etl run` or `etl doctor`.") from None


def _look_up(connection: sa.Connection, observation_id: str) -> Explained:
    rows = []
    for table in (schema.observation, schema.quarantine):
        starts = table.c.observation_id.startswith(observation_id, autoescape=True)
        rows += [(table.name, dict(r)) for r in connection.execute(sa.select(table).where(starts).limit(5)).mappings()]
    if not rows:
        rows = [("observation_history", row) for row in _superseded(connection, observation_id)]
    if len(rows) != 1:
        ids = sorted(row["observation_id"] for _, row in rows)
        what = "begins more than one id" if rows else "is no id of a loaded, held or superseded row"
        raise UsageError(observation_id, what, known=ids, next_step="Ids stand in the report and in table observation.")
    table_name, row = rows[0]
    sha256 = row["file_sha256"]

    def of_file(table: sa.Table, *where: sa.ColumnElement[bool]) -> list[Row]:
        found = connection.execute(sa.select(table).where(table.c.file_sha256 == sha256, *where))
        return [dict(r) for r in found.mappings()]

    file = (
        connection.execute(sa.select(schema.source_file).where(schema.source_file.c.sha256 == sha256)).mappings().one()
    )
    finding, place = schema.finding, place_list(place_of(row))
    states = {"observation": "loaded", "quarantine": f"held ({row.get('state')})", "observation_history": "superseded"}
    arrival, lineage = schema.file_arrival, views.LINEAGE.table()
    arrivals = sa.select(arrival).where(arrival.c.sha256 == sha256).order_by(arrival.c.version_from, arrival.c.path)
    readings = sa.select(lineage).where(lineage.c.observation_id == row["observation_id"])
    return Explained(
        state=states[table_name],
        row=row,
        file=dict(file),
        findings=of_file(finding, finding.c.observation_id == row["observation_id"]),
        checks=of_file(schema.quality_check, schema.quality_check.c.candidates > 0),
        relations=[r for r in of_file(schema.relation) if place in _places(r["members"])],
        arrivals=_rows(connection, arrivals),
        readings=_rows(connection, readings.order_by(lineage.c.version_from)),
        decisions=_decisions(connection, row),
        mentions=_mentions(connection, row),
    )


def _rows(connection: sa.Connection, query: sa.Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(query).mappings()]


def _superseded(connection: sa.Connection, observation_id: str) -> list[dict[str, Any]]:
    """The last reading of each id that begins so."""
    h = schema.observation_history
    query = sa.select(h).where(h.c.observation_id.startswith(observation_id, autoescape=True))
    found = _rows(connection, query.order_by(h.c.version_from).limit(50))
    return list({row["observation_id"]: row for row in found}.values())


def _decisions(connection: sa.Connection, row: Row) -> list[dict[str, Any]]:
    d, t = schema.decision, schema.decision_target.c
    about = sa.select(t.decision_id).where(t.observation_id == row["observation_id"])
    query = sa.select(d).where(sa.or_(d.c.decision_id.in_(about), d.c.decision_id == row["decision_id"]))
    return _rows(connection, query.order_by(d.c.seq))


def _mentions(connection: sa.Connection, row: Row) -> list[dict[str, Any]]:
    """At most MENTIONS of them."""
    m = views.FACT_MENTION.table()
    same = m.c.series_key == row["series_key"], m.c.time_period == row["time_period"]
    order = m.c.precedence.desc(), m.c.version_from.desc(), m.c.observation_id
    found = _rows(connection, sa.select(m).where(*same).order_by(*order).limit(MENTIONS))
    return [{**mention, "why": why(found[0], mention) if mention is not found[0] else ""} for mention in found]


def _places(members: Mapping[str, Any]) -> list[Any]:
    """All places in the members of a relation, however they are nested."""
    single = [members[name] for name in ("part", "whole", "share", "total") if name in members]
    return [*single, *members.get("parts", []), *(p for term in members.get("terms", []) for p in term)]
