"""Find one observation with its file, findings, checks and relations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from etl.contract import place_list, place_of
from etl.errors import UsageError, WarehouseError
from etl.warehouse import schema

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Explained:
    """One figure and all that hangs on it."""

    state: str
    """``loaded``, or the state of its quarantine (``open``)."""
    row: Row
    file: Row
    findings: Sequence[Row]
    checks: Sequence[Row]
    """Rules that had something to say about a row of this file, with their counts."""
    relations: Sequence[Row]
    """Relations of which the figure is a member."""

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
    if len(rows) != 1:
        ids = sorted(row["observation_id"] for _, row in rows)
        what = "begins more than one id" if rows else "is no id of a loaded or held row"
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
    return Explained(
        state="loaded" if table_name == "observation" else f"held ({row['state']})",
        row=row,
        file=dict(file),
        findings=of_file(finding, finding.c.observation_id == row["observation_id"]),
        checks=of_file(schema.quality_check, schema.quality_check.c.candidates > 0),
        relations=[r for r in of_file(schema.relation) if place in _places(r["members"])],
    )


def _places(members: Mapping[str, Any]) -> list[Any]:
    """All places in the members of a relation, however they are nested."""
    single = [members[name] for name in ("part", "whole", "share", "total") if name in members]
    return [*single, *members.get("parts", []), *(p for term in members.get("terms", []) for p in term)]
