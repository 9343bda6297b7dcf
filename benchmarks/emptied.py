"""The warehouse that a benchmark measures in, without what an earlier one left there."""

from __future__ import annotations

import sqlalchemy as sa

from etl.warehouse import schema
from etl.warehouse.engine import connect, upgrade

REFERENCE = frozenset({"region", "unit", "indicator", "reference_version"})


def emptied(url: str) -> sa.Engine:
    """The warehouse at ``url``, made where there is none, with its reference data alone."""
    engine = connect(url)
    upgrade(engine)
    with engine.begin() as connection:
        for table in reversed(schema.metadata.sorted_tables):
            if table.name not in REFERENCE:
                connection.execute(table.delete())
    return engine
