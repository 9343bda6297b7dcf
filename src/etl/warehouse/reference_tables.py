"""The tables region, unit and indicator: copies of the reference data, for joins in SQL."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from etl import reference
from etl.warehouse import schema

Row = dict[str, Any]


def refresh(connection: sa.Connection) -> None:
    """Replace each reference table whose source files have changed since it was written."""
    version = schema.reference_version
    held = dict(connection.execute(sa.select(version.c.name, version.c.content_hash)).tuples().all())
    for table, prefixes, load in (
        (schema.region, ("regions",), _regions),
        (schema.unit, ("units", "multipliers"), _units),
        (schema.indicator, ("indicators",), _indicators),
    ):
        wanted = _content_hash(prefixes)
        if held.get(table.name) == wanted:
            continue
        connection.execute(table.delete())
        connection.execute(table.insert(), list(load()))
        connection.execute(version.delete().where(version.c.name == table.name))
        connection.execute(version.insert(), {"name": table.name, "content_hash": wanted})


def _content_hash(prefixes: tuple[str, ...]) -> str:
    digest = hashlib.sha256()
    for path in sorted(reference.HERE.iterdir()):
        if path.is_file() and path.name.startswith(prefixes):
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _regions() -> Iterable[Row]:
    from etl.normalise.regions import load_regions

    for r in load_regions().all():
        yield {
            "code": r.code,
            "valid_from": r.valid_from or "",
            "valid_to": r.valid_to or "",
            "name": r.name,
            "level": r.level,
            "parent": r.parent,
            "successors": " ".join(r.successors),
        }


def _units() -> Iterable[Row]:
    from etl.normalise.units import load_units

    for u in load_units().all():
        yield {
            "code": u.code,
            "symbol": u.symbol,
            "dimension": u.dimension,
            "factor": format(u.factor, "f"),
            "base": u.base,
        }


def _indicators() -> Iterable[Row]:
    from etl.normalise.indicators import load_indicators

    for i in load_indicators().by_code.values():
        yield {
            "code": i.code,
            "name_zh": i.name_zh,
            "name_en": i.name_en,
            "indicator_group": i.group,
            "definition": i.definition,
            "kind": i.kind,
            "unit": i.unit,
            "part_of": i.part_of,
        }
